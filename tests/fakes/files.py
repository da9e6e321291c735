"""The part of the file system that transfers use, in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sync_engine.core.model import Signature
from sync_engine.errors import DiskError, Vanished
from sync_engine.ports import FileSystem

NOW_NS = 1_800_000_000_000_000_000
LONG_AGO_NS = NOW_NS - 3_600_000_000_000


class FakeFiles:
    """``open_file``, ``stage`` and ``free_bytes`` of ``ports.FileSystem``.

    Attributes:
        contents: path to bytes; assign to change a file.
        staged: every staged file that was ever begun.
        open_now, most_open: open files, to see that none is left.
        on_read: called with the path before each read.
        free: what ``free_bytes`` tells, or raises.
    """

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.staged: list[FakeStaged] = []
        self.open_now = 0
        self.most_open = 0
        self.opened: list[str] = []
        self.on_read: Callable[[str], None] = lambda _path: None
        self.error_at_write: DiskError | None = None
        self.free: int | DiskError = 2**50
        self._inodes: dict[str, tuple[int, bytes]] = {}

    def as_filesystem(self) -> FileSystem:
        return cast(FileSystem, self)

    def signature_of(self, path: str) -> Signature:
        data = self.contents[path]
        inode, seen = self._inodes.get(path, (0, b""))
        if not inode or seen is not data:
            inode = len(self._inodes) + 1 if not inode else inode + 1_000_000
            self._inodes[path] = (inode, data)
        return Signature(1, inode, None, len(data), LONG_AGO_NS, LONG_AGO_NS)

    def open_file(self, path: str) -> FakeOpenFile:
        self.opened.append(path)
        if path not in self.contents:
            raise Vanished(path)
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        return FakeOpenFile(self, path)

    def free_bytes(self) -> int:
        if isinstance(self.free, DiskError):
            raise self.free
        return self.free

    def stage(self) -> FakeStaged:
        staged = FakeStaged(self)
        self.staged.append(staged)
        return staged


class FakeOpenFile:
    def __init__(self, files: FakeFiles, path: str) -> None:
        self._files = files
        self._path = path
        self._offset = 0
        self._is_open = True

    def read(self, size: int) -> bytes:
        self._files.on_read(self._path)
        data = self._files.contents[self._path][self._offset : self._offset + size]
        self._offset += len(data)
        return data

    def read_at(self, offset: int, size: int) -> bytes:
        return self._files.contents[self._path][offset : offset + size]

    def size(self) -> int:
        return len(self._files.contents[self._path])

    def is_as(self, signature: Signature) -> bool:
        return self._files.signature_of(self._path) == signature

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._files.open_now -= 1


class FakeStaged:
    """Attributes: data; mtime_ns and executable once finished; is_discarded."""

    def __init__(self, files: FakeFiles) -> None:
        self._files = files
        self._parts: list[bytes] = []
        self.is_finished = False
        self.is_discarded = False
        self.mtime_ns: int | None = None
        self.executable = False

    @property
    def data(self) -> bytes:
        return b"".join(self._parts)

    def write(self, data: bytes | memoryview) -> None:
        assert not self.is_finished
        assert not self.is_discarded
        if self._files.error_at_write is not None:
            raise self._files.error_at_write
        self._parts.append(bytes(data))

    def finish(self, mtime_ns: int | None, *, executable: bool) -> None:
        self.is_finished = True
        self.mtime_ns, self.executable = mtime_ns, executable

    def discard(self) -> None:
        self.is_discarded = True
