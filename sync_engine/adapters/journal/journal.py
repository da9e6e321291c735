"""The device's memory on SQLite: ``ports.Journal``.

One file, ``journal.db``, in the profile; a ``SqlJournal`` speaks for one namespace in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from msgspec.structs import astuple, replace

from server_api.contract import messages
from sync_engine.adapters.journal import tables
from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.exclusions import BELOW, ExcludedNodes
from sync_engine.adapters.journal.feed import Feed
from sync_engine.adapters.journal.outbox import decode_outbox, encode_outbox
from sync_engine.adapters.journal.rows import (
    local_row,
    name_key,
    quick,
    remote_row,
    synced_row,
    to_bytes,
    to_text,
)
from sync_engine.adapters.journal.schema import open_database
from sync_engine.adapters.journal.trees import SqlTrees
from sync_engine.core.model import Cursor, LocalNode, NodeId, RemoteNode, RevisionId, SyncedNode
from sync_engine.ports import Activity, Outbox, Prepared, Problem

ACTIVITY_KEPT: Final = 10_000
"""Lines."""

_PUT_LOCAL: Final = tables.local.upsert()
_PUT_CONTENT: Final = """
    UPDATE local SET content = ?, recheck = ? WHERE node_id = ? AND namespace = ?
    AND (device, inode, birth_ns, size, mtime_ns, ctime_ns) IS (?, ?, ?, ?, ?, ?)"""
_PUT_REMOTE: Final = tables.remote.upsert()
_PUT_SYNCED: Final = tables.synced.upsert()
_AT_REVISION: Final = (
    "FROM (wanted) AS w CROSS JOIN remote AS r ON r.node_id = w.column1 AND r.revision_id = w.column2"
    " AND r.namespace = ? AND NOT r.is_deleted"
)
_AGREE: Final = f"""
    INSERT OR REPLACE INTO synced ({", ".join(tables.synced.columns)})
    SELECT {", ".join(f"r.{name}" for name in tables.synced.columns)} {_AT_REVISION}"""
_CURRENT: Final = f"SELECT r.node_id {_AT_REVISION}"
_PUT_PROBLEM: Final = tables.problems.upsert()
_PUT_SETTING: Final = tables.settings.upsert()

_BELOW: Final = """
    WITH RECURSIVE below (node_id) AS (
        SELECT node_id FROM local WHERE parent_id = :node_id AND namespace = :namespace
        UNION
        SELECT l.node_id FROM below CROSS JOIN local l ON l.parent_id = below.node_id AND l.namespace = :namespace
    )
    SELECT node_id FROM below"""
_LACKING: Final = f"""{BELOW}
    SELECT r.node_id FROM remote r LEFT JOIN local l ON l.node_id = r.node_id AND l.namespace = r.namespace
    WHERE r.namespace = :namespace AND r.kind = 1 AND NOT r.is_deleted AND l.content IS NOT r.content
    AND r.node_id NOT IN below LIMIT :most"""  # noqa: S608
_COPIES: Final = f"""
    SELECT node_id FROM local WHERE instr(name, X'{tables.COPY_MARK.hex()}') > 0 AND kind = 1 AND namespace = ?
    AND CAST(name AS TEXT) GLOB '* (*''s conflicted copy [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*)*'"""  # noqa: S608
_COUNTS: Final = """
    SELECT 'local', count(*) FROM local WHERE namespace = :namespace
    UNION ALL SELECT 'remote', count(*) FROM remote WHERE namespace = :namespace
    UNION ALL SELECT 'tombstones', count(*) FROM remote WHERE is_deleted AND namespace = :namespace
    UNION ALL SELECT 'synced', count(*) FROM synced WHERE namespace = :namespace"""


def open_journal(path: Path, namespace_id: bytes, *, ignores_case: bool = False) -> SqlJournal:
    """The journal in this file, for one namespace; made if it is not there.

    ``ignores_case``: the synced folder's disk takes names for equal that differ in case.

    Raises:
        JournalNewer: made by a newer Lockstep; nothing was changed.
        JournalDamaged: set it aside (``schema.set_aside``) and open again: the next sync merges.
        JournalFull, JournalError.
    """
    database = open_database(path)
    try:
        return SqlJournal(database, namespace_id, ignores_case=ignores_case)
    except BaseException:
        database.close()
        raise


class SqlJournal(SqlTrees):
    """Belongs to one thread at a time."""

    def __init__(self, database: Database, namespace_id: bytes, *, ignores_case: bool) -> None:
        super().__init__(
            database, _namespace(database, namespace_id, ignores_case=ignores_case), ignores_case=ignores_case
        )
        self._feed = Feed(database, self._namespace)
        self._exclusions = ExcludedNodes(database, self._namespace, namespace_id)
        if self.cursor() is None and not self._exclusions.all():
            self._exclusions.recover()
        for each in (self._local_paths, self._remote_paths, self._local_nodes, self._remote_nodes):
            database.on_undone(each.forget)

    def transaction(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """An error within undoes all of it, even if it was caught before it got here."""
        return self._database.transaction(durable=durable)

    def close(self) -> None:
        self._database.close()

    # --- the trees -----------------------------------------------------------------------------------------------

    def put_local(self, nodes: Iterable[LocalNode]) -> None:
        def rows() -> Iterable[Sequence[Any]]:
            namespace, key, puts, put = self._namespace, self._key, self._local_paths.puts, self._local_nodes.put
            for node in nodes:
                puts(node)
                put(node)
                yield local_row(node, namespace, key)

        self._database.run_many(_PUT_LOCAL, rows())

    def drop_local(self, ids: Iterable[NodeId]) -> None:
        ids = list(ids)
        self._local_paths.drops(ids)
        self._local_nodes.drop(ids)
        self._drop("DELETE FROM local WHERE node_id = ? AND namespace = ?", ids)

    def put_remote(self, nodes: Iterable[RemoteNode]) -> None:
        def rows() -> Iterable[Sequence[Any]]:
            namespace, put = self._namespace, self._remote_nodes.put
            for node in nodes:
                put(node)
                yield remote_row(node, namespace)

        self._remote_paths.forget()
        self._database.run_many(_PUT_REMOTE, rows())

    def drop_remote(self, ids: Iterable[NodeId]) -> None:
        ids = list(ids)
        self._remote_paths.forget()
        self._remote_nodes.drop(ids)
        self._drop("DELETE FROM remote WHERE node_id = ? AND namespace = ?", ids)

    def put_synced(self, nodes: Iterable[SyncedNode]) -> None:
        self._database.run_many(_PUT_SYNCED, (synced_row(node, self._namespace) for node in nodes))

    def agree(self, revisions: Mapping[NodeId, RevisionId]) -> set[NodeId]:
        with self.transaction():
            agreed = self._database.change_matching(_AGREE, revisions.items(), self._namespace, parts=2)
        if agreed == len(revisions):
            return set(revisions)
        found = self._database.matching(_CURRENT, revisions.items(), self._namespace, parts=2)
        return {node_id for rows in found for (node_id,) in rows}

    def drop_synced(self, ids: Iterable[NodeId]) -> None:
        self._drop("DELETE FROM synced WHERE node_id = ? AND namespace = ?", ids)

    def put_contents(self, files: Iterable[Prepared]) -> None:
        """One narrow update each: nothing of the tree's indexes changes."""

        def rows() -> Iterable[Sequence[Any]]:
            namespace, nodes = self._namespace, self._local_nodes
            for file in files:
                content, recheck, signature = file.content, file.recheck, file.signature
                node = nodes.get(file.node_id)
                if node is not None and node.signature == signature:
                    nodes.put(replace(node, content=content, recheck=recheck))
                yield (quick(content), 1 if recheck else 0, quick(file.node_id), namespace, *astuple(signature))

        self._database.run_many(_PUT_CONTENT, rows())

    def rebind_local(self, node_id: NodeId, becomes: NodeId) -> None:
        """Raises: JournalError if another local object is ``becomes`` already."""
        with self.transaction():
            self._local_paths.drops([node_id, becomes])
            self._local_nodes.forget()  # children name another parent then
            for column in ("node_id", "parent_id"):
                self._database.run(
                    f"UPDATE local SET {column} = ? WHERE {column} = ? AND namespace = ?",  # noqa: S608
                    (becomes, node_id, self._namespace),
                )

    def below_local(self, node_id: NodeId) -> list[NodeId]:
        """Parents before their children."""
        rows = self._database.rows(_BELOW, {"node_id": node_id, "namespace": self._namespace})
        return [below for (below,) in rows if below != node_id]

    def differing(self) -> set[NodeId]:
        return self._feed.differing() - self._exclusions.away()

    def lacking(self, most: int) -> list[NodeId] | None:
        rows = self._database.rows(_LACKING, {"namespace": self._namespace, "most": most + 1})
        return [node_id for (node_id,) in rows] if len(rows) <= most else None

    def forget_contents(self) -> set[NodeId]:
        self._local_nodes.forget()
        with self.transaction():
            files = self._database.rows(
                "SELECT node_id FROM local WHERE kind = 1 AND namespace = ?", (self._namespace,)
            )
            self._run("UPDATE local SET content = NULL WHERE kind = 1 AND namespace = ?")
        return {node_id for (node_id,) in files}

    def conflicted_copies(self) -> list[str]:
        """Their paths, sorted."""
        paths = (self.local_path(node_id) for (node_id,) in self._database.rows(_COPIES, (self._namespace,)))
        return sorted(path for path in paths if path is not None)

    def changes(self) -> int:
        return self._database.changes()

    def files(self) -> int:
        sql = "SELECT count(*) FROM remote WHERE kind = 1 AND NOT is_deleted AND namespace = ?"
        ((number,),) = self._database.rows(sql, (self._namespace,))
        return int(number)

    def counts(self) -> dict[str, int]:
        """``local``, ``remote`` (tombstones included), ``tombstones``, ``synced``."""
        return dict(self._database.rows(_COUNTS, {"namespace": self._namespace}))

    # --- the change feed -----------------------------------------------------------------------------------------

    def cursor(self) -> Cursor | None:
        return self._feed.cursor()

    def gather(self, changes: Sequence[messages.Change]) -> None:
        self._feed.gather(changes)

    def discard_gathered(self) -> None:
        self._feed.discard_gathered()

    def switch(self, cursor: Cursor, *, whole: bool) -> set[NodeId]:
        """Those of which the remote tree says something else than before."""
        self._remote_paths.forget()
        self._remote_nodes.forget()
        return self._feed.switch(cursor, whole=whole)

    def set_cursor(self, cursor: Cursor) -> None:
        self._feed.set_cursor(cursor)

    # --- commits -------------------------------------------------------------------------------------------------

    def next_commit_number(self) -> int:
        with self.transaction(durable=True):
            number = self.commit_number() + 1
            self.set_commit_number(number)
        return number

    def commit_number(self) -> int:
        ((number,),) = self._database.rows(
            "SELECT commit_number FROM namespace WHERE namespace = ?", (self._namespace,)
        )
        return int(number)

    def set_commit_number(self, number: int) -> None:
        """A lower one than before is not taken: numbers only rise."""
        self._run("UPDATE namespace SET commit_number = max(commit_number, ?) WHERE namespace = ?", number)

    def put_outbox(self, outbox: Outbox) -> None:
        self._run("UPDATE namespace SET outbox = ? WHERE namespace = ?", encode_outbox(outbox))

    def outbox(self) -> Outbox | None:
        ((body,),) = self._database.rows("SELECT outbox FROM namespace WHERE namespace = ?", (self._namespace,))
        return None if body is None else decode_outbox(body)

    def clear_outbox(self) -> None:
        self._run("UPDATE namespace SET outbox = NULL WHERE namespace = ?")

    def begin_pack(self, pack_id: bytes) -> None:
        self._run("INSERT OR IGNORE INTO pack (pack_id, namespace) VALUES (?, ?)", pack_id)

    def end_packs(self, pack_ids: Iterable[bytes]) -> None:
        self._drop("DELETE FROM pack WHERE pack_id = ? AND namespace = ?", pack_ids)

    def packs_under_way(self) -> list[bytes]:
        """In the order of their beginning."""
        rows = self._database.rows("SELECT pack_id FROM pack WHERE namespace = ? ORDER BY rowid", (self._namespace,))
        return [pack_id for (pack_id,) in rows]

    def start_over(self) -> None:
        """The commit number stays: the server would refuse a lower one."""
        with self.transaction(durable=True):
            self._run("DELETE FROM synced WHERE namespace = ?")
            self.discard_gathered()
            self.clear_outbox()
            self._feed.set_cursor(None)

    # --- for people ----------------------------------------------------------------------------------------------

    def add_activity(self, lines: Iterable[Activity]) -> None:
        """The newest ``ACTIVITY_KEPT`` lines are kept."""
        with self.transaction():
            self._database.run_many(
                "INSERT INTO activity (namespace, at, action, path, detail) VALUES (?, ?, ?, ?, ?)",
                (
                    (self._namespace, line.at, line.action, quick(to_bytes(line.path)), quick(to_bytes(line.detail)))
                    for line in lines
                ),
            )
            self._run(
                "DELETE FROM activity WHERE number <= (SELECT max(number) FROM activity) - ? AND namespace = ?",
                ACTIVITY_KEPT,
            )

    def activity(self, limit: int) -> list[Activity]:
        rows = self._database.rows(
            "SELECT at, action, path, detail FROM activity WHERE namespace = ? ORDER BY number DESC LIMIT ?",
            (self._namespace, limit),
        )
        return [Activity(at, action, to_text(path), to_text(detail)) for at, action, path, detail in rows]

    def put_problems(self, problems: Iterable[Problem]) -> None:
        self._database.run_many(
            _PUT_PROBLEM,
            (
                (to_bytes(problem.path), self._namespace, problem.code, to_bytes(problem.detail), problem.node_id)
                for problem in problems
            ),
        )

    def clear_problems(self, paths: Iterable[str]) -> None:
        self._drop("DELETE FROM problem WHERE path = ? AND namespace = ?", map(to_bytes, paths))

    def problems(self) -> list[Problem]:
        """By path."""
        rows = self._database.rows(
            "SELECT path, code, detail, node_id FROM problem WHERE namespace = ? ORDER BY path", (self._namespace,)
        )
        return [Problem(to_text(path), code, to_text(detail), node_id) for path, code, detail, node_id in rows]

    def excluded(self) -> dict[NodeId, str]:
        return self._exclusions.all()

    def set_excluded(self, nodes: Mapping[NodeId, str]) -> None:
        self._exclusions.replace(nodes)

    def setting(self, key: str) -> str | None:
        rows = self._database.rows("SELECT value FROM setting WHERE key = ? AND namespace = ?", (key, self._namespace))
        return rows[0][0] if rows else None

    def set_setting(self, key: str, value: str | None) -> None:
        """``None`` removes it."""
        if value is None:
            self._drop("DELETE FROM setting WHERE key = ? AND namespace = ?", [key])
        else:
            self._database.run_many(_PUT_SETTING, [(key, self._namespace, value)])

    # --- how -----------------------------------------------------------------------------------------------------

    def _run(self, sql: str, *parameters: object) -> None:
        with self.transaction():
            self._database.run(sql, (*parameters, self._namespace))

    def _drop(self, sql: str, keys: Iterable[object]) -> None:
        self._database.run_many(sql, ((quick(key), self._namespace) for key in keys))


def _namespace(database: Database, namespace_id: bytes, *, ignores_case: bool) -> int:
    """The namespace's number in this journal. Names' keys are made anew if the folder came to another kind of disk."""
    with database.transaction(durable=False):
        database.run(
            "INSERT OR IGNORE INTO namespace (namespace_id, ignores_case) VALUES (?, ?)",
            (namespace_id, int(ignores_case)),
        )
        ((number, ignored_case),) = database.rows(
            "SELECT namespace, ignores_case FROM namespace WHERE namespace_id = ?", (namespace_id,)
        )
        if ignored_case != ignores_case:
            key = name_key(ignores_case=ignores_case)
            database.add_function("key_of_name", lambda name: to_bytes(key(to_text(name))))
            database.run("UPDATE local SET name_key = key_of_name(name) WHERE namespace = ?", (number,))
            database.run("UPDATE namespace SET ignores_case = ? WHERE namespace = ?", (int(ignores_case), number))
    return int(number)
