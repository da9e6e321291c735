"""The three trees in memory: what the planner's tests read and write instead of a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from typing import TypeVar

from server_api.contract.names import comparable
from sync_engine.core.model import ROOT, LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.core.platform_names import case_key

_Rows = TypeVar("_Rows", bound=Sized)


class MemoryTrees:
    """Implements ``ports.Trees``; counts its queries."""

    def __init__(self, *, case_sensitive: bool = True) -> None:
        self.local_nodes: dict[NodeId, LocalNode] = {}
        self.remote_nodes: dict[NodeId, RemoteNode] = {}
        self.synced_nodes: dict[NodeId, SyncedNode] = {}
        self.queries = 0
        self.rows = 0
        self._local_key: Callable[[str], str] = comparable if case_sensitive else case_key
        self._indexes: dict[str, dict[object, list[NodeId]]] = {}

    # --- writing --------------------------------------------------------------------------------------------

    def put_local(self, nodes: Iterable[LocalNode]) -> None:
        self.local_nodes.update((node.node_id, node) for node in nodes)
        self._indexes.clear()

    def put_remote(self, nodes: Iterable[RemoteNode]) -> None:
        self.remote_nodes.update((node.node_id, node) for node in nodes)
        self._indexes.clear()

    def put_synced(self, nodes: Iterable[SyncedNode]) -> None:
        self.synced_nodes.update((node.node_id, node) for node in nodes)
        self._indexes.clear()

    def drop_local(self, ids: Iterable[NodeId]) -> None:
        for node_id in ids:
            self.local_nodes.pop(node_id, None)
        self._indexes.clear()

    def drop_remote(self, ids: Iterable[NodeId]) -> None:
        for node_id in ids:
            self.remote_nodes.pop(node_id, None)
        self._indexes.clear()

    def drop_synced(self, ids: Iterable[NodeId]) -> None:
        for node_id in ids:
            self.synced_nodes.pop(node_id, None)
        self._indexes.clear()

    # --- ports.Trees ------------------------------------------------------------------------------------------

    def local(self, ids: Iterable[NodeId]) -> dict[NodeId, LocalNode]:
        return self._counted({n: node for n in ids if (node := self.local_nodes.get(n)) is not None})

    def remote(self, ids: Iterable[NodeId]) -> dict[NodeId, RemoteNode]:
        return self._counted({n: node for n in ids if (node := self.remote_nodes.get(n)) is not None})

    def synced(self, ids: Iterable[NodeId]) -> dict[NodeId, SyncedNode]:
        return self._counted({n: node for n in ids if (node := self.synced_nodes.get(n)) is not None})

    def _counted(self, rows: _Rows) -> _Rows:
        self.queries += 1
        self.rows += len(rows)
        return rows

    def _index(self, name: str, keys: Callable[[], Iterable[tuple[object, NodeId]]]) -> dict[object, list[NodeId]]:
        if name not in self._indexes:
            index: dict[object, list[NodeId]] = {}
            for key, node_id in keys():
                index.setdefault(key, []).append(node_id)
            self._indexes[name] = index
        return self._indexes[name]

    def local_children(self, parents: Iterable[NodeId]) -> list[LocalNode]:
        index = self._index("local parent", lambda: ((n.parent_id, n.node_id) for n in self.local_nodes.values()))
        return self._counted([self.local_nodes[n] for parent in parents for n in index.get(parent, ())])

    def remote_children(self, parents: Iterable[NodeId]) -> list[RemoteNode]:
        index = self._index(
            "remote parent",
            lambda: ((n.parent_id, n.node_id) for n in self.remote_nodes.values() if not n.is_deleted),
        )
        return self._counted([self.remote_nodes[n] for parent in parents for n in index.get(parent, ())])

    def synced_children(self, parents: Iterable[NodeId]) -> list[SyncedNode]:
        index = self._index("synced parent", lambda: ((n.parent_id, n.node_id) for n in self.synced_nodes.values()))
        return self._counted([self.synced_nodes[n] for parent in parents for n in index.get(parent, ())])

    def local_named(self, places: Iterable[tuple[NodeId, str]]) -> list[LocalNode]:
        key = self._local_key
        index = self._index(
            "local place", lambda: (((n.parent_id, key(n.name)), n.node_id) for n in self.local_nodes.values())
        )
        found = {n for parent, name in places for n in index.get((parent, key(name)), ())}
        return self._counted([self.local_nodes[n] for n in sorted(found)])

    def remote_named(self, places: Iterable[tuple[NodeId, str]]) -> list[RemoteNode]:
        index = self._index(
            "remote place",
            lambda: (
                ((n.parent_id, comparable(n.name)), n.node_id) for n in self.remote_nodes.values() if not n.is_deleted
            ),
        )
        found = {n for parent, name in places for n in index.get((parent, comparable(name)), ())}
        return self._counted([self.remote_nodes[n] for n in sorted(found)])

    def local_inodes(self, inodes: Iterable[int]) -> list[LocalNode]:
        wanted = set(inodes)
        return [n for n in self.local_nodes.values() if n.signature.inode in wanted]

    def local_path(self, node_id: NodeId) -> str | None:
        return _path(self.local_nodes, node_id)

    def remote_path(self, node_id: NodeId) -> str | None:
        return _path({n: node for n, node in self.remote_nodes.items() if not node.is_deleted}, node_id)

    def local_at(self, path: str) -> LocalNode | None:
        paths = {self.local_path(n): node for n, node in self.local_nodes.items()}
        if path in paths or self._local_key is comparable:
            return paths.get(path)
        key = self._local_key
        return next((node for there, node in paths.items() if there is not None and key(there) == key(path)), None)


def _path(nodes: dict[NodeId, LocalNode] | dict[NodeId, RemoteNode], node_id: NodeId) -> str | None:
    names: list[str] = []
    while node_id != ROOT:
        node = nodes.get(node_id)
        if node is None or len(names) > 1000:
            return None
        names.append(node.name)
        node_id = node.parent_id
    return "/".join(reversed(names))
