"""What becomes of a journal: after a power cut, when its disk is full, when somebody puts an old copy back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sync_engine.adapters.journal.journal import SqlJournal
from sync_engine.errors import JournalFull


class Kept:
    """Watches one journal, and remembers its file as of the last durable transaction.

    Attributes:
        is_full: there is no room for another transaction.
    """

    def __init__(self, journal: SqlJournal, path: Path) -> None:
        self._path = path
        self._begin = journal.transaction
        self._depth = 0
        self._owes_sync = False
        self._state = whole_database(path)
        self.is_full = False
        journal.transaction = self._transaction  # type: ignore[method-assign]

    def restore(self) -> None:
        """What was committed since may be lost. Once the journal is closed."""
        put_back(self._path, self._state)

    @contextmanager
    def _transaction(self, *, durable: bool = False) -> Iterator[None]:
        if self.is_full and self._depth == 0:
            raise JournalFull("no space left on device")
        self._owes_sync |= durable
        self._depth += 1
        try:
            with self._begin(durable=durable):
                yield
        finally:
            self._depth -= 1
        if self._depth == 0 and self._owes_sync:
            self._owes_sync = False
            self._state = whole_database(self._path)


def put_back(path: Path, state: bytes | None) -> None:
    """Another state of a closed database; ``None``: nothing."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    if state is not None:
        path.write_bytes(state)


def whole_database(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        return connection.serialize()
