"""The line at the top of the window: ways, search, and how things are shown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from desktop.look.icons import icon
from desktop.look.measures import wide
from desktop.views.pieces import tool
from desktop.views.trail_bar import TrailBar
from desktop.words import tr

SEARCH_MS: Final = 150
"""So long after a key it is searched."""


class TopBar(QFrame):
    """It only asks; the window does.

    Signals:
        went_back, went_forward: the person wants to.
        searched: a text, soon after it is typed; "" for no search any more.
        left_search: the keyboard is to be in the files again.
        chose_gallery: whether tiles are wanted, or a list.
        chose_panel: whether the panel is wanted.
        wants_menu: and where.
    """

    went_back = Signal()
    went_forward = Signal()
    searched = Signal(str)
    left_search = Signal()
    chose_gallery = Signal(bool)
    chose_panel = Signal(bool)
    wants_menu = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self.trail = TrailBar()
        self.search = QLineEdit(placeholderText=tr("Search all files"))
        self.search.setAccessibleName(tr("Search all files"))
        self.search.setProperty("role", "search")
        self.search.addAction(icon("search", "text-2"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMaximumWidth(wide(280))
        self._clear = self.search.addAction(icon("close", "text-2"), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip(tr("Clear the search"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(lambda _: self._leave_search())
        self._back = tool("back", tr("Back"), self.went_back.emit, keys=tr("Alt+Left"))
        self._forward = tool("forward", tr("Forward"), self.went_forward.emit, keys=tr("Alt+Right"))
        self._as_list = tool("list", tr("Show as list"), lambda: self.chose_gallery.emit(False))
        self._as_tiles = tool("grid", tr("Show as gallery"), lambda: self.chose_gallery.emit(True))
        self._panel = tool("panel", tr("Show properties"), lambda: self.chose_panel.emit(self._panel.isChecked()))
        self._panel.setCheckable(True)
        self._menu = tool("menu", tr("Menu"), self.ask_menu)
        self._soon = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._arrange()
        self._soon.timeout.connect(self._search_now)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._search_now)
        only_there = Qt.ShortcutContext.WidgetShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self.search, self._leave_search, context=only_there)
        QShortcut(QKeySequence(Qt.Key.Key_Down), self.search, self.left_search.emit, context=only_there)

    def _arrange(self) -> None:
        switch = QWidget()  # of their own: one of the two is chosen
        pair = QHBoxLayout(switch)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(0)
        for button in (self._as_list, self._as_tiles):
            button.setCheckable(True)
            button.setAutoExclusive(True)
            pair.addWidget(button)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 8)
        line.setSpacing(4)
        line.addWidget(self._back)
        line.addWidget(self._forward)
        line.addSpacing(4)
        line.addWidget(self.trail, 3)
        line.addWidget(self.search, 2)
        line.addSpacing(4)
        for part in (switch, self._panel, self._menu):
            line.addWidget(part)

    def show_ways(self, *, back: bool, forward: bool) -> None:
        """Which there are."""
        self._back.setEnabled(back)
        self._forward.setEnabled(forward)

    def show_choices(self, *, is_gallery: bool, has_panel: bool) -> None:
        (self._as_tiles if is_gallery else self._as_list).setChecked(True)
        self._panel.setChecked(has_panel)

    def enable_choices(self, *, are_possible: bool) -> None:
        for part in (self._as_list, self._as_tiles, self._panel):
            part.setEnabled(are_possible)

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def forget_search(self) -> None:
        """Somewhere else is shown now."""
        if self.search.text():
            self.search.clear()
        self._soon.stop()

    def ask_menu(self) -> None:
        self.wants_menu.emit(self._menu.mapToGlobal(self._menu.rect().bottomRight()))

    def _typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._soon.start()

    def _search_now(self) -> None:
        self._soon.stop()
        self.searched.emit(self.search.text())

    def _leave_search(self) -> None:
        self.search.clear()
        self._search_now()
        self.left_search.emit()
