"""How wide and high things are beside text of the size that is chosen. What is given in pixels here holds for text of
the usual size, and is never less."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.look.tokens import BODY_PX

_TITLE_PX: Final = 32
"""What stands above a window, and is not known before it is shown."""


def wide(px: int) -> int:
    """A width: it grows as the text does."""
    return max(px, round(px * _text_px() / BODY_PX))


def high(px: int, text_px: int | None = None) -> int:
    """The height of a line of text with space around it: the text grows, the space does not."""
    return px + max(0, round(((text_px or _text_px()) - BODY_PX) * 1.45))


def widest(words: Iterable[str], font: QFont, *, bold: bool = False) -> int:
    """Pixels that the longest of them takes."""
    if bold:
        font = QFont(font)
        font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(font)
    return max(metrics.horizontalAdvance(word) for word in words)


def open_at(window: QWidget, width: int, height: int) -> None:
    """Give a window its first size: it grows with the text, and fits on the screen."""
    room = window.screen().availableGeometry()
    window.resize(min(wide(width), room.width()), min(wide(height), room.height() - _TITLE_PX))


def fixed_font() -> QFont:
    """All letters of one width, about as large as other text."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(max(QFontInfo(font).pixelSize(), _text_px() - 1))
    return font


def _text_px() -> int:
    return QFontInfo(QGuiApplication.font()).pixelSize()
