"""What a device asks about chunks: which it has to send, and where those lie that it wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server_api.contract.messages import ChunkLocation, Codec, Located, Missing, NamespaceId
from server_api.services.server import Caller, Server
from server_api.storage import chunks

_CODECS: Final = tuple(Codec)


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
