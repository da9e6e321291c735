"""The items of a folder, or those that a search found, as rows. They come sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QMimeData,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from desktop.integration.qt_paths import is_text
from desktop.look.icons import icon
from desktop.look.theme import colour
from desktop.models import item_words
from desktop.models.carrying import PATHS, Where, carry
from desktop.models.indexes import NOWHERE, Index, runs
from desktop.models.sorting import By
from desktop.words import exact_time, plain_tip, show_name, tr
from sync_engine.control.messages import Item

NAME, FOLDER, CHANGED, SIZE, STATE = range(5)
COLUMNS: Final[tuple[By, ...]] = ("name", "folder", "changed", "size", "state")
ITEM: Final = Qt.ItemDataRole.UserRole
"""The ``Item`` itself."""
_ANY: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
_FLAGS: Final = (_ANY, _ANY | Qt.ItemFlag.ItemIsEditable)
"""By whether it can be renamed there."""
_FOLDER_FLAGS: Final = tuple(flags | Qt.ItemFlag.ItemIsDropEnabled for flags in _FLAGS)

_Step = tuple[int, int, list[Item]]


class Places:
    """In which row each name is, and how it begins. Of a hundred thousand it is made beside the window."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._rows = {item.name: row for row, item in enumerate(items)}
        self._folded = [item.name.rpartition("/")[2].casefold() for item in items]

    def rows_of(self, names: Iterable[str]) -> list[int]:
        """Sorted; of those that are there. ``names``: each once."""
        return sorted([row for row in map(self._rows.get, names) if row is not None])

    def row_beginning(self, text: str, start: int) -> int | None:
        """The first row from ``start`` on, and around, whose name begins so."""
        wanted, folded = text.casefold(), self._folded
        rows = chain(range(start, len(folded)), range(min(start, len(folded))))
        return next((row for row in rows if folded[row].startswith(wanted)), None)


