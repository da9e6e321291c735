"""A directory that an account is exported into: nothing outside it is reached, and no file is there by half.

Names come from people, and the directory may hold what an earlier, unfinished export left. So each step goes from an
open folder to the next without following links, and a file gets its name once it is whole.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from blake3 import blake3

from server_api.contract.names import refuse_reason
from server_api.errors import StartError

_PRIVATE: Final = ".lockstep"
"""At the top, where no file of anybody's has this name: what is being exported, and the file that is being written. It
goes with the end."""
_MARKER: Final = "export"
_PART: Final = "part"
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE: Final = 1 << 20


class ExportError(Exception):
    """One path cannot be put there; the message says why."""


class ExportFolder:
    """One process at a time. ``finish`` it once everything is in it, ``close`` it in any case."""

    def __init__(self, path: Path, what: str) -> None:
        """``what``: an export of something else is not gone on with.

        Raises: StartError, unless the directory is new, empty, or holds an export of the same that did not end.
        """
        self._fds: list[int] = []
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._root = self._hold(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            self._take(path, what.encode())
        except OSError as error:
            self.close()
            raise StartError(f"{path} cannot be written: {error.strerror or error}") from error
        except StartError:
            self.close()
            raise

    def _take(self, path: Path, what: bytes) -> None:
        """Raises: StartError, OSError."""
        is_new = not set(_names_in(self._root)) - {_PRIVATE}
        if is_new:
            with contextlib.suppress(FileExistsError):
                os.mkdir(_PRIVATE, 0o700, dir_fd=self._root)
        try:
            self._private = self._hold(os.open(_PRIVATE, _DIRECTORY, dir_fd=self._root))
            flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | (os.O_CREAT if is_new else 0)
            marker = self._hold(os.open(_MARKER, flags, 0o600, dir_fd=self._private))
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError as error:
            raise StartError(f"{path} is not empty: choose a new directory") from error
        except BlockingIOError as error:
            raise StartError(f"something is exported into {path} already") from error
        known = os.pread(marker, len(what) + 1, 0)
        if not known and is_new:
            os.write(marker, what)
        elif known != what:
            raise StartError(f"{path} holds another export that did not end: choose a new directory")

    def make_folder(self, names: Sequence[str]) -> None:
        """With those above it. Raises: ExportError."""
        with _told():
            os.close(self._folder(names))

    def make_symlink(self, names: Sequence[str], target: str) -> None:
        """The same one may be there already. Raises: ExportError."""
        with _told():
            folder = self._folder_of(names)
            try:
                os.symlink(target, names[-1], dir_fd=folder)
            except FileExistsError:
                if (
                    not stat.S_ISLNK(_look(names[-1], folder).st_mode)
                    or os.readlink(names[-1], dir_fd=folder) != target
                ):
                    raise
            finally:
                os.close(folder)

    def has(self, names: Sequence[str], size: int, mtime_ns: int, content_hash: bytes) -> bool:
        """Whether an earlier run has put this content there. Raises: ExportError, if something else is there."""
        with _told():
            folder = self._folder_of(names)
            try:
                found = _look(names[-1], folder)
                is_as_large = stat.S_ISREG(found.st_mode) and found.st_size == size
                if is_as_large and (found.st_mtime_ns == mtime_ns or _hash(names[-1], folder) == content_hash):
                    return True
                raise FileExistsError(errno.EEXIST, "something else has this name")
            except FileNotFoundError:
                return False
            finally:
                os.close(folder)

    def put(
        self, names: Sequence[str], content: Iterable[bytes | memoryview], mtime_ns: int, *, executable: bool
    ) -> None:
        """A file, which has its name once all of the content is there, durably.

        Raises: ExportError; what the content raises, and then nothing is there.
        """
        with _told():
            folder = self._folder_of(names)
            try:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(_PART, dir_fd=self._private)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                fd = os.open(_PART, flags, 0o777 if executable else 0o666, dir_fd=self._private)
                with os.fdopen(fd, "wb") as file:
                    file.writelines(content)
                    file.flush()
                    with contextlib.suppress(OSError, OverflowError):  # no disk holds every time
                        os.utime(fd, ns=(mtime_ns, mtime_ns))
                    os.fsync(fd)
                with contextlib.suppress(FileNotFoundError):
                    _look(names[-1], folder)
                    raise FileExistsError(errno.EEXIST, "something else has this name")
                os.rename(_PART, names[-1], src_dir_fd=self._private, dst_dir_fd=folder)
            finally:
                os.close(folder)

    def finish(self) -> None:
        """All is there that will be. Raises: OSError."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_PART, dir_fd=self._private)
        os.unlink(_MARKER, dir_fd=self._private)
        os.rmdir(_PRIVATE, dir_fd=self._root)
        os.fsync(self._root)

    def close(self) -> None:
        while self._fds:
            os.close(self._fds.pop())

    def _hold(self, fd: int) -> int:
        self._fds.append(fd)
        return fd

    def _folder_of(self, names: Sequence[str]) -> int:
        """Where the last of the names belongs. Raises: OSError, ExportError."""
        _check(names[-1], at_root=len(names) == 1)
        return self._folder(names[:-1])

    def _folder(self, names: Sequence[str]) -> int:
        """The open folder, made if need be. Raises: OSError, ExportError."""
        fd = os.dup(self._root)
        try:
            for at, name in enumerate(names):
                _check(name, at_root=at == 0)
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, dir_fd=fd)
                below = os.open(name, _DIRECTORY, dir_fd=fd)
                os.close(fd)
                fd = below
        except BaseException:
            os.close(fd)
            raise
        return fd


def _check(name: str, *, at_root: bool) -> None:
    """Raises: ExportError."""
    if reason := refuse_reason(name, at_root=at_root):
        raise ExportError(reason)


def _names_in(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _look(name: str, folder: int) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _hash(name: str, folder: int) -> bytes:
    digest = blake3()
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder), "rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StartError("the disk is full: make room, and run the export again, which goes on") from error
        raise ExportError(error.strerror or str(error)) from error
    except ValueError as error:
        raise ExportError(str(error)) from error
