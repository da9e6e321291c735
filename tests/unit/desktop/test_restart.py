"""The application is restarted: what was open is open again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.look import theme
from desktop.models.trail import Place
from tests.unit.desktop.test_app import Setup

Make = Callable[[], tuple[Setup, App]]


@pytest.fixture
def make(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Make]:
    """Applications of one profile, one after the other."""
    made: list[App] = []

    def start() -> tuple[Setup, App]:
        setup = Setup(qapp, tmp_path, qtbot)
        made.append(setup.make())
        return setup, made[-1]

    yield start
    for app in made:
        qapp.aboutToQuit.disconnect(app.close)
        app.close()


def _restart(qapp: QApplication, app: App, section: str = "") -> None:
    QTimer.singleShot(0, app, lambda: app.session.wants_restart.emit(section))
    assert qapp.exec() == 0
    assert app.is_restarting


def test_the_window_is_back_on_its_page(make: Make, qapp: QApplication) -> None:
    _, app = make()
    app.start()
    app.window.place = Place("deleted")
    _restart(qapp, app)
    setup, again = make()
    again.start()
    assert again.window.isVisible()
    assert (again.window.pages, again.window.paths, setup.preferences) == (["deleted"], [], [])
    setup, third = make()
    third.start()
    assert third.window.pages == []  # no restart: it begins anew


def test_the_window_is_back_in_its_folder_with_the_preferences(make: Make, qapp: QApplication) -> None:
    _, app = make()
    app.start()
    app.window.place = Place("files", "Photos/Lisbon")
    _restart(qapp, app, "general")
    setup, again = make()
    again.start()
    assert (again.window.paths, setup.preferences) == (["Photos/Lisbon"], ["general"])


def test_a_window_that_was_not_open_stays_so(make: Make, qapp: QApplication, qtbot: QtBot) -> None:
    _, app = make()
    app.start(in_tray=True)
    _restart(qapp, app, "general")
    setup, again = make()
    again.start()
    assert again.window is None
    assert setup.preferences == ["general"]


def test_what_is_not_saved_keeps_it_from_restarting(make: Make, qapp: QApplication, qtbot: QtBot) -> None:
    _, app = make()
    app.start()
    app.window.may_close = lambda: False
    QTimer.singleShot(0, app, lambda: app.session.wants_restart.emit(""))
    QTimer.singleShot(100, app, lambda: qapp.exit(7))
    assert qapp.exec() == 7
    assert not app.is_restarting
    _, again = make()
    again.start()
    assert again.window.pages == []


def test_a_second_click_does_not_lose_the_window(make: Make, qapp: QApplication) -> None:
    _, app = make()
    app.start()
    app.window.place = Place("deleted")

    def click_twice() -> None:
        app.session.wants_restart.emit("general")
        app.session.wants_restart.emit("general")  # the window is closed by now

    QTimer.singleShot(0, app, click_twice)
    assert qapp.exec() == 0
    setup, again = make()
    again.start()
    assert (again.window and again.window.pages, setup.preferences) == (["deleted"], ["general"])


@pytest.mark.parametrize("way", ["restart", "quit", "close"])
def test_what_goes_on_with_files_is_not_stopped_without_a_word(
    make: Make, qapp: QApplication, qtbot: QtBot, way: str
) -> None:
    setup, app = make()
    setup.has_tray = way != "close"
    app.start()
    qtbot.waitUntil(lambda: app.tray is not None)
    app.session.acts = 1
    begin = {
        "restart": lambda: app.session.wants_restart.emit("general"),
        "quit": app.tray.wants_quit.emit,
        "close": app.window.close,
    }

    def answer(role: str) -> None:
        begin[way]()
        (question,) = app.window.findChildren(QMessageBox)
        next(each for each in question.buttons() if (each.property("role") or "") == role).click()

    def stay() -> None:
        answer("")
        QTimer.singleShot(50, app, lambda: answer("primary"))

    QTimer.singleShot(0, app, stay)
    in_vain = QTimer(app, singleShot=True)
    in_vain.timeout.connect(lambda: qapp.exit(7))
    in_vain.start(5_000)
    assert qapp.exec() == 0
    in_vain.stop()
    assert app.is_restarting == (way == "restart")


def test_another_size_of_text_is_told_with_a_way_to_have_it(
    make: Make, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, app = make()
    app.start()
    said: list[str] = []
    app.session.said.connect(lambda text, button, does: said.extend([text, button]))
    qapp.primaryScreen().logicalDotsPerInchChanged.emit(96.0)
    assert said == []
    monkeypatch.setattr(theme, "BODY_PX", 20)
    qapp.primaryScreen().logicalDotsPerInchChanged.emit(144.0)
    assert said[1:] == ["Restart now"]
