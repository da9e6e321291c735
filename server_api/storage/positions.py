"""What devices said they have, in SQL: one row a device and namespace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from server_api.contract.messages import DeviceId, NamespaceId
from server_api.storage.locks import lock_device
from server_api.storage.tables import device, membership, position

_ID_BYTES: Final = 16


class Stored(Struct, frozen=True):
    """Of one device.

    Attributes:
        seq: it had all files of then,
        lacks: but for these nodes and what is below them; ``None``: for more than it named.
    """

    device_id: DeviceId
    name: str
    seq: int
    lacks: frozenset[bytes] | None
    told_at: int


def lock_number(connection: Connection, namespace_id: NamespaceId, device_id: DeviceId) -> int:
    """Of what the device told last, 0 if nothing; nobody else changes that until the transaction ends."""
    lock_device(connection, device_id)
    return connection.scalar(select(position.c.number).where(_of(namespace_id, device_id))) or 0


def write_position(
    connection: Connection,
    namespace_id: NamespaceId,
    device_id: DeviceId,
    *,
    number: int,
    seq: int,
    lacks: Sequence[bytes] | None,
    told_at: int,
) -> None:
    """In place of what the device told before."""
    joined = None if lacks is None else b"".join(sorted(set(lacks)))
    values = {"number": number, "seq": seq, "lacks": joined, "told_at": told_at}
    here = _of(namespace_id, device_id)
    if not connection.execute(update(position).where(here).values(values)).rowcount:
        connection.execute(insert(position).values({"namespace_id": namespace_id, "device_id": device_id} | values))


def read_positions(connection: Connection, namespace_id: NamespaceId, since: int) -> list[Stored]:
    """Of devices that are signed in and whose account is a member, at that seq or later; the latest told first."""
    rows = connection.execute(
        select(position.c.device_id, device.c.name, position.c.seq, position.c.lacks, position.c.told_at)
        .join(device, device.c.device_id == position.c.device_id)
        .join(
            membership,
            and_(membership.c.namespace_id == position.c.namespace_id, membership.c.account_id == device.c.account_id),
        )
        .where(
            position.c.namespace_id == namespace_id,
            position.c.seq >= since,
            device.c.revoked_at.is_(None),
            device.c.kind == "device",
        )
        .order_by(position.c.told_at.desc(), position.c.device_id)
    )
    return [Stored(DeviceId(row.device_id), row.name, row.seq, _split(row.lacks), row.told_at) for row in rows]


def drop_positions(connection: Connection, device_ids: Collection[bytes] | None = None) -> None:
    """Forget what these devices said; ``None``: what all did."""
    if device_ids is None:
        connection.execute(delete(position))
    elif device_ids:
        connection.execute(delete(position).where(position.c.device_id.in_(list(device_ids))))


def _of(namespace_id: NamespaceId, device_id: DeviceId) -> ColumnElement[bool]:
    return and_(position.c.namespace_id == namespace_id, position.c.device_id == device_id)


def _split(joined: bytes | None) -> frozenset[bytes] | None:
    if joined is None:
        return None
    return frozenset(joined[at : at + _ID_BYTES] for at in range(0, len(joined), _ID_BYTES))
