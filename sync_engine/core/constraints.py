"""The rules that bind nodes together: living parents, no cycles, one node a name, one node for what is the same thing.

``View`` shows the closure as it is once local objects were bound to the nodes that they really are; then drafts are
made of single nodes (``merge``), and the rules here change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import comparable, refuse_reason
from sync_engine.core.agreement import same_content
from sync_engine.core.exclusion import EXCLUDED_NAME, excluded_here, excluded_there
from sync_engine.core.merge import Draft, Fate, Side
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import Issue, Rebind
from sync_engine.core.trees import Closure, Context, SideTree

UNKNOWN_PARENT: Final = "unknown-parent"
NAME_TWIN: Final = "name-twin"
CASE_TWIN: Final = "case-twin"
REFUSED_NAME: Final = "refused-name"
OCCUPIED: Final = "name-occupied"
"""By a folder that was deleted elsewhere and still holds, here alone, what is not synced."""

_LIVE: Final = 1
_DEAD: Final = 0
_BROKEN: Final = -1
_BEING_ASKED: Final = -2

Drafts = dict[NodeId, Draft]


class View:
    """The closure with every local object under the node that it is.

    Attributes:
        local: the local tree, rebound.
        remote: the living part of the remote tree.
        dead: tombstones, and what lies below them.
        broken: nodes with no way up to the root on a side where they are: nothing is planned for them.
        excluded: nodes that are not wanted on this device.
        becomes: the new ids of local objects by their old ones.
        rebinds: what the journal has to do for that, parents first.
    """

    def __init__(self, closure: Closure, context: Context) -> None:
        self.remote: dict[NodeId, RemoteNode] = {}
        self.dead: dict[NodeId, RemoteNode] = {}
        self.broken: set[NodeId] = set()
        self.synced = closure.synced
        self.local = closure.local
        self.rebinds: list[Rebind] = []
        self._bury(closure.remote)
        self._check_local()
        self.excluded = excluded_there(self.remote, context.excluded) if context.excluded else set[NodeId]()
        self.remote_tree = SideTree(self.remote, comparable)
        self.becomes: dict[NodeId, NodeId] = {}
        self._taken: set[NodeId] = set()
        self._detach(context)
        self._adopt(context)
        self._rebind(closure.local)
        if self.excluded:
            self.excluded |= excluded_here(self.local, self.remote, self.excluded)
        self.local_tree = SideTree(self.local, comparable if context.naming.tells_case else case_key)

    def members(self, closure: Closure) -> list[NodeId]:
        """The closure's, under their new ids."""
        if not self.becomes:
            return closure.members
        return sorted({*closure.members, *self.becomes.values()})

    def remote_place(self, draft: Draft) -> tuple[NodeId, str]:
        """Where a draft is to be, in the remote tree's terms."""
        return draft.parent_id, comparable(draft.name)

    # --- the living and the dead ---------------------------------------------------------------------------------

    def _bury(self, remote: Mapping[NodeId, RemoteNode]) -> None:
        states: dict[NodeId, int] = {ROOT: _LIVE}
        for node_id, node in remote.items():
            state = states.get(node.parent_id)
            if state is None:
                state = _state(node.parent_id, remote, states)
            if node.is_deleted or state == _DEAD:
                self.dead[node_id] = node
            elif state == _LIVE:
                self.remote[node_id] = node
            else:
                self.broken.add(node_id)

    def _check_local(self) -> None:
        states: dict[NodeId, int] = {ROOT: _LIVE}
        for node_id, node in self.local.items():
            state = states.get(node.parent_id)
            if state is None:
                state = _state(node.parent_id, self.local, states)
            if state != _LIVE:
                self.broken.add(node_id)

    # --- who is who ----------------------------------------------------------------------------------------------

    def _detach(self, context: Context) -> None:
        """Objects that cannot be what their node is: a node never changes its kind nor a symlink its target."""
        for node_id, node in self.local.items():
            if node.kind == Kind.SYMLINK or node_id in context.outdated or self._is_other_kind(node):
                if node_id in context.in_flight or node_id in self.broken:
                    continue
                if self._is_other_kind(node) or self._has_other_target(node) or self._is_outdated(node_id, context):
                    self.becomes[node_id] = context.new_id()

    def _is_other_kind(self, node: LocalNode) -> bool:
        remote, synced = self.remote.get(node.node_id), self.synced.get(node.node_id)
        return (remote is not None and remote.kind != node.kind) or (synced is not None and synced.kind != node.kind)

    def _has_other_target(self, node: LocalNode) -> bool:
        if node.kind != Kind.SYMLINK:
            return False
        remote, synced = self.remote.get(node.node_id), self.synced.get(node.node_id)
        return (
            synced is not None
            and synced.link_target != node.link_target
            and (remote is None or remote.link_target != node.link_target)
        )

    def _is_outdated(self, node_id: NodeId, context: Context) -> bool:
        return node_id in context.outdated and node_id not in self.remote

    def _adopt(self, context: Context) -> None:
        """Two folders of one name are one; so are two files of equal content, and a new file where one just was.

        Also what had another node before is the server's if it is equal: the server's may have been put there in its
        place, and a crash came before that was written down.

        Top down, since what is in an adopted folder meets what is in the other.
        """
        single = [
            node
            for node_id, node in self.local.items()
            if (node_id not in self.remote or node_id in self.becomes)
            and node_id not in self.broken
            and node_id not in context.in_flight
        ]
        if not single or not self.remote:
            return
        folders = [node for node in single if node.kind == Kind.FOLDER]
        depths: dict[NodeId, int] = {ROOT: 0}
        folders.sort(key=lambda node: (_depth(node.parent_id, self.local, depths), node.node_id))
        for node in (*folders, *sorted((n for n in single if n.kind != Kind.FOLDER), key=lambda n: n.node_id)):
            parent_id = self.becomes.get(node.parent_id, node.parent_id)
            for other_id in self.remote_tree.at((parent_id, comparable(node.name))):
                if other_id not in context.in_flight and self._is_the_same(node, self.remote[other_id]):
                    self.becomes[node.node_id] = other_id
                    self._taken.add(other_id)

    def _is_the_same(self, node: LocalNode, other: RemoteNode) -> bool:
        if node.kind != other.kind or other.node_id in self.local or other.node_id in self._taken:
            return False
        if other.node_id in self.excluded:  # what is made here anew is not what was left on the server
            return False
        is_new = not any(node.node_id in known for known in (self.synced, self.dead, self.becomes))
        if node.kind == Kind.FOLDER:
            return is_new
        return same_content(node, other) or (is_new and node.kind == Kind.FILE and other.node_id in self.synced)

    def _rebind(self, local: Mapping[NodeId, LocalNode]) -> None:
        becomes = self.becomes
        if not becomes:
            return
        depths: dict[NodeId, int] = {ROOT: 0}
        order = sorted(becomes, key=lambda node_id: (_depth(node_id, local, depths), node_id))
        self.rebinds = [Rebind(local[node_id], becomes[node_id]) for node_id in order]
        self.local = {}
        for node_id, node in local.items():
            new_id, parent_id = becomes.get(node_id, node_id), becomes.get(node.parent_id, node.parent_id)
            if new_id != node_id or parent_id != node.parent_id:
                node = msgspec.structs.replace(node, node_id=new_id, parent_id=parent_id)  # noqa: PLW2901
            self.local[new_id] = node


