"""Limits on everything that guesses: so many tries at once, then one every so often.

Kept in this process: another process has its own count.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from server_api.domain.clock import Clock
from server_api.errors import RateLimitedError, UnavailableError

_MAX_KEYS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` tries at once; one more every ``every_s`` seconds."""

    name: str
    burst: int
    every_s: float


PASSWORD_HERE: Final = Limit("password-here", 10, 30.0)
"""Wrong passwords for one account from one address."""
PASSWORD_ANYWHERE: Final = Limit("password", 100, 10.0)
"""Wrong passwords for one account from everywhere: high, so that a stranger cannot lock its owner out."""
SECOND_FACTOR: Final = Limit("second-factor", 10, 300.0)
"""Wrong codes for one account, which only those who know its password can send."""
ADDRESS: Final = Limit("address", 50, 5.0)
"""Wrong passwords, tokens, codes and links from one address."""
RESET_FROM: Final = Limit("reset-from", 10, 120.0)
"""Links asked for by mail, from one address or by one account."""
RESET_FOR: Final = Limit("reset-for", 3, 600.0)
"""Links to a new password for one email address, whether it has an account or not."""
REGISTER: Final = Limit("register", 60, 10.0)
"""New accounts from one address, made or refused."""


class RateLimiter:
    """Thread-safe; holds at most 100,000 keys and forgets the oldest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()
        """When each key has all its tries back, on the monotonic clock."""

    def take(self, limit: Limit, key: str) -> None:
        """Counts one try. Raises: RateLimitedError, with the time until the next."""
        with self._lock:
            now = self._clock.monotonic()
            full_at = max(self._full_at.pop((limit.name, key), now), now) + limit.every_s
            wait_s = full_at - now - limit.burst * limit.every_s
            if wait_s > 0:
                self._full_at[limit.name, key] = full_at - limit.every_s
                raise RateLimitedError(retry_after_s=math.ceil(wait_s))
            self._full_at[limit.name, key] = full_at
            while len(self._full_at) > _MAX_KEYS:
                self._full_at.popitem(last=False)

    def give_back(self, limit: Limit, key: str) -> None:
        with self._lock:
            full_at = self._full_at.get((limit.name, key))
            if full_at is not None:
                self._full_at[limit.name, key] = full_at - limit.every_s

    @contextmanager
    def guess(self, *limits: tuple[Limit, str]) -> Iterator[None]:
        """Counts the block as a try under each of the limits, unless it succeeds or nobody could tell.

        The try is taken before, so that many at the same time do not get past the limit.
        """
        taken: list[tuple[Limit, str]] = []
        try:
            for limit, key in limits:
                self.take(limit, key)
                taken.append((limit, key))
        except RateLimitedError:
            self._give_all_back(taken)
            raise
        try:
            yield
        except UnavailableError:
            self._give_all_back(taken)
            raise
        self._give_all_back(taken)

    def _give_all_back(self, taken: list[tuple[Limit, str]]) -> None:
        for limit, key in taken:
            self.give_back(limit, key)
