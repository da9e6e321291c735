"""Folder, journal or both are replaced: by an old copy from a backup, by an empty folder, by another one."""

from __future__ import annotations

import pytest

from tests.fakes.filesystem import FakeFileSystem
from tests.scenarios.scene import copy_of, given, settle, sync_all
from tests.simulation.device import DAEMON, Device
from tests.simulation.world import World

BASE = {"folder": None, "folder/a": b"a", "folder/b": b"b", "c": b"c"}


def test_an_empty_folder_that_was_linked_anew_is_filled_and_deletes_nothing(world: World, laptop: Device) -> None:
    given(world, BASE)
    laptop.end()
    laptop.disk = FakeFileSystem(world.clock.now_ns)
    laptop.start()
    sync_all(world)
    assert settle(world) == BASE
    assert "merge" in {line.action for line in laptop.engine.activity(100)}


def test_another_folder_is_merged_into_what_is_there(world: World, laptop: Device) -> None:
    given(world, BASE)
    laptop.end()
    laptop.disk = FakeFileSystem(world.clock.now_ns)
    laptop.disk.write("c", b"other")
    laptop.disk.write("mine", b"mine")
    laptop.start()
    sync_all(world)
    assert settle(world) == {**BASE, copy_of("c", "Laptop"): b"other", "mine": b"mine"}


@pytest.mark.scenario("S137")
def test_an_old_journal_with_the_folder_of_today_deletes_nothing(world: World, laptop: Device, desktop: Device) -> None:
    given(world, BASE)
    laptop.end()
    old = laptop.copy_journal()
    laptop.start()
    desktop.disk.remove("folder")
    desktop.disk.write("later", b"later")
    settle(world)
    put_back(desktop, "folder", {"folder/a": b"a"})  # as it was: nothing differs from what the old journal knows
    desktop.sync()
    laptop.end()
    laptop.put_back_journal(old)
    laptop.start()
    sync_all(world)
    assert settle(world) == {"folder": None, "folder/a": b"a", "c": b"c", "later": b"later"}


def put_back(device: Device, folder: str, tree: dict[str, bytes]) -> None:
    device.disk.make(folder)
    for path, content in tree.items():
        device.disk.write(path, content)


def test_an_old_journal_that_knows_nothing_of_an_exclusion_deletes_nothing(
    world: World, laptop: Device, desktop: Device
) -> None:
    given(world, BASE)
    laptop.end()
    old = laptop.copy_journal()
    laptop.start()
    laptop.engine.exclude("folder")
    laptop.sync()
    assert laptop.disk.tree() == {"c": b"c"}
    laptop.end()
    laptop.put_back_journal(old)
    laptop.start()
    sync_all(world)
    assert desktop.disk.tree() == BASE
    assert settle(world) == BASE


def test_an_exclusion_since_the_daemon_began_is_no_deletion_for_a_journal_of_before(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, BASE)
    old = laptop.copy_journal()
    laptop.engine.exclude("folder")
    watching.settle()
    assert laptop.disk.tree() == {"c": b"c"}
    laptop.kill()
    laptop.put_back_journal(old)
    laptop.start()
    watching.settle()
    assert desktop.disk.tree() == laptop.disk.tree() == BASE


def test_an_old_folder_with_the_journal_of_today_reverts_nothing(world: World, laptop: Device) -> None:
    given(world, BASE)
    laptop.end()
    old = laptop.disk.image()
    laptop.start()
    laptop.disk.write("c", b"c, edited")
    laptop.disk.write("later", b"later")
    settle(world)
    laptop.end()
    laptop.disk.put_back(old)
    laptop.start()
    sync_all(world)
    assert settle(world) == {**BASE, "c": b"c, edited", "later": b"later", copy_of("c", "Laptop"): b"c"}


def test_an_old_folder_that_is_mounted_again_while_the_daemon_runs_reverts_nothing() -> None:
    with World(1, (DAEMON, DAEMON)) as world:
        laptop = world.devices[0]
        given(world, BASE)
        old = laptop.disk.image()
        laptop.end()
        laptop.start()
        laptop.disk.write("c", b"c, edited")
        settle(world)
        laptop.unmount()
        world.run(lambda: laptop.engine.state().reason == "root-missing")
        laptop.disk.put_back(old)
        laptop.mount()
        assert settle(world) == {**BASE, "c": b"c, edited", copy_of("c", "Laptop"): b"c"}


@pytest.mark.parametrize("has_committed", [True, False])
def test_an_old_disk_with_folder_and_journal_catches_up(
    world: World, laptop: Device, desktop: Device, has_committed: bool
) -> None:
    given(world, BASE)
    laptop.end()
    old, journal = laptop.disk.image(), laptop.copy_journal()
    laptop.start()
    who = laptop if has_committed else desktop
    who.disk.remove("folder/a")
    who.disk.write("c", b"c, edited")
    who.disk.write("later", b"later")
    settle(world)
    laptop.end()
    laptop.disk.put_back(old)
    laptop.put_back_journal(journal)
    laptop.start()
    sync_all(world)
    after = settle(world)
    assert after.items() >= {"folder": None, "folder/b": b"b", "c": b"c, edited", "later": b"later"}.items()
    assert set(after.values()) <= {None, b"a", b"b", b"c", b"c, edited", b"later"}


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_crash_while_the_tokens_change_is_no_reason_to_merge(world: World, laptop: Device, at: str) -> None:
    """Before, or after the folder has the new one."""
    given(world, BASE)
    laptop.end()
    laptop.start()

    def power_cut() -> None:
        raise KeyboardInterrupt

    if at == "before":
        laptop.disk.before("pair", power_cut)
    else:
        laptop.disk.before("list_folder", power_cut)
    laptop.ask_to_sync()
    with pytest.raises(KeyboardInterrupt):
        world.run(lambda: False)
    laptop.kill()
    laptop.start()
    assert settle(world) == BASE
    assert "merge" not in {line.action for line in laptop.engine.activity(100)}
