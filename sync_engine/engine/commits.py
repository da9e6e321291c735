"""A plan's commit: from operations to one request, and from its answer to the journal.

The request lies in the outbox, durably, before it is sent, so that after a lost answer or a crash the same request with
the same number finds out what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct, field

from server_api.contract import messages
from sync_engine.core.agreement import agreed, as_synced, is_same
from sync_engine.core.model import (
    ContentHash,
    Cursor,
    Kind,
    LocalNode,
    NodeId,
    OperationId,
    RemoteNode,
    RevisionId,
    SyncedNode,
)
from sync_engine.core.operations import CommitChange, CommitCreate, CommitDelete, CommitOperation
from sync_engine.ports import Ids, Journal, Outbox, Prepared

MAX_REQUEST_CHUNKS = 400_000
"""Keeps a request's manifests within the body's limit; a file that has more goes alone."""
_EXPECTED = "feed.expected"
LATEST_NS = 2**63 - 1
"""The times that the contract can tell: the years 1677 to 2262. Some disks hold others."""


def compose(
    journal: Journal,
    operations: Sequence[CommitOperation],
    prepared: Mapping[NodeId, Prepared],
    cursor: Cursor,
    ids: Ids,
) -> Outbox:
    """The request for as many of the operations as one commit takes, in their order; it is in the outbox, durably, when
    this returns. What does not fit is planned again in the next round."""
    requests: list[messages.Operation] = []
    nodes: list[LocalNode | SyncedNode] = []
    by_node: dict[NodeId, OperationId] = {}
    chunks = 0
    for operation in operations[: messages.MAX_BATCH_OPERATIONS]:
        content = _content(operation, prepared)
        chunks += len(content.chunks) if content else 0
        if requests and chunks > MAX_REQUEST_CHUNKS:
            break
        operation_id = OperationId(ids.new_id())
        by_node[operation.node.node_id] = operation_id
        requests.append(_request(operation, content, cursor, operation_id, by_node))
        nodes.append(operation.node)
    with journal.transaction(durable=True):
        number = journal.next_commit_number()
        request = messages.CommitRequest(
            epoch=cursor.epoch, number=number, operations=requests, seen_revision=cursor.revision_id
        )
        outbox = Outbox(request, nodes)
        journal.put_outbox(outbox)
    return outbox


def _content(operation: CommitOperation, prepared: Mapping[NodeId, Prepared]) -> messages.Content | None:
    match operation:
        case CommitCreate(node=node) if node.kind == Kind.FILE:
            expected = node.content
        case CommitChange(content=bytes() as content):
            expected = content
        case _:
            return None
    offer = prepared[operation.node.node_id]
    assert offer.content == expected
    mtime_ns = max(-LATEST_NS, min(offer.signature.mtime_ns, LATEST_NS))
    return messages.Content(hash=offer.content, size=offer.size, mtime_ns=mtime_ns, chunks=offer.chunks)


def _request(
    operation: CommitOperation,
    content: messages.Content | None,
    cursor: Cursor,
    operation_id: OperationId,
    earlier: Mapping[NodeId, OperationId],
) -> messages.Operation:
    match operation:
        case CommitCreate(node=node):
            return messages.CreateNode(
                operation_id=operation_id,
                node_id=node.node_id,
                kind=node.kind,
                place=messages.Place(parent_id=node.parent_id, name=node.name),
                content=content,
                executable=node.executable,
                link_target=node.link_target,
                group=operation.group,
            )
        case CommitChange(node=node, base=base, parent_id=parent_id, name=name):
            moved = parent_id is not None and name is not None
            return messages.ChangeNode(
                operation_id=operation_id,
                node_id=node.node_id,
                base=base,
                place=messages.Place(parent_id=parent_id, name=name) if moved else None,  # type: ignore[arg-type]
                content=content,
                executable=operation.executable,
                revive=operation.revive,
                group=operation.group,
            )
        case CommitDelete(node=synced, base=base, approved=approved):
            return messages.DeleteNode(
                operation_id=operation_id,
                node_id=synced.node_id,
                base=base,
                seen_seq=cursor.seq,
                approved=approved,
                needs=[earlier[node_id] for node_id in operation.needs if node_id in earlier],
                group=operation.group,
            )


class Settled(Struct):
    """What a commit's answer came to."""

    applied: list[messages.Operation] = field(default_factory=list)
    refused: list[tuple[messages.Operation, messages.Refused]] = field(default_factory=list)
    unsettled: set[NodeId] = field(default_factory=set)
    """Applied, and yet to be planned again: more than what was sent differs, or what was sent is no longer so."""
    is_current: bool = False
    """The device has seen all that the server has; otherwise the feed is to be read before anything is planned."""


