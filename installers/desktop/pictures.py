"""Lockstep's icon, in the sizes that systems want."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from installers.desktop.contents import ROOT

ICON: Final = ROOT / "desktop/look/icons/lockstep.svg"


def draw_icon(size_px: int, to: Path) -> None:
    """As a PNG. Needs no screen."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ICON)).render(painter)
    painter.end()
    to.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(to)):
        raise OSError(f"{to} could not be written.")


def draw_windows_icon(to: Path) -> None:
    """With all sizes in one file."""
    largest = to.with_suffix(".png")
    draw_icon(256, largest)
    with Image.open(largest) as picture:
        picture.save(to, sizes=[(size, size) for size in (16, 24, 32, 48, 64, 256)])
    largest.unlink()