class ItemsModel(QAbstractTableModel):
    """Rows as they were given.

    Signals:
        renamed: the path and the new name that a person has typed.
    """

    renamed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[Item] = []
        self.where = Where()
        self._places = Places([])
        self._percents: dict[str, int] = {}
        self._sizes: dict[str, int] = {}

    # --- what is shown ------------------------------------------------------------------------------------------

    def put(
        self,
        items: list[Item],
        steps: Sequence[_Step] | None,
        redrawn: tuple[int, int] | None = None,
        places: Places | None = None,
    ) -> None:
        """Show these.

        Args:
            items: all of them, sorted.
            steps: what makes the new rows of the old ones, as ``row_changes`` gives it; without it all are new.
            redrawn: first and last of the new rows of which something else is said than was.
            places: of ``items``.
        """
        places = places or Places(items)
        if steps is None:
            self.beginResetModel()
            self.items, self._places = items, places
            self.endResetModel()
            return
        for row, gone, come in steps:
            if gone:
                self.beginRemoveRows(QModelIndex(), row, row + gone - 1)
                del self.items[row : row + gone]
                self.endRemoveRows()
            if come:
                self.beginInsertRows(QModelIndex(), row, row + len(come) - 1)
                self.items[row:row] = come
                self.endInsertRows()
        self.items, self._places = items, places
        if redrawn is not None:
            self._redraw(*redrawn)

    def clear(self, base: str) -> None:
        """Another folder."""
        self.beginResetModel()
        self.items, self._places, self._sizes = [], Places([]), {}
        self.where = Where(base, self.where.disk)
        self.endResetModel()

    def set_percents(self, percents: dict[str, int]) -> None:
        """By path, of what is on its way now."""
        if percents == self._percents:
            return
        touched = percents.keys() | self._percents.keys()
        self._percents = percents
        prefix = f"{self.where.base}/" if self.where.base else ""
        rows = self.rows_of(path.removeprefix(prefix) for path in touched if path.startswith(prefix))
        if rows:
            self._redraw(rows[0], rows[-1])

    def set_sizes(self, sizes: dict[str, int]) -> None:
        """Of the folders, by their names."""
        self._sizes = sizes
        if self.items:
            self._redraw(0, len(self.items) - 1)

    def _redraw(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, STATE))

    # --- where things are ---------------------------------------------------------------------------------------

    def item_at(self, index: Index) -> Item:
        return self.items[index.row()]

    def path_of(self, item: Item) -> str:
        """In the tree."""
        return self.where.path_of(item)

    def disk_path(self, item: Item) -> Path | None:
        """``None`` if it is not on this device."""
        return self.where.disk_path(item)

    def rows_of(self, names: Iterable[str]) -> list[int]:
        """Sorted; of those that are there. ``names``: each once."""
        return self._places.rows_of(names)

    def row_beginning(self, text: str, start: int) -> int | None:
        """The first row from ``start`` on, and around, whose name begins so."""
        return self._places.row_beginning(text, start)

    def selection_of(self, rows: Sequence[int]) -> QItemSelection:
        """Whole rows. ``rows``: sorted."""
        selection = QItemSelection()
        are_together = bool(rows) and rows[-1] - rows[0] == len(rows) - 1
        for first, last in (
            [(rows[0], rows[-1])] if are_together else runs(rows)
        ):  # ``index`` asks for each whether there is such a row
            selection.select(self.createIndex(first, NAME), self.createIndex(last, STATE))
        return selection

    # --- Qt's side ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return (tr("Name"), tr("Folder"), tr("Changed"), tr("Size"), tr("State"))[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _ALIGNED[section == SIZE]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item, column = self.items[index.row()], index.column()
        return item if role == ITEM else self._said(item, column, role)

    def _said(self, item: Item, column: int, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(item, column)
            case Qt.ItemDataRole.EditRole:
                return _editable(item)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(item, column)
            case Qt.ItemDataRole.ForegroundRole:
                return _ink(item, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _ALIGNED[column == SIZE]
            case Qt.ItemDataRole.ToolTipRole:
                is_time = column == CHANGED
                percent = self._percents.get(self.path_of(item))
                return plain_tip(exact_time(item.changed_at) if is_time else item_words.tip(item, percent))
            case Qt.ItemDataRole.AccessibleTextRole:
                percent = self._percents.get(self.path_of(item))
                return item_words.spoken(item, percent) if column == NAME else self._text(item, column)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        item = self.items[index.row()]
        if value and value != _editable(item):
            self.renamed.emit(self.path_of(item), value)
        return False  # it is shown when it was done

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Asked of each place in all that is chosen: nothing is put together here."""
        if (row := index.row()) < 0:
            return Qt.ItemFlag.ItemIsDropEnabled
        item = self.items[row]
        can_rename = item.is_here and index.column() == NAME and "/" not in item.name
        return (_FOLDER_FLAGS if item.kind == "folder" else _FLAGS)[can_rename]

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", PATHS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return carry(self.where, [self.items[row] for row in sorted({index.row() for index in indexes})]).mime()

    def supportedDragActions(self) -> Qt.DropAction:
        """A file manager that was offered to move it would, and so delete it on all devices."""
        return Qt.DropAction.CopyAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def _text(self, item: Item, column: int) -> str:
        match column:
            case 0:
                return show_name(item.name.rpartition("/")[2])
            case 1:
                return show_name(item.name.rpartition("/")[0])
            case 2:
                return item_words.changed_text(item)
            case 3:
                return item_words.size_text(item, self._sizes.get(item.name))
            case _:
                return item_words.state_word(item, self._percents.get(self.path_of(item)))

    def _icon(self, item: Item, column: int) -> Any:
        if column == NAME:
            tone = "" if item.is_here else "text-2"
            return icon(item_words.kind_icon(item), "accent" if item.kind == "folder" and item.is_here else tone)
        return icon(*item_words.state_icon(item)) if column == STATE else None


def _editable(item: Item) -> str:
    """Its name as it is, or as it is shown, if no editor can hold it."""
    return item.name if is_text(item.name) else show_name(item.name)


_ALIGNED: Final = (
    int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
    int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
)


def _ink(item: Item, column: int) -> QColor | None:
    if column == STATE and item.state in {"conflict", "problem"}:
        return colour("warn" if item.state == "conflict" else "bad")
    return colour("text-2") if column != NAME or not item.is_here else None
