"""Many items in the window: none of it takes the GUI thread long. What is bounded is CPU time, with room to spare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.models.items import NAME
from desktop.session import Session
from desktop.views.files_page import FilesPage
from sync_engine.control.messages import Item
from tests.fakes.daemon import PROFILE, FakeDaemon, item

MANY = 20_000
SOON_S = 0.5
"""Each of what is bounded so took seconds."""


@pytest.fixture
def page(session: Session, daemon: FakeDaemon, tmp_path: Path, qtbot: QtBot) -> Iterator[FilesPage]:
    daemon.folders[""] = [item(f"{number:05}.txt", size=number) for number in range(MANY)]
    made = FilesPage(session)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    session._take_profile(PROFILE)
    made.show_folder("")
    qtbot.waitUntil(lambda: made.listing.is_whole and len(made.listing.model.items) == MANY)
    yield made
    QGuiApplication.clipboard().clear()


def _copied() -> list[QUrl]:
    mime: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return [] if mime is None else mime.urls()


def _every_other(page: FilesPage) -> list[str]:
    names = [each.name for each in page.listing.model.items[::2]]
    page.chosen.choose(names)
    return names


def _names(items: list[Item]) -> list[str]:
    return [each.name for each in items]


def _within(seconds: float, act: Callable[[], object]) -> None:
    since = time.thread_time()
    act()
    assert time.thread_time() - since < seconds


def test_all_are_chosen_after_every_other_one_was(page: FilesPage) -> None:
    page.table.setFocus()
    _within(SOON_S, lambda: _every_other(page))
    _within(SOON_S, lambda: QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
    assert page.chosen.items() == page.listing.model.items
    _within(SOON_S, lambda: _every_other(page))
    assert page.chosen.items() == page.listing.model.items[::2]
    row = page.table.visualRect(page.listing.model.index(3, NAME)).center()
    _within(SOON_S, lambda: QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=row))
    assert _names(page.chosen.items()) == ["00003.txt"]


def test_all_are_chosen_while_a_screen_reader_listens(page: FilesPage) -> None:
    page.table.setFocus()
    QAccessible.setActive(True)
    try:
        _within(SOON_S, lambda: QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
        assert page.chosen.items() == page.listing.model.items
        _within(SOON_S, lambda: _every_other(page))
    finally:
        QAccessible.setActive(False)


def test_what_is_chosen_stays_so_while_rows_come_and_go(page: FilesPage, daemon: FakeDaemon, qtbot: QtBot) -> None:
    names = _every_other(page)
    page.table.selectionModel().setCurrentIndex(
        page.listing.model.index(10, NAME), page.table.selectionModel().SelectionFlag.NoUpdate
    )
    come = [item(f"{number:05}a.txt") for number in range(0, MANY, 200)]
    daemon.folders[""] = [*daemon.folders[""][1:], *come]
    spent: list[float] = []
    page.listing.coming.connect(lambda _: spent.append(-time.thread_time()))
    page.listing.came.connect(lambda: spent.append(time.thread_time()))
    page.listing.refresh()
    qtbot.waitUntil(lambda: len(page.listing.model.items) == MANY - 1 + len(come) and len(spent) % 2 == 0)
    assert sum(spent) < SOON_S
    assert _names(page.chosen.items()) == names[1:]
    selected = sorted(piece.top() for piece in page.table.selectionModel().selection().toList())
    assert [page.listing.model.items[row].name for row in selected] == names[1:]
    current = page.chosen.current()
    assert current is not None
    assert current.name == "00010.txt"


def test_another_order_keeps_what_is_chosen(page: FilesPage, qtbot: QtBot) -> None:
    _every_other(page)
    page.listing.sort("size", is_down=True)
    qtbot.waitUntil(lambda: page.listing.model.items[0].name == f"{MANY - 1:05}.txt")
    assert page.chosen.items() == page.listing.model.items[1::2]


def test_many_are_copied_beside_the_window(page: FilesPage, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    page.table.selectAll()
    page.acting.actions.by_name["copy"].trigger()
    assert not _copied()
    qtbot.waitUntil(lambda: bool(_copied()))
    urls = _copied()
    assert len(urls) == MANY
    assert urls[-1].toLocalFile() == f"{PROFILE.folder}/{MANY - 1:05}.txt"


def test_typing_finds_a_name_on_and_around(page: FilesPage) -> None:
    page.table.setFocus()
    page.table.setCurrentIndex(page.listing.model.index(500, NAME))
    page.table.keyboardSearch("0003")
    assert page.table.currentIndex().row() == 30
    page.table.keyboardSearch("nothing")
    assert page.table.currentIndex().row() == 30
