from __future__ import annotations

import pytest

from server_api.errors import RateLimitedError, UnavailableError
from server_api.services import limits
from server_api.services.limits import Limit, RateLimiter
from tests.fakes.clock import FakeClock

THREE = Limit("three", 3, 10.0)


def test_a_burst_passes_and_then_one_every_so_often() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    for _ in range(3):
        limiter.take(THREE, "a")
    with pytest.raises(RateLimitedError) as limited:
        limiter.take(THREE, "a")
    assert limited.value.retry_after_s == 10
    clock.advance(10)
    limiter.take(THREE, "a")
    with pytest.raises(RateLimitedError):
        limiter.take(THREE, "a")


def test_asking_while_limited_does_not_make_it_longer() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    for _ in range(3):
        limiter.take(THREE, "a")
    for _ in range(100):
        with pytest.raises(RateLimitedError):
            limiter.take(THREE, "a")
    clock.advance(10)
    limiter.take(THREE, "a")


def test_keys_do_not_share_a_limit() -> None:
    limiter = RateLimiter(FakeClock())
    for key in "abc":
        for _ in range(3):
            limiter.take(THREE, key)


def test_a_guess_that_succeeds_is_not_counted() -> None:
    limiter = RateLimiter(FakeClock())
    for _ in range(10):
        with limiter.guess((THREE, "a")):
            pass
    for _ in range(3):
        with pytest.raises(ValueError, match="wrong"), limiter.guess((THREE, "a")):
            raise ValueError("wrong")
    with pytest.raises(RateLimitedError), limiter.guess((THREE, "a")):
        pytest.fail("the guess was let through")


def test_a_guess_refused_by_one_limit_costs_nothing_under_another() -> None:
    limiter = RateLimiter(FakeClock())
    for _ in range(3):
        limiter.take(THREE, "full")
    for _ in range(5):
        with pytest.raises(RateLimitedError), limiter.guess((THREE, "other"), (THREE, "full")):
            pytest.fail("the guess was let through")
    limiter.take(THREE, "other")


def test_a_guess_that_nobody_could_judge_costs_nothing() -> None:
    """Else all who asked while the database was away would have to wait once it is back."""
    limiter = RateLimiter(FakeClock())
    for _ in range(10):
        with pytest.raises(UnavailableError), limiter.guess((THREE, "a")):
            raise UnavailableError
    limiter.take(THREE, "a")


def test_the_number_of_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MAX_KEYS", 100)
    limiter = RateLimiter(FakeClock())
    for key in range(1000):
        limiter.take(THREE, str(key))
    assert len(limiter._full_at) == 100
