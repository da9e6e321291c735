"""A server's database with many accounts and large trees in it, written at once, as devices would have left it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from argon2 import PasswordHasher
from blake3 import blake3
from sqlalchemy import Connection, Table

from server_api.contract.messages import ROOT, Codec, Kind, NamespaceId
from server_api.contract.names import name_key
from server_api.domain.nodes import revision_id
from server_api.services.accounts import personal_namespace
from server_api.storage import tables
from server_api.storage.bulk import pieces
from server_api.storage.database import Database

FOLDER_FILES: Final = 1_000
"""In each folder of a tree, however large the tree is."""
CHUNK_BYTES: Final = 8 * 1024
PACK_KEY: Final = "packs/filled"
"""Where all packs lie, as far as the database knows: a server wants to see that its store has something."""
_PACK_CHUNKS: Final = 1_000
_LONG_AGO_MS: Final = 1_700_000_000_000
_AT_ONCE: Final = 20_000


def email(number: int) -> str:
    return f"{number}@example.org"


def namespace_of(number: int) -> NamespaceId:
    """The personal one of the account with this number."""
    return personal_namespace(_id(b"account", number))


def folder_id(number: int, folder: int) -> bytes:
    """Of a folder in that account's tree."""
    return _id(b"node %d" % number, folder * (FOLDER_FILES + 1) + 1)


def chunk_hash(number: int, seq: int) -> bytes:
    """Of the one chunk of the file that came with that seq: in order, which fills an index many times as quickly."""
    return _id(b"chunk %d" % number, seq) * 2


