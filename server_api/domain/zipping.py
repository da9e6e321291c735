"""A zip archive written as it is sent. Contents are stored as they are.

Of what was sent only the archive's directory is kept, which comes at its end: where the caller has room for it. The
format is that of PKWARE's APPNOTE 6.3, with its 64-bit fields where they are needed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Final

from msgspec import Struct

from server_api.domain.arriving import UNSAFE, is_taken

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_SIZES_OF_LOCAL: Final = struct.Struct("<2H2Q")
_DESCRIPTOR: Final = struct.Struct("<4sI2Q")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END_64: Final = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64: Final = struct.Struct("<4sIQI")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 45
"""That a reader must know: the one that brought the 64-bit fields."""
_UNIX: Final = 3 << 8
_UTF_8, _SIZES_FOLLOW = 0x800, 0x008
_ZIP_64: Final = 1
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_IS_FOLDER: Final = 0x10
_FOLDER_MODE: Final = 0o40755
_FILE_MODE: Final = 0o100644
_EXECUTABLE: Final = 0o111
_READ_BYTES: Final = 64 * 1024


class Entry(Struct, frozen=True):
    """One file or folder. ``path``: with ``/`` between its names. ``content``: ``None`` for a folder."""

    path: str
    mtime_ns: int
    executable: bool
    content: Iterable[bytes | memoryview] | None


class FolderNames:
    """The names in one folder of an archive: such as every system can hold; those that fall together are numbered."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def take(self, name: str) -> str:
        safe = UNSAFE.sub("_", name).rstrip(" .") or "_"
        if is_taken(safe):
            safe = f"_{safe}"
        stem, dot, extension = safe.rpartition(".")
        if not stem:
            stem, dot, extension = safe, "", ""
        key = safe.casefold()
        candidate, number = safe, self._numbers.get(key, 1)
        while candidate.casefold() in self._numbers:
            number += 1
            candidate = f"{stem} ({number}){dot}{extension}"
        self._numbers[key] = number
        self._numbers.setdefault(candidate.casefold(), 1)
        return candidate


def zipped(entries: Iterable[Entry], directory: IO[bytes]) -> Iterator[bytes]:
    """The archive's bytes. ``directory``: an empty file to keep the archive's directory in, some 100 bytes an entry."""
    offset = count = 0
    for entry in entries:
        is_file = entry.content is not None
        name = (entry.path if is_file else f"{entry.path}/").encode("utf-8", "replace")
        flags = _UTF_8 | (_SIZES_FOLLOW if is_file else 0)
        when = _when(entry.mtime_ns)
        size = crc = 0
        if is_file:
            sizes = _SIZES_OF_LOCAL.pack(_ZIP_64, 16, 0, 0)
            head = _LOCAL.pack(b"PK\3\4", _VERSION, flags, 0, *when, 0, _FULL_32, _FULL_32, len(name), len(sizes))
            head += name + sizes
        else:
            head = _LOCAL.pack(b"PK\3\4", _VERSION, flags, 0, *when, 0, 0, 0, len(name), 0) + name
        yield head
        length = len(head)
        for piece in entry.content or ():
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            yield bytes(piece)
        if is_file:
            yield _DESCRIPTOR.pack(b"PK\7\10", crc, size, size)
            length += size + _DESCRIPTOR.size
        directory.write(_central(entry, name, flags, when, crc, size, offset))
        offset += length
        count += 1
    length = directory.tell()
    directory.seek(0)
    while piece := directory.read(_READ_BYTES):
        yield piece
    yield _end(count, length, offset)


def _central(entry: Entry, name: bytes, flags: int, when: tuple[int, int], crc: int, size: int, offset: int) -> bytes:
    mode, attributes = _FOLDER_MODE, _IS_FOLDER
    if entry.content is not None:
        mode, attributes = _FILE_MODE | (_EXECUTABLE if entry.executable else 0), 0
    large = [number for number in (size, size, offset) if number >= _FULL_32]
    extra = struct.pack(f"<2H{len(large)}Q", _ZIP_64, 8 * len(large), *large) if large else b""
    size, offset = min(size, _FULL_32), min(offset, _FULL_32)
    sizes = crc, size, size, len(name), len(extra)
    where = 0, 0, 0, mode << 16 | attributes, offset
    return _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, _VERSION, flags, 0, *when, *sizes, *where) + name + extra


def _end(count: int, length: int, offset: int) -> bytes:
    end = b""
    if count >= _FULL_16 or length >= _FULL_32 or offset >= _FULL_32:
        end = _END_64.pack(b"PK\6\6", _END_64.size - 12, _UNIX | _VERSION, _VERSION, 0, 0, count, count, length, offset)
        end += _LOCATOR_64.pack(b"PK\6\7", 0, offset + length, 1)
    count = min(count, _FULL_16)
    return end + _END.pack(b"PK\5\6", 0, 0, count, count, min(length, _FULL_32), min(offset, _FULL_32), 0)


def _when(mtime_ns: int) -> tuple[int, int]:
    """Time and date as MS-DOS had them."""
    try:
        at = datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    except (OverflowError, ValueError, OSError):
        at = datetime(1980, 1, 1, tzinfo=UTC)
    year = min(max(at.year, 1980), 2107)  # what the format can say
    return at.hour << 11 | at.minute << 5 | at.second // 2, (year - 1980) << 9 | at.month << 5 | at.day
