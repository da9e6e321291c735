"""One connection to the journal's file: transactions, statements, and the translation of SQLite's errors."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from sync_engine.adapters.journal.rows import Row, in_batches, quick, widened
from sync_engine.errors import JournalDamaged, JournalError, JournalFull

_BUSY_TIMEOUT_S: Final = 10.0
_CACHE_KIB: Final = 16 * 1024
_WAL_LIMIT_BYTES: Final = 16 * 1024 * 1024
_ROWS_A_WRITE: Final = 2_000
_PROBE_BYTES: Final = 64 * 1024
_KEYS_A_READ: Final = {1: 400, 2: 200}
"""By the parts of a key: SQLite before 3.32 takes 999 parameters."""

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]

_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_SPACE: Final = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_CANTOPEN,
}
"""What a spent quota or a full disk may look like."""
_NOT_WRITABLE: Final = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR}
"""Of what only looks like one."""


class Database:
    """Not for several threads at once. Each call raises ``JournalError``s only."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """``read_only``: of a file that is there, and that somebody else may write to meanwhile."""
        self.path = path
        self._depth = 0
        self._owes_sync = False
        self._failure: BaseException | None = None
        self._on_undone: list[Callable[[], None]] = []
        with self._translated():
            self._driver = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro" if read_only else path,
                uri=read_only,
                isolation_level=None,
                check_same_thread=False,
                timeout=_BUSY_TIMEOUT_S,
                cached_statements=256,
            )

    def prepare(self) -> None:
        """Settings of the file and the connection; only once it is known to be a journal that this code may change."""
        with self._translated():
            for pragma in (
                "journal_mode=WAL",
                "synchronous=NORMAL",
                "temp_store=MEMORY",
                f"cache_size=-{_CACHE_KIB}",
                f"journal_size_limit={_WAL_LIMIT_BYTES}",
            ):
                self._driver.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        self._driver.close()

    def changes(self) -> int:
        """Rows that this connection has inserted, changed or deleted."""
        return self._driver.total_changes

    # --- transactions ------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, *, durable: bool) -> Iterator[None]:
        """Joined by those within. An error in one of them undoes the whole, even if it is caught on its way out."""
        if self._depth == 0:
            self._begin(durable=durable)
        else:
            self._owes_sync |= durable
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._commit()
        except BaseException as error:
            self._failure = self._failure or error
            raise
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._end()

    def on_undone(self, callback: Callable[[], None]) -> None:
        """Call this whenever a transaction was rolled back."""
        self._on_undone.append(callback)

    def _begin(self, *, durable: bool) -> None:
        self._owes_sync, self._failure = False, None
        with self._translated():
            self._driver.execute("PRAGMA synchronous=FULL" if durable else "PRAGMA synchronous=NORMAL")
            self._driver.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        if self._failure is not None:
            raise JournalError("a part of this transaction failed") from self._failure
        with self._translated():
            self._driver.execute("COMMIT")

    def _end(self) -> None:
        if self._failure is not None:
            if self._driver.in_transaction:  # SQLite may have rolled back by itself
                with self._translated():
                    self._driver.execute("ROLLBACK")
            self._failure = None
            for callback in self._on_undone:
                callback()
        elif self._owes_sync:
            self._sync()

    def _sync(self) -> None:
        """Make durable what was committed before: one synced page takes all the log before it along."""
        with self._translated():
            self._driver.execute("PRAGMA synchronous=FULL")
            self._driver.execute("BEGIN IMMEDIATE")
            self._driver.execute("UPDATE namespace SET commit_number = commit_number")
            self._driver.execute("COMMIT")

    # --- statements --------------------------------------------------------------------------------------------------

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Returns the number of changed rows."""
        self._check_alive()
        with self._translated():
            return self._driver.execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Once for each row, in a transaction."""
        with self.transaction(durable=False):
            for batch in in_batches(rows, _ROWS_A_WRITE):
                self._check_alive()
                with self._translated():
                    try:
                        self._driver.executemany(sql, batch)
                    except OverflowError:  # rare, so that the common rows need no look; again from the batch's start
                        self._driver.executemany(sql, [widened(row) for row in batch])

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Any]:
        with self._translated():
            return self._driver.execute(sql, parameters).fetchall()

    def batches(self, sql: str, parameters: Parameters, size: int) -> Iterator[list[Any]]:
        """The same rows, so many at a time, as they are found."""
        with self._translated():
            found = self._driver.execute(sql, parameters)
            while rows := found.fetchmany(size):
                yield rows

    def matching(self, sql: str, keys: Iterable[Sequence[Any]], namespace: int, *, parts: int) -> Iterator[list[Any]]:
        """The rows for many keys of so many parts each, batch by batch.

        ``sql`` has ``(wanted)`` where the keys go, as a table of values, and after it one parameter, the namespace.
        """
        for statement, parameters in _for_keys(sql, keys, namespace, parts):
            try:
                yield self.rows(statement, parameters)
            except OverflowError:
                yield self.rows(statement, widened(parameters))

    def change_matching(self, sql: str, keys: Iterable[Sequence[bytes]], namespace: int, *, parts: int) -> int:
        """Run a change for many keys like ``matching``, in a transaction; returns the number of changed rows."""
        return sum(self.run(*each) for each in _for_keys(sql, keys, namespace, parts))

    def add_function(self, name: str, function: Callable[..., Any], arguments: int = 1) -> None:
        """Let SQL call this; it must always answer the same for the same."""
        with self._translated():
            self._driver.create_function(name, arguments, function, deterministic=True)

    def _check_alive(self) -> None:
        """After a failure SQLite may have ended the transaction: what came then would be kept by itself."""
        if self._failure is not None:
            raise JournalError("a part of this transaction failed") from self._failure

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translation(error) from error

    def _translation(self, error: sqlite3.Error) -> JournalError:
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if isinstance(code, int) else None
        if primary in _DAMAGED:
            return JournalDamaged(f"{self.path}: {error}")
        if primary == sqlite3.SQLITE_FULL or (code in _NO_SPACE and _is_full(self.path.parent)):
            return JournalFull(f"{self.path}: {error}")
        return JournalError(f"{self.path}: {error}")


def _for_keys(sql: str, keys: Iterable[Sequence[Any]], namespace: int, parts: int) -> Iterator[tuple[str, list[Any]]]:
    """Statements with their parameters, for a batch of the keys each."""
    values = "(" + ",".join("?" * parts) + ")"
    for batch in in_batches(keys, _KEYS_A_READ[parts]):
        statement = sql.replace("(wanted)", "(VALUES " + ",".join([values] * len(batch)) + ")")
        parameters = [quick(part) for key in batch for part in key]
        parameters.append(namespace)
        yield statement, parameters


def _is_full(directory: Path) -> bool:
    """Whether nothing more can be written there: SQLite does not tell which error it met."""
    try:
        with tempfile.TemporaryFile(dir=directory, buffering=0) as probe:
            written = os.write(probe.fileno(), bytes(_PROBE_BYTES))
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno not in _NOT_WRITABLE
    return written < _PROBE_BYTES
