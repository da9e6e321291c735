"""What is not fetched because it would find its place taken, and would be thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from sync_engine.core.model import Kind, NodeId, RemoteNode
from sync_engine.engine.looks import join
from sync_engine.errors import DiskError, Occupied, RootError
from sync_engine.ports import FileSystem, Journal, Problem


class Obstructed:
    """Thread: the control thread's."""

    def __init__(self, journal: Journal, filesystem: FileSystem) -> None:
        self._journal = journal
        self._filesystem = filesystem
        self._found: set[NodeId] = set()

    def among(
        self, nodes: Iterable[RemoteNode], told: AbstractSet[NodeId], failed: AbstractSet[NodeId]
    ) -> tuple[set[NodeId], list[Problem]]:
        """Those that still have no room, or are in a folder that has none, or wait for what cannot leave their place.

        Args:
            nodes: which are not here.
            told: nodes that people are told to have no room.
            failed: nodes that were tried in vain, for whatever reason. What none of them is in the way of is obstructed
                only if it is told to be: trying tells.

        Returns: their ids; and what is to be told now. Of what is in a folder that is not here, the folder's tells.
        """
        found: set[NodeId] = set()
        problems: list[Problem] = []
        if not told and not failed:
            return found, problems
        for node in nodes:
            if node.node_id in told and not self._has_room(node):
                found.add(node.node_id)
            elif any(self._is_obstructed(each, told | failed) for each in (node, *self._folders_to_make(node))):
                found.add(node.node_id)
                folder = self._journal.local_path(node.parent_id)
                if folder is not None and node.node_id not in told:
                    problems.append(Problem(join(folder, node.name), Occupied.code, "", node.node_id))
        self._found |= found
        return found, problems

    def take(self) -> set[NodeId]:
        """Something has got its place, or has left one: all that were found so far, which may have room by now."""
        taken, self._found = self._found, set()
        return taken

    def _is_obstructed(self, node: RemoteNode, failed: AbstractSet[NodeId]) -> bool:
        there = self._journal.local_named([(node.parent_id, node.name)])
        if there:
            return any(each.node_id != node.node_id and each.node_id in failed for each in there)
        return node.kind is Kind.FOLDER and node.node_id in failed and not self._has_room(node)

    def _folders_to_make(self, node: RemoteNode) -> Iterator[RemoteNode]:
        """Those above it that are not here yet."""
        while self._journal.local_path(node.parent_id) is None:
            folder = self._journal.remote([node.parent_id]).get(node.parent_id)
            if folder is None:
                return
            yield folder
            node = folder

    def _has_room(self, node: RemoteNode) -> bool:
        """Its folder is one, and nothing in no tree has its name. If in doubt, there is room."""
        folder = self._journal.local_path(node.parent_id)
        if folder is None:
            return True
        try:
            if folder and ((found := self._filesystem.look(folder)) is None or found.kind is not Kind.FOLDER):
                return False
            is_free = self._filesystem.look(join(folder, node.name)) is None
        except (DiskError, RootError):
            return True
        return is_free or bool(self._journal.local_named([(node.parent_id, node.name)]))
