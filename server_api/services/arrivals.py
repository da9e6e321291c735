"""Packs that were sent to ``incoming/``: copied to their places, which no address names, and verified there.

For stores that do not hold what an upload's address is bound to. Whoever has such an address may write to its key as
often and whatever they like for as long as it is valid, so nothing is ever read from that key but by the copy, and the
copy is what counts. It is made once: a pack is claimed first, and whatever goes wrong then, it is refused for good and
sent anew under another id. So no copy can come late and replace one that was verified.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Final

import google_crc32c

from server_api.contract.messages import PackedChunk
from server_api.contract.packs import PackError, encode_index
from server_api.domain.packs import check_pack
from server_api.errors import AlreadyStoredError, UnavailableError
from server_api.services.server import Server
from server_api.storage import packs
from server_api.storage.contention import retried
from server_api.storage.packs import Pack, PackState
from server_api.storage.stores import ObjectMissingError, pack_key

_CLAIM_MS: Final = 10 * 60 * 1000
"""How long a copy may take; one that was claimed longer ago is taken for dead."""
_AT_ONCE: Final = threading.BoundedSemaphore(4)
"""Each holds a pack in memory."""


def is_incoming(pack: Pack) -> bool:
    """Whether the pack is sent to where it must not be read from."""
    return pack.object_key.startswith("incoming/")


@retried
def claim(server: Server, pack: Pack) -> Pack:
    """The pack, which this request and no other ever is to copy.

    Raises: UnavailableError, when another one does so now; ask again for what became of it.
    """
    with server.database.write() as work:
        if not packs.claim_pack(work.connection, pack.pack_id, server.clock.now_ms() + _CLAIM_MS):
            raise UnavailableError("The pack is being copied.", retry_after_s=2)
    return replace(pack, state=PackState.ARRIVING)


def take_in(server: Server, claimed: Pack) -> list[PackedChunk]:
    """Copy the pack to its place, and verify the copy; its chunks.

    Raises: PackError, UnavailableError. After either it has to be refused for good.
    """
    key = place_of(claimed)
    with _AT_ONCE:
        try:
            server.store.copy(claimed.object_key, key)
            whole = server.store.read_range(key, 0, claimed.size + 1)
        except (ObjectMissingError, AlreadyStoredError) as error:
            raise PackError("the pack could not be copied") from error
        if len(whole) != claimed.size or google_crc32c.value(whole).to_bytes(4, "big") != claimed.crc32c:
            raise PackError("the bytes are not those that were declared")
        chunks = server.offload(check_pack, whole, claimed.namespace_id)
    if encode_index(chunks) != claimed.declared:
        raise PackError("the index is not the one that was declared")
    return chunks


def place_of(pack: Pack) -> str:
    """The key that a pack is read from, wherever it was sent."""
    return pack_key(pack.namespace_id, pack.pack_id)


def forget_sent(server: Server, pack: Pack) -> None:
    """What was copied is not needed any more. If it cannot be deleted now, collection will do it."""
    try:
        server.store.delete(pack.object_key)
    except UnavailableError:
        return
