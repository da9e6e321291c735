"""Limits and proxies, as a form shows them."""

from __future__ import annotations

import pytest

from desktop.models.speeds import Unit, read_limit, read_proxy, without_secret, write_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("0", None), ("", None), ("nonsense", None), ("500k", (500.0, "kB/s")), ("1.5M", (1.5, "MB/s")),
        ("10MiB/s", (10.48576, "MB/s")),
    ],
)  # fmt: skip
def test_a_limit_is_read(text: str, limit: tuple[float, str] | None) -> None:
    assert read_limit(text) == limit


@pytest.mark.parametrize(
    ("amount", "unit", "text"), [(500.0, "kB/s", "500k"), (1.5, "MB/s", "1500k"), (0.1, "kB/s", "10k")]
)
def test_a_limit_is_written_and_never_slower_than_is_taken(amount: float, unit: Unit, text: str) -> None:
    assert write_limit(amount, unit) == text


def test_a_proxy_is_one_of_three() -> None:
    assert [read_proxy(text) for text in ("none", "system", "", "http://proxy:3128")] == [
        ("none", ""),
        ("system", ""),
        ("system", ""),
        ("address", "http://proxy:3128"),
    ]


def test_a_proxys_password_is_left_out() -> None:
    assert without_secret("http://ada:secret@proxy:3128") == "http://ada:[redacted]@proxy:3128"
    assert without_secret("http://proxy:3128") == "http://proxy:3128"
