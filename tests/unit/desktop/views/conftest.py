"""The window, with a daemon behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.look import theme
from desktop.session import Session
from desktop.views.navigation import Entry
from desktop.views.page import Page
from desktop.views.window import MainWindow
from sync_engine.control import messages as control
from sync_engine.control.messages import Item
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.views.in_window import names


class ProblemsPage(Page):
    def look(self) -> None:
        pass


class FakePanel(QLabel):
    closed = Signal()
    wants_path = Signal(object)
    wants_menu = Signal(QPoint)

    def __init__(self, _: Session) -> None:
        super().__init__()
        self.shown: list[object] = []

    def show_item(self, path: str, item: Item | None) -> None:
        self.shown.append(path)

    def show_many(self, count: int, _: int) -> None:
        self.shown.append(count)


@pytest.fixture
def folder(tmp_path: Path, daemon: FakeDaemon) -> Path:
    """The one that is synced; the daemon tells of what is in it, and of one file more, on the server alone."""
    made = tmp_path / "Lockstep"
    (made / "Photos/Lisbon").mkdir(parents=True)
    (made / "note.txt").write_text("note")
    daemon.profile = msgspec.structs.replace(daemon.profile, folder=str(made))

    def listed(request: control.ListFolder) -> control.Items:
        place = made / request.path
        items = [item(each.name, "folder" if each.is_dir() else "file") for each in place.iterdir()]
        away = [item("away.pdf", is_here=False, state="excluded")] if not request.path else []
        return control.Items(items + away)

    daemon.answers[control.ListFolder] = listed
    return made


@pytest.fixture
def window(qapp: QApplication, session: Session, folder: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    theme.apply(qapp, "light")
    made = MainWindow(session, [Entry("problems", "Problems", "attention", ProblemsPage)], FakePanel)
    qtbot.addWidget(made)
    made.show_up()
    session.start()
    qtbot.waitUntil(lambda: names(made) == ["Photos", "away.pdf", "note.txt"])
    qtbot.waitUntil(made.files.acting.actions.by_name["new-folder"].isEnabled)
    yield made
    made.hide()
