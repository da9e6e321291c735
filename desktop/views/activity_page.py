"""The page of what happened."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.daemon import Failure
from desktop.look.measures import wide
from desktop.models.activity import Everywhere, Happenings, OnThisDevice
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.happenings import happenings_table
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace, label, row, search_field
from desktop.words import show_name, tr
from server_api.contract.devices import Devices
from sync_engine.control.questions import DEVICES

_TYPED_MS: Final = 400
"""So long nothing is typed before it is looked for."""


class ActivityPage(Page):
    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._everywhere, self._here = Everywhere(session, self), OnThisDevice(session, self)
        self._failures: dict[Happenings[Any], Failure] = {}
        self._sources = QButtonGroup(self)
        self._path = search_field(tr("In this file or folder"))
        self._who = QComboBox()
        self._who.setMinimumWidth(wide(160))
        self._who.setAccessibleName(tr("Who did it"))
        self._who.addItem(tr("Anyone"), ("", None))
        self._lists = [happenings_table(self._everywhere), happenings_table(self._here)]
        self._empty = EmptyPlace()
        self._stack = QStackedWidget()
        for part in (*self._lists, self._empty):
            self._stack.addWidget(part)
        self._further = label(tr("Looking further back…"), "secondary")
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._arrange()
        self._connect()
        self._show()

    def look(self) -> None:
        self._model.look()
        if self._who.count() == 1:
            self.session.daemon.ask_server(DEVICES, None, self._take_devices, owner=self)

    @property
    def _model(self) -> Everywhere | OnThisDevice:
        return self._here if self._sources.checkedId() else self._everywhere

    def _arrange(self) -> None:
        for number, text in enumerate((tr("Everywhere"), tr("On this device"))):
            source = QPushButton(text)
            source.setCheckable(True)
            source.setChecked(not number)
            self._sources.addButton(source, number)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 16, 16, 12)
        inside.setSpacing(12)
        inside.addLayout(row(label(tr("Activity"), "title"), 1, *self._sources.buttons()))
        inside.addLayout(row(self._path, 1, self._who))
        inside.addWidget(self._stack, 1)
        inside.addWidget(self._further)

    def _connect(self) -> None:
        self._sources.idToggled.connect(lambda _, is_on: self._change_source() if is_on else None)
        self._who.currentIndexChanged.connect(lambda _: self._find())
        self._path.textChanged.connect(lambda _: self._typed.start())
        self._path.returnPressed.connect(self._find)
        self._everywhere.changed.connect(self._take_people)
        self._typed.timeout.connect(self._find)
        self._empty.pressed.connect(self._help_on)
        for view in self._lists:
            view.clicked.connect(self._go_to)
            view.activated.connect(self._go_to)
        for model in (self._everywhere, self._here):
            model.changed.connect(self._show)
            model.failed.connect(lambda failure, model=model: self._tell_failure(model, failure))
        find = QShortcut(QKeySequence.StandardKey.Find, self, self._path.setFocus)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _take_devices(self, answer: Devices) -> None:
        for device in answer.devices:
            if device.revoked_at is None:
                self._who.addItem(show_name(device.name), ("", device.device_id))

    def _take_people(self) -> None:
        """Several of them, where a folder is shared."""
        if len(people := self._everywhere.people) > 1:
            for person in sorted(people):
                if self._who.findText(show_name(person)) < 0:
                    self._who.addItem(show_name(person), (person, None))

    # --- looking for something -----------------------------------------------------------------------------------

    def _change_source(self) -> None:
        self._who.setVisible(self._model is self._everywhere)
        self._find()
        self.look()
        self._show()

    def _find(self) -> None:
        self._typed.stop()
        path = self._path.text().strip().strip("/")
        self._failures.pop(self._model, None)
        if self._model is self._here:
            self._here.find(path)
        else:
            person, device_id = self._who.currentData()
            self._everywhere.ask_for(path, device_id, person or None)

    def _go_to(self, index: QModelIndex) -> None:
        line = self._model.line(index.row())
        if line is not None and line.path:
            self.wants_path.emit(line.path)

    # --- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        model = self._model
        if model.is_known:
            self._failures.pop(model, None)
        rows = model.rowCount()
        self._stack.setCurrentWidget(self._lists[self._sources.checkedId()] if rows else self._empty)
        self._further.setVisible(bool(rows) and model.is_asking and not model.has_all)
        failure = self._failures.get(model)
        path = self._path.text().strip()
        is_sought = bool(path) or (model is self._everywhere and self._who.currentIndex() > 0)
        if rows:
            return
        if failure is not None and failure.code == "not-found" and path:
            said = tr("There is no “{path}”").format(path=show_name(path))
            self._empty.tell("search", said, tr("Give the path from the top, as in Photos/Lisbon."), tr("Show all"))
        elif failure is not None:
            said = sentence(failure.code, failure.detail)
            self._empty.tell("attention", tr("What happened cannot be shown now"), said, tr("Try again"))
        elif model.is_asking or not model.is_known:
            self._empty.tell("activity", tr("Looking for what happened…"))
        elif is_sought:
            self._empty.tell("search", tr("Nothing of that kind has happened"), "", tr("Show all"))
        else:
            said = tr("Who added, changed, moved or deleted what, and when, is told here.")
            self._empty.tell("activity", tr("Nothing has happened yet"), said)

    def _tell_failure(self, model: Happenings[Any], failure: Failure) -> None:
        self._failures[model] = failure
        if model.is_known:
            self.session.complain(failure)
        self._show()

    def _help_on(self) -> None:
        failure = self._failures.pop(self._model, None)
        if failure is not None and failure.code != "not-found":
            self.look()
        else:
            self._who.setCurrentIndex(0)
            self._path.clear()
            self._find()
