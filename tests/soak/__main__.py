"""The long random tests: whole systems, until the time is over, or until something is not as it must be.

    python -m tests.soak [KIND] [--minutes N] [--first SEED] [--go-on]

simulation   simulated systems, one seed after the other; ``python -m tests.simulation.run SEED`` tells what happens
planner      the planner alone, one perturbed tree after the other
failpoints   a device dies at a step, and must come to the same end as if it had not
collection   what collects and scrubs is killed while devices write; every version must read back
processes    three daemons and a server, with people at work; all of it is killed now and then
all          side by side (as when nothing is named)
"""

from __future__ import annotations

import argparse
import logging
import secrets
import subprocess
import sys
import time
from collections.abc import Callable

from tests.soak.collection import soak as collection
from tests.soak.failpoints import failpoints
from tests.soak.processes import soak
from tests.soak.seeds import planner, simulation
from tests.soak.summary import Summary

KINDS: dict[str, Callable[..., Summary]] = {
    "simulation": simulation,
    "planner": planner,
    "failpoints": failpoints,
    "collection": collection,
    "processes": soak,
}


def main(arguments: list[str]) -> int:
    """The exit status: 1 if anything was not as it must be."""
    options = _parser().parse_args(arguments)
    if options.kind == "all":
        return _side_by_side(arguments)
    seed = secrets.randbelow(10**9) if options.first is None else options.first

    def say(line: str) -> None:
        print(f"{options.kind}: {line}", flush=True)

    logging.disable(logging.CRITICAL)  # what engines say while things go wrong is of no interest
    say(f"from seed {seed} on")
    summary = KINDS[options.kind](seed, time.monotonic() + options.minutes * 60, say, go_on=options.go_on)
    print("\n".join(summary.lines()), flush=True)
    return 1 if summary.problems else 0


def _side_by_side(arguments: list[str]) -> int:
    """Each kind in a process of its own."""
    rest = [argument for argument in arguments if argument != "all"]
    running = {kind: subprocess.Popen([sys.executable, "-m", "tests.soak", kind, *rest]) for kind in KINDS}
    try:
        failed = [kind for kind, process in running.items() if process.wait()]
    except BaseException:
        for process in running.values():
            process.terminate()
        raise
    print(f"failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.soak", description="Run long random tests.")
    parser.add_argument("kind", nargs="?", choices=[*KINDS, "all"], default="all", help="which of them (all)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, at most (10)")
    parser.add_argument("--first", type=int, metavar="SEED", help="where to begin, instead of anywhere")
    parser.add_argument("--go-on", action="store_true", help="after a failure as well")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
