"""A world for the planner: a disk, a server and a journal with their real manners, small enough for thousands of runs.

The server refuses as its contract says, the disk as a kernel would, any operation may fail for no reason, reading and
fetching take their time. All chance comes from one seeded generator.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import NamedTuple
from unittest.mock import patch

import msgspec

from server_api.contract.names import comparable, refuse_reason
from sync_engine.core import planner
from sync_engine.core.agreement import agreed
from sync_engine.core.guard import GuardState
from sync_engine.core.model import (
    ROOT,
    ContentHash,
    Kind,
    LocalNode,
    NodeId,
    RemoteNode,
    RevisionId,
    Signature,
)
from sync_engine.core.newcomers import Newcomers
from sync_engine.core.operations import (
    Agree,
    CommitChange,
    CommitCreate,
    CommitDelete,
    CommitOperation,
    Disagree,
    Forget,
    KeepAside,
    LocalOperation,
    MakeFolder,
    MakeSymlink,
    MoveLocal,
    ParkLocal,
    PlaceFile,
    Plan,
    Rebind,
    SetExecutable,
    TrashLocal,
)
from sync_engine.core.planner import plan
from sync_engine.core.platform_names import Naming, Platform, case_key
from sync_engine.core.trees import Closure, Context
from sync_engine.engine.closure import LIMIT, gather
from sync_engine.engine.exclusions import absent_below, all_below, displaced_below
from tests.fakes.trees import MemoryTrees

TODAY = "2026-11-05"
STAGING = -1
"""The parent of parked objects."""
TOP = 0
"""The root's inode."""


def content_of(number: int) -> ContentHash:
    return ContentHash(number.to_bytes(32, "big"))


# --- the server ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServerNode:
    node_id: NodeId
    parent_id: NodeId
    name: str
    kind: Kind
    revision_id: RevisionId
    seq: int
    content: ContentHash | None = None
    executable: bool = False
    link_target: str | None = None
    is_deleted: bool = False


class RefusedError(Exception):
    pass


