"""Times as people read them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from sync_engine.cli.times import pastable_time, say_time, show_time

DAY_MS = 86_400_000
AT_MS = 1_795_889_585_417
"""2026-11-28 17:33:05.417 by UTC."""


@pytest.fixture(autouse=True)
def _in_lisbon_and_beyond(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "XXX-01:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_list_has_times_that_sort() -> None:
    assert show_time(AT_MS) == "2026-11-28 19:43:05"


@pytest.mark.parametrize(
    ("passed_ms", "said"),
    [
        (0, "today at 19:43"),
        (4 * 3_600_000, "today at 19:43"),
        (5 * 3_600_000, "yesterday at 19:43"),
        (2 * DAY_MS, "2026-11-28 at 19:43"),
        (-DAY_MS, "tomorrow at 19:43"),
        (-3 * DAY_MS, "2026-11-28 at 19:43"),
    ],
)
def test_a_sentence_has_times_as_people_say_them(passed_ms: int, said: str) -> None:
    assert say_time(AT_MS, AT_MS + passed_ms) == said


@pytest.mark.parametrize("at_ms", [AT_MS, AT_MS + 1, 0, 999, -1])
def test_a_time_to_paste_is_the_very_same(at_ms: int) -> None:
    assert round(datetime.fromisoformat(pastable_time(at_ms)).timestamp() * 1000) == at_ms


@pytest.mark.parametrize("at_ms", [10**18, -(10**18), 10**30])
def test_what_no_calendar_has_is_no_failure(at_ms: int) -> None:
    assert {show_time(at_ms), say_time(at_ms), pastable_time(at_ms)} == {"an unknown time"}
