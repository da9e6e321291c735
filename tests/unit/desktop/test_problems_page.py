"""What is wrong, why, and what helps; deletions that wait for a word."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QInputDialog, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from desktop.integration import showing
from desktop.models.events import SILENT_AFTER_MS
from desktop.models.remedies import Remedy
from desktop.models.troubles import hangs, silent, stops, warnings
from desktop.session import Session
from desktop.standstill import Standstill
from desktop.views.problems_page import STEP, ProblemsPage
from server_api.contract.devices import Device, Devices
from sync_engine.control import messages as control
from sync_engine.control.questions import DEVICES
from sync_engine.core.reports import STOPPED, EngineState, HeldDeletions, PathProblem, Progress
from tests.fakes.clock import FakeClock
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.seen import buttons, said_on

NOW = 1_790_000_000_000


def tell(daemon: FakeDaemon, *problems: PathProblem, held: HeldDeletions | None = None) -> None:
    daemon.answers[control.GetProblems] = control.Problems(list(problems))
    daemon.answers[control.GetHeld] = control.HeldNow(held)
    daemon.answer_server(DEVICES, lambda *_: Devices(devices=[]))
    state = EngineState(state="attention", problems=len(problems), held=held.deletions if held else 0)
    daemon.set_state(msgspec.structs.replace(state, changes=daemon.state.changes + 1))


@pytest.fixture
def page(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> ProblemsPage:
    tell(daemon)
    for timer in session.findChildren(QTimer):
        timer.setInterval(5)  # what has changed is looked at at once
    session.start()
    page = ProblemsPage(session)
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    qtbot.waitUntil(lambda: "No problems" in said_on(page) and session.profile is not None)
    return page


def test_a_problem_has_its_path_its_reason_and_what_helps(qtbot: QtBot, daemon: FakeDaemon, page: ProblemsPage) -> None:
    tell(daemon, PathProblem("a/<b>x\u202e.txt", "case-twin"), PathProblem("f", "locked"))
    qtbot.waitUntil(lambda: "a/<b>x\\u{202e}.txt" in said_on(page))
    assert "Another file here differs only in case" in said_on(page)
    assert buttons(page).keys() == {"Rename…", "Show in file manager", "Try now", "Try all again"}
    buttons(page)["Try now"].click()
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.TryNow)))


def test_one_is_tried_again_alone_and_all_with_what_was_stopped(
    qtbot: QtBot, daemon: FakeDaemon, page: ProblemsPage
) -> None:
    tell(daemon, PathProblem("big.iso", STOPPED), PathProblem("f", "locked"), PathProblem("more.iso", STOPPED))
    qtbot.waitUntil(lambda: "Try now" in buttons(page))
    buttons(page)["Try now"].click()
    qtbot.waitUntil(lambda: daemon.asked_for(control.TryNow) == [control.TryNow("f")])
    next(each for each in page.findChildren(QPushButton) if each.text() == "Retry").click()
    qtbot.waitUntil(lambda: control.TryNow("big.iso") in daemon.asked)
    daemon.asked.clear()
    buttons(page)["Try all again"].click()
    qtbot.waitUntil(lambda: len(daemon.asked_for(control.TryNow)) == 3)
    assert {each.path for each in daemon.asked_for(control.TryNow)} == {None, "big.iso", "more.iso"}


def test_of_very_many_some_are_shown_at_a_time(qtbot: QtBot, daemon: FakeDaemon, page: ProblemsPage) -> None:
    tell(daemon, *(PathProblem(f"f{at:04}", "locked") for at in range(2_000)))
    qtbot.waitUntil(lambda: "f0024" in said_on(page))
    assert "f0025" not in said_on(page)
    buttons(page)[f"Show {STEP} more"].click()
    qtbot.waitUntil(lambda: "f0049" in said_on(page))
    tell(daemon, *(PathProblem(f"f{at:04}", "locked") for at in range(1, 3)))
    qtbot.waitUntil(lambda: "f0000" not in said_on(page))
    assert "f0001" in said_on(page)


def test_a_file_gets_another_name_from_here(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, page: ProblemsPage, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("x")
    daemon.profile = msgspec.structs.replace(daemon.profile, folder=str(folder))
    session.profile = daemon.profile
    tell(daemon, PathProblem("a.txt", "case-twin"))
    qtbot.waitUntil(lambda: "Rename…" in buttons(page))
    buttons(page)["Rename…"].click()
    dialog = page.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("b.txt")
    dialog.accept()
    qtbot.waitUntil((folder / "b.txt").exists)


def test_it_is_shown_where_it_lies(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, page: ProblemsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(showing, "select_in_file_manager", lambda _: False)
    monkeypatch.setattr(showing, "open_with_its_program", opened.append)
    session.profile = daemon.profile
    tell(daemon, PathProblem("Letters/a.txt", "locked"))
    qtbot.waitUntil(lambda: "Show in file manager" in buttons(page))
    buttons(page)["Show in file manager"].click()
    qtbot.waitUntil(lambda: opened == [Path("/nonexistent/Lockstep/Letters")])


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("local", ("412 files were deleted here", "Delete 412 files everywhere", "Bring them back", "come back here")),
        ("remote", ("412 files were deleted on another", "Delete 412 files here too", "Keep them", "files stay, and")),
    ],
)
@pytest.mark.scenario("S190")
def test_held_deletions_are_asked_about_in_plain_words(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, page: ProblemsPage, where: str, words: tuple[str, ...]
) -> None:
    title, through, undo, toast = words
    held = HeldDeletions(412, where, 3, ["Photos", "Let\u202eters"])  # type: ignore[arg-type]
    tell(daemon, held=held)
    qtbot.waitUntil(lambda: title in said_on(page))
    places = page.findChild(QListWidget)
    assert places is not None
    assert [places.item(at).text() for at in range(places.count())] == ["Photos", "Let\\u{202e}ters", "and 1 more"]
    assert through in buttons(page)
    daemon.answers[control.RestoreHeld] = control.HeldNow(held)
    daemon.answers[control.GetHeld] = lambda _: control.HeldNow(None if daemon.asked_for(control.RestoreHeld) else held)
    with qtbot.waitSignal(session.said) as said:
        buttons(page)[undo].click()
        assert not buttons(page)[undo].isEnabled(), "it is asked once"
    assert said.args is not None
    assert toast in said.args[0]
    assert not daemon.asked_for(control.ApplyHeld)
    assert undo not in buttons(page)


def test_held_deletions_go_through_when_that_is_wanted(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, page: ProblemsPage
) -> None:
    held = HeldDeletions(412, "local", 1, ["Photos"])
    tell(daemon, held=held)
    qtbot.waitUntil(lambda: "Delete 412 files everywhere" in buttons(page))
    daemon.answers[control.ApplyHeld] = control.HeldNow(held)
    with qtbot.waitSignal(session.said) as said:
        buttons(page)["Delete 412 files everywhere"].click()
    assert said.args is not None
    assert said.args[0] == "412 files are deleted on every device."
    assert daemon.asked_for(control.ApplyHeld) == [control.ApplyHeld(seen=held)]
    assert not daemon.asked_for(control.RestoreHeld)


def test_if_more_is_held_than_was_shown_it_is_shown_again(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, page: ProblemsPage
) -> None:
    tell(daemon, held=HeldDeletions(412, "local", 1, ["Photos"]))
    qtbot.waitUntil(lambda: "Delete 412 files everywhere" in buttons(page))
    daemon.answers[control.ApplyHeld] = control.HeldNow(None)
    daemon.answers[control.GetHeld] = control.HeldNow(HeldDeletions(500, "local", 1, ["Photos"]))
    with qtbot.waitSignal(session.said) as said:
        buttons(page)["Delete 412 files everywhere"].click()
    assert said.args is not None
    assert said.args[0].startswith("Nothing was done: what waits for you has changed")
    qtbot.waitUntil(lambda: "Delete 500 files everywhere" in buttons(page))


def test_the_window_is_told_what_a_remedy_needs_of_it(qtbot: QtBot, daemon: FakeDaemon, page: ProblemsPage) -> None:
    daemon.set_state(EngineState(state="signed-out", reason="signed-out"))
    qtbot.waitUntil(lambda: "Sign in again…" in buttons(page))
    with qtbot.waitSignal(page.wants_sign_in):
        buttons(page)["Sign in again…"].click()
    daemon.set_state(EngineState(state="attention", reason="proxy-refused"))
    qtbot.waitUntil(lambda: "Open preferences…" in buttons(page))
    with qtbot.waitSignal(page.wants_preferences):
        buttons(page)["Open preferences…"].click()


def test_what_stops_everything_is_told_and_what_passes_by_itself_is_not() -> None:
    assert [each.said[:24] for each in stops(EngineState(state="attention", reason="root-missing"))] == [
        "The synced folder is not"
    ]
    assert stops(EngineState(state="offline", reason="unreachable")) == []
    assert stops(None) == []


def test_a_warning_of_the_watcher_is_told() -> None:
    assert warnings(EngineState(warning="watch-limit"))[0].title == "Changes are noticed late"
    assert warnings(EngineState()) == []


def test_changes_hang_if_none_has_moved_for_an_hour() -> None:
    clock = FakeClock()
    standstill = Standstill(clock.monotonic)
    state = EngineState(state="syncing", pending=5)
    standstill.see(state)
    clock.advance(3_599)
    assert hangs(state, standstill) == []
    standstill.see(msgspec.structs.replace(state, progress=Progress(files_done=1)))
    clock.advance(3_599)
    assert hangs(state, standstill) == [], "one has moved"
    clock.advance(1)
    trouble = hangs(state, standstill)[0]
    assert trouble.title == "5 changes have waited for more than an hour"
    assert trouble.remedies == (Remedy.TRY_NOW,)
    standstill.see(EngineState(state="paused", pending=5))
    clock.advance(9_999)
    assert hangs(state, standstill) == [], "a pause is wanted"


def test_the_hour_counts_also_while_nobody_looks(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    clock = FakeClock()
    session.standstill = Standstill(clock.monotonic)
    daemon.set_state(EngineState(state="syncing", pending=5))
    session.start()
    qtbot.waitUntil(lambda: session.is_there)
    clock.advance(3_601)
    page = ProblemsPage(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: "5 changes have waited for more than an hour" in said_on(page))


def test_a_device_that_was_silent_for_a_week_is_named() -> None:
    phone = Device(
        device_id=b"p" * 16, name="Ph\u202eone", created_at=0, last_seen_at=NOW - SILENT_AFTER_MS, is_current=False
    )
    others = [
        msgspec.structs.replace(phone, last_seen_at=NOW - SILENT_AFTER_MS + 1),
        msgspec.structs.replace(phone, is_current=True),
        msgspec.structs.replace(phone, revoked_at=1),
        msgspec.structs.replace(phone, kind="browser"),
    ]
    assert [each.title[:14] for each in silent([phone, *others], NOW)] == ["Ph\\u{202e}one "]


def test_what_is_not_held_any_more_is_not_asked_about(qtbot: QtBot, daemon: FakeDaemon, page: ProblemsPage) -> None:
    """Also if nothing else has changed, as when the daemon ended before it could tell what became of it."""
    tell(daemon, held=HeldDeletions(412, "local", 1, ["Photos"]))
    qtbot.waitUntil(lambda: "Bring them back" in buttons(page))
    daemon.answers[control.GetHeld] = control.HeldNow(None)
    daemon.set_state(msgspec.structs.replace(daemon.state, state="in-step", held=0))
    qtbot.waitUntil(lambda: "Bring them back" not in buttons(page))
