"""The words that scenarios are told in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.simulation import oracles
from tests.simulation.device import TODAY, Device
from tests.simulation.people import Tree
from tests.simulation.world import World

PATIENCE_S: Final = 30.0
"""Of the simulation's time: longer than anything takes that nobody waits for."""


def settle(world: World) -> Tree:
    """Until all is in step, and all that has to hold then holds, but for the history, which takes long to read. Returns
    what everybody has."""
    world.settle()
    oracles.check_in_step(world)
    return world.devices[0].disk.tree()


def given(world: World, tree: Mapping[str, bytes | str | None]) -> None:
    """The first device has this, and the others get it. Parents come before children; strings are links' targets."""
    put(world.devices[0], tree)
    assert settle(world) == dict(tree)


def put(device: Device, tree: Mapping[str, bytes | str | None]) -> None:
    for path, content in tree.items():
        if content is None:
            device.disk.make(path)
        elif isinstance(content, bytes):
            device.disk.write(path, content)
        else:
            device.disk.link_to(path, content)


def sync_all(world: World) -> None:
    """One after another, in their order."""
    for device in world.devices:
        device.sync()


def copy_of(name: str, device: str) -> str:
    """What the conflicted copy of a name is called that this device made."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem or extension} ({device}'s conflicted copy {TODAY}){dot if stem else ''}{extension if stem else ''}"


def wait(world: World, seconds: float = PATIENCE_S) -> None:
    """Let so much time go by, and no more, whatever happens in it."""
    until = world.clock.monotonic() + seconds
    while world.clock.monotonic() < until and _is_next_before(until, world):
        world.step()
    world.clock.advance(max(0.0, until - world.clock.monotonic()))


def _is_next_before(until: float, world: World) -> bool:
    running = [device for device in world.devices if device.is_running]
    due = [device.asleep_until for device in running if device.asleep_until is not None]
    return any(device.is_awake() for device in running) or min(due, default=until) < until
