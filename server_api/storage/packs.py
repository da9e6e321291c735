"""Packs, and the states they go through.

    registered ──seal──> sealed ──verify──> verified ──empty──> freed
        │                   │                   ^ ^
        ├──expire──> refused <──verify──┘       │ └──switch── written <── by a rewrite, never by a device
        │               ^                       │
        └──claim──> arriving ───────land────────┘   copied from incoming/, for stores that need that

Refused rows stay a day, so that a late seal gets its answer; freed ones until no address of theirs can be in use. Then
the object is deleted, and the row after it. What was written and not switched to in time is refused.

Each change of state names the state it expects, so that two processes doing the same do it once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, CursorResult, delete, func, insert, select, update

from server_api.contract.messages import DeviceId, NamespaceId, PackedChunk, PackId
from server_api.contract.packs import TRAILER_BYTES, decode_index, encode_index
from server_api.storage.bulk import pieces
from server_api.storage.chunks import delete_chunks
from server_api.storage.revisions import lock_namespace
from server_api.storage.stores import pack_key
from server_api.storage.tables import account, device, old_pack, pack, placement


class PackState(StrEnum):
    """How far a pack is trusted."""

    REGISTERED = "registered"
    SEALED = "sealed"
    VERIFIED = "verified"
    REFUSED = "refused"
    WRITTEN = "written"
    """By a rewrite that has not switched to it."""
    ARRIVING = "arriving"
    """Being copied from where the device sent it, by one request, which has until ``expires_at``."""
    FREED = "freed"
    """Nothing lies in it any more."""


GONE: Final = (PackState.REFUSED.value, PackState.FREED.value)
"""Packs whose objects will be deleted."""
_AWAITED: Final = (PackState.REGISTERED.value, PackState.ARRIVING.value)
NEVER_CAME: Final = (*_AWAITED, PackState.WRITTEN.value)
OF_NO_QUOTA: Final = (*GONE, PackState.WRITTEN.value)
"""What takes up no account's storage: a rewrite does not fill a quota."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One pack's row.

    Attributes:
        expires_at: of its reservation or claim, of its row once refused or freed.
        object_key: where it lies in the store, or where its device sends it.
        declared: its index and trailer as they have to lie at its end; ``None`` once sealed, or if not asked for.
    """

    pack_id: PackId
    namespace_id: NamespaceId
    device_id: DeviceId | None
    state: PackState
    size: int
    crc32c: bytes
    expires_at: int
    object_key: str
    declared: bytes | None = None

    def declared_chunks(self) -> list[PackedChunk]:
        """What the index says: decode it once. Empty once sealed."""
        if self.declared is None:
            return []
        return decode_index(self.declared[:-TRAILER_BYTES], self.declared[-TRAILER_BYTES:], self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPack:
    """What is known when a pack is registered, or found in the store."""

    pack_id: PackId
    size: int
    crc32c: bytes
    md5: bytes
    """Empty where none was declared."""
    chunks: Sequence[PackedChunk] = ()
    object_key: str = ""
    """Where it is sent or lies; empty: in its place."""


def insert_packs(
    connection: Connection,
    packs: Sequence[NewPack],
    *,
    namespace_id: NamespaceId,
    device_id: DeviceId | None,
    state: PackState,
    store: str,
    now_ms: int,
    expires_at: int,
) -> None:
    """Packs of one namespace, each with its one placement."""
    if not packs:
        return
    connection.execute(
        insert(pack),
        [
            {
                "pack_id": new.pack_id,
                "namespace_id": namespace_id,
                "device_id": device_id,
                "state": state.value,
                "size": new.size,
                "crc32c": new.crc32c,
                "md5": new.md5,
                "declared": encode_index(new.chunks) if state is PackState.REGISTERED else None,
                "created_at": now_ms,
                "expires_at": expires_at,
            }
            for new in packs
        ],
    )
    connection.execute(
        insert(placement),
        [
            {
                "pack_id": new.pack_id,
                "store": store,
                "object_key": new.object_key or pack_key(namespace_id, new.pack_id),
            }
            for new in packs
        ],
    )


def find_packs(
    connection: Connection, pack_ids: Collection[bytes], *, with_declared: bool = False
) -> dict[PackId, Pack]:
    columns = [
        pack.c.pack_id,
        pack.c.namespace_id,
        pack.c.device_id,
        pack.c.state,
        pack.c.size,
        pack.c.crc32c,
        pack.c.expires_at,
        placement.c.object_key,
    ]
    if with_declared:
        columns.append(pack.c.declared)
    query = select(*columns).join(placement, placement.c.pack_id == pack.c.pack_id)
    found: dict[PackId, Pack] = {}
    for some in pieces(list(pack_ids)):
        for row in connection.execute(query.where(pack.c.pack_id.in_(some))).all():
            found[row.pack_id] = Pack(
                pack_id=row.pack_id,
                namespace_id=row.namespace_id,
                device_id=row.device_id,
                state=PackState(row.state),
                size=row.size,
                crc32c=row.crc32c,
                expires_at=row.expires_at,
                object_key=row.object_key,
                declared=row.declared if with_declared else None,
            )
    return found


def lock_owner(connection: Connection, namespace_id: NamespaceId) -> tuple[bytes, int | None]:
    """The account that owns the namespace and its quota; nobody else reserves in it until the transaction ends.

    Raises: LookupError.
    """
    locked = lock_namespace(connection, namespace_id)
    if locked is None:
        raise LookupError("no such namespace")
    owner = select(account.c.quota_bytes).where(account.c.account_id == locked.owner_id).with_for_update()
    return locked.owner_id, connection.execute(owner).scalar_one()


def pending_bytes(connection: Connection, account_id: bytes) -> int:
    """What an account's devices have registered and not sealed."""
    own = select(device.c.device_id).where(
        device.c.account_id == account_id
    )  # joined, SQLite would read all that waits
    total = connection.scalar(
        select(func.sum(pack.c.size)).where(pack.c.device_id.in_(own), pack.c.state.in_(_AWAITED))
    )
    return int(total or 0)


