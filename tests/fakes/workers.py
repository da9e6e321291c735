"""Workers without threads: a job runs when its result is collected."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sync_engine.errors import EngineError
from sync_engine.ports import Lane
from tests.fakes.device import FakeTime


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


class TimedWorkers(InlineWorkers):
    """Time goes on while nothing comes: waiting costs none of the test's."""

    def __init__(self, clock: FakeTime) -> None:
        super().__init__()
        self._clock = clock

    def collect(self, timeout_s: float | None) -> bool:
        came = super().collect(timeout_s)
        if not came and timeout_s:
            self._clock.advance(timeout_s)
        return came


class SteppedWorkers:
    """``ports.Workers`` for one of several devices on one scheduler: ``collect`` takes one step.

    A step runs one job, any of those that wait, or hands over what has arrived; so between a job's doing and its
    result anything may happen. What arrives keeps its order, as in the queue of the real ones. A job in the waiting
    lane is a long poll, asked again whenever there is news until it answers something else than ``False``, is
    interrupted, or its time is up.

    Attributes:
        on_idle: called with the seconds that the control thread would wait (``None``: for ever), if there is nothing
            to do; returns whether something may have come.
    """

    def __init__(
        self, chance: random.Random, monotonic: Callable[[], float], news: Callable[[], object], patience_s: float = 50
    ) -> None:
        self.on_idle: Callable[[float | None], bool] = lambda _timeout_s: False
        self._chance = chance
        self._monotonic = monotonic
        self._news = news
        self._patience_s = patience_s
        self._jobs: list[_Job] = []
        self._arrived: deque[Callable[[], None]] = deque()

    def submit(self, job: Callable[[], object], done: Callable[[object], None], lane: Lane = "quick") -> None:
        due = self._monotonic() + self._patience_s if lane == "waiting" else None
        self._jobs.append(_Job(job, done, due))

    def post(self, call: Callable[[], None]) -> None:
        self._arrived.append(call)

    def collect(self, timeout_s: float | None) -> bool:
        ready = [job for job in self._jobs if self._is_ready(job)]
        if ready and (not self._arrived or self._chance.random() < 0.5):
            self._run(self._chance.choice(ready))
        elif self._arrived:
            self._arrived.popleft()()
        elif timeout_s != 0:
            return self.on_idle(self._wait_s(timeout_s))
        else:
            return False
        return True

    def is_busy(self) -> bool:
        """There is something to do now."""
        return bool(self._arrived) or any(self._is_ready(job) for job in self._jobs)

    def interrupt(self, error: Exception) -> None:
        """The calls that wait end with this."""
        for job in self._jobs:
            if job.due is not None:
                job.interrupted = error

    def _is_ready(self, job: _Job) -> bool:
        if job.due is None or job.interrupted is not None:
            return True
        return job.heard != self._news() or job.due <= self._monotonic()

    def _wait_s(self, timeout_s: float | None) -> float | None:
        waits = [job.due - self._monotonic() for job in self._jobs if job.due is not None]
        return min([*waits, timeout_s] if timeout_s is not None else waits, default=None)

    def _run(self, job: _Job) -> None:
        job.heard = self._news()
        result: object = job.interrupted
        if result is None:
            try:
                result = job.call()
            except EngineError as error:  # any other is a bug, and no job's own affair
                result = error
        if job.due is None or result is not False or job.due <= self._monotonic():
            self._jobs.remove(job)
            self._arrived.append(lambda: job.done(result))


@dataclass(eq=False)
class _Job:
    call: Callable[[], object]
    done: Callable[[object], None]
    due: float | None
    """Of a job in the waiting lane."""
    heard: object = None
    interrupted: Exception | None = None
