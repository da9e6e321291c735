"""The long random tests: whole systems, seed after seed, until one fails or the time is over.

    python -m tests.soak [--minutes N] [--runs N] [--first SEED]

``python -m tests.simulation.run SEED`` runs a seed again, and tells what happens in it.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import time
import traceback

from tests.simulation.run import run


def main(arguments: list[str]) -> int:
    """The exit status: 1 after a failure."""
    options = _parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)
    first = secrets.randbelow(10**9) if options.first is None else options.first
    until = time.monotonic() + options.minutes * 60
    seed = first
    failed = []
    while time.monotonic() < until and (options.runs is None or seed < first + options.runs):
        try:
            run(seed)
        except AssertionError as error:
            failed.append(seed)
            if options.go_on:
                print(error, flush=True)
            else:
                traceback.print_exc()
                break
        seed += 1
    print(f"{seed - first} runs from seed {first} on; failed: {', '.join(map(str, failed)) or 'none'}")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.soak", description="Run simulated systems at random.")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, at most (10)")
    parser.add_argument("--runs", type=int, help="how many, at most")
    parser.add_argument("--first", type=int, metavar="SEED", help="where to begin, instead of anywhere")
    parser.add_argument("--go-on", action="store_true", help="after a failure as well")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
