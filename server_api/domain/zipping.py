"""A zip archive written as it is sent: nothing is kept but the list of its entries. Contents are stored as they are."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')
"""In names: what some system cannot hold or takes for a separator, and what turns the direction of text."""
_FOLDER_MODE: Final = 0o40755
_FILE_MODE: Final = 0o100644
_EXECUTABLE: Final = 0o111


class Entry(Struct, frozen=True):
    """One file or folder. ``content``: ``None`` for a folder."""

    names: tuple[str, ...]
    mtime_ns: int
    executable: bool
    content: Iterable[bytes | memoryview] | None


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive's bytes. Names become such as every system can hold; those that fall together are numbered."""
    sink = _Sink()
    taken: set[str] = set()
    folders: dict[tuple[str, ...], str] = {(): ""}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for entry in entries:
            path = folders.get(entry.names[:-1], "") + _free(folders.get(entry.names[:-1], ""), entry.names[-1], taken)
            if entry.content is None:
                folders[entry.names] = path + "/"
                archive.writestr(_info(path + "/", entry, _FOLDER_MODE), b"")
                yield from sink.drain()
                continue
            mode = _FILE_MODE | (_EXECUTABLE if entry.executable else 0)
            with archive.open(_info(path, entry, mode), "w", force_zip64=True) as file:
                for piece in entry.content:
                    file.write(piece)
                    yield from sink.drain()
            yield from sink.drain()
    yield from sink.drain()


def _free(folder: str, name: str, taken: set[str]) -> str:
    safe = _UNSAFE.sub("_", name).rstrip(" .") or "_"
    stem, dot, extension = safe.rpartition(".")
    if not stem:
        stem, dot, extension = safe, "", ""
    candidate, number = safe, 2
    while (folder + candidate).casefold() in taken:
        candidate = f"{stem} ({number}){dot}{extension}"
        number += 1
    taken.add((folder + candidate).casefold())
    return candidate


def _info(path: str, entry: Entry, mode: int) -> zipfile.ZipInfo:
    try:
        at = datetime.fromtimestamp(entry.mtime_ns / 1e9, UTC)
    except (OverflowError, ValueError, OSError):
        at = datetime(1980, 1, 1, tzinfo=UTC)
    year = min(max(at.year, 1980), 2107)  # what the format can say
    info = zipfile.ZipInfo(path, (year, at.month, at.day, at.hour, at.minute, at.second))
    info.external_attr = mode << 16
    return info


class _Sink:
    """Where the archive is written to: what was written is handed on. It cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything is there at once."""

    def close(self) -> None:
        """There is nothing to close."""

    def drain(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces
