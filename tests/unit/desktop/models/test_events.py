from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.models.events import KINDS, Event, Memory, Seen, events_of, gathered, is_settled
from server_api.contract.devices import Device
from server_api.contract.shares import Share
from sync_engine.control.messages import Conflict
from sync_engine.core.reports import EngineState, HeldDeletions, PathProblem, Progress
from tests.fakes.sharing import made_share

NOW = 1_790_000_000_000
DAY = 24 * 3_600_000
IN_STEP = EngineState(state="in-step")


def _conflict(name: str) -> Conflict:
    return Conflict(f"docs/{name} (conflict)", f"docs/{name}", "Phone")


def _share(**fields: Any) -> Share:
    return made_share(**({"upload": True} | fields))


def _device(**fields: Any) -> Device:
    usual: dict[str, Any] = {
        "device_id": bytes(16), "name": "Phone", "created_at": 0, "last_seen_at": NOW - 8 * DAY, "is_current": False,
    }  # fmt: skip
    return Device(**(usual | fields))


def _events(state: EngineState = IN_STEP, **seen: Any) -> list[Event]:
    return events_of(Seen(state, **seen), NOW)


def test_nothing_is_told_of_where_nothing_waits_for_a_person() -> None:
    for state in ("in-step", "syncing", "paused", "offline"):
        assert _events(EngineState(state=state, reason="unreachable" if state == "offline" else "")) == []


@pytest.mark.parametrize(
    ("seen", "kind", "title"),
    [
        ({"conflicts": [_conflict("a.txt")]}, "conflicts", "Two versions of a.txt"),
        ({"held": HeldDeletions(412, "local")}, "held", "412 files were deleted here"),
        ({"held": HeldDeletions(1, "remote")}, "held", "1 file was deleted elsewhere"),
        ({"problems": [PathProblem("docs/a:b", "invalid-name")]}, "problems", "a:b cannot be synced"),
        ({"state": EngineState(state="signed-out", reason="session-ended")}, "account", "This device is signed out"),
        ({"state": EngineState(state="attention", reason="root-missing")}, "problems", "Syncing has stopped"),
        ({"state": EngineState(state="signed-out", reason="update-needed")}, "problems", "Syncing has stopped"),
        ({"state": EngineState(state="in-step", warning="watch-limit")}, "problems", "A hint"),
        ({"shares": [_share(downloads=3)]}, "links", "3 files have come by your link"),
        ({"devices": [_device()]}, "devices", "Phone is silent"),
    ],
)
def test_what_waits_for_a_person_is_told_of(seen: dict[str, Any], kind: str, title: str) -> None:
    (event,) = _events(**seen)
    assert (event.kind, event.title) == (kind, title)
    assert event.text
    assert event.acts


@pytest.mark.parametrize(
    "seen",
    [
        {"problems": [PathProblem("a", "changed")]},
        {"shares": [_share(), _share(upload=False, downloads=5)]},
        {
            "devices": [
                _device(is_current=True),
                _device(revoked_at=1),
                _device(kind="browser"),
                _device(last_seen_at=NOW - 6 * DAY),
            ]
        },
    ],
)
def test_what_needs_no_person_is_not_told_of(seen: dict[str, Any]) -> None:
    assert _events(**seen) == []


def test_held_deletions_can_be_brought_back_and_not_carried_out_from_a_notification() -> None:
    (event,) = _events(held=HeldDeletions(412, "local"))
    assert [act.does for act in event.acts] == ["page:held", "restore"]


def test_what_was_told_is_not_told_again_after_a_restart_even_if_it_is_not_known_again_at_first() -> None:
    events = _events(conflicts=[_conflict("a")], held=HeldDeletions(9, "local"))
    memory = Memory()
    memory.keep(memory.new(events), events, NOW, is_settled=True)
    later = Memory(msgspec.json.decode(msgspec.json.encode(memory.told), type=dict[str, int]))
    later.keep([], [], NOW + DAY * 9, is_settled=False)
    assert later.new(events) == []


@pytest.mark.scenario("S190")
def test_held_deletions_that_grow_are_one_event_and_others_after_a_decision_are_a_new_one() -> None:
    memory = Memory()
    first = _events(held=HeldDeletions(400, "local"))
    memory.keep(first, first, NOW, is_settled=True)
    assert memory.new(_events(held=HeldDeletions(412, "local"))) == []
    memory.keep([], [], NOW + 1, is_settled=True)
    assert memory.new(_events(held=HeldDeletions(30, "local"))) != []


def test_a_problem_that_comes_and_goes_within_a_day_is_told_once() -> None:
    memory = Memory()
    problem = _events(problems=[PathProblem("a", "locked")])
    memory.keep(problem, problem, NOW, is_settled=True)
    memory.keep([], [], NOW + DAY - 1, is_settled=True)
    assert memory.new(problem) == []
    memory.keep([], [], NOW + DAY, is_settled=True)
    assert memory.new(problem) == problem


def test_many_of_a_kind_are_told_as_one() -> None:
    conflicts = [_conflict(f"{number}") for number in range(50)]
    (event,) = gathered(_events(conflicts=conflicts))
    assert event.title == "50 files were changed in two places"
    assert len(gathered(_events(conflicts=conflicts[:3], devices=[_device()]))) == 4


def test_each_kind_has_words_to_switch_it_off_by() -> None:
    assert all(words() for words in KINDS.values())


def test_a_hostile_name_is_harmless_and_short() -> None:
    (event,) = _events(conflicts=[Conflict("x", "a/\u202e\x1b[31m" + "y" * 300, "<b>")])
    assert "\u202e" not in event.title
    assert "\x1b" not in event.title
    assert len(event.title) < 100


@pytest.mark.parametrize(
    ("state", "settled"),
    [
        (IN_STEP, True),
        (EngineState(state="attention", problems=1), True),
        (EngineState(state="attention", reason="root-missing"), False),
        (EngineState(state="syncing"), False),
        (EngineState(state="offline"), False),
        (EngineState(state="in-step", progress=Progress(phase="scanning")), False),
    ],
)
def test_only_when_nothing_is_under_way_is_what_is_not_there_over(state: EngineState, settled: bool) -> None:
    assert is_settled(state) is settled
