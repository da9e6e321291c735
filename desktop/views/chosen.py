"""What is chosen among the items, and where they are scrolled to: both stay while the rows change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QPoint, Signal
from PySide6.QtWidgets import QAbstractItemView

from desktop.models.items import NAME
from desktop.models.listing import Listing
from desktop.views.gallery import Gallery
from desktop.views.items_table import ItemsTable
from sync_engine.control.messages import Item

_Flag = QItemSelectionModel.SelectionFlag
_MANY: Final = 1_000
"""Of pieces of what is chosen, rows between which others are not: Qt looks through all of them again and again."""
_STEPS: Final = 50_000
"""So many pieces times changes of rows cost more than to choose them again."""


class _Selection(QItemSelectionModel):
    """Qt compares each piece that was chosen with each that will be: of ten thousand that takes seconds."""

    def select(self, chosen: Any, command: _Flag) -> None:
        pieces = chosen.size() if isinstance(chosen, QItemSelection) else 1
        if command & _Flag.Clear and pieces + self.selection().size() > _MANY:
            super().select(QItemSelection(), _Flag.Clear)
        super().select(chosen, command)


class Chosen(QObject):
    """Of a list and a gallery that show the same.

    Signals:
        changed: something else is chosen, or something else is known of it.
        gave_up: what was to be done ``once_whole`` is not done: something else was chosen, or the rest does not come.

    Attributes:
        is_part: all were chosen, and more of them have yet to come.
    """

    changed = Signal()
    gave_up = Signal()

    def __init__(self, listing: Listing, table: ItemsTable, gallery: Gallery) -> None:
        super().__init__(table)
        self._listing = listing
        self._model = listing.model
        self._table = table
        self._gallery = gallery
        self._selection = _Selection(listing.model, self)
        table.setSelectionModel(self._selection)
        gallery.setSelectionModel(self._selection)
        self._wanted: set[str] = set()
        """Names that are to be chosen once they are there."""
        self._kept: tuple[list[str], str] | None = None
        self._anchor: tuple[str, int] | None = None
        self._items: list[Item] | None = None
        """Those that are chosen, once they were asked for: they may be a hundred thousand."""
        self._is_selecting = False
        self._are_rows_changing = False
        self.is_part = False
        self._waiting: Callable[[], None] | None = None
        self._selection.selectionChanged.connect(self._change)
        listing.coming.connect(self._remember)
        listing.came.connect(self._put_back)
        listing.failed.connect(lambda _: self._mean(is_part=False))
        self._model.modelAboutToBeReset.connect(self._keep)
        for view in (table, gallery):
            view.chose_all.connect(self._choose_all)
            view.may_drag = lambda: not self.is_part

    @property
    def view(self) -> QAbstractItemView:
        """The one that is seen."""
        return self._gallery if self._gallery.isVisibleTo(self._gallery.window()) else self._table

    def items(self) -> list[Item]:
        """Not to be changed."""
        if self._items is None:
            rows = self._model.items
            spans = [span for span in self._selection.selection().toList() if span.left() == NAME]
            self._items = [item for span in spans for item in rows[span.top() : span.bottom() + 1]]
        return self._items

    def current(self) -> Item | None:
        index = self._selection.currentIndex()
        return self._model.items[index.row()] if index.isValid() and index.row() < len(self._model.items) else None

    def once_whole(self, act: Callable[[], None]) -> bool:
        """Do it with all that is meant: now, or when the rest of it has come. Gives whether it has been done."""
        if not self.is_part:
            act()
            return True
        self._waiting = act
        return False

    def choose(self, names: Iterable[str]) -> None:
        """And show the first; as soon as they are there."""
        self._mean(is_part=False)
        self._wanted = set(names)
        self._choose_wanted()
        self.changed.emit()

    def forget(self) -> None:
        """Another place is shown."""
        self._selection.clear()  # what has the same name there is another thing
        self._mean(is_part=False)
        self._kept = self._anchor = None
        self._wanted = set()

    def mark_rows(self) -> None:
        """What is chosen in the gallery is chosen with its whole row in the list."""
        self._is_selecting = True
        self._selection.select(self._selection.selection(), _Flag.ClearAndSelect | _Flag.Rows)
        self._is_selecting = False

    # --- while rows change --------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """All rows go: their places are known by name alone."""
        current = self.current()
        self._kept = [item.name for item in self.items()], current.name if current is not None else ""

    def _choose_all(self) -> None:
        self._wanted = set()
        self._mean(is_part=not self._listing.shows_all)

    def _mean(self, *, is_part: bool) -> None:
        """All, of which more have yet to come; or what is chosen."""
        if self.is_part != is_part:
            self.is_part = is_part
            self.changed.emit()
        if not is_part and self._waiting is not None:
            self._waiting = None
            self.gave_up.emit()

    def _remember(self, steps: int) -> None:
        self._are_rows_changing = True
        if steps * self._selection.selection().size() > _STEPS:
            self._keep()
            self._selection.reset()  # else each step goes through all pieces
        view = self.view
        index = view.indexAt(QPoint(16, 4))
        if index.isValid() and view.verticalScrollBar().value() > 0:
            self._anchor = self._model.items[index.row()].name, view.visualRect(index).top()
        else:
            self._anchor = None

    def _put_back(self) -> None:
        self._are_rows_changing = False
        kept, self._kept = self._kept, None
        self._items = None
        names, current = ([], "") if kept is None or self._selection.hasSelection() else kept
        if self.is_part:
            self._select(range(len(self._model.items)))
        elif names:
            self._select(self._model.rows_of(names))
        for row in self._model.rows_of([current]):
            self._selection.setCurrentIndex(self._model.index(row, NAME), _Flag.NoUpdate)
        if self._anchor is not None:
            name, top = self._anchor
            bar = self.view.verticalScrollBar()
            for row in self._model.rows_of([name]):
                moved = self.view.visualRect(self._model.index(row, NAME)).top() - top
                if moved:
                    bar.setValue(bar.value() + moved)
        self._choose_wanted()
        act = None
        if self.is_part and self._listing.shows_all:
            self.is_part = False
            act, self._waiting = self._waiting, None
        self.changed.emit()
        if act is not None:
            act()

    def _change(self) -> None:
        if self._is_selecting:
            return
        self._items = None
        if not self._are_rows_changing:
            self._mean(is_part=False)
        self.changed.emit()

    def _choose_wanted(self) -> None:
        rows = self._model.rows_of(self._wanted)
        if not rows:
            return
        if len(rows) == len(self._wanted):
            self._wanted = set()
        self._select(rows)
        index = self._model.index(rows[0], NAME)
        self._selection.setCurrentIndex(index, _Flag.NoUpdate)
        self.view.scrollTo(index)

    def _select(self, rows: Sequence[int]) -> None:
        self._is_selecting = True
        self._selection.select(self._model.selection_of(rows), _Flag.ClearAndSelect)
        self._is_selecting = False
        items = self._model.items
        self._items = [items[row] for row in rows]
