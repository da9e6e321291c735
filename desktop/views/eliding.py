"""A line of text, or a button, that is as wide as there is room."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from desktop.look.measures import wide
from desktop.words import plain_label, plain_tip

_LEAST: Final = 96
"""Pixels of a button beside text of the usual size."""


class ElidedLabel(QLabel):
    """Plain text, as wide as it is let be; what does not fit is left out (``where``), and all is in the tooltip."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        parent: QWidget | None = None,
        *,
        where: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if role:
            self.setProperty("role", role)
        self._where = where
        self.whole = ""
        self.show_text(text)

    def show_text(self, text: str) -> None:
        self.whole = text
        self.setToolTip(plain_tip(text) if text else "")
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.whole, self._where, self.width()))


class ElidedButton(QPushButton):
    """With words that hold a name of any length. Where there is no room for all of them, the tooltip has them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.whole = ""

    def show_text(self, text: str) -> None:
        self.whole = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self._beside() + self._needed(plain_label(self.whole)), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), wide(_LEAST)), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _beside(self) -> int:
        """What its edge and the space around its words take."""
        return super().sizeHint().width() - self._needed(self.text() or "XXXX")  # Qt's own words where there are none

    def _needed(self, words: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, words).width()

    def _fit(self) -> None:
        room, shown = self.width() - self._beside(), self.whole
        if self._needed(plain_label(shown)) > room:
            shown = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, room)
        self.setText(plain_label(shown))
        self.setToolTip("" if shown == self.whole else plain_tip(self.whole))
