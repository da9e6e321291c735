"""When to try the server again."""

from __future__ import annotations

from sync_engine.engine.connection import Connection
from sync_engine.errors import CorruptTransfer, RateLimited, SignedOut, Unreachable
from tests.fakes.device import FakeTime


def make() -> tuple[FakeTime, Connection]:
    clock = FakeTime()
    return clock, Connection(clock, lambda: 0.5)


def fail_again(clock: FakeTime, connection: Connection) -> float:
    """Wait until it may try, and fail; the seconds until the next try."""
    clock.advance(connection.wait_s())
    connection.failed(Unreachable("no"))
    return connection.wait_s()


def test_each_failure_doubles_the_wait_up_to_a_minute() -> None:
    clock, connection = make()
    assert [round(fail_again(clock, connection)) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    connection.succeeded()
    assert connection.may_try()
    assert round(fail_again(clock, connection)) == 1


def test_calls_that_fail_together_count_once() -> None:
    clock, connection = make()
    for _ in range(100):
        connection.failed(Unreachable("the network went away under all of them"))
    assert connection.failures == 1
    assert connection.wait_s() <= 1.5
    assert round(fail_again(clock, connection)) == 2


def test_a_wait_that_was_asked_for_is_kept_whatever_fails_beside_it() -> None:
    _, connection = make()
    connection.failed(RateLimited("a pause, please", 40.0))
    connection.failed(Unreachable("another call"))
    assert connection.wait_s() == 40
    connection.failed(Unreachable("maintenance", 100.0))
    assert connection.wait_s() == 100
    connection.try_now()
    assert connection.may_try()


def test_who_is_signed_out_looks_again_every_minute() -> None:
    _, connection = make()
    connection.failed(SignedOut("revoked"))
    assert (connection.state, connection.wait_s()) == ("signed-out", 60)
    connection.succeeded()
    connection.failed(CorruptTransfer("a page of the feed"))
    assert (connection.state, connection.reason) == ("offline", "corrupt-transfer")
