"""The pack format, version 1 (docs/pack-format.md): what devices write and the server reads back.

A pack is a header, the stored bytes of its chunks one after another, an index, and a trailer:

    header   8 bytes magic, u8 version, 7 zero bytes, 16 bytes namespace id
    index    per chunk 48 bytes: 32 hash, u32 offset, u32 stored size, u32 plain size, u8 codec, u8 zero, u16 key id
    trailer  32 bytes BLAKE3 of the index, u32 length of the index

Integers are little endian; offsets count from the start of the pack.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from blake3 import blake3

from server_api.contract.messages import MAX_CHUNK_BYTES, Codec, NamespaceId, PackedChunk

VERSION: Final = 1
_MAGIC: Final = b"LOCKPACK"
_HEADER: Final = struct.Struct("<8sB7x16s")
_ENTRY: Final = struct.Struct("<32sIIIBxH")
_TRAILER: Final = struct.Struct("<32sI")

_CODECS: Final = tuple(Codec)

HEADER_BYTES: Final = _HEADER.size
TRAILER_BYTES: Final = _TRAILER.size
MAX_INDEX_BYTES: Final = 100_000 * _ENTRY.size


class PackError(ValueError):
    """The bytes are not a pack of this format, or not one of this namespace."""


def encode_header(namespace_id: NamespaceId) -> bytes:
    return _HEADER.pack(_MAGIC, VERSION, namespace_id)


def encode_index(chunks: Iterable[PackedChunk]) -> bytes:
    """The index and the trailer: what follows the last chunk."""
    index = b"".join(
        _ENTRY.pack(chunk.hash, chunk.offset, chunk.stored_size, chunk.plain_size, chunk.codec, chunk.key_id)
        for chunk in chunks
    )
    return index + _TRAILER.pack(blake3(index).digest(), len(index))


def index_bytes(chunks: int) -> int:
    """How long the index of so many chunks is, with the trailer."""
    return chunks * _ENTRY.size + TRAILER_BYTES


def check_header(data: bytes, namespace_id: NamespaceId) -> None:
    """Raises: PackError."""
    if len(data) < HEADER_BYTES:
        raise PackError("shorter than a header")
    magic, version, owner = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != VERSION:
        raise PackError("not a pack, or of an unknown version")
    if owner != namespace_id:
        raise PackError("belongs to another namespace")


def index_length(trailer: bytes) -> int:
    """Bytes of the index that lies before these last ``TRAILER_BYTES`` bytes. Raises: PackError."""
    if len(trailer) != TRAILER_BYTES:
        raise PackError("shorter than a trailer")
    length: int = _TRAILER.unpack(trailer)[1]
    if length % _ENTRY.size or not 0 < length <= MAX_INDEX_BYTES:
        raise PackError("the index has an impossible length")
    return length


def decode_index(index: bytes, trailer: bytes, pack_size: int) -> list[PackedChunk]:
    """The entries, checked: whole, within the pack, within the limits. Raises: PackError."""
    digest, length = _TRAILER.unpack(trailer)
    if len(index) != length or blake3(index).digest() != digest:
        raise PackError("the index does not match its hash")
    end = pack_size - TRAILER_BYTES - length
    chunks = []
    for hash_, offset, stored, plain, codec, key_id in _ENTRY.iter_unpack(index):
        if offset < HEADER_BYTES or offset + stored > end or plain > MAX_CHUNK_BYTES or codec >= len(_CODECS):
            raise PackError("an entry points outside the pack or beyond the limits")
        chunks.append(PackedChunk(hash_, offset, stored, plain, _CODECS[codec], key_id))
    return chunks
