"""How long the contents of old versions are kept: by age, and thinned out as they get older.

A rule is written as steps, ``1d:all 30d:1d 365d:7d``: for a day every version, for 30 days one a day, for a year one a
week, and after that none. ``forever:all`` keeps everything, ``30d:all`` by age alone.

- A version's age counts from when it was replaced or deleted, not from when it was made.
- One a day is the one that was current when the day ended (in UTC, counted from 1970, as all periods are). A step also
  keeps what the later steps will want.
- The last version of what was deleted is never thinned out: it stays to the end of the last step.
- What is current in a living file has no age.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from msgspec import Struct

DAY_MS: Final = 24 * 3600 * 1000
_UNITS: Final = {"s": 1000, "m": 60 * 1000, "h": 3600 * 1000, "d": DAY_MS, "w": 7 * DAY_MS}
_DURATION: Final = re.compile(r"(\d{1,7})([smhdw])", re.ASCII)
_MAX_LENGTH: Final = 200
_EXAMPLE: Final = "write for example '1d:all 30d:1d 365d:7d' or 'forever:all'"


class Step(Struct, frozen=True):
    """Up to this age (``None``: any) one version is kept for each period; with 0 every one."""

    age_ms: int | None
    period_ms: int


class Retention(Struct, frozen=True):
    """A rule. ``steps`` grow in age and in period."""

    steps: tuple[Step, ...]

    @property
    def keeps_all(self) -> bool:
        return self.steps[0] == Step(None, 0)

    def keeps(self, *, created_at: int, ended_at: int, now_ms: int, was_deleted: bool) -> bool:
        """Whether a version stays that was current between these two times.

        Args:
            created_at: when it became current, ms since the epoch, like all of them.
            ended_at: when it was replaced, or its file was deleted.
            now_ms: of the database.
            was_deleted: it was its file's last version.
        """
        age_ms = now_ms - ended_at
        for i, step in enumerate(self.steps):
            if step.age_ms is None or age_ms < step.age_ms:
                if was_deleted or not step.period_ms:
                    return True
                periods = (later.period_ms for later in self.steps[i:])
                return any(created_at // period_ms < ended_at // period_ms for period_ms in periods)
        return False


def parse_retention(text: str) -> Retention:
    """Raises: ValueError, with a sentence for a person."""
    if len(text) > _MAX_LENGTH:
        raise ValueError("the rule is too long")
    steps = [_parse_step(part) for part in text.split()]
    if not steps:
        raise ValueError(f"the rule is empty: {_EXAMPLE}")
    for step, following in pairwise(steps):
        if step.age_ms is None or (following.age_ms is not None and following.age_ms <= step.age_ms):
            raise ValueError("each step has to reach further back than the one before it")
        if following.period_ms < step.period_ms:
            raise ValueError("a later step cannot keep more than an earlier one")
    if steps[0].age_ms is not None and steps[0].age_ms < DAY_MS:
        raise ValueError("nothing is freed within a day: let the first step reach at least 1d")
    return Retention(tuple(steps))


def _parse_step(part: str) -> Step:
    age, _, period = part.partition(":")
    try:
        age_ms = None if age == "forever" else parse_duration_ms(age)
        period_ms = 0 if period == "all" else parse_duration_ms(period)
    except ValueError:
        raise ValueError(f"{part!r} is not understood: {_EXAMPLE}") from None
    if period != "all" and period_ms < _UNITS["m"]:
        raise ValueError(f"{part!r} asks for one version in no time: {_EXAMPLE}")
    return Step(age_ms, period_ms)


def parse_duration_ms(text: str) -> int:
    """Milliseconds of ``90s``, ``10m``, ``24h``, ``7d``, ``4w``. Raises: ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration. Write for example 90s, 24h or 7d")
    return int(match[1]) * _UNITS[match[2]]
