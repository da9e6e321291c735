"""The long tests that are one seed after the other: simulated systems, and the planner by itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from itertools import count

from tests.soak.summary import Summary

Say = Callable[[str], None]
_SAY_EVERY_S = 60.0


def simulation(seed: int, until: float, say: Say, *, go_on: bool) -> Summary:
    from tests.simulation.run import Ran, RunError, run

    met, figures = Counter[str](), Counter[str]()

    def one(number: int) -> None:
        ran: Ran
        try:
            ran = run(number)
        except RunError as error:
            ran = error.ran
            raise
        finally:
            met.update(ran.met)
            figures.update(operations=ran.acts, steps=ran.steps, bytes=ran.bytes_checked)

    def told() -> str:
        return (
            f"{figures['operations']:,} operations, {figures['steps']:,} steps, "
            f"{met.total():,} faults of {len(met)} kinds, {figures['bytes']:,} bytes checked"
        )

    return _one_by_one("simulation", one, told, seed, until, say, go_on=go_on)


def planner(seed: int, until: float, say: Say, *, go_on: bool) -> Summary:
    from tests.property.test_planner import run

    def both(number: int) -> None:
        run(number)
        run(number, excludes=True)

    return _one_by_one("planner", both, lambda: "each without and with exclusions", seed, until, say, go_on=go_on)


def _one_by_one(
    kind: str,
    run: Callable[[int], None],
    told: Callable[[], str],
    first: int,
    until: float,
    say: Say,
    *,
    go_on: bool,
) -> Summary:
    problems: list[str] = []
    say_at = time.monotonic() + _SAY_EVERY_S
    for done in count():
        line = f"{done:,} runs from seed {first} on, {told()}; {len(problems)} failed"
        if time.monotonic() >= until or (problems and not go_on):
            return Summary(kind, line, problems)
        if time.monotonic() >= say_at:
            say_at = time.monotonic() + _SAY_EVERY_S
            say(line)
        try:
            run(first + done)
        except AssertionError as error:
            problems.append(str(error))
    raise AssertionError("it never ends")
