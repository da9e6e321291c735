"""What is moving: how far, how fast, how long it takes, and what can be done about it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from desktop.look.icons import IconLabel
from desktop.models.moving import Movement
from desktop.session import Session
from desktop.views.transfers_page import SHOWN, TransfersPage
from sync_engine.control import messages as control
from sync_engine.core.reports import STOPPED, EngineState, PathProblem, Progress, Transfer
from sync_engine.errors import Refused
from tests.fakes.clock import FakeClock
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.seen import buttons, said_on

MB = 1_000_000


def moving(*transfers: Transfer, done: int = 10 * MB, size: int = 100 * MB, **fields: Any) -> EngineState:
    progress = Progress("transferring", 1, 10, done, size)
    usual: dict[str, Any] = {"state": "syncing", "pending": 12}
    return EngineState(transfers=list(transfers), progress=progress, **(usual | fields))


def down(path: str = "Photos/a.jpg", done: int = 1 * MB, size: int = 5 * MB) -> Transfer:
    return Transfer(path, "down", done, size)


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> TransfersPage:
    session.start()
    page = TransfersPage(session)
    qtbot.addWidget(page)
    page.resize(800, 500)
    page.show()
    return page


def test_speed_and_time_left_come_of_what_was_told_before() -> None:
    clock = FakeClock()
    movement = Movement(clock.monotonic)
    movement.take(moving(down(done=1 * MB), done=10 * MB))
    assert movement.ways()[0].said == "1.0 MB of 5.0 MB"
    clock.advance(2)
    movement.take(moving(down(done=2 * MB), done=14 * MB))
    assert movement.ways()[0].said == "2.0 MB of 5.0 MB · 500.0 kB/s · 6 s left"
    assert movement.ways()[0].per_mille == 400
    whole = movement.whole()
    assert (whole.title, whole.said) == ("1 file is moving", "14.0 MB of 100.0 MB · 2.0 MB/s · 43 s left")
    assert (whole.per_mille, whole.waiting) == (140, 11)


def test_what_stands_still_becomes_slower_until_no_speed_is_told() -> None:
    clock = FakeClock()
    movement = Movement(clock.monotonic)
    movement.take(moving(down(done=1 * MB)))
    clock.advance(1)
    movement.take(state := moving(down(done=2 * MB)))
    assert "1.0 MB/s" in movement.ways()[0].said
    for _ in range(30):
        clock.advance(1)
        movement.take(state)
    assert movement.ways()[0].said == "2.0 MB of 5.0 MB"


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (EngineState(state="in-step"), "Nothing is moving. Everything is in step."),
        (EngineState(state="paused", pending=3), "Paused: nothing moves until it is resumed."),
        (EngineState(state="offline", pending=3), "The server cannot be reached. What is to move waits for it."),
        (EngineState(state="attention", problems=1, stopped=1), "Nothing is moving."),
        (EngineState(state="attention", problems=2, stopped=1), "Something needs you before everything is in step."),
        (EngineState(state="syncing", progress=Progress("scanning")), "Looking through the folder…"),
        (None, "Lockstep is not running"),
    ],
)
def test_where_nothing_moves_it_is_said_why(state: EngineState | None, says: str) -> None:
    movement = Movement()
    movement.take(state)
    assert movement.whole().title == says
    assert movement.ways() == []


def test_each_file_has_a_row_as_long_as_it_moves(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    up = Transfer("Letters/b\u202e.odt", "up", 0, 2 * MB)
    daemon.set_state(moving(down(), up))
    qtbot.waitUntil(lambda: "2 files are moving" in said_on(page))
    assert "b\\u{202e}.odt" in said_on(page)
    assert "10 changes wait" in said_on(page)
    bar = next(each for each in page.findChildren(QProgressBar) if each.accessibleName() == "Photos/a.jpg")
    daemon.set_state(moving(down(done=4 * MB)))
    qtbot.waitUntil(lambda: bar.value() == 800)
    assert "b\\u{202e}.odt" not in said_on(page)
    daemon.set_state(EngineState(state="in-step"))
    qtbot.waitUntil(lambda: "Everything is in step" in said_on(page))


def test_of_very_many_only_some_have_a_row(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    daemon.set_state(moving(*(down(f"f{at}") for at in range(SHOWN + 5))))
    qtbot.waitUntil(lambda: "and 5 more" in said_on(page))
    assert len(page.findChildren(QProgressBar)) == SHOWN + 1


def test_it_can_be_paused_resumed_and_tried_now(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    daemon.set_state(moving(down()))
    qtbot.waitUntil(lambda: "Try now" in buttons(page))
    buttons(page)["Try now"].click()
    buttons(page)["Pause"].click()
    qtbot.waitUntil(lambda: {type(request) for request in daemon.asked} >= {control.TryNow, control.Pause})
    daemon.set_state(EngineState(state="paused", pending=3))
    qtbot.waitUntil(lambda: "Resume" in buttons(page))
    assert "Pause" not in buttons(page)
    buttons(page)["Resume"].click()
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.Resume)))


def stopped(daemon: FakeDaemon, *problems: PathProblem) -> None:
    """The daemon has these, and nothing moves."""
    daemon.answers[control.GetProblems] = control.Problems(list(problems))
    count = sum(problem.reason == STOPPED for problem in problems)
    daemon.set_state(
        EngineState(state="attention", problems=len(problems), stopped=count, changes=daemon.state.changes + 1)
    )


def test_one_file_is_stopped_and_tried_again_by_keyboard(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    daemon.set_state(moving(down("Photos/b.jpg"), down()))
    qtbot.waitUntil(lambda: "2 files are moving" in said_on(page))
    stop = next(each for each in page.findChildren(QPushButton) if each.accessibleName() == "Stop a.jpg")
    page.activateWindow()
    stop.setFocus()
    daemon.answers[control.GetProblems] = control.Problems([PathProblem("Photos/a.jpg", STOPPED)])
    QTest.keyClick(stop, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Retry" in buttons(page))
    assert daemon.asked_for(control.StopTransfer) == [control.StopTransfer("Photos/a.jpg")]
    assert "You stopped it" in said_on(page)
    bars = {each.accessibleName() for each in page.findChildren(QProgressBar) if each.isVisible()}
    assert bars == {"All that is moving", "Photos/b.jpg"}
    retry = buttons(page)["Retry"]
    assert retry.hasFocus()
    assert retry.accessibleName() == "Retry a.jpg"
    daemon.answers[control.GetProblems] = control.Problems([])
    QTest.keyClick(retry, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Retry" not in buttons(page))
    assert daemon.asked_for(control.TryNow) == [control.TryNow("Photos/a.jpg")]


def test_who_presses_twice_stops_no_other_file(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    daemon.answers[control.GetProblems] = control.Problems([PathProblem("Photos/a.jpg", STOPPED)])
    daemon.set_state(moving(down("Photos/b.jpg"), problems=1, stopped=1))
    page.look()
    qtbot.waitUntil(lambda: {"Retry", "Stop"} <= buttons(page).keys())
    page.activateWindow()
    buttons(page)["Retry"].setFocus()
    daemon.answers[control.GetProblems] = control.Problems([])
    QTest.keyClick(buttons(page)["Retry"], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Retry" not in buttons(page))  # it takes a while until the file moves
    assert page.focusWidget() is page
    daemon.set_state(moving(down("Photos/b.jpg"), down()))
    qtbot.waitUntil(lambda: page.focusWidget() is not page)
    assert page.focusWidget().accessibleName() == "Stop a.jpg"


def test_what_was_stopped_and_forgotten_is_told_with_what_failed(
    qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage
) -> None:
    failed, named = PathProblem("a.doc", "locked"), PathProblem("A.doc", "case-twin")
    stopped(daemon, failed, named, PathProblem("deep/b\u202e.iso", STOPPED))
    qtbot.waitUntil(lambda: "b\\u{202e}.iso" in said_on(page))
    told = said_on(page)
    assert told.index("b\\u{202e}.iso") < told.index("a.doc")
    assert "Another program holds this file" in told
    assert "A.doc" not in told
    assert {"Stopped", "Failed"} <= {each.accessibleName() for each in page.findChildren(IconLabel)}
    with qtbot.waitSignal(page.wants_path) as path:
        next(each for each in page.findChildren(QPushButton) if each.text() == "Show").click()
    assert path.args == ["deep/b\u202e.iso"]
    assert "Try now" in buttons(page)
    stopped(daemon, PathProblem("deep/b\u202e.iso", STOPPED))
    qtbot.waitUntil(lambda: "a.doc" not in said_on(page))
    assert "Try now" not in buttons(page)  # it would try nothing
    stopped(daemon)
    daemon.set_state(EngineState(state="in-step"))
    qtbot.waitUntil(lambda: "Everything is in step" in said_on(page))


def test_if_stopping_fails_it_is_said(qtbot: QtBot, daemon: FakeDaemon, session: Session, page: TransfersPage) -> None:
    def refuse(_: object) -> None:
        raise Refused("no", "locked", 0)

    daemon.answers[control.StopTransfer] = refuse
    daemon.set_state(moving(down()))
    qtbot.waitUntil(lambda: "Stop" in buttons(page))
    with qtbot.waitSignal(session.said) as toast:
        buttons(page)["Stop"].click()
    assert toast.args is not None
    assert "Another program holds this file" in toast.args[0]


def test_the_tab_key_goes_down_the_page(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    stopped(daemon, PathProblem("z.iso", STOPPED))
    qtbot.waitUntil(lambda: "Retry" in buttons(page))
    daemon.set_state(moving(down(), problems=1, stopped=1))
    qtbot.waitUntil(lambda: "Stop" in buttons(page))
    page.activateWindow()
    buttons(page)["Stop"].setFocus()
    met = []
    for _ in range(3):
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        met.append(page.focusWidget().accessibleName())
    assert met == ["Show a.jpg", "Retry z.iso", "Show z.iso"]


def test_what_moves_can_be_shown(qtbot: QtBot, daemon: FakeDaemon, page: TransfersPage) -> None:
    daemon.set_state(msgspec.structs.replace(moving(Transfer("x/b", "up", 0, 1)), pending=1))
    qtbot.waitUntil(lambda: "Show" in buttons(page))
    with qtbot.waitSignal(page.wants_path) as path:
        buttons(page)["Show"].click()
    assert path.args == ["x/b"]
