"""The embedded object store: a directory on disk, served by the same application (routes/store.py).

An object is a file under its key. It appears whole or not at all: written aside in the same file system, synced, and
linked to its name, which fails if the name exists. A key is never written twice.

Nobody else may read them, unless the directory itself lets its group: then the group may read what is made in it. So a
proxy can send objects, whatever the umask.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

import google_crc32c

from server_api.contract.messages import SignedRequest
from server_api.domain.clock import Clock
from server_api.errors import AlreadyStoredError, StartError, StoreFullError, UnavailableError, UrlInvalidError
from server_api.storage.offload import Offload, run_here
from server_api.storage.signed_urls import GetGrant, PutGrant, UrlSigner
from server_api.storage.stores import BINARY, ObjectMissingError, Remark, StoredObject, Writing, is_key

_SENT_BYTES: Final = 1024 * 1024
"""How much is given out at once."""
_OFFLOADED_BYTES: Final = 4 * 1024 * 1024
"""How much is read from or written to the disk at once: handing work to another thread costs milliseconds."""

_UNFINISHED: Final = ".unfinished"
_HANDLE: Final = re.compile("[0-9a-f]{32}", re.ASCII)
_UNFINISHED_EXPIRES_MS: Final = 24 * 3600 * 1000
_LOG: Final = logging.getLogger(__name__)


class DirectoryStore:
    """An ``ObjectStore`` whose signed URLs are relative: they go to the address that the device linked."""

    name = "directory"
    needs_md5 = False
    holds_bindings = True
    has_tiers = False
    has_notices = False

    def __init__(
        self,
        root: Path,
        *,
        secret: bytes,
        clock: Clock,
        free_disk_fraction: float = 0.05,
        offload: Offload = run_here,
    ) -> None:
        self._root = root
        self._unfinished = root / _UNFINISHED
        self._signer = UrlSigner(secret, clock)
        self._clock = clock
        self._free_disk_fraction = free_disk_fraction
        self._offload = offload
        self._lock = threading.Lock()
        self._arriving_bytes = 0
        """Of objects on their way; what of them is on the disk already counts twice."""

    # --- the port ------------------------------------------------------------------------------------------------

    def presign_put(self, key: str, *, size: int, crc32c: bytes, md5: bytes, expires_in_s: int) -> SignedRequest:
        """As the port says; this store verifies the CRC32C."""
        url = self._signer.put_url(PutGrant(key, size, crc32c), expires_in_s)
        return SignedRequest(url=url, expires_in_s=expires_in_s)

    def presign_get(
        self, key: str, *, expires_in_s: int, content_type: str = BINARY, filename: str | None = None
    ) -> SignedRequest:
        url = self._signer.get_url(GetGrant(key, content_type, filename or ""), expires_in_s)
        return SignedRequest(url=url, expires_in_s=expires_in_s)

    def head(self, key: str) -> StoredObject | None:
        with _translated():
            try:
                return StoredObject(key, self._path(key).stat().st_size)
            except FileNotFoundError:
                return None

    def read_range(self, key: str, start: int, length: int) -> bytes:
        with _translated(), self.open_object(key) as file:
            return self._offload(_read_at, file, start, length)

    def put(self, key: str, source: BinaryIO) -> None:
        size = source.seek(0, os.SEEK_END) - source.seek(0)
        with self._creating(key, size) as creation:
            while block := self._offload(source.read, _OFFLOADED_BYTES):
                self._offload(creation.write, block)
            self._offload(creation.finish)

    def begin(self, key: str, size: int) -> Writing:
        return _Writing(self._creating(key, size), self._offload)

    def abandon(self, key: str, handle: str) -> None:
        with _translated():
            if handle and _HANDLE.fullmatch(handle):
                (self._unfinished / handle).unlink(missing_ok=True)

    def copy(self, source: str, target: str) -> None:
        with self.open_object(source) as file:
            self.put(target, file)

    def delete(self, key: str) -> None:
        def delete() -> None:
            path = self._path(key)
            with suppress(FileNotFoundError):
                path.unlink()
                _sync_directory(path.parent)

        with _translated():
            self._offload(delete)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        if not prefix.endswith("/") or ".." in prefix:
            raise ValueError("a prefix ends with a slash")
        yield from self._list(self._root / prefix, prefix)

    def ping(self) -> None:
        """Raises UnavailableError also when the disk that held the directory is not mounted any more."""
        with _translated():
            os.stat(self._unfinished)  # noqa: PTH116 - made at the start; an empty mount point has none

    def set_tier(self, key: str, *, is_old: bool) -> None:
        """Does nothing: one disk has one tier."""

    def check(self) -> Sequence[Remark]:
        """Makes the directory, and clears away what a killed server left unfinished."""
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._unfinished.mkdir(mode=0o700, exist_ok=True)
            oldest_ms = self._clock.now_ms() - _UNFINISHED_EXPIRES_MS
            for entry in os.scandir(self._unfinished):
                # Another process may be writing the younger ones.
                if entry.stat().st_mtime * 1000 < oldest_ms:
                    Path(entry.path).unlink(missing_ok=True)
            with _Creation(self._unfinished / secrets.token_hex(16), self._root, self._root) as creation:
                creation.write(b"probe")
        except OSError as error:
            raise StartError(f"the store's folder {self._root} cannot be used: {error.strerror}") from error
        return []

    def close(self) -> None:
        """Does nothing: files are open only while they are read or written."""

    # --- the requests that were signed ---------------------------------------------------------------------------

    def grant_put(self, key: str, query: Mapping[str, str]) -> PutGrant:
        """What a URL allows its holder to upload. Raises: UrlInvalidError."""
        return self._signer.check_put(key, query)

    def grant_get(self, key: str, query: Mapping[str, str]) -> GetGrant:
        """What a URL allows its holder to download. Raises: UrlInvalidError."""
        return self._signer.check_get(key, query)

    def receive(self, grant: PutGrant, source: BinaryIO) -> None:
        """Create the granted object from a request's body, of which nothing beyond the granted size is read.

        Raises:
            UrlInvalidError: the body is shorter, or its checksum is not the granted one.
            AlreadyStoredError, StoreFullError: nothing was read.
        """
        if self.head(grant.key):
            raise AlreadyStoredError
        with self._creating(grant.key, grant.size) as creation:
            left = grant.size
            while left and (block := source.read(min(left, _OFFLOADED_BYTES))):
                self._offload(creation.write, block)
                left -= len(block)
            if left:
                raise UrlInvalidError("the body is shorter than was signed")
            if creation.crc32c != grant.crc32c:
                raise UrlInvalidError("the body's checksum is not the one that was signed")
            self._offload(creation.finish)

    def open_object(self, key: str) -> BinaryIO:
        """The object's file, for reading. Raises: ObjectMissingError."""
        with _translated():
            try:
                # Unbuffered: it is read in large pieces, or handed to sendfile.
                return cast("BinaryIO", self._path(key).open("rb", buffering=0))
            except FileNotFoundError:
                raise ObjectMissingError(key) from None

    def blocks(self, file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
        """The object's bytes from ``start`` to before ``stop``.

        What the system has in memory is given out at once; only what has to come from the disk is waited for elsewhere.
        """
        buffer = bytearray(_SENT_BYTES)
        while start < stop:
            wanted = memoryview(buffer)[: stop - start]
            if count := _read_cached(file, start, wanted):
                yield bytes(wanted[:count])
                start += count
            elif block := self._offload(_read_at, file, start, min(_OFFLOADED_BYTES, stop - start)):
                yield block
                start += len(block)
            else:
                return

    # --- files ---------------------------------------------------------------------------------------------------

    def _path(self, key: str) -> Path:
        if not is_key(key):
            raise ValueError("not a key of this store")
        return self._root / key

    def _list(self, directory: Path, prefix: str) -> Iterator[StoredObject]:
        """In the order of the keys: a folder sorts as its name with the slash."""
        with _translated():
            try:
                entries = [(e.name + "/" if e.is_dir() else e.name, e.stat().st_size) for e in os.scandir(directory)]
            except FileNotFoundError:
                return
        for name, size in sorted(entries):
            if name.endswith("/"):
                yield from self._list(directory / name, prefix + name)
            else:
                yield StoredObject(prefix + name, size)

    @contextmanager
    def _creating(self, key: str, size: int) -> Iterator[_Creation]:
        creation = _Creation(self._unfinished / secrets.token_hex(16), self._path(key), self._root)
        with _translated(), self._room_for(size), creation:
            yield creation

    @contextmanager
    def _room_for(self, size: int) -> Iterator[None]:
        """So much of the disk is spoken for while the block runs. Raises: StoreFullError."""
        disk = shutil.disk_usage(self._root)
        with self._lock:
            if disk.free - self._arriving_bytes - size < disk.total * self._free_disk_fraction:
                raise StoreFullError
            self._arriving_bytes += size
        try:
            yield
        finally:
            with self._lock:
                self._arriving_bytes -= size


class _Writing:
    """A creation that lasts longer than a block."""

    def __init__(self, creating: AbstractContextManager[_Creation], offload: Offload) -> None:
        self._stack = ExitStack()
        self._creation = self._stack.enter_context(creating)
        self._offload = offload
        self.handle = self._creation.handle

    def write(self, block: bytes) -> None:
        with _translated():
            self._offload(self._creation.write, block)

    def finish(self) -> None:
        with self._stack, _translated():
            self._offload(self._creation.finish)

    def drop(self) -> None:
        with _translated():
            self._stack.close()


class _Creation:
    """A file on its way to becoming an object. Leaving the block without ``finish`` drops it."""

    def __init__(self, unfinished: Path, target: Path, root: Path) -> None:
        self._unfinished = unfinished
        self._target = target
        self._root = root
        self._crc32c: int = 0
        self.handle = unfinished.name

    def __enter__(self) -> Self:
        self._file = os.fdopen(_create_private(self._unfinished), "wb", buffering=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    @property
    def crc32c(self) -> bytes:
        """Of what was written so far; big endian."""
        return self._crc32c.to_bytes(4, "big")

    def write(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._crc32c = google_crc32c.extend(self._crc32c, block)

    def finish(self) -> None:
        """The object exists, durably. Raises: AlreadyStoredError."""
        if _lets_group(self._root):
            os.fchmod(self._file.fileno(), 0o640)
        os.fsync(self._file.fileno())
        _make_directory(self._target.parent, self._root)
        try:
            os.link(self._unfinished, self._target)
        except FileExistsError:
            raise AlreadyStoredError from None
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
                raise
            self._finish_without_links()
        _sync_directory(self._target.parent)

    def _finish_without_links(self) -> None:
        """For file systems such as exFAT: an empty file claims the name, then gives way in one step."""
        try:
            os.close(_create_private(self._target))
        except FileExistsError:
            raise AlreadyStoredError from None
        self._file.close()
        self._unfinished.replace(self._target)


@contextmanager
def _translated() -> Iterator[None]:
    """The one place where the system's errors become ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFullError from error
        _LOG.warning("the store's disk refuses a request", extra={"reason": str(error)})
        raise UnavailableError("The store's disk refuses the server.") from error


def _read_at(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _read_cached(file: BinaryIO, start: int, buffer: memoryview) -> int:
    """How much could be read without waiting for the disk; 0 where nothing could, or nobody knows."""
    if sys.platform != "linux":
        return 0
    try:
        return os.preadv(file.fileno(), [buffer], start, os.RWF_NOWAIT)
    except OSError:
        return 0


def _create_private(path: Path) -> int:
    """Raises: FileExistsError."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def _lets_group(root: Path) -> bool:
    return os.name == "posix" and root.stat().st_mode & 0o050 == 0o050


def _make_directory(directory: Path, root: Path) -> None:
    """A directory below the root that outlives a power cut, and those above it."""
    if directory == root or directory.is_dir():
        return
    _make_directory(directory.parent, root)
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700)
        if _lets_group(root):
            directory.chmod(0o750)
    _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    if os.name == "nt":  # directories cannot be opened there; NTFS journals their changes
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
