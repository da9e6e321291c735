"""One section of the preferences."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from desktop.daemon import Failure
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.pieces import label
from desktop.views.said import Said
from sync_engine.core.reports import EngineState


class Section(QWidget):
    """Looks at what it shows when it is shown, and when the daemon has come or gone. What is changed holds at once, and
    ``said`` tells whether it does.

    Attributes:
        scrolls_itself: what is long in it scrolls, and the rest always fits.
    """

    scrolls_itself = False

    def __init__(self, session: Session, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.title = title
        self.said = Said()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 16)
        self.column.setSpacing(12)
        self.column.addWidget(label(title, "title"))
        self._had_daemon = session.state is not None
        session.state_changed.connect(self._see)
        if text:
            self.column.addWidget(secondary(text))

    def look(self) -> None:
        """Ask for what is shown. Called in the GUI thread."""

    def unsaved(self) -> bool:
        """Whether something was typed that would be lost."""
        return False

    def fail(self, failure: Failure) -> None:
        """What was wanted was not done."""
        self.said.say("bad", sentence(failure.code, failure.detail))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_anew()

    def _see(self, state: EngineState | None) -> None:
        had, self._had_daemon = self._had_daemon, state is not None
        if had != self._had_daemon and self.isVisible():
            self.look_anew()

    def look_anew(self) -> None:
        """What was said before is of another time."""
        self.said.clear()
        self.look()


def secondary(text: str) -> QLabel:
    return label(text, "secondary", wraps=True)


def heading(text: str) -> QLabel:
    made = label(text, "heading")
    made.setContentsMargins(0, 8, 0, 0)
    return made


def form() -> QFormLayout:
    made = QFormLayout()
    made.setVerticalSpacing(8)
    made.setHorizontalSpacing(16)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return made
