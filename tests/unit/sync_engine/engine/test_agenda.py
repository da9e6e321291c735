"""What the loop remembers to do, and when."""

from __future__ import annotations

from sync_engine.core.model import NodeId
from sync_engine.engine.agenda import LONGEST_RETRY_S, PATIENT_FOR, Agenda
from tests.fakes.device import FakeTime

_A, _B = NodeId(b"a" * 16), NodeId(b"b" * 16)


def test_what_is_postponed_comes_back_when_it_is_due() -> None:
    clock = FakeTime()
    agenda = Agenda(clock)
    agenda.plan([_A, _B])
    agenda.postpone([_B], 5)
    agenda.wake()
    assert agenda.nodes == {_A}
    assert agenda.next_due() == clock.monotonic() + 5
    clock.advance(5)
    agenda.wake()
    assert agenda.nodes == {_A, _B}
    assert agenda.next_due() is None


def test_each_failure_waits_twice_as_long_up_to_a_limit() -> None:
    clock = FakeTime()
    agenda = Agenda(clock)
    waits = []
    for _ in range(12):
        agenda.retry(_A)
        due = agenda.next_due()
        assert due is not None
        waits.append(due - clock.monotonic())
        clock.advance(waits[-1])
        agenda.wake()
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_RETRY_S


def test_a_success_makes_the_next_failure_a_first_one() -> None:
    clock = FakeTime()
    agenda = Agenda(clock)
    agenda.retry(_A)
    agenda.retry(_A)
    agenda.forget_failures([_A])
    agenda.retry(_A)
    assert agenda.next_due() == clock.monotonic() + 1


def test_what_failed_once_is_waited_for_and_what_fails_again_and_again_is_not() -> None:
    clock = FakeTime()
    agenda = Agenda(clock)
    assert [agenda.retry(_A) for _ in range(PATIENT_FOR - 1)] == [False] * (PATIENT_FOR - 1)
    assert not agenda.is_empty()
    assert agenda.retry(_A)
    assert agenda.is_empty()
    agenda.postpone([_B], 1)
    assert not agenda.is_empty()


def test_asking_for_everything_now_ends_all_waiting() -> None:
    agenda = Agenda(FakeTime())
    agenda.retry(_A)
    agenda.postpone([_B], 100)
    agenda.wake_all()
    assert agenda.nodes == {_A, _B}
    assert not agenda.postponed()


def test_what_waits_for_a_time_can_be_called_before_it() -> None:
    agenda = Agenda(FakeTime())
    agenda.postpone([_A], 5.0)
    agenda.wake_now([_A, _B])
    assert agenda.nodes == {_A}, "who did not wait is not called"
    assert agenda.next_due() is None


def test_what_failed_as_one_node_waits_on_as_another() -> None:
    clock = FakeTime()
    agenda = Agenda(clock)
    agenda.retry(_A)
    agenda.retry(_A)
    agenda.hand_on({_A: _B})
    assert agenda.failed() == {_B}
    assert agenda.retry(_B), "the third time"
    agenda.wake_now([_A])
    assert agenda.next_due() == clock.monotonic() + 4
    agenda.hand_on({_A: _B})
    assert agenda.failed() == {_B}
