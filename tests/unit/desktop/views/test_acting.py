"""What is done with files in the window, with a daemon behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.models.carrying import Where, carry
from desktop.session import Session
from desktop.views.window import MainWindow
from sync_engine.control import messages as control
from sync_engine.core.reports import Choice
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.views.in_window import act, choose, names, says


def test_a_name_is_changed_in_its_place_and_back(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    choose(window, "note.txt")
    act(window, "rename")
    (editor,) = window.files.table.findChildren(QLineEdit)
    qtbot.waitUntil(lambda: editor.selectedText() == "note")
    QTest.keyClicks(editor, "letter")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil((folder / "letter.txt").exists)
    qtbot.waitUntil(lambda: [each.name for each in window.files.chosen.items()] == ["letter.txt"])
    act(window, "undo")
    qtbot.waitUntil(lambda: "note.txt" in names(window))


def test_a_name_that_is_taken_is_said(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.said):
        window.files.acting.doing.rename(folder / "note.txt", "Photos")
    assert says(window) == "There is already something called “Photos” here. Nothing was changed."
    assert (folder / "note.txt").exists()


def test_a_new_folder_is_there_and_chosen(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    act(window, "new-folder")
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
    choose(window, "note.txt")
    act(window, "copy")
    act(window, "paste")
    qtbot.waitUntil((folder / "note (2).txt").exists)
    qtbot.waitUntil(lambda: "note (2).txt" in names(window))
    choose(window, "note (2).txt")
    act(window, "cut")
    window.files.show_folder("Photos")
    qtbot.waitUntil(window.files.acting.actions.by_name["paste"].isEnabled)
    act(window, "paste")
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
    choose(window, "note.txt")
    act(window, "delete")
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
    choose(window, "note.txt")
    act(window, "delete")
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    (box,) = window.findChildren(QMessageBox)
    assert {button.text() for button in box.buttons()} == {"Delete 1 file everywhere", "Keep them"}
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (folder / "note.txt").exists()


def test_it_is_asked_once(
    window: MainWindow, folder: Path, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.models.doing.MANY", 0)
    choose(window, "note.txt")
    act(window, "delete")
    act(window, "delete")
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    counted: list[object] = []
    session.background.run(lambda: None, counted.append, owner=session)
    qtbot.waitUntil(lambda: bool(counted))
    assert len(window.findChildren(QMessageBox)) == 1


def test_what_is_not_wanted_here_is_kept_away(window: MainWindow, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.answers[control.Exclude] = control.Chosen(Choice("done"))
    choose(window, "note.txt")
    act(window, "keep-away")
    qtbot.waitUntil(lambda: daemon.asked_for(control.Exclude) == [control.Exclude("note.txt")])
    choose(window, "away.pdf")
    assert not window.files.acting.actions.by_name["keep-away"].isVisible()


def test_a_menu_has_what_can_be_done(window: MainWindow) -> None:
    choose(window, "note.txt")
    words = [action.text() for action in window.files.acting.menu(is_on_item=True).actions() if action.isVisible()]
    assert {"Open", "Copy share link", "Rename…", "Delete", "Don’t keep on this device", "Properties"} <= {*words}
