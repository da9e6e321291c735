"""A column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget


class WideScroll(QScrollArea):
    """Scrolls up and down alone, and is never less wide than what is in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def minimumSizeHint(self) -> QSize:
        hint, inside = super().minimumSizeHint(), self.widget()
        needed = inside.minimumSizeHint().width() if inside is not None else 0
        return QSize(max(hint.width(), needed + self.verticalScrollBar().sizeHint().width()), hint.height())


class Scrolled(WideScroll):
    """As wide as there is room; ``column`` takes what is in it, and text there is wrapped."""

    def __init__(self, parent: QWidget | None = None, *, above: int = 12, below: int = 8) -> None:
        super().__init__(parent)
        inside = QWidget()
        self.column = QVBoxLayout()
        self.column.setSpacing(4)
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, above, 0, below)
        whole.addLayout(self.column)
        whole.addStretch()
        self.setWidget(inside)
        self._whole = whole

    def height_at(self, width: int) -> int:
        """Of all that is in it, at this width."""
        return max(0, self._whole.totalHeightForWidth(width))  # -1 as long as it is empty