def case_key(name: str) -> str:
    """Names with equal keys are one name on a disk that does not tell case."""
    return name.lower() if name.isascii() else comparable(comparable(name).casefold())


def _state(
    folder_id: NodeId, nodes: Mapping[NodeId, LocalNode] | Mapping[NodeId, RemoteNode], states: dict[NodeId, int]
) -> int:
    """Whether a folder is there, all the way up to the root. ``nodes`` may be anything, cycles included."""
    path: list[NodeId] = []
    current = folder_id
    while (state := states.get(current)) is None:
        node = nodes.get(current)
        if node is None or node.kind != Kind.FOLDER:
            state = _BROKEN
            break
        path.append(current)
        if isinstance(node, RemoteNode) and node.is_deleted:
            state = _DEAD
            break
        states[current] = _BEING_ASKED
        current = node.parent_id
    if state == _BEING_ASKED:
        state = _BROKEN
    for step in path:
        states[step] = state
    states[folder_id] = state
    return state


def _depth(folder_id: NodeId, nodes: Mapping[NodeId, LocalNode], depths: dict[NodeId, int]) -> int:
    """Folders between a folder and the root; for chains that are known to end there, or that end early."""
    path: list[NodeId] = []
    current = folder_id
    while current not in depths and current in nodes and len(path) <= len(nodes):
        path.append(current)
        current = nodes[current].parent_id
    depth = depths.get(current, 0)
    for step in reversed(path):
        depth += 1
        depths[step] = depth
    return depth


# --- existence --------------------------------------------------------------------------------------------------


def inherit_moves(drafts: Drafts) -> None:
    """A folder that was moved on one side outlives its deletion on the other with all that was in it.

    Call it before ``keep_parents``, while a deleted folder stays only by its own move.
    """
    memo: dict[NodeId, bool] = {}
    heirs: list[Draft] = []
    for draft in drafts.values():
        if draft.fate is Fate.STAYS or draft.synced is None or (draft.local is None) == (draft.remote is None):
            continue
        path: list[Draft] = []
        current = draft
        while (is_heir := memo.get(current.node_id)) is None:
            path.append(current)
            if current.fate is Fate.STAYS:
                is_heir = True
                break
            folder = drafts.get(current.parent_id)
            if folder is None or not _went_together(current, folder):
                is_heir = False
                break
            current = folder
        memo.update((step.node_id, is_heir) for step in path)
        if is_heir:
            heirs.append(draft)
    for draft in heirs:
        draft.fate = Fate.STAYS


