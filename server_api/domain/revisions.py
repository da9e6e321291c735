"""Judges a batch of operations: which become revisions, and why the others do not.

Operations are judged in their order, each on the state that the ones before it left. What the rules leave open is
decided thus:

- An operation that would change nothing (an equal change, deleting what is deleted or dead already) is applied without
  a revision: it answers with the node's latest one.
- New content with the hash that the node has already is no new version; its mtime is taken over.
- A folder that was dead through an ancestor and is moved to a living place comes back with all that was alive in it.
  Readers have dropped all that, so each node in it is announced by a revision of its own at the batch's end.
- A group's operations are adjacent. If one is refused, the others of the group are ``blocked``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Final, NoReturn

from blake3 import blake3
from msgspec import Struct, msgpack
from msgspec.structs import replace

from server_api.contract.messages import (
    MAX_DEPTH,
    MAX_LINK_BYTES,
    ROOT,
    Applied,
    ChangeNode,
    Content,
    CreateNode,
    DeleteNode,
    Kind,
    NodeId,
    Operation,
    OperationId,
    Place,
    Refusal,
    Refused,
    RevisionId,
)
from server_api.contract.names import name_key, refuse_reason
from server_api.domain.contents import join_manifest, refuse_content
from server_api.domain.nodes import Node, Revision, Tree, revision_id

NO_DIGEST: Final = bytes(32)
"""Of a revision that no device's operation made."""


class View(Struct, kw_only=True):
    """The state that a batch is judged on; the judge takes it over and changes it."""

    seq: int
    """The namespace's."""
    nodes: dict[NodeId, Node]
    """Those the batch names, as nodes or as parents, and all their ancestors."""
    occupants: dict[tuple[NodeId, bytes], NodeId]
    """Who holds the places that the batch asks for, by folder and name key."""
    plain_sizes: Mapping[bytes, int]
    """Of the chunks that the batch names and this device may use."""
    heights: dict[NodeId, int]
    """For folders that the batch moves to another folder: how many levels of folders lie below."""
    below: dict[NodeId, list[Node]]
    """For folders that are dead through an ancestor and that the batch moves: all below, parents first."""
    applied: Mapping[OperationId, Applied]
    """Those of the batch's operations that were applied before."""
    room: int
    """How many nodes the namespace still takes."""
    is_over_quota: bool
    expired: Collection[RevisionId] = ()
    """Versions without their content, as far as the batch may bring dead files back."""


class Judgement(Struct, frozen=True):
    """What to append, in order of seq, and what to answer, in order of the operations."""

    revisions: list[Revision]
    results: list[Applied | Refused]
    created: int
    """How many more nodes are alive, at most: what dies below a deleted folder is not subtracted."""
    announced: int
    """How many of the revisions no operation asked for."""


def operation_digest(operation: Operation) -> bytes:
    """32 bytes by which a retry is told from another operation under the same id.

    Of what differs from the defaults only (the contract's operations leave these out), so that a server that has learnt
    a new field since still knows the operation again.
    """
    return blake3(msgpack.encode(operation)).digest()


def judge(
    operations: Sequence[Operation], digests: Sequence[bytes], view: View, new_id: Callable[[], bytes]
) -> Judgement:
    """Decide a whole batch.

    Args:
        operations: of one device, in its order.
        digests: ``operation_digest`` of each.
        view: the state under the namespace's lock.
        new_id: draws revision ids, and operation ids of revisions that follow from the batch.
    """
    judging = _Judging(view, new_id)
    units = [(group, [i for i, _ in members]) for group, members in groupby(enumerate(operations), _unit_of)]
    pieces = Counter(group for group, _ in units)
    for group, members in units:
        if pieces[group] > 1:
            for i in members:
                judging.refuse(i, operations[i], Refused(Refusal.INVALID, detail="the group is not in one piece"))
        else:
            judging.unit([(i, operations[i], digests[i]) for i in members])
    judging.announce_revived()
    return Judgement(
        revisions=judging.revisions,
        results=[judging.results[i] for i in range(len(operations))],
        created=judging.created,
        announced=judging.announced,
    )


def _unit_of(numbered: tuple[int, Operation]) -> int | tuple[int]:
    """What keeps together: the group, or the operation by itself."""
    i, operation = numbered
    return (i,) if operation.group is None else operation.group


class _RefusedError(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused)
        self.refused = refused


def _refuse(reason: Refusal, detail: str = "") -> NoReturn:
    raise _RefusedError(Refused(reason, detail=detail))


