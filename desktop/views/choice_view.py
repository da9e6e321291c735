"""The tree to tick, as the first run and the preferences show it."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from desktop.models.choice_tree import NAME, SIZE, ChoiceTree
from desktop.views.pieces import WholeRows
from desktop.words import tr


class ChoiceView(QTreeView):
    """Space ticks; the arrow keys open and close."""

    def __init__(self, tree: ChoiceTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(tree)
        self.setItemDelegate(WholeRows(self))
        self.setUniformRowHeights(True)
        self.setAccessibleName(tr("Folders on the server"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(SIZE, QHeaderView.ResizeMode.ResizeToContents)
        tree.loaded.connect(self._select_first)

    def _select_first(self) -> None:
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))
