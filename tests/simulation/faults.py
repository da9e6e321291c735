"""What goes wrong while people work: programs that end, power that fails, networks that lose answers, disks that
refuse, people who are quicker than the engine.
"""

from __future__ import annotations

from random import Random

from sync_engine.errors import DiskError, DiskFault, DiskFull, Locked, NotPermitted
from tests.simulation.people import Ledger, Person
from tests.simulation.world import World

ERRORS: list[type[DiskError]] = [DiskFault, DiskFull, Locked, NotPermitted]
REFUSED = ["list_folder", "look", "open_file", "read", "stage", "write", "finish", "make_folder", "make_symlink"]
REFUSED += ["put_in_place", "move", "park", "trash", "set_executable"]
OVERTAKEN = [*REFUSED, "exchange", "place", "rename", "sync"]


class Faults:
    """How much of what goes wrong in one run, at random; half of the runs have none.

    Attributes:
        is_calm: nothing will go wrong.
    """

    def __init__(self, world: World, people: list[Person], chance: Random, ledger: Ledger) -> None:
        self._world = world
        self._people = people
        self._chance = chance
        self._ledger = ledger
        self.is_calm = chance.random() < 0.5
        world.network.trouble = 0.0 if self.is_calm else chance.choice([0.0, 0.02, 0.1, 0.3])

    def maybe(self) -> str | None:
        """Something happens, or nothing; returns what."""
        if self.is_calm or self._chance.random() >= 0.25:
            return None
        number = self._chance.randrange(len(self._world.devices))
        device, person = self._world.devices[number], self._people[number]
        if not device.is_running:
            device.start()
            return f"{device.name} starts"
        what = self._chance.choice(["end", "kill", "cut power", "network", "refuse", "overtake", "overtake"])
        match what:
            case "end":
                device.end()
            case "kill":
                device.kill()
            case "cut power":
                before = device.disk.tree()
                device.cut_power()
                self._ledger.lost(before, device.disk.tree())
            case "network":
                self._world.network.is_down = not self._world.network.is_down
            case "refuse":
                error = self._chance.choice(ERRORS)
                what = f"refuse {error.code} {(operation := self._chance.choice(REFUSED))}"
                device.disk.fail(operation, "", error, self._chance.choice([1, 1, 3]))
            case _:
                what = f"overtake {(operation := self._chance.choice(OVERTAKEN))}"
                device.disk.before(operation, person.act)
        return f"{what}: {device.name}"

    def stop(self) -> None:
        self._world.network.trouble = 0.0
        self._world.network.is_down = False
        for device in self._world.devices:
            device.disk.heal()
            device.disk.forget_hooks()
