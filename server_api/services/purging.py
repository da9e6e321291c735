"""Purging: what is at a path goes for good, and its history with it, a day after somebody wished for it.

The wish notes which nodes these are, and the namespace's seq. A day later what has not changed since is deleted, by
revisions that say that a person approved; and of all these nodes the contents up to that seq are freed, as retention
frees them. So whatever needs a content keeps it, a living file first of all, and the collector does the rest. Rows
stay: the log is never rewritten. Each step may be cut off and done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, select, update

from server_api.contract.accounts import Purge
from server_api.contract.messages import DeviceId, Kind, NamespaceId, NodeId, RevisionId
from server_api.contract.names import name_key
from server_api.domain.nodes import Node, Tree
from server_api.domain.paths import split_path
from server_api.domain.revisions import announce
from server_api.errors import ForbiddenError, InvalidBodyError, NotFoundError
from server_api.services import audit, mails
from server_api.services.listening import tell_moved
from server_api.services.listing import READ_AHEAD, Walk
from server_api.services.server import Server
from server_api.storage.bulk import pieces
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.nodes import read_children, read_lineages
from server_api.storage.references import free_versions, kept_versions
from server_api.storage.revisions import Appending, append, lock_namespace
from server_api.storage.tables import account, purge, purge_node, revision

WAIT_MS: Final = 24 * 3600 * 1000
MAX_WAITING: Final = 100
"""Of one namespace."""

_NODES_AT_ONCE: Final = 500
_DELETED_AT_ONCE: Final = 1_000


class Wisher(Struct, frozen=True, kw_only=True):
    """Who wants it: a person by a device, or the operator for the account."""

    account_id: bytes
    device_id: DeviceId | None = None


@retried
def request_purge(server: Server, wisher: Wisher, namespace_id: NamespaceId, path: str) -> Purge:
    """What will go, a day from now. Asking again changes nothing: the first wish counts.

    Raises: NotFoundError (nothing is there, and nothing was deleted there), InvalidBodyError, ForbiddenError (too many
    wait).
    """
    names = split_path(path)
    if not names:
        raise InvalidBodyError("the root itself cannot be purged; an account can be deleted")
    with server.database.write() as work:
        connection = work.connection
        locked = lock_namespace(connection, namespace_id)
        if locked is None:
            raise NotFoundError
        known = connection.execute(select(purge).where(_at(namespace_id, "/".join(names)))).one_or_none()
        if known is not None:
            return _described(known)
        waiting = select(func.count()).select_from(purge).where(purge.c.namespace_id == namespace_id)
        if (connection.scalar(waiting) or 0) >= MAX_WAITING:
            raise ForbiddenError("Too many paths wait to be purged. Wait until some are, or take some back.")
        now_ms = server.database_now_ms(connection)
        row: dict[str, Any] = {
            "purge_id": server.ids.new_id(),
            "namespace_id": namespace_id,
            "path_key": name_key("/".join(names)),
            "path": "/".join(names),
            "account_id": wisher.account_id,
            "device_id": wisher.device_id,
            "seq": locked.seq,
            "requested_at": now_ms,
            "due_at": now_ms + WAIT_MS,
            "files": 0,
            "versions": 0,
            "size": 0,
        }
        connection.execute(insert(purge).values(row))
        for some in pieces(_nodes_at(connection, namespace_id, names), _NODES_AT_ONCE):
            rows = [{"purge_id": row["purge_id"], "node_id": node.node_id, "is_top": is_top} for node, is_top in some]
            connection.execute(insert(purge_node), rows)
            row["files"] += sum(node.kind is Kind.FILE for node, _ in some)
            versions, size = _measure(connection, namespace_id, [node.node_id for node, _ in some])
            row["versions"] += versions
            row["size"] += size
        counted = {name: row[name] for name in ("files", "versions", "size")}
        connection.execute(update(purge).where(purge.c.purge_id == row["purge_id"]).values(counted))
        _record(server, work, "purge-requested", wisher, row["path"])
        _mail(server, work, mails.PURGE_REQUESTED, wisher.account_id, row["path"], row["versions"])
        return Purge(**{name: row[name] for name in Purge.__struct_fields__})


@retried
def cancel_purge(server: Server, wisher: Wisher, namespace_id: NamespaceId, path: str) -> None:
    """Nothing of it goes. Raises: NotFoundError (nothing waits there, or its time has come), InvalidBodyError."""
    names = split_path(path)
    with server.database.write() as work:
        if lock_namespace(work.connection, namespace_id) is None:
            raise NotFoundError
        waiting = and_(_at(namespace_id, "/".join(names)), purge.c.due_at > server.database_now_ms(work.connection))
        purge_id = work.connection.scalar(select(purge.c.purge_id).where(waiting))
        if purge_id is None:
            raise NotFoundError("Nothing waits to be purged there.")
        forget_purge(work.connection, purge_id)
        _record(server, work, "purge-cancelled", wisher, "/".join(names))


def list_purges(server: Server, namespace_id: NamespaceId) -> list[Purge]:
    """What waits, the first due first."""
    waiting = select(purge).where(purge.c.namespace_id == namespace_id).order_by(purge.c.due_at, purge.c.purge_id)
    with server.database.read() as connection:
        return [_described(row) for row in connection.execute(waiting)]


def forget_purge(connection: Connection, purge_id: bytes) -> None:
    """It is done, or taken back."""
    connection.execute(delete(purge_node).where(purge_node.c.purge_id == purge_id))
    connection.execute(delete(purge).where(purge.c.purge_id == purge_id))


def purge_due(server: Server) -> bool:
    """Carry out a piece of what is due; whether there may be more."""
    with server.database.read() as connection:
        due = select(purge).where(purge.c.due_at <= server.database_now_ms(connection)).order_by(purge.c.due_at)
        found = connection.execute(due.limit(1)).one_or_none()
    if found is None:
        return False
    if not _delete_some(server, found):
        _free_some(server, found)
    return True


# --- what goes -------------------------------------------------------------------------------------------------------


def _nodes_at(connection: Connection, namespace_id: NamespaceId, names: tuple[str, ...]) -> Iterator[tuple[Node, bool]]:
    """All that is at the path or below, and all that died there, each with whether it is at the path itself.

    Raises: NotFoundError.
    """
    walk = Walk(connection, namespace_id, deleted=True)
    top = walk.spot(names)
    yield from ((found.node, True) for found in top.found)
    pending = walk.below(top, [])
    while pending:
        spot = pending.pop()
        yield from ((found.node, False) for found in spot.found)
        pending += walk.below(spot, pending[-READ_AHEAD:])


def _measure(connection: Connection, namespace_id: NamespaceId, node_ids: Sequence[NodeId]) -> tuple[int, int]:
    versions, size = connection.execute(
        select(func.count(), func.coalesce(func.sum(revision.c.size), 0)).where(
            revision.c.namespace_id == namespace_id,
            revision.c.node_id.in_(node_ids),
            revision.c.manifest.is_not(None),
        )
    ).one()
    return int(versions), int(size)


# --- carrying out ----------------------------------------------------------------------------------------------------


@retried
def _delete_some(server: Server, due: Row[*tuple[Any, ...]]) -> bool:
    """Delete what is alive at the path and has not changed since, some of it; whether there was any."""
    with server.database.write() as work:
        connection = work.connection
        locked = lock_namespace(connection, due.namespace_id)
        if locked is None:
            return False
        tops = select(purge_node.c.node_id).where(purge_node.c.purge_id == due.purge_id, purge_node.c.is_top)
        nodes = read_lineages(connection, due.namespace_id, list(connection.scalars(tops)))
        living = [nodes[id_] for id_ in connection.scalars(tops) if id_ in nodes and Tree(nodes).is_alive(nodes[id_])]
        going: list[Node] = []
        pending = [node for node in living if node.seq <= due.seq]
        while pending and len(going) < _DELETED_AT_ONCE:
            node = pending.pop()
            nodes[node.node_id] = node
            if node.kind is Kind.FOLDER and node.subtree_seq > due.seq:
                below = read_children(connection, due.namespace_id, [node.node_id], living_only=True)
                pending += [child for child in below if child.seq <= due.seq]
            else:
                going.append(node)
        revisions = []
        for number, node in enumerate(going, start=1):
            after = announce(replace(node, is_deleted=True), locked.seq + number, server.ids.new_id)
            revisions.append(replace(after, is_approved=True))
        appending = Appending(
            device_id=due.device_id,
            committed_at=max(locked.last_at + 1, server.clock.now_ms()),  # so that a time tells what was before
            revisions=revisions,
            before={node.node_id: node for node in going},
            nodes=nodes | {each.node.node_id: each.node for each in revisions},
            created=0,
        )
        seq = append(connection, locked, appending)
        if going:
            tell_moved(server, work, due.namespace_id, seq)
    return bool(going)


@retried
def _free_some(server: Server, due: Row[*tuple[Any, ...]]) -> None:
    """Free the contents of some of the nodes; with the last of them the wish is done."""
    with server.database.write() as work:
        connection = work.connection
        if lock_namespace(connection, due.namespace_id) is None:
            return
        if connection.scalar(select(exists().where(purge.c.purge_id == due.purge_id))) is not True:
            return  # another process was quicker
        some = select(purge_node.c.node_id).where(purge_node.c.purge_id == due.purge_id).limit(_NODES_AT_ONCE)
        node_ids = [NodeId(id_) for id_ in connection.scalars(some)]
        kept, _ = kept_versions(connection, due.namespace_id, node_ids)
        versions = select(revision.c.revision_id).where(
            revision.c.namespace_id == due.namespace_id,
            revision.c.node_id.in_(node_ids),
            revision.c.seq <= due.seq,
            revision.c.manifest.is_not(None),
        )
        free_versions(connection, due.namespace_id, {RevisionId(id_) for id_ in connection.scalars(versions)} - kept)
        done = delete(purge_node).where(purge_node.c.purge_id == due.purge_id, purge_node.c.node_id.in_(node_ids))
        connection.execute(done)
        if len(node_ids) < _NODES_AT_ONCE:
            forget_purge(connection, due.purge_id)
            wisher = Wisher(account_id=due.account_id, device_id=due.device_id)
            _record(server, work, "purged", wisher, due.path)
            _mail(server, work, mails.PURGED, due.account_id, due.path, due.versions)


# --- words -----------------------------------------------------------------------------------------------------------


def _at(namespace_id: NamespaceId, path: str) -> Any:
    return and_(purge.c.namespace_id == namespace_id, purge.c.path_key == name_key(path))


def _described(row: Row[*tuple[Any, ...]]) -> Purge:
    return Purge(**{name: getattr(row, name) for name in Purge.__struct_fields__})


def _record(server: Server, work: UnitOfWork, action: str, wisher: Wisher, path: str) -> None:
    audit.record(server, work, action, account_id=wisher.account_id, device_id=wisher.device_id, detail=path)


def _mail(server: Server, work: UnitOfWork, kind: str, account_id: bytes, path: str, versions: int) -> None:
    email = work.connection.scalar(select(account.c.email).where(account.c.account_id == account_id))
    if email is not None:
        mails.enqueue(server, work, kind, email, account_id=account_id, detail=f"{path}\n{versions}")
