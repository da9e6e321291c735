"""Salvaging: other copies of chunks that are lost where they ought to lie, in whatever object of their namespace.

A chunk may have been sent twice, or have been written anew while its old pack still waits to be deleted, or the
database may have forgotten where it lies. Every pack says by its own index what is in it. What is found is hashed,
copied into a pack of its own, which is read back, and counts from one moment to the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from server_api.contract.messages import NamespaceId, PackedChunk, PackId
from server_api.contract.packs import TRAILER_BYTES, PackError, decode_index, encode_header, encode_index, index_length
from server_api.domain.packs import check_chunk, check_pack
from server_api.services.rewriting import PACK_BYTES, give_up, write_pack
from server_api.services.server import Server
from server_api.storage import chunks, collecting
from server_api.storage.contention import retried
from server_api.storage.revisions import lock_namespace
from server_api.storage.stores import ObjectMissingError, StoredObject

_TAIL_BYTES: Final = 64 * 1024
"""Read of each pack at once: the index of more than a thousand chunks."""
_MOST_CHUNKS: Final = 10_000


def read_index(server: Server, stored: StoredObject) -> list[PackedChunk]:
    """What a pack in the store says is in it. Raises: PackError, ObjectMissingError, UnavailableError."""
    start = max(stored.size - _TAIL_BYTES, 0)
    tail = server.store.read_range(stored.key, start, stored.size - start)
    trailer = tail[-TRAILER_BYTES:]
    length = index_length(trailer)
    index = tail[:-TRAILER_BYTES][-length:]
    if length > len(index) and start:
        index = server.store.read_range(stored.key, max(stored.size - TRAILER_BYTES - length, 0), length)
    return decode_index(index, trailer, stored.size)


def salvage(
    server: Server, namespace_id: NamespaceId, wanted: Collection[bytes], lost_in: Mapping[bytes, PackId]
) -> Iterator[set[bytes]]:
    """Give these chunks another place, as far as there is one; some at a time, those that are whole again.

    Args:
        server: with its store.
        namespace_id: whose chunks they are.
        wanted: their hashes.
        lost_in: where the database says that they lie, of those that it knows, and where they are not whole.

    Raises: UnavailableError, StoreFullError.
    """
    left = set(wanted)
    found: list[tuple[PackedChunk, bytes]] = []
    for stored in server.store.list(f"packs/{namespace_id.hex()}/"):
        if not left:
            break
        for chunk, data in _sound(server, stored, left):
            left.discard(chunk.hash)
            found.append((chunk, data))
            if sum(len(each) for _, each in found) >= PACK_BYTES or len(found) == _MOST_CHUNKS:
                yield _keep(server, namespace_id, found, lost_in)
                found = []
        yield set()
    if found:
        yield _keep(server, namespace_id, found, lost_in)


def _sound(server: Server, stored: StoredObject, wanted: Collection[bytes]) -> Iterator[tuple[PackedChunk, bytes]]:
    """Those of the wanted chunks that lie in this object whole, with their stored bytes."""
    with suppress(PackError, ObjectMissingError):
        for chunk in read_index(server, stored):
            if chunk.hash in wanted:
                data = server.store.read_range(stored.key, chunk.offset, chunk.stored_size)
                with suppress(PackError):
                    server.offload(check_chunk, data, chunk)
                    yield chunk, data


def _keep(
    server: Server,
    namespace_id: NamespaceId,
    found: Sequence[tuple[PackedChunk, bytes]],
    lost_in: Mapping[bytes, PackId],
) -> set[bytes]:
    """In a pack of their own; those that lie there now."""
    whole = bytearray(encode_header(namespace_id))
    index = []
    for chunk, data in found:
        index.append(msgspec.structs.replace(chunk, offset=len(whole)))
        whole += data
    packed = bytes(whole) + encode_index(index)
    server.offload(check_pack, packed, namespace_id)
    pack_id = write_pack(server, namespace_id, packed)
    if pack_id is None:
        return set()
    if not _switch(server, namespace_id, pack_id, index, lost_in):
        give_up(server, pack_id)
        return set()
    return {chunk.hash for chunk in index}


@retried
def _switch(
    server: Server,
    namespace_id: NamespaceId,
    pack_id: PackId,
    index: Sequence[PackedChunk],
    lost_in: Mapping[bytes, PackId],
) -> bool:
    """What a device has sent again meanwhile stays where that is."""
    with server.database.write() as work:
        connection = work.connection
        if lock_namespace(connection, namespace_id) is None:
            return False
        if not collecting.switch_pack(connection, pack_id, server.database_now_ms(connection)):
            return False
        for chunk in index:
            if chunk.hash in lost_in:
                chunks.forget_chunk(connection, namespace_id, lost_in[chunk.hash], chunk.hash)
        chunks.insert_chunks(connection, namespace_id, pack_id, index)
    return True
