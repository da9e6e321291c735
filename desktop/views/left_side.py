"""The left of the window: its pages, and below them the folders of the tree."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.look.measures import wide, widest
from desktop.models.folders import FoldersModel
from desktop.session import Session
from desktop.views.dragging import FolderTree
from desktop.views.navigation import Entry, Navigation
from desktop.words import tr

_NARROWEST = 160
_BESIDE_TITLE = 44
"""Space around it and its icon."""


class LeftSide(QFrame):
    """What is chosen in it leads somewhere.

    Signals:
        chose_folder: its path.
        dropped: data on a folder: the data, the path, and whether it is to be moved.
    """

    chose_folder = Signal(object)
    dropped = Signal(object, object, bool)

    def __init__(self, session: Session, entries: list[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self.setMinimumWidth(
            max(
                _NARROWEST,
                widest((entry.title for entry in entries), self.font(), bold=True) + wide(20) + _BESIDE_TITLE,
            )
        )
        self.navigation = Navigation(entries)
        self._folders = FoldersModel(session, self)
        self.tree = FolderTree()
        self.tree.setProperty("role", "side")
        self.tree.setAccessibleName(tr("Folders"))
        self.tree.setModel(self._folders)
        self.tree.setRootIndex(self._folders.index(0, 0))
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.dropped.connect(lambda mime, at, is_move: self.dropped.emit(mime, self._folders.path_of(at), is_move))
        self.navigation.dropped.connect(lambda _, mime, is_move: self.dropped.emit(mime, "", is_move))
        self.tree.clicked.connect(self._choose)
        self.tree.activated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(12)
        column.addWidget(self.navigation)
        column.addWidget(self.tree, 1)
        session.tree_changed.connect(self._folders.refresh)
        session.profile_changed.connect(lambda _: self._folders.refresh())

    def show_folder(self, path: str) -> None:
        """Mark it, and open what is above it."""
        if path:
            self._folders.reach(path, self._mark)
        else:
            self.tree.setCurrentIndex(QModelIndex())

    def _mark(self, index: QModelIndex) -> None:
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        self.chose_folder.emit(self._folders.path_of(index))
