"""Replays the logs in the store into an empty revision table, and makes the nodes from the revisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from server_api.contract.messages import Kind, NamespaceId
from server_api.contract.names import name_key
from server_api.domain.metadata import LOG, LOG_COLUMNS, MetadataError, MetadataReader
from server_api.services.server import Server
from server_api.services.snapshot import LOGS, START, Head
from server_api.storage.bulk import insert_rows
from server_api.storage.stores import ObjectMissingError, open_for_reading
from server_api.storage.tables import metadata, namespace, node, revision

_PAGE: Final = 2_000


class _OtherHistoryError(Exception):
    """The log follows a revision that is not the namespace's: a rebuild went on from an earlier one."""


def replay_logs(
    server: Server, connection: Connection, namespace_id: NamespaceId, warnings: list[str]
) -> tuple[int, int]:
    """Bring the namespace to where the logs reach; the seq and the time of its latest revision, or 0.

    Logs follow one another by the id of the revision before. Where two follow the same one, the one written later
    counts, for it is longer or of the history that went on. Adds a sentence to ``warnings`` for each that is damaged.
    """
    logs: dict[int, list[tuple[int, str]]] = {}
    for found in server.store.list(f"{LOGS}{namespace_id.hex()}/"):
        after, _, created = found.key.rpartition("/")[2].partition("-")
        if after.isdigit() and created.isdigit():
            logs.setdefault(int(after), []).append((int(created), found.key))
    head, last_at = START, 0
    while candidates := sorted(logs.pop(head.seq, ()), reverse=True):
        for _, key in candidates:
            try:
                with connection.begin_nested():
                    head, last_at = _append_log(server, connection, namespace_id, key, head)
            except _OtherHistoryError:
                continue
            except (MetadataError, ObjectMissingError) as error:
                warnings.append(f"a log of {namespace_id.hex()} cannot be used: {error}")
            else:
                break
    connection.execute(
        update(namespace).where(namespace.c.namespace_id == namespace_id).values(seq=head.seq, last_at=last_at)
    )
    return head.seq, last_at


def _append_log(
    server: Server, connection: Connection, namespace_id: NamespaceId, key: str, head: Head
) -> tuple[Head, int]:
    """The head afterwards and its time. Raises: MetadataError, ObjectMissingError, _OtherHistoryError."""
    reader = MetadataReader(open_for_reading(server.store, key), LOG)
    header = reader.header
    if (header.namespace_id, header.after_seq, header.previous) != (namespace_id, head.seq, head.revision_id):
        raise _OtherHistoryError
    last_at = 0
    for table, rows in reader.batches():
        columns = header.columns.get(table, ())
        if table not in LOG_COLUMNS or not set(LOG_COLUMNS[table]) <= set(columns):
            raise MetadataError(f"the table {table!r} is not understood")
        values = arranged(LOG_COLUMNS[table], columns, rows)
        for value in values:
            if value["seq"] != head.seq + 1:
                raise MetadataError("revisions are missing")
            head, last_at = Head(value["seq"], value["revision_id"]), value["committed_at"]
        insert_values(connection, table, [value | {"namespace_id": namespace_id} for value in values])
    return head, last_at


def build_nodes(connection: Connection, namespace_id: NamespaceId) -> None:
    """Each node at its latest revision.

    A folder's ``subtree_seq`` becomes the namespace's seq, which is never too low: every device lists everything anew,
    so none has read less.
    """
    seq = connection.scalar(select(namespace.c.seq).where(namespace.c.namespace_id == namespace_id)) or 0
    later = revision.alias()
    is_superseded = (
        select(later.c.seq)
        .where(
            later.c.namespace_id == namespace_id,
            later.c.node_id == revision.c.node_id,
            later.c.seq > revision.c.seq,
        )
        .exists()
    )
    page = (
        select(
            revision.c.node_id,
            revision.c.kind,
            revision.c.parent_id,
            revision.c.name,
            revision.c.is_deleted,
            revision.c.seq,
            revision.c.revision_id,
        )
        .where(revision.c.namespace_id == namespace_id, revision.c.seq > bindparam("after"), ~is_superseded)
        .order_by(revision.c.seq)
        .limit(_PAGE)
    )
    alive = after = 0
    while found := connection.execute(page, {"after": after}).all():
        after = found[-1].seq
        rows = []
        for row in found:
            key = None if row.is_deleted else name_key(row.name)
            subtree_seq = seq if row.kind == Kind.FOLDER else row.seq
            place = (row.kind, row.parent_id, key, row.seq)
            rows.append((namespace_id, row.node_id, *place, row.revision_id, subtree_seq))
            alive += key is not None
        insert_rows(connection, node, rows)
    connection.execute(update(namespace).where(namespace.c.namespace_id == namespace_id).values(live_nodes=alive))


def arranged(wanted: Sequence[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows by column name, of a file that may have more columns than wanted. Raises: MetadataError."""
    try:
        return [{name: row.get(name) for name in wanted} for row in (dict(zip(columns, r, strict=True)) for r in rows)]
    except ValueError as error:
        raise MetadataError("a row has too few or too many columns") from error


def insert_values(connection: Connection, table: str, values: Sequence[dict[str, Any]]) -> None:
    """Insert rows, each with a value for every column."""
    names = [column.name for column in metadata.tables[table].columns]
    insert_rows(connection, metadata.tables[table], [tuple(v[name] for name in names) for v in values])
