"""One page of the first run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.first_run import Given
from desktop.views.pieces import label
from desktop.views.said import Said


class StepPage(QWidget):
    """A title, what is asked for, and a line that says how that stands.

    Signals:
        ready_changed: whether one can go on from here may have changed.
        wants_next: the person pressed Return, or a button that means as much.
    """

    ready_changed = Signal()
    wants_next = Signal()

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addWidget(label(title, "title", wraps=True))
        self.text = label(text, "secondary", wraps=True)
        self.column.addWidget(self.text)
        self.text.setVisible(bool(text))
        self.said = Said()

    def enter(self, given: Given) -> None:
        """It is shown: put what is known into the fields, and the keyboard where one types first."""

    def is_ready(self) -> bool:
        """Whether one can go on."""
        return True

    def leave(self, given: Given) -> None:
        """Take what was typed."""

    def next_words(self) -> str:
        """The words of the button that goes on; "" for none."""
        return ""

    def complain(self, text: str) -> None:
        """Something about this page did not work out."""
        self.said.say("bad", text)
