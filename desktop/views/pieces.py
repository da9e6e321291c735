"""Small parts of which pages are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.look.icons import icon
from desktop.words import plain_label, plain_tip

_ICON: Final = 32


def label(text: str = "", role: str = "", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """Plain text, whatever is in it."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wraps)
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, does: Callable[[], object], role: str = "", parent: QWidget | None = None) -> QPushButton:
    made = QPushButton(plain_label(text), parent)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    made.clicked.connect(lambda _: does())
    return made


def tool(name: str, words: str, does: Callable[[], object], parent: QWidget | None = None) -> QToolButton:
    """A button that is an icon; ``words`` say what it does."""
    made = QToolButton(parent)
    made.setIcon(icon(name))
    made.setToolTip(plain_tip(words))
    made.setAccessibleName(words)
    made.clicked.connect(lambda _: does())
    return made


def clear(layout: QLayout) -> None:
    """Take out all widgets, for good."""
    while (taken := layout.takeAt(0)) is not None:
        if (widget := taken.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def row(*parts: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Beside one another; a number is a stretch."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QWidget):
            made.addWidget(part)
        else:
            made.addStretch(part)
    return made


def card(role: str = "card") -> tuple[QFrame, QVBoxLayout]:
    """A frame, and the layout of what is in it."""
    frame = QFrame()
    frame.setProperty("role", role)
    frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 12, 16, 12)
    inside.setSpacing(8)
    return frame, inside


def picture(name: str, size: int = _ICON) -> QLabel:
    """An icon that says nothing that the text beside it does not."""
    made = QLabel()
    made.setPixmap(icon(name).pixmap(QSize(size, size)))
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
    return made


class EmptyPlace(QWidget):
    """Where nothing is to be shown: what would be here, and what to do.

    Signals:
        pressed: the button.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._title, self._text = label(role="heading", wraps=True), label(role="secondary", wraps=True)
        self._button = button("", self.pressed.emit)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(32, 32, 32, 32)
        inside.setSpacing(8)
        inside.addStretch(2)
        for part in (self._picture, self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(part)
        inside.addSpacing(8)
        inside.addLayout(row(1, self._button, 1))
        inside.addStretch(3)

    def tell(self, picture: str, title: str, text: str = "", button: str = "") -> None:
        self._picture.setPixmap(icon(picture).pixmap(QSize(_ICON, _ICON)))
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setText(plain_label(button))
        self._button.setVisible(bool(button))
