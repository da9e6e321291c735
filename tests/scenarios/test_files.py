"""Files as people and programs write them, and the moment in which two things happen to one."""

from __future__ import annotations

import pytest

from tests.scenarios.scene import copy_of, given, put, settle, sync_all, wait
from tests.simulation.device import Device
from tests.simulation.world import World


@pytest.mark.scenario("S4")
def test_another_content_of_the_same_size_and_time_is_sent(world: World, laptop: Device) -> None:
    given(world, {"a": b"one two"})
    seen = laptop.disk.look("a")
    assert seen is not None
    world.clock.advance(60)
    laptop.disk.write("a", b"two one", mtime_ns=seen.signature.mtime_ns)
    sync_all(world)
    assert settle(world) == {"a": b"two one"}


@pytest.mark.scenario("S7")
def test_a_touched_file_makes_no_version(world: World, laptop: Device) -> None:
    given(world, {"a": b"some bytes"})
    world.clock.advance(60)
    laptop.disk.write("a", b"some bytes")
    before = world.network.commits
    assert laptop.sync().uploaded.bytes == 0
    assert (world.network.commits, len(laptop.remote.history("a"))) == (before, 1)
    settle(world)


def test_both_devices_tell_what_was_deleted(world: World, laptop: Device, desktop: Device) -> None:
    given(world, {"a": b"1", "folder": None, "folder/b": b"2", "folder/c": b"3"})
    for path in ("a", "folder/b"):
        laptop.disk.remove(path)
    sync_all(world)
    laptop.disk.remove("folder")
    sync_all(world)
    told = {(line.action, line.path) for line in laptop.engine.activity(100) if "delete" in line.action}
    assert told == {("delete", "a"), ("delete", "folder/b"), ("delete", "folder")}
    told = {(line.action, line.path) for line in desktop.engine.activity(100) if "delete" in line.action}
    assert told >= {("delete-here", "a"), ("delete-here", "folder/b"), ("delete-here", "folder")}


@pytest.mark.scenario("S8", "S9")
def test_a_file_is_filled_and_emptied(watching: World) -> None:
    laptop = watching.devices[0]
    for content in (b"", b"filled", b"", b"filled again"):
        laptop.disk.write("a", content)
        assert settle(watching) == {"a": content}
    assert [version.size for version in laptop.remote.history("a")] == [12, 0, 6, 0]


@pytest.mark.scenario("S15")
def test_a_deleted_folder_of_many_files_is_one_change(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, {"folder": None} | {f"folder/{number:03}": b"file %d" % number for number in range(150)})
    before = watching.network.commits
    laptop.disk.remove("folder")
    assert settle(watching) == {}
    assert watching.network.commits == before + 1
    assert desktop.counts.uploaded_bytes == 0


@pytest.mark.scenario("S31")
def test_a_month_of_edits_makes_no_copies(world: World, laptop: Device) -> None:
    tree = {f"{number:03}": b"file %d" % number for number in range(100)}
    given(world, tree)
    laptop.end()
    world.clock.advance(30 * 24 * 3600)
    edited = {path: content + b", edited" for path, content in tree.items()}
    put(laptop, edited)
    laptop.start()
    report = laptop.sync()
    assert (report.conflicts, report.uploaded.files) == ([], 100)
    assert settle(world) == edited


@pytest.mark.scenario("S34")
@pytest.mark.parametrize("how", ["write", "save"])
@pytest.mark.parametrize("moment", ["put_in_place", "exchange"])
def test_an_edit_in_the_moment_of_the_replacement_lives_on(watching: World, moment: str, how: str) -> None:
    laptop, desktop = watching.devices
    given(watching, {"a.txt": b"base"})
    edit = desktop.disk.write if how == "write" else desktop.disk.save
    desktop.disk.before(moment, lambda: edit("a.txt", b"by the desktop"))
    laptop.disk.write("a.txt", b"by the laptop")
    assert settle(watching) == {"a.txt": b"by the laptop", copy_of("a.txt", "Desktop"): b"by the desktop"}


@pytest.mark.scenario("S35")
def test_an_edit_while_the_file_is_read_is_sent_and_never_a_mix(world: World, laptop: Device) -> None:
    given(world, {"a": b"base"})
    laptop.disk.write("a", b"first " * 1000)
    laptop.disk.before("read", lambda: laptop.disk.write("a", b"second" * 1000))
    laptop.sync()
    sync_all(world)
    assert settle(world) == {"a": b"second" * 1000}
    assert {version.size for version in laptop.remote.history("a")} <= {4, 6000}


@pytest.mark.scenario("S36")
def test_an_edit_elsewhere_while_the_file_is_sent_makes_a_copy(world: World, laptop: Device, desktop: Device) -> None:
    given(world, {"a.txt": b"base"})
    desktop.disk.write("a.txt", b"by the desktop")
    laptop.disk.write("a.txt", b"by the laptop")
    laptop.disk.before("read", desktop.sync)
    laptop.sync()
    assert settle(world) == {"a.txt": b"by the desktop", copy_of("a.txt", "Laptop"): b"by the laptop"}


@pytest.mark.scenario("S28", "S39")
def test_a_conflict_that_nobody_resolves_stays_as_it_is(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, {"a.txt": b"base"})
    watching.network.is_down = True
    for device in watching.devices:
        device.remote.interrupt()
        device.disk.write("a.txt", b"by " + device.name.encode())
    wait(watching, 20)
    watching.network.is_down = False
    tree = settle(watching)
    assert len(tree) == 2
    before, activity = watching.network.commits, len(laptop.engine.activity(1000))
    wait(watching, 600)
    assert (watching.network.commits, len(laptop.engine.activity(1000))) == (before, activity)
    assert settle(watching) == tree
    assert laptop.engine.conflicts() == desktop.engine.conflicts()


@pytest.mark.scenario("S61")
def test_what_is_moved_out_of_the_folder_is_deleted_and_keeps_its_bytes(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, {"folder": None, "folder/a": b"a", "b": b"b"})
    moved = laptop.disk._must("folder")
    laptop.disk.remove("folder")  # to a place that nobody looks at
    assert settle(watching) == {"b": b"b"}
    assert [child.data for _, child in moved.children.values()] == [b"a"]
    assert desktop.engine.hold() is None
