from __future__ import annotations

import pytest

from server_api.domain.showing import ago, exact, showable
from server_api.domain.sizes import parse_size, show_size

NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("Überblick 日本.txt", "Überblick 日本.txt"),
        ("invoice\u202efdp.exe", "invoice\ufffdfdp.exe"),
        ("a\nb\tc\x1b[31m", "a\ufffdb\ufffdc\ufffd[31m"),
        ("zero\u200bwidth\ufeff", "zero\ufffdwidth\ufffd"),
        ("line\u2028break", "line\ufffdbreak"),
        ("half\ud800", "half\ufffd"),
    ],
)
def test_a_name_shows_what_it_hides(name: str, shown: str) -> None:
    assert showable(name) == shown


@pytest.mark.parametrize(
    ("passed_s", "said"),
    [
        (-100, "just now"),
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (3_600, "1 hour ago"),
        (86_400, "1 day ago"),
        (3 * 86_400, "3 days ago"),
        (40 * 86_400, "1 month ago"),
        (800 * 86_400, "2 years ago"),
    ],
)
def test_times_are_said_as_people_say_them(passed_s: int, said: str) -> None:
    assert ago(NOW - passed_s * 1000, NOW) == said


def test_the_exact_time_is_in_utc_and_never_fails() -> None:
    assert exact(1_000) == "1970-01-01T00:00:01+00:00"
    assert exact(2**62) == "unknown"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("17", 17),
        ("200k", 200_000),
        ("10MiB", 10 * 1024**2),
        ("2GiB", 2 * 1024**3),
        ("2 GB", 2 * 10**9),
        ("1.5Gi", 3 * 1024**3 // 2),
        ("1T", 10**12),
    ],
)
def test_a_size_is_read_as_it_is_written(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "k", "-1", "1x", "1e9", "ten", "9999999P", "1 2", "١"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"size|large"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_960, "1.0 MB"),
        (3_141_592, "3.1 MB"),
        (84_200_000_000, "84.2 GB"),
        (5 * 10**18, "5,000.0 PB"),
    ],
)
def test_a_size_is_shown_with_one_decimal(size: int, shown: str) -> None:
    assert show_size(size) == shown
