"""The tray's menu; that it is seen in a tray is shown on a real screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QMessageBox, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktop.look.tray_icons import SIZES, tray_icon
from desktop.models.tray_state import tomorrow_morning
from desktop.session import Session
from desktop.tray import Tray
from sync_engine.control import messages as control
from sync_engine.control.questions import SHARE
from sync_engine.core.reports import EngineState
from sync_engine.ports import Activity
from tests.fakes.daemon import FakeDaemon
from tests.fakes.sharing import made_share

HOSTILE = "&Save <b>\u202egnp.exe"


@pytest.fixture
def folder(daemon: FakeDaemon, tmp_path: Path) -> Path:
    folder = tmp_path / "Lockstep"
    (folder / "docs").mkdir(parents=True)
    for name in ("a.txt", HOSTILE):
        (folder / "docs" / name).write_text("x")
    daemon.profile = msgspec.structs.replace(daemon.profile, folder=str(folder))
    lines = [Activity(3, "update", "docs/a.txt"), Activity(2, "create-here", "docs"), Activity(1, "create", "gone")]
    daemon.answers[control.GetActivity] = control.Activities([*lines, Activity(0, "update", f"docs/{HOSTILE}")])
    return folder


@pytest.fixture
def tray(session: Session, folder: Path, qtbot: QtBot) -> Tray:
    tray = Tray(session)
    session.start()
    qtbot.waitUntil(lambda: session.is_there and session.folder is not None)
    return tray


def _shown(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isVisible() and not action.isSeparator()]


def _action(menu: QMenu, text: str) -> QAction:
    (found,) = [action for action in menu.actions() if action.text() == text and action.isVisible()]
    return found


def test_a_profile_that_is_not_linked_is_set_up_from_here(tray: Tray, session: Session) -> None:
    session._take(None)
    session.take_link(is_linked=False)
    assert tray.icon.toolTip() == "Lockstep: Lockstep is not set up"
    assert "Start syncing" not in _shown(tray.menu)
    asked: list[bool] = []
    tray.wants_start.connect(lambda: asked.append(True))
    _action(tray.menu, "Set up Lockstep…").trigger()
    assert asked == [True]
    assert not _action(tray.menu, "Open folder").isEnabled()


def _sub(menu: QMenu, text: str) -> QMenu:
    found = _action(menu, text).menu()
    assert isinstance(found, QMenu)
    return found


def test_the_menu_of_one_that_is_in_step_has_no_more_than_it_needs(tray: Tray, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Recent files" in _shown(tray.menu))
    shown = ["In step", "Open Lockstep", "Open folder", "Recent files", "Pause", "Preferences…", "Quit"]
    assert _shown(tray.menu) == shown
    assert not _action(tray.menu, "In step").isEnabled()
    assert tray.icon.toolTip() == "Lockstep: In step"


def test_what_waits_for_a_person_has_an_entry_that_opens_its_page(tray: Tray, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.set_state(EngineState(state="attention", held=412, conflicts=1, problems=2))
    qtbot.waitUntil(lambda: len(_shown(tray.menu)) > 8)
    entries = {
        "Decide on 412 held deletions…": "held",
        "Look at 1 conflict…": "conflicts",
        "Look at 2 problems…": "problems",
    }
    for text, page in entries.items():
        with qtbot.waitSignal(tray.wants_page) as told:
            _action(tray.menu, text).trigger()
        assert told.args == [page]


@pytest.mark.parametrize(
    ("text", "least_s", "most_s"), [("For an hour", 3_590, 3_610), ("Until tomorrow, 8:00", 0, 33 * 3_600)]
)
def test_a_pause_ends_when_the_person_said(
    tray: Tray, daemon: FakeDaemon, qtbot: QtBot, text: str, least_s: int, most_s: int
) -> None:
    now_ms = tomorrow_morning() - 24 * 3_600_000 if "8:00" in text else _now_ms()
    _action(_sub(tray.menu, "Pause"), text).trigger()
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.Pause)))
    (asked,) = daemon.asked_for(control.Pause)
    assert least_s * 1000 <= asked.until - now_ms <= most_s * 1000


def _now_ms() -> int:
    from PySide6.QtCore import QDateTime

    return QDateTime.currentMSecsSinceEpoch()


def test_one_that_is_paused_can_be_resumed(tray: Tray, daemon: FakeDaemon, qtbot: QtBot) -> None:
    _action(_sub(tray.menu, "Pause"), "Until I resume").trigger()
    qtbot.waitUntil(lambda: daemon.asked_for(control.Pause) == [control.Pause(None)])
    daemon.set_state(EngineState(state="paused"))
    qtbot.waitUntil(lambda: "Resume" in _shown(tray.menu))
    assert "Pause" not in _shown(tray.menu)
    _action(tray.menu, "Resume").trigger()
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.Resume)))


def test_recent_files_are_those_that_are_still_there_with_harmless_names(tray: Tray, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Recent files" in _shown(tray.menu))
    recent = _sub(tray.menu, "Recent files")
    assert _shown(recent) == ["a.txt", "&&Save <b>\\u{202e}gnp.exe"]
    assert _shown(_sub(recent, "a.txt")) == ["Open", "Show in file manager", "Show in Lockstep", "Copy share link"]


def test_a_recent_file_s_link_is_copied(tray: Tray, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.answer_server(SHARE, lambda asked, _: made_share(asked))
    qtbot.waitUntil(lambda: "Recent files" in _shown(tray.menu))
    QGuiApplication.clipboard().clear()
    _action(_sub(_sub(tray.menu, "Recent files"), "a.txt"), "Copy share link").trigger()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().endswith("docs/a.txt"))


def test_a_recent_file_is_shown_in_lockstep(tray: Tray, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Recent files" in _shown(tray.menu))
    with qtbot.waitSignal(tray.wants_path) as told:
        _action(_sub(_sub(tray.menu, "Recent files"), "a.txt"), "Show in Lockstep").trigger()
    assert told.args == ["docs/a.txt"]


def test_recent_files_follow_what_happens(tray: Tray, daemon: FakeDaemon, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Recent files" in _shown(tray.menu))
    daemon.answers[control.GetActivity] = control.Activities([Activity(1, "update", f"docs/{HOSTILE}")])
    daemon.touch()
    recent = _sub(tray.menu, "Recent files")
    qtbot.waitUntil(lambda: len(_shown(recent)) == 1)
    qtbot.waitUntil(lambda: len(recent.findChildren(QMenu)) == 1)  # the others are gone, not only out of sight


def test_a_click_opens_the_window(tray: Tray, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray.wants_window):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.assertNotEmitted(tray.wants_window):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)


def test_without_a_daemon_it_offers_to_start_one(tray: Tray, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.close()
    qtbot.waitUntil(lambda: "Start syncing" in _shown(tray.menu))
    assert not {"Pause", "Resume", "Recent files"} & set(_shown(tray.menu))
    with qtbot.waitSignal(tray.wants_start):
        _action(tray.menu, "Start syncing").trigger()


def test_quitting_with_nothing_left_asks_nothing(tray: Tray, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray.wants_quit):
        _action(tray.menu, "Quit").trigger()


@pytest.mark.parametrize(("button", "quits"), [("Quit, and go on syncing", True), ("Stay here", False)])
def test_quitting_with_work_left_asks_first(
    tray: Tray, daemon: FakeDaemon, qtbot: QtBot, button: str, quits: bool
) -> None:
    daemon.set_state(EngineState(state="syncing", pending=3))
    qtbot.waitUntil(lambda: _shown(tray.menu)[0] == "Syncing 3 files")
    told: list[Any] = []
    tray.wants_quit.connect(lambda: told.append(1))
    _action(tray.menu, "Quit").trigger()
    (question,) = [window for window in QGuiApplication.instance().topLevelWidgets() if isinstance(window, QMessageBox)]  # type: ignore[union-attr]
    assert question.text() == "3 files are still on their way"
    assert "goes on in the background" in question.informativeText()
    assert not told
    (chosen,) = [each for each in question.buttons() if each.text() == button]
    chosen.click()
    assert bool(told) is quits


def test_while_it_is_paused_nothing_goes_on_that_one_would_have_to_be_told_of(
    tray: Tray, daemon: FakeDaemon, session: Session, qtbot: QtBot
) -> None:
    daemon.set_state(EngineState(state="paused", pending=3))
    qtbot.waitUntil(lambda: session.state is not None and session.state.state == "paused")
    with qtbot.waitSignal(tray.wants_quit):
        _action(tray.menu, "Quit").trigger()


def test_each_state_has_an_icon_of_its_own_that_fills_its_size_at_every_size() -> None:
    kinds = ("in-step", "syncing", "paused", "attention", "offline")
    for size in SIZES:
        shapes = set()
        for kind in kinds:
            pixmap = tray_icon(kind).pixmap(QSize(size, size), 1.0)
            assert pixmap.size() == QSize(size, size)
            shapes.add(bytes(pixmap.toImage().convertToFormat(QImage.Format.Format_Alpha8).constBits()))
        assert len(shapes) >= 3  # a disc with different signs, a triangle, a cloud
