"""Packs: what the server's format reads back is what was put in."""

from __future__ import annotations

import hashlib
import random

import google_crc32c
import pytest
import zstandard
from blake3 import blake3

from server_api.contract import packs
from server_api.contract.messages import ChunkHash, Codec, NamespaceId
from sync_engine.core import packing
from sync_engine.core.packing import PACK_BYTES, ChunkError, Pack, PackBuilder, Unpacker

NAMESPACE = NamespaceId(b"n" * 16)
TEXT = b"the quick brown fox jumps over the lazy dog; " * 400
NOISE = random.Random(1).randbytes(20_000)


def name(data: bytes) -> ChunkHash:
    return ChunkHash(blake3(data).digest())


def pack_of(*chunks: bytes) -> Pack:
    builder = PackBuilder(NAMESPACE)
    for data in chunks:
        builder.add(name(data), data)
    return builder.finish(with_md5=True)


def read_back(pack: Pack) -> list[bytes]:
    """As the server reads it: from the bytes alone."""
    data = b"".join(pack.parts)
    packs.check_header(data, NAMESPACE)
    trailer = data[-packs.TRAILER_BYTES :]
    index = data[-packs.TRAILER_BYTES - packs.index_length(trailer) : -packs.TRAILER_BYTES]
    entries = packs.decode_index(index, trailer, len(data))
    assert entries == pack.declared.chunks
    unpacker = Unpacker()
    return [
        bytes(unpacker.unpack(data[e.offset : e.offset + e.stored_size], e.codec, e.plain_size, e.hash))
        for e in entries
    ]


def test_a_pack_holds_its_chunks_in_order() -> None:
    chunks = [b"x", TEXT, NOISE, b"y" * 500_000, random.Random(2).randbytes(3_000_000)]
    assert read_back(pack_of(*chunks)) == chunks


def test_what_is_declared_is_what_is_sent() -> None:
    pack = pack_of(TEXT, NOISE)
    data = b"".join(pack.parts)
    assert pack.declared.size == len(data)
    assert pack.declared.md5 == hashlib.md5(data, usedforsecurity=False).digest()
    assert pack.declared.crc32c == google_crc32c.value(data).to_bytes(4, "big")


def test_no_md5_is_made_where_nobody_verifies_it() -> None:
    builder = PackBuilder(NAMESPACE)
    builder.add(name(TEXT), TEXT)
    assert builder.finish(with_md5=False).declared.md5 is None


def test_only_what_shrinks_by_a_twentieth_is_compressed() -> None:
    noise = random.Random(3).randbytes(300_000)
    nearly = noise[:290_000] + bytes(10_000)  # saves less than a twentieth
    pack = pack_of(TEXT, NOISE, nearly, bytes(300_000))
    assert [entry.codec for entry in pack.declared.chunks] == [Codec.ZSTD, Codec.RAW, Codec.RAW, Codec.ZSTD]


def test_text_after_a_row_of_photos_is_compressed_again() -> None:
    chance = random.Random(4)
    chunks = [chance.randbytes(5_000) for _ in range(60)] + [TEXT + b"%d" % i for i in range(40)]
    codecs = [entry.codec for entry in pack_of(*chunks).declared.chunks]
    assert Codec.ZSTD not in codecs[:60]
    assert codecs[60:].count(Codec.ZSTD) >= 32


def test_a_pack_is_full_when_it_reaches_its_size() -> None:
    builder = PackBuilder(NAMESPACE)
    chance = random.Random(5)
    while not builder.is_full:
        chunk = chance.randbytes(1_000_000)
        builder.add(name(chunk), chunk)
    assert PACK_BYTES <= builder.size < PACK_BYTES + 1_100_000
    assert len(builder) == 17


def test_a_chunk_that_is_not_what_its_name_says_is_refused() -> None:
    unpacker = Unpacker()
    with pytest.raises(ChunkError):
        unpacker.unpack(NOISE, Codec.RAW, len(NOISE), name(TEXT))
    with pytest.raises(ChunkError):
        unpacker.unpack(NOISE, Codec.RAW, len(NOISE) - 1, name(NOISE))
    with pytest.raises(ChunkError):
        unpacker.unpack(NOISE, Codec.ZSTD, len(NOISE), name(NOISE))


@pytest.mark.parametrize("claims_its_size", [True, False])
def test_decompression_stops_at_the_declared_size(claims_its_size: bool) -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=claims_its_size).compress(bytes(50_000_000))
    with pytest.raises(ChunkError):
        Unpacker().unpack(bomb, Codec.ZSTD, 1000, name(bytes(1000)))


def test_a_frame_that_lies_about_its_size_allocates_nothing() -> None:
    frame = bytearray(zstandard.ZstdCompressor().compress(bytes(300)))
    assert zstandard.frame_content_size(bytes(frame)) == 300
    lying = bytes.fromhex("28b52ffd") + b"\xe0" + (2**50).to_bytes(8, "little") + bytes(frame[7:])
    with pytest.raises(ChunkError):
        Unpacker().unpack(lying, Codec.ZSTD, 300, name(bytes(300)))


def test_a_compressed_chunk_without_a_claimed_size_is_read() -> None:
    stored = zstandard.ZstdCompressor(write_content_size=False).compress(TEXT)
    assert Unpacker().unpack(stored, Codec.ZSTD, len(TEXT), name(TEXT)) == TEXT


@pytest.mark.parametrize("short", range(0, 200, 20))
def test_a_pack_whose_index_fills_a_block_to_the_brim_is_whole(short: int) -> None:
    noise = random.Random(short).randbytes(packing._BLOCK_BYTES - packs.HEADER_BYTES - short)
    assert read_back(pack_of(noise)) == [noise]
