"""What the person does not want on this device: kept in the journal, shown by paths."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sync_engine.core.model import NodeId
from sync_engine.ports import Journal, Trees


class Exclusions:
    """Thread: the control thread's. The rules are in ``core/exclusion.py``."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._nodes: AbstractSet[NodeId] = frozenset(journal.excluded())

    @property
    def nodes(self) -> AbstractSet[NodeId]:
        """The topmost ones."""
        return self._nodes

    def add(self, node_id: NodeId) -> set[NodeId]:
        """Durable when it returns. Returns what to plan; all below it on the disk is looked at with it."""
        if node_id not in self._nodes:
            self._write(self._nodes | {node_id})
        return {node_id}

    def remove(self, node_id: NodeId) -> set[NodeId]:
        """It is wanted again. What was agreed of it and below it is forgotten in the same transaction: what is not on
        the disk comes, and nothing of it is a deletion. Returns the nodes to plan."""
        below = all_below(self._journal, node_id)
        with self._journal.transaction(durable=True):
            self._journal.drop_synced(below)
            self._write(self._nodes - {node_id})
        return below

    def drop_gone(self) -> None:
        """Those that the server does not have any more. Only once the feed was read to its end."""
        gone = {node_id for node_id in self._nodes if self._journal.remote_path(node_id) is None}
        if gone:
            self._write(self._nodes - gone)

    def covering(self, node_id: NodeId) -> NodeId | None:
        """The exclusion that a node of the server's tree is below, or is itself."""
        seen: set[NodeId] = set()
        while node_id not in seen:
            if node_id in self._nodes:
                return node_id
            seen.add(node_id)
            node = self._journal.remote([node_id]).get(node_id)
            if node is None:
                return None
            node_id = node.parent_id
        return None

    def _write(self, nodes: AbstractSet[NodeId]) -> None:
        with self._journal.transaction(durable=True):
            self._journal.set_excluded(nodes)
        self._nodes = frozenset(nodes)


def all_below(trees: Trees, node_id: NodeId) -> set[NodeId]:
    """A node with everything that is below it by any of the three trees."""
    found = {node_id}
    level: Iterable[NodeId] = found
    while level:
        below = {node.node_id for node in trees.remote_children(level)}
        below |= {node.node_id for node in trees.synced_children(level)}
        below |= {node.node_id for node in trees.local_children(level)}
        level = below - found
        found |= level
    return found
