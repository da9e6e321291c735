"""What was deleted and is not back, the latest first: one entry for each thing that somebody deleted."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from server_api.contract.history import DeletedEntry, DeletedPage, DeletedRequest
from server_api.contract.messages import Kind, NamespaceId, NodeId
from server_api.errors import NotFoundError
from server_api.services.server import Server
from server_api.services.whereabouts import Whereabouts, nodes_at
from server_api.storage.feed import read_seq
from server_api.storage.recent import read_dead, read_owners
from server_api.storage.versions import read_versions

_SPAN: Final = 20_000
"""Revisions between which is looked at once: of what is alive no more than the index is read."""
_SPANS: Final = 10
"""In one request."""


def read_deleted(server: Server, namespace_id: NamespaceId, request: DeletedRequest) -> DeletedPage:
    """A page of it. Raises: NotFoundError, InvalidBodyError (no path)."""
    with server.database.read() as connection:
        seq = read_seq(connection, namespace_id)
        if seq is None:
            raise NotFoundError
        before = seq + 1 if request.before is None else min(request.before, seq + 1)
        tops = nodes_at(connection, namespace_id, request.path)
        where = Whereabouts(connection, namespace_id)
        found: list[tuple[NodeId, bytes | None]] = []
        for _ in range(_SPANS):
            room = request.limit - len(found)
            if before <= 1 or not room:
                break
            low = max(0, before - 1 - _SPAN)
            rows = read_dead(connection, namespace_id, low, before, request.limit)
            where.learn(node_id for _, node_id, _ in rows)
            for at, node_id, device_id in rows:
                if len(found) == request.limit:
                    break
                before = at
                if tops is None or where.is_below(node_id, tops):
                    found.append((node_id, device_id))
            else:
                before = before if len(rows) == request.limit else low + 1
        return DeletedPage(
            entries=_entries(connection, namespace_id, where, found), before=before, complete=before <= 1
        )


def _entries(
    connection: Connection, namespace_id: NamespaceId, where: Whereabouts, found: list[tuple[NodeId, bytes | None]]
) -> list[DeletedEntry]:
    nodes = [(node, device_id) for node_id, device_id in found if (node := where.node(node_id))]
    wanted = [node.version_id for node, _ in nodes if node.version_id]
    kept = {v.version_id for v in read_versions(connection, namespace_id, wanted) if v.manifest_bytes is not None}
    owners = read_owners(connection, {device_id for _, device_id in nodes if device_id})
    entries = []
    for node, device_id in nodes:
        owner = owners.get(device_id or b"")
        entries.append(
            DeletedEntry(
                entry=where.entry(node, deleted_at=node.committed_at),
                device=owner.name if owner else "",
                person=owner.email if owner else "",
                expired=node.kind is Kind.FILE and node.version_id not in kept,
            )
        )
    return entries
