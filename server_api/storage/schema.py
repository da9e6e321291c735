"""The schema of the database: which one it has, and bringing it to this code's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect as connect_sqlite
from typing import Final

from sqlalchemy import Connection, inspect, text

from server_api.storage.contention import WAIT_S
from server_api.storage.engines import BEGIN, LOCK_NAME_LENGTH
from server_api.storage.requirements import check_fitness

SCHEMA: Final = "0013"
"""The newest migration: what this code works on."""
OLDEST_TAKEN_OVER: Final = "0007"
"""The oldest schema whose rows can be taken over as they are. A migration that changes rows moves this to itself."""

_MIGRATION_LOCK: Final = 0x10C5


class NewerSchemaError(Exception):
    """The database was written by a newer Lockstep; its message tells a person what to do."""


class NoSchemaError(Exception):
    """There is no database, or nothing in it."""


def is_current(connection: Connection) -> bool:
    """Whether it is this code's."""
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == SCHEMA)


def upgrade(connection: Connection, file: Path | None, *, makes: bool) -> None:
    """Bring the schema to this code's; safe when several processes start at once.

    Args:
        connection: outside of any transaction.
        file: SQLite's, which is copied to ``FILE.before-SCHEMA`` before an older schema in it is upgraded.
        makes: a schema where there is none.

    Raises:
        NewerSchemaError: nothing was changed.
        UnfitDatabaseError: the same.
        NoSchemaError: the same.
    """
    with _migration_fence(connection, is_sqlite=file is not None):
        check_fitness(connection)
        current = _current_schema(connection)
        if current == SCHEMA:
            return
        if current is None and not makes:
            raise NoSchemaError
        if current is not None and file:
            _back_up(file, file.with_name(f"{file.name}.before-{SCHEMA}"))
        _migrate(connection)


def has_schema(file: Path) -> bool:
    """Whether a Lockstep ever opened it; looks without a trace."""
    if not file.is_file() or not file.stat().st_size:
        return False
    with closing(connect_sqlite(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT_S)) as connection:
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        return connection.execute(query).fetchone() is not None


def _back_up(source: Path, target: Path) -> None:
    """Copy a database that others may have open. The copy is whole or not there."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with closing(connect_sqlite(source)) as original, closing(connect_sqlite(unfinished)) as copy:
        original.backup(copy)
    unfinished.replace(target)


@contextmanager
def _migration_fence(connection: Connection, *, is_sqlite: bool) -> Iterator[None]:
    """One process migrates, the others wait and find it done. DDL is one transaction where the database can do that."""
    if is_sqlite:
        # A migration that rebuilds a table drops the old one, which foreign keys would take for a deletion.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        with connection.execution_options(**{BEGIN: "BEGIN IMMEDIATE"}).begin():
            yield
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    elif connection.dialect.name == "postgresql":
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            yield
    else:
        # MariaDB and MySQL commit at each DDL statement, so the lock is the session's.
        lock = {"lock": f"lockstep-{connection.engine.url.database}"[:LOCK_NAME_LENGTH]}
        if not connection.scalar(text("SELECT GET_LOCK(:lock, 300)"), lock):
            raise TimeoutError("another process has been upgrading the database for five minutes")
        connection.commit()
        try:
            with connection.begin():
                yield
        finally:  # after the commit, for the next one reads what it wrote
            connection.execute(text("SELECT RELEASE_LOCK(:lock)"), lock)
            connection.commit()


def _current_schema(connection: Connection) -> str | None:
    """Raises: NewerSchemaError."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    current: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current is not None and current > SCHEMA:
        raise NewerSchemaError(
            f"the database has schema {current}, this Lockstep knows up to {SCHEMA}: update Lockstep, "
            "or restore the backup that was made before the database was upgraded"
        )
    return current


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a sixth of a start's time, and only needed after an update
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, SCHEMA)
