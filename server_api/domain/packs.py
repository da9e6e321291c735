"""When a pack is what it says: the checks before its bytes are sent and after they arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import zstandard
from blake3 import blake3

from server_api.contract.messages import Codec, NamespaceId, PackedChunk
from server_api.contract.packs import (
    HEADER_BYTES,
    TRAILER_BYTES,
    PackError,
    check_header,
    decode_index,
    index_bytes,
    index_length,
)

_MAX_WINDOW_BYTES: Final = 8 * 1024 * 1024


def check_geometry(chunks: Sequence[PackedChunk], pack_size: int) -> None:
    """The chunks lie one after another and fill the pack exactly, between its header and its index.

    So an index can neither point twice at the same bytes nor leave room for others. Raises: PackError.
    """
    offset = HEADER_BYTES
    for chunk in chunks:
        if chunk.offset != offset:
            raise PackError("the chunks do not lie one after another")
        if not chunk.plain_size or not chunk.stored_size:
            raise PackError("a chunk is empty")
        if chunk.codec == Codec.RAW and chunk.stored_size != chunk.plain_size:
            raise PackError("a raw chunk has two sizes")
        offset += chunk.stored_size
    if pack_size != offset + index_bytes(len(chunks)):
        raise PackError("the chunks and the index do not add up to the pack's size")


def check_pack(pack: bytes, namespace_id: NamespaceId) -> list[PackedChunk]:
    """The index of a whole pack, each chunk of which has the hash it goes by.

    Memory: one chunk's plain bytes beyond the pack, whatever the pack says. Raises: PackError.
    """
    check_header(pack, namespace_id)
    trailer = pack[-TRAILER_BYTES:]
    start = len(pack) - TRAILER_BYTES - index_length(trailer)
    if start < HEADER_BYTES:
        raise PackError("the index has an impossible length")
    chunks = decode_index(pack[start:-TRAILER_BYTES], trailer, len(pack))
    check_geometry(chunks, len(pack))
    view = memoryview(pack)
    for chunk in chunks:
        check_chunk(view[chunk.offset : chunk.offset + chunk.stored_size], chunk)
    return chunks


def check_chunk(stored: bytes | memoryview, chunk: PackedChunk) -> None:
    """Whether these stored bytes are the chunk. Raises: PackError."""
    open_chunk(stored, chunk)


def open_chunk(stored: bytes | memoryview, chunk: PackedChunk) -> bytes | memoryview:
    """The chunk's plain bytes, out of those that are stored. Raises: PackError, unless they are what its hash names."""
    plain = _decompress(stored, chunk.plain_size) if chunk.codec == Codec.ZSTD else stored
    if len(plain) != chunk.plain_size or blake3(plain).digest() != chunk.hash:
        raise PackError("a chunk's bytes are not what its hash names")
    return plain


def _decompress(stored: bytes | memoryview, plain_size: int) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES)
    try:
        # The library allocates what the frame claims, so the claim is looked at first; -1 makes none.
        if zstandard.frame_content_size(stored) not in {plain_size, -1}:
            raise PackError("a compressed chunk claims another size")
        return decompressor.decompress(stored, max_output_size=plain_size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise PackError("a compressed chunk cannot be read") from error
