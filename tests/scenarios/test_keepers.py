"""Which devices the server names for a file: those that have it, and soon."""

from __future__ import annotations

import pytest

from server_api.contract.messages import Kind
from server_api.contract.positions import PositionTold, TellPosition
from sync_engine.errors import Unreachable
from tests.scenarios.scene import given, put, wait
from tests.simulation.device import Device
from tests.simulation.oracles import check_keepers
from tests.simulation.people import Tree
from tests.simulation.world import World

BASE: Tree = {"photos": None, "photos/a": b"a", "notes": b"notes"}


def keepers(world: World) -> dict[str, set[str]]:
    """By the names of files."""
    names = {device.device_id: device.name for device in world.devices}
    files = [node for node in world.host.living().values() if node.kind is Kind.FILE]
    return {node.name: {names[device_id] for device_id in world.host.keepers(node)} for node in files}


def test_what_all_have_is_soon_known_to_be_on_all(watching: World) -> None:
    given(watching, BASE)
    wait(watching)
    assert keepers(watching) == {"a": {"Laptop", "Desktop"}, "notes": {"Laptop", "Desktop"}}


def test_what_is_excluded_on_a_device_is_not_on_it_and_comes_back(watching: World, laptop: Device) -> None:
    given(watching, BASE)
    laptop.engine.exclude("photos")
    wait(watching)
    assert keepers(watching) == {"a": {"Desktop"}, "notes": {"Laptop", "Desktop"}}
    laptop.engine.include("photos")
    wait(watching)
    assert keepers(watching)["a"] == {"Laptop", "Desktop"}


def test_what_comes_out_of_an_excluded_folder_is_on_a_device_once_it_is_there(
    watching: World, laptop: Device, desktop: Device
) -> None:
    given(watching, BASE)
    laptop.engine.exclude("photos")
    wait(watching)
    laptop.end()
    desktop.disk.rename("photos/a", "a")
    wait(watching)
    assert keepers(watching)["a"] == {"Desktop"}
    laptop.start()
    wait(watching)
    assert keepers(watching)["a"] == {"Laptop", "Desktop"}


def test_an_edit_is_not_on_a_device_that_is_off(watching: World, laptop: Device, desktop: Device) -> None:
    given(watching, BASE)
    wait(watching)
    desktop.end()
    put(laptop, {"notes": b"other notes"})
    wait(watching)
    assert keepers(watching) == {"a": {"Laptop", "Desktop"}, "notes": {"Laptop"}}
    desktop.start()
    wait(watching)
    assert keepers(watching)["notes"] == {"Laptop", "Desktop"}


def test_what_a_device_could_not_place_is_not_on_it(watching: World, laptop: Device, desktop: Device) -> None:
    given(watching, BASE)
    desktop.disk.is_full = True
    put(laptop, {"big": b"x" * 1000})
    wait(watching)
    assert keepers(watching)["big"] == {"Laptop"}
    check_keepers(watching)


def test_a_server_that_comes_back_from_a_backup_hears_of_all_again(watching: World) -> None:
    given(watching, BASE)
    wait(watching)
    watching.host.back_up()
    watching.restore_server(renews_epoch=True)
    assert keepers(watching) == {"a": set(), "notes": set()}
    wait(watching, 120)
    assert keepers(watching) == {"a": {"Laptop", "Desktop"}, "notes": {"Laptop", "Desktop"}}


def test_what_was_stuck_on_its_way_does_not_replace_what_was_said_later(
    watching: World, laptop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(watching, BASE)
    wait(watching)
    stuck: list[TellPosition] = []

    def hold(position: TellPosition) -> PositionTold:
        stuck.append(position)
        raise Unreachable("the server was not reached in time")

    with monkeypatch.context() as patched:
        patched.setattr(laptop.remote, "tell_position", hold)
        laptop.disk.write("notes", b"more notes")
        wait(watching)
    laptop.engine.exclude("photos")
    wait(watching, 120)
    assert keepers(watching)["a"] == {"Desktop"}
    for position in stuck:
        assert not laptop.remote.tell_position(position).is_kept
    assert stuck
    assert keepers(watching)["a"] == {"Desktop"}
