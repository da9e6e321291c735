"""Devices that cannot hold what others can: each situation made on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync_engine.core.platform_names import Naming
from tests.scenarios.scene import settle
from tests.simulation.device import Device, Model
from tests.simulation.world import World

MAC = Model(naming=Naming(tells_case=False, rules="macos"))
WINDOWS = Model(naming=Naming(tells_case=False, rules="windows"), keeps_executable=False)


@pytest.fixture(params=[MAC, WINDOWS], ids=["mac", "windows"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """One device that can hold everything, and one that cannot."""
    with World(1, (Model(), request.param)) as made:
        for device in made.devices:
            device.is_patient = False
        yield made


def problems(device: Device) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in device.engine.problems()]


@pytest.mark.scenario("S94")
def test_a_folder_that_is_a_twin_by_case_waits_with_all_that_is_in_it(world: World) -> None:
    linux, other = world.devices
    linux.disk.write("a", b"one")
    settle(world)
    linux.disk.make("A")
    for number in range(3):
        linux.disk.write(f"A/{number}", b"in the twin %d" % number)
    settle(world)
    assert problems(other) == [("A", "case-twin")]
    assert other.disk.tree() == {"a": b"one"}
    linux.disk.write("A/later", b"comes by itself")
    settle(world)
    linux.disk.remove("a")
    settle(world)
    assert other.disk.tree() == linux.disk.tree()
