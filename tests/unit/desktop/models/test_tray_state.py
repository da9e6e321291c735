from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QDateTime

from desktop.models.tray_state import recent_paths, tomorrow_morning, tray_state
from desktop.words import show_later
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, Progress
from sync_engine.ports import Activity


@pytest.mark.parametrize(
    ("state", "kind", "line"),
    [
        (None, "offline", "Lockstep is not running in the background"),
        (EngineState(state="in-step"), "in-step", "In step"),
        (EngineState(state="in-step", conflicts=2), "attention", "2 conflicts"),
        (EngineState(state="syncing"), "syncing", "Looking for changes"),
        (EngineState(state="syncing", pending=1), "syncing", "Syncing 1 file"),
        (EngineState(state="paused"), "paused", "Paused"),
        (EngineState(state="offline", pending=3), "offline", "Offline, 3 changes wait"),
        (EngineState(state="signed-out", problems=1), "attention", "This device is signed out"),
        (
            EngineState(state="attention", held=412, problems=1),
            "attention",
            "412 deletions wait for your decision, 1 problem",
        ),
        (EngineState(state="attention"), "attention", "Needs you"),
    ],
)
def test_each_state_has_a_kind_and_a_line(state: EngineState | None, kind: str, line: str) -> None:
    told = tray_state(state)
    assert (told.kind, told.line) == (kind, line)


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (EngineState(state="attention", held=412, problems=1), "Needs you"),
        (EngineState(state="in-step", conflicts=2), "Needs you"),
        (EngineState(state="attention", reason="disk-full", problems=1), ""),
        (EngineState(state="syncing", pending=1), ""),
    ],
)
def test_the_menu_does_not_begin_with_what_its_entries_say(state: EngineState, title: str) -> None:
    assert tray_state(state).title == title


def test_a_transfer_tells_how_far_it_is() -> None:
    progress = Progress(phase="transferring", bytes_done=620, bytes_total=1_000)
    assert tray_state(EngineState(state="syncing", pending=12, progress=progress)).line == "Syncing 12 files, 62 %"


def test_a_stop_is_told_by_its_reason() -> None:
    told = tray_state(EngineState(state="attention", reason="unreachable", problems=3))
    assert (told.kind, told.line[:30]) == ("attention", "The server cannot be reached. ")


def test_a_pause_until_later_today_tells_the_time_and_one_until_tomorrow_the_day_too() -> None:
    noon = QDateTime.fromString("2026-05-03T12:00", "yyyy-MM-ddTHH:mm")
    today = show_later(noon.addSecs(3_600).toMSecsSinceEpoch(), noon)
    assert today.removesuffix("PM").rstrip() in {"1:00", "13:00"}
    assert show_later(tomorrow_morning(noon), noon).startswith("tomorrow, ")
    now = QDateTime.currentDateTime()
    assert tray_state(EngineState(state="paused", paused_until=tomorrow_morning(now))).line.startswith(
        "Paused until tomorrow, "
    )


@pytest.mark.parametrize(("days", "day"), [(2, "Tuesday, "), (6, "Saturday, "), (7, "10 May, ")])
def test_a_pause_until_another_day_names_it(days: int, day: str) -> None:
    noon = QDateTime.fromString("2026-05-03T12:00", "yyyy-MM-ddTHH:mm")
    assert show_later(noon.addDays(days).toMSecsSinceEpoch(), noon).startswith(day)


def test_tomorrow_is_the_next_day_at_eight() -> None:
    for now in ("2026-05-03T00:30", "2026-05-03T23:59"):
        morning = QDateTime.fromMSecsSinceEpoch(tomorrow_morning(QDateTime.fromString(now, "yyyy-MM-ddTHH:mm")))
        assert morning.toString("yyyy-MM-ddTHH:mm") == "2026-05-04T08:00"


def _happened(*lines: tuple[str, str]) -> control.Activities:
    return control.Activities([Activity(1_000 - at, action, path) for at, (action, path) in enumerate(lines)])


@pytest.mark.parametrize(
    ("lines", "recent"),
    [
        ([("update", "a"), ("create", "a"), ("create-here", "b")], ["a", "b"]),
        ([("delete", "a"), ("update", "a"), ("create", "b")], ["b"]),
        ([("update", "a"), ("delete", "a")], ["a"]),
        ([("merge", ""), ("chmod", "a"), ("update-here", "a")], ["a"]),
        ([("create", str(number)) for number in range(9)], ["0", "1", "2"]),
    ],
)
def test_what_came_last_is_recent_unless_it_went_since(lines: Any, recent: list[str]) -> None:
    assert recent_paths(_happened(*lines), 3) == recent
