"""The window, with a daemon behind it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.models import own_server
from desktop.models.carrying import Where, carry
from desktop.session import Session
from desktop.views.page import Page
from desktop.views.window import MainWindow
from sync_engine.control import messages as control
from sync_engine.core.reports import Choice, EngineState, Transfer
from tests.fakes.daemon import PROFILE, FakeDaemon, item
from tests.unit.desktop.views.in_window import names, says


def _go(window: MainWindow, path: str, qtbot: QtBot) -> None:
    window.files.show_folder(path)
    listing = window.files.listing
    qtbot.waitUntil(lambda: listing.is_whole and len(listing.model.items) == len(listing._items))


def _choose(window: MainWindow, *names: str) -> None:
    window.files.chosen.choose(names)
    assert [each.name for each in window.files.chosen.items()] == list(names)


def _act(window: MainWindow, name: str) -> None:
    action = window.files.acting.actions.by_name[name]
    assert action.isEnabled()
    action.trigger()


# --- going about ------------------------------------------------------------------------------------------------------


def test_a_folder_is_gone_into_and_back(window: MainWindow, qtbot: QtBot) -> None:
    _choose(window, "Photos")
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
    _choose(window, "note.txt")
    for name in ("aaa.txt", "zzz.txt"):
        (folder / name).touch()
    (folder / "Photos").rename(folder / "Pictures")
    daemon.touch()
    qtbot.waitUntil(lambda: names(window) == ["Pictures", "aaa.txt", "away.pdf", "note.txt", "zzz.txt"])
    assert [each.name for each in window.files.chosen.items()] == ["note.txt"]


def test_what_is_chosen_stays_in_another_order(window: MainWindow, qtbot: QtBot) -> None:
    _choose(window, "note.txt")
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
    _choose(window, "note.txt")
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
    _choose(window, "Lisbon")
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
    _choose(window, "note.txt")
    _act(window, "properties")
    panel = window._panel
    assert panel.isVisible()
    assert panel.shown[-1] == "note.txt"
    _choose(window, "away.pdf", "note.txt")
    assert panel.shown[-1] == 2
    panel.closed.emit()
    assert not panel.isVisible()


def test_the_panel_offers_what_the_menu_of_the_list_does(window: MainWindow, qtbot: QtBot) -> None:
    _choose(window, "note.txt")
    _act(window, "properties")
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
    _choose(window, "note.txt")
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


# --- acts -------------------------------------------------------------------------------------------------------------


def test_a_name_is_changed_in_its_place_and_back(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    _choose(window, "note.txt")
    _act(window, "rename")
    (editor,) = window.files.table.findChildren(QLineEdit)
    qtbot.waitUntil(lambda: editor.selectedText() == "note")
    QTest.keyClicks(editor, "letter")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil((folder / "letter.txt").exists)
    qtbot.waitUntil(lambda: [each.name for each in window.files.chosen.items()] == ["letter.txt"])
    _act(window, "undo")
    qtbot.waitUntil(lambda: "note.txt" in names(window))


def test_a_name_that_is_taken_is_said(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.said):
        window.files.acting.doing.rename(folder / "note.txt", "Photos")
    assert says(window) == "There is already something called “Photos” here. Nothing was changed."
    assert (folder / "note.txt").exists()


def test_a_new_folder_is_there_and_chosen(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    _act(window, "new-folder")
    qtbot.waitUntil(lambda: [each.name for each in window.files.chosen.items()] == ["New folder"])
    assert (folder / "New folder").is_dir()


def test_what_is_dropped_from_outside_is_copied(window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "note.txt").write_text("another")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "note.txt"))])
    window.files.table.dropped.emit(mime, QModelIndex(), False)
    qtbot.waitUntil(lambda: "note (2).txt" in names(window))
    assert (folder / "note.txt").read_text() == "note"
    assert (tmp_path / "note.txt").exists()


def test_what_is_dropped_on_a_folder_is_moved_there(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    model = window.files.listing.model
    mime = model.mimeData([model.index(2, 0)])
    assert [url.toLocalFile() for url in mime.urls()] == [str(folder / "note.txt")]
    window.files.table.dropped.emit(mime, model.index(0, 0), True)
    qtbot.waitUntil((folder / "Photos/note.txt").exists)
    qtbot.waitUntil(lambda: says(window) == "Moved 1 item to “Photos”.")
    window._toast._act()
    qtbot.waitUntil((folder / "note.txt").exists)


def test_what_is_cut_moves_and_what_is_copied_stays(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    _choose(window, "note.txt")
    _act(window, "copy")
    _act(window, "paste")
    qtbot.waitUntil((folder / "note (2).txt").exists)
    qtbot.waitUntil(lambda: "note (2).txt" in names(window))
    _choose(window, "note (2).txt")
    _act(window, "cut")
    window.files.show_folder("Photos")
    qtbot.waitUntil(window.files.acting.actions.by_name["paste"].isEnabled)
    _act(window, "paste")
    qtbot.waitUntil((folder / "Photos/note (2).txt").exists)
    assert sorted(each.name for each in folder.iterdir()) == ["Photos", "note.txt"]


def test_file_managers_paste_what_is_copied_or_cut(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    address = (folder / "100% note.txt").as_uri()
    for is_cut, verb in ((False, "copy"), (True, "cut")):
        with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
            window.files.acting.taking_in.give(Where("", folder), [item("100% note.txt")], is_cut=is_cut)
        mime = QGuiApplication.clipboard().mimeData()
        assert bytes(mime.data("x-special/gnome-copied-files").data()).decode() == f"{verb}\n{address}"
        assert mime.hasFormat("application/x-kde-cutselection") == is_cut


def test_what_is_deleted_comes_back(
    window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    _choose(window, "note.txt")
    _act(window, "delete")
    qtbot.waitUntil(lambda: "note.txt" not in names(window))
    qtbot.waitUntil(lambda: says(window) == "Deleted “note.txt”.")
    window._toast._act()
    qtbot.waitUntil(lambda: "note.txt" in names(window))
    assert (folder / "note.txt").read_text() == "note"


def test_the_undo_beside_what_is_said_undoes_that(
    window: MainWindow, folder: Path, session: Session, qtbot: QtBot
) -> None:
    page = window.files
    with qtbot.waitSignal(page.acting.doing.done):
        page.acting.doing.move([folder / "note.txt"], folder / "Photos")
    with qtbot.waitSignal(page.acting.doing.done):
        page.acting.doing.rename(folder / "Photos/Lisbon", "Porto")
    assert says(window).startswith("Moved 1 item")
    with qtbot.waitSignal(page.acting.doing.done):
        window._toast._act()
    assert (folder / "note.txt").exists()
    assert (folder / "Photos/Porto").exists()
    with qtbot.waitSignal(page.acting.doing.done):
        page.acting.doing.undo()
    assert (folder / "Photos/Lisbon").exists()


def test_what_was_cut_in_another_profile_is_not_taken_for_something_here(
    window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "note.txt").write_text("of another profile")
    mime = carry(Where("", tmp_path), [item("note.txt")]).mime()
    with qtbot.waitSignal(window.files.acting.doing.done):
        window.files.acting.taking_in.drop_on(mime, "Photos", is_move=True)
    assert (folder / "note.txt").read_text() == "note"
    assert (folder / "Photos/note.txt").read_text() == "of another profile"
    mime.setData("application/x-lockstep-paths", b'[[["')
    window.files.acting.taking_in.drop_on(mime, "Photos/Lisbon", is_move=True)
    qtbot.waitUntil((folder / "Photos/Lisbon/note.txt").exists)


def test_before_many_are_deleted_somebody_is_asked(
    window: MainWindow, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.models.doing.MANY", 0)
    _choose(window, "note.txt")
    _act(window, "delete")
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    (box,) = window.findChildren(QMessageBox)
    assert {button.text() for button in box.buttons()} == {"Delete 1 file everywhere", "Keep them"}
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (folder / "note.txt").exists()


def test_what_is_not_wanted_here_is_kept_away(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.answers[control.Exclude] = control.Chosen(Choice("done"))
    _choose(window, "note.txt")
    _act(window, "keep-away")
    qtbot.waitUntil(lambda: daemon.asked_for(control.Exclude) == [control.Exclude("note.txt")])
    _choose(window, "away.pdf")
    assert not window.files.acting.actions.by_name["keep-away"].isVisible()


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


def test_a_menu_has_what_can_be_done(window: MainWindow) -> None:
    _choose(window, "note.txt")
    words = [action.text() for action in window.files.acting.menu(is_on_item=True).actions() if action.isVisible()]
    assert {"Open", "Copy share link", "Rename…", "Delete", "Don’t keep on this device", "Properties"} <= {*words}


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
