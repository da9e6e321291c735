"""Carries out a plan's operations on the disk: in order, each with a look at what it replaces.

``Places`` and ``record`` belong to the control thread; ``Job`` runs in a worker in between, away from the journal.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import assert_never

import msgspec
from msgspec import Struct

from sync_engine.core.agreement import agreed, as_synced, is_same
from sync_engine.core.model import ROOT, ContentHash, Found, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import (
    KeepAside,
    LocalOperation,
    MakeFolder,
    MakeSymlink,
    MoveLocal,
    ParkLocal,
    PlaceFile,
    SetExecutable,
    TrashLocal,
)
from sync_engine.errors import DiskError, Occupied, Vanished
from sync_engine.ports import Dirty, FileSystem, Journal, Staged, Trees

StagedFiles = Mapping[tuple[NodeId, ContentHash], Staged]
ConflictName = Callable[[str, int], str]
"""(name, attempt) -> the name of a conflicted copy."""


class Outcome(Struct, frozen=True):
    """What became of one operation."""

    operation: LocalOperation
    path: str = ""
    """Where it took place; for a move, the new path."""
    found: Found | None = None
    kept_as: str | None = None
    """Path of the conflicted copy that a fresh edit became, which was met while replacing."""
    error: DiskError | None = None


class Places:
    """Where folders are on the disk, kept true while operations of one batch move them."""

    def __init__(self, folders: dict[NodeId, tuple[NodeId, str]]) -> None:
        self._folders = folders
        self._parked: dict[NodeId, str] = {}
        self._lost: set[NodeId] = set()
        self._paths: dict[NodeId, str] = {}

    @classmethod
    def load(cls, trees: Trees, parents: Iterable[NodeId]) -> Places:
        """These folders and the ones above them, as the journal has them."""
        wanted = set(parents)
        folders: dict[NodeId, tuple[NodeId, str]] = {}
        while wanted := wanted - folders.keys() - {ROOT}:
            nodes = trees.local(wanted)
            folders.update((node.node_id, (node.parent_id, node.name)) for node in nodes.values())
            wanted = {node.parent_id for node in nodes.values()}
        return cls(folders)

    @classmethod
    def for_operations(cls, trees: Trees, operations: Sequence[LocalOperation]) -> Places:
        """The ancestors of everything that the operations touch."""
        return cls.load(trees, {parent for operation in operations for parent in _parents(operation)})

    def folder(self, node_id: NodeId) -> str:
        """Its path and a closing slash, "" for the root. Raises: Vanished for one that is not here."""
        known = self._paths.get(node_id)
        if known is None:
            if node_id == ROOT:
                known = ""
            elif node_id in self._parked:
                known = self._parked[node_id] + "/"
            elif node_id in self._folders:
                parent, name = self._folders[node_id]
                known = f"{self.folder(parent)}{name}/"
            else:
                raise Vanished(node_id.hex(), "its folder is not on this device")
            self._paths[node_id] = known
        return known

    def path(self, parent_id: NodeId, name: str) -> str:
        return self.folder(parent_id) + name

    def of(self, node: LocalNode) -> str:
        """Raises: Vanished for one that could not be parked: what is at its path by now may be another."""
        if node.node_id in self._lost:
            raise Vanished(node.name, "it could not be parked")
        return self._parked.get(node.node_id) or self.path(node.parent_id, node.name)

    def put(self, node_id: NodeId, parent_id: NodeId, name: str) -> None:
        self._folders[node_id] = (parent_id, name)
        self._parked.pop(node_id, None)
        self._paths.clear()

    def lose(self, node_id: NodeId) -> None:
        self._lost.add(node_id)

    def park(self, node_id: NodeId, path: str) -> None:
        self._lost.discard(node_id)
        self._parked[node_id] = path
        self._paths.clear()


def _parents(operation: LocalOperation) -> list[NodeId]:
    match operation:
        case MakeFolder(node=node):
            return [node.parent_id]
        case MakeSymlink(node=node, replaces=replaces) | PlaceFile(node=node, replaces=replaces):
            return [replaces.parent_id if replaces else node.parent_id]
        case MoveLocal(node=local, parent_id=parent_id):
            return [local.parent_id, parent_id]
        case _:
            return [operation.node.parent_id]


class Job:
    """One batch: done in order. An operation that fails has changed nothing; the others go on, and those that needed it
    fail in turn.

    What is put in place was made durable first, and all of it is durable when the call returns.
    """

    def __init__(
        self,
        filesystem: FileSystem,
        operations: Sequence[LocalOperation],
        places: Places,
        staged: StagedFiles,
        conflict_name: ConflictName,
    ) -> None:
        self._filesystem = filesystem
        self._operations = operations
        self._hand = _Hand(filesystem, places, staged, conflict_name)

    def __call__(self) -> list[Outcome]:
        """In a worker. Raises: DiskError if the disk as a whole cannot be synced; a scan then finds what was done."""
        if any(isinstance(operation, PlaceFile) for operation in self._operations):
            self._filesystem.sync()
        outcomes = []
        for operation in self._operations:
            try:
                outcomes.append(self._hand.do(operation))
            except DiskError as error:
                outcomes.append(Outcome(operation, error.path, error=error))
        self._hand.bring_back_parked()
        self._filesystem.sync()
        return outcomes


class _Hand:
    def __init__(
        self, filesystem: FileSystem, places: Places, staged: StagedFiles, conflict_name: ConflictName
    ) -> None:
        self._filesystem = filesystem
        self._places = places
        self._staged = staged
        self._conflict_name = conflict_name
        self._parked: dict[NodeId, tuple[LocalNode, str]] = {}

    def do(self, operation: LocalOperation) -> Outcome:
        filesystem, places = self._filesystem, self._places
        found: Found | None = None
        kept_as: str | None = None
        match operation:
            case MakeFolder(node=node):
                path = places.path(node.parent_id, node.name)
                found = filesystem.make_folder(path)
                places.put(node.node_id, node.parent_id, node.name)
            case MakeSymlink(node=node, replaces=replaces):
                path = places.of(replaces) if replaces else places.path(node.parent_id, node.name)
                if replaces is not None:
                    filesystem.trash(path, replaces.signature)
                found = filesystem.make_symlink(path, node.link_target or "")
            case PlaceFile(node=node, replaces=replaces):
                path, found, kept_as = self._place(node, replaces)
            case MoveLocal(node=local, parent_id=parent_id, name=name):
                path = places.path(parent_id, name)
                found = filesystem.move(places.of(local), path)
                self._parked.pop(local.node_id, None)
                places.put(local.node_id, parent_id, name)
            case ParkLocal(node=local):
                path = places.of(local)
                places.lose(local.node_id)
                parked_at = filesystem.park(path)
                places.park(local.node_id, parked_at)
                self._parked[local.node_id] = (local, parked_at)
            case SetExecutable(node=local, executable=executable):
                path = places.of(local)
                found = filesystem.set_executable(path, executable, local.signature)
            case TrashLocal(node=local):
                path = places.of(local)
                filesystem.trash(path, None if local.kind == local.kind.FOLDER else local.signature)
            case KeepAside(node=local, becomes=becomes, name=name):
                path = places.path(local.parent_id, name)
                found = filesystem.move(places.of(local), path)
                if local.kind == local.kind.FOLDER:
                    places.put(becomes, local.parent_id, name)
            case _:
                assert_never(operation)
        return Outcome(operation, path, found, kept_as)

    def _place(self, node: RemoteNode, replaces: LocalNode | None) -> tuple[str, Found, str | None]:
        path = self._places.of(replaces) if replaces else self._places.path(node.parent_id, node.name)
        assert node.content is not None
        staged = self._staged[node.node_id, node.content]
        found, displaced = self._filesystem.put_in_place(staged, path, replaces.signature if replaces else None)
        return path, found, self._keep(displaced.kept_at, path) if displaced else None

    def _keep(self, kept_at: str, path: str) -> str:
        return keep_beside(self._filesystem, kept_at, path, self._conflict_name)

    def bring_back_parked(self) -> None:
        """A parked object whose second move failed goes back to where it was, or beside it."""
        for local, parked_at in self._parked.values():
            found = self._filesystem.look(parked_at)
            if found is not None:
                self._keep_near(parked_at, local)

    def _keep_near(self, parked_at: str, local: LocalNode) -> None:
        path = self._places.path(local.parent_id, local.name)
        try:
            self._filesystem.move(parked_at, path)
        except Occupied:
            self._keep(parked_at, path)


def displaces(operation: LocalOperation) -> bool:
    """Whether something went to the trash for it."""
    return isinstance(operation, TrashLocal) or (
        isinstance(operation, PlaceFile | MakeSymlink) and operation.replaces is not None
    )


def to_look_at(outcomes: Iterable[Outcome]) -> Iterator[Dirty]:
    """What may be another by now than the journal has it: conflicted copies of fresh edits, and all in a folder that
    was moved, for what the watcher told of it just before it told by its old path."""
    for outcome in outcomes:
        operation = outcome.operation
        if outcome.kept_as:
            yield Dirty(outcome.kept_as, closed=True)
        if isinstance(operation, MoveLocal | KeepAside) and operation.node.kind == Kind.FOLDER and outcome.found:
            yield Dirty(outcome.path, everything=True)


def keep_beside(filesystem: FileSystem, kept_at: str, path: str, conflict_name: ConflictName) -> str:
    """Something that must live on comes beside the path where it was, or to the top if its folder is gone.

    Returns its new path: a conflicted copy under a name that nobody had.
    """
    folder, _, name = path.rpartition("/")
    attempt = 1
    while True:
        kept_as = (f"{folder}/" if folder else "") + conflict_name(name or "recovered", attempt)
        try:
            filesystem.move(kept_at, kept_as)
        except Occupied:
            attempt += 1
        except Vanished:
            if not folder:
                raise
            folder = ""
        else:
            return kept_as


def rescue(filesystem: FileSystem, now_ns: int, conflict_name: ConflictName) -> list[str]:
    """A disk job: what was written to in the trash, or was left aside by a crash, becomes a conflicted copy.

    Returns the paths of the copies. What cannot be brought back now stays where it is and is told again.
    """
    kept = []
    for disturbed in filesystem.recheck_trash(now_ns):
        with contextlib.suppress(DiskError):
            kept.append(keep_beside(filesystem, disturbed.kept_at, disturbed.path, conflict_name))
    return kept


def record(journal: Journal, outcomes: Sequence[Outcome]) -> set[NodeId]:
    """Write down what was done: the local tree as it is now, and what both sides thereby agree on.

    Returns the nodes that are in step now; the others have to be planned again.
    """
    done = [outcome for outcome in outcomes if outcome.error is None]
    placed = {local.node_id: local for outcome in done if (local := _local_after(outcome)) is not None}
    remote = {node_id: node for node_id, node in journal.remote(placed).items() if not node.is_deleted}
    in_step = {node_id for node_id, node in remote.items() if is_same(placed[node_id], node)}
    agreements = [as_synced(remote[node_id]) for node_id in in_step]
    for node_id, synced in journal.synced(remote.keys() - in_step).items():
        agreement = agreed(placed[node_id], remote[node_id], synced)
        if agreement is not None:
            agreements.append(agreement)
    # An operation that fails has changed nothing: of what did not leave the disk it is agreed again what was before.
    kept = [
        outcome.operation.forgets
        for outcome in outcomes
        if isinstance(outcome.operation, TrashLocal) and outcome.operation.forgets and _is_still_there(outcome)
    ]
    gone = [outcome.operation.node.node_id for outcome in done if isinstance(outcome.operation, TrashLocal)]
    with journal.transaction(durable=True):
        journal.put_local(placed.values())
        while gone:  # a folder that could be removed was empty: whatever it had in the tree was gone before
            journal.drop_local(gone)
            gone = [child.node_id for child in journal.local_children(gone)]
        journal.put_synced([*agreements, *kept])
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