class _Draft(Struct, frozen=True, gc=False):
    """An operation's revision before its group is through."""

    index: int
    operation: Operation
    before: Node | None
    after: Node


class _Judging:
    """One batch on its way. Attributes are what ``judge`` reads at the end."""

    def __init__(self, view: View, new_id: Callable[[], bytes]) -> None:
        self.revisions: list[Revision] = []
        self.results: dict[int, Applied | Refused] = {}
        self.created = 0
        self.announced = 0
        self._view = view
        self._tree = Tree(view.nodes)
        self._occupants = view.occupants
        self._new_id = new_id
        self._through: set[OperationId] = set()
        self._unborn: set[NodeId] = set()
        """Nodes whose making was refused: what needs them is blocked."""

    # --- units: one operation, or a group ------------------------------------------------------------------------

    def unit(self, members: Sequence[tuple[int, Operation, bytes]]) -> None:
        """All or none."""
        drafts: list[_Draft] = []
        refused: dict[int, Refused] = {}
        for i, operation, digest in members:
            try:
                draft = self._draft(i, operation, digest)
            except _RefusedError as refusal:
                refused[i] = refusal.refused
            else:
                self._through.add(OperationId(operation.operation_id))
                if draft is not None:
                    drafts.append(draft)
        claims = self._claim_places(drafts, refused)
        if not refused:
            return
        self._take_back(drafts, claims)
        for i, operation, _ in members:
            if operation.operation_id in self._view.applied:
                continue
            self.refuse(i, operation, refused.get(i) or Refused(Refusal.BLOCKED, detail="another of its group"))

    def refuse(self, i: int, operation: Operation, refused: Refused) -> None:
        self.results[i] = refused
        self._through.discard(OperationId(operation.operation_id))
        if isinstance(operation, CreateNode) and operation.node_id not in self._tree.nodes:
            self._unborn.add(NodeId(operation.node_id))

    def _draft(self, i: int, operation: Operation, digest: bytes) -> _Draft | None:
        """Apply one operation, names aside; ``None`` if it makes no revision."""
        operation_id = OperationId(operation.operation_id)
        if before := self._view.applied.get(operation_id):
            self.results[i] = before
            return None
        if operation.needs and not self._through.issuperset(OperationId(need) for need in operation.needs):
            _refuse(Refusal.BLOCKED)
        known = self._tree.nodes.get(NodeId(operation.node_id))
        if isinstance(operation, CreateNode):
            after = self._create(operation, known)
        elif isinstance(operation, ChangeNode):
            after = self._change(operation, known)
        else:
            after = self._delete(operation, known)
        if known is after:
            self.results[i] = Applied(known.seq, known.revision_id)
            return None
        self._tree.put(after)
        self._unborn.discard(after.node_id)
        self.revisions.append(
            Revision(
                node=after,
                operation_id=operation_id,
                operation_digest=digest,
                manifest=_manifest(operation, after),
                is_approved=isinstance(operation, DeleteNode) and operation.approved,
            )
        )
        self._count(known, after, 1)
        self.results[i] = Applied(after.seq, after.revision_id)
        return _Draft(i, operation, known, after)

    def _count(self, before: Node | None, after: Node, sign: int) -> None:
        self.created += sign * ((not after.is_deleted) - (before is not None and not before.is_deleted))

    def _claim_places(
        self, drafts: Sequence[_Draft], refused: dict[int, Refused]
    ) -> list[tuple[tuple[NodeId, bytes], NodeId | None]]:
        """Let go of all places that were left, then take those that were asked for; what was there before, to undo."""
        undo: list[tuple[tuple[NodeId, bytes], NodeId | None]] = []
        for draft in drafts:
            before = draft.before
            if before is not None and self._occupants.get(before.place) == before.node_id:
                undo.append((before.place, before.node_id))
                del self._occupants[before.place]
        for draft in drafts:
            after = draft.after
            if after.is_deleted:
                continue
            holder = self._occupants.get(after.place)
            if holder is not None and holder != after.node_id:
                refused[draft.index] = Refused(Refusal.NAME_TAKEN)
            else:
                undo.append((after.place, holder))
                self._occupants[after.place] = after.node_id
        return undo

    def _take_back(
        self, drafts: Sequence[_Draft], claims: Sequence[tuple[tuple[NodeId, bytes], NodeId | None]]
    ) -> None:
        for place, holder in reversed(claims):
            if holder is None:
                del self._occupants[place]
            else:
                self._occupants[place] = holder
        for draft in reversed(drafts):
            if draft.before is None:
                self._tree.remove(draft.after.node_id)
            else:
                self._tree.put(draft.before)
            self._count(draft.before, draft.after, -1)
        if drafts:
            del self.revisions[-len(drafts) :]

    # --- the three operations ------------------------------------------------------------------------------------

    def _create(self, operation: CreateNode, known: Node | None) -> Node:
        node_id = NodeId(operation.node_id)
        _check_shape(operation)
        if known is not None:
            _refuse(Refusal.STALE, "the node is there already")
        self._check_place(operation.place, node_id, operation.kind)
        self._check_content(operation.content)
        if self.created >= self._view.room:
            _refuse(Refusal.QUOTA, "the namespace holds as many nodes as it may")
        seq = self._next_seq()
        version_id = revision_id(seq, self._new_id())
        content = operation.content
        return Node(
            node_id=node_id,
            kind=operation.kind,
            parent_id=NodeId(operation.place.parent_id),
            name=operation.place.name,
            name_key=name_key(operation.place.name),
            seq=seq,
            revision_id=version_id,
            version_id=version_id if content else None,
            content_hash=content.hash if content else None,  # type: ignore[arg-type]
            size=content.size if content else 0,
            mtime_ns=content.mtime_ns if content else 0,
            executable=operation.executable,
            link_target=operation.link_target,
        )

    def _change(self, operation: ChangeNode, known: Node | None) -> Node:
        node = self._based_on(operation, known)
        if node.kind is not Kind.FILE and (operation.content or operation.executable is not None):
            _refuse(Refusal.INVALID, "only a file has content and an executable bit")
        if node.is_deleted and (not operation.revive or operation.place is None or node.kind is Kind.FOLDER):
            _refuse(Refusal.INVALID, "only a file or symlink is revived, to a place and if so asked")
        place = operation.place
        if place is None:
            if not self._tree.is_alive(node):
                _refuse(Refusal.PARENT_DELETED)
        elif node.is_deleted or (place.parent_id, place.name) != (node.parent_id, node.name):
            self._check_place(place, node.node_id, node.kind)
        elif not self._tree.is_alive(node):
            _refuse(Refusal.PARENT_DELETED)
        self._check_content(operation.content)
        self._check_expired(node, operation)
        if node.is_deleted and self.created >= self._view.room:
            _refuse(Refusal.QUOTA, "the namespace holds as many nodes as it may")
        after = _changed(node, operation)
        if after == node:
            return node
        seq = self._next_seq()
        latest = revision_id(seq, self._new_id())
        is_new_version = (after.content_hash, after.size) != (node.content_hash, node.size)
        return replace(after, seq=seq, revision_id=latest, version_id=latest if is_new_version else node.version_id)

    def _check_expired(self, node: Node, operation: ChangeNode) -> None:
        """What was dead comes back with a content, its own or the one that is sent along."""
        back = self._view.below.get(node.node_id, []) if node.kind is Kind.FOLDER else [node]
        if not operation.content and any(each.version_id in self._view.expired for each in back):
            _refuse(Refusal.INVALID, "a content in it has expired: it can only come back as a new file")

    def _delete(self, operation: DeleteNode, known: Node | None) -> Node:
        node = self._based_on(operation, known)
        if not self._tree.is_alive(node):
            return node
        if node.kind is Kind.FOLDER and node.subtree_seq > operation.seen_seq:
            _refuse(Refusal.STALE, "something below is newer")
        seq = self._next_seq()
        return replace(node, is_deleted=True, seq=seq, revision_id=revision_id(seq, self._new_id()))

    def _next_seq(self) -> int:
        return self._view.seq + len(self.revisions) + 1

    # --- rules ---------------------------------------------------------------------------------------------------

    def _based_on(self, operation: ChangeNode | DeleteNode, known: Node | None) -> Node:
        if operation.node_id == ROOT:
            _refuse(Refusal.INVALID, "the root is no node")
        if operation.node_id in self._unborn:
            _refuse(Refusal.BLOCKED)
        if known is None or known.revision_id != operation.base:
            _refuse(Refusal.STALE)
        return known

    def _check_place(self, place: Place, node_id: NodeId, kind: Kind) -> None:
        """Whether the node may go there, its name among its siblings aside."""
        parent_id = NodeId(place.parent_id)
        if reason := refuse_reason(place.name, at_root=parent_id == ROOT):
            _refuse(Refusal.INVALID, reason)
        if parent_id in self._unborn:
            _refuse(Refusal.BLOCKED)
        if parent_id != ROOT:
            parent = self._tree.nodes.get(parent_id)
            if parent is None:
                _refuse(Refusal.PARENT_DELETED, "there is no such folder")
            if parent.kind is not Kind.FOLDER:
                _refuse(Refusal.INVALID, "the parent is no folder")
        depth = self._tree.living_depth(parent_id)
        if depth is None:
            _refuse(Refusal.PARENT_DELETED)
        if kind is Kind.FOLDER and node_id in self._tree.nodes and node_id in self._tree.lineage(parent_id):
            _refuse(Refusal.CYCLE)
        height = 0 if kind is not Kind.FOLDER else 1 + self._view.heights.get(node_id, 0)
        if depth + height > MAX_DEPTH:
            _refuse(Refusal.INVALID, f"deeper than {MAX_DEPTH} folders")
        self._raise_heights(parent_id, height)

    def _raise_heights(self, parent_id: NodeId, height: int) -> None:
        """Moved folders know of what the batch put below them; that it is refused later on does no harm."""
        if not self._view.heights or not height:
            return
        for ancestor in self._tree.lineage(parent_id):
            if ancestor in self._view.heights:
                self._view.heights[ancestor] = max(self._view.heights[ancestor], height)
            height += 1

    def _check_content(self, content: Content | None) -> None:
        if content is None:
            return
        if refused := refuse_content(content, self._view.plain_sizes):
            raise _RefusedError(refused)
        if self._view.is_over_quota and content.size:
            _refuse(Refusal.QUOTA)

    # --- what follows --------------------------------------------------------------------------------------------

    def announce_revived(self) -> None:
        """A revision for each node that came back to life with a folder above it."""
        for folder_id, nodes in self._view.below.items():
            if self._tree.nodes[folder_id].seq <= self._view.seq:
                continue
            for node in nodes:
                latest = self._tree.nodes[node.node_id]
                if latest.seq <= self._view.seq and self._tree.is_alive(latest):
                    again = announce(latest, self._next_seq(), self._new_id)
                    self._tree.put(again.node)
                    self.revisions.append(again)
                    self.created += 1
                    self.announced += 1


