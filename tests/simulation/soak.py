"""Simulated systems, seed after seed, and what they came to in numbers.

    python -m tests.simulation.soak [--minutes N] [--runs N] [--first SEED] [--twice]

``python -m tests.simulation.run SEED`` tells what happens in one of them.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.run import Ran, RunError, run


@dataclass
class Soaked:
    """What so many runs were.

    Attributes:
        acts: of people, in the folders.
        met: how often each kind of fault was met.
        failures: by kind, such as ``loss`` or ``divergence``: what the oracles call them.
        problems: one line a failure, with its seed.
    """

    first: int
    runs: int = 0
    steps: int = 0
    acts: int = 0
    bytes_checked: int = 0
    met: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, ran: Ran) -> None:
        self.runs += 1
        self.steps += ran.steps
        self.acts += ran.acts
        self.bytes_checked += ran.bytes_checked
        self.met.update(ran.met)

    def told(self) -> str:
        """In one line."""
        met = ", ".join(f"{count:,} × {kind}" for kind, count in self.met.most_common())
        failed = ", ".join(f"{count} × {kind}" for kind, count in self.failures.most_common()) or "none"
        return (
            f"{self.runs:,} runs from seed {self.first} on, {self.acts:,} changes by people in {self.steps:,} steps, "
            f"{self.bytes_checked:,} bytes of history read; faults: {met or 'none'}; failed: {failed}"
        )


def soak(
    first: int,
    until: float,
    say: Callable[[str], None] = print,
    *,
    most: int | None = None,
    goes_on: bool = True,
    twice: bool = False,
) -> Soaked:
    """Seeds from the first one on, until the monotonic clock is there or ``most`` were run.

    ``goes_on``: after a failure as well. ``twice``: each seed again, which has to end the same.
    """
    soaked = Soaked(first)
    said_at = time.monotonic()
    while time.monotonic() < until and (most is None or soaked.runs < most):
        seed = first + soaked.runs
        try:
            ran = run(seed)
            soaked.add(ran)
            if twice and run(seed).end_state != ran.end_state:
                soaked.failures["other end"] += 1
                soaked.problems.append(f"seed {seed} ends otherwise the second time")
        except RunError as error:
            soaked.add(error.ran)
            soaked.failures[error.kind] += 1
            soaked.problems.append(str(error))
            say(str(error)[:500])
        if soaked.problems and not goes_on:
            break
        if time.monotonic() - said_at > 60:
            said_at = time.monotonic()
            say(f"{soaked.runs:,} runs, {len(soaked.problems)} failed")
    return soaked


def main(arguments: list[str]) -> int:
    logging.disable(logging.CRITICAL)  # what engines say while things go wrong is of no interest
    parser = argparse.ArgumentParser("python -m tests.simulation.soak")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, at most (10)")
    parser.add_argument("--runs", type=int, help="how many, at most")
    parser.add_argument("--first", type=int, metavar="SEED", help="where to begin, instead of anywhere")
    parser.add_argument("--twice", action="store_true", help="each seed again: it must end the same")
    options = parser.parse_args(arguments)
    first = secrets.randbelow(10**9) if options.first is None else options.first
    soaked = soak(first, time.monotonic() + options.minutes * 60, most=options.runs, twice=options.twice)
    print(soaked.told())
    return 1 if soaked.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
