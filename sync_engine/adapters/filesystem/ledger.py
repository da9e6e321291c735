"""A folder's list of what was put into it, one JSON line each, written before the object comes.

So a crash between the two leaves a line too many, and never an object that nobody can tell.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct

from server_api.contract.reading import from_plain

INDEX: Final = "index.jsonl"
_PIECE: Final = 1 << 20
_MAX_LINE: Final = 256 * 1024


class Entry(Struct, frozen=True):
    """``inode`` to ``mtime_ns`` are those of the object that is expected to end up here; inode 0 where numbers do not
    last."""

    entry: str
    """Its name in the folder."""
    path: str
    """Where it was."""
    at: int
    """Nanoseconds since the epoch."""
    inode: int = 0
    size: int = 0
    mtime_ns: int = 0
    staged: int = 0
    """Inode of new bytes that wait here for one step while they are exchanged with the old ones."""


class Ledger:
    """The index of one folder, open for appending. Threads may share it: a line is one write.

    Closed when nobody holds it any more, at the latest.
    """

    def __init__(self, folder_fd: int) -> None:
        self._fd = -1
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fd = os.open(INDEX, flags, 0o600, dir_fd=folder_fd)

    def add(self, entry: Entry, *, durable: bool = False) -> None:
        """Raises: OSError."""
        line = json.dumps(msgspec.structs.asdict(entry)) + "\n"  # ASCII, so that names of any bytes survive
        os.write(self._fd, line.encode())
        if durable:
            os.fdatasync(self._fd)

    def clear(self) -> None:
        os.ftruncate(self._fd, 0)

    def close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def __del__(self) -> None:
        self.close()


def entries_of(folder_fd: int) -> Iterator[Entry]:
    """Those of a folder's index, oldest first; none if it has none. What a crash cut off is passed over.

    Raises: OSError.
    """
    try:
        fd = os.open(INDEX, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder_fd)
    except FileNotFoundError:
        return
    try:
        rest = b""
        while piece := os.read(fd, _PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                entry = _parsed(line)
                if entry is not None:
                    yield entry
            if len(rest) > _MAX_LINE:
                rest = b""
    finally:
        os.close(fd)


def _parsed(line: bytes) -> Entry | None:
    try:
        entry = from_plain(json.loads(line), Entry)
    except ValueError:  # also msgspec's own
        return None
    is_name = (
        entry.entry and "/" not in entry.entry and entry.entry not in {".", "..", INDEX} and "\0" not in entry.entry
    )
    return entry if is_name else None
