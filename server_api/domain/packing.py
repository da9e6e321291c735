"""Packs that the server makes of what comes without a device (server_api.contract.packs is the format)."""

from __future__ import annotations

from typing import Final

import zstandard
from blake3 import blake3

from server_api.contract.messages import Codec, NamespaceId, PackedChunk
from server_api.contract.packs import encode_header, encode_index

_LEVEL: Final = 1


class Packing:
    """Collects chunks, each once. Attributes: ``chunks``, as they will lie; ``size`` so far, the index aside."""

    def __init__(self, namespace_id: NamespaceId) -> None:
        self._bytes = bytearray(encode_header(namespace_id))
        self.chunks: list[PackedChunk] = []

    @property
    def size(self) -> int:
        return len(self._bytes)

    def add(self, hash_: bytes, plain: bytes) -> None:
        """One that is not in it yet."""
        stored = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False).compress(plain)
        codec = Codec.ZSTD
        if len(stored) > len(plain) - len(plain) // 20:
            stored, codec = plain, Codec.RAW
        self.chunks.append(PackedChunk(hash_, self.size, len(stored), len(plain), codec))
        self._bytes += stored

    def finish(self) -> bytes:
        """The whole pack."""
        return bytes(self._bytes) + encode_index(self.chunks)


def chunk_hash(plain: bytes) -> bytes:
    """What names a chunk."""
    return blake3(plain).digest()
