"""Contents that tell by themselves whether they are whole: records, each with the hash of all up to its end."""

from __future__ import annotations

from random import Random
from typing import Final

from blake3 import blake3

_SIZE_BYTES: Final = 8
_HASH_BYTES: Final = 32
_HEAD_BYTES: Final = _SIZE_BYTES + _HASH_BYTES


def record(chance: Random, size: int, before: bytes = b"") -> bytes:
    """One to append to ``before``; with nothing before it, a whole content. Its text is nowhere else."""
    text = b"%016x" % chance.getrandbits(64) + chance.randbytes(size)
    return len(text).to_bytes(_SIZE_BYTES, "big") + blake3(before[-_HEAD_BYTES:] + text).digest() + text


def is_whole(content: bytes) -> bool:
    """Whether it is records to its end, and nothing else."""
    at = 0
    while at < len(content):
        start = at + _HEAD_BYTES
        end = start + int.from_bytes(content[at : at + _SIZE_BYTES], "big")
        text = content[start:end]
        before = content[max(at - _HEAD_BYTES, 0) : at]
        if end > len(content) or content[at + _SIZE_BYTES : start] != blake3(before + text).digest():
            return False
        at = end
    return True
