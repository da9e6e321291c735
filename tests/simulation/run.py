"""One run: people and faults agitate a world, then it comes to rest, and everything must be in order.

python -m tests.simulation.run SEED     run this one, and tell what happens in it
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from sync_engine.core import guard
from sync_engine.core.platform_names import Naming
from tests.simulation import oracles
from tests.simulation.device import DAEMON, ONCE, Model
from tests.simulation.faults import Faults
from tests.simulation.people import Ledger, Person
from tests.simulation.wishes import Wishes
from tests.simulation.world import World

MODELS = [
    Model(naming=Naming(tells_case=False, rules="macos")),
    Model(naming=Naming(tells_case=False, rules="windows"), keeps_executable=False),
    Model(naming=Naming(tells_case=False, keeps_case=False, rules="windows"), keeps_executable=False),
    Model(tells_birth=False),
]

SHARES = (0.25, 0.25, 0.4, 0.2)
"""Of the runs in which people do odd things, exclude something, tell the program what to do, and have small trees."""
GUARD_OF_SMALL_TREES = (6, 2)
"""The guard's numbers are for thousands of files; where there is a handful, these are many."""


@dataclass
class Ran:
    """What a run was.

    Attributes:
        end_state: what tells its end from any other's.
        met: how often each kind of fault was met.
    """

    end_state: str = ""
    steps: int = 0
    acts: int = 0
    bytes_checked: int = 0
    met: Counter[str] = field(default_factory=Counter)


class RunError(AssertionError):
    """A run that failed. Attributes: kind; ran, as far as it came."""

    def __init__(self, seed: int, error: Exception, ran: Ran) -> None:
        super().__init__(f"seed {seed}: {type(error).__name__}: {error}")
        self.kind = getattr(error, "kind", type(error).__name__)
        self.ran = ran


def run(seed: int, say: Callable[[str], None] = lambda _line: None) -> Ran:
    """Raises: RunError, with the seed."""
    ran = Ran()
    try:
        _Run(seed, say, ran).run()
    except Exception as error:
        raise RunError(seed, error, ran) from error
    return ran


class _Run:
    """What is drawn first decides what may happen in it."""

    def __init__(self, seed: int, say: Callable[[str], None], ran: Ran) -> None:
        self._seed = seed
        self._say = say
        self._ran = ran
        self._chance = chance = Random(seed)
        self._models = [Model(chance.choice([DAEMON, DAEMON, ONCE])) for _ in range(chance.choice([1, 2, 2, 2, 3, 4]))]
        self._is_odd, self._excludes, self._tells, is_small = (chance.random() < share for share in SHARES)
        if self._is_odd:
            self._models = [replace(chance.choice([m, m, *MODELS]), rhythm=m.rhythm) for m in self._models]
        self._guard = GUARD_OF_SMALL_TREES if is_small else (guard.MANY, guard.SEVERAL)

    def run(self) -> None:
        with World(self._seed, self._models) as world, _guard(*self._guard):
            self._agitate_and_check(world)

    def _agitate_and_check(self, world: World) -> None:
        chance, ledger = self._chance, Ledger()
        people = [Person(device.disk, chance, ledger, is_odd=self._is_odd) for device in world.devices]
        busy = people if chance.random() < 0.8 else people[:1]
        faults = Faults(world, people, chance, ledger)
        wishes = Wishes(world, chance, ledger, excludes=self._excludes)
        for device in world.devices:
            device.is_patient = not (self._is_odd or self._excludes)
        self._say(f"{self._models}, guard {self._guard}, {'excludes' * self._excludes}, {faults.families}")
        for _ in range(chance.choice([3, 8, 20, 40])):
            person = chance.choice(busy)
            self._agitate(world, world.devices[people.index(person)].name, person, faults, wishes)
            self._ran.steps, self._ran.acts, self._ran.met = world.steps, ledger.acts, faults.met
        self._bring_to_rest(world, people, faults, wishes)
        self._check(world, ledger)
        if self._excludes:
            wishes.include_all()
            for device in world.devices:
                device.is_patient = not self._is_odd
            self._tell(world, "nothing is excluded any more")
            _settle(world, wishes)
            self._check(world, ledger)
        elif len(busy) == 1 and faults.is_harmless and not (self._is_odd or self._guard == GUARD_OF_SMALL_TREES):
            # What comes back because a deletion is undone may find its name taken.
            oracles.check_no_conflicts(world)
        self._ran.steps, self._ran.end_state = world.steps, _end_state(world)

    def _agitate(self, world: World, name: str, person: Person, faults: Faults, wishes: Wishes) -> None:
        chance = self._chance
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            self._tell(world, f"{name}: {person.act()}")
        if happened := faults.maybe():
            self._tell(world, happened)
        if (self._tells or self._excludes) and (said := wishes.maybe()):
            self._tell(world, said)
        _let_go_on(world, chance, chance.choice([0, 1, 5, 20, 60, 200]))

    def _bring_to_rest(self, world: World, people: list[Person], faults: Faults, wishes: Wishes) -> None:
        for person in people:
            person.finish()
        faults.stop()
        wishes.resume_all()
        for device in world.devices:
            if not device.is_patient:  # what failed again and again would be tried again much later
                device.ask_to_sync()
        self._tell(world, "no more faults")
        _settle(world, wishes)
        if any(person.restored_times for person in people):
            for device in world.devices:
                device.engine.sync(device.reports.append, full=True)
                device.asleep_until = 0.0
            _settle(world, wishes)
        self._tell(world, "settled")

    def _check(self, world: World, ledger: Ledger) -> None:
        self._ran.bytes_checked += oracles.check(world, ledger)

    def _tell(self, world: World, what: str) -> None:
        self._say(f"{world.steps} {what}")


@contextmanager
def _guard(many: int, several: int) -> Iterator[None]:
    before = guard.MANY, guard.SEVERAL
    guard.MANY, guard.SEVERAL = many, several  # type: ignore[misc]
    try:
        yield
    finally:
        guard.MANY, guard.SEVERAL = before  # type: ignore[misc]


def _settle(world: World, wishes: Wishes) -> None:
    world.settle()
    while wishes.answer_all():
        world.settle()


def _let_go_on(world: World, chance: Random, steps: int) -> None:
    for _ in range(steps):
        asked = [d for d in world.devices if d.is_running and not d.rhythm.waits_for_news and not d.engine._runs]
        if asked and chance.random() < 0.1:
            chance.choice(asked).ask_to_sync()
        if not world.step() or (world.is_settled() and chance.random() < 0.5):
            return


def _end_state(world: World) -> str:
    nodes = sorted(world.host.living().values(), key=lambda node: node.node_id)
    state = repr((world.steps, world.clock.now_ns(), nodes))
    return hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(run(int(argument), print).end_state)
