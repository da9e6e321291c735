"""Waiting: between tries, and for bandwidth."""

from __future__ import annotations

import threading

import pytest

from sync_engine.engine.limits import Bandwidth, CalledOff, Patience, delay_s
from sync_engine.errors import RateLimited, Refused, RemoteError, Unreachable
from tests.fakes.device import FakeTime


def test_delays_double_are_jittered_and_end_somewhere() -> None:
    assert [delay_s(n, 1.0) for n in range(1, 5)] == [0.5, 1.0, 2.0, 4.0]
    assert delay_s(1, 0.0) == 0.25
    assert delay_s(50, 1.0) == 60.0


def test_a_server_that_says_how_long_is_heard() -> None:
    assert delay_s(1, 0.5, retry_after_s=20) == 20
    assert delay_s(5, 1.0, retry_after_s=3) == 8


def patience(waits: list[float]) -> Patience:
    def wait(stop: threading.Event, seconds: float) -> bool:
        waits.append(seconds)
        return stop.is_set()

    return Patience(lambda: 1.0, wait)


def test_losses_are_tried_again_and_the_last_one_is_told() -> None:
    waits: list[float] = []
    errors: list[RemoteError] = [Unreachable("1"), RateLimited("2", 5.0), Unreachable("3")]

    def call() -> str:
        if errors:
            raise errors.pop(0)
        return "answer"

    assert patience(waits).attempt(call) == "answer"
    assert waits == [0.5, 5.0, 2.0]

    def never() -> str:
        raise Unreachable("always")

    with pytest.raises(Unreachable):
        patience(waits).attempt(never)


def test_who_is_asked_to_wait_for_long_gives_up_for_now() -> None:
    waits: list[float] = []

    def call() -> None:
        raise Unreachable("maintenance", 61.0)

    with pytest.raises(Unreachable):
        patience(waits).attempt(call)
    assert waits == []


def test_a_refusal_is_not_tried_again() -> None:
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise Refused("no", "forbidden", 403)

    with pytest.raises(Refused):
        patience([]).attempt(call)
    assert len(calls) == 1


def test_what_was_called_off_ends_at_its_next_step() -> None:
    calm = patience([])

    def call() -> None:
        calm.stop.set()
        raise Unreachable("interrupted")

    with pytest.raises(CalledOff):
        calm.attempt(call)
    with pytest.raises(CalledOff):
        calm.check()


def test_bandwidth_is_shared_out_over_time() -> None:
    clock = FakeTime()
    start = clock.monotonic()

    limit = Bandwidth(clock, 100_000, clock.advance)
    for _ in range(100):
        limit.take(10_000)
    assert 1_000_000 / (clock.monotonic() - start) == pytest.approx(100_000, rel=0.05)


def test_without_a_limit_nobody_waits() -> None:
    def sleep(_seconds: float) -> None:
        raise AssertionError("waited")

    Bandwidth(FakeTime(), 0, sleep).take(10**12)


def test_time_without_traffic_is_not_saved_up() -> None:
    clock = FakeTime()
    slept: list[float] = []
    limit = Bandwidth(clock, 1_000, slept.append)
    clock.advance(3_600)
    limit.take(1_000)
    limit.take(1_000)
    assert sum(slept) == pytest.approx(0.9, rel=0.01)
