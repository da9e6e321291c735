"""The journal's tables.

Names, link targets and paths are BLOBs of UTF-8 in which a lone surrogate keeps its code point ("surrogatepass"): any
name comes back as it went in, and names of different trees compare by their bytes. Numbers beyond 64 bits (inodes,
times before 1678) lie as BLOBs in INTEGER columns; see ``rows``.

Keys begin with what is selective: with the namespace in front, SQLite would read all of it. Tables with keys of their
own are WITHOUT ROWID, which saves one index each. ``namespace`` is the number
of a row in the table of that name.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SCHEMA: Final = 1
"""What this code works on. A change of the tables raises it and adds to ``schema.MIGRATIONS``."""

APPLICATION_ID: Final = 0x4C6F636B
"""In the file's header ("Lock"): tells a journal from any other SQLite file."""

COPY_MARK: Final = b"'s conflicted copy "
"""In the name of every conflicted copy."""


class Table(Struct, frozen=True):
    """One table and what is said about it in SQL.

    Attributes:
        columns: name to type, in the order of the rows.
        key: of which columns its primary key is.
        indexes: name to what follows ``ON table``.
        has_rowid: rows are kept, and numbered, in the order in which they came.
    """

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    indexes: dict[str, str] = {}
    has_rowid: bool = False

    def creation(self) -> list[str]:
        """The statements that make it."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        ending = "" if self.has_rowid else " WITHOUT ROWID"
        table = f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({', '.join(self.key)})){ending}"
        return [table, *(f"CREATE INDEX {name} ON {self.name} {what}" for name, what in self.indexes.items())]

    def upsert(self) -> str:
        """Inserts a row of all columns in their order, or overwrites the one with its key. No BLOB is an empty one."""
        columns = ", ".join(self.columns)
        values = ", ".join("nullif(?, x'')" if kind == "BLOB" else "?" for kind in self.columns.values())
        others = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        action = f"DO UPDATE SET {others}" if others else "DO NOTHING"
        into = f"INSERT INTO {self.name} ({columns}) VALUES ({values})"  # noqa: S608 - names of this module
        return f"{into} ON CONFLICT ({', '.join(self.key)}) {action}"


namespaces = Table(
    "namespace",
    {
        "namespace": "INTEGER",
        "namespace_id": "BLOB NOT NULL UNIQUE",
        "ignores_case": "INTEGER NOT NULL",
        "epoch": "BLOB",
        "seq": "INTEGER NOT NULL DEFAULT 0",
        "revision_id": "BLOB",
        "commit_number": "INTEGER NOT NULL DEFAULT 0",
        "outbox": "BLOB",
    },
    key=("namespace",),
    has_rowid=True,
)

_NODE: Final = ("node_id", "namespace")
_PLACE: Final = {
    "node_id": "BLOB NOT NULL",
    "namespace": "INTEGER NOT NULL",
    "parent_id": "BLOB NOT NULL",
    "name": "BLOB NOT NULL",
    "kind": "INTEGER NOT NULL",
}
"""Where a node is, the same in all three trees."""

local = Table(
    "local",
    {
        **_PLACE,
        "device": "INTEGER NOT NULL",
        "inode": "INTEGER NOT NULL",
        "birth_ns": "INTEGER",
        "size": "INTEGER NOT NULL",
        "mtime_ns": "INTEGER NOT NULL",
        "ctime_ns": "INTEGER NOT NULL",
        "content": "BLOB",
        "executable": "INTEGER NOT NULL",
        "link_target": "BLOB",
        "recheck": "INTEGER NOT NULL",
        "name_key": "BLOB NOT NULL",
    },
    key=_NODE,
    indexes={
        "local_place": "(parent_id, name_key)",
        "local_inode": "(inode, device)",
        "local_copy": f"(node_id) WHERE instr(name, X'{COPY_MARK.hex()}') > 0",
    },
)

_REMOTE_COLUMNS: Final = {
    **_PLACE,
    "revision_id": "BLOB NOT NULL",
    "seq": "INTEGER NOT NULL",
    "content": "BLOB",
    "size": "INTEGER NOT NULL",
    "mtime_ns": "INTEGER NOT NULL",
    "executable": "INTEGER NOT NULL",
    "link_target": "BLOB",
    "is_deleted": "INTEGER NOT NULL",
    "is_approved": "INTEGER NOT NULL",
    "name_key": "BLOB NOT NULL",
}

remote = Table(
    "remote",
    _REMOTE_COLUMNS,
    key=_NODE,
    indexes={
        "remote_place": "(parent_id, name_key)",
        "remote_tombstone": "(node_id) WHERE is_deleted",
    },
)

gathered = Table("gathered", _REMOTE_COLUMNS, key=_NODE)
"""Pages of the feed, put aside: the columns of ``remote`` in its order."""

synced = Table(
    "synced",
    {
        **_PLACE,
        "revision_id": "BLOB NOT NULL",
        "content": "BLOB",
        "executable": "INTEGER NOT NULL",
        "link_target": "BLOB",
    },
    key=_NODE,
    indexes={"synced_parent": "(parent_id, kind)"},
)

packs = Table(
    "pack", {"pack_id": "BLOB NOT NULL", "namespace": "INTEGER NOT NULL"}, key=("pack_id", "namespace"), has_rowid=True
)

exclusions = Table(
    "exclusion",
    {"node_id": "BLOB NOT NULL", "namespace": "INTEGER NOT NULL", "path": "BLOB NOT NULL"},
    key=_NODE,
)

activities = Table(
    "activity",
    {
        "number": "INTEGER",
        "namespace": "INTEGER NOT NULL",
        "at": "INTEGER NOT NULL",
        "action": "TEXT NOT NULL",
        "path": "BLOB NOT NULL",
        "detail": "BLOB NOT NULL",
    },
    key=("number",),
    has_rowid=True,
)

problems = Table(
    "problem",
    {
        "path": "BLOB NOT NULL",
        "namespace": "INTEGER NOT NULL",
        "code": "TEXT NOT NULL",
        "detail": "BLOB NOT NULL",
        "node_id": "BLOB",
    },
    key=("path", "namespace"),
)

settings = Table(
    "setting",
    {"key": "TEXT NOT NULL", "namespace": "INTEGER NOT NULL", "value": "TEXT NOT NULL"},
    key=("key", "namespace"),
)

ALL: Final = (namespaces, local, remote, gathered, synced, exclusions, packs, activities, problems, settings)
