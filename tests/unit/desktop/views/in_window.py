"""What a window shows, and what is done in it."""

from __future__ import annotations

from desktop.views.window import MainWindow


def names(window: MainWindow) -> list[str]:
    return [each.name for each in window.files.listing.model.items]


def says(window: MainWindow) -> str:
    return window._toast._text.text()


def choose(window: MainWindow, *names: str) -> None:
    window.files.chosen.choose(names)
    assert [each.name for each in window.files.chosen.items()] == list(names)


def act(window: MainWindow, name: str) -> None:
    """With what is chosen."""
    action = window.files.acting.actions.by_name[name]
    assert action.isEnabled()
    action.trigger()
