"""One section of the preferences."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QVBoxLayout, QWidget

from desktop.daemon import Failure
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.said import Said


class Section(QWidget):
    """Looks at what it shows when it is shown. What is changed holds at once, and ``said`` tells whether it does.

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
        heading = QLabel(title)
        heading.setProperty("role", "title")
        self.column.addWidget(heading)
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
        self.look()


def secondary(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", "secondary")
    return label


def heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    label.setContentsMargins(0, 8, 0, 0)
    return label


def value(text: str = "") -> QLabel:
    """What is told, and can be copied; plain text."""
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def form() -> QFormLayout:
    made = QFormLayout()
    made.setVerticalSpacing(8)
    made.setHorizontalSpacing(16)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return made


def card() -> tuple[QFrame, QVBoxLayout]:
    """A panel that stands out, for something that is asked."""
    frame = QFrame()
    frame.setProperty("role", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(8)
    return frame, column
