"""Items as a list with columns; and what list and gallery have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.look.measures import high, wide, widest
from desktop.look.tokens import ROW_PX
from desktop.models import item_words
from desktop.models.indexes import Index
from desktop.models.items import CHANGED, FOLDER, ITEM, NAME, SIZE, STATE, ItemsModel
from desktop.views import dragging
from desktop.views.pieces import WholeRows
from desktop.words import tr, usual_sizes, usual_times
from sync_engine.control.messages import Item

_WIDTHS: Final = {FOLDER: 200, CHANGED: 130, SIZE: 100, STATE: 160}
_BESIDE_STATE: Final = 36
"""Space around its icon and words."""
_BESIDE_TEXT: Final = 28
_NAME: Final = 170
"""So much a name has at least, before columns are left out, and the words of states shortened."""


class ItemsTable(QTableView):
    """Rows with columns; the row that has the keyboard is marked as a whole.

    Signals:
        dropped: on a folder, or beside all rows: the data, the row's index, and whether it is to be moved.
        dragged_out: what is chosen was let go outside of the window.
        wants_up: the person wants to go to the folder above.
    """

    dropped = Signal(object, QModelIndex, bool)
    dragged_out = Signal()
    wants_up = Signal()

    def __init__(self, model: ItemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.aimed_at = QModelIndex()
        self._is_narrow = False
        self._widths: dict[int, int] = {}
        self.setModel(model)
        prepare(self)
        self.setItemDelegate(_RowDelegate(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.entered.connect(lambda index: self._hover(index.row()))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(high(ROW_PX))
        self.prepare_header()

    def prepare_header(self) -> None:
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

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())  # Qt would ask for the place of each row, in sight or not

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
        narrow = max(self.width() - wide(_NAME) - self.columnWidth(FOLDER), wide(16) + _BESIDE_STATE)
        if narrow < state or self._is_narrow:
            self._is_narrow = narrow < state
            self.setColumnWidth(STATE, min(narrow, state))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.wants_up.emit()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()  # there is one thing in a row
        else:
            press(self, event, super().keyPressEvent)

    def keyboardSearch(self, text: str) -> None:
        search(self, text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragging.is_welcome(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # it scrolls
        self._aim(dragging.judge(self, event))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._aim(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        index, is_move = dragging.take_in(self, event)
        self._aim(QModelIndex())
        self.dropped.emit(event.mimeData(), index, is_move)

    def startDrag(self, actions: Qt.DropAction) -> None:
        super().startDrag(actions)
        if dragging.is_outside(self):
            self.dragged_out.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self._hover(-1)

    def _aim(self, index: QModelIndex) -> None:
        self.aimed_at = index
        self.viewport().update()

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()


class NameDelegate(WholeRows):
    """Edits a name in its place."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setProperty("role", "inline")
        editor.setAccessibleName(tr("New name"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit) and not editor.isModified():
            item: Item = index.data(ITEM)
            editor.setText(index.data(Qt.ItemDataRole.EditRole))
            dot = item.name.rfind(".") if item.kind == "file" else -1
            end = dot if dot > 0 else len(item.name)
            QTimer.singleShot(0, editor, lambda: editor.setSelection(0, end))  # the view chooses all of it just now
            editor.setModified(True)  # what is typed stays when the row is drawn anew

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())


class _RowDelegate(NameDelegate):
    def __init__(self, table: ItemsTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_MouseOver
        if index.row() == self._table.hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        if self._table.aimed_at.isValid() and index.row() == self._table.aimed_at.row():
            option.state |= QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        style = self._table.style()
        text = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, self._table)
        editor.setGeometry(text.adjusted(-4, 3, -4, -3))


def press(view: QAbstractItemView, event: QKeyEvent, otherwise: Callable[[QKeyEvent], None]) -> None:
    """Enter opens on every system."""
    is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
    if is_enter and view.state() != QAbstractItemView.State.EditingState and view.currentIndex().isValid():
        view.activated.emit(view.currentIndex())
    else:
        otherwise(event)


def prepare(view: QAbstractItemView) -> None:
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAccessibleName(tr("Files"))


def search(view: QAbstractItemView, text: str) -> None:
    """Qt would ask each row; the model knows."""
    model = view.model()
    if isinstance(model, ItemsModel) and text:
        row = model.row_beginning(text, view.currentIndex().row() + (len(text) == 1))
        if row is not None:
            view.setCurrentIndex(model.index(row, NAME))
