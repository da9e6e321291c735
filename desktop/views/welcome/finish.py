"""The last pages: which folders are wanted here, and what has been made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton

from desktop.integration.showing import open_with_its_program
from desktop.models.choice_tree import ChoiceTree
from desktop.models.first_run import Given, told_at_the_end
from desktop.session import Session
from desktop.views.choice_view import ChoiceView
from desktop.views.welcome.step import StepPage
from desktop.words import show_size, tr, tr_n


class ChoosingPage(StepPage):
    """Attributes:
    tree: what is ticked in it comes to this device.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(
            tr("What is wanted on this device?"),
            tr("What is not ticked stays on the server. You can change this at any time, in the preferences."),
        )
        self.tree = ChoiceTree(session, self)
        self._view = ChoiceView(self.tree)
        self.tree.choice_changed.connect(self._changed)
        self.column.addWidget(self._view, 1)
        self.column.addWidget(self.said)

    def enter(self, given: Given) -> None:
        self._view.setFocus()
        self._changed()

    def next_words(self) -> str:
        return tr("&Continue")

    def _changed(self) -> None:
        left_out = self.tree.leaving
        if not left_out:
            self.said.say("plain", tr("Everything comes to this device."))
            return
        size = self.tree.size_of(left_out)
        text = tr_n("%n folder stays on the server only.", "%n folders stay on the server only.", len(left_out))
        if size is not None:
            text += " " + tr("{size} less on this disk.").format(size=show_size(size))
        self.said.say("plain", text)


class FinishedPage(StepPage):
    def __init__(self) -> None:
        super().__init__(tr("All set"))
        self._folder = Path()
        self.opens = QPushButton(tr("&Open the folder"))
        self.opens.clicked.connect(self._open)
        self.starts_at_login = QCheckBox(tr("Start Lockstep when I &log in"))
        self.starts_at_login.setChecked(True)
        self.text.setVisible(True)
        self.column.addWidget(self.opens, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.starts_at_login)
        self.column.addWidget(self.said)
        self.column.addStretch(1)

    def enter(self, given: Given) -> None:
        self._folder = Path(given.folder)
        self.text.setText(told_at_the_end(given))
        self.opens.setFocus()

    def next_words(self) -> str:
        return tr("&Finish")

    def _open(self) -> None:
        open_with_its_program(self._folder)
