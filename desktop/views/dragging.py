"""What is dragged into the window, within it, and out of it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
)
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QStyleOptionViewItem, QTreeView

from desktop.look.theme import colour
from desktop.models.carrying import PATHS
from desktop.models.indexes import Index
from desktop.models.items import ITEM
from sync_engine.control.messages import Item

_EXPAND_MS = 700


def is_welcome(event: QDropEvent) -> bool:
    return event.mimeData().hasFormat(PATHS) or event.mimeData().hasUrls()


def take(event: QDropEvent) -> bool:
    """Whether it is to be moved, as what is of the tree is, unless Ctrl is held."""
    event.setDropAction(Qt.DropAction.CopyAction)  # what it is dragged from is not to remove anything
    event.accept()
    is_copy = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.mimeData().hasFormat(PATHS) and not is_copy


def judge(view: QAbstractItemView, event: QDragMoveEvent) -> QModelIndex:
    """Over a list of items: the folder on which it would fall; accepted if it could fall there, or beside all."""
    folder = _folder_at(view, event)
    is_own = event.source() is view
    is_itself = folder.isValid() and view.selectionModel().isSelected(folder)
    if not is_welcome(event) or (is_own and (is_itself or not folder.isValid())):
        event.ignore()
        return QModelIndex()
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
    return folder


def take_in(view: QAbstractItemView, event: QDropEvent) -> tuple[QModelIndex, bool]:
    """The folder on which it fell, and whether it is to be moved."""
    view.stopAutoScroll()
    view.setState(QAbstractItemView.State.NoState)
    view.viewport().update()
    return _folder_at(view, event), take(event)


def is_outside(view: QAbstractItemView) -> bool:
    """Whether what is let go now is let go outside of the window."""
    return not view.window().frameGeometry().contains(QCursor.pos())


def _folder_at(view: QAbstractItemView, event: QDropEvent) -> QModelIndex:
    index = view.indexAt(event.position().toPoint())
    item = index.data(ITEM) if index.isValid() else None
    return index if isinstance(item, Item) and item.kind == "folder" else QModelIndex()


class FolderTree(QTreeView):
    """Folders that take what falls on them. They open for a drag that waits above them.

    Signals:
        dropped: the data, the index of a folder, and whether it is to be moved.
    """

    dropped = Signal(object, QModelIndex, bool)

    def __init__(self) -> None:
        super().__init__(headerHidden=True, uniformRowHeights=True, indentation=16)
        self._aimed_at = QModelIndex()
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setAutoExpandDelay(_EXPAND_MS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_welcome(event):
            event.acceptProposedAction()
            self.setState(QAbstractItemView.State.DraggingState)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # it scrolls
        self._aim(self.indexAt(event.position().toPoint()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(self._aimed_at.isValid() and is_welcome(event))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._aim(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        _, is_move = take_in(self, event)
        self._aim(QModelIndex())
        self.dropped.emit(event.mimeData(), index, is_move)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().drawRow(painter, option, index)
        if index == self._aimed_at:
            painter.setPen(colour("accent"))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def _aim(self, index: QModelIndex) -> None:
        self._aimed_at = index
        self.viewport().update()


class DropButton(QPushButton):
    """Leads to a folder, and takes what falls on it, once ``setAcceptDrops`` was called.

    Signals:
        dropped: the data, and whether it is to be moved.
    """

    dropped = Signal(object, bool)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_welcome(event):
            event.acceptProposedAction()
            self._mark(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._mark(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(False)
        is_move = take(event)
        self.dropped.emit(event.mimeData(), is_move)

    def _mark(self, is_aimed_at: bool) -> None:
        self.setProperty("aimed", is_aimed_at)
        self.style().polish(self)
