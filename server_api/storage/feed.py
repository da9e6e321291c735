"""The change feed in SQL: the latest state of each node, in order of seq."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, and_, select

from server_api.contract.messages import ROOT, Change, DeviceId, NamespaceId, NodeId, RevisionId
from server_api.storage.bulk import Lookup
from server_api.storage.nodes import KINDS
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

_ABOVE: Final = Lookup(
    select(node.c.node_id, node.c.parent_id, node.c.live_name_key), node.c.namespace_id, node.c.node_id
)


def read_changes(
    connection: Connection, namespace_id: NamespaceId, after: int, limit: int, *, living_only: bool
) -> Iterator[Change]:
    """Nodes whose latest revision is past ``after``, by seq, at most ``limit``.

    ``living_only`` leaves out what is deleted by itself; what lies below a deleted folder is still there.
    """
    # Said of both: PostgreSQL would else read all revisions, to merge the two in their order.
    past = (node.c.seq > after, revision.c.seq > after)
    statement = _CHANGES.where(node.c.namespace_id == namespace_id, *past)
    if living_only:
        statement = statement.where(node.c.live_name_key.is_not(None))
    for node_id, seq, revision_id, kind, *rest in connection.execute(statement.order_by(node.c.seq).limit(limit)):
        yield Change(node_id, seq, revision_id, KINDS[kind], *rest)


def read_dead_folders(connection: Connection, namespace_id: NamespaceId, folder_ids: Iterable[NodeId]) -> set[NodeId]:
    """Those of these folders that are deleted, or lie below one that is. Reads each folder above them once."""
    parents: dict[NodeId, NodeId] = {}
    dead: dict[NodeId, bool] = {ROOT: False}
    asked = set(folder_ids)
    wanted = asked - {ROOT}
    while wanted:
        for node_id, parent_id, key in _ABOVE.rows(connection, namespace_id, ((id_,) for id_ in sorted(wanted))):
            parents[node_id] = parent_id
            if key is None:
                dead[node_id] = True
        wanted = {parents[id_] for id_ in wanted if id_ in parents and id_ not in dead} - parents.keys() - {ROOT}
    for folder_id in asked:
        path = []
        current = folder_id
        while current not in dead:
            path.append(current)
            current = parents.get(current, ROOT)
        dead.update(dict.fromkeys(path, dead[current]))
    return {folder_id for folder_id in asked if dead[folder_id]}


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
