"""The trees as people look through them: read beside the journal's owner, by connections that cannot write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any, Final, Self

from msgspec import Struct

from server_api.contract.names import comparable, fold
from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.feed import DIFFERING, DIFFERS, TREES, know_names
from sync_engine.adapters.journal.rows import name_key, narrowed, to_bytes, to_text
from sync_engine.core.model import ROOT, Kind, NodeId
from sync_engine.core.reports import STOPPED

_ROWS_AT_ONCE: Final = 2_000
_PART_OF_TIME: Final = 9.0

# What is shown of a node: where it is here; if it is not here, where it is on the server.
# CASE: as a plain value, SQLite would work out all of the condition, with a call to Python for each name.
_HERE: Final = f"""
    SELECT l.node_id, l.parent_id, l.name, l.kind, l.size, l.mtime_ns, 1, r.node_id IS NOT NULL AND NOT r.is_deleted,
        CASE WHEN {DIFFERS} THEN 1 ELSE 0 END,
        EXISTS (SELECT 1 FROM exclusion e WHERE e.node_id = l.node_id AND e.namespace = l.namespace)
    FROM {TREES} WHERE l.namespace = :namespace"""  # noqa: S608
_THERE: Final = """
    SELECT r.node_id, r.parent_id, r.name, r.kind, r.size, r.mtime_ns, 0, 1,
        1, EXISTS (SELECT 1 FROM exclusion e WHERE e.node_id = r.node_id AND e.namespace = r.namespace)
    FROM remote r WHERE r.namespace = :namespace AND NOT r.is_deleted
        AND NOT EXISTS (SELECT 1 FROM local l WHERE l.node_id = r.node_id AND l.namespace = r.namespace)"""
_IN_FOLDER: Final = f"""
    {_HERE} AND l.parent_id = :here AND (l.kind = 2) = :folders
    UNION ALL
    {_THERE} AND r.parent_id = :there AND (r.kind = 2) = :folders AND NOT EXISTS
        (SELECT 1 FROM local t WHERE t.parent_id = :here AND t.name_key = r.name_key AND t.namespace = r.namespace)"""  # noqa: S608
_MATCHES: Final = """CASE WHEN length({0}) = length(CAST({0} AS TEXT))
    THEN instr(lower(CAST({0} AS TEXT)), CAST(:text AS TEXT)) > 0 ELSE holds({0}, :text) END"""
"""Most names are ASCII: only for the others it leaves SQLite."""
_FOUND: Final = f"{_HERE} AND {_MATCHES.format('l.name')} UNION ALL {_THERE} AND {_MATCHES.format('r.name')}"
_NAMED_HERE: Final = (
    "SELECT node_id, name FROM local WHERE parent_id = :parent AND name_key = :key AND namespace = :namespace"
    " AND kind = 2"
)
_NAMED_THERE: Final = f"""
    SELECT r.node_id {_THERE[_THERE.index("FROM remote") :]}
    AND r.parent_id = :parent AND r.name_key = :key AND r.kind = 2"""
_PLACE: Final = """
    SELECT parent_id, name FROM local WHERE node_id = :node_id AND namespace = :namespace
    UNION ALL
    SELECT parent_id, name FROM remote WHERE node_id = :node_id AND namespace = :namespace AND NOT is_deleted"""
_PROBLEMS_BELOW: Final = """
    SELECT path FROM problem
    WHERE path > :first AND path < :last AND namespace = :namespace AND code <> :waits"""
_PROBLEM_AT: Final = "SELECT 1 FROM problem WHERE path = :path AND namespace = :namespace AND code <> :waits"
# CROSS JOIN: from each folder to its children by the tree's index.
_SIZES: Final = """
    WITH RECURSIVE below (top, node_id) AS (
        SELECT node_id, node_id FROM remote
        WHERE parent_id = :there AND kind = 2 AND NOT is_deleted AND namespace = :namespace
        UNION
        SELECT below.top, r.node_id FROM below CROSS JOIN remote r ON r.parent_id = below.node_id
        AND r.namespace = :namespace AND r.kind = 2 AND NOT r.is_deleted
    )
    SELECT below.top, sum(r.size) FROM below CROSS JOIN remote r ON r.parent_id = below.node_id
    AND r.namespace = :namespace AND r.kind = 1 AND NOT r.is_deleted GROUP BY below.top"""
_ABOVE: Final = """
    LEFT JOIN local l ON l.node_id = d.node_id AND l.namespace = :namespace
    LEFT JOIN remote r ON r.node_id = d.node_id AND r.namespace = :namespace AND NOT r.is_deleted"""
_BEHIND: Final = f"""
    WITH RECURSIVE excluded (node_id) AS (
        SELECT node_id FROM exclusion WHERE namespace = :namespace
        UNION
        SELECT r.node_id FROM excluded CROSS JOIN remote r ON r.parent_id = excluded.node_id
        AND r.namespace = :namespace
    ), differing (node_id) AS ({DIFFERING}), above (node_id) AS (
        SELECT coalesce(l.parent_id, r.parent_id) FROM differing d {_ABOVE}
        WHERE l.node_id IS NOT NULL OR d.node_id NOT IN (SELECT node_id FROM excluded)
        UNION
        SELECT coalesce(l.parent_id, r.parent_id) FROM above d {_ABOVE}
    )
    SELECT node_id FROM above WHERE node_id IS NOT NULL"""  # noqa: S608


class Shown(Struct, frozen=True, gc=False):
    """A node as it is shown: ``name`` and ``parent_id`` are the disk's if it is here."""

    node_id: NodeId
    parent_id: NodeId
    name: str
    kind: Kind
    size: int
    mtime_ns: int
    is_here: bool
    is_on_server: bool
    differs: bool
    """It is not in step."""
    is_excluded: bool
    """By itself; what is above it is not looked at."""


