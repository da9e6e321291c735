"""How each kind of database is connected to."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from server_api.storage.contention import WAIT_S
from server_api.storage.secret_texts import SecretError, read_sign_in

BEGIN: Final = "lockstep_begin"
"""An execution option: the statement with which SQLite begins a transaction."""
LOCK_NAME_LENGTH: Final = 64
"""What MySQL and MariaDB take at most."""

_CONNECT_TIMEOUT_S: Final = 10
_VANISHED: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq's settings by which a database host that vanished is noticed within a minute; the system takes hours."""
_CACHE_KIB: Final = 32_768  # a commit of 10,000 files stays in memory until it is written, once
_CREDENTIALS: Final = "credentials"


def sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ValueError("a SQLite database needs a file: readers and writers are separate connections")
    return Path(url.database)


def sqlite_engine(url: URL) -> Engine:
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
        connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))

    return engine


def server_engine(url: URL) -> Engine:
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
