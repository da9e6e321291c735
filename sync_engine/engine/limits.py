"""How much and how often: bandwidth, and waiting before another try."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from sync_engine.errors import RateLimited, RemoteError, Unreachable
from sync_engine.ports import Clock

T = TypeVar("T")

ATTEMPTS: Final = 4
_FIRST_DELAY_S: Final = 0.5
LONGEST_DELAY_S: Final = 60.0
"""Whoever is asked to wait longer gives up for now, so that all that follows waits as well and people are told."""


class CalledOff(Exception):
    """The work was called off while it waited or ran."""


def delay_s(attempt: int, chance: float, retry_after_s: float = 0.0) -> float:
    """Before another try, after so many failures (from 1): doubling, jittered by half, at least what was asked for."""
    longest = min(_FIRST_DELAY_S * 2.0 ** min(attempt - 1, 16), LONGEST_DELAY_S)
    return max(longest * (0.5 + chance / 2), retry_after_s)


class Patience:
    """Tries again what is worth trying again, for as long as somebody wants the result.

    Attributes:
        stop: once set, everything that waits or starts here ends with ``CalledOff``.
    """

    def __init__(
        self, chance: Callable[[], float], wait: Callable[[threading.Event, float], bool], attempts: int = ATTEMPTS
    ) -> None:
        self.stop = threading.Event()
        self._chance = chance
        self._wait = wait
        self._attempts = attempts

    def part(self) -> Patience:
        """As patient, with a ``stop`` of its own."""
        return Patience(self._chance, self._wait, self._attempts)

    def check(self) -> None:
        """Raises: CalledOff."""
        if self.stop.is_set():
            raise CalledOff

    def attempt(self, call: Callable[[], T]) -> T:
        """The call's answer; after a loss or a request to wait it is made again.

        Raises: the last error, when all attempts failed or it asks for long, and any other at once; CalledOff.
        """
        failures = 0
        while True:
            self.check()
            try:
                return call()
            except (Unreachable, RateLimited) as error:
                self.check()
                failures += 1
                if failures >= self._attempts:
                    raise
                reason: RemoteError = error
            self.pause(failures, reason)

    def pause(self, failures: int, reason: RemoteError) -> None:
        """Wait before the next try. Raises: CalledOff, as soon as that happens; the reason, if it asks for long."""
        if reason.retry_after_s > LONGEST_DELAY_S:
            raise reason
        if self._wait(self.stop, delay_s(failures, self._chance(), reason.retry_after_s)):
            raise CalledOff


class Bandwidth:
    """A token bucket that many threads draw from: not more than the rate, and a tenth of a second's burst.

    Who comes first is served first; each is told how long to wait, so that nobody sleeps with a lock held.
    """

    def __init__(self, clock: Clock, bytes_a_second: int = 0, sleep: Callable[[float], None] | None = None) -> None:
        """``bytes_a_second`` 0: no limit. ``sleep`` is called with seconds."""
        self._clock = clock
        self._sleep = sleep if sleep is not None else _sleep
        self._lock = threading.Lock()
        self._free_at = clock.monotonic()
        self.bytes_a_second = bytes_a_second

    def take(self, size: int) -> None:
        """Returns when so many bytes may go; large amounts are better taken in pieces."""
        rate = self.bytes_a_second
        if rate <= 0:
            return
        with self._lock:
            now = self._clock.monotonic()
            start = max(self._free_at, now - 0.1)
            self._free_at = start + size / rate
            wait_s = start - now
        if wait_s > 0:
            self._sleep(wait_s)


def _sleep(seconds: float) -> None:
    threading.Event().wait(seconds)
