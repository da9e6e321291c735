"""The page of what is moving."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.look.icons import IconLabel
from desktop.models.moving import Transfers, Way
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace, button, label, row
from desktop.words import show_name, tr, tr_n

SHOWN: Final = 30
"""Rows at most."""


class TransfersPage(Page):
    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = Transfers(session, self)
        self._rows: dict[tuple[str, str], _Row] = {}
        self._title, self._said = label(role="heading", wraps=True), label(role="secondary")
        self._bar = QProgressBar(textVisible=False, maximum=1_000)
        self._bar.setAccessibleName(tr("All that is moving"))
        self._waiting = label(role="secondary")
        self._try = button(tr("Try now"), session.try_now)
        self._pause, self._resume = button(tr("Pause"), session.pause), button(tr("Resume"), session.resume, "primary")
        self._more = label(role="secondary")
        self._empty = EmptyPlace()
        self._stack = QStackedWidget()
        self._arrange()
        self._model.changed.connect(self._show)
        self._model.take()

    def look(self) -> None:
        self._model.take()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _arrange(self) -> None:
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 16, 16, 12)
        inside.setSpacing(12)
        inside.addLayout(row(label(tr("Transfers"), "title"), 1, self._try, self._pause, self._resume))
        moving = QWidget()
        whole = QVBoxLayout(moving)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        for part in (self._title, self._bar, self._said):
            whole.addWidget(part)
        line = QFrame()
        line.setProperty("role", "line")
        whole.addSpacing(8)
        whole.addWidget(line)
        place = QWidget()
        self._list = QVBoxLayout(place)
        self._list.setContentsMargins(0, 4, 8, 4)
        self._list.setSpacing(4)
        self._list.addWidget(self._more)
        self._list.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(place)
        whole.addWidget(scroll, 1)
        self._stack.addWidget(moving)
        self._stack.addWidget(self._empty)
        inside.addWidget(self._stack, 1)
        inside.addWidget(self._waiting)

    def _show(self) -> None:
        if not self.isVisible():
            return
        whole, ways = self._model.whole(), self._model.ways()
        self._title.setText(whole.title)
        self._said.setText(whole.said)
        self._bar.setVisible(whole.per_mille is not None)
        self._bar.setValue(whole.per_mille or 0)
        waiting = tr_n("%n change waits", "%n changes wait", whole.waiting)
        self._waiting.setText(waiting if whole.waiting else "")
        self._try.setVisible(whole.can_try)
        self._pause.setVisible(self.session.is_there and not whole.is_paused)
        self._resume.setVisible(whole.is_paused)
        self._stack.setCurrentIndex(0 if ways else 1)
        picture = "paused" if whole.is_paused else "in-step" if not whole.waiting else "waiting"
        more = tr("What is sent and fetched is shown here, with how long it takes.")
        self._empty.tell(picture, whole.title, more)
        self._show_rows(ways[:SHOWN])
        others = len(ways) - SHOWN
        self._more.setText(tr_n("and %n more", "and %n more", others))
        self._more.setVisible(others > 0)

    def _show_rows(self, ways: list[Way]) -> None:
        """Those that were there stay the widgets that they were: what has the keyboard keeps it."""
        keys = {(way.direction, way.path) for way in ways}
        for key in self._rows.keys() - keys:
            gone = self._rows.pop(key)
            gone.hide()
            gone.deleteLater()
        for way in ways:
            key = way.direction, way.path
            if key not in self._rows:
                self._rows[key] = shown = _Row(way, self._model, self)
                self._list.insertWidget(self._list.count() - 2, shown)
            self._rows[key].show_way(way)


class _Row(QWidget):
    def __init__(self, way: Way, model: Transfers, page: TransfersPage) -> None:
        super().__init__(page)
        folder, _, name = way.path.rpartition("/")
        path, is_down = way.path, way.direction == "down"
        sign = IconLabel("download" if is_down else "upload")
        sign.setAccessibleName(tr("Downloading") if is_down else tr("Uploading"))
        self._bar = QProgressBar(textVisible=False, maximum=1_000)
        self._bar.setAccessibleName(show_name(path))
        self._said = label(role="secondary", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(4)
        where = show_name(folder) or tr("All files")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(ElidedLabel(show_name(name)), 3)
        top.addWidget(ElidedLabel(where, "secondary"), 2)
        words.addLayout(top)
        words.addWidget(self._bar)
        words.addWidget(self._said)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 8, 0, 8)
        inside.setSpacing(12)
        inside.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(words, 1)
        if is_down:
            away = button(tr("Don’t keep on this device"), lambda: model.keep_away(path), "plain")
            away.setAccessibleName(tr("Don’t keep {name} on this device").format(name=show_name(name)))
            inside.addWidget(away, 0, Qt.AlignmentFlag.AlignVCenter)
        show = button(tr("Show"), lambda: page.wants_path.emit(path), "plain")
        show.setAccessibleName(tr("Show {name}").format(name=show_name(name)))
        inside.addWidget(show, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_way(self, way: Way) -> None:
        self._bar.setValue(way.per_mille)
        self._said.setText(way.said)
