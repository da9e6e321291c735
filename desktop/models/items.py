"""The items of a folder, or those that a search found, as rows. They come sorted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec
from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from desktop.integration.qt_paths import is_text, url_of
from desktop.look.icons import icon
from desktop.look.theme import colour
from desktop.models import item_words
from desktop.models.indexes import NOWHERE, Index
from desktop.models.sorting import By
from desktop.words import exact_time, plain_tip, show_name, tr
from sync_engine.control.messages import Item

NAME, FOLDER, CHANGED, SIZE, STATE = range(5)
COLUMNS: Final[tuple[By, ...]] = ("name", "folder", "changed", "size", "state")
PATHS: Final = "application/x-lockstep-paths"
"""Where the tree is, and the paths in it that are dragged, copied or cut: a list in JSON."""
ITEM: Final = Qt.ItemDataRole.UserRole
"""The ``Item`` itself."""

_Step = tuple[int, int, list[Item]]


class ItemsModel(QAbstractTableModel):
    """Rows as they were given.

    Signals:
        renamed: the path and the new name that a person has typed.
    """

    renamed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[Item] = []
        self.base = ""
        """The folder in which the names are; "" for what a search found."""
        self.disk: Path | None = None
        """Where the tree is on this device."""
        self._percents: dict[str, int] = {}
        self._sizes: dict[str, int] = {}

    # --- what is shown ------------------------------------------------------------------------------------------

    def put(self, items: list[Item], steps: Sequence[_Step] | None, redrawn: tuple[int, int] | None = None) -> None:
        """Show these.

        Args:
            items: all of them, sorted.
            steps: what makes the new rows of the old ones, as ``row_changes`` gives it; without it all are new.
            redrawn: first and last of the new rows of which something else is said than was.
        """
        if steps is None:
            self.beginResetModel()
            self.items = items
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
        self.items = items
        if redrawn is not None:
            self._redraw(*redrawn)

    def clear(self, base: str) -> None:
        """Another folder."""
        self.beginResetModel()
        self.items, self.base, self._sizes = [], base, {}
        self.endResetModel()

    def set_percents(self, percents: dict[str, int]) -> None:
        """By path, of what is on its way now."""
        if percents == self._percents:
            return
        touched = percents.keys() | self._percents.keys()
        self._percents = percents
        prefix = f"{self.base}/" if self.base else ""
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
        return f"{self.base}/{item.name}" if self.base else item.name

    def disk_path(self, item: Item) -> Path | None:
        """``None`` if it is not on this device."""
        return self.disk / self.path_of(item) if self.disk is not None and item.is_here else None

    def rows_of(self, names: Iterable[str]) -> list[int]:
        """Sorted; of those that are there."""
        wanted = set(names)
        return [row for row, item in enumerate(self.items) if item.name in wanted] if wanted else []

    def row_beginning(self, text: str, start: int) -> int | None:
        """The first row from ``start`` on, and around, whose name begins so."""
        wanted = text.casefold()
        count = len(self.items)
        for row in chain(range(start, count), range(min(start, count))):
            if self.items[row].name.rpartition("/")[2].casefold().startswith(wanted):
                return row
        return None

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
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        item = self.items[index.row()]
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        if index.column() == NAME and item.is_here and "/" not in item.name:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags | Qt.ItemFlag.ItemIsDropEnabled if item.kind == "folder" else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", PATHS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        items = [self.items[row] for row in sorted({index.row() for index in indexes})]
        return mime_of(self.disk, [self.path_of(item) for item in items], [self.disk_path(item) for item in items])

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


def mime_of(folder: Path | None, paths: Sequence[str], on_disk: Iterable[Path | None]) -> QMimeData:
    """What is dragged or copied: for other programs as files, as far as they are on this device. ``folder``: where the
    tree is."""
    mime = QMimeData()
    mime.setUrls([url_of(path) for path in on_disk if path is not None])
    mime.setData(PATHS, json.dumps([None if folder is None else str(folder), *paths]).encode())
    return mime


def paths_of(mime: QMimeData, folder: Path | None) -> list[str] | None:
    """What was dragged or copied here; ``None`` if that was elsewhere, where the same paths are other files."""
    try:
        of, *paths = msgspec.convert(json.loads(bytes(mime.data(PATHS).data())), list[str | None])
    except (ValueError, msgspec.MsgspecError):
        return None
    return [path for path in paths if path is not None] if folder is not None and of == str(folder) else None


_ALIGNED: Final = (
    int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
    int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
)


def _ink(item: Item, column: int) -> QColor | None:
    if column == STATE and item.state in {"conflict", "problem"}:
        return colour("warn" if item.state == "conflict" else "bad")
    return colour("text-2") if column != NAME or not item.is_here else None
