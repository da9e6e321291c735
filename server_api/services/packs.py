"""Packs from the right to upload one to its proof: register, seal, verify.

A device declares what it will send, sends it straight to the store, and seals it; from then on its own commits may name
the chunks. Everyone else's may once the server has hashed them.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from server_api.contract.messages import (
    DeclaredPack,
    DeviceId,
    NamespaceId,
    PackedChunk,
    PackId,
    RegisteredPack,
    RegisteredPacks,
    SealedPacks,
)
from server_api.contract.packs import HEADER_BYTES, PackError, check_header, encode_index
from server_api.domain.packs import check_geometry, check_pack
from server_api.errors import NotFoundError, PackRefusedError, QuotaExceededError, RateLimitedError, UnavailableError
from server_api.services.accounts import used_bytes
from server_api.services.arrivals import claim, forget_sent, is_incoming, place_of, take_in
from server_api.services.server import Caller, Server
from server_api.storage import packs
from server_api.storage.chunks import insert_chunks, unverified_packs
from server_api.storage.contention import retried
from server_api.storage.packs import NewPack, Pack, PackState
from server_api.storage.revisions import lock_namespace
from server_api.storage.stores import ObjectMissingError, incoming_key, pack_key

PROTECTED_MS: Final = 24 * 3600 * 1000
"""How long a registered pack may take to arrive, and how long the row of a refused one answers for it."""

_AT_ONCE: Final = 16
_LATER_MS: Final = 600 * 1000
_THERE: Final = {PackState.SEALED, PackState.VERIFIED}
_LOG: Final = logging.getLogger(__name__)

_WHOLE_READ_BYTES: Final = 256 * 1024
"""Up to here a pack is read in one piece rather than in two."""


@retried
def register_packs(
    server: Server, caller: Caller, namespace_id: NamespaceId, declared: Sequence[DeclaredPack]
) -> RegisteredPacks:
    """The right to upload these packs, their bytes reserved in the owner's quota.

    One that this device registered before and did not seal is the same pack: an upload that takes many tries reserves
    its bytes once.

    Raises: PackRefusedError, QuotaExceededError, RateLimitedError (too much registered and never sealed).
    """
    for pack in declared:
        try:
            check_geometry(pack.chunks, pack.size)
        except PackError as error:
            raise PackRefusedError(str(error)) from error
        if pack.md5 is None and server.store.needs_md5:
            raise PackRefusedError("the store needs its MD5")
    limits = server.config.limits
    now_ms = server.clock.now_ms()
    with server.database.write() as work:
        owner_id, quota_bytes = packs.lock_owner(work.connection, namespace_id)
        crcs = {pack.crc32c for pack in declared}
        # Those that were to be sent another way, before the store was found to hold more or less, are others.
        is_direct = server.store.holds_bindings
        waiting = packs.awaited_packs(work.connection, namespace_id, caller.device_id, crcs, now_ms)
        awaited = {what: id_ for what, (id_, key) in waiting.items() if key.startswith("incoming/") != is_direct}
        wanted = [_as_awaited(server, namespace_id, pack, awaited) for pack in declared]
        again = {pack.pack_id for pack in wanted} & set(awaited.values())
        new = [pack for pack in wanted if pack.pack_id not in again]
        asked_bytes = sum(pack.size for pack in new)
        if quota_bytes is not None and used_bytes(work.connection, owner_id) + asked_bytes > quota_bytes:
            raise QuotaExceededError
        if packs.pending_bytes(work.connection, caller.account_id) + asked_bytes > limits.pending_bytes:
            raise RateLimitedError("Too much was announced and never sent.", retry_after_s=3600)
        packs.insert_packs(
            work.connection,
            new,
            namespace_id=namespace_id,
            device_id=caller.device_id,
            state=PackState.REGISTERED,
            store=server.store.name,
            now_ms=now_ms,
            expires_at=now_ms + PROTECTED_MS,
        )
        packs.keep_waiting(work.connection, again, now_ms + PROTECTED_MS)
    return RegisteredPacks(packs=[_sign(server, pack) for pack in wanted])


def _as_awaited(
    server: Server, namespace_id: NamespaceId, declared: DeclaredPack, awaited: Mapping[tuple[bytes, ...], PackId]
) -> NewPack:
    """With the id that it has already, or a new one."""
    md5 = declared.md5 or b""
    pack_id = awaited.get((declared.crc32c, md5, encode_index(declared.chunks))) or PackId(server.ids.new_id())
    place = pack_key if server.store.holds_bindings else incoming_key
    return NewPack(
        pack_id=pack_id,
        size=declared.size,
        crc32c=declared.crc32c,
        md5=md5,
        chunks=declared.chunks,
        object_key=place(namespace_id, pack_id),
    )


def _sign(server: Server, pack: NewPack) -> RegisteredPack:
    put = server.store.presign_put(
        pack.object_key,
        size=pack.size,
        crc32c=pack.crc32c,
        md5=pack.md5,
        expires_in_s=server.config.limits.put_url_s,
    )
    return RegisteredPack(pack_id=pack.pack_id, put=put)


def seal_packs(server: Server, caller: Caller, namespace_id: NamespaceId, pack_ids: Sequence[bytes]) -> SealedPacks:
    """From now on this device's commits may name the chunks of those that are as declared. Idempotent.

    Refused: what is not in the store, not as declared, or not this device's.
    """
    with server.database.read() as connection:
        found = packs.find_packs(connection, set(pack_ids), with_declared=True)
    sealed: list[bytes] = []
    refused: list[bytes] = []
    arrived: dict[PackId, list[PackedChunk]] = {}
    for pack_id in dict.fromkeys(pack_ids):
        pack = found.get(PackId(pack_id))
        if pack is None or (pack.namespace_id, pack.device_id) != (namespace_id, caller.device_id):
            refused.append(pack_id)
        elif pack.state in _THERE:
            sealed.append(pack_id)
        elif pack.state is PackState.ARRIVING and pack.expires_at > server.clock.now_ms():
            raise UnavailableError("The pack is being copied.", retry_after_s=2)
        elif pack.state is PackState.REGISTERED and (chunks := _arrive(server, pack)) is not None:
            arrived[pack.pack_id] = chunks
        else:
            refused.append(pack_id)
    if arrived:
        hashes = {chunk.hash for chunks in arrived.values() for chunk in chunks}
        verify_others(server, caller.device_id, namespace_id, hashes)
        sealed += _seal(server, namespace_id, [(found[pack_id], chunks) for pack_id, chunks in arrived.items()])
        refused += [pack_id for pack_id in arrived if pack_id not in sealed]
    return SealedPacks(sealed=sealed, refused=refused)


def _arrive(server: Server, pack: Pack) -> list[PackedChunk] | None:
    """The chunks of a pack that lies in its place, as declared; ``None``, if it does not."""
    if not is_incoming(pack):
        return pack.declared_chunks() if _is_as_declared(server, pack) else None
    if server.store.head(pack.object_key) is None:
        return None  # it may yet arrive; its registration expires by itself
    claimed = claim(server, pack)
    try:
        return take_in(server, claimed)
    except PackError:
        _refuse(server, claimed)
        return None
    except UnavailableError:
        _refuse(server, claimed)
        raise


@retried
def _seal(server: Server, namespace_id: NamespaceId, arrived: Sequence[tuple[Pack, list[PackedChunk]]]) -> list[bytes]:
    with server.database.write() as work:
        if lock_namespace(work.connection, namespace_id) is None:
            raise NotFoundError
        for pack, chunks in arrived:
            if is_incoming(pack):
                is_new = packs.land_pack(work.connection, pack.pack_id, place_of(pack), pack.expires_at)
                work.after_commit(partial(forget_sent, server, pack))
            else:
                is_new = packs.seal_pack(work.connection, pack.pack_id)
            if is_new:
                insert_chunks(work.connection, namespace_id, pack.pack_id, chunks)
        # Of the rest some may have been sealed by a request that ran beside this one, others have expired.
        found = packs.find_packs(work.connection, [pack.pack_id for pack, _ in arrived])
    return [pack_id for pack_id, pack in found.items() if pack.state in _THERE]


def _is_as_declared(server: Server, pack: Pack) -> bool:
    """Whether size, header and index of what is in the store are the declared ones. A false one is refused for good."""
    stored = server.store.head(pack.object_key)
    if stored is None:
        return False  # it may yet arrive; its registration expires by itself
    declared = pack.declared or b""
    try:
        if stored.size != pack.size or _read_end(server, pack, len(declared)) != declared:
            raise PackError("the pack is not the one that was declared")
    except (PackError, ObjectMissingError):
        _refuse(server, pack)
        return False
    return True


def _read_end(server: Server, pack: Pack, length: int) -> bytes:
    """The last bytes of a pack whose header is right. Raises: PackError, ObjectMissingError."""
    start = pack.size - length
    if pack.size <= _WHOLE_READ_BYTES:
        whole = server.store.read_range(pack.object_key, 0, pack.size)
        header, end = whole[:HEADER_BYTES], whole[start:]
    else:
        header = server.store.read_range(pack.object_key, 0, HEADER_BYTES)
        end = server.store.read_range(pack.object_key, start, length)
    check_header(header, pack.namespace_id)
    return end


def verify_others(server: Server, device_id: DeviceId, namespace_id: NamespaceId, hashes: Collection[bytes]) -> None:
    """Verify what others have sealed of the same chunks, now.

    The first to seal a chunk keeps it; were that pack false, the bytes that this device sent would not count.
    """
    with server.database.read() as connection:
        others = unverified_packs(connection, namespace_id, device_id, hashes)
        found = packs.find_packs(connection, others)
    for pack in found.values():
        verify_pack(server, pack)


@retried
def verify_pack(server: Server, pack: Pack) -> PackState:
    """Read a sealed pack back and hash its chunks: it is verified or refused from now on. Idempotent.

    Raises: UnavailableError, when the store cannot be read now.
    """
    try:
        whole = server.store.read_range(pack.object_key, 0, pack.size + 1)
        if len(whole) != pack.size:
            raise PackError("the pack has another size")
        server.offload(check_pack, whole, pack.namespace_id)
    except (PackError, ObjectMissingError):
        _refuse(server, pack)
        return PackState.REFUSED
    with server.database.write() as work:
        packs.verify_pack(work.connection, pack.pack_id, server.database_now_ms(work.connection))
    return PackState.VERIFIED


def verify_sealed(server: Server) -> bool:
    """Verify the packs that wait for it, a few at a time; whether there may be more.

    Raises: UnavailableError, when one could not be read; the others were.
    """
    with server.database.read() as connection:
        waiting = packs.sealed_packs(connection, _AT_ONCE)
    unavailable: UnavailableError | None = None
    for pack in waiting:
        try:
            if verify_pack(server, pack) is PackState.REFUSED:
                _LOG.warning("a pack is not what it was declared to be", extra={"pack": pack.pack_id.hex()})
        except UnavailableError as error:
            unavailable = error
    if unavailable is not None:
        raise unavailable
    return len(waiting) == _AT_ONCE


@retried
def drop_expired(server: Server) -> bool:
    """Forget packs that never came, or were refused or freed long ago, and their objects; whether there may be more.

    First refused or freed, then deleted, then forgotten: a pack that is being sealed meanwhile is either sealed or
    refused. Raises: UnavailableError, when one could not be deleted; the others were.
    """
    now_ms = server.clock.now_ms()
    with server.database.read() as connection:
        never_came = packs.expired_packs(connection, packs.NEVER_CAME, now_ms, _AT_ONCE)
        old = packs.expired_packs(connection, packs.GONE, now_ms, _AT_ONCE)
    if never_came:
        with server.database.write() as work:
            for pack in never_came:
                packs.refuse_pack(work.connection, pack.pack_id, was=pack.state, until_ms=now_ms)
    deleted: list[PackId] = []
    failed: list[PackId] = []
    unavailable: UnavailableError | None = None
    for pack in old:
        try:
            server.store.delete(pack.object_key)
            if is_incoming(pack):  # it may have been copied, too
                server.store.delete(place_of(pack))
            deleted.append(pack.pack_id)
        except UnavailableError as error:
            failed.append(pack.pack_id)
            unavailable = error
    if old:
        with server.database.write() as work:
            packs.delete_packs(work.connection, deleted)
            packs.put_off(work.connection, failed, now_ms + _LATER_MS)  # must not be in the others' way
    if unavailable is not None:
        raise unavailable
    return bool(never_came) or len(old) == _AT_ONCE


@retried
def _refuse(server: Server, pack: Pack) -> None:
    """Its chunks are missing from now on, and its object is deleted with its row, later."""
    with server.database.write() as work:
        until_ms = server.clock.now_ms() + PROTECTED_MS
        packs.refuse_pack(work.connection, pack.pack_id, was=pack.state, until_ms=until_ms)
