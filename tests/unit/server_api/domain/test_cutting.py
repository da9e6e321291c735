"""The server cuts as devices do."""

from __future__ import annotations

import io
import random

import pytest

from server_api.domain.cutting import cut
from sync_engine.core import chunking


@pytest.mark.parametrize("size", [0, 1, 262_144, 262_145, 3_000_000, 8 * 1024 * 1024, 21_000_001])
@pytest.mark.parametrize("piece", [65_536, 1_000_003, 30_000_000])
def test_the_same_bytes_are_the_same_chunks(size: int, piece: int) -> None:
    whole = random.Random(size).randbytes(size)
    ours = list(cut(whole[at : at + piece] for at in range(0, size, piece)))
    assert b"".join(ours) == whole
    assert ours == [bytes(chunk) for chunk in chunking.cut(io.BytesIO(whole).read)]


def test_what_repeats_is_cut_at_the_limit_by_both() -> None:
    whole = bytes(13 * 1024 * 1024)
    assert list(cut([whole])) == [bytes(chunk) for chunk in chunking.cut(io.BytesIO(whole).read)]
