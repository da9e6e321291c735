"""What is dragged over the window and let go, as Qt tells of it; a real mouse does it in tests/desktop."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.window import MainWindow
from sync_engine.control import messages as control
from sync_engine.core.reports import Choice
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.views.in_window import names, says

ACTIONS = Qt.DropAction
NO_KEYS = Qt.KeyboardModifier.NoModifier
PHOTOS, AWAY, NOTE = range(3)


@pytest.fixture
def outside(tmp_path: Path) -> QMimeData:
    """A file from a file manager."""
    (tmp_path / "come.txt").write_text("from outside")
    return _urls(tmp_path / "come.txt")


def _urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def _drag(over: QWidget, mime: QMimeData, at: QPoint | None = None, *, keys: Qt.KeyboardModifier = NO_KEYS) -> bool:
    """Whether it was taken."""
    at = over.rect().center() if at is None else at
    offered = ACTIONS.CopyAction | ACTIONS.MoveAction
    button = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at, offered, mime, button, keys)
    enter.ignore()
    over.dragEnterEvent(enter)
    if not enter.isAccepted():
        return False
    move = QDragMoveEvent(at, offered, mime, button, keys)
    move.accept()  # as Qt does after it was let in
    over.dragMoveEvent(move)
    if not move.isAccepted():
        return False
    over.dropEvent(QDropEvent(QPointF(at), offered, mime, button, keys))
    return True


def _row(view: QAbstractItemView, row: int) -> QPoint:
    return view.visualRect(view.model().index(row, 0)).center()


def test_other_programs_may_copy_what_is_dragged_to_them_but_not_take_it_away(window: MainWindow) -> None:
    model = window.files.listing.model
    assert model.supportedDragActions() == ACTIONS.CopyAction


def test_what_falls_on_an_empty_folder_is_added(
    window: MainWindow, folder: Path, outside: QMimeData, qtbot: QtBot
) -> None:
    window.files.show_folder("Photos/Lisbon")
    qtbot.waitUntil(lambda: window.files._stack.currentWidget() is window.files._empty)
    assert _drag(window.files, outside)
    qtbot.waitUntil((folder / "Photos/Lisbon/come.txt").exists)


def test_what_falls_on_the_first_page_at_the_left_is_added_at_the_top(
    window: MainWindow, folder: Path, outside: QMimeData, qtbot: QtBot
) -> None:
    window.files.show_folder("Photos")
    files, problems = window._left.navigation.findChildren(QPushButton)
    assert not problems.acceptDrops()
    assert _drag(files, outside)
    qtbot.waitUntil((folder / "come.txt").exists)


@pytest.mark.parametrize("is_gallery", [False, True])
def test_within_the_window_things_move_and_are_copied_with_ctrl(
    window: MainWindow, folder: Path, qtbot: QtBot, is_gallery: bool
) -> None:
    window.files.set_view(is_gallery=is_gallery)
    view = window.files.chosen.view
    model = window.files.listing.model
    mime = model.mimeData([model.index(NOTE, 0)])
    assert _drag(view, mime, _row(view, PHOTOS), keys=Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil((folder / "Photos/note.txt").exists)
    assert (folder / "note.txt").exists()
    (folder / "Photos/note.txt").unlink()
    assert _drag(view, mime, _row(view, PHOTOS))
    qtbot.waitUntil(lambda: not (folder / "note.txt").exists())
    assert (folder / "Photos/note.txt").read_text() == "note"


def test_the_tree_takes_what_falls_on_its_folders(
    window: MainWindow, folder: Path, outside: QMimeData, qtbot: QtBot
) -> None:
    tree, model = window._left.tree, window.files.listing.model
    qtbot.waitUntil(lambda: tree.model().rowCount(tree.rootIndex()) == 1)
    photos = tree.visualRect(tree.model().index(0, 0, tree.rootIndex())).center()
    assert not _drag(tree, outside, photos + QPoint(0, 200))
    assert _drag(tree, outside, photos)
    assert _drag(tree, model.mimeData([model.index(NOTE, 0)]), photos)
    qtbot.waitUntil(lambda: (folder / "Photos/come.txt").exists() and (folder / "Photos/note.txt").exists())
    assert not (folder / "note.txt").exists()


def test_what_is_not_on_this_device_stays_where_it_is_and_can_be_had(
    window: MainWindow, daemon: FakeDaemon, qtbot: QtBot
) -> None:
    daemon.answers[control.Include] = control.Chosen(Choice("done", "away.pdf"))
    model = window.files.listing.model
    away = model.mimeData([model.index(AWAY, 0)])
    assert _drag(window.files.table, away, _row(window.files.table, PHOTOS))
    qtbot.waitUntil(lambda: says(window) == "“away.pdf” is not on this device, so nothing was done with it.")
    window._toast._act()
    qtbot.waitUntil(lambda: daemon.asked_for(control.Include) == [control.Include("away.pdf")])


def test_of_several_those_on_this_device_are_moved(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    model = window.files.listing.model
    both = model.mimeData([model.index(AWAY, 0), model.index(NOTE, 0)])
    assert _drag(window.files.table, both, _row(window.files.table, PHOTOS))
    qtbot.waitUntil(lambda: says(window) == "“away.pdf” is not on this device, so nothing was done with it.")
    assert (folder / "Photos/note.txt").exists()
    window._toast._act()  # "Undo"
    qtbot.waitUntil((folder / "note.txt").exists)


def test_what_was_dragged_out_and_is_not_on_this_device_is_told(window: MainWindow) -> None:
    window.files.chosen.choose(["away.pdf", "note.txt"])
    window.files.table.dragged_out.emit()
    assert says(window) == "“away.pdf” is not on this device, so nothing was done with it."


def test_a_folder_that_is_not_on_this_device_takes_nothing_and_says_so(
    window: MainWindow, daemon: FakeDaemon, folder: Path, outside: QMimeData, qtbot: QtBot
) -> None:
    daemon.answers[control.ListFolder] = control.Items([item("Old", "folder", is_here=False), item("note.txt")])
    window.files.look()
    qtbot.waitUntil(lambda: names(window) == ["Old", "note.txt"])
    assert _drag(window.files.table, outside, _row(window.files.table, 0))
    said = "“Old” is not on this device, so nothing can be put there."
    qtbot.waitUntil(lambda: says(window) == said)
    window.session.say("")
    model = window.files.listing.model
    assert _drag(window.files.table, model.mimeData([model.index(1, 0)]), _row(window.files.table, 0))
    qtbot.waitUntil(lambda: says(window) == said)
    assert (folder / "note.txt").exists()


def test_beside_what_was_found_nothing_can_fall(
    window: MainWindow, daemon: FakeDaemon, folder: Path, outside: QMimeData, qtbot: QtBot
) -> None:
    daemon.answers[control.FindItems] = control.Items([item("Photos/note.txt")])
    window.files.search("note")
    qtbot.waitUntil(lambda: names(window) == ["Photos/note.txt"])
    window.files.table.dropped.emit(outside, QModelIndex(), False)
    assert says(window) == "Let go over a folder: these things were found in several."
    assert not (folder / "come.txt").exists()


def test_where_something_would_fall_is_marked(window: MainWindow, outside: QMimeData) -> None:
    for is_gallery in (False, True):
        window.files.set_view(is_gallery=is_gallery)
        view = window.files.chosen.view
        before = view.viewport().grab().toImage()
        move = QDragMoveEvent(_row(view, PHOTOS), ACTIONS.CopyAction, outside, Qt.MouseButton.LeftButton, NO_KEYS)
        view.dragMoveEvent(move)
        assert view.viewport().grab().toImage() != before


def test_all_files_leads_to_the_top_from_a_folder_and_back_to_it_from_another_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.files.show_folder("Photos")
    files, problems = window._left.navigation.findChildren(QPushButton)
    problems.click()
    files.click()
    assert window.files.path == "Photos"
    files.click()
    qtbot.waitUntil(lambda: window.files.path == "" and "note.txt" in names(window))
