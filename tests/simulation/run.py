"""One run: people and faults agitate a world, then it comes to rest, and everything must be in order.

python -m tests.simulation.run SEED     run this one, and tell what happens in it
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from random import Random

from tests.simulation import oracles
from tests.simulation.device import DAEMON, ONCE
from tests.simulation.faults import Faults
from tests.simulation.people import Ledger, Person
from tests.simulation.world import World


def run(seed: int, say: Callable[[str], None] = lambda _line: None) -> str:
    """Returns what tells this run's end from any other.

    Raises: AssertionError, with the seed.
    """
    try:
        return _run(seed, say)
    except Exception as error:
        raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error


def _run(seed: int, say: Callable[[str], None]) -> str:
    chance = Random(seed)
    rhythms = [chance.choice([DAEMON, DAEMON, ONCE]) for _ in range(chance.choice([1, 2, 2, 2, 3]))]
    with World(seed, rhythms) as world:
        ledger = Ledger()
        people = [Person(device.disk, chance, ledger) for device in world.devices]
        busy = people if chance.random() < 0.8 else people[:1]
        faults = Faults(world, people, chance, ledger)
        for _ in range(chance.choice([3, 8, 20, 40])):
            person = chance.choice(busy)
            name = world.devices[people.index(person)].name
            for _ in range(chance.choice([1, 1, 1, 2, 5])):
                say(f"{world.steps} {name}: {person.act()}")
            if happened := faults.maybe():
                say(f"{world.steps} {happened}")
            _let_go_on(world, chance, chance.choice([0, 1, 5, 20, 60, 200]))
        faults.stop()
        say(f"{world.steps} no more faults")
        world.settle()
        say(f"{world.steps} settled")
        oracles.check(world, ledger)
        if len(busy) == 1 and faults.is_calm:
            oracles.check_no_conflicts(world)
        return _end_state(world)


def _let_go_on(world: World, chance: Random, steps: int) -> None:
    for _ in range(steps):
        asked = [d for d in world.devices if d.is_running and not d.rhythm.waits_for_news and not d.engine._runs]
        if asked and chance.random() < 0.1:
            chance.choice(asked).ask_to_sync()
        if not world.step() or (world.is_settled() and chance.random() < 0.5):
            return


def _end_state(world: World) -> str:
    state = repr((world.steps, world.clock.now_ns(), sorted(oracles.server_tree(world).items())))
    return hashlib.sha256(state.encode()).hexdigest()


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(run(int(argument), print))
