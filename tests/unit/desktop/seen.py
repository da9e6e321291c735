"""What a person sees of a page or a dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop.views.eliding import ElidedLabel


def said_on(widget: QWidget) -> str:
    """Its texts, a line each; of what is a picture, what a screen reader says."""
    shown = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(_whole(each) or each.accessibleName() for each in shown)


def buttons(widget: QWidget) -> dict[str, QPushButton]:
    """By what is on them."""
    return {each.text(): each for each in widget.findChildren(QPushButton) if each.isVisible()}


class Windows(QObject):
    """Notes what is shown as a window of its own: make it the application's event filter.

    Attributes:
        shown: their types' names.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def _whole(label: QLabel) -> str:
    return label.whole if isinstance(label, ElidedLabel) else label.text()