def record(journal: Journal, outbox: Outbox, response: messages.CommitResponse, now_ms: int) -> Settled:
    """Take in a commit's answer, in one transaction that also empties the outbox.

    What was applied is agreed. It also joins the remote tree, as a page of the feed would, if nothing of others lies
    between; otherwise the feed brings it.
    """
    settled = Settled()
    operations = outbox.request.operations
    known = [NodeId(each.node_id) for each in operations if not isinstance(each, messages.CreateNode)]
    remote_before, synced_before = journal.remote(known), journal.synced(known)
    after: list[RemoteNode] = []
    agreements: list[SyncedNode] = []
    as_sent: dict[NodeId, RemoteNode] = {}
    for operation, sent, result in zip(operations, outbox.nodes, response.results, strict=True):
        if isinstance(result, messages.Refused):
            settled.refused.append((operation, result))
            continue
        settled.applied.append(operation)
        node_id = NodeId(operation.node_id)
        remote = _remote_after(operation, result, remote_before.get(node_id))
        if remote is None:  # a base that this journal does not know: the feed tells the rest
            settled.unsettled.add(node_id)
            continue
        if result.seq > response.previous_seq:
            after.append(remote)
        if not isinstance(sent, LocalNode):
            continue
        is_all = is_same(sent, remote)
        if is_all and result.seq > response.previous_seq:
            as_sent[node_id] = remote
            continue
        if not is_all:
            settled.unsettled.add(node_id)
        agreement = agreed(sent, remote, synced_before.get(node_id))
        if agreement is not None:
            agreements.append(agreement)
    cursor = journal.cursor()
    assert cursor is not None
    with journal.transaction(durable=True):
        # Revisions that none of these operations asked for are others', or follow from ours: the feed tells of them.
        settled.is_current = cursor.seq == response.previous_seq == response.seq - len(after)
        if not settled.is_current:
            agreements += map(as_synced, as_sent.values())
            if after:
                expect(journal, max(after, key=lambda node: node.seq))
        journal.put_synced(agreements)
        if settled.is_current and after:
            settled.unsettled |= _advance(journal, after, cursor, now_ms)
            taken_over = journal.agree({node_id: remote.revision_id for node_id, remote in as_sent.items()})
            settled.unsettled |= as_sent.keys() - taken_over
        journal.clear_outbox()
    return settled


def expect(journal: Journal, node: RemoteNode) -> None:
    """The feed will bring this revision of ours, or a later one of the node: unless the server was put back."""
    journal.set_setting(_EXPECTED, f"{node.node_id.hex()} {node.seq}")


def is_as_expected(journal: Journal) -> bool:
    """Whether the feed, read to its end, has brought what was expected of it; nothing more is expected then."""
    expected = journal.setting(_EXPECTED)
    if expected is None:
        return True
    journal.set_setting(_EXPECTED, None)
    node_id_hex, _, seq = expected.partition(" ")
    node_id = NodeId(bytes.fromhex(node_id_hex))
    found = journal.remote([node_id]).get(node_id)
    return found is not None and found.seq >= int(seq)


def _advance(journal: Journal, after: Sequence[RemoteNode], cursor: Cursor, now_ms: int) -> set[NodeId]:
    """The remote tree as it is after own revisions; returns what is to be planned."""
    latest = max(after, key=lambda node: node.seq)
    cursor = Cursor(cursor.epoch, latest.seq, latest.revision_id)
    if not any(node.is_deleted for node in after):
        journal.put_remote(after)
        journal.set_cursor(cursor)
        return set()
    journal.discard_gathered()
    journal.gather([_change(node, now_ms) for node in after])
    changed = journal.switch(cursor, whole=False)
    return _forget_deleted(journal, after, changed)


def _forget_deleted(journal: Journal, after: Sequence[RemoteNode], changed: set[NodeId]) -> set[NodeId]:
    """What was deleted leaves the synced tree with all that was below; what is still on the disk is to be planned."""
    living = {node.node_id for node in after if not node.is_deleted}
    gone = {node_id for node_id in changed if node_id not in living}
    here = journal.local(gone).keys()
    journal.drop_synced(gone - here)
    journal.drop_remote(gone - here)
    return set(here)


def _remote_after(
    operation: messages.Operation, result: messages.Applied, before: RemoteNode | None
) -> RemoteNode | None:
    revision_id = RevisionId(result.revision_id)
    if isinstance(operation, messages.CreateNode):
        content = operation.content
        return RemoteNode(
            NodeId(operation.node_id),
            NodeId(operation.place.parent_id),
            operation.place.name,
            operation.kind,
            revision_id,
            result.seq,
            ContentHash(content.hash) if content else None,
            content.size if content else 0,
            content.mtime_ns if content else 0,
            operation.executable,
            operation.link_target,
        )
    if before is None:
        return None
    after = msgspec.structs.replace(before, revision_id=revision_id, seq=result.seq, is_approved=False)
    if isinstance(operation, messages.DeleteNode):
        return msgspec.structs.replace(after, is_deleted=True, is_approved=operation.approved)
    if operation.place is not None:
        after = msgspec.structs.replace(
            after, parent_id=NodeId(operation.place.parent_id), name=operation.place.name, is_deleted=False
        )
    if operation.content is not None:
        after = msgspec.structs.replace(
            after,
            content=ContentHash(operation.content.hash),
            size=operation.content.size,
            mtime_ns=operation.content.mtime_ns,
        )
    if operation.executable is not None:
        after = msgspec.structs.replace(after, executable=operation.executable)
    return after


def _change(node: RemoteNode, now_ms: int) -> messages.Change:
    return messages.Change(
        node.node_id,
        node.seq,
        node.revision_id,
        node.kind,
        node.parent_id,
        node.name,
        now_ms,
        node.is_deleted,
        node.content,
        node.size,
        node.mtime_ns,
        node.executable,
        node.link_target,
        approved=node.is_approved,
    )
