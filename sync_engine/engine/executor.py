"""Carries out a plan's operations on the disk: in order, each with a look at what it replaces.

A ``Job`` runs in a worker, away from the journal; ``recording.py`` writes down what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from msgspec import Struct

from sync_engine.core.model import ContentHash, Found, Kind, LocalNode, NodeId, RemoteNode
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
from sync_engine.engine.places import Places
from sync_engine.errors import DiskError, Occupied, Vanished
from sync_engine.ports import Dirty, Displaced, Disturbed, FileSystem, Staged

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
                found, displaced = filesystem.make_symlink(
                    path, node.link_target or "", replaces.signature if replaces else None
                )
                kept_as = self._kept(displaced, path)
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
        return path, found, self._kept(displaced, path)

    def _kept(self, displaced: Displaced | None, path: str) -> str | None:
        return self._keep(displaced.kept_at, path) if displaced else None

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


class Rescued(Struct, frozen=True):
    """``copies``: their paths; ``waiting``: what could not be brought back now and stays where it is."""

    copies: list[str]
    waiting: list[Disturbed]


def rescue(
    filesystem: FileSystem, now_ns: int, conflict_name: ConflictName, waiting: Sequence[Disturbed] = ()
) -> Rescued:
    """A disk job: what was written to in the trash, or was left aside by a crash, becomes a conflicted copy; what has
    been ``waiting`` for that, too.

    Raises: DiskError, if the trash cannot be looked at; RootError.
    """
    copies: list[str] = []
    left: list[Disturbed] = []
    for disturbed in [*waiting, *filesystem.recheck_trash(now_ns)]:
        try:
            copies.append(keep_beside(filesystem, disturbed.kept_at, disturbed.path, conflict_name))
        except Vanished:
            continue  # somebody emptied the trash
        except DiskError:
            left.append(disturbed)
    return Rescued(copies, left)
