"""What one process tells the others with its commit: PostgreSQL delivers it to whoever listens, at once.

Elsewhere nobody is told, and whoever wants to know looks now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, text

from server_api.errors import UnavailableError
from server_api.storage.contention import translated

Receive: TypeAlias = Callable[[float], list[str]]
"""What came, in order; nothing if nothing did for so many seconds. Raises: UnavailableError, when it is cut off."""

_CHANNEL: Final = "lockstep"
_TELL: Final = text("SELECT pg_notify(:channel, :notice)").bindparams(channel=_CHANNEL)


def can_listen(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def notify(connection: Connection, notice: str) -> None:
    """Others are told once this transaction is durable; never, if it fails. ``notice``: up to 7,999 bytes."""
    if can_listen(connection.engine):
        connection.execute(_TELL, {"notice": notice})


@contextmanager
def listening(engine: Engine) -> Iterator[Receive]:
    """Hears all that is committed from here on, on a connection of its own.

    Raises: UnavailableError.
    """
    psycopg: Any = engine.dialect.dbapi
    with translated(psycopg), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"LISTEN {_CHANNEL}")
        driver: Any = connection.connection.driver_connection
        connection.detach()  # it may never serve anyone else

        def receive(timeout_s: float) -> list[str]:
            try:
                return [notice.payload for notice in driver.notifies(timeout=timeout_s, stop_after=1)]
            except psycopg.Error as error:
                raise UnavailableError from error

        yield receive
