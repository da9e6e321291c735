"""Ticking folders: what goes, what comes, and what is asked of the daemon."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from desktop.models.choice_tree import ChoiceTree
from desktop.session import Session
from sync_engine.control import messages as control
from sync_engine.core.reports import Choice, Exclusion
from tests.fakes.daemon import FakeDaemon, item

TICK = Qt.ItemDataRole.CheckStateRole
ON, PART, OFF = Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Unchecked


@pytest.fixture
def tree(qtbot: QtBot, session: Session, daemon: FakeDaemon) -> ChoiceTree:
    """Photos (2025, 2026 with Lisbon and Porto), Music; all known."""
    daemon.folders = {
        "": [
            item("photos", "folder"),
            item("Music", "folder"),
            item("a file"),
            item("New", "folder", is_on_server=False),
        ],
        "photos": [item("2025", "folder"), item("2026", "folder")],
        "photos/2026": [item("Lisbon", "folder"), item("Porto", "folder")],
        "photos/2025": [],
        "Music": [],
    }
    daemon.answers[control.GetExclusions] = lambda _: control.Exclusions([])
    daemon.answers[control.GetFolderSizes] = lambda request: control.FolderSizes(
        {"photos": 30, "Music": 4} if not request.path else {}
    )
    daemon.answers[control.Exclude] = lambda request: control.Chosen(Choice("done", request.path))
    daemon.answers[control.Include] = lambda request: control.Chosen(Choice("done", request.path))
    return ChoiceTree(session)


def opened(qtbot: QtBot, tree: ChoiceTree, *paths: str) -> dict[str, QModelIndex]:
    """The tree loaded, and these folders opened: all that can be seen then, by path."""
    with qtbot.waitSignal(tree.loaded):
        tree.load()
    for path in paths:
        tree.fetchMore(seen(tree)[path])
        qtbot.waitUntil(lambda path=path: any(known.startswith(f"{path}/") for known in seen(tree)))  # type: ignore[misc]
    return seen(tree)


def seen(tree: ChoiceTree, parent: QModelIndex | None = None, below: str = "") -> dict[str, QModelIndex]:
    found: dict[str, QModelIndex] = {}
    for row in range(tree.rowCount(parent)):
        index = tree.index(row, 0, parent)
        path = below + str(index.data())
        found |= {path: index} | seen(tree, index, f"{path}/")
    return found


def test_folders_of_the_server_are_listed_by_name_with_their_sizes(qtbot: QtBot, tree: ChoiceTree) -> None:
    known = opened(qtbot, tree)
    assert list(known) == ["Music", "photos"]
    qtbot.waitUntil(lambda: tree.index(1, 1).data() == "30 bytes")
    assert tree.size_of(["Music", "photos"]) == 34


def test_nothing_is_asked_for_before_it_is_wanted(tree: ChoiceTree) -> None:
    assert not tree.canFetchMore(QModelIndex())  # a view asks for the top as soon as it is shown


def test_what_is_below_is_asked_for_when_it_is_opened(qtbot: QtBot, tree: ChoiceTree, daemon: FakeDaemon) -> None:
    known = opened(qtbot, tree)
    assert [request.path for request in daemon.asked_for(control.ListFolder)] == [""]
    assert tree.hasChildren(known["Music"])
    tree.fetchMore(known["Music"])
    qtbot.waitUntil(lambda: not tree.hasChildren(known["Music"]))


def test_a_folder_that_is_not_ticked_goes_with_all_that_is_in_it(qtbot: QtBot, tree: ChoiceTree) -> None:
    known = opened(qtbot, tree, "photos", "photos/2026")
    tree.setData(known["photos/2026/Porto"], OFF, TICK)
    assert [known[path].data(TICK) for path in ("photos", "photos/2026", "photos/2025")] == [PART, PART, ON]
    tree.setData(known["photos"], OFF, TICK)  # partly ticked: once more ticks all of it
    assert tree.leaving == []
    tree.setData(known["photos"], OFF, TICK)
    assert tree.leaving == ["photos"]
    assert known["photos/2026/Porto"].data(TICK) is OFF


def test_one_of_a_folder_that_is_not_wanted_comes_without_its_neighbours(
    qtbot: QtBot, tree: ChoiceTree, daemon: FakeDaemon
) -> None:
    daemon.answers[control.GetExclusions] = control.Exclusions([Exclusion("photos", "folder", "excluded")])
    known = opened(qtbot, tree, "photos", "photos/2026")
    tree.setData(known["photos/2026/Lisbon"], ON, TICK)
    assert tree.coming == ["photos"]
    assert tree.leaving == ["photos/2025", "photos/2026/Porto"]
    with qtbot.waitSignal(tree.applied) as ended:
        tree.apply()
    assert ended.args == [None]
    asked = [request for request in daemon.asked if isinstance(request, control.Include | control.Exclude)]
    assert asked == [control.Include("photos"), control.Exclude("photos/2025"), control.Exclude("photos/2026/Porto")]
    assert (tree.coming, tree.leaving) == ([], [])


def test_ticks_are_undone(qtbot: QtBot, tree: ChoiceTree) -> None:
    known = opened(qtbot, tree)
    tree.setData(known["Music"], OFF, TICK)
    tree.undo()
    assert known["Music"].data(TICK) is ON
    assert tree.leaving == []


def test_what_was_not_done_is_told_and_looked_at_again(qtbot: QtBot, tree: ChoiceTree, daemon: FakeDaemon) -> None:
    daemon.answers[control.Exclude] = lambda request: control.Chosen(Choice("unknown", request.path))
    known = opened(qtbot, tree)
    tree.setData(known["Music"], OFF, TICK)
    with qtbot.waitSignals([tree.applied, tree.loaded]):
        tree.apply()
    assert tree.leaving == []
    assert len(daemon.asked_for(control.GetExclusions)) == 2


def test_names_are_shown_harmless(qtbot: QtBot, tree: ChoiceTree, daemon: FakeDaemon) -> None:
    daemon.folders[""] = [item("<b>\u202egnp", "folder")]
    assert list(opened(qtbot, tree)) == ["<b>\\u{202e}gnp"]
