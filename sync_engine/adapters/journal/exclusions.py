"""What is excluded from this device: the topmost nodes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.rows import to_bytes, to_text
from sync_engine.core.model import NodeId

# CROSS JOIN: from each folder to its children by the tree's index.
_AWAY: Final = """
    WITH RECURSIVE below (node_id) AS (
        SELECT node_id FROM exclusion WHERE namespace = :namespace
        UNION
        SELECT r.node_id FROM below CROSS JOIN remote r ON r.parent_id = below.node_id AND r.namespace = :namespace
        AND NOT r.is_deleted
    )
    SELECT node_id FROM below
    WHERE NOT EXISTS (SELECT 1 FROM local l WHERE l.node_id = below.node_id AND l.namespace = :namespace)
    AND NOT EXISTS (SELECT 1 FROM synced s WHERE s.node_id = below.node_id AND s.namespace = :namespace)"""


class ExcludedNodes:
    """One namespace's."""

    def __init__(self, database: Database, namespace: int) -> None:
        self._database = database
        self._namespace = namespace

    def all(self) -> dict[NodeId, str]:
        rows = self._database.rows("SELECT node_id, path FROM exclusion WHERE namespace = ?", (self._namespace,))
        return {node_id: to_text(path) for node_id, path in rows}

    def replace(self, nodes: Mapping[NodeId, str]) -> None:
        with self._database.transaction(durable=False):
            self._database.run("DELETE FROM exclusion WHERE namespace = ?", (self._namespace,))
            self._database.run_many(
                "INSERT INTO exclusion (node_id, namespace, path) VALUES (?, ?, ?)",
                ((node_id, self._namespace, to_bytes(path)) for node_id, path in nodes.items()),
            )

    def away(self) -> set[NodeId]:
        """Excluded nodes, with all below them, of which this device has nothing: they are as they are to be."""
        if not self.all():
            return set()
        return {node_id for (node_id,) in self._database.rows(_AWAY, {"namespace": self._namespace})}
