"""Where one is: the folders on the way, each to be clicked and to be dropped on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.look.icons import IconLabel
from desktop.models.trail import crumbs
from desktop.views.dragging import DropButton
from desktop.views.pieces import label
from desktop.words import plain_label, plain_tip, tr

_LONGEST_PX = 220


class TrailBar(QWidget):
    """What does not fit is left out at the start.

    Signals:
        chose: the path of a folder.
        dropped: data on a folder of the way: the data, the path, and whether it is to be moved.
    """

    chose = Signal(object)
    dropped = Signal(object, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crumbs: list[tuple[str, str]] = []
        self._parts: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.setAccessibleName(tr("Where you are"))
        self._inside = QHBoxLayout(self)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(0)

    def show_path(self, path: str) -> None:
        self._crumbs = crumbs(path)
        self._fill()

    def show_title(self, title: str) -> None:
        """Of another page, which has no folders."""
        self._crumbs = [(title, "")]
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        for part in self._parts:
            self._inside.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        while self._inside.count():
            self._inside.takeAt(0)
        if not self._crumbs:
            return
        shown = self._fitting()
        if len(shown) < len(self._crumbs):
            first_hidden = self._crumbs[-len(shown) - 1]
            self._add(_Crumb(self, "…", first_hidden[1], tip=first_hidden[0]))
            self._add(IconLabel("chevron-right", 16, "text-2"))
        for name, path in shown[:-1]:
            self._add(_Crumb(self, self._elided(name), path, tip=name))
            self._add(IconLabel("chevron-right", 16, "text-2"))
        here = label(self._elided(shown[-1][0], last=True), "crumb")
        here.setToolTip(plain_tip(shown[-1][0]))
        self._add(here)
        self._inside.addStretch(1)

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._inside.addWidget(part)

    def _fitting(self) -> list[tuple[str, str]]:
        """The last ones, as many as there is room for; one always."""
        room = self.width() - 48
        count = 0
        for name, _ in reversed(self._crumbs):
            room -= min(self.fontMetrics().horizontalAdvance(name), _LONGEST_PX) + 34
            if room < 0 and count:
                break
            count += 1
        return self._crumbs[-count:]

    def _elided(self, name: str, *, last: bool = False) -> str:
        room = max(self.width() - 64, 80) if last else _LONGEST_PX
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, min(room, 2 * _LONGEST_PX))


class _Crumb(DropButton):
    def __init__(self, bar: TrailBar, text: str, path: str, tip: str) -> None:
        super().__init__(plain_label(text))
        self.setProperty("role", "crumb")
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(tip)
        self.setAcceptDrops(True)
        self.clicked.connect(lambda _: bar.chose.emit(path))
        self.dropped.connect(lambda mime, is_move: bar.dropped.emit(mime, path, is_move))
