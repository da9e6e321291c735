"""The change feed in SQL: the latest state of each node, in order of seq."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, and_, select

from server_api.contract.messages import Change, DeviceId, Kind, NamespaceId, NodeId, RevisionId
from server_api.storage.nodes import KINDS, read_folders_below
from server_api.storage.tables import commit_number, namespace, node, revision

_CHANGES: Final = select(
    revision.c.node_id,
    revision.c.seq,
    revision.c.revision_id,
    revision.c.kind,
    revision.c.parent_id,
    revision.c.name,
    revision.c.committed_at,
    revision.c.is_deleted,
    revision.c.content_hash,
    revision.c.size,
    revision.c.mtime_ns,
    revision.c.executable,
    revision.c.link_target,
    revision.c.device_id,
    revision.c.operation_id,
    revision.c.is_approved,
).join(node, and_(node.c.namespace_id == revision.c.namespace_id, node.c.seq == revision.c.seq))


def read_changes(
    connection: Connection, namespace_id: NamespaceId, after: int, limit: int, *, living_only: bool
) -> Iterator[Change]:
    """Nodes whose latest revision is past ``after``, by seq, at most ``limit``.

    ``living_only`` leaves out what is deleted by itself; what lies below a deleted folder is still there.
    """
    statement = _CHANGES.where(node.c.namespace_id == namespace_id, node.c.seq > after)
    if living_only:
        statement = statement.where(node.c.live_name_key.is_not(None))
    for node_id, seq, revision_id, kind, *rest in connection.execute(statement.order_by(node.c.seq).limit(limit)):
        yield Change(node_id, seq, revision_id, KINDS[kind], *rest)


def read_dead_folders(connection: Connection, namespace_id: NamespaceId) -> set[NodeId]:
    """All folders that are deleted, and those below them."""
    deleted = connection.scalars(
        select(node.c.node_id).where(
            node.c.namespace_id == namespace_id, node.c.kind == int(Kind.FOLDER), node.c.live_name_key.is_(None)
        )
    )
    return set(read_folders_below(connection, namespace_id, deleted))


def read_seq(connection: Connection, namespace_id: NamespaceId) -> int | None:
    """Of the namespace's latest revision; ``None`` if there is no such namespace."""
    seq: int | None = connection.scalar(select(namespace.c.seq).where(namespace.c.namespace_id == namespace_id))
    return seq


def read_revision_id(connection: Connection, namespace_id: NamespaceId, seq: int) -> RevisionId | None:
    """Of the revision with this seq."""
    found: RevisionId | None = connection.scalar(
        select(revision.c.revision_id).where(revision.c.namespace_id == namespace_id, revision.c.seq == seq)
    )
    return found


def read_commit_number(connection: Connection, namespace_id: NamespaceId, device_id: DeviceId) -> int:
    """The highest that this device has sent; 0 if none."""
    number: int | None = connection.scalar(
        select(commit_number.c.number).where(
            commit_number.c.namespace_id == namespace_id, commit_number.c.device_id == device_id
        )
    )
    return number or 0
