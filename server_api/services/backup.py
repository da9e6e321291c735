"""A backup: what the database knows in one file, of one moment, for whichever database it is to come back in.

The server may run meanwhile: all is read in one transaction, row by row. The contents are not in it; they are in the
store, where an object is never changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import ColumnElement, Connection, Table, func, select, true

from server_api.contract.version import VERSION
from server_api.domain.metadata import BACKUP, BackupHeader, MetadataError, MetadataReader, MetadataWriter
from server_api.domain.showing import counted, exact
from server_api.domain.sizes import show_size
from server_api.errors import StartError
from server_api.services.audit import record_alone
from server_api.services.server import Server
from server_api.services.state import read_epoch
from server_api.storage.packs import PackState
from server_api.storage.schema import SCHEMA
from server_api.storage.tables import metadata, pack, revision

LEFT_OUT: Final[dict[str, str]] = {
    "server_state": "epoch, secrets and jobs' notes: whoever takes the backup over has its own",
    "session": "all sessions end when a server is restored",
    "refresh_token": "the same",
    "sign_in_link": "one that was used since would work again",
    "mailed_code": "the same",
    "invitation": "the same",
    "mail": "what waited was sent since",
    "wipe": "a wish that was taken back since would come back, and the device's token is newer than the backup",
    "purge": "a wish that was taken back since would be carried out at once: its time has come",
    "purge_node": "the same",
    "position": "devices say again what they have",
    "attempt": "of an hour that is over",
    "published": "made anew from the contents; what the store has of it is nobody's any more",
    "orphan": "what the store has is looked at anew",
    "placement": "it says where packs lie in this store; they may come back in another",
}
"""Tables that are not in a backup, and why. Any other is, also one that a later schema brings."""

_DATED: Final = re.compile(r"lockstep-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.backup", re.ASCII)
_MANY: Final = 1_000
_FEW: Final = 10
"""Rows at once: a manifest may be 16 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What is in a backup."""

    file: str
    size: int
    made_at: int
    schema: str
    rows: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        """For the operator, several lines."""
        rows = self.rows
        return (
            f"wrote {self.file}, {show_size(self.size)}, as of {exact(self.made_at)}\n"
            f"{counted(rows['account'], 'account')}, {counted(rows['namespace'], 'tree')} with "
            f"{counted(rows['revision'], 'change')}, {counted(rows['chunk'], 'chunk')} in "
            f"{counted(rows['pack'], 'pack')}\n"
            "the contents are not in it: copy the store as well. It holds what passwords and second factors are "
            "checked with: keep it as safe as the database"
        )


def tables_in_backup() -> list[Table]:
    """Those a row refers to before those that refer."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def write_backup(server: Server, target: Path) -> BackedUp:
    """Write a backup, or replace an older one of this name: it is there whole, durably, or not at all.

    Raises: StartError, UnavailableError.
    """
    unfinished = target.with_name(f"{target.name}.{server.ids.new_id().hex()}.unfinished")
    try:
        _check_target(target)
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            header = _write(server, file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            file.seek(0)
            check_backup(file)
        unfinished.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise StartError(f"the backup cannot be written to {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    record_alone(server, "backup-written", detail=f"{target.name}, {size} bytes")
    return BackedUp(
        file=str(target), size=size, made_at=header.created_at, schema=header.schema, rows=dict(header.counts)
    )


def write_dated_backup(server: Server, folder: Path, keep: int | None) -> BackedUp:
    """Write a backup into this folder, under a name that tells when, and then delete all such but the newest ``keep``.

    Raises: StartError, UnavailableError.
    """
    now = datetime.fromtimestamp(server.clock.now_ms() // 1_000, UTC)
    written = write_backup(server, folder / f"lockstep-{now:%Y-%m-%dT%H-%M-%SZ}.backup")
    if keep is not None:
        dated = sorted((path for path in folder.iterdir() if _DATED.fullmatch(path.name)), key=lambda path: path.name)
        for old in dated[:-keep]:
            try:
                old.unlink(missing_ok=True)
            except OSError as error:
                raise StartError(f"{old} cannot be deleted: {error.strerror or error}") from error
    return written


def open_backup(file: BinaryIO) -> tuple[MetadataReader, BackupHeader]:
    """Raises: MetadataError."""
    reader = MetadataReader(file, BACKUP, BackupHeader)
    assert isinstance(reader.header, BackupHeader)
    return reader, reader.header


def check_backup(file: BinaryIO) -> BackupHeader:
    """Read all of it. Raises: MetadataError, if it is not whole."""
    reader, header = open_backup(file)
    counts = dict.fromkeys(header.counts, 0)
    for table, rows in reader.batches():
        width = len(header.columns.get(table, ()))
        if table not in counts or any(len(row) != width for row in rows):
            raise MetadataError("rows are of no table, or of another form than they should be")
        counts[table] += len(rows)
    if counts != header.counts:
        raise MetadataError("rows are missing")
    return header


def _write(server: Server, file: BinaryIO) -> BackupHeader:
    tables = tables_in_backup()
    with server.database.read() as connection:
        header = BackupHeader(
            format=BACKUP,
            created_at=server.clock.now_ms(),
            epoch=read_epoch(connection),
            columns={str(table.name): tuple(str(column.name) for column in table.columns) for table in tables},
            schema=SCHEMA,
            lockstep=VERSION,
            counts={str(table.name): _count(connection, table) for table in tables},
        )
        writer = MetadataWriter(file, header)
        for table in tables:
            writer.write(str(table.name), _rows(connection, table))
        writer.finish()
    return header


def _kept(table: Table) -> ColumnElement[bool]:
    """Of packs only those that have arrived: what becomes of the others is found out from the store."""
    if table is pack:
        return pack.c.state.in_((PackState.SEALED.value, PackState.VERIFIED.value))
    return true()


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(_kept(table))) or 0


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    rows = select(*table.columns).where(_kept(table))
    at_once = _FEW if table is revision else _MANY
    for batch in connection.execute(rows.execution_options(yield_per=at_once)).partitions():
        yield from batch


def _check_target(target: Path) -> None:
    """Nothing but a backup is ever replaced. Raises: StartError."""
    if not target.parent.is_dir():
        raise StartError(f"there is no folder {target.parent}")
    if not target.exists():
        return
    try:
        with target.open("rb") as file:
            open_backup(file)
    except (MetadataError, OSError) as error:
        raise StartError(f"{target} is there and is no backup: it is left alone. Choose another name") from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
