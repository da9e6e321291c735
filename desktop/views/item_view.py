"""What the list and the gallery of items have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QDropEvent, QKeyEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyleOptionViewItem, QWidget

from desktop.models.indexes import Index
from desktop.models.items import ITEM, NAME, ItemsModel
from desktop.views.dragging import TakesDrops
from desktop.views.pieces import WholeRows
from desktop.words import tr
from sync_engine.control.messages import Item


class ItemView(TakesDrops):
    """To be inherited before a view of Qt's.

    Signals:
        chose_all: the person wants all to be chosen, and not only what is there already.
        dragged_early: the person began to drag what ``may_drag`` does not let go.
        dragged_out: what is chosen was let go outside of the window.
        wants_up: the person wants to go to the folder above.

    Attributes:
        may_drag: whether what is chosen can be dragged now.
    """

    chose_all = Signal()
    dragged_early = Signal()
    dragged_out = Signal()
    wants_up = Signal()

    def prepare(self) -> None:
        self.may_drag: Callable[[], bool] = lambda: True
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Files"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
        if event.key() == Qt.Key.Key_Backspace:
            self.wants_up.emit()
        elif is_enter and self.state() != QAbstractItemView.State.EditingState and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())  # not on every system by itself
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:
        """Qt would ask each row; the model knows."""
        model = self.model()
        if isinstance(model, ItemsModel) and text:
            row = model.row_beginning(text, self.currentIndex().row() + (len(text) == 1))
            if row is not None:
                self.setCurrentIndex(model.index(row, NAME))

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        """Qt would ask for the place of each item, in sight or not."""
        return QRegion(self.viewport().rect())

    def selectAll(self) -> None:
        super().selectAll()
        self.chose_all.emit()

    def startDrag(self, actions: Qt.DropAction) -> None:
        if not self.may_drag():
            self.dragged_early.emit()
            return
        super().startDrag(actions)
        if not self.window().frameGeometry().contains(QCursor.pos()):
            self.dragged_out.emit()

    def folder_at(self, event: QDropEvent) -> QModelIndex:
        index = self.indexAt(event.position().toPoint())
        item = index.data(ITEM) if index.isValid() else None
        return index if isinstance(item, Item) and item.kind == "folder" else QModelIndex()

    def can_take(self, event: QDropEvent, folder: QModelIndex) -> bool:
        """Beside all folders it falls into the one that is shown, where its own items are already."""
        is_own = event.source() is self
        return not is_own or (folder.isValid() and not self.selectionModel().isSelected(folder))


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
