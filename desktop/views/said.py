"""One line beside what it is about: how it stands, or why something was not done and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.look.icons import IconLabel
from desktop.look.theme import set_role

Tone = Literal["good", "warn", "bad", "plain", "busy"]

_ICONS: Final[dict[str, tuple[str, str]]] = {
    "good": ("in-step", "good"),
    "warn": ("warning", "warn"),
    "bad": ("attention", "bad"),
    "plain": ("info", "text-2"),
    "busy": ("waiting", "text-2"),
}


class Said(QWidget):
    """Empty until something is said. Plain text only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("info", 16)
        self.label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.button = QPushButton()
        self.button.setProperty("role", "plain")
        self.button.clicked.connect(self._act)
        self._does: Callable[[], None] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        self.clear()

    def say(self, tone: Tone, text: str, button: str = "", does: Callable[[], None] | None = None) -> None:
        """With what can be done about it, if ``button`` says something."""
        if not text:
            self.clear()
            return
        self._icon.show_icon(*_ICONS[tone])
        set_role(self.label, tone if tone in {"good", "warn", "bad"} else "secondary")
        self.label.setText(text)
        self.button.setText(button)
        self._does = does
        self._icon.setVisible(True)
        self.button.setVisible(bool(button))
        self.setAccessibleName(text)

    def clear(self) -> None:
        self.label.setText("")
        self._icon.setVisible(False)
        self.button.setVisible(False)
        self.setAccessibleName("")

    @property
    def text(self) -> str:
        return self.label.text()

    def _act(self) -> None:
        if self._does is not None:
            self._does()
