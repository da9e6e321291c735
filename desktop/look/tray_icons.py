"""The tray's icons: drawn for each size on whole pixels, in colours that stand out from light and dark panels alike.

Nobody can ask which colour a panel has, so these do not take the text's: a filled shape with a white sign on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

SIZES: Final = (16, 20, 22, 24, 32, 40, 44, 48, 64)
_ACCENT: Final = QColor("#128A86")
_AMBER: Final = QColor("#C56A00")
_GREY: Final = QColor("#74808C")
_WHITE: Final = QColor("#FFFFFF")


def tray_icon(kind: str) -> QIcon:
    """By the kind of a ``TrayState``."""
    drawn = QIcon()
    for size in SIZES:
        drawn.addPixmap(_draw(size, _DRAWINGS[kind]))
    return drawn


def _draw(size: int, drawing: Callable[[QPainter, float], None]) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    drawing(painter, float(size))
    painter.end()
    return pixmap


def _stroke(painter: QPainter, size: float, color: QColor, *lines: QPolygonF, extra: float = 0) -> None:
    """Two pixels wide at 16, whole pixels at every size."""
    pen = QPen(color, max(round(size / 8), 2) + extra)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        painter.drawPolyline(line)


def _line(size: float, *points: tuple[float, float]) -> QPolygonF:
    """Points as parts of the size."""
    return QPolygonF([QPointF(x * size, y * size) for x, y in points])


def _disc(painter: QPainter, size: float, color: QColor) -> None:
    edge = 1 if size >= 22 else 0
    painter.setBrush(color)
    painter.drawEllipse(QRectF(edge, edge, size - 2 * edge, size - 2 * edge))


def _in_step(painter: QPainter, size: float) -> None:
    _disc(painter, size, _ACCENT)
    _stroke(painter, size, _WHITE, _line(size, (0.28, 0.53), (0.44, 0.68), (0.72, 0.36)))


def _syncing(painter: QPainter, size: float) -> None:
    """Up and down."""
    _disc(painter, size, _ACCENT)
    up = (_line(size, (0.34, 0.72), (0.34, 0.28)), _line(size, (0.21, 0.41), (0.34, 0.28), (0.47, 0.41)))
    down = (_line(size, (0.66, 0.28), (0.66, 0.72)), _line(size, (0.53, 0.59), (0.66, 0.72), (0.79, 0.59)))
    _stroke(painter, size, _WHITE, *up, *down, extra=-size / 32)


def _paused(painter: QPainter, size: float) -> None:
    _disc(painter, size, _GREY)
    painter.setBrush(_WHITE)
    wide, high = max(round(size / 8), 2), round(size * 0.44)
    gap = wide + round(size) % 2
    left, top = round((size - gap) / 2) - wide, round((size - high) / 2)
    painter.drawRect(QRectF(left, top, wide, high))
    painter.drawRect(QRectF(left + wide + gap, top, wide, high))


def _attention(painter: QPainter, size: float) -> None:
    """A triangle with an exclamation mark."""
    edge = round(size / 16)
    corners = _line(size, (0.5, 0.1), (0.92, 0.88), (0.08, 0.88), (0.5, 0.1))
    painter.setBrush(_AMBER)
    pen = QPen(_AMBER, 2 * edge)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolygon(corners)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_WHITE)
    wide = max(round(size / 8), 2)
    left = round((size - wide) / 2)
    painter.drawRect(QRectF(left, round(size * 0.38), wide, round(size * 0.26)))
    painter.drawRect(QRectF(left, round(size * 0.72), wide, wide))


def _offline(painter: QPainter, size: float) -> None:
    """A cloud with a slash."""
    cloud = QPainterPath()
    cloud.setFillRule(Qt.FillRule.WindingFill)
    cloud.addEllipse(QRectF(0.02 * size, 0.42 * size, 0.42 * size, 0.42 * size))
    cloud.addEllipse(QRectF(0.22 * size, 0.18 * size, 0.5 * size, 0.5 * size))
    cloud.addEllipse(QRectF(0.56 * size, 0.4 * size, 0.42 * size, 0.44 * size))
    cloud.addRect(QRectF(0.22 * size, 0.5 * size, 0.56 * size, 0.34 * size))
    painter.setBrush(_GREY)
    painter.drawPath(cloud)
    slash = _line(size, (0.14, 0.12), (0.88, 0.92))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    _stroke(painter, size, _WHITE, slash, extra=max(size / 10, 1.5))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    _stroke(painter, size, _GREY, slash, extra=-size / 32)


_DRAWINGS: Final[dict[str, Callable[[QPainter, float], None]]] = {
    "in-step": _in_step,
    "syncing": _syncing,
    "paused": _paused,
    "attention": _attention,
    "offline": _offline,
}
