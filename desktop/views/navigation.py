"""The list at the left: the pages, and how much on each waits for a person."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from desktop.look.icons import icon
from desktop.look.measures import wide
from desktop.session import Session
from desktop.views.dragging import DropButton
from desktop.views.page import Page
from desktop.views.pieces import label
from desktop.words import plain_label, tr_n


class Entry(Struct, frozen=True):
    """A page of the window, made when somebody goes there."""

    id: str
    title: str
    icon: str
    factory: Callable[[Session], Page]
    takes_drops: bool = False


class Navigation(QWidget):
    """One of them is where one is.

    Signals:
        chose: the id of a page.
        dropped: data on a page that takes them: its id, the data, and whether it is to be moved.
    """

    chose = Signal(str)
    dropped = Signal(str, object, bool)

    def __init__(self, entries: list[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _Line] = {}
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        for entry in entries:
            line = _Line(entry)
            self._buttons[entry.id] = line
            self._group.addButton(line)
            inside.addWidget(line)
            line.clicked.connect(lambda _, page=entry.id: self.chose.emit(page))
            line.dropped.connect(lambda mime, is_move, page=entry.id: self.dropped.emit(page, mime, is_move))

    def show_place(self, page: str) -> None:
        if page in self._buttons:
            self._buttons[page].setChecked(True)

    def show_count(self, page: str, count: int) -> None:
        if page in self._buttons:
            self._buttons[page].show_count(count)


class _Line(DropButton):
    def __init__(self, entry: Entry) -> None:
        super().__init__(icon(entry.icon), plain_label(entry.title))
        self._entry = entry
        self.setProperty("role", "place")
        self.setCheckable(True)
        self.setAcceptDrops(entry.takes_drops)
        self.setIconSize(QSize(wide(20), wide(20)))
        self._count = label(role="count")
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 12, 0)
        inside.addStretch()
        inside.addWidget(self._count, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        self._count.setText(str(count) if count < 1_000 else "999+")
        self._count.setVisible(count > 0)
        waiting = tr_n("%n waits for you", "%n wait for you", count)
        self.setAccessibleName(f"{self._entry.title}, {waiting}" if count else self._entry.title)
