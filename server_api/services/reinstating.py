"""Reinstating: an empty database takes over a backup, and meets the store as it is now.

All of it is one transaction: if it fails or is killed, the database is empty. Nothing in the store changes.

The store went on after the backup was made. Packs that came since are taken in, for devices are about to name what is
in them; those that are gone are forgotten, and with them their chunks, which devices then send again. The server has
another epoch, so that every device lists everything anew and merges, which deletes nothing. All sessions are over. What
could be used only once is left out of backups. Links that others hold are suspended, for one that was withdrawn since
would work again: the operator confirms them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from server_api.domain.metadata import BackupHeader, MetadataError
from server_api.domain.showing import counted, exact
from server_api.errors import StartError
from server_api.services.adoption import StoredPacks, adopt_packs, place_packs, stored_packs
from server_api.services.audit import record
from server_api.services.backup import LEFT_OUT, check_backup, open_backup, tables_in_backup
from server_api.services.server import Server
from server_api.services.state import hold_collection, renew_epoch
from server_api.services.wholeness import BrokenVersions, add_broken
from server_api.storage.bulk import insert_rows
from server_api.storage.schema import OLDEST_TAKEN_OVER, SCHEMA
from server_api.storage.tables import account, metadata, namespace, share

_ALSO_LOST: Final = {"chunk", "old_pack"}
"""Tables of which a row goes with its pack."""


@dataclass(slots=True, kw_only=True)
class Reinstated:
    """What came back; times in ms.

    Attributes:
        made_at: when the backup was made: everything is as it was then.
        rows: by table, as many as the backup has.
        packs_adopted: that came to the store since, or were not whole yet.
        packs_lost: that are not in the store any more.
        broken: versions that cannot be read now.
        held_until: until when nothing is collected.
        warnings: sentences for the operator.
    """

    made_at: int
    rows: dict[str, int]
    packs_adopted: int = 0
    packs_lost: int = 0
    held_until: int = 0
    broken: BrokenVersions = field(default_factory=BrokenVersions)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        del told["broken"]
        counts = {"versions_broken": self.broken.count, "files_broken": self.broken.current_count}
        return told | counts | {"versions": self.broken.as_json()}

    def __str__(self) -> str:
        """For the operator, several lines."""
        trees, changes = counted(self.rows["namespace"], "tree"), counted(self.rows["revision"], "change")
        lines = [
            f"restored everything as it was at {exact(self.made_at)}",
            f"{counted(self.rows['account'], 'account')}, {trees} with {changes}",
            f"took in {counted(self.packs_adopted, 'pack')} that came to the store since",
        ]
        if self.packs_lost:
            are = "is" if self.packs_lost == 1 else "are"
            lines.append(f"{counted(self.packs_lost, 'pack')} of then {are} not in the store any more")
        lines += [
            "everybody signs in again: `lockstep link` on each device, which keeps its files and merges",
            "passwords, quotas and revoked devices are as they were then; invitations and sign-in links are over",
            "share links do not work until you have confirmed them: `lockstep server confirm-links`",
            "purges, wipes and deletions of accounts that waited have to be asked for again",
            f"nothing is collected until {exact(self.held_until)}: let all devices come into step before that",
            *self.warnings,
            *self.broken.lines(),
        ]
        return "\n".join(lines)


def reinstate_server(server: Server, source: Path) -> Reinstated:
    """Fill the empty database from a backup.

    Raises:
        StartError: the database is not empty, or the file is no whole backup that this Lockstep can take over.
        UnavailableError: nothing was changed.
    """
    header = _check_source(source)
    report = Reinstated(made_at=header.created_at, rows=dict(header.counts))
    with server.database.write() as work:
        connection = work.connection
        if connection.scalar(select(func.count()).select_from(account)):
            raise StartError("the database is not empty: restore into a new one, with another --data or --database")
        stored = stored_packs(server)
        _load(server, connection, source, stored, report)
        report.packs_adopted = adopt_packs(server, connection, stored, report.warnings)
        for namespace_id in connection.scalars(select(namespace.c.namespace_id)).all():
            add_broken(connection, namespace_id, report.broken)
        # A wish that was taken back since would be carried out at once. What had begun is disabled, and stays so.
        connection.execute(update(account).values(delete_at=None))
        connection.execute(update(share).values(is_suspended=True))
        renew_epoch(connection, server.ids)
        report.held_until = server.database_now_ms(connection) + server.config.limits.hold_s * 1000
        hold_collection(connection, report.held_until)
        record(server, work, "server-restored", detail=f"as of {exact(header.created_at)}")
    return report


def _check_source(source: Path) -> BackupHeader:
    """Raises: StartError, with what is wrong with the file and what to do."""
    try:
        with source.open("rb") as file:
            header = check_backup(file)
    except OSError as error:
        raise StartError(f"{source} cannot be read: {error.strerror or error}") from error
    except MetadataError as error:
        raise StartError(f"{source} is no whole backup of a Lockstep server: {error}") from error
    if header.schema > SCHEMA:
        raise StartError(
            f"{source} was made by a newer Lockstep, {header.lockstep} with schema {header.schema}: update this one"
        )
    if header.schema < OLDEST_TAKEN_OVER:
        raise StartError(
            f"{source} was made by an older Lockstep, {header.lockstep} with schema {header.schema}: restore it with "
            "that version, then upgrade"
        )
    return header


def _load(server: Server, connection: Connection, source: Path, stored: StoredPacks, report: Reinstated) -> None:
    """All rows; takes the packs that are known out of ``stored``."""
    known: set[bytes] = set()
    with source.open("rb") as file:
        reader, header = open_backup(file)
        for name, rows in reader.batches():
            table = metadata.tables.get(name)
            if table is None or name in LEFT_OUT:
                raise StartError(f"the backup has a table {name!r} that this Lockstep does not know: update it")
            values = list(map(_arranging(table, header.columns[name]), rows))
            if name == "pack":
                there = [v for v in values if stored.pop((v["namespace_id"], v["pack_id"]), None) == v["size"]]
                report.packs_lost += len(values) - len(there)
                known |= {v["pack_id"] for v in there}
                _insert(connection, table, there)
                place_packs(server, connection, [(v["namespace_id"], v["pack_id"]) for v in there])
            elif name in _ALSO_LOST:
                # What was condemned then may be what a device names now.
                fresh = {"condemned_at": None} if name == "chunk" else {}
                _insert(connection, table, [v | fresh for v in values if v["pack_id"] in known])
            else:
                _insert(connection, table, values)
    for table in tables_in_backup():
        server.database.count_on(connection, table)


def _arranging(table: Table, columns: Sequence[str]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Rows of an older schema become this one's. Raises: StartError."""
    missing: dict[str, Any] = {}
    for column in table.columns:
        if column.name not in columns:
            default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
            if default is None and not column.nullable:
                raise StartError(f"the backup lacks {table.name}.{column.name}: restore it with an older Lockstep")
            missing[column.name] = default
    return lambda row: missing | dict(zip(columns, row, strict=True))


def _insert(connection: Connection, table: Table, values: Sequence[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    insert_rows(connection, table, [tuple(value[name] for name in names) for value in values])
