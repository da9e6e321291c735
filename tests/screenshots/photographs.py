"""Photographs that nobody took: hills, a coast, a town in the evening. The same for the same number."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPolygonF, QRadialGradient

SKIES: Final = [
    ("#2b5d8c", "#9cc7de", "#f6e3c5"),
    ("#223a5e", "#a85c6f", "#f5b971"),
    ("#6fa8c9", "#c9e2ea", "#f3f1e6"),
    ("#141b33", "#3c3a63", "#c0788a"),
    ("#4d7f99", "#b9cfc8", "#f0dcb4"),
]
LANDS: Final = ["#3f6b57", "#5b6b8a", "#7a5c4a", "#2f4a5a", "#6b7d46"]


def photograph(number: int, width: int = 960, height: int = 640) -> QImage:
    chance = random.Random(number)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    sky = SKIES[number % len(SKIES)]
    gradient = QLinearGradient(0, 0, 0, height * 0.75)
    for at, colour in zip((0.0, 0.6, 1.0), sky, strict=True):
        gradient.setColorAt(at, QColor(colour))
    painter.fillRect(image.rect(), gradient)
    _sun(painter, chance, width, height, sky[2])
    land = QColor(LANDS[(number * 3) % len(LANDS)])
    match number % 3:
        case 0:
            _hills(painter, chance, width, height, land)
        case 1:
            _sea(painter, chance, width, height, sky)
        case _:
            _town(painter, chance, width, height, land)
    painter.end()
    return image


def save(path: Path, number: int, *, is_upright: bool = False) -> int:
    """Gives its size in bytes."""
    image = photograph(number, 640, 960) if is_upright else photograph(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(str(path), None, 88)
    return path.stat().st_size


def _sun(painter: QPainter, chance: random.Random, width: int, height: int, colour: str) -> None:
    middle = QPointF(width * chance.uniform(0.2, 0.8), height * chance.uniform(0.25, 0.5))
    light = QRadialGradient(middle, width * 0.3)
    bright = QColor(colour).lighter(112)
    light.setColorAt(0.0, bright)
    light.setColorAt(0.12, bright)
    bright.setAlpha(70)
    light.setColorAt(0.16, bright)
    bright.setAlpha(0)
    light.setColorAt(1.0, bright)
    painter.setBrush(light)
    painter.drawEllipse(middle, width * 0.3, width * 0.3)


def _hills(painter: QPainter, chance: random.Random, width: int, height: int, land: QColor) -> None:
    for layer in range(4):
        base = height * (0.5 + 0.13 * layer)
        phase, swing = chance.uniform(0, 6), height * chance.uniform(0.05, 0.11)
        points = [QPointF(0, height)]
        for x in range(0, width + 8, 8):
            wave = math.sin(x / width * 5 + phase) + 0.45 * math.sin(x / width * 13 + phase * 2)
            points.append(QPointF(x, base + swing * wave))
        points.append(QPointF(width, height))
        painter.setBrush(land.lighter(170 - 30 * layer) if layer < 2 else land.darker(90 + 30 * (layer - 1)))
        painter.drawPolygon(QPolygonF(points))


def _sea(painter: QPainter, chance: random.Random, width: int, height: int, sky: tuple[str, ...]) -> None:
    horizon = height * chance.uniform(0.52, 0.64)
    water = QLinearGradient(0, horizon, 0, height)
    water.setColorAt(0, QColor(sky[1]).darker(120))
    water.setColorAt(1, QColor(sky[0]).darker(150))
    painter.fillRect(QRectF(0, horizon, width, height - horizon), water)
    for _ in range(160):
        y = horizon + (height - horizon) * chance.random() ** 1.6
        long = 10 + (y - horizon) * chance.uniform(0.1, 0.7)
        gleam = QColor(sky[2])
        gleam.setAlpha(chance.randint(20, 90))
        painter.setBrush(gleam)
        painter.drawRoundedRect(QRectF(chance.uniform(-20, width), y, long, 2), 1, 1)
    painter.setBrush(QColor(sky[0]).darker(220))
    side = chance.choice((0.0, 1.0))
    cliff = [(0.0, horizon - height * 0.2), (0.16, horizon - height * 0.16), (0.26, horizon), (0.34, horizon + 12)]
    points = [QPointF(abs(side - x) * width, y) for x, y in cliff]
    painter.drawPolygon(QPolygonF([QPointF(side * width, horizon + 12), *points]))


def _town(painter: QPainter, chance: random.Random, width: int, height: int, land: QColor) -> None:
    for layer in range(3):
        x = -20.0
        wall = land.lighter(140 - 25 * layer) if layer < 2 else land.darker(150)
        while x < width:
            wide, high = chance.uniform(50, 120), height * chance.uniform(0.16, 0.34)
            top = height * (0.62 + 0.16 * layer) - high
            painter.setBrush(wall.lighter(chance.randint(95, 112)))
            painter.drawRect(QRectF(x, top, wide, height - top))
            painter.setBrush(QColor("#a5563c").darker(100 + 20 * layer))
            roof = [QPointF(x - 4, top), QPointF(x + wide / 2, top - wide * 0.3), QPointF(x + wide + 4, top)]
            painter.drawPolygon(QPolygonF(roof))
            painter.setBrush(QColor("#ffdf91") if chance.random() < 0.6 else wall.darker(150))
            for column in range(int(wide // 22)):
                for story in range(int(high // 34)):
                    if chance.random() < 0.7:
                        painter.drawRect(QRectF(x + 8 + 22 * column, top + 12 + 34 * story, 9, 14))
            x += wide + chance.uniform(-6, 10)
