"""The engine is about to do something on the disk, and a person is quicker."""

from __future__ import annotations

import pytest

from tests.scenarios.scene import settle
from tests.simulation.world import World


def test_what_was_wrapped_there_is_deleted_here_while_the_engine_wraps_it(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.link_to("c", "target")
    settle(watching)
    desktop.disk.before("park", lambda: desktop.disk.remove("c"))
    laptop.disk.make("wrapping")
    laptop.disk.rename("c", "wrapping/c")
    laptop.disk.rename("wrapping", "c")
    settle(watching)
    assert laptop.disk.tree() in ({"c": None}, {"c": None, "c/c": "target"})


@pytest.mark.parametrize("act", ["remove", "move out"])
def test_a_file_goes_just_before_the_engine_removes_its_folder(watching: World, act: str) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/a", b"some bytes")
    settle(watching)

    def go() -> None:
        if act == "remove":
            desktop.disk.remove("folder/a")
        else:
            desktop.disk.rename("folder/a", "a")

    desktop.disk.before("trash", go)
    laptop.disk.remove("folder")
    settle(watching)
    assert laptop.disk.tree() == ({} if act == "remove" else {"a": b"some bytes"})


def test_a_file_is_saved_just_before_the_engine_moves_its_folder(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/a", b"old")
    settle(watching)
    desktop.disk.before("move", lambda: desktop.disk.save("folder/a", b"edited"))
    laptop.disk.rename("folder", "renamed")
    settle(watching)
    assert laptop.disk.tree() == {"renamed": None, "renamed/a": b"edited"}


def test_what_goes_into_a_folder_that_just_vanished_waits_until_it_is_known_where_that_is(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    desktop.disk.before("move", lambda: desktop.disk.remove("folder"))
    moves = len([call for call in desktop.disk.calls if call[0] == "move"])
    laptop.disk.rename("a", "folder/a")
    settle(watching)
    assert laptop.disk.tree() == {"folder": None, "folder/a": b"some bytes"}
    assert len([call for call in desktop.disk.calls if call[0] == "move"]) - moves <= 3


def test_a_folder_that_vanished_and_turned_up_elsewhere_gets_what_goes_into_it(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    desktop.disk.before("move", lambda: desktop.disk.rename("folder", "renamed"))
    laptop.disk.rename("a", "folder/a")
    settle(watching)
    assert laptop.disk.tree() == {"renamed": None, "renamed/a": b"some bytes"}


def test_what_came_into_a_folder_while_it_was_away_is_seen(watching: World) -> None:
    laptop = watching.devices[0]
    laptop.disk.make("folder")
    settle(watching)
    laptop.disk.rename("folder", "away")
    laptop.disk.write("away/new", b"put in while it was away")
    laptop.disk.rename("away", "folder")
    settle(watching)
    assert dict(watching.devices[1].disk.tree())["folder/new"] == b"put in while it was away"
