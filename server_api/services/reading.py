"""Reading a file out of the store, for who has no device that does so: a visitor's browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from server_api.contract.messages import Codec, NamespaceId, PackedChunk, RevisionId
from server_api.contract.packs import PackError
from server_api.domain.contents import split_manifest
from server_api.domain.packs import open_chunk
from server_api.errors import NotFoundError, UnavailableError
from server_api.services.server import Server
from server_api.storage.bulk import pieces
from server_api.storage.chunks import locate_chunks
from server_api.storage.stores import ObjectMissingError
from server_api.storage.versions import read_manifests

_LOCATED_AT_ONCE: Final = 256
_GONE: Final = "The content is gone from the store."


def read_version(
    server: Server, namespace_id: NamespaceId, version_id: RevisionId, start: int, length: int
) -> Iterator[bytes]:
    """A version's bytes from ``start`` on, a chunk at a time, each verified. What is missing is known before the first.

    Raises: NotFoundError, if the content has expired or is gone; later UnavailableError, if a chunk is not whole.
    """
    with server.database.read() as connection:
        manifest = dict(read_manifests(connection, namespace_id, [version_id])).get(version_id)
        if manifest is None:
            raise NotFoundError(_GONE)
        hashes = split_manifest(manifest)
        located = _locate(server, namespace_id, hashes[:_LOCATED_AT_ONCE])
    if set(hashes[:_LOCATED_AT_ONCE]) - located.keys():
        raise NotFoundError(_GONE)
    return _pieces(server, namespace_id, hashes, start, start + length)


def _pieces(
    server: Server, namespace_id: NamespaceId, hashes: Sequence[bytes], start: int, end: int
) -> Iterator[bytes]:
    at = 0
    for some in pieces(hashes, _LOCATED_AT_ONCE):
        located = _locate(server, namespace_id, some)
        for hash_ in some:
            if hash_ not in located:
                raise UnavailableError(_GONE)
            chunk = located[hash_][1]
            if at + chunk.plain_size > start and at < end:
                plain = _read(server, namespace_id, *located[hash_])
                yield bytes(plain[max(start - at, 0) : max(end - at, 0)])
            at += chunk.plain_size
            if at >= end:
                return


def _read(server: Server, namespace_id: NamespaceId, key: str, chunk: PackedChunk) -> bytes | memoryview:
    try:
        stored = server.store.read_range(key, chunk.offset, chunk.stored_size)
    except ObjectMissingError:  # its pack was rewritten meanwhile: it lies elsewhere now
        moved = _locate(server, namespace_id, [chunk.hash]).get(chunk.hash)
        if moved is None or moved[0] == key:
            raise UnavailableError(_GONE) from None
        key, chunk = moved
        stored = server.store.read_range(key, chunk.offset, chunk.stored_size)
    try:
        plain: bytes | memoryview = server.offload(open_chunk, stored, chunk)
    except PackError as error:
        raise UnavailableError("A part of the content is damaged.") from error
    return plain


def _locate(server: Server, namespace_id: NamespaceId, hashes: Sequence[bytes]) -> dict[bytes, tuple[str, PackedChunk]]:
    """The object in which each of these lies, and where in it."""
    with server.database.read() as connection:
        rows, keys = locate_chunks(connection, namespace_id, hashes)
    return {
        hash_: (
            keys[pack_id],
            PackedChunk(
                hash=hash_,
                offset=offset,
                stored_size=stored_size,
                plain_size=plain_size,
                codec=Codec(codec),
                key_id=key_id,
            ),
        )
        for hash_, pack_id, offset, stored_size, plain_size, codec, key_id in rows
    }
