"""The revision log in SQL: who may write, what was applied before, and the appending itself.

``revision`` is append-only; ``node`` is the latest row per node, written in the same transaction. All writing happens
under the lock of the namespace's row, so that seq grows by one with each revision and no reader sees a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, select, update

from server_api.contract.messages import ROOT, DeviceId, Kind, NamespaceId, NodeId, OperationId
from server_api.domain.nodes import Node, Revision
from server_api.storage.bulk import AnyRow, Lookup, insert_rows, update_rows
from server_api.storage.tables import namespace, node, revision


class LockedNamespace(Struct, frozen=True, kw_only=True):
    """A namespace's row, locked until the transaction ends."""

    namespace_id: NamespaceId
    owner_id: bytes
    seq: int
    last_at: int
    live_nodes: int


def lock_namespace(connection: Connection, namespace_id: NamespaceId) -> LockedNamespace | None:
    """Wait for the namespace's other writers; ``None`` if there is no such namespace."""
    columns = (namespace.c.owner_id, namespace.c.seq, namespace.c.last_at, namespace.c.live_nodes)
    row = connection.execute(
        select(*columns).where(namespace.c.namespace_id == namespace_id).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    return LockedNamespace(
        namespace_id=namespace_id, owner_id=row.owner_id, seq=row.seq, last_at=row.last_at, live_nodes=row.live_nodes
    )


_BY_OPERATION: Final = Lookup(
    select(
        revision.c.operation_id,
        revision.c.operation_digest,
        revision.c.device_id,
        revision.c.seq,
        revision.c.revision_id,
    ),
    revision.c.namespace_id,
    revision.c.operation_id,
)


def read_operations(
    connection: Connection, namespace_id: NamespaceId, operation_ids: Iterable[OperationId]
) -> Iterator[AnyRow]:
    """Those that were applied: operation_id, operation_digest, device_id, seq, revision_id."""
    return _BY_OPERATION.rows(connection, namespace_id, ((id_,) for id_ in sorted(operation_ids)))


class Appending(Struct, frozen=True, kw_only=True):
    """Revisions to write, and what is needed to do so.

    Attributes:
        device_id: whose change it is; ``None`` for the operator's.
        committed_at: not before the namespace's ``last_at``.
        revisions: with seq growing by one from the namespace's.
        before: the nodes among them that the database has, as it has them.
        nodes: all of them as they become, with all their ancestors.
        created: how many more nodes are alive, at most.
    """

    device_id: DeviceId | None
    committed_at: int
    revisions: Sequence[Revision]
    before: Mapping[NodeId, Node]
    nodes: Mapping[NodeId, Node]
    created: int


def append(connection: Connection, locked: LockedNamespace, appending: Appending) -> int:
    """Write it all; the namespace's new seq."""
    revisions = appending.revisions
    if not revisions:
        return locked.seq
    namespace_id = locked.namespace_id
    insert_rows(connection, revision, [_revision_row(namespace_id, change, appending) for change in revisions])
    raised = _raised(revisions, appending.nodes)
    _write_nodes(connection, namespace_id, appending, raised)
    seq = revisions[-1].node.seq
    connection.execute(
        update(namespace)
        .where(namespace.c.namespace_id == namespace_id)
        .values(seq=seq, last_at=appending.committed_at, live_nodes=locked.live_nodes + appending.created)
    )
    return seq


def _revision_row(namespace_id: NamespaceId, change: Revision, appending: Appending) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    after = change.node
    return (
        namespace_id,
        after.seq,
        after.revision_id,
        after.node_id,
        int(after.kind),
        after.parent_id,
        after.name,
        after.is_deleted,
        after.version_id,
        after.content_hash,
        after.size,
        after.mtime_ns,
        change.manifest,
        after.executable,
        after.link_target,
        appending.device_id,
        change.operation_id,
        change.operation_digest,
        change.is_approved,
        appending.committed_at,
    )


def _raised(revisions: Sequence[Revision], nodes: Mapping[NodeId, Node]) -> dict[NodeId, int]:
    """The new subtree_seq of each folder that is above a revised node, or is one."""
    raised: dict[NodeId, int] = {}
    for change in reversed(revisions):
        after = change.node
        current = after.node_id if after.kind is Kind.FOLDER else after.parent_id
        while current != ROOT:
            if current not in raised:
                raised[current] = after.seq
            elif current != after.node_id:
                break  # a later revision has passed here on its way up
            current = nodes[current].parent_id
    return raised


def _write_nodes(
    connection: Connection, namespace_id: NamespaceId, appending: Appending, raised: Mapping[NodeId, int]
) -> None:
    made, changed, freed, revised = [], [], [], set()
    targets = set()
    for change in appending.revisions:
        after = change.node
        before = appending.before.get(after.node_id)
        key = None if after.is_deleted else after.name_key
        subtree_seq = raised.get(after.node_id, after.seq)
        revised.add(after.node_id)
        if before is None:
            latest = (key, after.seq, after.revision_id, subtree_seq)
            made.append((namespace_id, after.node_id, int(after.kind), after.parent_id, *latest))
            continue
        changed.append((namespace_id, after.node_id, after.parent_id, key, after.seq, after.revision_id, subtree_seq))
        if after.is_deleted:
            freed.append(before)
        elif before.place != after.place:
            targets.add(after.place)
            freed.append(before)
    # Where one takes the name that another leaves, all names are let go of first: the database checks row by row.
    if any(before.place in targets for before in freed):
        update_rows(
            connection,
            node,
            ("namespace_id", "node_id"),
            ("live_name_key",),
            [(namespace_id, before.node_id, None) for before in freed],
        )
    update_rows(
        connection,
        node,
        ("namespace_id", "node_id"),
        ("parent_id", "live_name_key", "seq", "revision_id", "subtree_seq"),
        changed,
    )
    insert_rows(connection, node, made)
    update_rows(
        connection,
        node,
        ("namespace_id", "node_id"),
        ("subtree_seq",),
        [(namespace_id, node_id, seq) for node_id, seq in raised.items() if node_id not in revised],
    )


def let_go(connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId]) -> None:
    """These leave their places before others take them, in however many batches: each has to be appended after this."""
    rows = [(namespace_id, node_id, None) for node_id in node_ids]
    update_rows(connection, node, ("namespace_id", "node_id"), ("live_name_key",), rows)
