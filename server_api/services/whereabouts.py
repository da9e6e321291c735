"""Where nodes are now: their paths, what is above them, and whether all of that is alive."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from server_api.contract.history import Entry
from server_api.contract.messages import ROOT, NamespaceId, NodeId
from server_api.domain.nodes import Node, Tree
from server_api.domain.paths import split_path
from server_api.errors import NotFoundError
from server_api.services.listing import entry_of, find_all
from server_api.storage.nodes import read_lineages


class Whereabouts:
    """Remembers each folder that it has read, for one request."""

    def __init__(self, connection: Connection, namespace_id: NamespaceId) -> None:
        self._connection = connection
        self._namespace_id = namespace_id
        self._tree = Tree({})

    def learn(self, node_ids: Iterable[NodeId]) -> None:
        """Read these and all above them, in few queries."""
        unknown = set(node_ids) - self._tree.nodes.keys()
        if unknown:
            known = self._tree.nodes | read_lineages(self._connection, self._namespace_id, unknown)
            self._tree = Tree(known)

    def node(self, node_id: NodeId) -> Node | None:
        """As it is now; ``None`` for what is not known."""
        return self._tree.nodes.get(node_id)

    def path(self, parent_id: NodeId, name: str) -> str:
        """Of a name in a folder; what was purged above it is left out."""
        above = [self._tree.nodes[id_].name for id_ in self._tree.lineage(parent_id) if id_ in self._tree.nodes]
        return "/".join([*reversed(above), name])

    def is_below(self, node_id: NodeId, tops: Collection[NodeId]) -> bool:
        """Whether it is one of these, or below one."""
        return any(id_ in tops for id_ in self._tree.lineage(node_id))

    def is_alive(self, node: Node) -> bool:
        return self._tree.is_alive(node)

    def entry(self, node: Node, *, deleted_at: int | None = None) -> Entry:
        """As it is listed."""
        return entry_of(node, self.path(node.parent_id, node.name), deleted_at)


def nodes_at(connection: Connection, namespace_id: NamespaceId, path: str) -> set[NodeId] | None:
    """What is at a path, or was when it died; ``None`` for the root, below which is everything.

    Raises: NotFoundError, InvalidBodyError.
    """
    names = split_path(path)
    if not names:
        return None
    found = {found.node.node_id for found in find_all(connection, namespace_id, names).found}
    if not found:
        raise NotFoundError
    return found - {ROOT}
