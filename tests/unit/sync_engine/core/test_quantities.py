"""Durations, sizes and speeds as people write them."""

from __future__ import annotations

import pytest

from sync_engine.core.quantities import counted, parse_duration, parse_size, parse_speed, show_duration, show_size


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("24h", 86_400), ("7d", 604_800), ("0", 0), (" 1.5h ", 5_400)]
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("200k", 200_000), ("10MiB", 10 * 2**20), ("2GiB", 2 * 2**30), ("3M", 3_000_000), ("7", 7), ("1.5 Ki", 1_536)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "h", "-1s", "10 parsecs", "1e9"])
def test_what_is_no_quantity_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_duration(text)
    with pytest.raises(ValueError, match="write"):
        parse_size(text)


def test_a_speed_is_a_size_a_second() -> None:
    assert parse_speed("500k/s") == parse_speed("500k") == 500_000
    assert parse_speed("0") == 0


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (3_100_000, "3.1 MB"), (999_960, "1.0 MB"), (2 * 10**15, "2000.0 TB")],
)
def test_sizes_are_shown_with_one_decimal(size: int, text: str) -> None:
    assert show_size(size) == text


def test_durations_are_shown_by_their_two_largest_units() -> None:
    assert [show_duration(s) for s in (4, 123, 3_900, 90_000)] == ["4 s", "2 min 3 s", "1 h 5 min", "1 d 1 h"]


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 conflicted copies"), (1, "1 conflicted copy"), (2_000, "2,000 conflicted copies")]
)
def test_one_is_told_as_one(number: int, shown: str) -> None:
    assert counted(number, "conflicted copy", "conflicted copies") == shown
    assert counted(number, "file") == shown.replace("conflicted copies", "files").replace("conflicted copy", "file")
