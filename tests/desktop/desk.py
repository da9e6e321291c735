"""A window with what is beside it: its daemon, and another device of the same person."""

from __future__ import annotations

from typing import NamedTuple

from tests.desktop.application import Application
from tests.end_to_end.devices import Device
from tests.fixtures.accessible import Reader
from tests.fixtures.screen import Screen

FILES, SHARED, CONFLICTS, DELETED, ACTIVITY, PROBLEMS = 1, 2, 3, 4, 5, 7
"""The keys of its pages."""


class Desk(NamedTuple):
    """``laptop`` is what the window shows, its daemon runs; ``phone`` syncs when it is told to."""

    laptop: Device
    phone: Device
    screen: Screen
    reader: Reader
    application: Application

    def show(self, page: int, *, chosen: str = "") -> None:
        """By its key; and choose a file, whose name this is."""
        self.screen.close_notifications()  # they would lie over the window
        self.screen.press(f"ctrl+{page}")
        if chosen:
            self.reader.click(f"{chosen}, file")

    def same(self, path: str, text: str) -> None:
        """Both have the file, which says so."""
        self.laptop.write(path, text)
        self.laptop.sync()
        self.phone.sync()
