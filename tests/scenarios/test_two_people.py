"""Two people at once, one situation after another."""

from __future__ import annotations

import pytest

from tests.scenarios.scene import settle
from tests.simulation.device import Device
from tests.simulation.world import World


@pytest.mark.scenario("S21")
def test_two_edits_of_one_file_are_both_kept(world: World, laptop: Device, desktop: Device) -> None:
    laptop.disk.write("note.txt", b"first")
    settle(world)
    laptop.disk.write("note.txt", b"from the laptop")
    desktop.disk.write("note.txt", b"from the desktop")
    laptop.sync()
    report = desktop.sync()
    copy = "note (Desktop's conflicted copy 2026-11-05).txt"
    assert report.conflicts == [copy]
    settle(world)
    assert laptop.disk.tree() == {"note.txt": b"from the laptop", copy: b"from the desktop"}


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_bytes_that_changed_unseen_while_their_file_was_moved_outlive_what_takes_their_place(
    act: str, world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("a", b"old bytes")
    world.clock.advance(60)
    settle(world)
    mtime_ns = laptop.disk._must("a").mtime_ns
    laptop.disk.rename("a", "b")
    laptop.disk.write("b", b"new bytes", mtime_ns=mtime_ns)  # a rename changes the ctime as well: nothing else tells
    laptop.sync()
    desktop.sync()
    if act == "edit":
        desktop.disk.write("b", b"of the desktop")
    else:
        desktop.disk.remove("b")
    desktop.sync()
    laptop.sync()
    settle(world)
    assert b"new bytes" in laptop.disk.tree().values()


def test_two_devices_that_make_one_folder_get_one_with_all_that_is_in_it(
    world: World, laptop: Device, desktop: Device
) -> None:
    for device in (laptop, desktop):
        device.disk.make("Photos")
        device.disk.write(f"Photos/{device.name}", device.name.encode())
    laptop.sync()
    assert desktop.sync().conflicts == []
    settle(world)
    assert laptop.disk.tree() == {"Photos": None, "Photos/Desktop": b"Desktop", "Photos/Laptop": b"Laptop"}


@pytest.mark.scenario("S51")
def test_swapped_names_are_swapped_elsewhere_without_moving_bytes(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("a", b"one")
    laptop.disk.write("b", b"two")
    settle(world)
    laptop.disk.rename("a", "between")
    laptop.disk.rename("b", "a")
    laptop.disk.rename("between", "b")
    up, down = laptop.sync().uploaded, desktop.sync().downloaded
    assert (up.bytes, down.bytes) == (0, 0)
    assert desktop.disk.tree() == {"a": b"two", "b": b"one"}
    settle(world)


@pytest.mark.scenario("S54")
def test_folders_that_were_moved_into_each_other_come_to_rest(world: World, laptop: Device, desktop: Device) -> None:
    for name in ("A", "B"):
        laptop.disk.make(name)
        laptop.disk.write(f"{name}/in {name}", name.encode())
    settle(world)
    laptop.disk.rename("A", "B/A")
    desktop.disk.rename("B", "A/B")
    laptop.sync()
    desktop.sync()
    settle(world)
    files = sorted(content for content in laptop.disk.tree().values() if content is not None)
    assert files == [b"A", b"B"]


@pytest.mark.scenario("S73")
def test_a_new_file_survives_the_deletion_of_its_folder(world: World, laptop: Device, desktop: Device) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/old", b"old")
    settle(world)
    laptop.disk.remove("folder")
    desktop.disk.write("folder/new", b"new")
    laptop.sync()
    desktop.sync()
    settle(world)
    assert laptop.disk.tree() == {"folder": None, "folder/new": b"new"}


def test_a_file_is_edited_here_in_a_folder_that_it_left_before_it_was_deleted_there(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/a", b"old")
    settle(world)
    laptop.disk.rename("folder/a", "a")
    laptop.disk.remove("folder")
    desktop.disk.write("folder/a", b"edited")
    desktop.disk.make("folder/new")
    laptop.sync()
    desktop.sync()
    settle(world)
    assert laptop.disk.tree() == {"a": b"edited", "folder": None, "folder/new": None}
