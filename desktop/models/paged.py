"""Rows of what the server tells newest first, a page at a time: more of them come as one looks further down."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QObject, Signal

from desktop.daemon import Failure, Otherwise
from desktop.models.indexes import NOWHERE, Index, runs
from desktop.session import Session
from sync_engine.control.questions import Question

E = TypeVar("E")
R = TypeVar("R")

PAGE: Final = 200
ENOUGH: Final = 60
"""So many rows are looked for at a time, however many pages that takes."""
_MOST_RUNS: Final = 100
"""With more changes than this in other places the list is a new one."""


class Paged(QAbstractTableModel, Generic[E, R]):
    """``E``: an entry as the server tells it; ``R``: a row that is shown.

    Signals:
        changed: other rows, or a page is asked for, or has come.
        failed: a ``Failure``: there is no page.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, question: Question[Any, Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._question = question
        self._entries: list[E] = []
        self._rows: list[R] = []
        self._before: int | None = None
        self._has_all = False
        self._is_known = False
        self._wanted = 0
        self._asked = 0
        self._is_asking = False

    # --- what a list of its own kind says ------------------------------------------------------------------------

    def _request(self, before: int | None, limit: int) -> Struct:
        raise NotImplementedError

    def _seq(self, entry: E) -> int:
        raise NotImplementedError

    def _key(self, row: R) -> Hashable:
        raise NotImplementedError

    def _arranged(self, entries: Sequence[E]) -> list[R]:
        """Those to be shown, as rows."""
        raise NotImplementedError

    # --- what it knows -------------------------------------------------------------------------------------------

    @property
    def is_known(self) -> bool:
        """Whether an answer has come."""
        return self._is_known

    @property
    def is_asking(self) -> bool:
        return self._is_asking

    @property
    def has_all(self) -> bool:
        return self._has_all

    @property
    def entries(self) -> Sequence[E]:
        """Those that have come so far, shown or not."""
        return self._entries

    def row(self, index: Index | int) -> R:
        return self._rows[index if isinstance(index, int) else index.row()]

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    # --- asking --------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Is there anything new? What is known further down stays."""
        self._ask(None)

    def begin_anew(self) -> None:
        """What is looked for is something else now."""
        self._entries, self._before, self._has_all, self._is_known, self._wanted = [], None, False, False, 0
        self._is_asking = False
        self._arrange()
        self._ask(None)

    def look_further(self) -> None:
        """Ask for what was before, if there is anything. It is no ``fetchMore``, of which a tree view fetches all."""
        self._wanted = len(self._rows) + ENOUGH
        self._go_on()

    def forget(self, is_gone: Callable[[E], bool]) -> None:
        """These are there no more."""
        self._entries = [entry for entry in self._entries if not is_gone(entry)]
        self._arrange()
        self.changed.emit()

    def _rearrange(self) -> None:
        """Others are to be shown."""
        self._arrange()
        self._wanted = ENOUGH
        self._go_on()
        self.changed.emit()

    def _ask(self, before: int | None) -> None:
        self._asked += 1
        asked = self._asked
        self._is_asking = True

        def come(page: Any) -> None:
            if asked == self._asked:
                self._is_asking = False
                self._take(page, is_first=before is None)

        def failed(failure: Failure) -> None:
            if asked == self._asked:
                self._is_asking = False
                self.failed.emit(failure)
                self.changed.emit()

        self._ask_for(before, come, failed)
        self.changed.emit()

    def _ask_for(self, before: int | None, come: Callable[[Any], None], failed: Otherwise) -> None:
        self._session.daemon.ask_server(self._question, self._request(before, PAGE), come, failed, owner=self)

    def _take(self, page: Any, *, is_first: bool) -> None:
        if not is_first:
            self._entries += page.entries
            self._before, self._has_all = page.before, page.complete
        elif not self._entries or self._seq(self._entries[0]) < page.before:
            self._entries = list(page.entries)
            self._before, self._has_all = page.before, page.complete
        else:
            self._entries = [*page.entries] + [entry for entry in self._entries if self._seq(entry) < page.before]
            if page.complete:
                self._before, self._has_all = page.before, True
        self._is_known = True
        if is_first:
            self._wanted = max(self._wanted, ENOUGH)
        self._arrange()
        self._go_on()
        self.changed.emit()

    def _go_on(self) -> None:
        if self._is_known and not self._has_all and not self._is_asking and len(self._rows) < self._wanted:
            self._ask(self._before)

    # --- showing -------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Put in what is new, take out what is gone: what is selected and in sight stays so."""
        old, new = self._rows, self._arranged(self._entries)
        if new == old:
            return
        if len(old) < len(new) and new[: len(old)] == old:
            self.beginInsertRows(NOWHERE, len(old), len(new) - 1)
            self._rows = new
            self.endInsertRows()
            return
        old_keys, new_keys = [self._key(row) for row in old], [self._key(row) for row in new]
        had, has = set(old_keys), set(new_keys)
        gone = list(runs(at for at, key in enumerate(old_keys) if key not in has))
        come = list(runs(at for at, key in enumerate(new_keys) if key not in had))
        if len(gone) + len(come) > _MOST_RUNS or len(has) < len(new):
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        rows = list(old)
        self._rows = rows
        for first, last in reversed(gone):
            self.beginRemoveRows(NOWHERE, first, last)
            del rows[first : last + 1]
            self.endRemoveRows()
        for first, last in come:
            self.beginInsertRows(NOWHERE, first, last)
            rows[first:first] = new[first : last + 1]
            self.endInsertRows()
        if rows != new:
            rows[:] = new
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.columnCount() - 1))
