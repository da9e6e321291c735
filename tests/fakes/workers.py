"""Workers without threads: a job runs when its result is collected."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

from sync_engine.ports import Lane


class InlineWorkers:
    """``ports.Workers``, deterministic. With a seed, jobs run in a random order that the seed repeats.

    Attributes:
        ran: jobs that ran, by lane.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._jobs: deque[tuple[Callable[[], object], Callable[[object], None], Lane]] = deque()
        self._posted: deque[Callable[[], None]] = deque()
        self._chance = random.Random(seed) if seed is not None else None
        self.ran: dict[Lane, int] = {"quick": 0, "transfer": 0, "waiting": 0}

    def submit(self, job: Callable[[], object], done: Callable[[object], None], lane: Lane = "quick") -> None:
        self._jobs.append((job, done, lane))

    def collect(self, timeout_s: float | None) -> bool:
        """One posted call or one job; never waits."""
        if self._posted:
            self._posted.popleft()()
            return True
        if not self._jobs:
            return False
        if self._chance is not None:
            self._jobs.rotate(self._chance.randrange(len(self._jobs)))
        job, done, lane = self._jobs.popleft()
        self.ran[lane] += 1
        try:
            result = job()
        except Exception as error:  # noqa: BLE001 - as threads hand it over
            result = error
        while self._posted:  # what it told along the way comes before its result
            self._posted.popleft()()
        done(result)
        return True

    def post(self, call: Callable[[], None]) -> None:
        self._posted.append(call)

    def run_all(self, limit: int = 10_000) -> None:
        """Until nothing is left to run."""
        for _ in range(limit):
            if not self.collect(0):
                return
        raise AssertionError(f"still busy after {limit} jobs")
