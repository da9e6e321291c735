"""One application for each profile, that shows what is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import App, Parts
from desktop.background import SWITCH_S
from desktop.models import linked
from desktop.models.trail import Place
from desktop.only_one import Wanted
from desktop.session import Session
from tests.fakes.daemon import FakeDaemon


class FakeWindow(QWidget):
    wants_quit = Signal()
    wants_preferences = Signal(str)
    wants_sign_in = Signal()
    wants_start = Signal()
    hidden = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.pages: list[str] = []
        self.place = Place("files")
        self.may_close: Callable[[], bool] = lambda: True

    def show_up(self) -> None:
        self.show()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt names it
        event.setAccepted(self.may_close())

    def show_path(self, path: str) -> None:
        self.paths.append(path)

    def show_versions(self, path: str) -> None:
        self.paths.append(f"versions of {path}")

    def show_page(self, page: str) -> None:
        self.pages.append(page)


class FakeTray(QObject):
    wants_window = Signal()
    wants_path = Signal(str)
    wants_page = Signal(str)
    wants_preferences = Signal()
    wants_start = Signal()
    wants_quit = Signal()

    def __init__(self, *, is_there: bool) -> None:
        super().__init__()
        self._is_there = is_there
        self.asked = 0

    def is_there(self) -> bool:
        return self._is_there

    def ask_to_quit(self) -> None:
        self.asked += 1

    def show(self) -> None:
        pass

    def close(self) -> None:
        pass


class FakeNotifications(FakeTray):
    def tell_newest(self, newest: object) -> None:
        raise AssertionError("nobody was asked")


class FakeFirstRun(QDialog):
    done = Signal()  # type: ignore[assignment]
    given_up = Signal()


class Setup:
    """An application of parts that a test can look at.

    Attributes:
        started: how often the daemon was to be started.
        preferences: which pages of them were opened.
    """

    def __init__(self, qapp: QApplication, home: Path, qtbot: QtBot) -> None:
        self._qapp = qapp
        self._home = home
        self._qtbot = qtbot
        self.is_linked = True
        self.has_tray = True
        self.started = 0
        self.fails_with = ""
        self.preferences: list[str] = []
        self.windows: list[FakeWindow] = []
        self.app: App | None = None

    def make(self) -> App:
        self.app = App(
            self._qapp,
            self._home,
            Parts(
                window=self._window,
                tray=lambda _: FakeTray(is_there=self.has_tray),
                notifications=lambda *_: FakeNotifications(is_there=True),
                first_run=self._first_run,
                preferences=lambda _, page: self.preferences.append(page),
                is_linked=lambda: self.is_linked,
                start_daemon=self._start,
            ),
        )
        return self.app

    def _window(self, _: Session) -> FakeWindow:
        window = FakeWindow()
        self._qtbot.addWidget(window)
        self.windows.append(window)
        return window

    def _first_run(self, _: Session) -> FakeFirstRun:
        dialog = FakeFirstRun()
        self._qtbot.addWidget(dialog)
        return dialog

    def _start(self) -> str:
        self.started += 1
        return self.fails_with


@pytest.fixture
def setup(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Setup]:
    made = Setup(qapp, tmp_path, qtbot)
    yield made
    if made.app is not None:
        qapp.aboutToQuit.disconnect(made.app.close)
        made.app.close()


def test_the_window_is_shown_before_anything_else_is_begun(setup: Setup, qtbot: QtBot) -> None:
    app = setup.make()
    app.start()
    assert app.window.isVisible()
    assert app.tray is None
    qtbot.waitUntil(lambda: app.tray is not None)


def test_the_window_waits_no_longer_for_what_computes_beside_it_than_that_says(setup: Setup) -> None:
    setup.make()
    assert sys.getswitchinterval() == pytest.approx(SWITCH_S)


def test_every_window_has_the_icon_of_lockstep(setup: Setup, qapp: QApplication) -> None:
    qapp.setWindowIcon(QIcon())
    app = setup.make()
    app.start()
    assert not app.window.windowIcon().isNull()


def test_a_daemon_is_started_if_none_answers(setup: Setup, qtbot: QtBot) -> None:
    app = setup.make()
    app.start()
    qtbot.waitUntil(lambda: setup.started == 1)


def test_a_daemon_that_answers_is_left_alone(setup: Setup, daemon: FakeDaemon, qtbot: QtBot) -> None:
    app = setup.make()
    with qtbot.waitSignal(app.session.profile_changed):
        app.start()
    assert setup.started == 0


def test_a_daemon_that_does_not_start_is_told_with_a_button(setup: Setup, qtbot: QtBot) -> None:
    setup.fails_with = "The folder is not there."
    app = setup.make()
    with qtbot.waitSignal(app.session.said) as said:
        app.start()
    text, button, again = said.args
    assert (text, button) == ("The folder is not there.", "Try again")
    again()
    qtbot.waitUntil(lambda: setup.started == 2)


def test_started_in_the_tray_no_window_is_made(setup: Setup, qtbot: QtBot) -> None:
    app = setup.make()
    app.start(in_tray=True)
    qtbot.waitUntil(lambda: app.tray is not None)
    windows: list[object] = [app.window]
    app.tray.wants_page.emit("held")
    app.tray.wants_page.emit("devices")
    assert windows == [None]
    assert app.window.pages == ["problems"]
    assert setup.preferences == ["account"]


def test_without_a_tray_the_window_serves_instead(setup: Setup, qtbot: QtBot) -> None:
    setup.has_tray = False
    app = setup.make()
    app.start(in_tray=True)
    qtbot.waitUntil(lambda: len(setup.windows) == 1 and setup.windows[0].isVisible())


def test_a_path_on_the_disk_is_shown_as_one_of_the_tree(setup: Setup, daemon: FakeDaemon, qtbot: QtBot) -> None:
    app = setup.make()
    app.start(Wanted("/nonexistent/Lockstep/Photos/a.jpg"))
    qtbot.waitUntil(lambda: app.window.paths == ["Photos/a.jpg"])
    app.show(Wanted("/nonexistent/Lockstep/b.txt", versions=True))
    assert app.window.paths[1:] == ["versions of b.txt"]


def test_who_is_not_linked_is_greeted_and_sees_the_window_then(setup: Setup, qtbot: QtBot) -> None:
    setup.is_linked = False
    app = setup.make()
    app.start()
    assert app.first_run is not None
    assert not setup.windows
    setup.is_linked = True
    app.first_run.done.emit()  # type: ignore[attr-defined]
    assert setup.windows[0].isVisible()
    assert app.tray is not None


@pytest.fixture
def unlinked(setup: Setup, session: Session, daemon: FakeDaemon, qtbot: QtBot) -> App:
    """In whose window somebody was when ``lockstep unlink`` was called."""
    app = setup.make()
    with qtbot.waitSignal(app.session.profile_changed):
        app.start()
    qtbot.waitUntil(lambda: app.tray is not None)
    setup.is_linked = False
    daemon.close()
    qtbot.waitUntil(lambda: app.first_run is not None)
    return app


def test_a_profile_that_is_unlinked_meanwhile_is_greeted(unlinked: App, setup: Setup, qtbot: QtBot) -> None:
    app = unlinked
    assert not app.window.isVisible()
    assert not app.session.is_linked
    assert app.session.folder is None
    assert setup.started == 0
    setup.is_linked = True
    app.first_run.done.emit()  # type: ignore[union-attr]
    assert app.window.isVisible()
    assert app.session.is_linked


def test_it_is_seen_also_some_time_after_the_daemon_has_ended(
    setup: Setup, daemon: FakeDaemon, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linked, "LOOK_AGAIN_MS", 20)
    app = setup.make()
    with qtbot.waitSignal(app.session.profile_changed):
        app.start()
    daemon.close()
    qtbot.waitUntil(lambda: not app.session.is_there)
    assert app.first_run is None
    setup.is_linked = False
    qtbot.waitUntil(lambda: app.first_run is not None)


def test_who_gave_up_the_greeting_is_greeted_again_when_the_window_or_the_daemon_is_wanted(
    unlinked: App, setup: Setup, qtbot: QtBot
) -> None:
    app = unlinked
    for wants in (app.tray.wants_start.emit, app.tray.wants_window.emit, lambda: app.tray.wants_page.emit("account")):
        app.first_run.given_up.emit()  # type: ignore[union-attr]
        assert app.first_run is None
        wants()
        qtbot.waitUntil(lambda: app.first_run is not None)
    assert not app.window.isVisible()
    assert (setup.started, setup.preferences) == (0, [])


def test_without_a_tray_who_gives_up_being_linked_again_has_quit(unlinked: App, setup: Setup) -> None:
    app, quits = unlinked, list[bool]()
    app.quit = lambda: quits.append(True)  # type: ignore[method-assign]
    app.first_run.given_up.emit()  # type: ignore[union-attr]
    assert quits == []  # the tray stays
    app.tray._is_there = False
    app.show_window()
    app.first_run.given_up.emit()  # type: ignore[union-attr]
    assert quits == [True]


def test_who_gives_up_the_greeting_has_quit(setup: Setup, qapp: QApplication) -> None:
    setup.is_linked = False
    app = setup.make()
    quits: list[bool] = []
    app.quit = lambda: quits.append(True)  # type: ignore[method-assign]
    app.start()
    app.first_run.given_up.emit()  # type: ignore[union-attr]
    assert quits == [True]


def test_where_no_tray_stays_it_is_said_once_what_closing_means(setup: Setup, qtbot: QtBot) -> None:
    setup.has_tray = False
    app = setup.make()
    app.start()
    qtbot.waitUntil(lambda: app.tray is not None)
    assert not app.window.may_close()
    app.session.choices.setValue("told/closing", True)
    assert app.window.may_close()


def test_who_quits_is_asked_nothing_about_closing(setup: Setup, qapp: QApplication, qtbot: QtBot) -> None:
    setup.has_tray = False
    app = setup.make()
    app.start()
    qtbot.waitUntil(lambda: app.tray is not None)
    QTimer.singleShot(0, app.quit)
    qapp.exec()  # a window that does not close would keep it from ending


def test_who_quits_in_the_window_is_asked_as_in_the_tray(setup: Setup, qtbot: QtBot) -> None:
    app = setup.make()
    quits: list[bool] = []
    app.quit = lambda: quits.append(True)  # type: ignore[method-assign]
    app.start()
    app.window.wants_quit.emit()
    assert quits == [True]  # so early nobody knows whether anything waits
    qtbot.waitUntil(lambda: app.tray is not None)
    app.window.wants_quit.emit()
    assert (app.tray.asked, quits) == (1, [True])


def test_with_a_tray_the_window_closes_without_a_word(setup: Setup, qtbot: QtBot) -> None:
    app = setup.make()
    app.start()
    qtbot.waitUntil(lambda: app.tray is not None)
    assert app.window.may_close()
