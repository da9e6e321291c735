"""The tray and notifications on a real screen, beside a daemon that does as the tests say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sync_engine.control import messages as control
from sync_engine.control.questions import SHARE
from sync_engine.core.reports import EngineState, HeldDeletions, State
from sync_engine.ports import Activity
from tests.desktop.application import Application
from tests.fakes.daemon import FakeDaemon
from tests.fakes.sharing import made_share
from tests.fixtures.screen import Screen


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    (tmp_path / "Lockstep").mkdir()
    (tmp_path / "Lockstep/report.odt").write_text("x")
    made = FakeDaemon(tmp_path)
    made.profile = msgspec.structs.replace(made.profile, folder=str(tmp_path / "Lockstep"))
    made.answers[control.GetActivity] = control.Activities([Activity(1, "update", "report.odt")])
    made.answer_server(SHARE, lambda asked, _: made_share(asked))
    yield made
    made.close()


@pytest.fixture
def application(screen: Screen, daemon: FakeDaemon, tmp_path: Path) -> Application:
    made = Application(screen, sys.executable, "-m", "tests.desktop.tray_alone", tmp_path)
    assert made.next() == ["is_there", True]
    made.icon()
    return made


def test_each_state_is_told_apart_at_a_glance(application: Application, daemon: FakeDaemon, screen: Screen) -> None:
    seen: set[bytes] = set()
    states: tuple[State, ...] = ("in-step", "syncing", "paused", "attention", "offline")
    for state in states:
        daemon.set_state(EngineState(state=state))
        seen.add(screen.until(lambda: {application.picture()} - seen, f"the icon of {state}").pop())
    assert len(seen) == 5


def test_a_click_opens_the_window_and_the_menu_pauses(
    application: Application, daemon: FakeDaemon, screen: Screen
) -> None:
    application.click(1)
    assert application.next() == ["wants_window"]
    screen.until(lambda: daemon.asked_for(control.GetActivity), "a look at what happened")
    application.open_menu()
    screen.press("Up", "Up", "Up", "Right", "Return")  # past "Quit" and "Preferences" to "Pause"
    screen.until(lambda: daemon.asked_for(control.Pause), "the pause")
    (asked,) = daemon.asked_for(control.Pause)
    assert asked.until is not None


def test_a_recent_file_s_link_is_copied_from_the_tray_and_that_is_told(
    application: Application, daemon: FakeDaemon, screen: Screen
) -> None:
    screen.clear_clipboard()
    screen.until(lambda: daemon.asked_for(control.GetActivity), "a look at what happened")
    application.open_menu()
    screen.press("Up", "Up", "Up", "Up", "Right", "Right", "Up", "Return")
    screen.until(lambda: screen.clipboard() == "http://127.0.0.1:8700/s/report.odt", "the link")
    screen.await_notification()


def test_quitting_with_work_left_asks_and_goes_on_syncing(
    application: Application, daemon: FakeDaemon, screen: Screen
) -> None:
    daemon.set_state(EngineState(state="syncing", pending=3))
    application.open_menu()
    screen.press("Up", "Return")
    question = screen.await_window(name="Quit Lockstep")
    screen.until(lambda: screen.box(question).width > 200, "the question")
    screen.press("Escape")
    screen.until(lambda: not screen.windows(name="Quit Lockstep"), "the question to go")
    assert application.program.poll() is None
    application.open_menu()
    screen.press("Up", "Return")
    screen.await_window(name="Quit Lockstep")
    screen.press("Tab", "Return")
    assert application.next() == ["wants_quit"]
    assert application.program.wait(30) == 0
    assert not daemon.asked_for(control.Stop)


def test_a_notification_has_buttons_that_do_what_they_say(
    application: Application, daemon: FakeDaemon, screen: Screen
) -> None:
    daemon.answers[control.GetHeld] = control.HeldNow(HeldDeletions(412, "local"))
    daemon.set_state(EngineState(state="attention", held=412))
    shown = screen.await_notification()
    screen.wish("Bring them back")
    screen.click(*shown.middle, button=2)
    screen.until(lambda: daemon.asked_for(control.RestoreHeld), "what the button does")


def test_a_click_on_a_notification_opens_its_page_and_its_names_are_harmless(
    application: Application, daemon: FakeDaemon, screen: Screen
) -> None:
    conflict = control.Conflict("copy", "<b>\u202e&amp;</b><img src=x>.txt", "<i>Phone</i>")
    daemon.answers[control.GetConflicts] = control.Conflicts([conflict])
    daemon.set_state(EngineState(state="in-step", conflicts=1))
    shown = screen.await_notification()
    screen.click(*shown.middle)
    assert application.next() == ["wants_page", "conflicts"]
