"""When a file may be read."""

from __future__ import annotations

import pytest

from sync_engine.core.model import NodeId, Signature
from sync_engine.engine.quiet import LONGEST_WAIT_S, QUIET_S, Quiet
from sync_engine.ports import Dirty
from tests.fakes.device import FakeTime

NODE = NodeId(b"n" * 16)


def _signature(clock: FakeTime, age_s: float) -> Signature:
    at = clock.now_ns() - int(age_s * 1e9)
    return Signature(1, 1, None, 10, at, at)


def test_a_file_that_was_closed_goes_at_once() -> None:
    clock = FakeTime()
    quiet = Quiet(clock)
    quiet.note([Dirty("a"), Dirty("a", closed=True)])
    assert quiet.wait_s(NODE, "a", _signature(clock, 0)) == 0


@pytest.mark.scenario("S103")
def test_a_file_that_nobody_closed_waits_for_quiet_and_each_change_starts_the_wait_again() -> None:
    clock = FakeTime()
    quiet = Quiet(clock)
    quiet.note([Dirty("a")])
    clock.advance(1.5)
    quiet.note([Dirty("a")])
    assert quiet.wait_s(NODE, "a", _signature(clock, 0)) == pytest.approx(QUIET_S)
    clock.advance(QUIET_S)
    assert quiet.wait_s(NODE, "a", _signature(clock, QUIET_S)) == 0


@pytest.mark.scenario("S103")
def test_a_file_that_never_rests_is_read_all_the_same_but_only_now_and_then() -> None:
    clock = FakeTime()
    quiet = Quiet(clock)
    reads = 0
    for _ in range(10 * int(LONGEST_WAIT_S)):
        quiet.note([Dirty("a")])
        clock.advance(1)
        reads += quiet.wait_s(NODE, "a", _signature(clock, 0)) == 0
    assert 8 <= reads <= 10


def test_a_file_that_a_scan_found_waits_until_its_times_are_old_enough() -> None:
    clock = FakeTime()
    quiet = Quiet(clock)
    assert quiet.wait_s(NODE, "a", _signature(clock, 0.5)) == pytest.approx(QUIET_S - 0.5)
    assert quiet.wait_s(NODE, "a", _signature(clock, QUIET_S)) == 0


def test_times_in_the_future_do_not_hold_a_file_up() -> None:
    clock = FakeTime()
    assert Quiet(clock).wait_s(NODE, "a", _signature(clock, -86_400)) == 0


def test_a_single_run_reads_what_is_there() -> None:
    clock = FakeTime()
    quiet = Quiet(clock, quiet_s=0)
    quiet.note([Dirty("a")])
    assert quiet.wait_s(NODE, "a", _signature(clock, 0)) == 0


def test_who_was_told_to_wait_is_called_when_the_file_is_closed() -> None:
    clock = FakeTime()
    quiet = Quiet(clock)
    quiet.note([Dirty("a"), Dirty("b")])
    assert quiet.wait_s(NODE, "a", _signature(clock, 0)) > 0
    assert quiet.note([Dirty("a")]) == []
    assert quiet.note([Dirty("b", closed=True)]) == []
    assert quiet.note([Dirty("a", closed=True)]) == [NODE]
    assert quiet.wait_s(NODE, "a", _signature(clock, 0)) == 0
    assert quiet.note([Dirty("a", closed=True)]) == []
