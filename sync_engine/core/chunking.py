"""Cuts files where their content says so (FastCDC, https://ieeexplore.ieee.org/document/9055082), and names the pieces.

A byte inserted at the start of a file moves all others, but the cuts move with them: only the chunks around the change
are new. Cut rule and limits belong to what is stored: another rule would cost every device its deduplication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from blake3 import blake3
from pyfastcdc import FastCDC

from server_api.contract.messages import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, ChunkHash, ContentHash

AVERAGE_CHUNK_BYTES: Final = 1024 * 1024
PIECE_BYTES: Final = 4 * 1024 * 1024
"""Read at once. A cutting holds one piece and the unfinished chunk before it: at most 8 MiB, or 12 for a moment."""

_RULE: Final = FastCDC(AVERAGE_CHUNK_BYTES, min_size=MIN_CHUNK_BYTES, max_size=MAX_CHUNK_BYTES)


class Chunk(NamedTuple):
    """A piece of a file; ``data`` may be a view of what was read."""

    hash: ChunkHash
    data: bytes | memoryview


class Cutting:
    """One pass over a file: its chunks in order, and then what it is as a whole.

    Attributes:
        size: bytes cut so far.
        chunks: hashes of the chunks cut so far; the manifest, at the end.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        """``read(size)`` gives the next bytes of the file; where it splits them makes no difference to the cuts."""
        self._read = read
        self._first: bytes | memoryview = b""
        self._whole: blake3 | None = None
        self.size = 0
        self.chunks: list[bytes] = []

    def __iter__(self) -> Iterator[Chunk]:
        for data in cut(self._read):
            named = ChunkHash(blake3(data).digest())
            if self.size:
                if self._whole is None:
                    self._whole = blake3(self._first)
                    self._first = b""
                self._whole.update(data)
            else:
                self._first = data  # a file of one chunk is hashed once
            self.size += len(data)
            self.chunks.append(named)
            yield Chunk(named, data)

    def content(self) -> ContentHash:
        """Of the whole file, once all chunks were taken."""
        if self._whole is not None:
            return ContentHash(self._whole.digest())
        return ContentHash(self.chunks[0]) if self.chunks else EMPTY


EMPTY: Final = ContentHash(blake3(b"").digest())
"""The content of a file without bytes; it has no chunks."""


def cut(read: Callable[[int], bytes]) -> Iterator[memoryview]:
    """The pieces of a stream, each within the limits but the last, which may be smaller."""
    unfinished = b""
    while piece := _fill(read):
        buffer = unfinished + piece if unfinished else piece
        unfinished = b""
        for chunk in _RULE.cut_buf(buffer):
            # A cut before the buffer's end stands whatever follows; one at the end may only be the end of the buffer.
            if chunk.offset + chunk.length == len(buffer) and chunk.length < MAX_CHUNK_BYTES:
                unfinished = buffer[chunk.offset :]
                break
            yield chunk.data
    if unfinished:
        yield memoryview(unfinished)


def _fill(read: Callable[[int], bytes]) -> bytes:
    """A whole piece, or what is left: short reads would have the same bytes looked at again and again."""
    piece = read(PIECE_BYTES)
    if not 0 < len(piece) < PIECE_BYTES:
        return piece
    parts = [piece]
    missing = PIECE_BYTES - len(piece)
    while missing and (piece := read(missing)):
        parts.append(piece)
        missing -= len(piece)
    return b"".join(parts) if len(parts) > 1 else parts[0]
