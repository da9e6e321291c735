"""Reading the three trees of one namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from server_api.contract.names import comparable
from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.folders import FolderPaths, Place
from sync_engine.adapters.journal.remembered import RememberedNodes
from sync_engine.adapters.journal.rows import (
    NameKey,
    Row,
    local_node,
    name_key,
    remote_node,
    synced_node,
    to_bytes,
    to_text,
)
from sync_engine.core.model import Kind, LocalNode, NodeId, RemoteNode, SyncedNode

_Node = TypeVar("_Node")

# CROSS JOIN: the keys one after another, each looked up in the tree by an index.
_LOCAL: Final = "SELECT local.* FROM (wanted) AS w CROSS JOIN local ON "
_REMOTE: Final = "SELECT remote.* FROM (wanted) AS w CROSS JOIN remote ON "
_SYNCED: Final = "SELECT synced.* FROM (wanted) AS w CROSS JOIN synced ON "

_LOCAL_IDS: Final = _LOCAL + "local.node_id = w.column1 AND local.namespace = ?"
_REMOTE_IDS: Final = _REMOTE + "remote.node_id = w.column1 AND remote.namespace = ?"
_SYNCED_IDS: Final = _SYNCED + "synced.node_id = w.column1 AND synced.namespace = ?"

_LOCAL_CHILDREN: Final = _LOCAL + "local.parent_id = w.column1 AND local.namespace = ?"
_REMOTE_CHILDREN: Final = _REMOTE + "remote.parent_id = w.column1 AND remote.namespace = ? AND NOT remote.is_deleted"
_SYNCED_CHILDREN: Final = _SYNCED + "synced.parent_id = w.column1 AND synced.namespace = ?"

_LOCAL_PLACES: Final = _LOCAL + "local.parent_id = w.column1 AND local.name_key = w.column2 AND local.namespace = ?"
_REMOTE_PLACES: Final = (
    _REMOTE + "remote.parent_id = w.column1 AND remote.name_key = w.column2 AND remote.namespace = ?"
    " AND NOT remote.is_deleted"
)
_LOCAL_INODES: Final = _LOCAL + "local.inode = w.column1 AND local.namespace = ?"


class SqlTrees:
    """``ports.Trees``. Answers are in no order; asking twice for the same is asking once."""

    def __init__(self, database: Database, namespace: int, *, ignores_case: bool) -> None:
        self._database = database
        self._namespace = namespace
        self._ignores_case = ignores_case
        self._key: NameKey = name_key(ignores_case=ignores_case)
        self._local_paths = FolderPaths(self._local_place)
        self._remote_paths = FolderPaths(self._remote_place)
        self._local_nodes = RememberedNodes[LocalNode]()
        self._remote_nodes = RememberedNodes[RemoteNode]()

    def local(self, ids: Iterable[NodeId]) -> dict[NodeId, LocalNode]:
        return self._local_nodes.find(ids, lambda unknown: self._by_key(_LOCAL_IDS, local_node, unknown))

    def remote(self, ids: Iterable[NodeId]) -> dict[NodeId, RemoteNode]:
        return self._remote_nodes.find(ids, lambda unknown: self._by_key(_REMOTE_IDS, remote_node, unknown))

    def synced(self, ids: Iterable[NodeId]) -> dict[NodeId, SyncedNode]:
        return {node.node_id: node for node in self._by_key(_SYNCED_IDS, synced_node, ids)}

    def local_children(self, parents: Iterable[NodeId]) -> list[LocalNode]:
        return list(self._by_key(_LOCAL_CHILDREN, local_node, parents))

    def remote_children(self, parents: Iterable[NodeId]) -> list[RemoteNode]:
        return list(self._by_key(_REMOTE_CHILDREN, remote_node, parents))

    def synced_children(self, parents: Iterable[NodeId]) -> list[SyncedNode]:
        return list(self._by_key(_SYNCED_CHILDREN, synced_node, parents))

    def local_named(self, places: Iterable[tuple[NodeId, str]]) -> list[LocalNode]:
        """By NFC and, where the disk does so, by case."""
        keys = ((parent_id, to_bytes(self._key(name))) for parent_id, name in places)
        return list(self._by_pair(_LOCAL_PLACES, local_node, keys))

    def remote_named(self, places: Iterable[tuple[NodeId, str]]) -> list[RemoteNode]:
        """By NFC, as on the server."""
        keys = ((parent_id, to_bytes(comparable(name))) for parent_id, name in places)
        return list(self._by_pair(_REMOTE_PLACES, remote_node, keys))

    def local_inodes(self, inodes: Iterable[int]) -> list[LocalNode]:
        return list(self._by_key(_LOCAL_INODES, local_node, inodes))

    def local_path(self, node_id: NodeId) -> str | None:
        """Quick for folders, which are remembered: with a node at hand, prefer its parent's path and its name."""
        return self._local_paths.path(node_id)

    def remote_path(self, node_id: NodeId) -> str | None:
        return self._remote_paths.path(node_id)

    def local_at(self, path: str) -> LocalNode | None:
        node_id = self._local_paths.at(path, self._local_child)
        return None if node_id is None else self.local([node_id]).get(node_id)

    # --- how -----------------------------------------------------------------------------------------------------

    def _by_key(
        self, sql: str, node: Callable[[Row], _Node], keys: Iterable[NodeId] | Iterable[int]
    ) -> Iterator[_Node]:
        for rows in self._database.matching(sql, ((key,) for key in dict.fromkeys(keys)), self._namespace, parts=1):
            yield from map(node, rows)

    def _by_pair(
        self, sql: str, node: Callable[[Row], _Node], pairs: Iterable[tuple[object, object]]
    ) -> Iterator[_Node]:
        for rows in self._database.matching(sql, dict.fromkeys(pairs), self._namespace, parts=2):
            yield from map(node, rows)

    def _local_place(self, node_id: NodeId) -> Place | None:
        sql = "SELECT parent_id, name, kind FROM local WHERE node_id = ? AND namespace = ?"
        return self._place(sql, node_id)

    def _remote_place(self, node_id: NodeId) -> Place | None:
        sql = "SELECT parent_id, name, kind FROM remote WHERE node_id = ? AND namespace = ? AND NOT is_deleted"
        return self._place(sql, node_id)

    def _place(self, sql: str, node_id: NodeId) -> Place | None:
        for parent_id, name, kind in self._database.rows(sql, (node_id, self._namespace)):
            return parent_id, to_text(name), kind == Kind.FOLDER
        return None

    def _local_child(self, parent_id: NodeId, name: str) -> tuple[NodeId, str, bool] | None:
        sql = "SELECT node_id, name, kind FROM local WHERE parent_id = ? AND name_key = ? AND namespace = ?"
        key = to_bytes(self._key(name))
        found = [
            (node_id, to_text(shown), kind == Kind.FOLDER)
            for node_id, shown, kind in self._database.rows(sql, (parent_id, key, self._namespace))
        ]
        exact = next((each for each in found if each[1] == name), None)
        return exact or (found[0] if found and self._ignores_case else None)
