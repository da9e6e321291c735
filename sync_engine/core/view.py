"""The closure once local objects were bound to the nodes that they really are: who is alive, and who is who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from server_api.contract.names import comparable
from sync_engine.core.agreement import same_content
from sync_engine.core.exclusion import excluded_here, excluded_there
from sync_engine.core.merge import Draft
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import Rebind
from sync_engine.core.platform_names import case_key
from sync_engine.core.trees import Closure, Context, SideTree

_LIVE: Final = 1
_DEAD: Final = 0
_BROKEN: Final = -1
_BEING_ASKED: Final = -2


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
