"""Taking in the change feed: pages are put aside, and switched into the remote tree when they make up a state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from server_api.contract import messages
from server_api.contract.names import comparable
from sync_engine.adapters.journal import tables
from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.rows import change_row, to_text
from sync_engine.core.model import Cursor, NodeId

_GATHER: Final = tables.gathered.upsert()

_SCRATCH: Final = (
    "CREATE TEMP TABLE IF NOT EXISTS changed (node_id BLOB PRIMARY KEY, was_there INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TEMP TABLE IF NOT EXISTS dead (node_id BLOB PRIMARY KEY) WITHOUT ROWID",
)

# Later states win by seq, and a page that is older than what a commit's answer already told changes nothing; a whole
# listing may be of another epoch, whose seqs say nothing here.
_FIND_CHANGED: Final = """
    INSERT INTO changed
    SELECT g.node_id, r.node_id IS NOT NULL
    FROM gathered g LEFT JOIN remote r ON r.node_id = g.node_id AND r.namespace = g.namespace
    WHERE g.namespace = :namespace AND (r.node_id IS NULL OR (:whole OR g.seq >= r.seq) AND
        (g.parent_id, g.name, g.kind, g.revision_id, g.seq, g.content, g.size, g.mtime_ns, g.executable, g.link_target,
         g.is_deleted, g.is_approved) IS NOT
        (r.parent_id, r.name, r.kind, r.revision_id, r.seq, r.content, r.size, r.mtime_ns, r.executable, r.link_target,
         r.is_deleted, r.is_approved))"""
_TAKE_OVER: Final = """
    INSERT OR REPLACE INTO remote
    SELECT g.* FROM gathered g WHERE g.namespace = :namespace AND g.node_id IN (SELECT node_id FROM changed)"""
_FIND_UNLISTED: Final = """
    INSERT OR IGNORE INTO changed
    SELECT node_id, 1 FROM remote r WHERE r.namespace = :namespace AND NOT EXISTS
        (SELECT 1 FROM gathered g WHERE g.node_id = r.node_id AND g.namespace = r.namespace)"""
_DROP_UNLISTED: Final = """
    DELETE FROM remote AS r WHERE r.namespace = :namespace AND NOT EXISTS
        (SELECT 1 FROM gathered g WHERE g.node_id = r.node_id AND g.namespace = r.namespace)"""
_FIND_DEAD: Final = """
    WITH RECURSIVE below (node_id) AS (
        SELECT node_id FROM remote WHERE is_deleted AND namespace = :namespace
        UNION
        SELECT r.node_id FROM below CROSS JOIN remote r ON r.parent_id = below.node_id AND r.namespace = :namespace
    )
    INSERT INTO dead
    SELECT below.node_id FROM below CROSS JOIN remote r ON r.node_id = below.node_id AND r.namespace = :namespace
    WHERE NOT r.is_deleted"""
_FIND_NEEDLESS: Final = """
    INSERT INTO dead
    SELECT node_id FROM remote r WHERE is_deleted AND r.namespace = :namespace
        AND NOT EXISTS (SELECT 1 FROM local l WHERE l.node_id = r.node_id AND l.namespace = r.namespace)
        AND NOT EXISTS (SELECT 1 FROM synced s WHERE s.node_id = r.node_id AND s.namespace = r.namespace)"""
_NOTE_DEAD: Final = "INSERT OR IGNORE INTO changed SELECT node_id, 1 FROM dead"
_DROP_DEAD: Final = "DELETE FROM remote WHERE namespace = :namespace AND node_id IN (SELECT node_id FROM dead)"
_CHANGED: Final = """
    SELECT node_id FROM changed WHERE was_there OR EXISTS
        (SELECT 1 FROM remote r WHERE r.node_id = changed.node_id AND r.namespace = :namespace)"""

DIFFERS: Final = """(
    r.node_id IS NULL OR s.node_id IS NULL OR r.is_deleted OR s.revision_id <> r.revision_id
    OR (l.kind = 1 AND l.content IS NULL)
    OR (l.parent_id, l.kind, l.content, l.link_target) IS NOT (r.parent_id, r.kind, r.content, r.link_target)
    OR (s.parent_id, s.kind, s.content, s.link_target) IS NOT (r.parent_id, r.kind, r.content, r.link_target)
    OR (l.kind = 1 AND (l.executable <> r.executable OR s.executable <> r.executable))
    OR (l.name <> r.name AND NOT same_name(l.name, r.name))
    OR (s.name <> r.name AND NOT same_name(s.name, r.name)))"""
"""Of a local node ``l`` with what ``TREES`` joins."""
TREES: Final = """local l
    LEFT JOIN remote r ON r.node_id = l.node_id AND r.namespace = l.namespace
    LEFT JOIN synced s ON s.node_id = l.node_id AND s.namespace = l.namespace"""
DIFFERING: Final = f"""
    SELECT l.node_id FROM {TREES} WHERE l.namespace = :namespace AND {DIFFERS}
    UNION ALL
    SELECT r.node_id FROM remote r
        WHERE r.namespace = :namespace
        AND NOT EXISTS (SELECT 1 FROM local l WHERE l.node_id = r.node_id AND l.namespace = r.namespace)
        AND NOT EXISTS (SELECT 1 FROM synced s WHERE s.node_id = r.node_id AND s.namespace = r.namespace)
        AND NOT r.is_deleted
    UNION ALL
    SELECT s.node_id FROM synced s
        WHERE s.namespace = :namespace
        AND NOT EXISTS (SELECT 1 FROM local l WHERE l.node_id = s.node_id AND l.namespace = s.namespace)"""  # noqa: S608


def know_names(database: Database) -> None:
    """For statements with ``DIFFERS``."""
    database.add_function("same_name", lambda one, other: comparable(to_text(one)) == comparable(to_text(other)), 2)


class Feed:
    """One namespace's remote tree, as the server tells of it."""

    def __init__(self, database: Database, namespace: int) -> None:
        self._database = database
        self._namespace = namespace
        for table in _SCRATCH:
            database.run(table)
        know_names(database)

    def gather(self, changes: Iterable[messages.Change]) -> None:
        rows = (change_row(change, self._namespace) for change in changes)
        self._database.run_many(_GATHER, rows)

    def discard_gathered(self) -> None:
        with self._database.transaction(durable=False):
            self._run("DELETE FROM gathered WHERE namespace = :namespace")

    def switch(self, cursor: Cursor, *, whole: bool) -> set[NodeId]:
        """In SQL alone, so that memory does not grow with the number of changes; only their ids are returned."""
        with self._database.transaction(durable=False):
            self._run("DELETE FROM changed")
            self._run(_FIND_CHANGED, whole=whole)
            self._run(_TAKE_OVER)
            if whole:
                self._run(_FIND_UNLISTED)
                self._run(_DROP_UNLISTED)
            for find in (_FIND_DEAD, _FIND_NEEDLESS):
                self._run("DELETE FROM dead")
                self._run(find)
                self._run(_NOTE_DEAD)
                self._run(_DROP_DEAD)
            self.discard_gathered()
            self.set_cursor(cursor)
            changed = {node_id for (node_id,) in self._rows(_CHANGED)}
            self._run("DELETE FROM changed")
            self._run("DELETE FROM dead")
        return changed

    def cursor(self) -> Cursor | None:
        ((epoch, seq, revision_id),) = self._rows(
            "SELECT epoch, seq, revision_id FROM namespace WHERE namespace = :namespace"
        )
        return None if epoch is None else Cursor(epoch, seq, revision_id)

    def set_cursor(self, cursor: Cursor | None) -> None:
        with self._database.transaction(durable=False):
            self._database.run(
                "UPDATE namespace SET epoch = ?, seq = ?, revision_id = ? WHERE namespace = ?",
                (None, 0, None, self._namespace)
                if cursor is None
                else (cursor.epoch, cursor.seq, cursor.revision_id, self._namespace),
            )

    def differing(self) -> set[NodeId]:
        return {node_id for (node_id,) in self._rows(DIFFERING)}

    def _run(self, sql: str, **parameters: object) -> None:
        self._database.run(sql, {"namespace": self._namespace, **parameters})

    def _rows(self, sql: str) -> list[Any]:
        return self._database.rows(sql, {"namespace": self._namespace})
