"""Rebuilds a server in an empty database from the store alone: the newest snapshot, the logs, and the packs.

All of it is one transaction: a rebuild that fails or is killed leaves the database empty. Nothing in the store changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Table, func, select

from server_api.domain.metadata import LATER_COLUMNS, SNAPSHOT, SNAPSHOT_COLUMNS, MetadataError, MetadataReader
from server_api.domain.showing import counted
from server_api.errors import StartError
from server_api.services.adoption import adopt_packs, place_packs, stored_packs
from server_api.services.replay import arranged, build_nodes, insert_values, replay_logs
from server_api.services.server import Server
from server_api.services.snapshot import SNAPSHOTS, created_at_of
from server_api.services.state import hold_collection, renew_epoch
from server_api.services.wholeness import BrokenVersions, add_broken
from server_api.storage.stores import ObjectMissingError, ObjectStore, open_for_reading
from server_api.storage.tables import account, chunk, namespace, pack, revision

_NEW_ACCOUNT: Final = {"password_hash": "!", "delete_at": None}
"""What the snapshot does not say: no password fits, and nobody is waiting for it to go."""
_NEW_PACK: Final = {"declared": None, "expires_at": 0, "checked_at": None}


@dataclass(slots=True, kw_only=True)
class RebuildReport:
    """What came back; times in ms since the epoch.

    Attributes:
        snapshot_at: when the snapshot was taken: accounts and devices are as they were then.
        up_to_at: the latest change that came back; 0 if there was none.
        gone: versions that are without their content.
        warnings: sentences for the operator.
    """

    snapshot_at: int = 0
    up_to_at: int = 0
    accounts: int = 0
    namespaces: int = 0
    revisions: int = 0
    packs: int = 0
    chunks: int = 0
    gone: BrokenVersions = field(default_factory=BrokenVersions)
    warnings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """For the operator, several lines."""
        trees, changes = counted(self.namespaces, "tree"), counted(self.revisions, "change")
        lines = [
            f"rebuilt {counted(self.accounts, 'account')}, {trees} with {changes}",
            f"found {counted(self.chunks, 'chunk')} in {counted(self.packs, 'pack')}",
            f"accounts and devices are as of {_show(self.snapshot_at)}, the latest change is of {_show(self.up_to_at)}",
            "no account has a password: set one with `lockstep server user password EMAIL`",
            *self.warnings,
            *self.gone.lines(),
        ]
        return "\n".join(lines)


def refuse_empty(store: ObjectStore) -> None:
    """Before anything is made. Raises: StartError, if the store holds no snapshot at all."""
    if not any(store.list(SNAPSHOTS)):
        raise _nothing_there()


def rebuild_server(server: Server) -> RebuildReport:
    """Fill the empty database from the store. It gets a new epoch, so that devices list everything anew and merge.

    Raises:
        StartError: the database is not empty, or the store holds no snapshot that can be read.
        UnavailableError: nothing was changed.
    """
    report = RebuildReport()
    with server.database.write() as work:
        connection = work.connection
        if _count(connection, account):
            raise StartError("the database is not empty: rebuild into a new one, with another --data or --database")
        stored = stored_packs(server)
        heads = _load_snapshot(server, connection, stored, report)
        for namespace_id in connection.scalars(select(namespace.c.namespace_id)).all():
            seq, last_at = replay_logs(server, connection, namespace_id, report.warnings)
            report.up_to_at = max(report.up_to_at, last_at)
            if seq < heads.get(namespace_id, seq):
                report.warnings.append(f"the changes of {namespace_id.hex()} from number {seq + 1} on are lost")
            build_nodes(connection, namespace_id)
        adopt_packs(server, connection, stored, report.warnings)
        for namespace_id in connection.scalars(select(namespace.c.namespace_id)).all():
            add_broken(connection, namespace_id, report.gone)
        report.accounts = _count(connection, account)
        report.namespaces = _count(connection, namespace)
        report.revisions = _count(connection, revision)
        report.packs = _count(connection, pack)
        report.chunks = _count(connection, chunk)
        renew_epoch(connection, server.ids)
        hold_collection(connection, server.database_now_ms(connection) + server.config.limits.hold_s * 1000)
    return report


# --- the snapshot ----------------------------------------------------------------------------------------------------


def _load_snapshot(
    server: Server, connection: Connection, stored: dict[tuple[bytes, bytes], int], report: RebuildReport
) -> dict[bytes, int]:
    """The newest that is whole; how far each namespace's log reached then, by seq.

    Takes its packs out of ``stored``: what is left there came later. Raises: StartError.
    """
    for key in sorted((found.key for found in server.store.list(SNAPSHOTS)), reverse=True):
        left = dict(stored)
        try:
            with connection.begin_nested():
                reader = MetadataReader(open_for_reading(server.store, key), SNAPSHOT)
                heads = _load_tables(server, connection, reader, left, report)
        except (MetadataError, ObjectMissingError) as error:
            report.warnings.append(f"the snapshot of {_show(created_at_of(key))} cannot be used: {error}")
            continue
        stored.clear()
        stored.update(left)
        report.snapshot_at = reader.header.created_at
        return heads
    raise _nothing_there()


def _nothing_there() -> StartError:
    return StartError("the store holds no snapshot that can be read: there is nothing to rebuild from")


def _load_tables(
    server: Server,
    connection: Connection,
    reader: MetadataReader,
    left: dict[tuple[bytes, bytes], int],
    report: RebuildReport,
) -> dict[bytes, int]:
    heads: dict[bytes, int] = {}
    kept: set[bytes] = set()
    lost = 0
    for table, rows in reader.batches():
        columns = reader.header.columns.get(table, ())
        if table not in SNAPSHOT_COLUMNS or not set(SNAPSHOT_COLUMNS[table]) - LATER_COLUMNS <= set(columns):
            raise MetadataError(f"the table {table!r} is not understood")
        values = arranged(SNAPSHOT_COLUMNS[table], columns, rows)
        if table == "pack":
            there = [v for v in values if left.pop((v["namespace_id"], v["pack_id"]), None) == v["size"]]
            lost += len(values) - len(there)
            kept |= {v["pack_id"] for v in there}
            insert_values(connection, "pack", [v | _NEW_PACK for v in there])
            place_packs(server, connection, [(v["namespace_id"], v["pack_id"]) for v in there])
        elif table == "chunk":
            insert_values(connection, "chunk", [v | {"condemned_at": None} for v in values if v["pack_id"] in kept])
        elif table == "account":
            insert_values(connection, table, [v | _NEW_ACCOUNT for v in values])
        elif table == "namespace":
            insert_values(connection, table, [v | {"seq": 0, "last_at": 0, "live_nodes": 0} for v in values])
        elif table == "head":
            heads |= {v["namespace_id"]: v["seq"] for v in values}
        else:
            insert_values(connection, table, values)
    if lost:
        report.warnings.append(f"{lost} packs that the snapshot names are not in the store any more")
    return heads


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _show(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC" if at_ms else "never"
