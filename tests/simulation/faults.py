"""What goes wrong while people work: programs that end, power that fails, networks that lose answers."""

from __future__ import annotations

from random import Random

from tests.simulation.device import Device
from tests.simulation.people import Ledger
from tests.simulation.world import World


class Faults:
    """How much of what goes wrong in one run, at random; half of the runs have none."""

    def __init__(self, world: World, chance: Random, ledger: Ledger) -> None:
        self._world = world
        self._chance = chance
        self._ledger = ledger
        is_calm = chance.random() < 0.5
        self._likelihood = 0.0 if is_calm else 0.15
        world.network.trouble = 0.0 if is_calm else chance.choice([0.0, 0.02, 0.1, 0.3])

    def maybe(self) -> str | None:
        """Something happens, or nothing; returns what."""
        if self._chance.random() >= self._likelihood:
            return None
        device = self._chance.choice(self._world.devices)
        if not device.is_running:
            device.start()
            return f"{device.name} starts"
        what = self._chance.choice(["end", "kill", "cut the power", "network"])
        if what == "end":
            device.end()
        elif what == "kill":
            device.kill()
        elif what == "cut the power":
            self._cut_power(device)
        else:
            self._world.network.is_down = not self._world.network.is_down
            return f"network {'down' if self._world.network.is_down else 'up'}"
        return f"{what}: {device.name}"

    def stop(self) -> None:
        self._world.network.trouble = 0.0
        self._world.network.is_down = False

    def _cut_power(self, device: Device) -> None:
        before = device.disk.tree()
        device.cut_power()
        self._ledger.lost(before, device.disk.tree())
