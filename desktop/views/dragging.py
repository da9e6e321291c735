"""What is dragged into the window, within it, and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
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

if TYPE_CHECKING:
    _View = QAbstractItemView
else:  # PySide inherits from one class of Qt's alone
    _View = object

_EXPAND_MS = 700


def is_welcome(event: QDropEvent) -> bool:
    return event.mimeData().hasFormat(PATHS) or event.mimeData().hasUrls()


def take(event: QDropEvent) -> bool:
    """Whether it is to be moved, as what is of the tree is, unless Ctrl is held."""
    event.setDropAction(Qt.DropAction.CopyAction)  # what it is dragged from is not to remove anything
    event.accept()
    is_copy = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.mimeData().hasFormat(PATHS) and not is_copy


class TakesDrops(_View):
    """A view that takes what falls on it, and knows on which folder that would be. To be inherited before one of Qt's.

    Signals:
        dropped: the data, the index of the folder on which it fell, if on any, and whether it is to be moved.

    Attributes:
        aimed_at: the folder on which what is dragged now would fall; the view marks it.
    """

    dropped = Signal(object, QModelIndex, bool)
    aimed_at = QModelIndex()

    def folder_at(self, event: QDropEvent) -> QModelIndex:
        raise NotImplementedError

    def can_take(self, event: QDropEvent, folder: QModelIndex) -> bool:
        """On this folder, or beside all of them."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_welcome(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # it scrolls
        folder = self.folder_at(event)
        is_taken = is_welcome(event) and self.can_take(event, folder)
        self._aim(folder if is_taken else QModelIndex())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(is_taken)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._aim(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        """Not Qt's, which has the model do it."""
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        self._aim(QModelIndex())
        folder, is_move = self.folder_at(event), take(event)
        self.dropped.emit(event.mimeData(), folder, is_move)

    def _aim(self, folder: QModelIndex) -> None:
        self.aimed_at = folder
        self.viewport().update()


class FolderTree(TakesDrops, QTreeView):
    """Folders that open for a drag that waits above them."""

    def __init__(self) -> None:
        super().__init__(headerHidden=True, uniformRowHeights=True, indentation=16)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setAutoExpandDelay(_EXPAND_MS)

    def folder_at(self, event: QDropEvent) -> QModelIndex:
        return self.indexAt(event.position().toPoint())

    def can_take(self, _event: QDropEvent, folder: QModelIndex) -> bool:
        return folder.isValid()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        super().dragEnterEvent(event)
        if is_welcome(event):
            self.setState(QAbstractItemView.State.DraggingState)  # else nothing opens

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().drawRow(painter, option, index)
        if index == self.aimed_at:
            painter.setPen(colour("accent"))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


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
