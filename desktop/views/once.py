"""Buttons that take a double click for one click: by its second half something else may be under the pointer."""

from __future__ import annotations

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QPushButton, QToolButton


class OnceButton(QPushButton):
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class OnceTool(QToolButton):
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
