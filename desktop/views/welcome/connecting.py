"""The pages of what takes a while: signing in and starting; and the code that may be asked for in between."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton

from desktop.models.first_run import Given
from desktop.views.welcome.step import StepPage
from desktop.words import tr


class ConnectingPage(StepPage):
    """Signals:
    stopped: the person does not want to wait.
    tries_again: the person wants it tried again.
    """

    stopped = Signal()
    tries_again = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Setting up"))
        self.bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.bar.setAccessibleName(tr("Setting up"))
        self.stop = QPushButton(tr("&Stop"))
        self.stop.clicked.connect(self.stopped)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.said)
        self.column.addWidget(self.stop, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    def work(self, text: str) -> None:
        """It is under way."""
        self.bar.setVisible(True)
        self.stop.setVisible(True)
        self.stop.setEnabled(True)
        self.stop.setFocus()
        self.said.say("busy", text)

    def is_ready(self) -> bool:
        return False

    def complain(self, text: str) -> None:
        self.bar.setVisible(False)
        self.stop.setVisible(False)
        self.said.say("bad", text, tr("&Try again"), self.tries_again.emit)
        self.said.button.setFocus()


class CodePage(StepPage):
    def __init__(self) -> None:
        super().__init__(
            tr("Enter your code"),
            tr("Your account asks for a code as well: from your authenticator app, or one of the recovery codes."),
        )
        self.code = QLineEdit()
        self.code.setAccessibleName(tr("Code"))
        self.code.textEdited.connect(self._typed)
        self.code.returnPressed.connect(self.wants_next)
        self.column.addWidget(self.code)
        self.column.addWidget(self.said)
        self.column.addStretch(1)

    def enter(self, given: Given) -> None:
        self.code.selectAll()  # each is good once
        self.code.setFocus()

    def leave(self, given: Given) -> None:
        given.code = self.code.text().strip()

    def is_ready(self) -> bool:
        return bool(self.code.text().strip())

    def next_words(self) -> str:
        return tr("&Continue")

    def _typed(self) -> None:
        self.said.clear()
        self.ready_changed.emit()
