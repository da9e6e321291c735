"""Where things are on the disk, by node, as the journal has it and as a batch of operations changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync_engine.core.model import ROOT, LocalNode, NodeId, SyncedNode
from sync_engine.core.operations import LocalOperation, MakeFolder, MakeSymlink, MoveLocal, PlaceFile
from sync_engine.errors import Vanished
from sync_engine.ports import Trees


class Places:
    """Where folders are on the disk, kept true while operations of one batch move them."""

    def __init__(self, folders: dict[NodeId, tuple[NodeId, str]]) -> None:
        self._folders = folders
        self._parked: dict[NodeId, str] = {}
        self._lost: set[NodeId] = set()
        self._paths: dict[NodeId, str] = {ROOT: ""}

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
        """Its path and a closing slash, "" for the root. Raises: Vanished, of no path, for one that is not here."""
        way: list[NodeId] = []
        above = node_id
        while above not in self._paths:  # a loop, for folders may lie deeper in one another than calls may
            if above in self._parked:
                self._paths[above] = self._parked[above] + "/"
            elif above in self._folders:
                way.append(above)
                above = self._folders[above][0]
            else:
                raise Vanished("", f"folder {above.hex()} is not on this device")
        for step in reversed(way):
            parent, name = self._folders[step]
            self._paths[step] = f"{self._paths[parent]}{name}/"
        return self._paths[node_id]

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
        self._paths = {ROOT: ""}

    def lose(self, node_id: NodeId) -> None:
        self._lost.add(node_id)

    def park(self, node_id: NodeId, path: str) -> None:
        self._lost.discard(node_id)
        self._parked[node_id] = path
        self._paths = {ROOT: ""}


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


def path_of(trees: Trees, node_id: NodeId) -> str | None:
    """Where it is here; if it is not, where it is on the server."""
    return trees.local_path(node_id) or trees.remote_path(node_id)


def paths_of(trees: Trees, nodes: Sequence[LocalNode]) -> dict[NodeId, str]:
    """Their paths relative to the root, looked up in bulk; nodes whose folder is gone by now have none."""
    places = Places.load(trees, {node.parent_id for node in nodes})
    paths = {}
    for node in nodes:
        try:
            paths[node.node_id] = places.of(node)
        except Vanished:
            continue
    return paths


def paths_there(trees: Trees, nodes: Sequence[SyncedNode]) -> dict[NodeId, str]:
    """Where these were when both sides last agreed, as the server has their folders; where those are unknown, nowhere.
    They may be gone from all trees by now."""
    folders = {folder: trees.remote_path(folder) for folder in {node.parent_id for node in nodes}}
    return {
        node.node_id: f"{above}/{node.name}" if above else node.name
        for node in nodes
        if (above := folders[node.parent_id]) is not None
    }
