"""The SQL database: one schema and one code path for SQLite, PostgreSQL and MariaDB or MySQL.

What differs between them stays in this module, ``engines`` and ``schema``: how they are connected to, how a transaction
begins, how writers queue, how migrations are fenced.

A **write** is one transaction that other writers wait for, on SQLite the whole database, elsewhere only where rows are
locked (``with_for_update``): in which order, ``locks`` tells. A **read** sees one state of the database from its first
statement to its last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from typing import Final

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from server_api.storage.contention import translated
from server_api.storage.engines import BEGIN, LOCK_NAME_LENGTH, server_engine, sqlite_engine, sqlite_file
from server_api.storage.notices import Receive, can_listen, listening
from server_api.storage.schema import NoSchemaError, has_schema, is_current, upgrade
from server_api.storage.turns import Turns, only_one

_NOW_MS: Final = {
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
    "mysql": "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)",
    "mariadb": "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)",
}
_LOCKS: Final = {"collecting": 0x10C6, "scrubbing": 0x10C7}


class UnitOfWork:
    """One write transaction and what is to happen once it holds.

    Attributes:
        connection: inside the transaction; never commit or roll back on it.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._afterwards: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call this once the transaction is durable; never, if it fails."""
        self._afterwards.append(callback)

    def committed(self) -> None:
        """Tell those who asked. Called by ``Database.write``."""
        for callback in self._afterwards:
            callback()


class Database:
    """Connections to one database. Safe for threads, and for greenlets if gevent patched before the import."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet.

        Args:
            url: ``sqlite:///PATH``, ``postgresql+psycopg://…`` or ``mysql+pymysql://…``. The latter two may name with
                ``?credentials=secretsmanager:NAME`` where user and password are.

        Raises: SecretError.
        """
        parsed = make_url(url)
        self._file = sqlite_file(parsed)
        self._turn: Callable[[], AbstractContextManager[None]]
        if self._file:
            self._turn = Turns(self._file).take
            self._engine = sqlite_engine(parsed)
            self._writers = self._engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
            self._readers = self._engine
        else:
            self._turn = nullcontext
            self._engine = server_engine(parsed)
            self._writers = self._engine.execution_options(isolation_level="READ COMMITTED")
            self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ")

    def open(self, *, makes: bool = True) -> None:
        """Bring the schema to this code's; safe when several processes start at once.

        A SQLite file is copied to ``FILE.before-SCHEMA`` before an older schema in it is upgraded.

        Args:
            makes: a database where there is none. Else nothing is changed there, on the disk neither.

        Raises:
            NewerSchemaError: nothing was changed.
            UnfitDatabaseError: the same.
            NoSchemaError: the same.
            ContentionError: the same; another process was writing to the file all the time.
        """
        if self._file:
            if not makes and not has_schema(self._file):
                raise NoSchemaError
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
        # SQLite does not wait its turn to turn a new file into one with a write-ahead log.
        with self._turn(), self._engine.connect() as connection:
            upgrade(connection, self._file, makes=makes)

    def is_at_head(self) -> bool:
        """Whether the schema is this code's: a newer Lockstep may have upgraded it since. Raises: UnavailableError."""
        with self.read() as connection:
            return is_current(connection)

    @staticmethod
    def count_on(connection: Connection, table: Table) -> None:
        """Let a table that numbers its rows go on after those that were inserted with numbers."""
        numbered = table.autoincrement_column
        if numbered is not None and connection.dialect.name == "postgresql":
            highest = select(func.coalesce(func.max(numbered), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, numbered.name)
            connection.execute(select(func.setval(sequence, highest, False)))

    def close(self) -> None:
        """Close what is pooled. The database can be used again afterwards."""
        self._engine.dispose()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """One transaction: committed when the block ends, rolled back when it raises.

        A function that has such a block is ``retried``. Raises: ContentionError, UnavailableError.
        """
        with translated(self._engine.dialect.dbapi), self._turn(), self._writers.begin() as connection:
            work = UnitOfWork(connection)
            yield work
        work.committed()

    @property
    def can_listen(self) -> bool:
        """Whether this kind of database tells other processes what ``notices.notify`` says."""
        return can_listen(self._engine)

    def listen(self) -> AbstractContextManager[Receive]:
        """Hears what other transactions ``notify`` until the block ends. Raises: UnavailableError."""
        return listening(self._engine)

    @contextmanager
    def alone(self, doing: str) -> Iterator[Callable[[], None] | None]:
        """Only one of all processes on this database is inside at a time: ``None``, if another one is.

        What is given else raises UnavailableError once this may not hold any more: call it before each step. A process
        that is killed leaves at once, for the database itself holds the lock: for a connection, or a file.
        """
        if self._file:
            with only_one(self._file.with_name(f"{self._file.name}-{doing}")) as is_mine:
                yield (lambda: None) if is_mine else None
            return
        driver = self._engine.dialect.dbapi
        with translated(driver):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with closing(connection):
            with translated(driver):
                connection.detach()  # closing it ends its session, and so the lock, whatever happens
                is_mine = _is_locked(connection, doing)

            def check() -> None:
                with translated(driver):
                    connection.execute(text("SELECT 1"))

            try:
                yield check if is_mine else None
            finally:
                if is_mine:  # the end of a session is noticed later than that of a call
                    with suppress(SQLAlchemyError):
                        _unlock(connection, doing)

    def now_ms(self, connection: Connection) -> int:
        """The database's own time, ms since the epoch: the same for all processes and machines."""
        return int(connection.scalar(text(_NOW_MS[connection.dialect.name])) or 0)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One state of the database; waits for no writer. Raises: UnavailableError."""
        with translated(self._engine.dialect.dbapi), self._readers.begin() as connection:
            yield connection


def _is_locked(connection: Connection, doing: str) -> bool:
    """Whether this session got the lock of that name."""
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), _lock(connection, doing)))
    return bool(connection.scalar(text("SELECT GET_LOCK(:lock, 0)"), _lock(connection, doing)))


def _unlock(connection: Connection, doing: str) -> None:
    function = "pg_advisory_unlock" if connection.dialect.name == "postgresql" else "RELEASE_LOCK"
    connection.execute(text(f"SELECT {function}(:lock)"), _lock(connection, doing))


def _lock(connection: Connection, doing: str) -> dict[str, int | str]:
    if connection.dialect.name == "postgresql":
        return {"lock": _LOCKS[doing]}
    return {"lock": f"lockstep-{doing}-{connection.engine.url.database}"[:LOCK_NAME_LENGTH]}
