"""The tree of folders reads what is opened, and keeps what stays."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from desktop.models.folders import FoldersModel
from desktop.session import Session
from sync_engine.control import messages as control
from tests.fakes.daemon import FakeDaemon, item


@pytest.fixture
def folders(session: Session, daemon: FakeDaemon) -> FoldersModel:
    daemon.folders = {
        "": [item("b10", "folder"), item("b9", "folder"), item("file")],
        "b9": [item("deep", "folder")],
        "b9/deep": [],
        "b10": [],
    }
    return FoldersModel(session, session)


def _names(folders: FoldersModel, parent: QModelIndex) -> list[str]:
    return [folders.index(row, 0, parent).data() for row in range(folders.rowCount(parent))]


def test_only_what_is_opened_is_asked_for(folders: FoldersModel, daemon: FakeDaemon, qtbot: QtBot) -> None:
    top = folders.index(0, 0)
    assert top.data() == "All files"
    folders.fetchMore(top)
    qtbot.waitUntil(lambda: _names(folders, top) == ["b9", "b10"])
    assert daemon.asked_for(control.ListFolder) == [control.ListFolder("")]
    assert folders.hasChildren(folders.index(0, 0, top))


def test_a_folder_deep_down_is_reached(folders: FoldersModel, qtbot: QtBot) -> None:
    found: list[str] = []
    folders.reach("b9/deep", lambda index: found.append(folders.path_of(index)))
    qtbot.waitUntil(lambda: found == ["b9/deep"])


def test_what_stays_keeps_its_row(folders: FoldersModel, daemon: FakeDaemon, qtbot: QtBot) -> None:
    top = folders.index(0, 0)
    folders.fetchMore(top)
    qtbot.waitUntil(lambda: folders.rowCount(top) == 2)
    kept = QPersistentModelIndex(folders.index(1, 0, top))
    daemon.folders[""] = [item("a", "folder"), item("b10", "folder", is_here=False)]
    folders.refresh()
    qtbot.waitUntil(lambda: _names(folders, top) == ["a", "b10"])
    assert kept.data() == "b10"
    assert kept.row() == 1


def test_a_folder_without_folders_is_not_to_be_opened(folders: FoldersModel, qtbot: QtBot) -> None:
    top = folders.index(0, 0)
    folders.fetchMore(top)
    qtbot.waitUntil(lambda: folders.rowCount(top) == 2)
    last = folders.index(1, 0, top)
    folders.fetchMore(last)
    qtbot.waitUntil(lambda: not folders.hasChildren(last))


def test_when_much_changes_what_is_open_stays_open(folders: FoldersModel, daemon: FakeDaemon, qtbot: QtBot) -> None:
    names = [f"f{number}" for number in range(200)]
    daemon.folders[""] = [item(name, "folder") for name in names]
    daemon.folders |= {"f101": [item("deep", "folder")], "f100": [item("lost", "folder")]}
    view = QTreeView()
    qtbot.addWidget(view)
    view.setModel(folders)
    view.show()
    top = folders.index(0, 0)
    view.expand(top)
    qtbot.waitUntil(lambda: folders.rowCount(top) == 200)
    for row in (100, 101):
        view.expand(folders.index(row, 0, top))
    qtbot.waitUntil(lambda: all(folders.rowCount(folders.index(row, 0, top)) == 1 for row in (100, 101)))
    kept = [QPersistentModelIndex(folders.index(0, 0, folders.index(row, 0, top))) for row in (100, 101)]
    daemon.folders[""] = [item(name, "folder") for name in [*names[1::2], *(f"g{number}" for number in range(50))]]
    folders.refresh()
    qtbot.waitUntil(lambda: folders.rowCount(top) == 150)
    assert _names(folders, top) == [*names[1::2], *(f"g{number}" for number in range(50))]
    assert [index.isValid() for index in kept] == [False, True]
    assert folders.path_of(kept[1]) == "f101/deep"
    assert [row for row in range(150) if view.isExpanded(folders.index(row, 0, top))] == [50]
