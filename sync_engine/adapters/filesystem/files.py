"""Files that are read from, and files that are being written into staging."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from typing import Final

from sync_engine.adapters.filesystem.faults import translate
from sync_engine.adapters.filesystem.root import Root
from sync_engine.adapters.filesystem.walk import Folder
from sync_engine.core.model import Signature
from sync_engine.errors import Changed, Locked

# O_NONBLOCK: opening a FIFO must not wait for a writer.
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class ReadFile:
    """An ``OpenFile``. Closed by ``close``, or when nobody holds it any more."""

    __slots__ = ("_fd", "_path")

    def __init__(self, folder: Folder, name: str, path: str) -> None:
        """Raises: DiskError; Changed if it is no regular file, Locked if another program has locked it."""
        self._path = path
        self._fd = -1
        try:
            self._fd = os.open(name, _READ, dir_fd=folder.fd)
            if not stat.S_ISREG(os.fstat(self._fd).st_mode):
                raise Changed(path, "not a regular file")
            _refuse_locked(self._fd, path)
        except OSError as error:
            raise translate(error, path) from error

    def read(self, size: int) -> bytes:
        try:
            return os.read(self._fd, size)
        except OSError as error:
            raise translate(error, self._path) from error

    def read_at(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self._fd, size, offset)
        except OSError as error:
            raise translate(error, self._path) from error

    def size(self) -> int:
        return self._stat().st_size

    def is_as(self, signature: Signature) -> bool:
        now = self._stat()
        return (
            now.st_ino == signature.inode
            and now.st_size == signature.size
            and now.st_mtime_ns == signature.mtime_ns
            and now.st_ctime_ns == signature.ctime_ns
            and now.st_dev == signature.device
        )

    def _stat(self) -> os.stat_result:
        try:
            return os.fstat(self._fd)
        except OSError as error:
            raise translate(error, self._path) from error

    def close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def __del__(self) -> None:
        self.close()


def refuse_locked(folder: Folder, name: str, path: str) -> None:
    """Raises: Locked if another program has locked the file. One that cannot be opened is taken for free."""
    try:
        fd = os.open(name, _READ, dir_fd=folder.fd)
    except OSError:
        return
    try:
        _refuse_locked(fd, path)
    finally:
        os.close(fd)


def _refuse_locked(fd: int, path: str) -> None:
    """A program that holds an exclusive flock is in the middle of writing."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(fd, fcntl.LOCK_UN)
    except BlockingIOError as error:
        raise Locked(path, "another program has locked it") from error
    except OSError:
        pass  # this file system knows no locks


class StagedFile:
    """A ``Staged``. Its bytes lie in staging under a number until they are put in place.

    Attributes:
        root: keeps the folder open in which the file lies.
        name: in staging.
        is_executable: as ``finish`` was told, where this file system keeps that.
    """

    __slots__ = ("_fd", "is_executable", "is_gone", "name", "root")

    def __init__(self, root: Root, name: str) -> None:
        """Raises: DiskError."""
        self.root = root
        self.name = name
        self.is_executable = False
        self.is_gone = False
        self._fd = -1
        try:
            self._fd = os.open(name, _CREATE, 0o666, dir_fd=root.staging_fd)
        except OSError as error:
            raise translate(error, name) from error

    def write(self, data: bytes | memoryview) -> None:
        try:
            written = os.write(self._fd, data)
            while written < len(data):
                written += os.write(self._fd, memoryview(data)[written:])
        except OSError as error:
            raise translate(error, self.name) from error

    def finish(self, mtime_ns: int | None, *, executable: bool) -> None:
        try:
            if executable and self.root.keeps_executable:
                mode = stat.S_IMODE(os.fstat(self._fd).st_mode)
                os.fchmod(self._fd, mode_with_executable(mode, is_executable=True))
            if mtime_ns is not None:
                # A time that this file system cannot hold leaves that of the writing, which is a valid one.
                with contextlib.suppress(OverflowError):
                    _set_mtime(self._fd, mtime_ns)
            self._close()
        except OSError as error:
            raise translate(error, self.name) from error
        self.is_executable = executable and self.root.keeps_executable

    def discard(self) -> None:
        self._close()
        if not self.is_gone:
            self.is_gone = True
            with contextlib.suppress(OSError):
                os.unlink(self.name, dir_fd=self.root.staging_fd)

    def _close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def __del__(self) -> None:
        self._close()


def _set_mtime(fd: int, mtime_ns: int) -> None:
    try:
        os.utime(fd, ns=(mtime_ns, mtime_ns))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


def mode_with_executable(mode: int, *, is_executable: bool) -> int:
    """Who may read may run; or nobody may."""
    return mode | (mode & 0o444) >> 2 if is_executable else mode & ~0o111
