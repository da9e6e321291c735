"""A column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget


class Scrolled(QScrollArea):
    """As wide as there is room; ``column`` takes what is in it, and text there is wrapped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self.column = QVBoxLayout()
        self.column.setSpacing(4)
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, 12, 0, 8)
        whole.addLayout(self.column)
        whole.addStretch()
        self.setWidget(inside)
