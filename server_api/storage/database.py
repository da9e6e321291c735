"""The SQL database: one schema and one code path for SQLite, PostgreSQL and MariaDB or MySQL.

What differs between them stays in this module: how a transaction begins, how writers queue, how migrations are fenced.

A **write** is one transaction that other writers wait for, on SQLite the whole database, elsewhere only where rows are
locked (``with_for_update``). A **read** sees one state of the database from its first statement to its last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from sqlite3 import connect as connect_sqlite
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from server_api.storage.contention import WAIT_S, translated
from server_api.storage.notices import Receive, can_listen, listening
from server_api.storage.requirements import check_fitness
from server_api.storage.secret_texts import SecretError, read_sign_in
from server_api.storage.turns import Turns, only_one

SCHEMA: Final = "0013"
"""The newest migration: what this code works on."""
OLDEST_TAKEN_OVER: Final = "0007"
"""The oldest schema whose rows can be taken over as they are. A migration that changes rows moves this to itself."""

_CONNECT_TIMEOUT_S: Final = 10
_VANISHED: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq's settings by which a database host that vanished is noticed within a minute; the system takes hours."""
_CACHE_KIB: Final = 32_768  # a commit of 10,000 files stays in memory until it is written, once
_BEGIN_OPTION: Final = "lockstep_begin"
_NOW_MS: Final = {
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
    "mysql": "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)",
    "mariadb": "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)",
}
_CREDENTIALS: Final = "credentials"
_MIGRATION_LOCK: Final = 0x10C5
_LOCKS: Final = {"collecting": 0x10C6, "scrubbing": 0x10C7}
_LOCK_NAME_LENGTH: Final = 64


class NewerSchemaError(Exception):
    """The database was written by a newer Lockstep; its message tells a person what to do."""


class NoSchemaError(Exception):
    """There is no database, or nothing in it."""


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
        self._file = _sqlite_file(parsed)
        self._turn: Callable[[], AbstractContextManager[None]]
        if self._file:
            self._turn = Turns(self._file).take
            self._engine = _sqlite_engine(parsed)
            self._writers = self._engine.execution_options(**{_BEGIN_OPTION: "BEGIN IMMEDIATE"})
            self._readers = self._engine
        else:
            self._turn = nullcontext
            self._engine = _server_engine(parsed)
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
            if not makes and not _has_schema(self._file):
                raise NoSchemaError
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
        with (
            self._turn(),  # SQLite does not wait its turn to turn a new file into one with a write-ahead log
            self._engine.connect() as connection,
            _migration_fence(connection, is_sqlite=self._file is not None),
        ):
            check_fitness(connection)
            current = _current_schema(connection)
            if current == SCHEMA:
                return
            if current is None and not makes:
                raise NoSchemaError
            if current is not None and self._file:
                _back_up(self._file, self._file.with_name(f"{self._file.name}.before-{SCHEMA}"))
            _migrate(connection)

    def is_at_head(self) -> bool:
        """Whether the schema is this code's: a newer Lockstep may have upgraded it since. Raises: UnavailableError."""
        with self.read() as connection:
            return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == SCHEMA)

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


# --- PostgreSQL, MySQL and MariaDB ---------------------------------------------------------------------------------


def _server_engine(url: URL) -> Engine:
    is_postgresql = url.get_backend_name() == "postgresql"
    # Rows are looked up by their keys, and mostly lie in memory. As if from a slow disk, PostgreSQL would rather read a
    # whole table, which grows with the namespace, than a thousand rows of it.
    settings = (
        f"SET lock_timeout = '{WAIT_S}s'; SET random_page_cost = 1.1"
        if is_postgresql
        else f"SET innodb_lock_wait_timeout = {WAIT_S}"
    )
    waits = {"connect_timeout": _CONNECT_TIMEOUT_S} | (_VANISHED if is_postgresql else {})
    url, credentials = _apart(url)
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_use_lifo=True,
        pool_size=8,
        max_overflow=24,
        hide_parameters=True,
        connect_args={name: value for name, value in waits.items() if name not in url.query},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute(settings)
        connection.commit()

    if credentials:
        _signs_in_with(engine, credentials)
    return engine


def _apart(url: URL) -> tuple[URL, str]:
    """The address itself, and where user and password are; nowhere else than in it, if empty."""
    named = url.query.get(_CREDENTIALS, "")
    return url.difference_update_query([_CREDENTIALS]), named if isinstance(named, str) else named[-1]


def _signs_in_with(engine: Engine, reference: str) -> None:
    """With a secret that may be rotated: who is refused looks whether it is another one by now. Raises: SecretError."""
    known = read_sign_in(reference)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: object, arguments: Any, parameters: Any) -> Any:
        nonlocal known
        try:
            return dialect.connect(*arguments, **parameters | known)
        except dialect.loaded_dbapi.OperationalError:
            with suppress(SecretError):
                if (now := read_sign_in(reference)) != known:
                    known = now
                    return dialect.connect(*arguments, **parameters | known)
            raise


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
    return {"lock": f"lockstep-{doing}-{connection.engine.url.database}"[:_LOCK_NAME_LENGTH]}


# --- SQLite ------------------------------------------------------------------------------------------------------


def _sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ValueError("a SQLite database needs a file: readers and writers are separate connections")
    return Path(url.database)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_use_lifo=True, pool_size=8, max_overflow=24, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is deferred
        for pragma in (
            f"busy_timeout={WAIT_S * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"cache_size=-{_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN_OPTION, "BEGIN"))

    return engine


def _has_schema(file: Path) -> bool:
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


# --- migrations --------------------------------------------------------------------------------------------------


@contextmanager
def _migration_fence(connection: Connection, *, is_sqlite: bool) -> Iterator[None]:
    """One process migrates, the others wait and find it done. DDL is one transaction where the database can do that."""
    if is_sqlite:
        # A migration that rebuilds a table drops the old one, which foreign keys would take for a deletion.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        with connection.execution_options(**{_BEGIN_OPTION: "BEGIN IMMEDIATE"}).begin():
            yield
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    elif connection.dialect.name == "postgresql":
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            yield
    else:
        # MariaDB and MySQL commit at each DDL statement, so the lock is the session's.
        lock = {"lock": f"lockstep-{connection.engine.url.database}"[:_LOCK_NAME_LENGTH]}
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
