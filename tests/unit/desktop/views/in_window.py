"""What a window shows."""

from __future__ import annotations

from desktop.views.window import MainWindow


def names(window: MainWindow) -> list[str]:
    return [each.name for each in window.files.listing.model.items]


def says(window: MainWindow) -> str:
    return window._toast._text.text()
