"""What the window's lines say, and what can be done with what is chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDateTime

from desktop.models.abilities import abilities, summary
from desktop.models.banner import banner
from desktop.models.item_words import kind_icon, size_text, state_icon, state_word
from desktop.models.status_line import Pace, status_line
from desktop.models.trail import Place, Trail, crumbs
from sync_engine.core.reports import EngineState, Progress, State, Transfer
from tests.fakes.daemon import item

QUOTA = 100_000_000_000


def _line(state: EngineState | None) -> str:
    return status_line(state, Pace()).text


def test_the_last_line_says_state_files_and_room() -> None:
    state = EngineState(state="in-step", files=1, used_bytes=84_200_000_000, quota_bytes=QUOTA)
    assert _line(state) == "In step · 1 file · 84.2 GB of 100.0 GB in use"
    assert _line(EngineState(state="in-step", files=1, used_bytes=119)) == "In step · 1 file · 119 bytes in use"
    assert _line(EngineState(state="offline")) == "Offline"
    assert _line(None) == "Lockstep is not running"
    assert _line(EngineState(state="syncing", pending=3)) == "Syncing 3 files"
    assert _line(EngineState(state="syncing", progress=Progress("scanning"))) == "Looking through the folder"


def test_states_differ_by_their_icons() -> None:
    states: list[State] = ["in-step", "syncing", "paused", "offline", "attention"]
    assert len({status_line(EngineState(state=state), Pace()).icon for state in states}) == len(states)


def test_what_moves_is_told_with_speed_and_time_left() -> None:
    pace = Pace()
    for second in range(4):
        pace.see(second, second * 4_000_000)
    progress = Progress("transferring", bytes_done=12_000_000, bytes_total=92_000_000)
    transfers = [Transfer("a", "up", 1, 2), Transfer("b", "down", 1, 2)]
    state = EngineState(state="syncing", transfers=transfers, progress=progress)
    assert status_line(state, pace).moving == "2 files moving, 4.0 MB/s, 20 s left"
    assert not status_line(EngineState(state="in-step"), pace).moving


def test_speed_is_that_of_the_last_seconds_and_of_this_round() -> None:
    pace = Pace()
    assert pace.bytes_a_second == 0
    for second in range(30):
        pace.see(second, 0)
    pace.see(30, 50)
    assert 4 < pace.bytes_a_second < 6
    pace.see(31, 0)
    assert pace.bytes_a_second == 0


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (EngineState(state="in-step"), None),
        (EngineState(state="syncing"), None),
        (EngineState(state="in-step", warning="watch-limit"), ""),
        (EngineState(state="paused"), "resume"),
        (EngineState(state="offline"), "try-now"),
        (EngineState(state="signed-out"), "sign-in"),
        (EngineState(state="attention", reason="root-missing"), "try-now"),
        (EngineState(state="attention", problems=2), "show-problems"),
        (EngineState(state="attention", problems=2, stopped=1), "show-problems"),
        (EngineState(state="attention", problems=2, stopped=2), "show-transfers"),
        (EngineState(state="attention", held=412), "show-held"),
        (EngineState(state="paused", held=412), "show-held"),
    ],
)
def test_what_needs_somebody_has_a_button_that_helps(state: EngineState, act: str | None) -> None:
    told = banner(state, was_there=True)
    assert (told.act if told is not None else None) == act
    assert told is None or bool(told.button) == bool(act)


def test_a_pause_that_ends_by_itself_says_when() -> None:
    tomorrow = QDateTime.currentDateTime().addDays(1).toMSecsSinceEpoch()
    told = banner(EngineState(state="paused", paused_until=tomorrow), was_there=True)
    assert told is not None
    assert told.text.startswith("Paused until tomorrow, ")
    assert told.text.endswith(". Changes wait here until then.")


def test_a_daemon_that_is_only_starting_alarms_nobody() -> None:
    assert banner(None, was_there=False) is None
    told = banner(None, was_there=True)
    assert told is not None
    assert told.act == "start"


def test_back_and_forward_go_where_one_was() -> None:
    trail = Trail(Place("files"))
    assert trail.go(Place("files", "a"))
    assert not trail.go(Place("files", "a"))
    trail.go(Place("deleted"))
    assert trail.back() == Place("files", "a")
    assert trail.forward() == Place("deleted")
    trail.back()
    trail.go(Place("files", "b"))
    assert not trail.can_go_forward
    assert [trail.back(), trail.back(), trail.back()] == [Place("files", "a"), Place("files"), Place("files")]
    assert not trail.can_go_back


def test_each_folder_on_the_way_has_its_path() -> None:
    assert crumbs("") == [("All files", "")]
    assert crumbs("a/b\u202e") == [("All files", ""), ("a", "a"), ("b\\u{202e}", "a/b\u202e")]


def test_what_is_not_here_can_be_fetched_and_linked_but_not_changed() -> None:
    away = abilities([item("a", is_here=False, state="excluded")])
    assert away == {"open", "properties", "link", "keep-here"}


def test_what_is_here_can_be_changed() -> None:
    assert abilities([item("a")]) >= {"open", "show", "link", "rename", "cut", "copy", "delete", "keep-away"}
    assert abilities([item("a"), item("b")]) == {"cut", "copy", "delete"}
    assert abilities([]) == frozenset()
    assert "rename" not in abilities([item("a")], is_search=True)
    assert "link" not in abilities([item("a", is_on_server=False)])
    assert "delete" not in abilities([item("a"), item("b", is_here=False)])


def test_what_is_chosen_is_summed_up() -> None:
    assert summary([]) == ""
    assert summary([item("a", size=5_000_000), item("b", size=1)]) == "2 selected · 5.0 MB"
    assert summary([item("a", "folder")]) == "1 selected"


def test_an_item_is_told_by_icon_and_word() -> None:
    assert kind_icon(item("a.JPG")) == "image"
    assert kind_icon(item("a.b.tar")) == "archive"
    assert kind_icon(item("jpg")) == "file"
    assert kind_icon(item("a.jpg", "folder")) == "folder"
    assert kind_icon(item("a", "symlink")) == "link"
    assert state_word(item("a", state="uploading"), 5) == "5 %"
    assert state_word(item("a", state="conflict"), 5) == "Conflict"
    assert state_word(item("a", is_here=False)) == "Not on this device"
    assert size_text(item("a", "folder"), 3_100_000) == "3.1 MB"
    assert size_text(item("a", "folder")) == ""
    states = ["in-step", "pending", "uploading", "conflict", "problem", "excluded", "ignored"]
    assert len({state_icon(item("a", state=state))[0] for state in states}) == len(states)
