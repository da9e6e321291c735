"""A version's bytes in order, straight from the store, for whoever wants them outside the synced folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from blake3 import blake3

from server_api.contract.messages import Located, Manifest
from sync_engine.core.packing import ChunkError, Unpacker
from sync_engine.errors import CorruptTransfer, ObjectGone, RemoteError
from sync_engine.ports import Remote, Store

_CHUNKS_LOCATED_AT_ONCE: Final = 64
_ATTEMPTS: Final = 3


def read_version(remote: Remote, store: Store, revision_id: bytes, content: bytes) -> Iterator[bytes]:
    """Its plain bytes in pieces of at most 4 MiB, each verified before it is given out.

    Raises: RemoteError. ``CorruptTransfer`` after the last piece if the whole is not what it should be.
    """
    yield from read_manifest(remote, store, find_manifest(remote, revision_id), content)


def find_manifest(remote: Remote, revision_id: bytes) -> Manifest:
    """What a version is made of. Raises: RemoteError."""
    found = remote.manifests([revision_id])
    if not found.manifests:
        raise ObjectGone("the content of this version is gone")
    return found.manifests[0]


def read_manifest(remote: Remote, store: Store, manifest: Manifest, content: bytes) -> Iterator[bytes]:
    """As ``read_version``."""
    chunks = manifest.chunks
    whole = blake3()
    for start in range(0, len(chunks), _CHUNKS_LOCATED_AT_ONCE):
        for piece in _read_chunks(remote, store, chunks[start : start + _CHUNKS_LOCATED_AT_ONCE]):
            whole.update(piece)
            yield piece
    if whole.digest() != content:
        raise CorruptTransfer("the whole is not what it should be")


def _read_chunks(remote: Remote, store: Store, chunks: Sequence[bytes]) -> Iterator[bytes]:
    """URLs may expire and packs may move in between: then the rest is located again."""
    failures = 0
    done = 0
    while done < len(chunks):
        try:
            located = remote.locate(list(dict.fromkeys(chunks[done:])))
            for piece in _receive(located, store, chunks[done:]):
                yield piece
                done += 1
                failures = 0
        except RemoteError:
            failures += 1
            if failures >= _ATTEMPTS:
                raise


def _receive(located: Located, store: Store, chunks: Sequence[bytes]) -> Iterator[bytes]:
    where = {location.hash: location for location in located.chunks}
    unpacker = Unpacker()
    for chunk in chunks:
        if chunk not in where:
            raise ObjectGone("the server has not all chunks of this version")
        location = where[chunk]
        stored = b"".join(store.get(located.packs[location.pack], location.offset, location.stored_size))
        try:
            yield bytes(unpacker.unpack(stored, location.codec, location.plain_size, chunk))
        except ChunkError as error:
            raise CorruptTransfer(str(error)) from error
