"""The page of what is moving, and of what does not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.look.icons import IconLabel
from desktop.models.moving import Still, Transfers, Way
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
        """By where it goes, or "" for what does not move, and path."""
        self._followed = ""
        """The file whose row had the keyboard, and has none now."""
        self._title, self._said = label(role="heading", wraps=True), label(role="secondary")
        self._bar = QProgressBar(textVisible=False, maximum=1_000)
        self._bar.setAccessibleName(tr("All that is moving"))
        self._waiting = label(role="secondary")
        self._try = button(tr("Try now"), session.try_now)
        self._pause, self._resume = button(tr("Pause"), session.pause), button(tr("Resume"), session.resume, "primary")
        self._more, self._more_still = label(role="secondary"), label(role="secondary")
        self._not_moving = label(tr("Stopped or failed"), role="heading")
        self._empty = EmptyPlace()
        self._stack = QStackedWidget()
        self._arrange()
        self._model.changed.connect(self._show)
        self._model.take()

    def look(self) -> None:
        self._model.take()
        self._model.look()

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
        rows = QVBoxLayout(place)
        rows.setContentsMargins(0, 4, 8, 4)
        rows.setSpacing(4)
        self._moving, self._still = QVBoxLayout(), QVBoxLayout()
        for some in (self._moving, self._still):
            some.setSpacing(4)
        rows.addLayout(self._moving)
        rows.addWidget(self._more)
        rows.addSpacing(8)
        rows.addWidget(self._not_moving)
        rows.addLayout(self._still)
        rows.addWidget(self._more_still)
        rows.addStretch()
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
        whole, ways, stills = self._model.whole(), self._model.ways(), self._model.stills()
        self._title.setText(whole.title)
        self._said.setText(whole.said)
        self._said.setVisible(bool(whole.said))
        self._bar.setVisible(whole.per_mille is not None)
        self._bar.setValue(whole.per_mille or 0)
        waiting = tr_n("%n change waits", "%n changes wait", whole.waiting)
        self._waiting.setText(waiting if whole.waiting else "")
        self._try.setVisible(whole.can_try)
        self._pause.setVisible(self.session.is_there and not whole.is_paused)
        self._resume.setVisible(whole.is_paused)
        self._stack.setCurrentIndex(0 if ways or stills else 1)
        picture = "paused" if whole.is_paused else "in-step" if not whole.waiting else "waiting"
        more = tr("What is sent and fetched is shown here, with how long it takes.")
        self._empty.tell(picture, whole.title, more)
        self._show_rows(ways[:SHOWN], stills[:SHOWN])
        self._not_moving.setVisible(bool(stills))
        for said, others in ((self._more, len(ways) - SHOWN), (self._more_still, len(stills) - SHOWN)):
            said.setText(tr_n("and %n more", "and %n more", others))
            said.setVisible(others > 0)

    def _show_rows(self, ways: list[Way], stills: list[Still]) -> None:
        """Those that were there stay the widgets that they were: what has the keyboard keeps it. If its row goes, for
        the file was stopped or moves again, the file's other row gets it, also if that comes later. No other file's:
        who pressed twice would stop that one."""
        keys = {(way.direction, way.path) for way in ways} | {("", still.path) for still in stills}
        left_by = next((key for key, shown in self._rows.items() if key not in keys and shown.has_keyboard()), None)
        for way in ways:
            shown = self._rows.get((way.direction, way.path)) or self._add(way)
            assert isinstance(shown, _WayRow)
            shown.show_way(way)
        for still in stills:
            shown = self._rows.get(("", still.path)) or self._add(still)
            assert isinstance(shown, _StillRow)
            shown.show_still(still)
        if left_by is not None:
            self._followed = left_by[1]
            self.setFocus()
        if self._followed and self.hasFocus():
            same = [shown for key, shown in self._rows.items() if key in keys and key[1] == self._followed]
            for shown in same[:1]:
                shown.take_keyboard()
        for key in self._rows.keys() - keys:
            gone = self._rows.pop(key)
            gone.hide()
            gone.deleteLater()
        order = [*((way.direction, way.path) for way in ways), *(("", still.path) for still in stills)]
        acts = [act for key in order for act in self._rows[key].acts]
        for before, after in pairwise([self._resume, *acts]):
            self.setTabOrder(before, after)

    def _add(self, what: Way | Still) -> _Row:
        row: _Row
        if isinstance(what, Way):
            row = self._rows[what.direction, what.path] = _WayRow(what, self._model, self)
            self._moving.addWidget(row)
        else:
            row = self._rows["", what.path] = _StillRow(what, self._model, self)
            self._still.addWidget(row)
        return row


class _Row(QWidget):
    """A file: a sign, its name and folder, what is said of it, and what can be done."""

    def __init__(self, path: str, page: TransfersPage) -> None:
        super().__init__(page)
        folder, _, name = path.rpartition("/")
        self.name = show_name(name)
        self._said = label(role="secondary", wraps=True)
        self.acts: list[QPushButton] = []
        self._words = QVBoxLayout()
        self._words.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(ElidedLabel(self.name), 3)
        top.addWidget(ElidedLabel(show_name(folder) or tr("All files"), "secondary"), 2)
        self._words.addLayout(top)
        self._words.addWidget(self._said)
        self._inside = QHBoxLayout(self)
        self._inside.setContentsMargins(0, 8, 0, 8)
        self._inside.setSpacing(12)
        self._inside.addLayout(self._words, 1)

    def act(self, words: str, spoken: str, does: Callable[[], None]) -> None:
        made = button(words, does, "plain")
        made.setAccessibleName(spoken.format(name=self.name))
        self.acts.append(made)
        self._inside.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)

    def has_keyboard(self) -> bool:
        return any(act.hasFocus() for act in self.acts)

    def take_keyboard(self) -> None:
        self.acts[0].setFocus()


class _WayRow(_Row):
    def __init__(self, way: Way, model: Transfers, page: TransfersPage) -> None:
        super().__init__(way.path, page)
        path, is_down = way.path, way.direction == "down"
        sign = IconLabel("download" if is_down else "upload")
        sign.setAccessibleName(tr("Downloading") if is_down else tr("Uploading"))
        self._inside.insertWidget(0, sign, 0, Qt.AlignmentFlag.AlignTop)
        self._bar = QProgressBar(textVisible=False, maximum=1_000)
        self._bar.setAccessibleName(show_name(path))
        self._words.insertWidget(1, self._bar)
        self.act(tr("Stop"), tr("Stop {name}"), lambda: model.stop(path))
        self.act(tr("Show"), tr("Show {name}"), lambda: page.wants_path.emit(path))

    def show_way(self, way: Way) -> None:
        self._bar.setValue(way.per_mille)
        self._said.setText(way.said)


class _StillRow(_Row):
    def __init__(self, still: Still, model: Transfers, page: TransfersPage) -> None:
        super().__init__(still.path, page)
        path = still.path
        self._sign = IconLabel("waiting")
        self._inside.insertWidget(0, self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self.act(tr("Retry"), tr("Retry {name}"), lambda: model.retry(path))
        self.act(tr("Show"), tr("Show {name}"), lambda: page.wants_path.emit(path))

    def show_still(self, still: Still) -> None:
        self._sign.show_icon(*(("waiting", "text-2") if still.is_stopped else ("attention", "bad")))
        self._sign.setAccessibleName(tr("Stopped") if still.is_stopped else tr("Failed"))
        self._said.setText(still.said)
