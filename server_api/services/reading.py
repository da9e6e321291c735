"""Reading files out of the store, for who has no device that does so: visitors of share links, and exports."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final

from server_api.contract.messages import Codec, NamespaceId, PackedChunk, RevisionId
from server_api.contract.packs import PackError
from server_api.domain.contents import split_manifest
from server_api.domain.packs import open_chunk
from server_api.services.server import Server
from server_api.storage.bulk import pieces
from server_api.storage.chunks import locate_chunks
from server_api.storage.stores import ObjectMissingError
from server_api.storage.versions import read_manifests

_CHUNKS_AT_ONCE: Final = 64
_SMALL_BYTES: Final = 256 * 1024
"""For what is smaller more is read at once, where that is kept: its neighbours are wanted next."""
_WINDOW_BYTES: Final = 4 * 1024 * 1024
_STEP_BYTES: Final = _WINDOW_BYTES - _SMALL_BYTES
_TRIES: Final = 3


class ContentExpiredError(Exception):
    """Old versions are kept for a time only."""


class ContentGoneError(Exception):
    """It should be in the store, and is not there whole."""


class Reader:
    """Reads versions of one namespace. Not thread-safe.

    ``windows_kept``: how many windows onto packs of small files are held in memory, 4 MiB each; without any, each chunk
    is a request of its own.
    """

    def __init__(self, server: Server, namespace_id: NamespaceId, *, windows_kept: int = 0) -> None:
        self._server = server
        self._namespace_id = namespace_id
        self._windows_kept = windows_kept
        self._windows: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def read(
        self, version_id: RevisionId | None, start: int = 0, end: int | None = None
    ) -> Iterator[bytes | memoryview]:
        """A version's bytes, or those from one to before another, a verified chunk at a time.

        Raises: ContentExpiredError at once; later ContentGoneError, UnavailableError.
        """
        with self._server.database.read() as connection:
            wanted = [version_id] if version_id else []
            manifest = dict(read_manifests(connection, self._namespace_id, wanted)).get(version_id or RevisionId(b""))
        if manifest is None:
            raise ContentExpiredError
        return self._pieces(split_manifest(manifest), start, end)

    def _pieces(self, hashes: Sequence[bytes], start: int, end: int | None) -> Iterator[bytes | memoryview]:
        at = 0
        for some in pieces(hashes, _CHUNKS_AT_ONCE):
            places = self._locate(some)
            for hash_ in some:
                if end is not None and at >= end:
                    return
                if hash_ not in places:
                    raise ContentGoneError
                size = places[hash_][1].plain_size
                if at + size > start:
                    plain = self._plain(hash_, places)
                    yield plain[max(start - at, 0) : None if end is None else end - at]
                at += size

    def _plain(self, hash_: bytes, places: dict[bytes, tuple[str, PackedChunk]]) -> bytes | memoryview:
        """Looks again where a pack is gone: it may have been written anew meanwhile."""
        for _ in range(_TRIES):
            if hash_ not in places:
                break
            key, chunk = places[hash_]
            try:
                plain: bytes | memoryview = self._server.offload(open_chunk, self._stored(key, chunk), chunk)
            except (ObjectMissingError, PackError):
                self._windows.clear()
                places.update(self._locate([hash_]))
            else:
                return plain
        raise ContentGoneError

    def _stored(self, key: str, chunk: PackedChunk) -> bytes:
        """Raises: ObjectMissingError, UnavailableError."""
        store = self._server.store
        if chunk.stored_size >= _SMALL_BYTES or not self._windows_kept:
            return store.read_range(key, chunk.offset, chunk.stored_size)
        # Windows overlap a little, so that whatever is small lies in one whole.
        start = chunk.offset // _STEP_BYTES * _STEP_BYTES
        place = (key, start)
        if place not in self._windows:
            self._windows[place] = store.read_range(key, start, _WINDOW_BYTES)
            if len(self._windows) > self._windows_kept:
                self._windows.popitem(last=False)
        self._windows.move_to_end(place)
        return self._windows[place][chunk.offset - start : chunk.offset - start + chunk.stored_size]

    def _locate(self, hashes: Sequence[bytes]) -> dict[bytes, tuple[str, PackedChunk]]:
        """The object in which each of these lies, and where in it."""
        with self._server.database.read() as connection:
            rows, keys = locate_chunks(connection, self._namespace_id, set(hashes))
        return {
            hash_: (keys[pack_id], PackedChunk(hash_, offset, stored_size, plain_size, Codec(codec), key_id))
            for hash_, pack_id, offset, stored_size, plain_size, codec, key_id in rows
        }