def announce(node: Node, seq: int, new_id: Callable[[], bytes]) -> Revision:
    """A revision that tells readers of a node as it is."""
    return Revision(
        node=replace(node, seq=seq, revision_id=revision_id(seq, new_id())),
        operation_id=OperationId(new_id()),
        operation_digest=NO_DIGEST,
    )


def _check_shape(operation: CreateNode) -> None:
    """Whether kind and fields belong together."""
    if operation.node_id == ROOT:
        _refuse(Refusal.INVALID, "the root is no node")
    is_file = operation.kind is Kind.FILE
    if is_file != (operation.content is not None) or (operation.executable and not is_file):
        _refuse(Refusal.INVALID, "a file has content, nothing else has")
    if (operation.kind is Kind.SYMLINK) != (operation.link_target is not None):
        _refuse(Refusal.INVALID, "a symlink has a target, nothing else has")
    if operation.link_target is not None and not _is_link_target(operation.link_target):
        _refuse(Refusal.INVALID, "no target of a symlink")


def _is_link_target(target: str) -> bool:
    try:
        return 0 < len(target.encode()) <= MAX_LINK_BYTES and "\0" not in target
    except UnicodeEncodeError:
        return False


def _changed(node: Node, operation: ChangeNode) -> Node:
    """The node with what the operation says, still under its old revision."""
    place, content, executable = operation.place, operation.content, operation.executable
    return replace(
        node,
        is_deleted=False,
        parent_id=NodeId(place.parent_id) if place else node.parent_id,
        name=place.name if place else node.name,
        name_key=name_key(place.name) if place else node.name_key,
        content_hash=content.hash if content else node.content_hash,
        size=content.size if content else node.size,
        mtime_ns=content.mtime_ns if content else node.mtime_ns,
        executable=node.executable if executable is None else executable,
    )


def _manifest(operation: Operation, after: Node) -> bytes | None:
    """What the new version consists of; ``None`` if there is no new version."""
    if isinstance(operation, DeleteNode) or operation.content is None or after.version_id != after.revision_id:
        return None
    return join_manifest(operation.content.chunks)
