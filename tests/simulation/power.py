"""What a power cut leaves of a journal: what was committed may be lost, but for what was committed durably."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sync_engine.adapters.journal.journal import SqlJournal


class Kept:
    """Watches one journal, and remembers its file as of the last durable transaction."""

    def __init__(self, journal: SqlJournal, path: Path) -> None:
        self._path = path
        self._begin = journal.transaction
        self._depth = 0
        self._owes_sync = False
        self._state = self._read()
        journal.transaction = self._transaction  # type: ignore[method-assign]

    def restore(self) -> None:
        """Once the journal is closed."""
        for suffix in ("-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        self._path.write_bytes(self._state)

    @contextmanager
    def _transaction(self, *, durable: bool = False) -> Iterator[None]:
        self._owes_sync |= durable
        self._depth += 1
        try:
            with self._begin(durable=durable):
                yield
        finally:
            self._depth -= 1
        if self._depth == 0 and self._owes_sync:
            self._owes_sync = False
            self._state = self._read()

    def _read(self) -> bytes:
        with closing(sqlite3.connect(self._path)) as connection:
            return connection.serialize()
