"""The bundled icons: one set, drawn in the colour of the text."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QImage, QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from desktop.look.measures import wide
from desktop.look.theme import colour

_FOLDER: Final = Path(__file__).parent / "icons"
_CACHED: Final = 512
_LARGE_PX: Final = 32
"""From here on a stroke does not grow with the icon."""


def names() -> set[str]:
    return {path.stem for path in _FOLDER.glob("*.svg")}


def icon(name: str, tone: str = "") -> QIcon:
    """By its file's name in ``icons/``, without ``.svg``; it follows the theme.

    Args:
        name: of the icon.
        tone: a token of a colour: "accent", "warn"; without it the icon has the colour of the text beside it.
    """
    return QIcon(_Engine(name, tone))


class IconLabel(QWidget):
    """An icon that stands by itself, and tells nothing that no word tells. It grows with the text."""

    def __init__(self, name: str, size_px: int = 20, tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = QSize(wide(size_px), wide(size_px))
        self._icon = icon(name, tone)
        self.setFixedSize(self._size)

    def show_icon(self, name: str, tone: str = "") -> None:
        self._icon = icon(name, tone)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        painter = QPainter(self)
        self._icon.paint(painter, self.rect(), mode=mode)
        painter.end()


class _Engine(QIconEngine):
    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone)

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        """``size`` is in pixels of the screen."""
        side = min(size.width(), size.height())
        return QPixmap.fromImage(_drawn(self._name, self._colour(mode), side))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        ratio = painter.device().devicePixelRatioF()
        image = _drawn(self._name, self._colour(mode), round(side * ratio), thin=side >= _LARGE_PX)
        corner = rect.topLeft() + QPoint((rect.width() - side) // 2, (rect.height() - side) // 2)
        painter.drawImage(QRect(corner, QSize(side, side)), image)

    def _colour(self, mode: QIcon.Mode) -> int:
        is_off = mode == QIcon.Mode.Disabled
        if self._tone and not is_off:
            return colour(self._tone).rgba()
        group = QPalette.ColorGroup.Disabled if is_off else QPalette.ColorGroup.Active
        return QGuiApplication.palette().color(group, QPalette.ColorRole.WindowText).rgba()


@lru_cache(_CACHED)
def _drawn(name: str, rgba: int, side: int, *, thin: bool = False) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    text = _source(name).replace(b"currentColor", QColor.fromRgba(rgba).name().encode())
    if thin:
        text = text.replace(b'stroke-width="1.5"', b'stroke-width="0.9"')
    painter = QPainter(image)
    QSvgRenderer(QByteArray(text)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image


@lru_cache
def _source(name: str) -> bytes:
    return (_FOLDER / f"{name}.svg").read_bytes()
