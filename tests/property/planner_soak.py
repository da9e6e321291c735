"""The planner by itself, one perturbed tree after the other, and what that came to in numbers.

python -m tests.property.planner_soak [--cases N] [--minutes N] [--first CASE]
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.test_planner import Case, run


@dataclass
class Soaked:
    """What so many cases were, each with and without exclusions."""

    first: int
    cases: int = 0
    plans: int = 0
    operations: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        self.plans += len(case.world.plans)
        self.operations += sum(len(plan.journal) + len(plan.local) + len(plan.remote) for plan in case.world.plans)

    def told(self) -> str:
        """In one line."""
        return (
            f"{self.cases:,} cases from {self.first} on, with and without exclusions: {self.plans:,} plans of "
            f"{self.operations:,} operations; {len(self.problems)} failed"
        )


def soak(
    first: int,
    until: float,
    say: Callable[[str], None] = print,
    *,
    most: int | None = None,
    goes_on: bool = True,
) -> Soaked:
    """Cases from the first one on, until the monotonic clock is there or ``most`` were tried."""
    soaked = Soaked(first)
    said_at = time.monotonic()
    while time.monotonic() < until and (most is None or soaked.cases < most) and (goes_on or not soaked.problems):
        for excludes in (False, True):
            try:
                soaked.add(run(first + soaked.cases, excludes=excludes))
            except AssertionError as error:
                soaked.problems.append(f"{error}, {'with' if excludes else 'without'} exclusions")
                say(soaked.problems[-1][:500])
        soaked.cases += 1
        if time.monotonic() - said_at > 60:
            said_at = time.monotonic()
            say(f"{soaked.cases:,} cases, {len(soaked.problems)} failed")
    return soaked


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m tests.property.planner_soak")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long, at most (60)")
    parser.add_argument("--cases", type=int, default=100_000, help="how many, at most (100,000)")
    parser.add_argument("--first", type=int, metavar="CASE", help="where to begin, instead of anywhere")
    options = parser.parse_args(arguments)
    first = secrets.randbelow(10**9) if options.first is None else options.first
    soaked = soak(first, time.monotonic() + options.minutes * 60, most=options.cases)
    print(soaked.told())
    return 1 if soaked.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