class ModelServer:
    """Judges commits as the contract says. ``versions`` is every content that it ever held."""

    def __init__(self) -> None:
        self.nodes: dict[NodeId, ServerNode] = {}
        self.seq = 0
        self.versions: set[ContentHash] = set()

    def is_alive(self, node_id: NodeId) -> bool:
        while node_id != ROOT:
            node = self.nodes.get(node_id)
            if node is None or node.is_deleted:
                return False
            node_id = node.parent_id
        return True

    def living(self) -> dict[NodeId, ServerNode]:
        return {n: node for n, node in self.nodes.items() if self.is_alive(n)}

    def paths(self) -> dict[str, ServerNode]:
        return {self.path(n): node for n, node in self.living().items()}

    def path(self, node_id: NodeId) -> str:
        names: list[str] = []
        while node_id != ROOT:
            names.append(comparable(self.nodes[node_id].name))
            node_id = self.nodes[node_id].parent_id
        return "/".join(reversed(names))

    def below(self, node_id: NodeId) -> set[NodeId]:
        found = {node_id}
        while more := {n for n, node in self.nodes.items() if node.parent_id in found} - found:
            found |= more
        return found - {node_id}

    def commit(self, operations: list[CommitOperation], seen_seq: int) -> list[str]:
        """``applied`` or why not, per operation."""
        results: list[str] = []
        applied: dict[NodeId, bool] = {}
        start = self.seq
        at = 0
        while at < len(operations):
            group = operations[at].group
            end = at + 1
            while group is not None and end < len(operations) and operations[end].group == group:
                end += 1
            results += self._unit(operations[at:end], seen_seq, start, applied)
            at = end
        return results

    def _unit(
        self, operations: list[CommitOperation], seen_seq: int, start: int, applied: dict[NodeId, bool]
    ) -> list[str]:
        before, seq = dict(self.nodes), self.seq
        try:
            for operation in operations:
                if isinstance(operation, CommitDelete) and not all(applied.get(need) for need in operation.needs):
                    raise RefusedError("blocked")
                self._apply(operation, seen_seq, start)
                applied[operation.node.node_id] = True
            self._check_names()
        except RefusedError as refusal:
            self.nodes, self.seq = before, seq
            for operation in operations:
                applied[operation.node.node_id] = False
            return [str(refusal)] * len(operations)
        for operation in operations:
            applied[operation.node.node_id] = True
        self.versions |= {node.content for node in self.nodes.values() if node.content is not None}
        return ["applied"] * len(operations)

    def _check_names(self) -> None:
        seen: set[tuple[NodeId, str]] = set()
        for node in self.nodes.values():
            if not node.is_deleted:
                place = (node.parent_id, comparable(node.name))
                if place in seen:
                    raise RefusedError("name_taken")
                seen.add(place)

    def _apply(self, operation: CommitOperation, seen_seq: int, start: int) -> None:
        node_id = operation.node.node_id
        known = self.nodes.get(node_id)
        if isinstance(operation, CommitCreate):
            if known is not None:
                raise RefusedError("stale")
            local = operation.node
            self._check_place(node_id, local.parent_id, local.name)
            assert (local.kind == Kind.FILE) == (local.content is not None)
            made = ServerNode(
                node_id, local.parent_id, local.name, local.kind, self._revision(), self.seq, local.content,
                local.executable, local.link_target,
            )  # fmt: skip
            self.nodes[node_id] = made
            return
        if known is None or known.revision_id != operation.base:
            raise RefusedError("stale")
        if isinstance(operation, CommitDelete):
            if not self.is_alive(node_id):
                return
            if known.kind == Kind.FOLDER and any(seen_seq < self.nodes[n].seq <= start for n in self.below(node_id)):
                raise RefusedError("stale")
            self.nodes[node_id] = replace(known, is_deleted=True, revision_id=self._revision(), seq=self.seq)
            return
        self._change(operation, known)

    def _change(self, operation: CommitChange, known: ServerNode) -> None:
        after = known
        if known.is_deleted:
            if not operation.revive or operation.parent_id is None or known.kind == Kind.FOLDER:
                raise RefusedError("invalid")
            after = replace(after, is_deleted=False)
        if operation.parent_id is not None:
            assert operation.name is not None
            self._check_place(known.node_id, operation.parent_id, operation.name)
            after = replace(after, parent_id=operation.parent_id, name=operation.name)
        elif not self.is_alive(known.node_id):
            raise RefusedError("parent_deleted")
        if operation.content is not None:
            assert known.kind == Kind.FILE
            after = replace(after, content=operation.content)
        if operation.executable is not None:
            assert known.kind == Kind.FILE
            after = replace(after, executable=operation.executable)
        self.nodes[known.node_id] = replace(after, revision_id=self._revision(), seq=self.seq)

    def _check_place(self, node_id: NodeId, parent_id: NodeId, name: str) -> None:
        if refuse_reason(name, at_root=parent_id == ROOT):
            raise RefusedError("invalid")
        if not self.is_alive(parent_id) or (parent_id != ROOT and self.nodes[parent_id].kind != Kind.FOLDER):
            raise RefusedError("parent_deleted")
        while parent_id != ROOT:
            if parent_id == node_id:
                raise RefusedError("cycle")
            parent_id = self.nodes[parent_id].parent_id

    def _revision(self) -> RevisionId:
        self.seq += 1
        return RevisionId(b"revision" + self.seq.to_bytes(8, "big"))


# --- the disk -------------------------------------------------------------------------------------------------------


@dataclass
class DiskObject:
    inode: int
    parent: int
    name: str
    kind: Kind
    content: ContentHash | None = None
    executable: bool = False
    link_target: str | None = None
    version: int = 0
    """Stands for mtime and ctime."""
    is_ignored: bool = False


class DiskRefusedError(Exception):
    pass


class CrashedError(Exception):
    """Whatever the device had only in memory is gone."""


