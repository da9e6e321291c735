"""A program with an icon in the tray, and what it says line by line."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from pathlib import Path
from typing import Any

from tests.fixtures.screen import Box, Screen


class Application:
    """Started at once. Attributes: ``program``, ``said``: all its lines."""

    def __init__(self, screen: Screen, *command: str | Path) -> None:
        self.screen = screen
        self.program = screen.start(*command)
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> Any:
        """The next line, which is JSON."""
        return json.loads(self._lines.get(timeout=30))

    def icon(self) -> Box:
        """Where its icon is, in the tray."""

        def look() -> Box | None:
            found = (self.screen.box(window) for window in self._windows())
            return next((box for box in found if 0 < box.height <= 32), None)

        return self.screen.until(look, "the icon in the tray")

    def picture(self) -> bytes:
        return self.screen.colours(self.icon())

    def click(self, button: int = 1) -> None:
        self.screen.click(*self.icon().middle, button)

    def open_menu(self) -> None:
        """Once more if nothing comes of it, as when a question is just being closed."""
        before = self._windows()

        def look() -> bool:
            self.click(3)
            with contextlib.suppress(AssertionError):
                self.screen.until(lambda: self._windows() - before, "it", 1.0)
                return True
            return False

        self.screen.until(look, "the menu")

    def _windows(self) -> set[str]:
        return set(self.screen.windows(pid=self.program.pid))

    def _read(self) -> None:
        assert self.program.stdout is not None
        with contextlib.suppress(ValueError):  # the pipe is closed at the end
            for line in self.program.stdout:
                self.said.append(line)
                self._lines.put(line)
