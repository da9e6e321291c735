"""Items as a list with columns."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    Qt,
)
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.look.measures import high, wide, widest
from desktop.look.tokens import ROW_PX
from desktop.models import item_words
from desktop.models.indexes import Index
from desktop.models.items import CHANGED, FOLDER, NAME, SIZE, STATE, ItemsModel
from desktop.views.item_view import ItemView, NameDelegate
from desktop.words import usual_sizes, usual_times

_WIDTHS: Final = {FOLDER: 200, CHANGED: 130, SIZE: 100, STATE: 160}
_BESIDE_STATE: Final = 36
"""Space around its icon and words."""
_BESIDE_TEXT: Final = 28
_NAME: Final = 170
"""So much a name has at least, before columns are left out, and the words of states shortened."""


class ItemsTable(ItemView, QTableView):
    """Rows with columns; the row that has the keyboard is marked as a whole."""

    def __init__(self, model: ItemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.has_words = True
        """Beside the signs of states; else there is no room for what could be read."""
        self._is_narrow = False
        self._widths: dict[int, int] = {}
        self.setModel(model)
        self.prepare()
        self.setItemDelegate(_RowDelegate(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.entered.connect(lambda index: self._hover(index.row()))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(high(ROW_PX))
        self._prepare_header()

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(NAME, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(64)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        font = self.font()
        needed = {
            FOLDER: wide(_WIDTHS[FOLDER]),
            CHANGED: widest(usual_times(), font) + _BESIDE_TEXT,
            SIZE: widest(usual_sizes(), font) + _BESIDE_TEXT,
            STATE: widest(item_words.state_words(), font) + wide(16) + _BESIDE_STATE,
        }
        for column, least in needed.items():
            self._widths[column] = max(_WIDTHS[column], least, header.sectionSizeHint(column))
            self.setColumnWidth(column, self._widths[column])
        self.show_folders(False)

    def setSelectionModel(self, selection: QItemSelectionModel) -> None:
        super().setSelectionModel(selection)
        # Of their own, and nothing is chosen in them: else each painting asks whether every row is chosen.
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(self.model(), header))

    def selectionChanged(self, chosen: QItemSelection, left: QItemSelection) -> None:
        """While a screen reader listens, Qt would go through all places of both, to tell it the first ones."""
        super().selectionChanged(_first(chosen), _first(left))

    def show_folders(self, are_shown: bool) -> None:
        """In which folder each is."""
        self.setColumnHidden(FOLDER, not are_shown)
        self._fit()

    def _fit(self) -> None:
        needed = wide(_NAME) + self._widths[STATE] + self.columnWidth(FOLDER)
        for column in (SIZE, CHANGED):
            needed += self.columnWidth(column) or self._widths[column]
            self.setColumnHidden(column, self.width() < needed)
        state = self._widths[STATE]
        narrow = self.width() - wide(_NAME) - self.columnWidth(FOLDER)
        self.has_words = narrow >= state // 2
        if narrow < state or self._is_narrow:
            self._is_narrow = narrow < state
            least = self.horizontalHeader().sectionSizeHint(STATE)
            self.setColumnWidth(STATE, min(narrow, state) if self.has_words else least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()  # there is one thing in a row
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()


class _RowDelegate(NameDelegate):
    def __init__(self, table: ItemsTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_MouseOver
        if index.column() == STATE and not self._table.has_words:
            option.text = ""
        if index.row() == self._table.hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        if self._table.aimed_at.isValid() and index.row() == self._table.aimed_at.row():
            option.state |= QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        style = self._table.style()
        text = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, self._table)
        editor.setGeometry(text.adjusted(-4, 3, -4, -3))


def _first(selection: QItemSelection) -> QItemSelection:
    """Its first place alone."""
    made = QItemSelection()
    if not selection.isEmpty():
        place = selection.first().topLeft()
        made.select(place, place)
    return made