class ModelDisk:
    def __init__(self, *, case_sensitive: bool) -> None:
        self.objects: dict[int, DiskObject] = {}
        self._inodes = count(1)
        self._versions = count(1)
        self.same_name = (lambda name: name) if case_sensitive else case_key

    def children(self, parent: int) -> list[DiskObject]:
        return [o for o in self.objects.values() if o.parent == parent]

    def at(self, parent: int, name: str) -> DiskObject | None:
        key = self.same_name(name)
        return next((o for o in self.children(parent) if self.same_name(o.name) == key), None)

    def below(self, inode: int) -> set[int]:
        found = {inode}
        while more := {o.inode for o in self.objects.values() if o.parent in found} - found:
            found |= more
        return found - {inode}

    def make(self, parent: int, name: str, kind: Kind, **rest: object) -> DiskObject:
        self._check_folder(parent)
        if self.at(parent, name) is not None:
            raise DiskRefusedError("occupied")
        made = DiskObject(next(self._inodes), parent, name, kind, version=next(self._versions), **rest)  # type: ignore[arg-type]
        self.objects[made.inode] = made
        return made

    def move(self, inode: int, parent: int, name: str) -> DiskObject:
        moved = self._get(inode)
        self._check_folder(parent)
        there = self.at(parent, name)
        if there is not None and there is not moved:
            raise DiskRefusedError("occupied")
        if parent == inode or parent in self.below(inode):
            raise DiskRefusedError("into itself")
        moved.parent, moved.name = parent, name
        if moved.kind != Kind.FOLDER:
            moved.version = next(self._versions)
        return moved

    def park(self, inode: int) -> None:
        parked = self._get(inode)
        parked.parent, parked.name = STAGING, str(inode)

    def write(self, inode: int, content: ContentHash) -> None:
        written = self._get(inode)
        written.content, written.version = content, next(self._versions)

    def touch(self, inode: int) -> None:
        self._get(inode).version = next(self._versions)

    def chmod(self, inode: int, *, executable: bool) -> None:
        changed = self._get(inode)
        changed.executable, changed.version = executable, next(self._versions)

    def remove(self, inode: int) -> None:
        for gone in self.below(inode) | {inode}:
            del self.objects[gone]

    def trash(self, inode: int) -> None:
        if self.children(inode):
            raise DiskRefusedError("changed")
        del self.objects[self._get(inode).inode]

    def signature(self, inode: int) -> Signature:
        found = self._get(inode)
        version = 0 if found.kind == Kind.FOLDER else found.version
        return Signature(1, inode, None, 0, version, version)

    def _get(self, inode: int) -> DiskObject:
        if inode not in self.objects:
            raise DiskRefusedError("vanished")
        return self.objects[inode]

    def _check_folder(self, parent: int) -> None:
        if parent != TOP and (parent not in self.objects or self.objects[parent].kind != Kind.FOLDER):
            raise DiskRefusedError("no folder")


# --- all together -----------------------------------------------------------------------------------------------------


class ReadFile(NamedTuple):
    content: ContentHash
    signature: Signature
    recheck: bool = False


@dataclass
class Traits:
    case_sensitive: bool = True
    keeps_executable: bool = True
    platform: Platform = "linux"
    failures: float = 0.0
    """How probable it is that an operation fails for no reason."""
    crashes: float = 0.0
    """How probable it is that all ends before an operation on the disk, or between it and its being written down."""
    limit: int = LIMIT


