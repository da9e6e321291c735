"""The newest end of the log in SQL, read backwards: always between two seqs, so that no request reads all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct
from sqlalchemy import Connection, and_, func, select

from server_api.contract.messages import NamespaceId, NodeId, RevisionId
from server_api.domain.nodes import Node
from server_api.domain.revisions import NO_DIGEST
from server_api.storage.bulk import AnyRow, pieces
from server_api.storage.nodes import STATE, state_of
from server_api.storage.tables import account, device, node, revision


class Logged(Struct, frozen=True, gc=False):
    """One revision of the log."""

    node: Node
    """As it was with it."""
    device_id: bytes | None
    is_servers: bool
    """No operation of a device: part of a restore, of a rewind, or the consequence of another revision."""

    @property
    def seq(self) -> int:
        return self.node.seq

    @property
    def at(self) -> int:
        return self.node.committed_at


def read_span(connection: Connection, namespace_id: NamespaceId, floor: int, before: int) -> list[Logged]:
    """The revisions with a seq from above ``floor`` to below ``before``, newest first."""
    within = (revision.c.namespace_id == namespace_id, revision.c.seq > floor, revision.c.seq < before)
    asked = select(*STATE, revision.c.device_id, revision.c.operation_digest).where(*within)
    rows = connection.execute(asked.order_by(revision.c.seq.desc())).all()
    return [Logged(state_of(row[:-2]), row.device_id, row.operation_digest == NO_DIGEST) for row in rows]


def newest_by(
    connection: Connection, namespace_id: NamespaceId, device_ids: Collection[bytes], floor: int, before: int
) -> int | None:
    """The seq of the newest revision of these devices in that span."""
    within = (revision.c.namespace_id == namespace_id, revision.c.seq > floor, revision.c.seq < before)
    newest = select(revision.c.seq).where(*within, revision.c.device_id.in_(list(device_ids)))
    found: int | None = connection.scalar(newest.order_by(revision.c.seq.desc()).limit(1))
    return found


def read_dead(
    connection: Connection, namespace_id: NamespaceId, floor: int, before: int, limit: int
) -> list[tuple[int, NodeId, bytes | None]]:
    """Nodes that are deleted by themselves, that span's: seq, id, and the device that did it; newest first."""
    # Said of both, as in ``feed``: PostgreSQL would else merge the two in their order.
    within = (node.c.seq > floor, revision.c.seq > floor, node.c.seq < before, revision.c.seq < before)
    rows = (
        select(node.c.seq, node.c.node_id, revision.c.device_id)
        .join(revision, and_(revision.c.namespace_id == node.c.namespace_id, revision.c.seq == node.c.seq))
        .where(node.c.namespace_id == namespace_id, node.c.live_name_key.is_(None), *within)
        .order_by(node.c.seq.desc())
        .limit(limit)
    )
    return [(row.seq, NodeId(row.node_id), row.device_id) for row in connection.execute(rows)]


def read_names(
    connection: Connection, namespace_id: NamespaceId, before: int, limit: int
) -> list[tuple[int, NodeId, str]]:
    """The next revisions that are no deletions, newest first: seq, id and name. The node may have changed since.

    Only of the log, which lies in this order: to ask each node whether this is its latest takes twice as long.
    """
    rows = (
        select(revision.c.seq, revision.c.node_id, revision.c.name)
        .where(revision.c.namespace_id == namespace_id, revision.c.seq < before, revision.c.is_deleted.is_(False))
        .order_by(revision.c.seq.desc())
        .limit(limit)
    )
    return [(seq, NodeId(id_), name) for seq, id_, name in connection.execute(rows).all()]


def devices_of(connection: Connection, email: str) -> set[bytes]:
    """All devices that the account with this address ever had; none if there is no such account."""
    theirs = select(device.c.device_id).join(account, account.c.account_id == device.c.account_id)
    return set(connection.scalars(theirs.where(account.c.email == email)))


def read_owners(connection: Connection, device_ids: Iterable[bytes]) -> dict[bytes, AnyRow]:
    """Of these devices: ``name``, ``email``, ``last_seen_at``. Those that do not exist are left out."""
    found: dict[bytes, AnyRow] = {}
    for some in pieces(sorted(device_ids)):
        rows = connection.execute(
            select(device.c.device_id, device.c.name, device.c.last_seen_at, account.c.email)
            .join(account, account.c.account_id == device.c.account_id)
            .where(device.c.device_id.in_(some))
        )
        found.update((row.device_id, row) for row in rows)
    return found


def contents_of(
    connection: Connection, namespace_id: NamespaceId, node_id: NodeId, before: int, limit: int
) -> list[RevisionId]:
    """The versions that a file ever had, those with a seq below ``before``, newest first."""
    own = (revision.c.namespace_id == namespace_id, revision.c.node_id == node_id, revision.c.seq < before)
    brought = select(revision.c.revision_id).where(*own, revision.c.version_id == revision.c.revision_id)
    return [RevisionId(id_) for id_ in connection.scalars(brought.order_by(revision.c.seq.desc()).limit(limit))]


def count_contents(connection: Connection, namespace_id: NamespaceId, node_id: NodeId) -> int:
    """How many contents a file had."""
    brought = revision.c.version_id == revision.c.revision_id
    own = (revision.c.namespace_id == namespace_id, revision.c.node_id == node_id)
    return connection.scalar(select(func.count()).where(*own, brought)) or 0
