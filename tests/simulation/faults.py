"""What goes wrong while people work: programs that end, power that fails, networks that lose answers, disks that
refuse, servers that are put back to an older state, people who are quicker than the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from sync_engine.errors import DiskError, DiskFault, DiskFull, Locked, NotPermitted
from tests.simulation.device import Device, DeviceTime
from tests.simulation.oracles import living_contents
from tests.simulation.people import Ledger, Person
from tests.simulation.server import ServerTime
from tests.simulation.world import World

ERRORS: list[type[DiskError]] = [DiskFault, DiskFull, Locked, NotPermitted]
REFUSED = ["list_folder", "look", "open_file", "read", "stage", "write", "finish", "make_folder", "make_symlink"]
REFUSED += ["put_in_place", "move", "park", "trash", "set_executable"]
OVERTAKEN = [*REFUSED, "exchange", "place", "rename", "sync"]

FAMILIES = ["program", "power", "network", "disk", "room", "events", "journal", "server", "backup", "session", "clock"]
HARMLESS = {"program", "network", "room", "events", "server", "session", "clock"}
"""None of these is a reason for a conflicted copy."""


class Faults:
    """How much of what goes wrong in one run, at random; nearly half of the runs have none.

    Attributes:
        families: what may go wrong in this run.
        met: how often each thing happened.
    """

    def __init__(self, world: World, people: list[Person], chance: Random, ledger: Ledger) -> None:
        self._world = world
        self._people = people
        self._chance = chance
        self._ledger = ledger
        self.met: Counter[str] = Counter()
        self._old_journals: dict[str, bytes] = {}
        self._missed: set[str] = set()
        count = chance.choice([0, 0, 0, 1, 1, 2, 3, len(FAMILIES)])
        self.families = chance.sample(FAMILIES, count)
        if "network" in self.families:
            world.network.trouble = chance.choice([0.02, 0.1, 0.3])

    @property
    def is_calm(self) -> bool:
        """Nothing will go wrong."""
        return not self.families

    @property
    def is_harmless(self) -> bool:
        return HARMLESS.issuperset(self.families)

    def maybe(self) -> str | None:
        """Something happens, or nothing; returns what."""
        if self.is_calm or self._chance.random() >= 0.25:
            return None
        number = self._chance.randrange(len(self._world.devices))
        device = self._world.devices[number]
        if not device.is_running:
            if self._chance.random() < 0.3 and (said := self._while_off(device)):
                return said
            device.start()
            return f"{device.name} starts"
        if device.disk.is_full or device.kept.is_full:
            device.disk.is_full = device.kept.is_full = False
            return f"room again: {device.name}"
        happenings: dict[str, list[Callable[[Device, Person], str]]] = {
            "program": [self._end, self._kill],
            "power": [self._cut_power],
            "network": [self._network],
            "disk": [self._refuse, self._overtake, self._overtake, self._lock],
            "room": [self._fill, self._fill_journal],
            "events": [self._overflow, self._miss],
            "journal": [self._kill, self._copy_journal],
            "server": [self._restart_server],
            "backup": [self._back_up, self._restore],
            "session": [self._revoke, self._sign_in],
            "clock": [self._jump],
        }
        happening = self._chance.choice(happenings[self._chance.choice(self.families)])
        what = happening(device, self._people[number])
        self.met[happening.__name__.strip("_")] += 1
        return f"{what}: {device.name}"

    def stop(self) -> None:
        """It is over, and what only people can mend is mended."""
        world = self._world
        self.met.update(world.network.met)
        world.network.trouble = 0.0
        world.network.is_down = False
        world.network.deliver_late(everything=True)
        for device in world.devices:
            device.disk.heal()
            device.disk.forget_hooks()
            device.kept.is_full = False
            if not device.is_running:
                device.start()
            if "session" in self.families or "backup" in self.families:
                device.sign_in(world.host.sign_in(device.device_id))
            if device.name in self._missed:
                device.engine.look_everywhere()

    # --- what happens ------------------------------------------------------------------------------------------

    def _end(self, device: Device, person: Person) -> str:
        device.end()
        return "end"

    def _kill(self, device: Device, person: Person) -> str:
        device.kill()
        return "kill"

    def _cut_power(self, device: Device, person: Person) -> str:
        before = device.disk.tree()
        device.cut_power()
        self._ledger.lost(before, device.disk.tree())
        return "cut power"

    def _network(self, device: Device, person: Person) -> str:
        network = self._world.network
        network.is_down = not network.is_down
        return "network down" if network.is_down else "network up"

    def _refuse(self, device: Device, person: Person) -> str:
        error, operation = self._chance.choice(ERRORS), self._chance.choice(REFUSED)
        device.disk.fail(operation, "", error, self._chance.choice([1, 1, 3]))
        return f"refuse {error.code} {operation}"

    def _overtake(self, device: Device, person: Person) -> str:
        operation = self._chance.choice(OVERTAKEN)
        device.disk.before(operation, person.act)
        return f"overtake {operation}"

    def _lock(self, device: Device, person: Person) -> str:
        path = person._some(folder=True)
        if path is None or self._chance.random() < 0.3:
            device.disk.heal()
            return "unlock all folders"
        device.disk.lock(path)
        return f"lock {path}"

    def _fill(self, device: Device, person: Person) -> str:
        device.disk.is_full = True
        return "disk full"

    def _fill_journal(self, device: Device, person: Person) -> str:
        device.kept.is_full = True
        return "journal full"

    def _overflow(self, device: Device, person: Person) -> str:
        return f"{device.lose_events(is_noticed=True)} events lost"

    def _miss(self, device: Device, person: Person) -> str:
        if device.rhythm.waits_for_news:
            self._missed.add(device.name)
        return f"{device.lose_events(is_noticed=False)} events lost, and nobody knows"

    def _copy_journal(self, device: Device, person: Person) -> str:
        self._old_journals[device.name] = device.copy_journal()
        return "the journal is copied"

    def _while_off(self, device: Device) -> str | None:
        """Somebody deletes the journal, puts an old copy back, or its disk rots."""
        if "journal" not in self.families:
            return None
        old = self._chance.choice([None, self._old_journals.get(device.name), b"rot" * 1000])
        device.put_back_journal(old)
        self.met["journal lost"] += 1
        return f"another journal: {device.name}, {'none' if old is None else len(old)}"

    def _restart_server(self, device: Device, person: Person) -> str:
        self._world.restart_server()
        return "server restarted"

    def _back_up(self, device: Device, person: Person) -> str:
        self._world.host.back_up()
        return "server backed up"

    def _restore(self, device: Device, person: Person) -> str:
        renews_epoch = self._chance.random() < 0.5
        self._world.restore_server(renews_epoch=renews_epoch)
        self._ledger.restored(living_contents(self._world, self._ledger))
        return f"server restored, renews epoch: {renews_epoch}"

    def _revoke(self, device: Device, person: Person) -> str:
        self._world.host.revoke(device.device_id)
        return "session revoked"

    def _sign_in(self, device: Device, person: Person) -> str:
        device.sign_in(self._world.host.sign_in(device.device_id))
        return "signed in"

    def _jump(self, device: Device, person: Person) -> str:
        clocks: list[DeviceTime | ServerTime] = [device.clock, device.clock, self._world.host.clock]
        clock = self._chance.choice(clocks)
        clock.skew_s += self._chance.choice([-86_400.0, -3_600.0, -2.0, 2.0, 3_600.0, 86_400.0])
        return f"a clock is {clock.skew_s} s off"
