"""The first page: where the files are to be kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QRadioButton

from desktop.look.icons import IconLabel
from desktop.models.first_run import Given
from desktop.views.pieces import card, label
from desktop.views.welcome.step import StepPage
from desktop.words import tr


class StartPage(StepPage):
    def __init__(self) -> None:
        super().__init__(
            tr("Welcome to Lockstep"),
            tr("It keeps a folder in step on every device you own. Where are your files to be kept?"),
        )
        self.own = QRadioButton(tr("On &this computer"))
        self.server = QRadioButton(tr("On a &server"))
        self._group = QButtonGroup(self)  # they stand in frames of their own
        picture = IconLabel("lockstep", 48, "accent")
        self.column.insertWidget(0, picture, alignment=Qt.AlignmentFlag.AlignLeft)
        self._add(self.own, tr("Nothing else is needed. Every version is kept; more devices can join later."))
        self._add(self.server, tr("You have an account on a Lockstep server, or can make one there."))
        self.column.addStretch(1)

    def _add(self, choice: QRadioButton, text: str) -> None:
        frame, column = card()
        column.setSpacing(4)
        told = label(text, "secondary", wraps=True)
        told.setIndent(24)
        choice.setAccessibleDescription(text)
        column.addWidget(choice)
        column.addWidget(told)
        self._group.addButton(choice)
        self.column.addWidget(frame)

    def enter(self, given: Given) -> None:
        chosen = self.own if given.is_own else self.server
        chosen.setChecked(True)
        chosen.setFocus()

    def leave(self, given: Given) -> None:
        given.is_own = self.own.isChecked()

    def next_words(self) -> str:
        return tr("&Continue")
