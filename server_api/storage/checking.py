"""Which packs have to lie in the store, and which of them a look through it has not come to yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select, update

from server_api.contract.messages import NamespaceId, PackId
from server_api.storage.bulk import pieces
from server_api.storage.packs import Pack, PackState, find_packs
from server_api.storage.tables import chunk, pack


def unchecked_packs(
    connection: Connection, namespace_id: NamespaceId, before_ms: int, after: bytes, limit: int
) -> list[Pack]:
    """The namespace's next packs, by their ids, of which none was found whole since then."""
    wanted = _unchecked(select(pack.c.pack_id), before_ms).where(
        pack.c.namespace_id == namespace_id, pack.c.pack_id > after
    )
    found = find_packs(connection, connection.scalars(wanted.order_by(pack.c.pack_id).limit(limit)).all())
    return sorted(found.values(), key=lambda each: each.pack_id)


def some_packs(connection: Connection, limit: int) -> list[Pack]:
    """Any verified ones in which something lies."""
    wanted = _unchecked(select(pack.c.pack_id), None).limit(limit)
    return list(find_packs(connection, connection.scalars(wanted).all()).values())


def count_packs(connection: Connection, before_ms: int | None = None) -> tuple[int, int]:
    """How many verified packs there are in which something lies, and their bytes; only those not checked since then."""
    wanted = select(func.count(), func.coalesce(func.sum(pack.c.size), 0))
    row = connection.execute(_unchecked(wanted, before_ms)).one()
    return int(row[0]), int(row[1])


def note_checked(connection: Connection, pack_ids: Sequence[PackId], now_ms: int) -> None:
    """They were found whole."""
    for some in pieces(pack_ids):
        connection.execute(update(pack).where(pack.c.pack_id.in_(some)).values(checked_at=now_ms))


def _unchecked(wanted: Select[Any], before_ms: int | None) -> Select[Any]:
    there = wanted.where(pack.c.state == PackState.VERIFIED.value, exists().where(chunk.c.pack_id == pack.c.pack_id))
    if before_ms is None:
        return there
    return there.where(or_(pack.c.checked_at.is_(None), pack.c.checked_at < before_ms))
