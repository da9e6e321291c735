"""What a version of a file has to be before the log takes it, and how its manifest is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from blake3 import blake3

from server_api.contract.messages import MIN_CHUNK_BYTES, Content, Refusal, Refused

EMPTY_HASH: Final = blake3(b"").digest()
_HASH_BYTES: Final = 32


def join_manifest(chunks: Iterable[bytes]) -> bytes:
    """A manifest as it is kept: the chunks' hashes, one after another."""
    return b"".join(chunks)


def split_manifest(manifest: bytes) -> list[bytes]:
    """The chunks' hashes of a kept manifest, in order."""
    return [manifest[start : start + _HASH_BYTES] for start in range(0, len(manifest), _HASH_BYTES)]


def refuse_content(content: Content, plain_sizes: Mapping[bytes, int]) -> Refused | None:
    """Why this content is not taken; ``None`` if it is good.

    Args:
        content: as a device offers it.
        plain_sizes: of the chunks that the namespace has, for this device.

    An empty file has no chunks; one of up to ``MIN_CHUNK_BYTES`` has exactly one. A single chunk is the file, so its
    hash is the file's. The sizes of the chunks add up to the file's.
    """
    chunks = content.chunks
    if content.size == 0:
        return None if not chunks and content.hash == EMPTY_HASH else _invalid("an empty file has no chunks")
    if not chunks or EMPTY_HASH in chunks:
        return _invalid("a chunk is missing or empty")
    if len(chunks) == 1:
        if chunks[0] != content.hash:
            return _invalid("the only chunk's hash is not the file's")
    elif content.size <= MIN_CHUNK_BYTES:
        return _invalid("a file this small is one chunk")
    try:
        size = sum(map(plain_sizes.__getitem__, chunks))
    except KeyError:
        missing = [chunk for chunk in dict.fromkeys(chunks) if chunk not in plain_sizes]
        return Refused(Refusal.MISSING, missing=missing)
    if size != content.size:
        return _invalid("the chunks' sizes do not add up to the file's")
    return None


def _invalid(detail: str) -> Refused:
    return Refused(Refusal.INVALID, detail=detail)