def _went_together(draft: Draft, folder: Draft) -> bool:
    """Whether a node was deleted with its folder and not by itself."""
    return (
        draft.synced is not None
        and folder.synced is not None
        and (draft.local is None) == (folder.local is None)
        and (draft.remote is None) == (folder.remote is None)
        and not (draft.dead is not None and draft.dead.is_deleted)
    )


def keep_parents(drafts: Drafts) -> None:
    """A folder stays if something in it stays, and is not decided about while something in it is not."""
    for draft in drafts.values():
        if draft.fate is Fate.GOES:
            continue
        if draft.is_fixed:
            for side in (draft.local, draft.remote):
                if side is not None:
                    _raise_fate(drafts, side.parent_id, Fate.OPEN)
        folder = drafts.get(draft.parent_id)
        if folder is not None and folder.fate < draft.fate:
            _raise_fate(drafts, draft.parent_id, draft.fate)


def _raise_fate(drafts: Drafts, folder_id: NodeId, fate: Fate) -> None:
    folder = drafts.get(folder_id)
    while folder is not None and folder.fate < fate:
        folder.fate = fate
        folder = drafts.get(folder.parent_id)


# --- cycles -----------------------------------------------------------------------------------------------------


def break_cycles(drafts: Drafts) -> None:
    """The disk's moves and the server's may close a circle: then the server's count.

    The server's tree has no circle, nor has the disk's; so every circle holds a folder that only the disk put where it
    is and that the server has elsewhere.
    """
    if not any(d.place is Side.DISK and d.remote is not None and d.is_folder for d in drafts.values()):
        return
    while circle := _circle(drafts):
        moved = [draft for draft in circle if draft.place is Side.DISK and draft.remote is not None]
        if not moved:
            raise AssertionError("neither side's tree may hold a circle")
        for draft in moved:
            draft.take_servers_place()


def _circle(drafts: Drafts) -> list[Draft]:
    """The folders of one circle; empty if there is none."""
    done: set[NodeId] = {ROOT}
    for draft in drafts.values():
        path: list[Draft] = []
        on_path: set[NodeId] = set()
        current: Draft | None = draft
        while current is not None and current.node_id not in done:
            if current.node_id in on_path:
                return path[[step.node_id for step in path].index(current.node_id) :]
            path.append(current)
            on_path.add(current.node_id)
            current = drafts.get(current.parent_id)
        done |= on_path
    return []


# --- names ------------------------------------------------------------------------------------------------------


def settle_names(drafts: Drafts) -> list[Issue]:
    """One node a name in each folder, as the server sees names. The server's node stays at it.

    A node of the disk that meets it there leaves its name (``aside_for``), or has to be read first, since it may be the
    very same file (``waits``). Two of the disk with names that are equal to the server cannot both be sent.
    """
    holders: dict[tuple[NodeId, str], Draft] = {}
    meetings: list[tuple[Draft, Draft]] = []
    issues: list[Issue] = []
    for draft in drafts.values():
        if draft.fate is not Fate.STAYS or draft.is_fixed or (draft.is_folder and draft.needs_rebinding):
            continue
        if draft.place is Side.DISK and (reason := refused(draft.name, draft.parent_id)):
            draft.is_fixed = True
            issues.append(Issue(draft.node_id, draft.parent_id, draft.name, reason))
            continue
        place = (draft.parent_id, comparable(draft.name))
        holder = holders.setdefault(place, draft)
        if holder is not draft:
            if _rank(draft) < _rank(holder):
                holders[place] = draft
                draft, holder = holder, draft  # noqa: PLW2901
            meetings.append((holder, draft))
    for _, draft in meetings:
        holder = holders[draft.parent_id, comparable(draft.name)]
        if draft.place is not Side.DISK or holder.place is not Side.SERVER:
            draft.is_fixed = True
            issues.append(Issue(draft.node_id, draft.parent_id, draft.name, NAME_TWIN))
        elif holder.is_excluded:
            draft.is_fixed = True
            issues.append(Issue(draft.node_id, draft.parent_id, draft.name, EXCLUDED_NAME))
        elif _may_be_the_same(draft, holder):
            draft.waits = True
        else:
            draft.aside_for = holder.node_id
    return issues


def refused(name: str, parent_id: NodeId) -> str | None:
    """The code of why the server does not take a name from this disk."""
    if parent_id != ROOT and len(name) <= MAX_NAME_BYTES and name.isascii():
        return None  # what comes from a disk holds no slash
    return REFUSED_NAME if refuse_reason(name, at_root=parent_id == ROOT) else None


def _rank(draft: Draft) -> tuple[int, NodeId]:
    """Who keeps a name: the server's, then what the server has elsewhere, then what is new."""
    if draft.place is not Side.DISK:
        return 0, draft.node_id
    return (2 if draft.is_new_here else 1), draft.node_id


def _may_be_the_same(draft: Draft, holder: Draft) -> bool:
    local, remote = draft.local, holder.remote
    return (
        draft.is_new_here
        and holder.local is None
        and local is not None
        and remote is not None
        and local.kind == remote.kind == Kind.FILE
        and local.content is None
    )
