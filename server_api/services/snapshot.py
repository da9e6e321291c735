"""The bucket alone is enough: what the database knows is written into the store, to rebuild a server from.

A snapshot holds the small tables and the chunk table. The revisions are in logs, each a namespace's revisions since the
log before; a snapshot's heads say up to where they reach. No lock is held: revisions are never changed, so everything
up to the heads is one state, and chunks that came later do no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final

import msgspec
from sqlalchemy import Connection, and_, func, select

from server_api.contract.reading import from_msgpack
from server_api.domain.metadata import (
    LOG,
    LOG_COLUMNS,
    SNAPSHOT,
    SNAPSHOT_COLUMNS,
    Header,
    MetadataError,
    MetadataReader,
    MetadataWriter,
    superseded,
)
from server_api.services.server import Server
from server_api.services.state import read_epoch, read_note, write_note
from server_api.storage.contention import retried
from server_api.storage.stores import ObjectMissingError, open_for_reading
from server_api.storage.tables import account, device, metadata, namespace, pack, revision

SNAPSHOTS: Final = "meta/snapshots/"
LOGS: Final = "meta/log/"

_LOG: Final = logging.getLogger(__name__)
_STATE_KEY: Final = "snapshot"
_SHORTEST_MS: Final = 10 * 1000
_LONGEST_MS: Final = 3600 * 1000
_SMALL: Final = ("account", "device", "namespace", "membership", "commit_number")


class Head(msgspec.Struct, frozen=True):
    """How far a namespace's log reaches: its latest revision."""

    seq: int
    revision_id: bytes | None


START: Final = Head(0, None)


class _State(msgspec.Struct, frozen=True):
    """What was written last. ``seen`` are counts that change when anything worth a snapshot does."""

    first_at: int
    at: int
    seen: list[int]


@retried
def write_snapshot_if_due(server: Server) -> bool:
    """Write one if something has changed since the last, an hour ago; whether it did.

    The first comes ten seconds after the server's first account, the next when twice that time has passed, and so on
    up to the hour: a young server has little, but all of it is new. Raises: UnavailableError.
    """
    now_ms = server.clock.now_ms()
    with server.database.read() as connection:
        state = _read_state(connection)
        if state:
            due_at = state.at + min(max(state.at - state.first_at, _SHORTEST_MS), _LONGEST_MS)
        else:
            due_at = (connection.scalar(select(func.min(namespace.c.created_at))) or now_ms) + _SHORTEST_MS
        if now_ms < due_at:
            return False
        seen = _look(connection)
    if seen == (state.seen if state else [0] * len(seen)):
        return False
    write_snapshot(server)
    with server.database.write() as work:
        new = _State(state.first_at if state else now_ms, now_ms, seen)
        write_note(work.connection, _STATE_KEY, msgspec.msgpack.encode(new))
    return True


def write_snapshot(server: Server) -> str:
    """Write logs up to now and a snapshot, and delete those that newer ones supersede; the snapshot's key.

    Raises: UnavailableError.
    """
    known = [found.key for found in server.store.list(SNAPSHOTS)]
    latest = created_at_of(known[-1]) if known else 0
    created_at = max(server.clock.now_ms(), latest + 1)  # the newest by name is the newest
    with server.database.read() as connection:
        epoch = read_epoch(connection)
        heads = _read_heads(connection)
        small = {table: list(_read_table(connection, table)) for table in _SMALL}
    written = _written_heads(server, known, heads)
    for namespace_id, head in heads.items():
        after = written.get(namespace_id, START)
        if head.seq > after.seq:
            _write_log(server, namespace_id, after, head, created_at=created_at, epoch=epoch)

    def fill(file: BinaryIO) -> None:
        header = Header(format=SNAPSHOT, created_at=created_at, epoch=epoch, columns=SNAPSHOT_COLUMNS)
        writer = MetadataWriter(file, header)
        writer.write("head", ((id_, head.seq, head.revision_id) for id_, head in heads.items()))
        for table, rows in small.items():
            writer.write(table, rows)
        with server.database.read() as connection:
            writer.write("pack", _read_table(connection, "pack"))
            writer.write("chunk", _read_table(connection, "chunk"))
        writer.finish()

    key = f"{SNAPSHOTS}{created_at:016}"
    _put(server, key, fill)
    for old in superseded([created_at, *map(created_at_of, known)]):
        server.store.delete(f"{SNAPSHOTS}{old:016}")
    _LOG.info("wrote a snapshot", extra={"key": key})
    return key


