"""The journal's tables.

Names, link targets and paths are BLOBs of UTF-8 in which a lone surrogate keeps its code point ("surrogatepass"): any
name comes back as it went in, and names of different trees compare by their bytes. Numbers beyond 64 bits (inodes,
times before 1678) lie as BLOBs in INTEGER columns; see ``rows``.

Keys begin with what is selective: with the namespace in front, SQLite would read all of it. ``namespace`` is the number
of a row in the table of that name.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

SCHEMA: Final = 1
"""What this code works on. A change of the tables raises it and adds to ``schema.MIGRATIONS``."""

APPLICATION_ID: Final = 0x4C6F636B
"""In the file's header ("Lock"): tells a journal from any other SQLite file."""

COPY_MARK: Final = b"'s conflicted copy "
"""In the name of every conflicted copy."""

metadata = MetaData()

namespaces = Table(
    "namespace",
    metadata,
    Column("namespace", Integer, primary_key=True),
    Column("namespace_id", LargeBinary, nullable=False, unique=True),
    Column("ignores_case", Integer, nullable=False),
    Column("epoch", LargeBinary),
    Column("seq", Integer, nullable=False, server_default=text("0")),
    Column("revision_id", LargeBinary),
    Column("commit_number", Integer, nullable=False, server_default=text("0")),
    Column("outbox", LargeBinary),
)


def _place() -> list[Column[object]]:
    """Where a node is, the same in all three trees."""
    return [
        Column("node_id", LargeBinary, primary_key=True),
        Column("namespace", Integer, primary_key=True),
        Column("parent_id", LargeBinary, nullable=False),
        Column("name", LargeBinary, nullable=False),
        Column("kind", Integer, nullable=False),
    ]


local = Table(
    "local",
    metadata,
    *_place(),
    Column("device", Integer, nullable=False),
    Column("inode", Integer, nullable=False),
    Column("birth_ns", Integer),
    Column("size", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    Column("ctime_ns", Integer, nullable=False),
    Column("content", LargeBinary),
    Column("executable", Integer, nullable=False),
    Column("link_target", LargeBinary),
    Column("recheck", Integer, nullable=False),
    Column("name_key", LargeBinary, nullable=False),
    Index("local_place", "parent_id", "name_key"),
    Index("local_inode", "inode", "device"),
    Index("local_copy", "node_id", sqlite_where=text(f"instr(name, X'{COPY_MARK.hex()}') > 0")),
)


def _remote_columns() -> list[Column[object]]:
    return [
        *_place(),
        Column("revision_id", LargeBinary, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("content", LargeBinary),
        Column("size", Integer, nullable=False),
        Column("mtime_ns", Integer, nullable=False),
        Column("executable", Integer, nullable=False),
        Column("link_target", LargeBinary),
        Column("is_deleted", Integer, nullable=False),
        Column("is_approved", Integer, nullable=False),
        Column("name_key", LargeBinary, nullable=False),
    ]


remote = Table(
    "remote",
    metadata,
    *_remote_columns(),
    Index("remote_place", "parent_id", "name_key"),
    Index("remote_tombstone", "node_id", sqlite_where=text("is_deleted")),
)

gathered = Table("gathered", metadata, *_remote_columns())
"""Pages of the feed, put aside: the columns of ``remote`` in its order."""

synced = Table(
    "synced",
    metadata,
    *_place(),
    Column("revision_id", LargeBinary, nullable=False),
    Column("content", LargeBinary),
    Column("executable", Integer, nullable=False),
    Column("link_target", LargeBinary),
    Index("synced_parent", "parent_id", "kind"),
)

packs = Table(
    "pack",
    metadata,
    Column("pack_id", LargeBinary, primary_key=True),
    Column("namespace", Integer, primary_key=True),
)

exclusions = Table(
    "exclusion",
    metadata,
    Column("node_id", LargeBinary, primary_key=True),
    Column("namespace", Integer, primary_key=True),
    Column("path", LargeBinary, nullable=False),
)

activities = Table(
    "activity",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("namespace", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("detail", LargeBinary, nullable=False),
)

problems = Table(
    "problem",
    metadata,
    Column("path", LargeBinary, primary_key=True),
    Column("namespace", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("node_id", LargeBinary),
)

settings = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("namespace", Integer, primary_key=True),
    Column("value", Text, nullable=False),
)
