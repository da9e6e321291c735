"""Cuts what comes without a device, as devices cut files: the same bytes are the same chunks.

FastCDC (https://ieeexplore.ieee.org/document/9055082), with the limits of ``sync_engine.core.chunking``, which a test
compares it with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyfastcdc import FastCDC

from server_api.contract.messages import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES

_AVERAGE_BYTES: Final = 1024 * 1024
_RULE: Final = FastCDC(_AVERAGE_BYTES, min_size=MIN_CHUNK_BYTES, max_size=MAX_CHUNK_BYTES)


def cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of a stream, whatever its pieces are. Holds two chunks at most, and the piece at hand."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= 2 * MAX_CHUNK_BYTES:
            yield from _cut_off(waiting)
    buffer = bytes(waiting)
    for chunk in _RULE.cut_buf(buffer) if buffer else ():
        yield buffer[chunk.offset : chunk.offset + chunk.length]


def _cut_off(waiting: bytearray) -> Iterator[bytes]:
    """Takes all but the last chunk out of what waits: that one may end where what has come ends."""
    buffer = bytes(waiting)
    end = 0
    for chunk in _RULE.cut_buf(buffer):
        if chunk.offset + chunk.length == len(buffer):
            break
        end = chunk.offset + chunk.length
        yield buffer[chunk.offset : end]
    del waiting[:end]