def awaited_packs(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, crcs: Collection[bytes], now_ms: int
) -> dict[tuple[bytes, ...], tuple[PackId, str]]:
    """What this device has registered and may yet send, and where to: by CRC32C, MD5 and index, as declared."""
    waiting = (
        select(pack.c.pack_id, pack.c.crc32c, pack.c.md5, pack.c.declared, placement.c.object_key)
        .join(placement, placement.c.pack_id == pack.c.pack_id)
        .where(
            pack.c.state == PackState.REGISTERED.value,
            pack.c.expires_at > now_ms,
            pack.c.namespace_id == namespace_id,
            pack.c.device_id == device_id,
        )
    )
    found: dict[tuple[bytes, ...], tuple[PackId, str]] = {}
    for some in pieces(list(crcs)):
        rows = connection.execute(waiting.where(pack.c.crc32c.in_(some)))
        found.update({(row.crc32c, row.md5, row.declared): (row.pack_id, row.object_key) for row in rows})
    return found


def put_off(connection: Connection, pack_ids: Collection[PackId], until_ms: int) -> None:
    """What waits to be deleted waits longer."""
    for some in pieces(list(pack_ids)):
        waiting = update(pack).where(pack.c.pack_id.in_(some), pack.c.state.in_(GONE))
        connection.execute(waiting.values(expires_at=until_ms))


def keep_waiting(connection: Connection, pack_ids: Collection[PackId], until_ms: int) -> None:
    """The reservations of those that are still awaited hold until then."""
    for some in pieces(list(pack_ids)):
        awaited = update(pack).where(pack.c.pack_id.in_(some), pack.c.state == PackState.REGISTERED.value)
        connection.execute(awaited.values(expires_at=until_ms))


def seal_pack(connection: Connection, pack_id: PackId) -> bool:
    """Whether this made it sealed."""
    return _move(connection, pack_id, PackState.REGISTERED, state=PackState.SEALED.value, declared=None)


def claim_pack(connection: Connection, pack_id: PackId, until_ms: int) -> bool:
    """Whether this request, and no other ever, is to copy it to its place."""
    return _move(connection, pack_id, PackState.REGISTERED, state=PackState.ARRIVING.value, expires_at=until_ms)


def land_pack(connection: Connection, pack_id: PackId, object_key: str, expires_at: int) -> bool:
    """Whether this made a pack that was copied and verified one that lies there, reserved until then."""
    landed = _move(
        connection,
        pack_id,
        PackState.ARRIVING,
        state=PackState.VERIFIED.value,
        declared=None,
        expires_at=expires_at,
    )
    if landed:
        there = update(placement).where(placement.c.pack_id == pack_id)
        connection.execute(there.values(object_key=object_key))
    return landed


def verify_pack(connection: Connection, pack_id: PackId, now_ms: int) -> bool:
    """Whether this made it verified."""
    return _move(connection, pack_id, PackState.SEALED, state=PackState.VERIFIED.value, checked_at=now_ms)


def accept_pack(connection: Connection, pack_id: PackId, now_ms: int) -> bool:
    """Whether this made a registered pack, which the server itself has put and read back, a verified one."""
    return _move(
        connection, pack_id, PackState.REGISTERED, state=PackState.VERIFIED.value, declared=None, checked_at=now_ms
    )


def refuse_pack(connection: Connection, pack_id: PackId, *, was: PackState, until_ms: int) -> bool:
    """Whether this made it refused, its chunks missing; its row stays until then."""
    refused = _move(connection, pack_id, was, state=PackState.REFUSED.value, declared=None, expires_at=until_ms)
    if refused and was.value not in NEVER_CAME:
        delete_chunks(connection, pack_id)
    return refused


def sealed_packs(connection: Connection, limit: int) -> list[Pack]:
    """Those that wait for verification, oldest first."""
    oldest = select(pack.c.pack_id).where(pack.c.state == PackState.SEALED.value)
    return list(
        find_packs(connection, connection.scalars(oldest.order_by(pack.c.created_at).limit(limit)).all()).values()
    )


def expired_packs(connection: Connection, states: Sequence[str], now_ms: int, limit: int) -> list[Pack]:
    """Those ``NEVER_CAME`` by their time, or those ``GONE`` that nobody asks for any more."""
    expired = select(pack.c.pack_id).where(pack.c.state.in_(states), pack.c.expires_at <= now_ms)
    return list(find_packs(connection, connection.scalars(expired.limit(limit)).all()).values())


def delete_packs(connection: Connection, pack_ids: Sequence[PackId]) -> None:
    """Their rows; no chunk lies in them any more."""
    for some in pieces(pack_ids):
        connection.execute(delete(placement).where(placement.c.pack_id.in_(some)))
        connection.execute(delete(old_pack).where(old_pack.c.pack_id.in_(some)))
        connection.execute(delete(pack).where(pack.c.pack_id.in_(some)))


def _move(connection: Connection, pack_id: PackId, was: PackState, **values: object) -> bool:
    moved: CursorResult[object] = connection.execute(
        update(pack).where(pack.c.pack_id == pack_id, pack.c.state == was.value).values(values)
    )
    return moved.rowcount == 1
