"""What is excluded from this device: the topmost nodes of it.

A copy lies beside the journal, in ``excluded.json``: a journal that is lost or set aside can be made anew from folder
and server, but for what a person said. Else everything that was excluded would come again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sync_engine.adapters.durable import write_durably
from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.rows import to_bytes, to_text
from sync_engine.core.model import NodeId

# CROSS JOIN: from each folder to its children by the tree's index.
BELOW: Final = """
    WITH RECURSIVE below (node_id) AS (
        SELECT node_id FROM exclusion WHERE namespace = :namespace
        UNION
        SELECT r.node_id FROM below CROSS JOIN remote r ON r.parent_id = below.node_id AND r.namespace = :namespace
        AND NOT r.is_deleted
    )"""
"""A statement's beginning: what is excluded, with all below it."""
_AWAY: Final = f"""{BELOW}
    SELECT node_id FROM below
    WHERE NOT EXISTS (SELECT 1 FROM local l WHERE l.node_id = below.node_id AND l.namespace = :namespace)
    AND NOT EXISTS (SELECT 1 FROM synced s WHERE s.node_id = below.node_id AND s.namespace = :namespace)"""  # noqa: S608


_log = logging.getLogger(__name__)


def copy_of_exclusions(journal: Path) -> Path:
    """Where the copy lies that belongs to a journal's file."""
    return journal.with_name("excluded.json")


class ExcludedNodes:
    """One namespace's."""

    def __init__(self, database: Database, namespace: int, namespace_id: bytes) -> None:
        self._database = database
        self._namespace = namespace
        self._namespace_id = namespace_id.hex()
        self._copy = copy_of_exclusions(database.path)

    def all(self) -> dict[NodeId, str]:
        rows = self._database.rows("SELECT node_id, path FROM exclusion WHERE namespace = ?", (self._namespace,))
        return {node_id: to_text(path) for node_id, path in rows}

    def recover(self) -> None:
        """Take over the copy: for a journal that knows of none, and has never read the feed."""
        try:
            stored = json.loads(self._copy.read_bytes())
            nodes = {
                NodeId(bytes.fromhex(node_id)): str(path)
                for node_id, path in stored.get(self._namespace_id, {}).items()
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, AttributeError) as error:
            _log.warning("no exclusions in %s: %r", self._copy, error)
            return
        if nodes:
            _log.warning("%d exclusions taken over from %s", len(nodes), self._copy)
            self.replace(nodes)

    def _write_copy(self, nodes: Mapping[NodeId, str]) -> None:
        """It comes before the journal has them: of what is no exclusion any more, the copy must not say so later."""
        text = json.dumps({self._namespace_id: {node_id.hex(): path for node_id, path in nodes.items()}})
        try:
            write_durably(self._copy, text.encode())
        except OSError as error:
            _log.warning("no copy of the exclusions in %s: %s", self._copy, error)

    def replace(self, nodes: Mapping[NodeId, str]) -> None:
        self._write_copy(nodes)
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
