"""Hostile packs: each lie is found, and none of them costs memory."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable

import msgspec
import pytest
import zstandard
from blake3 import blake3

from server_api.contract.messages import MAX_CHUNK_BYTES, Codec, NamespaceId, PackedChunk
from server_api.contract.packs import HEADER_BYTES, TRAILER_BYTES, PackError, encode_header, encode_index, index_bytes
from server_api.domain.packs import check_geometry, check_pack
from tests.fixtures.content import chunk_of, pack_of

SPACE = NamespaceId(b"n" * 16)
TEXT = b"all work and no play " * 5_000
NOISE = random.Random(3).randbytes(40_000)


def with_entry(entry: PackedChunk, stored: bytes) -> bytes:
    """A pack of one chunk, whatever its entry says."""
    return encode_header(SPACE) + stored + encode_index([entry])


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(data)


def test_a_sound_pack_gives_its_index() -> None:
    pack, index = pack_of(SPACE, [TEXT, NOISE, b"x"])
    assert check_pack(pack, SPACE) == index
    assert pack[: -index_bytes(3)] == encode_header(SPACE) + TEXT + NOISE + b"x"


def test_compressed_chunks_are_read() -> None:
    stored = zstd(TEXT)
    assert len(check_pack(with_entry(chunk_of(TEXT, HEADER_BYTES, stored), stored), SPACE)) == 1


def test_a_frame_that_does_not_say_its_size_is_read() -> None:
    compressor = zstandard.ZstdCompressor(write_content_size=False)
    stored = compressor.compress(TEXT)
    assert check_pack(with_entry(chunk_of(TEXT, HEADER_BYTES, stored), stored), SPACE)


def test_another_namespaces_pack_is_refused() -> None:
    pack, _ = pack_of(b"o" * 16, [TEXT])
    with pytest.raises(PackError, match="another namespace"):
        check_pack(pack, SPACE)


def test_a_chunk_whose_bytes_are_not_its_hash_is_refused() -> None:
    lie = msgspec.structs.replace(chunk_of(TEXT, HEADER_BYTES), hash=blake3(b"else").digest())
    with pytest.raises(PackError, match="hash"):
        check_pack(with_entry(lie, TEXT), SPACE)


@pytest.mark.parametrize("position", [0, 8, 20, 40, 50_000, -5, -30, -60])
def test_one_flipped_byte_is_found(position: int) -> None:
    pack = bytearray(pack_of(SPACE, [TEXT, NOISE])[0])
    pack[position] ^= 0x40
    with pytest.raises(PackError):
        check_pack(bytes(pack), SPACE)


def test_a_pack_cut_anywhere_is_refused() -> None:
    pack, _ = pack_of(SPACE, [b"some", b"small", b"chunks"])
    for length in range(len(pack)):
        with pytest.raises(PackError):
            check_pack(pack[:length], SPACE)
    with pytest.raises(PackError):
        check_pack(pack + b"\0", SPACE)


def bomb_that_says_so() -> bytes:
    return zstd(bytes(200 * 1024 * 1024))


def bomb_that_keeps_quiet() -> bytes:
    return zstandard.ZstdCompressor(write_content_size=False).compress(bytes(200 * 1024 * 1024))


def bomb_behind_a_small_frame() -> bytes:
    return zstd(bytes(1_000)) + zstd(bytes(100 * 1024 * 1024))


@pytest.mark.parametrize("bomb", [bomb_that_says_so, bomb_that_keeps_quiet, bomb_behind_a_small_frame])
def test_a_bomb_is_not_unpacked(bomb: Callable[[], bytes]) -> None:
    stored = bomb()
    entry = PackedChunk(blake3(b"").digest(), HEADER_BYTES, len(stored), 1_000, Codec.ZSTD)
    pack = with_entry(entry, stored)
    tracemalloc.start()
    with pytest.raises(PackError):
        check_pack(pack, SPACE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MAX_CHUNK_BYTES


def test_a_header_that_claims_terabytes_allocates_nothing() -> None:
    claim = bytearray(zstd(TEXT))
    magic, descriptor = bytes(claim[:4]), 0xE0  # an 8-byte content size, single segment
    stored = magic + bytes([descriptor]) + (2**40).to_bytes(8, "little") + bytes(claim[6:])
    entry = PackedChunk(blake3(TEXT).digest(), HEADER_BYTES, len(stored), len(TEXT), Codec.ZSTD)
    with pytest.raises(PackError, match="size"):
        check_pack(with_entry(entry, stored), SPACE)


def test_noise_that_calls_itself_compressed_is_refused() -> None:
    entry = PackedChunk(blake3(NOISE).digest(), HEADER_BYTES, len(NOISE), len(NOISE), Codec.ZSTD)
    with pytest.raises(PackError):
        check_pack(with_entry(entry, NOISE), SPACE)


def test_a_frame_with_something_after_it_is_refused() -> None:
    stored = zstd(TEXT) + b"hidden"
    with pytest.raises(PackError):
        check_pack(with_entry(chunk_of(TEXT, HEADER_BYTES, stored), stored), SPACE)


def moved(by: int) -> Callable[[list[PackedChunk]], list[PackedChunk]]:
    return lambda index: [index[0], msgspec.structs.replace(index[1], offset=index[1].offset + by)]


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(moved(-1), id="overlap"),
        pytest.param(moved(1), id="gap"),
        pytest.param(lambda index: [index[0], msgspec.structs.replace(index[1], offset=index[0].offset)], id="twice"),
        pytest.param(lambda index: index[::-1], id="order"),
        pytest.param(lambda index: index[:1], id="hidden bytes"),
        pytest.param(lambda index: [*index, chunk_of(b"more", 10**6)], id="beyond the end"),
        pytest.param(lambda index: [msgspec.structs.replace(index[0], plain_size=3), index[1]], id="raw sizes"),
        pytest.param(lambda index: [msgspec.structs.replace(index[0], offset=0), index[1]], id="in the header"),
        pytest.param(
            lambda index: [msgspec.structs.replace(index[0], plain_size=0, stored_size=0), index[1]], id="empty chunk"
        ),
    ],
)
def test_an_index_that_does_not_fill_the_pack_is_refused(
    lie: Callable[[list[PackedChunk]], list[PackedChunk]],
) -> None:
    pack, index = pack_of(SPACE, [TEXT, NOISE])
    check_geometry(index, len(pack))
    with pytest.raises(PackError):
        check_geometry(lie(index), len(pack))


def test_a_size_that_does_not_add_up_is_refused() -> None:
    pack, index = pack_of(SPACE, [TEXT])
    for size in (len(pack) - 1, len(pack) + 1, TRAILER_BYTES, 1):
        with pytest.raises(PackError, match="add up"):
            check_geometry(index, size)
