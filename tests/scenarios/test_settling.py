"""When a sync is over, and what it did twice."""

from __future__ import annotations

import pytest

from sync_engine.engine.commits import LATEST_NS
from sync_engine.engine.loop import Rhythm
from sync_engine.ports import OpenFile
from tests.scenarios.scene import settle
from tests.simulation.device import DAEMON, ONCE, Device
from tests.simulation.world import World


@pytest.mark.parametrize("rhythm", [ONCE, DAEMON])
def test_a_second_sync_with_nothing_to_do_settles_at_once(rhythm: Rhythm) -> None:
    with World(1, [rhythm]) as world:
        (device,) = world.devices
        device.disk.write("a", b"some bytes")
        assert device.sync().state == "settled"
        before = device.counts.uploaded_bytes, world.clock.monotonic(), world.network.commits
        report = device.sync()
        assert (report.state, report.operations) == ("settled", {})
        assert (device.counts.uploaded_bytes, world.clock.monotonic(), world.network.commits) == before


def test_an_empty_folder_settles_at_once(laptop: Device) -> None:
    assert laptop.sync().state == "settled"
    assert laptop.sync().operations == {}


def test_a_file_read_in_the_moment_of_its_change_is_read_once_more_when_that_is_over(
    world: World, laptop: Device, desktop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.disk.write("a", b"before")
    settle(world)
    desktop.disk.write("a", b"after")
    desktop.sync()
    world.clock.advance(60)
    laptop.disk.write("a", b"before")  # the same bytes, now
    opened: list[str] = []
    open_file = laptop.disk.open_file

    def count(path: str) -> OpenFile:
        opened.append(path)
        assert len(opened) < 10, "it is read without end"
        return open_file(path)

    monkeypatch.setattr(laptop.disk, "open_file", count)
    assert laptop.sync().state == "settled"
    assert laptop.disk.tree() == {"a": b"after"}
    assert len(opened) == 2


@pytest.mark.parametrize("mtime_ns", [2**34 * 10**9, -(2**34) * 10**9])
def test_a_time_that_the_contract_cannot_tell_is_told_as_near_as_it_can(
    mtime_ns: int, world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("far", b"from another century", mtime_ns=mtime_ns)
    laptop.disk.write("near", b"goes on")
    settle(world)
    assert desktop.disk.tree() == {"far": b"from another century", "near": b"goes on"}
    told = desktop.disk.look("far")
    assert told is not None
    assert abs(told.signature.mtime_ns) == LATEST_NS
