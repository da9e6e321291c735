"""What a device asks about chunks: which it has to send, and where those lie that it wants."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from server_api.contract.messages import ChunkHash, ChunkLocation, Codec, Located, Missing, NamespaceId, PackedChunk
from server_api.contract.packs import PackError
from server_api.domain.packs import check_chunk
from server_api.services.server import Caller, Server
from server_api.storage import chunks
from server_api.storage.contention import retried
from server_api.storage.stores import ObjectMissingError

_CODECS: Final = tuple(Codec)
_LOOKS: Final = 2
"""At a chunk before its bytes are taken for damaged: what was wrong on its way from the disk is right the next time."""
_LOG: Final = logging.getLogger(__name__)


def missing_chunks(server: Server, caller: Caller, namespace_id: NamespaceId, hashes: Sequence[bytes]) -> Missing:
    """Those that this device has to send. One that another device has just sent is missing until it is verified."""
    with server.database.read() as connection:
        present = chunks.present_chunks(connection, namespace_id, caller.device_id, set(hashes))
    indices = [index for index, hash_ in enumerate(hashes) if hash_ not in present]
    return Missing(indices=indices, md5=server.store.needs_md5)


def locate_chunks(server: Server, namespace_id: NamespaceId, hashes: Sequence[bytes]) -> Located:
    """Where these chunks lie, in the order of packs and offsets, with a GET for each pack."""
    wanted = set(hashes)
    with server.database.read() as connection:
        rows, keys = chunks.locate_chunks(connection, namespace_id, wanted)
    packs: dict[bytes, int] = {}
    locations = []
    for hash_, pack_id, offset, stored_size, plain_size, codec, key_id in rows:
        wanted.discard(hash_)
        pack = packs.setdefault(pack_id, len(packs))
        locations.append(ChunkLocation(hash_, pack, offset, stored_size, plain_size, _CODECS[codec], key_id))
    expires_in_s = server.config.limits.get_url_s
    return Located(
        packs=[server.store.presign_get(keys[pack_id], expires_in_s=expires_in_s) for pack_id in packs],
        chunks=locations,
        gone=list(wanted),
    )


@retried
def look_at_damaged(server: Server, namespace_id: NamespaceId, hashes: Sequence[bytes]) -> Missing:
    """Look at chunks that arrived damaged somewhere: those that are so in the store are missing from now on, until a
    device sends them again. Those of an object that is not there stay known: its disk may only be away for a while.

    Raises: UnavailableError, when the store cannot be read now.
    """
    with server.database.read() as connection:
        rows, keys = chunks.locate_chunks(connection, namespace_id, set(hashes))
    for hash_, pack_id, offset, stored_size, plain_size, codec, key_id in rows:
        told = PackedChunk(hash_, offset, stored_size, plain_size, _CODECS[codec], key_id)
        if _is_damaged(server, keys[pack_id], told):
            _LOG.warning("a chunk is damaged in the store", extra={"pack": pack_id.hex(), "chunk": hash_.hex()})
            with server.database.write() as work:
                chunks.forget_chunk(work.connection, namespace_id, pack_id, hash_)
    with server.database.read() as connection:
        known = chunks.known_chunks(connection, namespace_id, set(hashes))
    return Missing(indices=[index for index, hash_ in enumerate(hashes) if ChunkHash(hash_) not in known])


def _is_damaged(server: Server, key: str, chunk: PackedChunk) -> bool:
    with suppress(ObjectMissingError):
        for _ in range(_LOOKS):
            stored = server.store.read_range(key, chunk.offset, chunk.stored_size)
            try:
                server.offload(check_chunk, stored, chunk)
            except PackError:
                continue
            return False
        return True
    return False