def fill(url: str, nodes: Sequence[int], password: str) -> None:
    """Make the database, with an account for each number of nodes; all have the password.

    A tree is of folders, each with ``FOLDER_FILES`` files; its last folder may have fewer.
    """
    database = Database(url)
    packs = (
        (number, pack, min(count, (pack + 1) * _PACK_CHUNKS - 1) % _PACK_CHUNKS + 1)
        for number, count in enumerate(nodes)
        for pack in range(count // _PACK_CHUNKS + 1)
    )
    seqs = ((number, seq) for number, count in enumerate(nodes) for seq in range(1, count + 1))
    try:
        database.open()
        with database.write() as work:
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
            for accounts in pieces(enumerate(nodes), _AT_ONCE):
                _accounts(work.connection, accounts, hashed)
            for together in pieces(packs, _AT_ONCE):
                _packs(work.connection, together)
            for some in pieces(seqs, _AT_ONCE):
                _nodes(work.connection, some)
        with database.write() as work:
            if work.connection.dialect.name == "postgresql":  # which does so by itself, a minute later
                work.connection.exec_driver_sql("ANALYZE")
    finally:
        database.close()


def _accounts(connection: Connection, some: Sequence[tuple[int, int]], hashed: str) -> None:
    ids = [(number, _id(b"account", number)) for number, _ in some]
    _write(
        connection,
        tables.account,
        ("account_id", "email", "password_hash", "role", "is_disabled", "created_at"),
        ((id_, email(number), hashed, "member", False, _LONG_AGO_MS) for number, id_ in ids),
    )
    _write(
        connection,
        tables.namespace,
        ("namespace_id", "owner_id", "seq", "last_at", "live_nodes", "created_at"),
        (
            (namespace_of(number), _id(b"account", number), count, _LONG_AGO_MS, count, _LONG_AGO_MS)
            for number, count in some
        ),
    )
    _write(
        connection,
        tables.membership,
        ("namespace_id", "account_id", "role"),
        ((namespace_of(number), id_, "owner") for number, id_ in ids),
    )
    _write(
        connection,
        tables.device,
        ("device_id", "account_id", "name", "kind", "created_at", "last_seen_at"),
        ((_id(b"device", number), id_, "Laptop", "device", _LONG_AGO_MS, _LONG_AGO_MS) for number, id_ in ids),
    )
    _write(
        connection,
        tables.session,
        ("session_id", "device_id", "created_at"),
        ((_id(b"session", number), _id(b"device", number), _LONG_AGO_MS) for number, _ in ids),
    )


def _packs(connection: Connection, some: Sequence[tuple[int, int, int]]) -> None:
    """By account and number, with the chunks that they have room for: they are all but full, and not rewritten."""
    rest = (bytes(4), b"", _LONG_AGO_MS, _LONG_AGO_MS)
    _write(
        connection,
        tables.pack,
        ("pack_id", "namespace_id", "device_id", "state", "size", "crc32c", "md5", "created_at", "expires_at"),
        (
            (
                _pack_id(number, pack),
                namespace_of(number),
                _id(b"device", number),
                "verified",
                chunks * CHUNK_BYTES,
                *rest,
            )
            for number, pack, chunks in some
        ),
    )
    _write(
        connection,
        tables.placement,
        ("pack_id", "store", "object_key"),
        ((_pack_id(number, pack), "directory", PACK_KEY) for number, pack, _ in some),
    )


def _nodes(connection: Connection, some: Sequence[tuple[int, int]]) -> None:
    """By account and the seq of their revision; every ``FOLDER_FILES`` + 1st of a tree is a folder."""
    revisions, nodes, chunks = [], [], []
    for number, seq in some:
        namespace_id = namespace_of(number)
        id_, made = _id(b"node %d" % number, seq), revision_id(seq, _id(b"chance", seq))
        folder, place = divmod(seq - 1, FOLDER_FILES + 1)
        is_folder = place == 0
        name = f"folder-{folder:06}" if is_folder else f"file-{place:04}.txt"
        parent = ROOT if is_folder else folder_id(number, folder)
        kind = int(Kind.FOLDER if is_folder else Kind.FILE)
        content = None if is_folder else chunk_hash(number, seq)
        size = 0 if is_folder else CHUNK_BYTES
        revisions.append(
            (
                namespace_id,
                seq,
                made,
                id_,
                kind,
                parent,
                name,
                False,
                None if is_folder else made,
                content,
                size,
                seq,
                content,
                False,
                _id(b"device", number),
                _id(b"operation", seq),
                bytes(32),
                False,
                _LONG_AGO_MS,
            )
        )
        subtree_seq = seq + FOLDER_FILES if is_folder else seq
        nodes.append((namespace_id, id_, kind, parent, name_key(name), seq, made, subtree_seq))
        if content is not None:
            pack_id, offset = _pack_id(number, seq // _PACK_CHUNKS), seq % _PACK_CHUNKS * CHUNK_BYTES
            chunks.append((namespace_id, content, pack_id, offset, CHUNK_BYTES, CHUNK_BYTES, int(Codec.RAW), 0))
    _write(
        connection,
        tables.revision,
        ("namespace_id", "seq", "revision_id", "node_id", "kind", "parent_id", "name", "is_deleted", "version_id",
         "content_hash", "size", "mtime_ns", "manifest", "executable", "device_id", "operation_id", "operation_digest",
         "is_approved", "committed_at"),
        revisions,
    )  # fmt: skip
    _write(
        connection,
        tables.node,
        ("namespace_id", "node_id", "kind", "parent_id", "live_name_key", "seq", "revision_id", "subtree_seq"),
        nodes,
    )
    _write(
        connection,
        tables.chunk,
        ("namespace_id", "chunk_hash", "pack_id", "offset", "stored_size", "plain_size", "codec", "key_id"),
        sorted(chunks),
    )


def _write(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows that have NULL in all other columns, in the quickest way that the database has."""
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    mark = "?"
    if connection.dialect.name != "sqlite":
        mark, columns = "%s", columns.replace('"', "`")
    marks = ", ".join([mark] * len(names))
    sql = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608 - ours
    connection.exec_driver_sql(sql, list(rows))


def _pack_id(number: int, pack: int) -> bytes:
    return _id(b"pack %d" % number, pack)


def _id(kind: bytes, number: int) -> bytes:
    """Those of one kind in order, as ids that devices make follow each other in time."""
    return number.to_bytes(6, "big") + _kind(kind)


@lru_cache(maxsize=64)
def _kind(kind: bytes) -> bytes:
    return blake3(kind).digest(length=10)