@dataclass
class World:
    """One device with its server. ``sync`` is what the engine's loop does."""

    random: Random
    traits: Traits = field(default_factory=Traits)

    def __post_init__(self) -> None:
        self.disk = ModelDisk(case_sensitive=self.traits.case_sensitive)
        self.server = ModelServer()
        self.trees = MemoryTrees(case_sensitive=self.traits.case_sensitive)
        self.cursor = 0
        self.dirty: set[NodeId] = set()
        self.postponed: set[NodeId] = set()
        self.blocked: dict[NodeId, set[NodeId]] = {}
        self.prepared: dict[NodeId, ReadFile] = {}
        self.staged: set[tuple[NodeId, ContentHash]] = set()
        self.reading: dict[NodeId, LocalNode] = {}
        self.fetching: dict[NodeId, RemoteNode] = {}
        self.unremovable: set[NodeId] = set()
        self.outdated: set[NodeId] = set()
        self.excluded: set[NodeId] = set()
        self.taken_off: set[NodeId] = set()
        """What left the disk by an exclusion, and did not come back: never to be deleted on the server."""
        self.guard = GuardState()
        self.issues: dict[NodeId, str] = {}
        self.now_ns = 10**18
        self.total_files = 10**6
        self.plans: list[Plan] = []
        self._ids = count(1)
        self.asides = 0
        self.is_undisturbed = False
        """Nothing fails or changes but by the plans: then whatever they ask for can be done, in their order."""

    def new_id(self) -> NodeId:
        return NodeId(b"node" + next(self._ids).to_bytes(12, "big"))

    # --- observing -----------------------------------------------------------------------------------------------

    def observe(self) -> None:
        """What a scan does to the local tree: same inode, same node; a file at a vanished file's place is that file."""
        known = {node.signature.inode: node for node in self.trees.local_nodes.values()}
        ids: dict[int, NodeId] = {TOP: ROOT}
        seen: dict[NodeId, LocalNode] = {}
        gone = {(n.parent_id, n.name): n for i, n in known.items() if i not in self.disk.objects}
        for found in self._top_down():
            node = known.get(found.inode)
            if node is None and found.kind == Kind.FILE:
                at_place = gone.get((ids[found.parent], found.name))
                node = at_place if at_place is not None and at_place.kind == Kind.FILE else None
            if node is None or node.kind != found.kind:
                node_id, before = self.new_id(), None
            else:
                node_id, before = node.node_id, node
            ids[found.inode] = node_id
            seen[node_id] = self._local_node(node_id, ids[found.parent], found, before)
        changed = {n for n in seen if self.trees.local_nodes.get(n) != seen[n]}
        vanished = self.trees.local_nodes.keys() - seen.keys()
        self.trees.drop_local(list(vanished))
        self.trees.put_local(seen[n] for n in changed)
        self.dirty |= changed | vanished
        if changed or vanished:
            self._something_happened()
        self.taken_off -= seen.keys()

    def _local_node(self, node_id: NodeId, parent_id: NodeId, found: DiskObject, before: LocalNode | None) -> LocalNode:
        signature = self.disk.signature(found.inode)
        content = None
        if found.kind == Kind.FILE and before is not None and before.signature == signature:
            content = before.content
        executable = found.executable and self.traits.keeps_executable
        recheck = before is not None and content is not None and before.recheck
        return LocalNode(
            node_id, parent_id, found.name, found.kind, signature, content, executable, found.link_target, recheck
        )

    def _top_down(self) -> list[DiskObject]:
        order: list[DiskObject] = []
        pending = [TOP]
        while pending:
            for child in self.disk.children(pending.pop()):
                if not child.is_ignored:
                    order.append(child)
                    pending.append(child.inode)
        return order

    def read_feed(self) -> None:
        """Take in what the server has, as the journal's ``switch`` does."""
        changed = [node for node in self.server.nodes.values() if node.seq > self.cursor]
        self.cursor = self.server.seq
        self.excluded = {node_id for node_id in self.excluded if self.server.is_alive(node_id)}
        trees = self.trees
        for node in changed:
            trees.put_remote([_remote_node(node)])
        dead = {n for n, node in trees.remote_nodes.items() if node.is_deleted}
        below = {n for n in trees.remote_nodes if n not in dead and not self.server.is_alive(n)}
        unknown = {n for n in dead if n not in trees.local_nodes and n not in trees.synced_nodes}
        trees.drop_remote(below | unknown)
        self.dirty |= {node.node_id for node in changed} | below
        if changed:
            self._something_happened()
        if self.excluded:
            free = {node.node_id for node in changed if node.kind == Kind.FOLDER and not self.is_excluded(node.node_id)}
            self.dirty |= absent_below(trees, free, self.excluded)

    # --- the loop ---------------------------------------------------------------------------------------------------

    def context(self) -> Context:
        return Context(
            today=TODAY,
            now_ns=self.now_ns,
            device_name="laptop",
            new_id=self.new_id,
            total_files=self.total_files,
            prepared=dict(self.prepared),
            staged=frozenset(self.staged),
            in_flight=frozenset(self.reading.keys() | self.fetching.keys()),
            unremovable=frozenset(self.unremovable),
            outdated=frozenset(self.outdated),
            excluded=frozenset(self.excluded),
            guard=self.guard,
            naming=Naming(tells_case=self.traits.case_sensitive, rules=self.traits.platform),
            keeps_executable=self.traits.keeps_executable,
        )

    def plan(self, dirty: Iterable[NodeId]) -> Plan:
        """A plan; made twice, since equal inputs make equal plans."""
        closure = gather(self.trees, set(dirty), self.traits.limit, excluded=self.excluded)
        ids = copy.copy(self._ids)
        made = plan(closure, self.context())
        after, self._ids = self._ids, copy.copy(ids)
        again = plan(gather(self.trees, set(dirty), self.traits.limit, excluded=self.excluded), self.context())
        assert made == again, "the same input made another plan"
        self._ids = ids
        assert _unordered(made) == _unordered(self._plan_the_long_way(closure)), "newcomers were planned otherwise"
        self._ids = after
        self.left = set(closure.left)
        self.looked_at = closure.members
        for node_id in closure.members:
            self.issues.pop(node_id, None)
        self.issues.update((issue.node_id, issue.code) for issue in made.issues)
        for node_id in closure.members:
            if node_id not in self.issues:
                self.dirty |= self.blocked.pop(node_id, set())
        for blocker, behind in self.blocked.items():
            if any(node_id in behind and node_id not in made.blocked.get(blocker, ()) for node_id in closure.members):
                self.dirty |= behind
                behind.clear()
        for blocker, waiting in made.blocked.items():
            self.blocked.setdefault(blocker, set()).update(waiting)
        return made

    def _plan_the_long_way(self, closure: Closure) -> Plan:
        """By the merge and the tree's rules alone."""
        with patch.object(planner, "find_newcomers", lambda view, context: Newcomers()):
            return plan(closure, self.context())

    def sync(self, most_rounds: int = 200, meanwhile: Callable[[int], None] = lambda _: None) -> int:
        """Plan and carry out until nothing is left to do; returns how many rounds it took.

        ``meanwhile`` is called before each round with its number, and may change both sides.
        """
        for number in range(1, most_rounds + 1):
            meanwhile(number)
            dirty = self.dirty - self.reading.keys() - self.fetching.keys()
            self.dirty -= dirty
            made = self.plan(dirty)
            self.plans.append(made)
            self.dirty |= self.left
            self.guard = made.guard
            self.outdated -= set(self.looked_at)
            self.postponed |= set(made.postponed)
            try:
                self.carry_out(made)
            except CrashedError:
                self.restart()
                continue
            came = self._transfers_come_in(all_of_them=made.is_empty() and not self.dirty)
            if not made.is_empty() or came:
                self._something_happened()
            if not self.dirty and not self.reading and not self.fetching:
                return number
        raise AssertionError(f"still not settled after {most_rounds} rounds")

    def _something_happened(self) -> None:
        """What waited for a result is planned again."""
        self.dirty |= self.postponed
        self.postponed = set()

    # --- exclusions ----------------------------------------------------------------------------------------------

    def exclude(self, node_id: NodeId) -> None:
        self.excluded.add(node_id)
        self.dirty |= {node_id} | displaced_below(self.trees, node_id) | self.unremovable
        self.unremovable.clear()

    def include(self, node_id: NodeId) -> None:
        self.excluded.discard(node_id)
        below = all_below(self.trees, node_id)
        self.trees.drop_synced(below)
        self.dirty |= below | self.unremovable
        self.unremovable.clear()

    def is_excluded(self, node_id: NodeId) -> bool:
        while node_id != ROOT and node_id not in self.excluded and node_id in self.server.nodes:
            node_id = self.server.nodes[node_id].parent_id
        return node_id in self.excluded

    def restart(self) -> None:
        """After a crash: the journal is what is left, the folder is scanned, the trees are compared."""
        self.postponed.clear()
        self.blocked.clear()
        self.prepared.clear()
        self.staged.clear()
        self.reading.clear()
        self.fetching.clear()
        self.unremovable.clear()
        self.outdated.clear()
        self._bring_back_parked()
        self.observe()
        trees = self.trees
        self.dirty |= {*trees.local_nodes, *trees.remote_nodes, *trees.synced_nodes}

    def _may_crash(self) -> None:
        if self.traits.crashes and self.random.random() < self.traits.crashes:
            raise CrashedError

    def carry_out(self, made: Plan) -> None:
        for noted in made.journal:
            self._note(noted)
        let_go = {op.node.node_id: op.forgets for op in made.local if isinstance(op, TrashLocal) and op.forgets}
        self.trees.drop_synced(let_go)
        for offer in made.offers:
            self.reading[offer.node.node_id] = offer.node
        for fetch in made.fetches:
            self.fetching[fetch.node.node_id] = fetch.node
        all_well = True
        for operation in made.local:
            all_well &= self._do(operation)
        self._bring_back_parked()
        if not all_well:
            self.observe()
        if made.remote:
            assert len({operation.node.node_id for operation in made.remote}) == len(made.remote), "one node twice"
            nodes = {operation.node.node_id for operation in made.remote}
            if (not all_well and self.random.random() < 0.5) or self._fails():
                self.dirty |= nodes
            else:
                self._commit(made.remote)

    def _fails(self) -> bool:
        return self.random.random() < self.traits.failures

    def _note(self, operation: object) -> None:
        trees = self.trees
        match operation:
            case Agree(node=node):
                assert node.node_id in trees.local_nodes
                assert node.node_id in trees.remote_nodes
                trees.put_synced([node])
            case Disagree(node_id=node_id):
                trees.drop_synced([node_id])
            case Forget(node_id=node_id):
                assert node_id not in trees.local_nodes
                trees.drop_synced([node_id])
                trees.drop_remote([node_id])
            case Rebind(node=node, becomes=becomes, was_it_before=was_it_before):
                self._rebind(node.node_id, becomes)
                if was_it_before:
                    agreed_of = trees.synced_children([node.node_id])
                    trees.put_synced(msgspec.structs.replace(child, parent_id=becomes) for child in agreed_of)
            case _:
                raise AssertionError(operation)

    def _rebind(self, node_id: NodeId, becomes: NodeId) -> None:
        assert becomes not in self.trees.local_nodes
        node = self.trees.local_nodes[node_id]
        self.trees.drop_local([node_id])
        self.trees.put_local([msgspec.structs.replace(node, node_id=becomes)])
        children = [n for n in self.trees.local_nodes.values() if n.parent_id == node_id]
        self.trees.put_local(msgspec.structs.replace(child, parent_id=becomes) for child in children)
        if (read := self.prepared.pop(node_id, None)) is not None:
            self.prepared[becomes] = read
        self.dirty |= {node_id, becomes} | {child.node_id for child in children}

    # --- on the disk ----------------------------------------------------------------------------------------------

    def _inode(self, node_id: NodeId) -> int:
        if node_id == ROOT:
            return TOP
        node = self.trees.local_nodes.get(node_id)
        if node is None:
            raise DiskRefusedError("its folder is not here")
        return node.signature.inode

    def _do(self, operation: LocalOperation) -> bool:
        node_id = operation.node.node_id
        self.dirty.add(node_id)
        if isinstance(operation, KeepAside):
            self._rebind(node_id, operation.becomes)
            self.trees.drop_synced([node_id])
        try:
            if self._fails():
                raise DiskRefusedError("for no reason")
            self._carry_out_on_disk(operation)
        except DiskRefusedError as error:
            is_expected = str(error) == "changed" or self.unremovable  # what is left in a folder shows when it is to go
            if self.is_undisturbed and not is_expected:
                raise AssertionError(f"{error}: {operation}") from error
            if (
                str(error) == "changed"
                and isinstance(operation, TrashLocal)
                and not self.trees.local_children([node_id])
            ):
                self.unremovable.add(node_id)  # what is left in it is not synced
            if isinstance(operation, TrashLocal) and operation.forgets and node_id in self.trees.local_nodes:
                self.trees.put_synced([operation.forgets])
            return False
        return True

    def _carry_out_on_disk(self, operation: LocalOperation) -> None:
        disk = self.disk
        match operation:
            case MakeFolder(node=remote):
                made = disk.make(self._inode(remote.parent_id), remote.name, Kind.FOLDER)
                self._record(remote.node_id, remote.parent_id, made)
            case MakeSymlink(node=remote, replaces=replaces) | PlaceFile(node=remote, replaces=replaces):
                self._place(remote, replaces)
            case MoveLocal(node=local, parent_id=parent_id, name=name):
                self._expect(local, moved=True)
                moved = disk.move(self._inode(local.node_id), self._inode(parent_id), name)
                self._record(local.node_id, parent_id, moved, same_as=local)
            case ParkLocal(node=local):
                disk.park(self._inode(local.node_id))
            case SetExecutable(node=local, executable=executable):
                self._expect(local)
                disk.chmod(local.signature.inode, executable=executable)
                self._record(local.node_id, local.parent_id, disk.objects[local.signature.inode], same_as=local)
            case TrashLocal(node=local):
                self._expect(local)
                self._may_crash()
                disk.trash(local.signature.inode)
                if self.server.is_alive(local.node_id) and self.is_excluded(local.node_id):
                    self.taken_off.add(local.node_id)
                self._may_crash()
                self.trees.drop_local([local.node_id])
            case KeepAside(node=local, becomes=becomes, name=name):
                self.asides += 1
                moved = disk.move(local.signature.inode, self._inode(local.parent_id), name)
                self._record(becomes, local.parent_id, moved, same_as=local)

    def _place(self, remote: RemoteNode, replaces: LocalNode | None) -> None:
        disk = self.disk
        if remote.kind == Kind.FILE:
            assert remote.content is not None
            assert (remote.node_id, remote.content) in self.staged, "placed without its bytes"
            self.staged.discard((remote.node_id, remote.content))
        parent_id, name = (replaces.parent_id, replaces.name) if replaces else (remote.parent_id, remote.name)
        parent = self._inode(parent_id)
        if replaces is not None:
            assert replaces.kind != Kind.FILE or (replaces.content is not None and not replaces.recheck)
            self._expect(replaces)
            parent, name = disk.objects[replaces.signature.inode].parent, disk.objects[replaces.signature.inode].name
            disk.trash(replaces.signature.inode)
        executable = remote.executable and self.traits.keeps_executable
        made = disk.make(
            parent, name, remote.kind, content=remote.content, executable=executable,
            link_target=remote.link_target,
        )  # fmt: skip
        self._record(remote.node_id, parent_id, made, content=remote.content)

    def _expect(self, local: LocalNode, *, moved: bool = False) -> None:
        known = self.trees.local_nodes.get(local.node_id)
        if known is None or known.signature != local.signature:
            raise DiskRefusedError("changed")
        if not moved and self.disk.signature(local.signature.inode) != local.signature:
            raise DiskRefusedError("changed since")

    def _record(
        self,
        node_id: NodeId,
        parent_id: NodeId,
        found: DiskObject,
        *,
        content: ContentHash | None = None,
        same_as: LocalNode | None = None,
    ) -> None:
        """Write down what was done and what is thereby agreed."""
        if same_as is not None:
            content = same_as.content
        local = LocalNode(
            node_id,
            parent_id,
            found.name,
            found.kind,
            self.disk.signature(found.inode),
            content,
            found.executable,
            found.link_target,
            same_as is not None and same_as.recheck,
        )
        self.trees.put_local([local])
        self.taken_off.discard(node_id)
        self._agree(node_id)

    def _agree(self, node_id: NodeId) -> None:
        local, remote = self.trees.local_nodes.get(node_id), self.trees.remote_nodes.get(node_id)
        if local is not None and remote is not None and not remote.is_deleted:
            agreement = agreed(local, remote, self.trees.synced_nodes.get(node_id))
            if agreement is not None:
                self.trees.put_synced([agreement])

    def _bring_back_parked(self) -> None:
        known = {node.signature.inode: node for node in self.trees.local_nodes.values()}
        parked_ones = self.disk.children(STAGING)
        for parked in parked_ones:
            node = known[parked.inode]
            name, number = node.name, 1
            parent = self._inode(node.parent_id)
            while self.disk.at(parent, name) is not None:
                number += 1
                name = f"{node.name} {number}"
            self.disk.move(parked.inode, parent, name)
        if parked_ones:
            self.observe()

    # --- to the server ----------------------------------------------------------------------------------------------

    def _commit(self, operations: list[CommitOperation]) -> None:
        for operation in operations:
            if isinstance(operation, CommitCreate | CommitChange):
                sent = operation.node.content if isinstance(operation, CommitCreate) else operation.content
                read = self.prepared.get(operation.node.node_id)
                assert sent is None or (read is not None and read.content == sent), "sent without its bytes"
        chosen = [operation for operation in operations if operation.group is not None or not self._fails()]
        self.dirty |= {operation.node.node_id for operation in operations}
        before = self.server.seq
        alive = set(self.server.living())
        results = self.server.commit(chosen, self.cursor)
        assert not self.taken_off & alive - self.server.living().keys(), "deleted on the server by an exclusion"
        was_current = before == self.cursor
        if self.is_undisturbed:  # what moved into a folder that was deleted is of unknown revision
            known = [r for o, r in zip(chosen, results, strict=True) if o.node.node_id in self.trees.remote_nodes]
            assert set(results) <= {"applied", "stale"}, f"{results}: {chosen}"
            assert set(known) <= {"applied"}, f"{results}: {chosen}"
        for operation, result in zip(chosen, results, strict=True):
            if result == "applied" and isinstance(operation, CommitDelete):
                below = {n for n in self._below_synced(operation.node.node_id) if not self.server.is_alive(n)}
                self.trees.drop_synced({operation.node.node_id} | below)
                self.trees.drop_remote(below)
            elif result == "stale" and operation.node.node_id not in self.trees.remote_nodes and was_current:
                self.outdated.add(operation.node.node_id)
        self.read_feed()
        for operation, result in zip(chosen, results, strict=True):
            if result == "applied":
                self._agree(operation.node.node_id)

    def _below_synced(self, node_id: NodeId) -> set[NodeId]:
        found = {node_id}
        while more := {n.node_id for n in self.trees.synced_children(found)} - found:
            found |= more
        return found - {node_id}

    # --- transfers ----------------------------------------------------------------------------------------------------

    def _transfers_come_in(self, *, all_of_them: bool) -> bool:
        came = False
        for node_id in sorted(self.reading):
            if all_of_them or self.random.random() < 0.7:
                came = True
                self._read(self.reading.pop(node_id))
                self.dirty.add(node_id)
        for node_id in sorted(self.fetching):
            if all_of_them or self.random.random() < 0.7:
                came = True
                remote = self.fetching.pop(node_id)
                self.dirty.add(node_id)
                if remote.content is not None and remote.content in self.server.versions and not self._fails():
                    self.staged.add((node_id, remote.content))
        return came

    def _read(self, offered: LocalNode) -> None:
        node = self.trees.local_nodes.get(offered.node_id)
        found = self.disk.objects.get(offered.signature.inode)
        if node is None or found is None or node.signature != self.disk.signature(found.inode) or self._fails():
            return
        assert found.content is not None
        self.trees.put_local([msgspec.structs.replace(node, content=found.content, recheck=False)])
        self.prepared[node.node_id] = ReadFile(found.content, node.signature)


def _remote_node(node: ServerNode) -> RemoteNode:
    return RemoteNode(
        node.node_id,
        node.parent_id,
        node.name,
        node.kind,
        node.revision_id,
        node.seq,
        node.content,
        0,
        0,
        node.executable,
        node.link_target,
        node.is_deleted,
    )


def _unordered(made: Plan) -> Plan:
    return msgspec.structs.replace(made, local=sorted(made.local, key=repr), remote=sorted(made.remote, key=repr))
