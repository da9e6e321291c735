"""One moment that does not pass, and one computer, so that the same pictures are made on every day and machine."""

from __future__ import annotations

import platform
import time
from typing import Final

NOW_S: Final = 1_794_480_300
"""Thursday, 12 November 2026, 10:45 in UTC."""
NOW: Final = NOW_S * 1_000
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Monotonic:
    """Stands as well, until it is told to go on."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


MONOTONIC: Final = Monotonic()


def freeze() -> None:
    """All clocks of this process, for good, and its system. Before anything of ``desktop`` is loaded: it keeps those
    that it finds."""
    from PySide6.QtCore import QDate, QDateTime

    time.time = lambda: float(NOW_S)
    time.time_ns = lambda: NOW_S * 1_000_000_000
    time.monotonic = MONOTONIC
    platform.release = lambda: "6.12.1"
    now = QDateTime.fromMSecsSinceEpoch(NOW)
    QDateTime.currentDateTime = staticmethod(lambda: now)  # type: ignore[assignment, method-assign]
    QDate.currentDate = staticmethod(now.date)  # type: ignore[method-assign]
