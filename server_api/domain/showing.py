"""What a person reads: names without tricks, times as people say them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Final

_HIDDEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_STEPS: Final = ((60, "minute"), (3600, "hour"), (86_400, "day"), (30 * 86_400, "month"), (365 * 86_400, "year"))


def showable(name: str) -> str:
    """The name with a mark in place of each character that cannot be seen or that turns the text around."""
    return "".join("\ufffd" if unicodedata.category(char) in _HIDDEN else char for char in name)


def counted(number: int, one: str, many: str = "") -> str:
    """How many there are: ``1 account``, ``2,000 accounts``; ``many`` where an s does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ago(at_ms: int, now_ms: int) -> str:
    """``just now``, ``5 minutes ago``, ``2 days ago``; a time to come is ``just now``, for clocks differ."""
    passed_s = (now_ms - at_ms) // 1000
    if passed_s < 60:
        return "just now"
    unit_s, unit = next(step for step in reversed(_STEPS) if passed_s >= step[0])
    count = passed_s // unit_s
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


def exact(at_ms: int) -> str:
    """ISO 8601 in UTC, to the second; years beyond the calendar's end are not told."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return "unknown"
