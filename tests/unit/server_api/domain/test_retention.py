"""The rule for old versions: what it keeps, and how it is written."""

from __future__ import annotations

import pytest

from server_api.domain.retention import DAY_MS, parse_retention

NOW = 20_000 * DAY_MS


def keeps(rule: str, created_days: float, ended_days: float, *, was_deleted: bool = False) -> bool:
    """Whether a version stays that was current from so many days ago until so many days ago."""
    return parse_retention(rule).keeps(
        created_at=NOW - int(created_days * DAY_MS),
        ended_at=NOW - int(ended_days * DAY_MS),
        now_ms=NOW,
        was_deleted=was_deleted,
    )


def test_by_age_counts_from_the_end() -> None:
    assert keeps("30d:all", 4_000, 29.9)
    assert not keeps("30d:all", 31, 30)
    assert parse_retention("forever:all").keeps_all
    assert keeps("forever:all", 9_000, 8_000)


def test_one_a_day_is_the_one_at_the_day_s_end() -> None:
    rule = "1d:all 30d:1d"
    assert keeps(rule, 0.2, 0.1)
    assert not keeps(rule, 5.75, 5.25), "it came and went within a day"
    assert keeps(rule, 5.25, 4.75), "it was there at midnight"
    assert not keeps(rule, 31.5, 30.5)


def test_what_a_later_step_wants_is_not_thinned_out_by_an_earlier_one() -> None:
    """Else the one at a month's end would be gone before the step that keeps one a month."""
    rule = "1d:all 30d:7d 365d:30d"
    at_month_s_end = next(day for day in range(2, 40) if (20_000 - day) % 30 == 0)
    assert keeps(rule, at_month_s_end + 0.1, at_month_s_end - 0.1)


def test_the_last_version_of_what_was_deleted_is_not_thinned_out() -> None:
    rule = "1d:all 30d:1d"
    assert keeps(rule, 5.75, 5.25, was_deleted=True)
    assert not keeps(rule, 31.5, 30.5, was_deleted=True)


@pytest.mark.parametrize(
    "rule", ["", "1d", "1d:", ":all", "12h:all", "7d:all 7d:1d", "7d:1d 30d:all", "forever:all 9d:1d", "1d:all " * 99]
)
def test_a_rule_that_makes_no_sense_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_retention(rule)
