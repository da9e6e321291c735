"""The window, with a daemon behind it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.models import own_server
from desktop.session import Session
from desktop.views.page import Page
from desktop.views.window import MainWindow
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, Transfer
from tests.fakes.daemon import PROFILE, FakeDaemon, item
from tests.unit.desktop.views.in_window import act, choose, names


def _go(window: MainWindow, path: str, qtbot: QtBot) -> None:
    window.files.show_folder(path)
    listing = window.files.listing
    qtbot.waitUntil(lambda: listing.is_whole and len(listing.model.items) == len(listing._items))


def test_the_menu_of_what_is_chosen_is_a_key_away_on_every_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "note.txt")
    window.files.table.setFocus()
    qtbot.waitUntil(window.files.table.hasFocus)
    QTest.keyClick(window.files.table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Delete" in [action.text().replace("&", "") for action in menu.actions()]
    menu.close()
    window._top.search.setFocus()
    QTest.keyClick(window._top.search, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    pasting = QApplication.activePopupWidget()
    assert isinstance(pasting, QMenu)
    pasting.close()


# --- going about ------------------------------------------------------------------------------------------------------


def test_a_folder_is_gone_into_and_back(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "Photos")
    QTest.keyClick(window.files.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["Lisbon"])
    assert [part.text() for part in window._top.trail.findChildren(QPushButton) if part.isVisible()] == ["All files"]
    QTest.keyClick(window.files.table, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: "note.txt" in names(window))
    qtbot.waitUntil(lambda: [each.name for each in window.files.chosen.items()] == ["Photos"])
    window.go_back()
    qtbot.waitUntil(lambda: names(window) == ["Lisbon"])
    window.go_back()
    window.go_forward()
    qtbot.waitUntil(lambda: window.files.path == "Photos" and names(window) == ["Lisbon"])


def test_a_path_to_a_file_shows_it_chosen_in_its_folder(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    (folder / "Photos/a.jpg").touch()
    window.show_path("Photos/a.jpg")
    qtbot.waitUntil(lambda: [each.name for each in window.files.chosen.items()] == ["a.jpg"])
    assert window.files.path == "Photos"


def test_a_path_to_a_folder_shows_what_is_in_it(window: MainWindow, qtbot: QtBot) -> None:
    window.show_path("Photos/Lisbon")
    qtbot.waitUntil(lambda: window.files.path == "Photos/Lisbon" and window.files.listing.is_empty)
    tree = window._left.tree
    qtbot.waitUntil(lambda: tree.currentIndex().data() == "Lisbon")


def test_the_tree_leads_to_its_folders(window: MainWindow, qtbot: QtBot) -> None:
    tree = window._left.tree
    qtbot.waitUntil(lambda: tree.model().rowCount(tree.rootIndex()) == 1)
    tree.activated.emit(tree.model().index(0, 0, tree.rootIndex()))
    qtbot.waitUntil(lambda: window.files.path == "Photos" and names(window) == ["Lisbon"])


def test_what_is_typed_is_searched_and_left_with_escape(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.answers[control.FindItems] = lambda request: control.Items([item(f"Photos/{request.text}.jpg")])
    window._top.focus_search()
    QTest.keyClicks(window._top.search, "cat")
    qtbot.waitUntil(lambda: names(window) == ["Photos/cat.jpg"])
    assert window.files.listing.model.index(0, 1).data() == "Photos"
    assert not window.files.table.isColumnHidden(1)
    QTest.keyClick(window._top.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "note.txt" in names(window))
    assert window.files.table.isColumnHidden(1)


def test_where_nothing_is_found_a_button_leads_back(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.answers[control.FindItems] = control.Items([])
    window._top.focus_search()
    QTest.keyClicks(window._top.search, "Nessie")
    clear = window.files._empty._button
    qtbot.waitUntil(lambda: clear.isVisible() and clear.text() == "Clear the search")
    clear.click()
    qtbot.waitUntil(lambda: "note.txt" in names(window))
    assert not window._top.search.text()


def test_pages_are_made_when_somebody_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    assert set(window._pages) == {"files"}
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "problems" in window._pages)
    assert window._stack.currentWidget() is window._pages["problems"]
    window.go_back()
    assert window._stack.currentWidget() is window.files


def test_what_waits_for_a_person_is_counted(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    line = window._left.navigation._buttons["problems"]
    assert line.accessibleName() == "Problems"
    daemon.set_state(EngineState(state="attention", problems=2))
    qtbot.waitUntil(lambda: line.accessibleName() == "Problems, 2 wait for you")
    daemon.set_state(EngineState(state="attention", reason="disk-full", problems=2, held=412))
    qtbot.waitUntil(lambda: line.accessibleName() == "Problems, 4 wait for you")


# --- what is chosen ---------------------------------------------------------------------------------------------------


def test_what_is_chosen_stays_while_the_folder_changes(
    window: MainWindow, folder: Path, daemon: FakeDaemon, qtbot: QtBot
) -> None:
    choose(window, "note.txt")
    for name in ("aaa.txt", "zzz.txt"):
        (folder / name).touch()
    (folder / "Photos").rename(folder / "Pictures")
    daemon.touch()
    qtbot.waitUntil(lambda: names(window) == ["Pictures", "aaa.txt", "away.pdf", "note.txt", "zzz.txt"])
    assert [each.name for each in window.files.chosen.items()] == ["note.txt"]


def test_what_is_chosen_stays_in_another_order(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "note.txt")
    window.files.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: names(window) == ["Photos", "note.txt", "away.pdf"])
    assert [each.name for each in window.files.chosen.items()] == ["note.txt"]


def test_it_stays_scrolled_where_it_was(window: MainWindow, folder: Path, daemon: FakeDaemon, qtbot: QtBot) -> None:
    for number in range(200):
        (folder / f"n{number:03}").touch()
    daemon.touch()
    qtbot.waitUntil(lambda: len(names(window)) == 203)
    table = window.files.table
    table.verticalScrollBar().setValue(3_000)
    top = table.indexAt(QPoint(16, 4)).data()
    for number in range(50):
        (folder / f"a{number:03}").touch()
    daemon.touch()
    qtbot.waitUntil(lambda: len(names(window)) == 253)
    assert table.indexAt(QPoint(16, 4)).data() == top


@pytest.mark.parametrize("way", ["folder", "search", "back"])
def test_in_another_place_nothing_is_chosen_for_having_the_same_name(
    window: MainWindow, folder: Path, daemon: FakeDaemon, way: str, qtbot: QtBot
) -> None:
    daemon.answers[control.FindItems] = control.Items([item("note.txt")])
    (folder / "Photos/note.txt").write_text("another")
    if way == "back":
        _go(window, "Photos", qtbot)
    choose(window, "note.txt")
    if way == "search":
        window.files.search("note")
        qtbot.waitUntil(lambda: window.files.listing.is_whole)
    else:
        _go(window, "" if way == "back" else "Photos", qtbot)
    qtbot.waitUntil(lambda: "note.txt" in names(window))
    assert window.files.chosen.items() == []
    assert not window.files.acting.actions.by_name["delete"].isEnabled()


def test_what_came_into_another_folder_meanwhile_chooses_nothing_here(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    (folder / "Photos/note.txt").write_text("in Photos")
    _go(window, "Photos", qtbot)
    choose(window, "Lisbon")
    with qtbot.waitSignal(window.files.acting.doing.done):
        window.files.acting.doing.copy([folder / "note.txt"], folder / "Photos/Lisbon")
    qtbot.waitUntil(lambda: not window.files.listing._is_asking)
    assert [each.name for each in window.files.chosen.items()] == ["Lisbon"]


def test_who_wants_versions_in_a_narrow_window_is_given_room_for_them(window: MainWindow) -> None:
    window.resize(700, 600)
    window.files.wants_panel.emit()
    assert window._panel is not None
    assert window._panel.isVisible()


def test_the_panel_follows_what_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "note.txt")
    act(window, "properties")
    panel = window._panel
    assert panel.isVisible()
    assert panel.shown[-1] == "note.txt"
    choose(window, "away.pdf", "note.txt")
    assert panel.shown[-1] == 2
    panel.closed.emit()
    assert not panel.isVisible()


def test_the_panel_offers_what_the_menu_of_the_list_does(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "note.txt")
    act(window, "properties")
    window._panel.wants_menu.emit(QPoint(10, 10))
    (menu,) = (each for each in window.files.findChildren(QMenu) if each.isVisible())
    assert window.files.acting.actions.by_name["delete"] in menu.actions()
    menu.close()


def test_a_narrow_window_has_room_for_names(window: MainWindow) -> None:
    window._show_panel(True)
    window.resize(640, 480)
    assert not window._panel.isVisible()
    assert not window._top._panel.isChecked()
    window.resize(1_200, 700)
    assert window._panel.isVisible()


def test_a_window_grows_when_somebody_wants_the_panel(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(640, 480)
    window._top._panel.click()
    qtbot.waitUntil(lambda: window._panel is not None and window._panel.isVisible())
    window.resize(640, 480)
    qtbot.waitUntil(lambda: not window._panel.isVisible())
    QTest.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window._panel.isVisible)


def test_the_gallery_shows_the_same(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "note.txt")
    window._show_gallery(True)
    assert window.files.gallery.isVisible()
    assert [each.name for each in window.files.chosen.items()] == ["note.txt"]
    QTest.keyClick(window.files.gallery, Qt.Key.Key_Home)
    assert window.files.gallery.accessibleName() == "Photos, folder, In step"
    assert [each.name for each in window.files.chosen.items()] == ["Photos"]
    window._show_gallery(False)
    assert [each.name for each in window.files.chosen.items()] == ["Photos"]


def test_typing_finds_a_name(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(window.files.table, "no")
    assert [each.name for each in window.files.chosen.items()] == ["note.txt"]


# --- how things are ---------------------------------------------------------------------------------------------------


def test_an_empty_folder_offers_to_add_files(window: MainWindow, qtbot: QtBot) -> None:
    window.files.show_folder("Photos/Lisbon")
    page = window.files._empty
    qtbot.waitUntil(lambda: page.isVisible() and any(each.text() == "Add files…" for each in _buttons(page)))


def test_a_folder_that_is_gone_leads_up(window: MainWindow, daemon: FakeDaemon, folder: Path, qtbot: QtBot) -> None:
    window.files.show_folder("Photos/Lisbon")
    qtbot.waitUntil(lambda: window.files.listing.is_empty)
    del daemon.answers[control.ListFolder]
    daemon.folders = {"Photos": [item("Porto", "folder")]}
    window.files.look()
    page = window.files._empty
    qtbot.waitUntil(lambda: [each.text() for each in _buttons(page)] == ["Go up"])
    _buttons(page)[0].click()
    qtbot.waitUntil(lambda: names(window) == ["Porto"])


def _buttons(page: Page | QLabel | object) -> list[QPushButton]:
    return [each for each in page.findChildren(QPushButton) if each.isVisible()]  # type: ignore[union-attr]


def test_a_banner_says_what_is_wrong_and_helps(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.set_state(EngineState(state="paused"))
    qtbot.waitUntil(window._banner.isVisible)
    _buttons(window._banner)[0].click()
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.Resume)))
    daemon.set_state(EngineState(state="in-step"))
    qtbot.waitUntil(lambda: not window._banner_place.isVisible())


def test_what_moves_is_told(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.set_state(EngineState(state="syncing", transfers=[Transfer("note.txt", "up", 1, 2)]))
    qtbot.waitUntil(lambda: window._status._moving.text() == "1 file moving")


def test_it_remembers_how_it_was(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    window.resize(700, 500)
    window._show_gallery(True)
    window.close()
    another = MainWindow(session, [])
    qtbot.addWidget(another)
    assert another.size().toTuple() == (700, 500)
    assert another.files._view is another.files.gallery


def test_one_that_must_not_close_stays(window: MainWindow) -> None:
    window.may_close = lambda: False
    window.close()
    assert window.isVisible()


def test_the_menu_leads_to_the_browser(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(own_server, "open_in_browser", opened.append)
    qtbot.waitUntil(lambda: session.profile is not None)
    session.profile = msgspec.structs.replace(PROFILE, runs_server=False)
    menu = window.menu()
    next(action for action in menu.actions() if action.text() == "Open in the browser").trigger()
    assert opened == ["http://127.0.0.1:8700"]
    menu.close()
