"""Commits: a device's batch of operations becomes revisions, in one transaction under the namespace's lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from sqlalchemy import Connection, insert, select, update

from server_api.contract.messages import (
    ROOT,
    Applied,
    ChangeNode,
    CommitRequest,
    CommitResponse,
    CreateNode,
    DeviceId,
    Kind,
    NamespaceId,
    NodeId,
    Operation,
    OperationId,
    Place,
    Refused,
    RevisionId,
)
from server_api.contract.names import name_key
from server_api.domain.nodes import Node, Tree, seq_of
from server_api.domain.revisions import View, judge, operation_digest
from server_api.errors import InvalidBodyError, NotFoundError, OperationReusedError, SupersededError, UnknownCursorError
from server_api.metrics import COMMITS, OPERATIONS
from server_api.services.accounts import used_bytes
from server_api.services.listening import tell_moved
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch
from server_api.storage import nodes as stored_nodes
from server_api.storage.chunks import claim_chunks
from server_api.storage.contention import retried
from server_api.storage.feed import read_revision_id
from server_api.storage.revisions import Appending, LockedNamespace, append, lock_namespace, read_operations
from server_api.storage.tables import account, commit_number
from server_api.storage.versions import read_versions


@retried
def append_batch(server: Server, caller: Caller, namespace_id: NamespaceId, request: CommitRequest) -> CommitResponse:
    """Append what the rules allow, and say for each operation what became of it.

    Idempotent: what was applied before answers as it did then. Waiting requests are woken after the commit.

    Raises:
        UnknownCursorError: the device speaks of another epoch, or has seen what this server never had.
        SupersededError: a batch with a higher number came first.
        OperationReusedError: an operation's id was applied with another body, or by another device.
        InvalidBodyError: an operation's id is in the batch twice.
        NotFoundError: there is no such namespace.
    """
    operations = request.operations
    digests = [operation_digest(operation) for operation in operations]
    if len({operation.operation_id for operation in operations}) != len(operations):
        raise InvalidBodyError("an operation's id is in the batch twice")
    with server.database.write() as work:
        connection = work.connection
        if read_epoch(connection) != request.epoch:
            raise UnknownCursorError
        locked = lock_namespace(connection, namespace_id)
        if locked is None:
            raise NotFoundError
        _check_seen(connection, namespace_id, request.seen_revision)
        _take_number(connection, namespace_id, caller.device_id, request.number)
        applied = _applied_before(connection, namespace_id, caller.device_id, operations, digests)
        new = [operation for operation in operations if OperationId(operation.operation_id) not in applied]
        view, recounted = _load_view(server, connection, locked, caller.device_id, new)
        view.applied = applied
        before = dict(view.nodes)
        judgement = judge(operations, digests, view, server.ids.new_id)
        seq = append(
            connection,
            locked,
            Appending(
                device_id=caller.device_id,
                committed_at=max(locked.last_at, server.clock.now_ms()),
                revisions=judgement.revisions,
                before=before,
                nodes=view.nodes,
                created=judgement.created + recounted,
            ),
        )
        if seq > locked.seq:
            tell_moved(server, work, namespace_id, seq)
    _count(operations, judgement.results)
    return CommitResponse(
        results=judgement.results,
        # What was announced beyond the results has to be read from the feed, whatever the device's cursor is.
        previous_seq=seq if judgement.announced else locked.seq,
        seq=seq,
    )


def _count(operations: Sequence[Operation], results: Sequence[Applied | Refused]) -> None:
    COMMITS.add()
    told = Counter(
        (type(operation).__name__.removesuffix("Node").lower(), "applied" if isinstance(r, Applied) else r.reason.value)
        for operation, r in zip(operations, results, strict=True)
    )
    for (kind, result), count in told.items():
        OPERATIONS.add(count, kind=kind, result=result)


def _check_seen(connection: Connection, namespace_id: NamespaceId, seen: bytes | None) -> None:
    """Raises: UnknownCursorError."""
    if seen is not None and read_revision_id(connection, namespace_id, seq_of(seen)) != seen:
        raise UnknownCursorError


def _take_number(connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, number: int) -> None:
    """Fence off requests that were stuck on their way. Raises: SupersededError."""
    own = (commit_number.c.namespace_id == namespace_id, commit_number.c.device_id == device_id)
    highest = connection.scalar(select(commit_number.c.number).where(*own))
    if highest is None:
        connection.execute(insert(commit_number).values(namespace_id=namespace_id, device_id=device_id, number=number))
    elif number < highest:
        raise SupersededError(f"This device has sent number {highest} already.")
    elif number > highest:
        connection.execute(update(commit_number).where(*own).values(number=number))


def _applied_before(
    connection: Connection,
    namespace_id: NamespaceId,
    device_id: DeviceId,
    operations: Sequence[Operation],
    digests: Sequence[bytes],
) -> dict[OperationId, Applied]:
    """Raises: OperationReusedError."""
    by_id = {OperationId(operation.operation_id): digest for operation, digest in zip(operations, digests, strict=True)}
    applied = {}
    for row in read_operations(connection, namespace_id, by_id):
        if by_id[row.operation_id] != row.operation_digest or row.device_id != device_id:
            raise OperationReusedError
        applied[row.operation_id] = Applied(row.seq, row.revision_id)
    return applied


# --- the state to judge on ---------------------------------------------------------------------------------------


def _load_view(
    server: Server,
    connection: Connection,
    locked: LockedNamespace,
    device_id: DeviceId,
    operations: Sequence[Operation],
) -> tuple[View, int]:
    """All that the judge needs, in a handful of queries, and what the count of living nodes was off by."""
    namespace_id = locked.namespace_id
    places = [place for operation in operations if (place := _place(operation))]
    nodes = stored_nodes.read_lineages(
        connection,
        namespace_id,
        {NodeId(operation.node_id) for operation in operations} | {NodeId(place.parent_id) for place in places},
    )
    existing = nodes.keys() | {ROOT}
    asked = {(NodeId(place.parent_id), name_key(place.name)) for place in places if place.parent_id in existing}
    moved = _moved_folders(operations, nodes)
    chunks = {
        chunk
        for operation in operations
        if isinstance(operation, CreateNode | ChangeNode) and operation.content
        for chunk in operation.content.chunks
    }
    recounted = 0
    room = server.config.limits.nodes_a_namespace - locked.live_nodes
    if room < len(operations):
        recounted = stored_nodes.count_living(connection, namespace_id) - locked.live_nodes
    below = _below_dead(connection, namespace_id, moved, nodes)
    view = View(
        seq=locked.seq,
        nodes=nodes,
        occupants=stored_nodes.read_occupants(connection, namespace_id, asked),
        plain_sizes=claim_chunks(connection, namespace_id, device_id, chunks) if chunks else {},
        heights=stored_nodes.read_folder_heights(connection, namespace_id, moved) if moved else {},
        below=below,
        applied={},
        room=room - recounted,
        is_over_quota=bool(chunks) and _is_over_quota(connection, locked.owner_id),
        expired=_expired_dead(connection, namespace_id, operations, nodes, below),
    )
    return view, recounted


def _expired_dead(
    connection: Connection,
    namespace_id: NamespaceId,
    operations: Sequence[Operation],
    nodes: dict[NodeId, Node],
    below: dict[NodeId, list[Node]],
) -> set[RevisionId]:
    """Versions of dead files, which the batch may bring back, that have lost their content."""
    tree = Tree(nodes)
    changed = (nodes.get(NodeId(each.node_id)) for each in operations if isinstance(each, ChangeNode))
    back = [node for node in changed if node and not tree.is_alive(node)]
    wanted = {node.version_id for node in chain(back, *below.values()) if node.version_id}
    if not wanted:
        return set()
    found = read_versions(connection, namespace_id, wanted)
    return {version.version_id for version in found if version.manifest_bytes is None}


def _is_over_quota(connection: Connection, account_id: bytes) -> bool:
    quota_bytes = connection.scalar(select(account.c.quota_bytes).where(account.c.account_id == account_id))
    return quota_bytes is not None and used_bytes(connection, account_id) > quota_bytes


def _place(operation: Operation) -> Place | None:
    return operation.place if isinstance(operation, CreateNode | ChangeNode) else None


def _moved_folders(operations: Sequence[Operation], nodes: dict[NodeId, Node]) -> list[NodeId]:
    """Folders that go to another folder; a new name in the same one changes no depth."""
    moved = []
    for operation in operations:
        if isinstance(operation, ChangeNode) and operation.place:
            node = nodes.get(NodeId(operation.node_id))
            if node and node.kind is Kind.FOLDER and node.parent_id != operation.place.parent_id:
                moved.append(node.node_id)
    return moved


def _below_dead(
    connection: Connection, namespace_id: NamespaceId, moved: Sequence[NodeId], nodes: dict[NodeId, Node]
) -> dict[NodeId, list[Node]]:
    """What comes back with folders that were dead through an ancestor; it joins ``nodes``."""
    tree = Tree(nodes)
    revived = [
        folder_id for folder_id in moved if not nodes[folder_id].is_deleted and not tree.is_alive(nodes[folder_id])
    ]
    below = {folder_id: stored_nodes.read_below(connection, namespace_id, folder_id) for folder_id in revived}
    for found in below.values():
        for node in found:
            nodes.setdefault(node.node_id, node)
    return below
