"""One version's content as a file outside the synced folder: where a person wants it, or for looking at."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from io import FileIO
from time import monotonic, time
from typing import Final

from server_api.contract.history import DetailsRequest
from server_api.contract.messages import Kind
from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.adapters.filesystem.faults import translated
from sync_engine.adapters.filesystem.placing import rename_without_replacing
from sync_engine.adapters.remote import HttpRemote
from sync_engine.control.messages import SaveContent, Saved, Saving
from sync_engine.control.questions import DETAILS
from sync_engine.core.platform_names import unholdable
from sync_engine.engine.reading import find_manifest, read_manifest
from sync_engine.errors import NotHoldable, Refused, WrongUsage
from sync_engine.ports import Store
from sync_engine.profile import Profile

TELL_EVERY_S: Final = 0.25
VIEWS_KEPT_S: Final = 86_400.0
VIEWS_KEPT: Final = 100


class Saver:
    """Saves in its callers' threads, several at a time."""

    def __init__(self, profile: Profile, remote: HttpRemote, store: Store) -> None:
        """Raises: NotLinked."""
        self._home = profile.home
        self._views = profile.views_directory
        self._link = profile.link()
        self._remote = remote
        self._store = store
        self._unfinished: set[str] = set()
        self._prune_views(VIEWS_KEPT)

    def close(self) -> None:
        """What is not whole by now goes: whoever writes it ends with the process."""
        for path in list(self._unfinished):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def save(self, wanted: SaveContent, tell: Callable[[Saving], None]) -> Saved:
        """Nothing is ever replaced, and what is not whole does not stay.

        Raises: what ``tell`` raises; WrongUsage, Refused (``not-found``), RemoteError, DiskError.
        """
        name = wanted.path.rpartition("/")[2]
        if wanted.target is not None:
            self._refuse_own(wanted.target)
        elif (reason := unholdable(name, "linux", at_root=False)) is not None:
            raise NotHoldable(wanted.path, reason)
        manifest = find_manifest(self._remote, wanted.revision_id or self._current(wanted.path))
        target = wanted.target or os.path.join(self._new_view(), name)
        with translated(target):
            descriptor, unfinished = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".lockstep-", suffix=".part")
        self._unfinished.add(unfinished)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                done, told_at = 0, monotonic()
                for piece in read_manifest(self._remote, self._store, manifest, manifest.hash):
                    with translated(target):
                        _write(file, piece)
                    done += len(piece)
                    if monotonic() - told_at >= TELL_EVERY_S:
                        tell(Saving(done, manifest.size))
                        told_at = monotonic()
                with translated(target):
                    os.fchmod(file.fileno(), 0o400 if wanted.target is None else 0o666 & ~_umask())
                    os.fsync(file.fileno())
            with translated(target):
                _place(unfinished, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)
            raise
        finally:
            self._unfinished.discard(unfinished)
        return Saved(target)

    def _refuse_own(self, target: str) -> None:
        """Raises: WrongUsage."""
        if not os.path.isabs(target) or not _is_path(target):
            raise WrongUsage("The file to save to needs its whole path.")
        folder = os.path.realpath(os.path.dirname(target))
        for own in (str(self._home), os.path.join(self._link.folder, PRIVATE_FOLDER)):
            if os.path.commonpath([folder, os.path.realpath(own)]) == os.path.realpath(own):
                raise WrongUsage("Lockstep keeps its own files there. Choose another place.")

    def _current(self, path: str) -> bytes:
        """The revision of the file that the server has there. Raises: Refused (``not-found``), RemoteError."""
        if not _is_sendable(path):
            raise Refused(f"{path!r} is on no server", "not-found", 404)
        question = DETAILS.path_for(self._link.namespace_id, None)
        details = self._remote.call(DETAILS.method, question, DETAILS.answer, DetailsRequest(path=path))
        if details.entry.kind is not Kind.FILE:
            raise Refused(f"{path!r} is no file", "not-found", 404)
        return details.entry.revision_id

    # --- files for looking at ------------------------------------------------------------------------------------

    def _new_view(self) -> str:
        self._prune_views(VIEWS_KEPT - 1)
        with translated(str(self._views)):
            self._views.mkdir(mode=0o700, exist_ok=True)
            return tempfile.mkdtemp(dir=self._views, prefix="")

    def _prune_views(self, keep: int) -> None:
        """The newest so many, and none of more than a day ago."""
        by_age: list[tuple[float, str]] = []
        with contextlib.suppress(FileNotFoundError), os.scandir(self._views) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    by_age.append((entry.stat(follow_symlinks=False).st_mtime, entry.path))
        by_age.sort(reverse=True)
        for number, (at, path) in enumerate(by_age):
            if number >= keep or time() - at > VIEWS_KEPT_S:
                shutil.rmtree(path, ignore_errors=True)


def _is_path(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _is_sendable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _write(file: FileIO, piece: bytes) -> None:
    """All of it. Raises: OSError."""
    left = memoryview(piece)
    while left:
        left = left[file.write(left) :]


def _place(unfinished: str, target: str) -> None:
    """Durable when it returns. Raises: OSError."""
    descriptor = os.open(os.path.dirname(target), os.O_RDONLY | os.O_DIRECTORY)
    try:
        rename_without_replacing(descriptor, os.path.basename(unfinished), descriptor, os.path.basename(target))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """What this process's new files lack, without a moment in which it is another."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        return next((int(line.split()[1], 8) for line in status if line.startswith("Umask:")), 0o077)
