"""A device that dies at a step of its own, over and over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from random import Random

from tests.failpoints.run import Tally, every_step, run, stage
from tests.failpoints.situations import SITUATIONS
from tests.soak.summary import Summary


def failpoints(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    """All situations in turn: once at every step, and from then on at two steps one after the other."""
    chance = Random(seed)
    problems: list[str] = []
    total = Tally()
    rounds = 0

    def twice(steps: Sequence[str]) -> Iterable[Sequence[int]]:
        return [[chance.randrange(1, len(steps) + 1), chance.randrange(1, len(steps) + 1)] for _ in range(20)]

    with stage() as shared:
        while True:
            situations = list(SITUATIONS.values())
            chance.shuffle(situations)
            for situation in situations:
                if time.monotonic() >= until or (problems and not go_on):
                    told = f"seed {seed}: {total.deaths:,} deaths at {len(total.steps)} kinds of steps"
                    return Summary("failpoints", f"{told}, {len(problems)} ended otherwise", problems)
                try:
                    tally = run(shared, situation, every_step if rounds == 0 else twice)
                except AssertionError as error:
                    problems.append(str(error))
                else:
                    total.deaths += tally.deaths
                    total.steps.update(tally.steps)
                    say(f"{situation.name}: {tally.deaths} deaths")
            rounds += 1
