"""Ignored: patterns of what is not synced, and what they match."""

from __future__ import annotations

from threading import Event
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QListWidget, QPlainTextEdit, QPushButton

from desktop.daemon import Failure
from desktop.look.measures import fixed_font
from desktop.models.ignoring import Matched, matched
from desktop.session import Session
from desktop.views.pieces import row
from desktop.views.settings.section import Section, secondary
from desktop.words import show_name, tr, tr_n
from sync_engine.control import messages as control

TYPED_MS: Final = 500


class IgnoredSection(Section):
    scrolls_itself = True

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            tr("Ignored"),
            tr(
                "One pattern per line, such as *.iso or build/. They apply on all devices of the account. "
                "What is synced already goes on being synced."
            ),
        )
        self._was = ""
        self._until = Event()
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setFont(fixed_font())
        self.text.setAccessibleName(tr("Patterns"))
        self.text.setEnabled(False)  # as long as nobody knows what they are
        self.found = QListWidget()
        self.found.setUniformItemSizes(True)
        self.found.setAccessibleName(tr("What they match"))
        self.told = secondary("")
        self.save = QPushButton(tr("&Save the patterns"))
        self.save.setProperty("role", "primary")
        self.undo = QPushButton(tr("Leave them as they were"))
        for button in (self.save, self.undo):
            button.setEnabled(False)
        self.save.clicked.connect(self._save)
        self.undo.clicked.connect(self._undo)
        self._timer = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._timer.timeout.connect(self._preview)
        self.text.textChanged.connect(self._typed)
        for widget, stretch in ((self.text, 3), (self.told, 0), (self.found, 2), (self.said, 0)):
            self.column.addWidget(widget, stretch)
        self.column.addLayout(row(self.save, self.undo, 1))

    def look(self) -> None:
        if not self.unsaved():
            self.session.daemon.ask(control.GetIgnoreRules(), self._take, self.fail, owner=self)

    def unsaved(self) -> bool:
        return self.text.toPlainText() != self._was

    def _take(self, answer: control.IgnoreRules) -> None:
        self.text.setEnabled(True)
        if not self.unsaved():
            self._was = answer.text
            self.text.setPlainText(answer.text)
            self._was = self.text.toPlainText() if self.text.toPlainText() != answer.text else answer.text
            self._preview()

    def _typed(self) -> None:
        self.said.clear()
        self.save.setEnabled(self.unsaved())
        self.undo.setEnabled(self.unsaved())
        self._timer.start()

    def _undo(self) -> None:
        self.text.setPlainText(self._was)
        self.look()

    def _save(self) -> None:
        text = self.text.toPlainText()
        text += "" if text.endswith("\n") or not text else "\n"

        def saved(_: object) -> None:
            self._was = text
            self.text.setPlainText(text)
            self._typed()
            self.said.say("good", tr("Saved. They hold from now on."))

        self.session.daemon.ask(control.SetIgnoreRules(text, self._was), saved, self._not_saved, owner=self)

    def _not_saved(self, failure: Failure) -> None:
        if failure.code != "changed":
            self.fail(failure)
            return
        self.said.say(
            "warn",
            tr("The patterns were changed meanwhile, by another device or program."),
            tr("Show &theirs"),
            self._show_theirs,
        )

    def _show_theirs(self) -> None:
        self.text.setPlainText(self._was)
        self.look()

    # --- what they match ----------------------------------------------------------------------------------------

    def _preview(self) -> None:
        self._timer.stop()
        self._until.set()
        self._until = until = Event()
        folder, text = self.session.folder, self.text.toPlainText()
        if folder is None:
            return

        def take(found: Matched) -> None:
            if until is self._until:
                self._show(found)

        self.session.background.run(lambda: matched(str(folder), text, until), take, owner=self)

    def _show(self, found: Matched) -> None:
        self.found.clear()
        self.save.setEnabled(self.unsaved() and not found.wrong)
        if found.wrong:
            self.told.setText(tr("This line is no pattern: {line}").format(line=show_name(found.wrong)))
            return
        self.found.addItems([show_name(path) for path in found.paths])
        count = len(found.paths)
        if found.is_cut:
            self.told.setText(tr_n("They match %n item here, or more:", "They match %n items here, or more:", count))
        elif count:
            self.told.setText(tr_n("They match %n item here:", "They match %n items here:", count))
        else:
            self.told.setText(tr("They match nothing in this folder."))
