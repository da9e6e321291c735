"""Retention: old versions lose their contents when the rule says so. Their rows stay.

Looking takes no lock. Freeing does, for a few files at a time, and decides anew under it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, and_, or_, select, update

from server_api.contract.messages import Kind, NamespaceId, NodeId, RevisionId
from server_api.domain.retention import Retention, parse_retention
from server_api.errors import StartError
from server_api.services.server import Server
from server_api.storage.bulk import IN_LIMIT, pieces
from server_api.storage.contention import retried
from server_api.storage.references import free_versions, kept_versions
from server_api.storage.revisions import lock_namespace
from server_api.storage.shares import pinned_versions
from server_api.storage.tables import namespace, revision

_PAGE: Final = 2_000
_FILES_AT_ONCE: Final = 100
_COLUMNS: Final = (
    revision.c.node_id,
    revision.c.seq,
    revision.c.revision_id,
    revision.c.version_id,
    revision.c.is_deleted,
    revision.c.committed_at,
    revision.c.manifest.is_not(None).label("has_content"),
)


class _Row(Struct, frozen=True, gc=False):
    """One revision of a file, as far as it counts here."""

    node_id: NodeId
    seq: int
    revision_id: RevisionId
    version_id: RevisionId | None
    is_deleted: bool
    committed_at: int
    has_content: bool


def retention_of(server: Server, namespace_id: NamespaceId) -> Retention:
    """The namespace's own rule, or the server's. Raises: StartError, if the server's is not understood."""
    with server.database.read() as connection:
        own = connection.scalar(select(namespace.c.retention).where(namespace.c.namespace_id == namespace_id))
    try:
        return parse_retention(own or server.config.retention)
    except ValueError as error:
        raise StartError(f"the rule for old versions: {error}") from error


@retried
def set_retention(server: Server, namespace_id: NamespaceId, rule: str | None) -> None:
    """Give a namespace a rule of its own, or none. Raises: ValueError."""
    if rule is not None:
        parse_retention(rule)
    with server.database.write() as work:
        work.connection.execute(
            update(namespace).where(namespace.c.namespace_id == namespace_id).values(retention=rule)
        )


def expire_versions(
    server: Server, namespace_id: NamespaceId, rule: Retention, *, dry_run: bool = False
) -> Iterator[int]:
    """Free what the rule does not keep, a piece at a time; how many versions each time."""
    if rule.keeps_all:
        return
    after: tuple[NodeId, int] = (NodeId(b""), 0)
    pending: list[_Row] = []
    while True:
        with server.database.read() as connection:
            page = _read_page(connection, namespace_id, after)
            now_ms = server.database_now_ms(connection)
            pending += page
            # The page's last file may go on in the next one.
            last = page[-1].node_id if len(page) == _PAGE else None
            whole = [row for row in pending if row.node_id != last]
            pending = [row for row in pending if row.node_id == last]
            expired = _expired(connection, namespace_id, whole, rule, now_ms)
        if dry_run:
            yield len(expired)
        else:
            owners = dict.fromkeys(row.node_id for row in whole if row.revision_id in expired)
            for some in pieces(owners, _FILES_AT_ONCE):
                yield _free(server, namespace_id, some, rule)
        if last is None:
            return
        after = (page[-1].node_id, page[-1].seq)
        yield 0


@retried
def _free(server: Server, namespace_id: NamespaceId, node_ids: Sequence[NodeId], rule: Retention) -> int:
    with server.database.write() as work:
        connection = work.connection
        if lock_namespace(connection, namespace_id) is None:
            return 0
        rows = _read_files(connection, namespace_id, node_ids)
        expired = _expired(connection, namespace_id, rows, rule, server.database_now_ms(connection))
        return free_versions(connection, namespace_id, expired)


def _expired(
    connection: Connection, namespace_id: NamespaceId, rows: Sequence[_Row], rule: Retention, now_ms: int
) -> set[RevisionId]:
    """Of these files' versions with a content those that the rule does not keep. ``rows`` are whole files."""
    files: dict[NodeId, list[_Row]] = defaultdict(list)
    for row in rows:
        files[row.node_id].append(row)
    kept, died_at = kept_versions(connection, namespace_id, files.keys())
    pinned = pinned_versions(connection, namespace_id, now_ms)
    kept |= {version_id for version_id, node_id in pinned.items() if node_id not in died_at}
    expired: set[RevisionId] = set()
    for node_id, file in files.items():
        for index, row in enumerate(file):
            if not row.has_content or row.revision_id in kept:
                continue
            ended_at, was_deleted = _end(file, index, died_at.get(node_id))
            if ended_at is not None and not rule.keeps(
                created_at=row.committed_at, ended_at=ended_at, now_ms=now_ms, was_deleted=was_deleted
            ):
                expired.add(row.revision_id)
    return expired


def _end(file: Sequence[_Row], index: int, died_at: int | None) -> tuple[int | None, bool]:
    """When a file's version was last replaced or deleted, if it was; whether the file died with it.

    A version that was restored later counts to the end of its last time.
    """
    version_id = file[index].revision_id
    last = max(i for i in range(index, len(file)) if file[i].version_id == version_id)
    if last == len(file) - 1:
        return died_at, True
    return file[last + 1].committed_at, False


def _read_page(connection: Connection, namespace_id: NamespaceId, after: tuple[NodeId, int]) -> list[_Row]:
    node_id, seq = after
    beyond = or_(revision.c.node_id > node_id, and_(revision.c.node_id == node_id, revision.c.seq > seq))
    wanted = (
        select(*_COLUMNS)
        .where(revision.c.namespace_id == namespace_id, revision.c.kind == int(Kind.FILE), beyond)
        .order_by(revision.c.node_id, revision.c.seq)
        .limit(_PAGE)
    )
    return [_Row(*row) for row in connection.execute(wanted)]


def _read_files(connection: Connection, namespace_id: NamespaceId, node_ids: Sequence[NodeId]) -> list[_Row]:
    rows: list[_Row] = []
    for some in pieces(node_ids, IN_LIMIT):
        wanted = select(*_COLUMNS).where(revision.c.namespace_id == namespace_id, revision.c.node_id.in_(some))
        rows += [_Row(*row) for row in connection.execute(wanted.order_by(revision.c.node_id, revision.c.seq))]
    return rows
