"""The journal's file: made, checked, brought up to date, set aside."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.tables import ALL, APPLICATION_ID, SCHEMA
from sync_engine.errors import JournalDamaged, JournalError, JournalFull, JournalNewer

MIGRATIONS: Final[dict[int, Callable[[Database], None]]] = {}
"""By the schema they start from: each brings the tables to the next one, within a transaction."""


def open_database(path: Path) -> Database:
    """The journal's file, checked and of this code's schema; made, with mode 0600, if it is not there.

    An older one is first copied to ``journal.before-SCHEMA.db``.

    Raises:
        JournalNewer: made by a newer Lockstep; nothing was changed.
        JournalDamaged: not a journal, or a broken one; nothing was changed.
        JournalFull, JournalError.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error
    database = Database(path)
    try:
        schema = _schema(database)
        database.prepare()
        _check(database)
        if schema == 0:
            _create(database)
        elif schema < SCHEMA:
            _migrate(database, schema)
        _check_tables(database)
        return database
    except BaseException:
        database.close()
        raise


def set_aside(path: Path, now_ns: int) -> Path:
    """Move a damaged journal out of the way, so that a new one can be made; returns where it is: kept for whoever wants
    to look into it.

    Raises: JournalError.
    """
    stamp = datetime.fromtimestamp(now_ns / 1e9, tz=UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
    try:
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{path}{suffix}")
            if part.exists():
                part.rename(f"{aside}{suffix}")
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error
    return aside


def _schema(database: Database) -> int:
    """0 for an empty file."""
    ((application,),) = database.rows("PRAGMA application_id")
    ((schema,),) = database.rows("PRAGMA user_version")
    ((tables,),) = database.rows("SELECT count(*) FROM sqlite_schema")
    if tables == 0:
        return 0
    if application != APPLICATION_ID or schema < 1:
        raise JournalDamaged(f"{database.path}: this is no journal")
    if schema > SCHEMA:
        raise JournalNewer(f"{database.path}: schema {schema}, this Lockstep knows up to {SCHEMA}")
    return int(schema)


def _check(database: Database) -> None:
    """Raises: JournalDamaged."""
    ((verdict,),) = database.rows("PRAGMA quick_check(1)")
    if verdict != "ok":
        raise JournalDamaged(f"{database.path}: {verdict}")


def _check_tables(database: Database) -> None:
    """A whole file that is of no use all the same. Raises: JournalDamaged."""
    for table in ALL:
        columns = {name for _, name, *_ in database.rows(f"PRAGMA table_info({table.name})")}
        if missing := table.columns.keys() - columns:
            raise JournalDamaged(f"{database.path}: {table.name} lacks {', '.join(sorted(missing))}")


def _create(database: Database) -> None:
    with database.transaction(durable=True):
        for table in ALL:
            for statement in table.creation():
                database.run(statement)
        database.run(f"PRAGMA application_id={APPLICATION_ID}")
        database.run(f"PRAGMA user_version={SCHEMA}")


def _migrate(database: Database, schema: int) -> None:
    _back_up(database.path, database.path.with_name(f"{database.path.stem}.before-{SCHEMA}{database.path.suffix}"))
    with database.transaction(durable=True):
        for start in range(schema, SCHEMA):
            MIGRATIONS[start](database)
        database.run(f"PRAGMA user_version={SCHEMA}")


def _back_up(source: Path, target: Path) -> None:
    """A copy that is whole and durable, or not there. Raises: JournalFull, JournalError."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(unfinished)) as copy:
            original.backup(copy)
        unfinished.replace(target)
    except sqlite3.Error as error:
        is_full = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL
        raise (JournalFull if is_full else JournalError)(f"{target}: {error}") from error
    except OSError as error:
        raise JournalError(f"{target}: {error.strerror}") from error
