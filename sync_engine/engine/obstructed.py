"""What is not fetched because it would find its place taken, and would be thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from server_api.contract.names import comparable
from sync_engine.core.model import Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.platform_names import case_key
from sync_engine.engine.looks import join
from sync_engine.errors import DiskError, Occupied, RootError
from sync_engine.ports import FileSystem, Journal, Problem


class Obstructed:
    """Thread: the control thread's."""

    def __init__(self, journal: Journal, filesystem: FileSystem) -> None:
        self._journal = journal
        self._filesystem = filesystem
        self._key = comparable if filesystem.naming.tells_case else case_key
        self._found: set[NodeId] = set()

    def among(
        self, nodes: Sequence[RemoteNode], told: AbstractSet[NodeId], failed: AbstractSet[NodeId]
    ) -> tuple[set[NodeId], list[Problem]]:
        """Those that still have no room, or are in a folder that has none, or wait for what cannot leave their place.

        Args:
            nodes: which are to be fetched.
            told: nodes that people are told to have no room.
            failed: nodes that were tried in vain, for whatever reason.

        Returns: their ids; and what is to be told now. Of what is in a folder that is not here, the folder's tells.
        """
        if not nodes or not (told or failed):
            return set(), []
        to_make = {
            folder_id: list(self._folders_to_make(folder_id)) for folder_id in {each.parent_id for each in nodes}
        }
        no_room = {
            folder.node_id
            for folders in to_make.values()
            for folder in folders
            if folder.node_id in told | failed and not self._has_room(folder)
        }
        found = {
            node.node_id
            for node in nodes
            if (node.node_id in told and not self._has_room(node))
            or any(folder.node_id in no_room for folder in to_make[node.parent_id])
        }
        stuck = told - {node.node_id for node in nodes}  # two that only wait for each other's place are not
        while more := self._waiting_for(stuck | found, [node for node in nodes if node.node_id not in found], to_make):
            found |= more
        self._found |= found
        return found, [*self._problems(node for node in nodes if node.node_id in found - told)]

    def take(self) -> set[NodeId]:
        """Something has got its place, or has left one: all that were found so far, which may have room by now."""
        taken, self._found = self._found, set()
        return taken

    def _waiting_for(
        self,
        stuck: AbstractSet[NodeId],
        nodes: Iterable[RemoteNode],
        to_make: Mapping[NodeId, Sequence[RemoteNode]],
    ) -> set[NodeId]:
        """Those whose own place, or that of a folder above them, is taken by one of these."""
        taken = {self._place(local): local.node_id for local in self._journal.local(stuck).values()}
        return {
            node.node_id
            for node in nodes
            if any(
                taken.get(self._place(each), each.node_id) != each.node_id for each in (node, *to_make[node.parent_id])
            )
        }

    def _place(self, node: LocalNode | RemoteNode) -> tuple[NodeId, str]:
        return node.parent_id, self._key(node.name)

    def _problems(self, nodes: Iterable[RemoteNode]) -> Iterator[Problem]:
        for node in nodes:
            folder = self._journal.local_path(node.parent_id)
            if folder is not None:
                yield Problem(join(folder, node.name), Occupied.code, "", node.node_id)

    def _folders_to_make(self, folder_id: NodeId) -> Iterator[RemoteNode]:
        """This one and those above it, as far as they are not here yet."""
        while self._journal.local_path(folder_id) is None:
            folder = self._journal.remote([folder_id]).get(folder_id)
            if folder is None:
                return
            yield folder
            folder_id = folder.parent_id

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
