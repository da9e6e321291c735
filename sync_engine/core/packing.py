"""Packs: many chunks as one object (server_api.contract.packs is the format), made and read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import google_crc32c
import zstandard
from blake3 import blake3
from msgspec import Struct

from server_api.contract import packs
from server_api.contract.messages import ChunkHash, Codec, DeclaredPack, NamespaceId, PackedChunk

PACK_BYTES: Final = 16 * 1024 * 1024
"""About the size of a pack; the last chunk may go beyond it."""
MAX_PACK_CHUNKS: Final = 20_000

_LEVEL: Final = 1
_WORTH_TRYING_BYTES: Final = 128
_SAMPLED_BYTES: Final = 128 * 1024
"""From this size on, a sample tells whether a chunk is worth compressing."""
_SAMPLE_BYTES: Final = 8 * 1024
_BLOCK_BYTES: Final = 256 * 1024
_MOST_SKIPPED: Final = 7


class Pack(Struct, frozen=True):
    """A whole pack, ready to be declared and sent: ``parts`` one after another are its bytes."""

    declared: DeclaredPack
    parts: list[bytes]


class ChunkError(ValueError):
    """Stored bytes that are not the chunk they should be."""


class PackBuilder:
    """Collects chunks to one pack. The bytes are kept as they will be sent, checksums grow along.

    Attributes:
        size: bytes of the pack so far, index aside.
    """

    def __init__(self, namespace_id: NamespaceId) -> None:
        header = packs.encode_header(namespace_id)
        self.size = len(header)
        self._index: list[PackedChunk] = []
        self._blocks: list[bytes] = []
        self._open: list[bytes] = [header]
        self._open_bytes = len(header)
        self._crc32c = 0
        self._compression = _Compression()

    def __len__(self) -> int:
        return len(self._index)

    @property
    def is_full(self) -> bool:
        return self.size >= PACK_BYTES or len(self._index) >= MAX_PACK_CHUNKS

    def add(self, hash_: ChunkHash, data: bytes | memoryview) -> None:
        """Copies or compresses ``data``, so that nothing of it is held."""
        stored = self._compression.smaller(data)
        codec = Codec.RAW if stored is None else Codec.ZSTD
        if stored is None:
            stored = bytes(data)
        self._index.append(PackedChunk(hash_, self.size, len(stored), len(data), codec))
        self.size += len(stored)
        self._put(stored)

    def finish(self, *, with_md5: bool) -> Pack:
        """The pack; the builder is used up. ``with_md5``: the store verifies that."""
        index = packs.encode_index(self._index)
        self._put(index)
        self._close_block()
        declared = DeclaredPack(
            size=self.size + len(index),
            crc32c=self._crc32c.to_bytes(4, "big"),
            md5=_md5(self._blocks) if with_md5 else None,
            chunks=self._index,
        )
        return Pack(declared, self._blocks)

    def _put(self, data: bytes) -> None:
        self._open.append(data)
        self._open_bytes += len(data)
        if self._open_bytes >= _BLOCK_BYTES:
            self._close_block()

    def _close_block(self) -> None:
        if not self._open:  # the index itself filled the last block
            return
        block = b"".join(self._open)
        self._open = []
        self._open_bytes = 0
        self._crc32c = google_crc32c.extend(self._crc32c, block)
        self._blocks.append(block)


def _md5(blocks: Iterable[bytes]) -> bytes:
    md5 = hashlib.md5(usedforsecurity=False)
    for block in blocks:
        md5.update(block)
    return md5.digest()


class _Compression:
    """Compresses where it saves a twentieth, and wastes little time where it does not.

    Chunks that do not compress come in rows (photos, archives): after some failures only every so many is tried.
    """

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
        self._failures = 0
        self._skipped = 0

    def smaller(self, data: bytes | memoryview) -> bytes | None:
        size = len(data)
        if size < _WORTH_TRYING_BYTES:
            return None
        if size >= _SAMPLED_BYTES:
            if not self._saves(_sample(data)):
                return None
        elif self._skipped < min(self._failures // 2, _MOST_SKIPPED):
            self._skipped += 1
            return None
        compressed = self._compressor.compress(data)
        if len(compressed) <= size - size // 20:
            self._failures = self._skipped = 0
            return compressed
        self._failures += 1
        self._skipped = 0
        return None

    def _saves(self, sample: bytes) -> bool:
        return len(self._compressor.compress(sample)) <= len(sample) - len(sample) // 20


def _sample(data: bytes | memoryview) -> bytes:
    middle = (len(data) - _SAMPLE_BYTES) // 2
    return b"".join((data[:_SAMPLE_BYTES], data[middle : middle + _SAMPLE_BYTES], data[-_SAMPLE_BYTES:]))


class Unpacker:
    """Gives chunks back from stored bytes; one a thread."""

    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor()

    def unpack(self, stored: bytes | memoryview, codec: Codec, plain_size: int, hash_: bytes) -> bytes | memoryview:
        """The chunk's plain bytes, which are what the hash says.

        Never allocates more than ``plain_size``, whatever the stored bytes claim. Raises: ChunkError.
        """
        plain: bytes | memoryview = stored
        if codec is Codec.ZSTD:
            plain = self._decompress(stored, plain_size)
        if len(plain) != plain_size or blake3(plain).digest() != hash_:
            raise ChunkError(f"chunk {hash_.hex()[:16]} is not what its name says")
        return plain

    def _decompress(self, stored: bytes | memoryview, plain_size: int) -> bytes:
        try:
            # The library allocates what the frame claims, so the claim is looked at first (-1: no claim).
            if zstandard.frame_content_size(stored) not in (plain_size, -1):
                raise ChunkError("the compressed size is not the declared one")
            return self._decompressor.decompress(stored, max_output_size=plain_size, allow_extra_data=False)
        except zstandard.ZstdError as error:
            raise ChunkError(f"cannot be decompressed: {error}") from error
