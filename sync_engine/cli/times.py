"""Times as people read them, in their own time zone: one form for a list, one for a sentence, one to paste."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

_DAYS: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def show_time(at_ms: int) -> str:
    """For a line of a list, where exactness and order count: ``2026-11-28 18:03:05``."""
    return _told(at_ms, lambda at: at.strftime("%Y-%m-%d %H:%M:%S"))


def say_time(at_ms: int, now_ms: int | None = None) -> str:
    """For a sentence: ``today at 18:03``, ``tomorrow at 18:03``, ``2026-11-30 at 18:03``."""

    def say(at: datetime) -> str:
        now = _local(time.time_ns() // 1_000_000 if now_ms is None else now_ms)
        day = _DAYS.get((at.date() - now.date()) // timedelta(days=1), at.strftime("%Y-%m-%d"))
        return f"{day} at {at.strftime('%H:%M')}"

    return _told(at_ms, say)


def pastable_time(at_ms: int) -> str:
    """Nothing rounded, as commands take it: ``2026-11-28T18:03:05.417+01:00``."""
    return _told(at_ms, lambda at: at.isoformat(timespec="milliseconds"))


def _told(at_ms: int, form: Callable[[datetime], str]) -> str:
    """A server may say what is no time in any calendar."""
    try:
        return form(_local(at_ms))
    except (OverflowError, ValueError, OSError):
        return "an unknown time"


def _local(at_ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone()
