"""Published objects in SQL: shared files that lie in the store as one object, or are to.

    wanted ──claim──> building ──finish──> ready
       └─────────────────┴───────────────────┴──doom──> doomed ──> no row, and no object

Each change of state names the state it expects, so that two processes doing the same do it once.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from server_api.contract.messages import NamespaceId, NodeId, RevisionId
from server_api.storage.bulk import pieces
from server_api.storage.shares import OPEN, ShareRow, share_columns
from server_api.storage.stores import published_key
from server_api.storage.tables import account, membership, namespace, published, share


class State(StrEnum):
    """How far a published object is."""

    WANTED = "wanted"
    BUILDING = "building"
    READY = "ready"
    DOOMED = "doomed"


class PublishedRow(Struct, frozen=True, kw_only=True):
    """One object. Times are milliseconds, by the database's clock."""

    published_id: bytes
    share_id: bytes
    namespace_id: NamespaceId
    node_id: NodeId
    version_id: RevisionId | None
    size: int
    state: str
    created_at: int
    used_at: int
    lease_until: int = 0
    upload: str = ""

    @property
    def key(self) -> str:
        return published_key(self.published_id)


_COLUMNS: Final = [published.c[name] for name in PublishedRow.__struct_fields__]
_STORED: Final = (State.BUILDING.value, State.READY.value, State.DOOMED.value)


def insert_published(connection: Connection, row: PublishedRow) -> None:
    connection.execute(insert(published).values(**asdict(row)))


def find_published(connection: Connection, share_id: bytes, version_id: bytes) -> PublishedRow | None:
    """What there is, or is to be, of this content for this link."""
    mine = and_(published.c.share_id == share_id, published.c.version_id == version_id)
    return _one(connection.execute(select(*_COLUMNS).where(mine)).one_or_none())


def count_in(connection: Connection, *states: State) -> int:
    return connection.scalar(select(func.count()).where(published.c.state.in_([s.value for s in states]))) or 0


def stored(connection: Connection) -> tuple[int, int]:
    """How many objects the store has of this, or may have, and their bytes."""
    found = select(func.count(), func.coalesce(func.sum(published.c.size), 0)).where(published.c.state.in_(_STORED))
    count, size = connection.execute(found).one()
    return int(count), int(size)


def oldest(connection: Connection, state: State, limit: int) -> list[PublishedRow]:
    wanted = select(*_COLUMNS).where(published.c.state == state.value)
    return [_row(row) for row in connection.execute(wanted.order_by(published.c.created_at).limit(limit))]


def idlest(connection: Connection, before_ms: int, limit: int) -> list[PublishedRow]:
    """Those that are ready and were not asked for since then, the longest unused first."""
    idle = select(*_COLUMNS).where(published.c.state == State.READY.value, published.c.used_at < before_ms)
    return [_row(row) for row in connection.execute(idle.order_by(published.c.used_at).limit(limit))]


def abandoned(connection: Connection, now_ms: int) -> list[bytes]:
    """Those that a process builds of which nothing was heard in time."""
    late = and_(published.c.state == State.BUILDING.value, published.c.lease_until < now_ms)
    return list(connection.scalars(select(published.c.published_id).where(late)))


def claim(connection: Connection, published_id: bytes, lease_until: int) -> bool:
    """Whether this process is to build it."""
    return _move(connection, published_id, State.WANTED, state=State.BUILDING.value, lease_until=lease_until)


def renew(connection: Connection, published_id: bytes, lease_until: int, upload: str) -> bool:
    """Whether it is still to be built, and by this process."""
    return _move(connection, published_id, State.BUILDING, lease_until=lease_until, upload=upload)


def finish(connection: Connection, published_id: bytes) -> bool:
    """Whether visitors are sent to it from now on."""
    return _move(connection, published_id, State.BUILDING, state=State.READY.value, upload="")


def touch(connection: Connection, published_id: bytes, now_ms: int) -> None:
    """It was asked for."""
    connection.execute(update(published).where(published.c.published_id == published_id).values(used_at=now_ms))


def doom(connection: Connection, published_ids: Collection[bytes]) -> None:
    """Nobody is sent to them any more, and they are deleted."""
    for some in pieces(sorted(published_ids)):
        these = update(published).where(published.c.published_id.in_(some))
        connection.execute(these.values(state=State.DOOMED.value, version_id=None))


def doom_of_share(connection: Connection, share_id: bytes) -> list[PublishedRow]:
    """All of one link; these are they."""
    own = published.c.share_id == share_id
    rows = [_row(row) for row in connection.execute(select(*_COLUMNS).where(own))]
    doom(connection, [row.published_id for row in rows])
    return rows


def forget_published(connection: Connection, published_id: bytes) -> None:
    doomed = and_(published.c.published_id == published_id, published.c.state == State.DOOMED.value)
    connection.execute(delete(published).where(doomed))


def published_keys(connection: Connection, *, is_ready: bool = False) -> dict[str, bytes]:
    """The keys under which something lies or may lie, each with its object's id."""
    wanted = select(published.c.published_id)
    if is_ready:
        wanted = wanted.where(published.c.state == State.READY.value)
    return {published_key(id_): id_ for id_ in connection.scalars(wanted)}


class Standing(Struct, frozen=True):
    """A published object with its link, if that still leads anywhere, and the seq of its namespace."""

    row: PublishedRow
    share: ShareRow | None
    seq: int


def standings(connection: Connection) -> list[Standing]:
    """Of all that are not doomed."""
    is_members = and_(membership.c.namespace_id == share.c.namespace_id, membership.c.account_id == share.c.account_id)
    links = (
        select(*share_columns())
        .join(membership, is_members)
        .join(account, account.c.account_id == share.c.account_id)
        .where(OPEN, account.c.is_disabled.is_(False))
    )
    living = published.c.state != State.DOOMED.value
    rows = [_row(row) for row in connection.execute(select(*_COLUMNS).where(living))]
    open_links: dict[bytes, ShareRow] = {}
    seqs: dict[bytes, int] = {}
    for some in pieces({row.share_id for row in rows}):
        for found in connection.execute(links.where(share.c.share_id.in_(some))):
            open_links[found.share_id] = ShareRow(**found._mapping)  # noqa: SLF001 - its public name
    for namespaces in pieces({row.namespace_id for row in rows}):
        mine = select(namespace.c.namespace_id, namespace.c.seq).where(namespace.c.namespace_id.in_(namespaces))
        seqs.update({found.namespace_id: found.seq for found in connection.execute(mine)})
    return [Standing(row, open_links.get(row.share_id), seqs.get(row.namespace_id, 0)) for row in rows]


def has_published(connection: Connection, namespace_id: bytes) -> bool:
    """Whether the store may have something of this namespace."""
    own = select(published.c.published_id).where(published.c.namespace_id == namespace_id).limit(1)
    return connection.scalar(own) is not None


def doom_of_namespace(connection: Connection, namespace_id: bytes) -> None:
    own = select(published.c.published_id).where(published.c.namespace_id == namespace_id)
    doom(connection, list(connection.scalars(own)))


def _move(connection: Connection, published_id: bytes, was: State, **values: object) -> bool:
    this = and_(published.c.published_id == published_id, published.c.state == was.value)
    return connection.execute(update(published).where(this).values(values)).rowcount == 1


def _one(found: Row[*tuple[Any, ...]] | None) -> PublishedRow | None:
    return None if found is None else _row(found)


def _row(found: Row[*tuple[Any, ...]]) -> PublishedRow:
    return PublishedRow(**found._mapping)  # noqa: SLF001 - its public name
