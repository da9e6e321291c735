"""Cutting files: the same cuts for the same bytes, and few new ones for a small change."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pytest
from blake3 import blake3
from pyfastcdc import FastCDC

from server_api.contract.messages import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES
from sync_engine.core.chunking import EMPTY, Cutting

MIB = 1024 * 1024


def cutting_of(data: bytes) -> Cutting:
    cutting = Cutting(io.BytesIO(data).read)
    assert b"".join(bytes(chunk.data) for chunk in cutting) == data
    return cutting


def dribble(data: bytes, seed: int) -> Callable[[int], bytes]:
    """Reads of any size, as a slow file system or a pipe may give them."""
    chance = random.Random(seed)
    stream = io.BytesIO(data)
    return lambda size: stream.read(min(size, chance.choice([1_000, 7_777, 100_000, 3_000_000])))


@pytest.fixture(scope="module")
def big() -> bytes:
    return random.Random(7).randbytes(24 * MIB)


def test_an_empty_file_has_no_chunks() -> None:
    cutting = cutting_of(b"")
    assert cutting.chunks == []
    assert cutting.content() == EMPTY == blake3(b"").digest()


@pytest.mark.parametrize("size", [1, 1000, MIN_CHUNK_BYTES - 1, MIN_CHUNK_BYTES])
def test_a_file_up_to_the_smallest_chunk_is_one_chunk_with_the_files_hash(size: int) -> None:
    data = random.Random(size).randbytes(size)
    cutting = cutting_of(data)
    assert cutting.chunks == [blake3(data).digest()]
    assert cutting.content() == cutting.chunks[0]


def test_chunks_and_whole_are_named_by_their_bytes(big: bytes) -> None:
    cutting = Cutting(io.BytesIO(big).read)
    for chunk in cutting:
        assert chunk.hash == blake3(chunk.data).digest()
        assert len(chunk.data) <= MAX_CHUNK_BYTES
    assert cutting.content() == blake3(big).digest()
    assert cutting.size == len(big)
    assert len(cutting.chunks) > 10


def test_the_cuts_are_those_of_the_whole_buffer(big: bytes) -> None:
    rule = FastCDC(MIB, min_size=MIN_CHUNK_BYTES, max_size=MAX_CHUNK_BYTES)
    whole = [blake3(chunk.data).digest() for chunk in rule.cut_buf(big)]
    assert cutting_of(big).chunks == whole


@pytest.mark.parametrize("seed", range(3))
def test_the_size_of_reads_makes_no_difference(big: bytes, seed: int) -> None:
    data = big[: 9 * MIB + seed]
    cutting = Cutting(dribble(data, seed))
    assert [len(chunk.data) for chunk in cutting] == [len(chunk.data) for chunk in Cutting(io.BytesIO(data).read)]


@pytest.mark.parametrize("size", [4 * MIB, 8 * MIB, 12 * MIB + 1])
def test_bytes_that_never_ask_for_a_cut_are_cut_at_the_limit(size: int) -> None:
    cutting = Cutting(io.BytesIO(bytes(size)).read)
    sizes = [len(chunk.data) for chunk in cutting]
    assert sum(sizes) == size
    assert set(sizes[:-1]) <= {MAX_CHUNK_BYTES}


def test_a_byte_inserted_at_the_start_changes_a_chunk_or_two(big: bytes) -> None:
    before = cutting_of(big).chunks
    after = cutting_of(b"!" + big).chunks
    assert len(set(after) - set(before)) <= 2


def test_a_byte_changed_in_the_middle_changes_a_chunk_or_two(big: bytes) -> None:
    middle = len(big) // 2
    changed = big[:middle] + bytes([big[middle] ^ 1]) + big[middle + 1 :]
    assert len(set(cutting_of(changed).chunks) - set(cutting_of(big).chunks)) <= 2