def read_heads(reader: MetadataReader) -> dict[bytes, Head]:
    """A snapshot's heads, by namespace: they come first. Raises: MetadataError."""
    heads: dict[bytes, Head] = {}
    for table, rows in reader.batches():
        if table != "head":
            break
        heads |= {namespace_id: Head(seq, revision_id) for namespace_id, seq, revision_id in rows}
    return heads


def created_at_of(key: str) -> int:
    """When the snapshot of this key was made, ms since the epoch; 0 if the key is none of ours."""
    digits = key.removeprefix(SNAPSHOTS)
    return int(digits) if digits.isdigit() else 0


# --- what is due -----------------------------------------------------------------------------------------------------


def _read_state(connection: Connection) -> _State | None:
    value = read_note(connection, _STATE_KEY)
    return from_msgpack(value, _State) if value else None


def _look(connection: Connection) -> list[int]:
    counts = (
        select(func.coalesce(func.sum(namespace.c.seq), 0)),
        select(func.count()).select_from(account),
        select(func.count()).select_from(device),
        select(func.count()).select_from(account).where(account.c.is_disabled),
        select(func.count()).select_from(device).where(device.c.revoked_at.is_not(None)),
        select(func.count()).select_from(pack).where(pack.c.state == "freed"),
    )
    return [int(connection.scalar(count) or 0) for count in counts]


# --- what is written -------------------------------------------------------------------------------------------------


def _read_heads(connection: Connection) -> dict[bytes, Head]:
    latest = select(namespace.c.namespace_id, namespace.c.seq, revision.c.revision_id).outerjoin(
        revision, and_(revision.c.namespace_id == namespace.c.namespace_id, revision.c.seq == namespace.c.seq)
    )
    return {row.namespace_id: Head(row.seq, row.revision_id) for row in connection.execute(latest).all()}


def _written_heads(server: Server, known: Sequence[str], heads: Iterable[bytes]) -> dict[bytes, Head]:
    """How far the logs in the store reach, as the newest readable snapshot says and this database agrees.

    They disagree after a rebuild from an older state: then the log of that namespace is written anew from its start.
    """
    written: dict[bytes, Head] = {}
    for key in reversed(known):
        try:
            written = read_heads(MetadataReader(open_for_reading(server.store, key), SNAPSHOT))
        except (MetadataError, ObjectMissingError):
            _LOG.warning("a snapshot cannot be read", extra={"key": key})
        else:
            break
    with server.database.read() as connection:
        return {id_: written[id_] for id_ in heads if id_ in written and _has(connection, id_, written[id_])}


def _has(connection: Connection, namespace_id: bytes, head: Head) -> bool:
    same = select(revision.c.revision_id).where(revision.c.namespace_id == namespace_id, revision.c.seq == head.seq)
    return connection.scalar(same) == head.revision_id


def _write_log(server: Server, namespace_id: bytes, after: Head, head: Head, *, created_at: int, epoch: bytes) -> None:
    def fill(file: BinaryIO) -> None:
        header = Header(
            format=LOG,
            created_at=created_at,
            epoch=epoch,
            columns=LOG_COLUMNS,
            namespace_id=namespace_id,
            after_seq=after.seq,
            previous=after.revision_id,
        )
        writer = MetadataWriter(file, header)
        columns = (revision.c[name] for name in LOG_COLUMNS["revision"])
        wanted = select(*columns).where(
            revision.c.namespace_id == namespace_id, revision.c.seq > after.seq, revision.c.seq <= head.seq
        )
        with server.database.read() as connection:
            # A manifest may be 16 MB: few rows at a time.
            writer.write("revision", _stream(connection, wanted.order_by(revision.c.seq), rows=10))
        writer.finish()

    _put(server, f"{LOGS}{namespace_id.hex()}/{after.seq:016}-{created_at:016}", fill)


def _read_table(connection: Connection, name: str) -> Iterator[Sequence[Any]]:
    table = metadata.tables[name]
    rows = select(*(table.c[column] for column in SNAPSHOT_COLUMNS[name]))
    if name == "pack":
        rows = rows.where(pack.c.state.in_(("sealed", "verified")))
    elif name == "chunk":
        rows = rows.order_by(table.c.pack_id)  # neighbours share it, which compresses well
    return _stream(connection, rows, rows=1_000)


def _stream(connection: Connection, query: Any, *, rows: int) -> Iterator[Sequence[Any]]:
    for batch in connection.execute(query.execution_options(yield_per=rows)).partitions():
        yield from batch


def _put(server: Server, key: str, fill: Callable[[BinaryIO], None]) -> None:
    with TemporaryFile(dir=server.config.data) as file:
        fill(file)
        file.seek(0)
        server.store.put(key, file)
