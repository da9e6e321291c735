"""Disks that refuse, fail or are full."""

from __future__ import annotations

import pytest

from sync_engine.errors import DiskFault, DiskFull
from tests.scenarios.scene import settle
from tests.simulation.device import Device
from tests.simulation.world import World


def test_what_a_crash_left_is_brought_back_once_the_disk_allows_it(world: World, laptop: Device) -> None:
    laptop.disk.write("a", b"some bytes")
    laptop.disk.fail("clean_up", "", DiskFault)
    report = laptop.sync()
    assert (report.state, [problem.reason for problem in report.problems]) == ("partial", ["root-unreadable"])
    settle(world)


@pytest.mark.parametrize("operation", ["recheck_trash", "move"])
def test_what_cannot_be_saved_from_the_trash_now_is_saved_later(watching: World, operation: str) -> None:
    laptop, desktop = watching.devices
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    laptop.disk.remove("a")
    watching.run(lambda: desktop.disk.tree() == {})
    (entry,) = desktop.disk._must(".lockstep/trash").children
    desktop.disk.write(f".lockstep/trash/{entry}", b"written by a program that had it open")
    path = f".lockstep/trash/{entry}" if operation == "move" else ""
    desktop.disk.fail(operation, path, DiskFull, times=3)
    watching.run(lambda: b"written by a program that had it open" in laptop.disk.tree().values())
    settle(watching)


def test_what_is_out_of_its_place_while_there_is_no_room_is_not_deleted_elsewhere(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    desktop.disk.fail("bring_back", desktop.disk.park("a"), DiskFull, times=3)
    desktop.kill()
    desktop.start()
    settle(watching)
    assert laptop.disk.tree() == desktop.disk.tree() == {"a": b"some bytes"}


def test_an_empty_file_that_could_not_be_finished_leaves_nothing_in_staging(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("empty", b"")
    laptop.sync()
    desktop.disk.fail("finish", "", DiskFault)
    settle(world)
    assert desktop.disk.tree() == {"empty": b""}


def test_what_was_done_before_the_disk_failed_as_a_whole_is_found_by_a_look(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("a", b"some bytes")
    settle(world)
    laptop.disk.rename("a", "folder/a")
    laptop.sync()
    moves = desktop.disk.calls.count(("move", "a"))
    desktop.disk.fail("sync", "", DiskFault)
    assert desktop.sync().state == "settled"
    assert desktop.disk.calls.count(("move", "a")) - moves == 1
    settle(world)


@pytest.mark.scenario("S109")
def test_what_the_disk_has_no_room_for_is_told_by_its_path_and_comes_later(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/large", b"many bytes")
    laptop.sync()
    desktop.disk.write("mine", b"goes up all the same")
    desktop.disk.fail("write", "", DiskFull, times=100)
    report = desktop.sync()
    assert [(problem.path, problem.reason) for problem in report.problems] == [("folder/large", "disk-full")]
    assert report.uploaded.files == 1
    desktop.disk.heal()
    assert desktop.sync().problems == []
    settle(world)
    assert dict(desktop.disk.tree())["folder/large"] == b"many bytes"


@pytest.mark.scenario("S109")
def test_what_is_too_large_for_the_disk_waits_without_being_downloaded(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/large", b"many bytes" * 1_000)
    laptop.disk.write("small", b"few bytes")
    laptop.sync()
    desktop.disk.write("mine", b"goes up all the same")
    desktop.disk.free = 5_000
    report = desktop.sync()
    assert [(problem.path, problem.reason) for problem in report.problems] == [("folder/large", "disk-full")]
    assert report.problems[0].detail == "10.0 kB needed, 5.0 kB free"
    assert (report.uploaded.files, report.downloaded.files) == (1, 1)
    assert report.downloaded.bytes < 5_000
    desktop.disk.free = 50_000
    assert desktop.sync().problems == []
    settle(world)
