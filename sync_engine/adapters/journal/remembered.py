"""Nodes of one tree that were read or written lately: a plan asks for those that were just written, and for them again
when their content has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

from sync_engine.core.model import LocalNode, NodeId, RemoteNode

_MOST: Final = 20_000
"""As many as a plan takes; some 10 MB."""

_Node = TypeVar("_Node", LocalNode, RemoteNode)


class RememberedNodes(Generic[_Node]):
    """Whoever changes the tree says so; whatever is not known to be as it was is forgotten."""

    def __init__(self) -> None:
        self._nodes: dict[NodeId, _Node] = {}

    def find(self, ids: Iterable[NodeId], read: Callable[[Iterable[NodeId]], Iterable[_Node]]) -> dict[NodeId, _Node]:
        """The nodes of these ids; ``read`` gives those that are not remembered."""
        nodes = self._nodes
        found: dict[NodeId, _Node] = {}
        unknown: list[NodeId] = []
        for node_id in ids:
            if (node := nodes.get(node_id)) is not None:
                found[node_id] = node
            else:
                unknown.append(node_id)
        if unknown:
            for node in read(unknown):
                self.put(node)
                found[node.node_id] = node
        return found

    def get(self, node_id: NodeId) -> _Node | None:
        return self._nodes.get(node_id)

    def put(self, node: _Node) -> None:
        """This node is in the tree, or about to be."""
        if len(self._nodes) >= _MOST:
            self.forget()
        self._nodes[node.node_id] = node

    def drop(self, ids: Iterable[NodeId]) -> None:
        """These nodes are about to leave the tree, or to change."""
        for node_id in ids:
            self._nodes.pop(node_id, None)

    def forget(self) -> None:
        self._nodes.clear()
