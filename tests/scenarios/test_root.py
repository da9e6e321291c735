"""The root of the folder goes away, comes back, or is another one: an error that says so, and not one deletion."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sync_engine.errors import DiskFault, RootError, RootForeign, RootMissing, RootUnreadable
from tests.scenarios.scene import given, settle, wait
from tests.simulation.device import Device
from tests.simulation.world import World

BASE = {"folder": None, "folder/a": b"a", "folder/b": b"b", "c": b"c"}


@pytest.mark.scenario("S78", "S79")
@pytest.mark.parametrize("error", [RootMissing, RootForeign, RootUnreadable])
def test_a_root_that_is_not_there_at_the_start_deletes_nothing(
    watching: World, laptop: Device, desktop: Device, error: type[RootError]
) -> None:
    given(watching, BASE)
    laptop.end()
    laptop.disk.root_error = error("not there")
    laptop.start()
    desktop.disk.write("c", b"edited meanwhile")
    wait(watching, 120)
    assert (laptop.engine.state().state, laptop.engine.state().reason) == ("attention", error.code)
    assert desktop.disk.tree() == {**BASE, "c": b"edited meanwhile"}
    laptop.mount()
    assert settle(watching) == {**BASE, "c": b"edited meanwhile"}


@pytest.mark.scenario("S81")
def test_a_root_that_is_moved_away_and_back_while_running_moves_nothing(
    watching: World, laptop: Device, desktop: Device
) -> None:
    given(watching, BASE)
    before = watching.network.commits, replace(laptop.counts)
    laptop.unmount()
    wait(watching, 600)
    assert laptop.engine.state().reason == "root-missing"
    laptop.mount()
    watching.settle()
    assert (watching.network.commits, replace(laptop.counts)) == before
    assert settle(watching) == BASE


def test_what_was_done_elsewhere_while_the_root_was_away_comes_when_it_is_back(
    watching: World, laptop: Device, desktop: Device
) -> None:
    given(watching, BASE)
    laptop.unmount()
    watching.run(lambda: laptop.engine.state().reason == "root-missing")
    desktop.disk.remove("folder")
    desktop.disk.write("new", b"new")
    laptop.disk.write("c", b"edited where it was meanwhile")
    laptop.mount()
    assert settle(watching) == {"c": b"edited where it was meanwhile", "new": b"new"}


@pytest.mark.parametrize("goes_away", [False, True])
def test_what_was_parked_when_the_disk_failed_is_not_taken_for_deleted(
    watching: World, laptop: Device, desktop: Device, goes_away: bool
) -> None:
    given(watching, {"a": b"one", "b": b"two"})
    if goes_away:
        desktop.disk.before("move", desktop.unmount)
    desktop.disk.fail("move", "", DiskFault, times=3)
    laptop.disk.rename("a", "between")
    laptop.disk.rename("b", "a")
    laptop.disk.rename("between", "b")
    wait(watching, 120)
    desktop.mount()
    assert settle(watching) == {"a": b"two", "b": b"one"}


def test_what_was_downloaded_when_the_root_went_away_is_placed_when_it_is_back(
    watching: World, laptop: Device, desktop: Device
) -> None:
    given(watching, BASE)
    desktop.disk.before("put_in_place", desktop.unmount)
    laptop.disk.write("c", b"edited")
    laptop.disk.write("new", b"new")
    wait(watching, 60)
    desktop.mount()
    assert settle(watching) == {**BASE, "c": b"edited", "new": b"new"}