class Place(Struct, frozen=True):
    """A folder: as what node it is here, and as what on the server. Before both are one they may be two."""

    here: NodeId | None
    there: NodeId | None
    is_excluded: bool
    """It, or something above it."""


class Reader:
    """What there is when it is made, whatever becomes of it meanwhile; a context manager. Thread: one at a time."""

    def __init__(self, journal: Path, namespace_id: bytes) -> None:
        """Raises: JournalError, also if no journal is there."""
        self._database = Database(journal, read_only=True)
        try:
            know_names(self._database)
            self._database.add_function("holds", lambda name, text: text in to_bytes(fold(to_text(name))), 2)
            self._database.run("BEGIN")
            ((self._namespace, ignores_case),) = self._database.rows(
                "SELECT namespace, ignores_case FROM namespace WHERE namespace_id = ?", (namespace_id,)
            )
        except BaseException:
            self._database.close()
            raise
        self._key = name_key(ignores_case=bool(ignores_case))
        self._ways: dict[NodeId, tuple[str, bool] | None] = {ROOT: ("", False)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def folder(self, path: str) -> Place | None:
        """``None``: the trees have none at this path."""
        place: Place | None = Place(ROOT, ROOT, is_excluded=False)
        for name in path.split("/") if path else ():
            if place is None:
                return None
            place = self._below(place, name)
        return place

    def children(self, place: Place, *, folders: bool) -> Iterator[list[Shown]]:
        """What is in a folder, in no order; either the folders in it, or all else."""
        return self._shown(_IN_FOLDER, here=place.here, there=place.there, folders=folders)

    def named(self, text: str) -> Iterator[list[Shown]]:
        """What has this in its name, but for case and accents."""
        return self._shown(_FOUND, text=to_bytes(fold(text)))

    def way(self, node_id: NodeId) -> tuple[str, bool] | None:
        """The path of a node, and whether it, or something above it, is excluded; ``None`` if none leads to it."""
        steps: list[tuple[NodeId, str]] = []
        current = node_id
        while current not in self._ways:
            self._ways[current] = None  # what is above itself leads nowhere
            places = self._rows(_PLACE, node_id=current)
            if not places:
                break
            steps.append((current, to_text(places[0][1])))
            current = places[0][0]
        way = self._ways[current]
        for step_id, name in reversed(steps):
            if way is not None:
                way = (f"{way[0]}/{name}" if way[0] else name, way[1] or self._is_excluded(step_id))
            self._ways[step_id] = way
        return way

    def problems_below(self, path: str) -> list[str]:
        """Paths. What only waits because the person stopped it has none."""
        first, last = (to_bytes(f"{path}/"), to_bytes(f"{path}0")) if path else (b"", b"\xff")
        return [to_text(found) for (found,) in self._rows(_PROBLEMS_BELOW, first=first, last=last, waits=STOPPED)]

    def problems_at(self, path: str) -> list[str]:
        """Its own, and those below it."""
        own = self._rows(_PROBLEM_AT, path=to_bytes(path), waits=STOPPED)
        return [*([path] if own else ()), *self.problems_below(path)]

    def sizes(self, place: Place) -> dict[NodeId, int]:
        """Of the folders in a folder that hold something: bytes of all files below, on the server."""
        return dict(self._rows(_SIZES, there=place.there))

    def _shown(self, sql: str, **parameters: object) -> Iterator[list[Shown]]:
        for rows in self._database.batches(sql, {"namespace": self._namespace, **parameters}, _ROWS_AT_ONCE):
            yield [
                Shown(
                    node_id,
                    parent_id,
                    name.decode("utf-8", "surrogatepass"),
                    Kind(kind),
                    size,
                    narrowed(mtime_ns),
                    is_here == 1,
                    is_on_server == 1,
                    differs == 1,
                    is_excluded == 1,
                )
                for node_id, parent_id, name, kind, size, mtime_ns, is_here, is_on_server, differs, is_excluded in rows
            ]

    def _below(self, place: Place, name: str) -> Place | None:
        key = to_bytes(self._key(name))
        found = self._rows(_NAMED_HERE, parent=place.here, key=key)
        exact = [node_id for node_id, shown in found if to_text(shown) == name]
        here = next(iter(exact or [node_id for node_id, _ in found]), None)
        if here is not None and self._rows("SELECT 1 FROM remote WHERE node_id = :here AND NOT is_deleted", here=here):
            there = here
        else:
            named = self._rows(_NAMED_THERE, parent=place.there, key=to_bytes(comparable(name)))
            there = next((node_id for (node_id,) in named), None)
        if here is None and there is None:
            return None
        is_excluded = place.is_excluded or any(each and self._is_excluded(each) for each in (here, there))
        return Place(here, there, is_excluded)

    def _is_excluded(self, node_id: NodeId) -> bool:
        return bool(self._rows("SELECT 1 FROM exclusion WHERE node_id = :id AND namespace = :namespace", id=node_id))

    def _rows(self, sql: str, **parameters: object) -> list[Any]:
        return self._database.rows(sql, {"namespace": self._namespace, **parameters})


class Behind:
    """The folders below which something is not in step. Thread: any.

    It takes a look at all nodes. So what was found is kept until the journal changes, and while that goes on changing
    for so long that looking takes a tenth of the time at most.
    """

    def __init__(self, journal: Path, namespace_id: bytes, monotonic: Callable[[], float] = monotonic) -> None:
        self._journal = journal
        self._namespace_id = namespace_id
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._version = -1
        self._folders: frozenset[NodeId] = frozenset()
        self._look_at = 0.0
        self._is_owed = False
        self._renewals = 0

    def folders(self) -> frozenset[NodeId]:
        """Raises: JournalError."""
        with self._lock:
            if self._database is None:
                self._database = Database(self._journal, read_only=True)
                know_names(self._database)
            ((version,),) = self._database.rows("PRAGMA data_version")
            if version != self._version:
                began = self._monotonic()
                if began < self._look_at:
                    self._is_owed = True
                    return self._folders
                namespace = "(SELECT namespace FROM namespace WHERE namespace_id = :namespace_id)"
                found = self._database.rows(
                    _BEHIND.replace(":namespace", namespace), {"namespace_id": self._namespace_id}
                )
                self._folders, self._version = frozenset(node_id for (node_id,) in found), version
                now = self._monotonic()
                self._look_at = now + _PART_OF_TIME * (now - began)
            return self._folders

    def renewals(self) -> int:
        """Grows when somebody was given what was kept too long, and it is time to ask again."""
        # Without the lock, which a look holds for as long as it takes: one renewal too many does no harm.
        if self._is_owed and self._monotonic() >= self._look_at:
            self._is_owed = False
            self._renewals += 1
        return self._renewals

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None
