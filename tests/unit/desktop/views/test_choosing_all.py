"""All is chosen while a folder is still being loaded: it means all that there is, not what is there already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.models.items import NAME
from desktop.session import Session
from desktop.views.files_page import FilesPage
from sync_engine.control import messages as control
from sync_engine.control.messages import Answer, Item
from tests.fakes.daemon import FakeDaemon, item


class SlowDaemon(FakeDaemon):
    """Lists a folder in parts: the first at once, the others when it is told to."""

    def __init__(self, home: Path, parts: list[list[Item]]) -> None:
        self.parts = parts
        self.goes_on = threading.Event()
        super().__init__(home)

    def handle(self, request: control.Request, answer: Callable[[Answer], None]) -> None:
        if not isinstance(request, control.ListFolder):
            super().handle(request, answer)
            return
        for number, part in enumerate(self.parts):
            assert number == 0 or self.goes_on.wait(30)
            answer(control.Items(part))

    def close(self) -> None:
        self.goes_on.set()
        super().close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Lockstep"
    made.mkdir()
    return made


@pytest.fixture
def daemon(tmp_path: Path, folder: Path) -> Iterator[SlowDaemon]:
    parts = [[item(f"{part}{number}.txt", size=1_000) for number in range(9)] for part in "cab"]
    for each in (each for part in parts for each in part):
        (folder / each.name).write_text(each.name)
    made = SlowDaemon(tmp_path, parts)
    made.profile = msgspec.structs.replace(made.profile, folder=str(folder))
    yield made
    made.close()


@pytest.fixture
def page(session: Session, daemon: SlowDaemon, qtbot: QtBot) -> Iterator[FilesPage]:
    """The first part is there."""
    made = FilesPage(session)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    session._take_profile(daemon.profile)
    made.show_folder("")
    qtbot.waitUntil(lambda: len(made.listing.model.items) == 9)
    yield made
    QGuiApplication.clipboard().clear()


@pytest.fixture
def told(page: FilesPage) -> list[str]:
    """What the line below says of the files, and what is said in passing."""
    said: list[str] = []
    page.told.connect(said.append)
    page.session.said.connect(lambda text, *_: said.append(text))
    return said


def _choose_all(page: FilesPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def _await_all(page: FilesPage, daemon: SlowDaemon, qtbot: QtBot) -> None:
    daemon.goes_on.set()
    qtbot.waitUntil(lambda: page.listing.shows_all)


def test_it_stays_all_while_rows_come(page: FilesPage, daemon: SlowDaemon, told: list[str], qtbot: QtBot) -> None:
    _choose_all(page)
    assert told[-1] == "9 selected · 9.0 kB, more are coming"
    assert page.chosen_one() == ("", None)
    _await_all(page, daemon, qtbot)
    assert page.chosen.items() == page.listing.model.items
    assert len(page.table.selectionModel().selectedRows()) == 27
    assert told[-1] == "27 selected · 27.0 kB"


def test_it_stays_all_in_another_order_and_in_the_gallery(page: FilesPage, daemon: SlowDaemon, qtbot: QtBot) -> None:
    _choose_all(page)
    page.set_view(is_gallery=True)
    page.table.horizontalHeader().setSortIndicator(NAME, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: page.listing.model.items[0].name == "c8.txt")
    _await_all(page, daemon, qtbot)
    assert page.chosen.items() == page.listing.model.items


def test_what_comes_later_is_not_chosen(page: FilesPage, daemon: SlowDaemon, qtbot: QtBot) -> None:
    _choose_all(page)
    _await_all(page, daemon, qtbot)
    daemon.parts.append([item("new.txt")])
    page.listing.refresh()
    qtbot.waitUntil(lambda: len(page.listing.model.items) == 28)
    assert "new.txt" not in {each.name for each in page.chosen.items()}
    assert len(page.chosen.items()) == 27


def test_another_choice_ends_it(page: FilesPage, daemon: SlowDaemon, qtbot: QtBot) -> None:
    _choose_all(page)
    place = page.table.visualRect(page.listing.model.index(3, NAME)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    _await_all(page, daemon, qtbot)
    assert [each.name for each in page.chosen.items()] == ["c3.txt"]


def test_all_are_deleted(page: FilesPage, daemon: SlowDaemon, folder: Path, told: list[str], qtbot: QtBot) -> None:
    _choose_all(page)
    page.acting.actions.by_name["delete"].trigger()
    assert told[-1] == "Waiting for the rest of the folder…"
    assert not page.findChildren(QMessageBox)
    _await_all(page, daemon, qtbot)
    qtbot.waitUntil(lambda: bool(page.findChildren(QMessageBox)))
    (question,) = page.findChildren(QMessageBox)
    assert question.text() == "Delete 27 files everywhere?"
    next(each for each in question.buttons() if each.property("role") == "danger").click()
    qtbot.waitUntil(lambda: not any(folder.iterdir()))
    qtbot.waitUntil(lambda: "Deleted 27 items." in told)


def test_all_are_copied(page: FilesPage, daemon: SlowDaemon, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    _choose_all(page)
    page.acting.actions.by_name["copy"].trigger()
    _await_all(page, daemon, qtbot)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData() is not None)
    qtbot.waitUntil(lambda: len(QGuiApplication.clipboard().mimeData().urls()) == 27)


def test_nothing_is_done_when_not_all_can_be(
    page: FilesPage, daemon: SlowDaemon, folder: Path, told: list[str], qtbot: QtBot
) -> None:
    daemon.parts[2] = [item("away.pdf", is_here=False, state="excluded")]
    _choose_all(page)
    page.acting.actions.by_name["delete"].trigger()
    _await_all(page, daemon, qtbot)
    qtbot.waitUntil(lambda: "“away.pdf” is not on this device, so nothing was done with it." in told)
    assert (folder / "c0.txt").exists()


def test_nothing_is_done_when_another_folder_is_shown(page: FilesPage, folder: Path, told: list[str]) -> None:
    _choose_all(page)
    page.acting.actions.by_name["delete"].trigger()
    page.show_folder("elsewhere")
    assert "Nothing was done: not everything in the folder had been loaded." in told
    assert (folder / "c0.txt").exists()


def test_it_is_dragged_only_when_it_is_whole(
    page: FilesPage, daemon: SlowDaemon, told: list[str], qtbot: QtBot
) -> None:
    _choose_all(page)
    page.table.startDrag(Qt.DropAction.CopyAction)
    assert told[-1] == "This folder is still being loaded. Drag all of it once it is there."
    _await_all(page, daemon, qtbot)
    assert page.table.may_drag()


def test_a_search_that_found_too_much_says_so(
    page: FilesPage, daemon: SlowDaemon, told: list[str], qtbot: QtBot
) -> None:
    daemon.answers[control.FindItems] = control.Items([item("a.txt"), item("b.txt")], is_cut=True)
    page.search("txt")
    qtbot.waitUntil(lambda: bool(told) and told[-1] == "The first 2 found, there are more")
