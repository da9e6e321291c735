"""A folder's rows, from a daemon, while things change."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex
from pytestqt.qtbot import QtBot

from desktop.models.carrying import Where
from desktop.models.items import STATE
from desktop.models.listing import Listing
from desktop.session import Session
from sync_engine.control import messages as control
from tests.fakes.daemon import FakeDaemon, item


@pytest.fixture
def listing(session: Session) -> Listing:
    return Listing(session, session)


def _names(listing: Listing) -> list[str]:
    return [each.name for each in listing.model.items]


def _show(listing: Listing, qtbot: QtBot, path: str, count: int) -> None:
    listing.show_folder(path)
    qtbot.waitUntil(lambda: listing.is_whole and len(listing.model.items) == count)


def test_a_folder_comes_sorted(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders[""] = [item("b10"), item("b9"), item("Z", "folder")]
    _show(listing, qtbot, "", 3)
    assert _names(listing) == ["Z", "b9", "b10"]


def test_many_come_bit_by_bit_and_all_in_the_end(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders[""] = [item(f"{at}") for at in range(9_000)]
    seen: list[int] = []
    listing.came.connect(lambda: seen.append(len(listing.model.items)))
    _show(listing, qtbot, "", 9_000)
    assert seen[0] < 9_000
    assert _names(listing) == [str(at) for at in range(9_000)]


def test_looking_again_keeps_the_rows_that_stay(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders[""] = [item("a"), item("c"), item("d")]
    _show(listing, qtbot, "", 3)
    kept = QPersistentModelIndex(listing.model.index(2, 0))
    daemon.folders[""] = [item("b"), item("c", state="pending"), item("d")]
    with qtbot.waitSignal(listing.model.dataChanged):
        listing.refresh()
    assert _names(listing) == ["b", "c", "d"]
    assert kept.row() == 2
    assert listing.model.index(1, STATE).data() == "Waiting"


def test_another_order_is_shown_of_what_is_there(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders[""] = [item("a", size=1), item("b", size=2)]
    _show(listing, qtbot, "", 2)
    listing.sort("size", is_down=True)
    qtbot.waitUntil(lambda: _names(listing) == ["b", "a"])
    assert len(daemon.asked_for(control.ListFolder)) == 1


def test_who_goes_on_sees_nothing_of_the_folder_before(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    answering = threading.Event()

    def answer(request: control.ListFolder) -> list[control.Items]:
        if request.path == "slow":
            answering.wait(10)
            return [control.Items([item("old")])]
        return [control.Items([item("new")])]

    daemon.answers[control.ListFolder] = answer
    listing.show_folder("slow")
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.ListFolder)))
    listing.show_folder("quick")
    qtbot.waitUntil(lambda: listing.is_whole and _names(listing) == ["new"])
    with qtbot.assertNotEmitted(listing.came, wait=100):
        answering.set()
    assert _names(listing) == ["new"]


def test_an_empty_folder_is_known_to_be_empty(listing: Listing, qtbot: QtBot) -> None:
    assert not listing.is_empty
    with qtbot.waitSignal(listing.came):
        listing.show_folder("")
    assert listing.is_empty


def test_a_folder_that_is_gone_fails(listing: Listing, qtbot: QtBot) -> None:
    with qtbot.waitSignal(listing.failed) as failed:
        listing.show_folder("nowhere")
    assert failed.args[0].code == "not-found"


def test_a_search_gives_paths_from_everywhere(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders = {"": [item("Trips", "folder")], "Trips": [item("trip.txt")]}
    with qtbot.waitSignal(listing.came):
        listing.find("trip")
    qtbot.waitUntil(lambda: listing.is_whole)
    assert [listing.model.path_of(each) for each in listing.model.items] == ["Trips", "Trips/trip.txt"]


def test_sizes_of_folders_come_later(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders[""] = [item("a", "folder")]
    daemon.answers[control.GetFolderSizes] = control.FolderSizes({"a": 3_100_000})
    _show(listing, qtbot, "", 1)
    qtbot.waitUntil(lambda: listing.model.index(0, 3).data() == "3.1 MB")


def test_what_is_on_its_way_says_how_far(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    daemon.folders["Photos"] = [item("a.jpg", state="downloading"), item("b.jpg")]
    _show(listing, qtbot, "Photos", 2)
    listing.model.set_percents({"Photos/a.jpg": 62, "Other/b.jpg": 1})
    assert listing.model.index(0, STATE).data() == "62 %"
    assert listing.model.index(1, STATE).data() == "In step"


def test_rows_know_where_they_are(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    here, away = item("a"), item("b", is_here=False, state="excluded")
    daemon.folders["F"] = [here, away]
    _show(listing, qtbot, "F", 2)
    model = listing.model
    model.where = Where("F", Path("/folder"))
    assert model.disk_path(here) == Path("/folder/F/a")
    assert model.disk_path(away) is None
    assert model.index(1, STATE).data() == "Not on this device"
    assert model.row_beginning("B", 0) == 1
    assert model.row_beginning("a", 1) == 0
    assert model.rows_of(["b", "a", "nothing"]) == [0, 1]


def test_names_are_shown_harmless(listing: Listing, daemon: FakeDaemon, qtbot: QtBot) -> None:
    names = ["evil\u202egpj.exe", "<b>bold<b>", "a\nb"]
    daemon.folders[""] = [item(name) for name in names]
    _show(listing, qtbot, "", 3)
    shown = {listing.model.index(row, 0).data() for row in range(3)}
    assert shown == {"evil\\u{202e}gpj.exe", "<b>bold<b>", "a\\u{a}b"}
