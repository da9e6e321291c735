"""Writes into the journal what a plan decided and what was done on the disk: one transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct, field

from sync_engine.core.agreement import agreed, is_same
from sync_engine.core.model import Found, LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.core.operations import (
    Agree,
    Disagree,
    Forget,
    KeepAside,
    LocalOperation,
    MakeFolder,
    MakeSymlink,
    MoveLocal,
    PlaceFile,
    Plan,
    Rebind,
    SetExecutable,
    TrashLocal,
)
from sync_engine.engine import unrecorded
from sync_engine.engine.executor import Outcome
from sync_engine.errors import Vanished
from sync_engine.ports import FileSystem, Journal


class Decided(Struct):
    """What writing a plan down came to."""

    detached: list[NodeId] = field(default_factory=list)
    """Nodes that another object on the disk is by now: what was read of them is of no more use."""
    dirty: set[NodeId] = field(default_factory=set)
    """To be planned again."""


def record_decided(journal: Journal, plan: Plan) -> Decided:
    """Before anything is done on the disk: what the plan changes in the journal alone.

    A detached object is detached before it is renamed, and what was agreed of what is excluded is forgotten before it
    leaves the disk. What will be put in place is announced, lest a crash leave nobody to know whose it is.
    """
    if not plan.journal and not plan.local:
        return Decided()
    aside = [operation for operation in plan.local if isinstance(operation, KeepAside)]
    rebound: list[Rebind | KeepAside] = [operation for operation in plan.journal if isinstance(operation, Rebind)]
    rebound += aside
    forgotten = [operation.node_id for operation in plan.journal if isinstance(operation, Forget)]
    disagreed = [operation.node_id for operation in plan.journal if isinstance(operation, Disagree)]
    let_go = [op.node.node_id for op in plan.local if isinstance(op, TrashLocal) and op.forgets is not None]
    detached = [operation.node.node_id for operation in rebound]
    children = journal.local_children(detached)
    announced = unrecorded.announced_of(plan.local, seen_there(journal, plan.local))
    with journal.transaction(durable=bool(rebound or let_go or announced)):
        if announced:
            unrecorded.announce(journal, announced)
        journal.put_synced([operation.node for operation in plan.journal if isinstance(operation, Agree)])
        journal.drop_synced([*forgotten, *disagreed, *(operation.node.node_id for operation in aside)])
        journal.drop_synced(let_go)
        journal.drop_remote(forgotten)
        for operation in rebound:
            journal.rebind_local(operation.node.node_id, operation.becomes)
            if isinstance(operation, Rebind) and operation.was_it_before:
                agreed_of = journal.synced_children([operation.node.node_id])
                journal.put_synced([msgspec.structs.replace(node, parent_id=operation.becomes) for node in agreed_of])
    heirs = (operation.becomes for operation in rebound)
    return Decided(detached, {*detached, *heirs, *(child.node_id for child in children), *disagreed})


def record_done(journal: Journal, outcomes: Sequence[Outcome], seen: Mapping[NodeId, RemoteNode]) -> set[NodeId]:
    """Write down what was done: the local tree as it is now, and what both sides thereby agree on.

    ``seen`` are the remote nodes as the plan saw them. The disk follows these, whatever the feed has brought since:
    what the server takes back meanwhile is its own change, and none of this device's.

    Returns the nodes that are in step now; the others have to be planned again.
    """
    done = [outcome for outcome in outcomes if outcome.error is None]
    placed = {local.node_id: local for outcome in done if (local := _local_after(outcome)) is not None}
    # An operation that fails has changed nothing: of what did not leave the disk it is agreed again what was before.
    kept = [
        outcome.operation.forgets
        for outcome in outcomes
        if isinstance(outcome.operation, TrashLocal) and outcome.operation.forgets and _is_still_there(outcome)
    ]
    gone = [outcome.operation.node.node_id for outcome in done if isinstance(outcome.operation, TrashLocal)]
    with journal.transaction(durable=True):
        journal.put_local(placed.values())
        journal.drop_synced(gone)  # it is gone on both sides: if it comes back on the server, it comes back here
        while gone:  # a folder that could be removed was empty: whatever it had in the tree was gone before
            journal.drop_local(gone)
            gone = [child.node_id for child in journal.local_children(gone)]
        in_step = _agree(journal, placed, seen)
        journal.put_synced(kept)
        unrecorded.recorded(journal)
    return in_step


def record_unrecorded(journal: Journal, filesystem: FileSystem) -> None:
    """At start, before anything is looked at: what a crash kept from being written down. Raises: RootError."""
    done = unrecorded.found_done(journal, filesystem)
    if not done:
        return
    placed = {local.node_id: local for local, _ in done}
    with journal.transaction(durable=True):
        journal.put_local(placed.values())
        _agree(journal, placed, {node.node_id: node for _, node in done})
        unrecorded.recorded(journal)


def seen_there(journal: Journal, operations: Sequence[LocalOperation]) -> dict[NodeId, RemoteNode]:
    """The remote nodes as a plan saw them that was made just now."""
    nodes = [operation.node for operation in operations]
    seen = {node.node_id: node for node in nodes if isinstance(node, RemoteNode)}
    seen.update(journal.remote(node.node_id for node in nodes if node.node_id not in seen))
    return seen


def _agree(journal: Journal, placed: Mapping[NodeId, LocalNode], seen: Mapping[NodeId, RemoteNode]) -> set[NodeId]:
    """Move the synced tree to what both sides have of these; returns those that are the same in everything."""
    as_seen = {
        node_id: node.revision_id
        for node_id, local in placed.items()
        if (node := seen.get(node_id)) is not None and not node.is_deleted and is_same(local, node)
    }
    in_step = journal.agree(as_seen)
    left = [
        node_id for node_id in placed if node_id not in in_step
    ]  # only partly as the plan wanted it, or the feed has brought something since
    remote, before = journal.remote(left), journal.synced(left)
    agreements: list[SyncedNode] = []
    for node_id in left:
        local, agreement = placed[node_id], before.get(node_id)
        for node in (seen.get(node_id), remote.get(node_id)):
            if node is not None and not node.is_deleted:
                agreement = agreed(local, node, agreement) or agreement
        if agreement is not None:
            agreements.append(agreement)
        if (there := remote.get(node_id)) is not None and not there.is_deleted and is_same(local, there):
            in_step.add(node_id)
    journal.put_synced(agreements)
    return in_step


def _is_still_there(outcome: Outcome) -> bool:
    return outcome.error is not None and not isinstance(outcome.error, Vanished)


def _local_after(outcome: Outcome) -> LocalNode | None:
    operation, found = outcome.operation, outcome.found
    if found is None:
        return None
    match operation:
        case MakeFolder(node=node):
            return LocalNode(node.node_id, node.parent_id, node.name, node.kind, found.signature)
        case MakeSymlink(node=node, replaces=replaces):
            parent_id, name = (replaces.parent_id, replaces.name) if replaces else (node.parent_id, node.name)
            return LocalNode(node.node_id, parent_id, name, node.kind, found.signature, link_target=found.link_target)
        case PlaceFile(node=node, replaces=replaces):
            parent_id, name = (replaces.parent_id, replaces.name) if replaces else (node.parent_id, node.name)
            return LocalNode(node.node_id, parent_id, name, node.kind, found.signature, node.content, found.executable)
        case MoveLocal(node=local, parent_id=parent_id, name=name):
            return msgspec.structs.replace(_seen_again(local, found), parent_id=parent_id, name=name)
        case KeepAside(node=local, becomes=becomes, name=name):
            return msgspec.structs.replace(_seen_again(local, found), node_id=becomes, name=name)
        case SetExecutable(node=local):
            return msgspec.structs.replace(_seen_again(local, found), executable=found.executable)
        case _:
            return None


def _seen_again(local: LocalNode, found: Found) -> LocalNode:
    """The node with its signature of now. A rename changes the ctime alone; anything more asks for a reading."""
    before, now = local.signature, found.signature
    untouched = (before.inode, before.size, before.mtime_ns) == (now.inode, now.size, now.mtime_ns)
    return msgspec.structs.replace(local, signature=now, content=local.content if untouched else None)
