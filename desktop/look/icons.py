"""The bundled icons: one set, drawn in the colour of the text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QIcon


def icon(name: str) -> QIcon:
    """By its file's name in ``icons/``, without ``.svg``."""
    return QIcon(str(Path(__file__).parent / "icons" / f"{name}.svg"))
