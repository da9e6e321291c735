"""The long tests that are one seed after the other: simulated systems, and the planner by itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import count

from tests.soak.summary import Summary


def simulation(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    from tests.simulation.run import run

    return _one_by_one("simulation", run, seed, until, say, go_on=go_on)


def planner(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    from tests.property.test_planner import run

    def both(number: int) -> None:
        run(number)
        run(number, excludes=True)

    return _one_by_one("planner", both, seed, until, say, go_on=go_on)


def _one_by_one(
    kind: str, run: Callable[[int], object], first: int, until: float, say: Callable[[str], None], *, go_on: bool
) -> Summary:
    logging.disable(logging.CRITICAL)
    problems: list[str] = []
    said_at = time.monotonic()
    for done in count():
        if time.monotonic() >= until or (problems and not go_on):
            return Summary(kind, f"{done:,} runs from seed {first} on, {len(problems)} failed", problems)
        try:
            run(first + done)
        except AssertionError as error:
            problems.append(str(error))
        if time.monotonic() - said_at > 60:
            said_at = time.monotonic()
            say(f"{done + 1:,} runs, {len(problems)} failed")
    raise AssertionError("it never ends")
