"""Each scenario: the real engines, the real server, a network and time of its own, in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.device import DAEMON, ONCE, Device
from tests.simulation.world import World


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Devices that sync when they are told to: a laptop and a desktop, and a phone where a test has to do with one."""
    rhythms = (ONCE, ONCE, ONCE) if "phone" in request.fixturenames else (ONCE, ONCE)
    with World(1, rhythms) as made:
        yield made


@pytest.fixture
def watching() -> Iterator[World]:
    """Two devices with daemons."""
    with World(1, (DAEMON, DAEMON)) as made:
        yield made


@pytest.fixture
def devices(request: pytest.FixtureRequest) -> list[Device]:
    """Of the world that the test has."""
    world: World = request.getfixturevalue("watching" if "watching" in request.fixturenames else "world")
    return world.devices


@pytest.fixture
def laptop(devices: list[Device]) -> Device:
    return devices[0]


@pytest.fixture
def desktop(devices: list[Device]) -> Device:
    return devices[1]


@pytest.fixture
def phone(devices: list[Device]) -> Device:
    return devices[2]
