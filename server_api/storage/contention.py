"""When many write at once, or the database is away: what its drivers say of it becomes errors of ours, here alone.

A transaction that another one was in the way of has done nothing, and can be tried again: ``retried``.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from server_api.errors import UnavailableError
from server_api.metrics import DATABASE_FAILURES, DATABASE_RETRIES

P = ParamSpec("P")
T = TypeVar("T")

WAIT_S: Final = 30
"""How long a writer waits for those before it, and how long what was in others' way is tried again."""

_FIRST_PAUSE_S: Final = 0.02
_LONGEST_PAUSE_S: Final = 8.0
_RETRY_AFTER_S: Final = 5
_LOG: Final = logging.getLogger("lockstep.database")

_IN_THE_WAY: Final = {
    "40001",  # PostgreSQL: serialization_failure, deadlock_detected, lock_not_available
    "40P01",
    "55P03",
    1020,  # MariaDB, MySQL: record has changed, lock wait timeout, deadlock
    1205,
    1213,
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
}
_TAKES_NO_WRITES: Final = {
    "25006",  # PostgreSQL: a standby
    1290,  # MariaDB, MySQL: --read-only, a read-only transaction or server
    1792,
    1836,
}


class ContentionError(UnavailableError):
    """Other writers were in the way. The transaction did nothing."""


@contextmanager
def one_of_several() -> Iterator[None]:
    """Around transactions that may make the same row at once: one does, and the others find it when they try again.

    Raises: ContentionError.
    """
    try:
        yield
    except IntegrityError as error:
        raise ContentionError from error


@contextmanager
def translated(driver: Any) -> Iterator[None]:
    """``driver``: the module, whose errors SQLAlchemy lets through now and then: as it prepares a connection.

    Raises: ContentionError; UnavailableError, when the database does not answer or takes no writes now.
    """
    try:
        yield
    except PoolTimeoutError as error:
        _LOG.warning("all connections to the database are in use")
        DATABASE_FAILURES.add()
        raise UnavailableError(retry_after_s=_RETRY_AFTER_S) from error
    except (DBAPIError, driver.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        code = _code(said)
        if code in _IN_THE_WAY:
            raise ContentionError(retry_after_s=_RETRY_AFTER_S) from error
        if isinstance(said, driver.OperationalError | driver.InterfaceError) or code in _TAKES_NO_WRITES:
            _LOG.error("the database cannot do this now: %s", reason(error))
            DATABASE_FAILURES.add()
            raise UnavailableError(retry_after_s=_RETRY_AFTER_S) from error
        raise


def retried(function: Callable[P, T]) -> Callable[P, T]:
    """The function, called again while other writers are in its way, after pauses of growing, random length: at first
    up to what the try took.

    For what writes in one transaction: nothing before that may matter if it is done twice.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        until = time.monotonic() + WAIT_S
        pause_s = _FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            try:
                return function(*args, **kwargs)
            except ContentionError:
                now = time.monotonic()
                if now >= until:
                    raise
                DATABASE_RETRIES.add()
                # PostgreSQL finds a circle after a second, and whoever is back by then makes the next one.
                pause_s = min(max(pause_s, now - began), _LONGEST_PAUSE_S)
                time.sleep(random.uniform(0, pause_s))  # noqa: S311 - no secret: so that two do not meet again
                pause_s *= 2

    return call


def reason(error: BaseException) -> str:
    """What the database said, in one line, without the statement and its values."""
    said = getattr(error, "orig", error)
    lines = str(said).strip().splitlines()
    return lines[0] if lines else type(said).__name__


def _code(error: BaseException | None) -> Any:
    """Psycopg's SQLSTATE, PyMySQL's number or SQLite's name for what went wrong."""
    named = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    number = error.args[0] if error is not None and error.args else None
    return number if isinstance(number, int) else named
