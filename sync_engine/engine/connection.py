"""Whether the server can be reached, and when to try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from sync_engine.errors import Refused, RemoteError, SignedOut, UpdateNeeded
from sync_engine.ports import Clock

ConnectionState: TypeAlias = Literal["online", "offline", "signed-out", "update-needed"]

_FIRST_S = 1.0
_LONGEST_S = 60.0
_MOST = 10
"""Failures in a row, from which on nothing gets worse."""
_ASK_AGAIN_S = 60.0
"""Signed out or too old: only a person can change that, but it may happen in another program."""


class Connection:
    """Starts as online: the first failure tells."""

    def __init__(self, clock: Clock, chance: Callable[[], float]) -> None:
        self._clock = clock
        self._chance = chance
        self.failures = 0
        """In a row."""
        self._next_try = 0.0
        self.state: ConnectionState = "online"
        self.reason = ""
        self.detail = ""
        """What the server says of the reason, for people, where it says more than the code."""
        self.has_answered = False
        """The server, at least once."""

    def answered(self) -> None:
        """The server is there. Whether what was begun comes to an end will show: until then failures count on."""
        self.has_answered = True
        self._next_try = 0.0
        self.state = "online"
        self.reason = self.detail = ""

    def succeeded(self) -> None:
        self.answered()
        self.failures = 0

    def failed(self, error: RemoteError, *, is_lasting: bool = False) -> None:
        """Back off: each failure doubles the wait, with jitter, unless the server said how long. One that is lasting
        counts as many: it took long to find out.

        Of calls that were under way at the same time one counts: what fails while nobody may try tells nothing new.
        """
        self.reason = error.problem_code if isinstance(error, Refused) else error.code
        self.detail = str(error) if isinstance(error, UpdateNeeded) else ""
        is_new = self.may_try()
        if isinstance(error, SignedOut):
            self.state, delay_s = "signed-out", _ASK_AGAIN_S
        elif isinstance(error, UpdateNeeded):
            self.state, delay_s = "update-needed", _ASK_AGAIN_S
        else:
            self.state = "offline"
            delay_s = error.retry_after_s
            if is_lasting:
                delay_s = _LONGEST_S
            elif is_new:
                delay_s = max(delay_s, min(_FIRST_S * 2**self.failures, _LONGEST_S) * (0.5 + self._chance()))
        self.failures = _MOST if is_lasting else min(self.failures + is_new, _MOST)
        self._next_try = max(self._next_try, self._clock.monotonic() + delay_s)

    def may_try(self) -> bool:
        return self._next_try <= self._clock.monotonic()

    def try_now(self) -> None:
        """Somebody asks, or the network changed."""
        self._next_try = 0.0

    def wait_s(self) -> float:
        """Seconds until ``may_try`` turns true."""
        return max(0.0, self._next_try - self._clock.monotonic())

    def next_try(self) -> float | None:
        """When ``may_try`` turns true; ``None``: it is."""
        return None if self.may_try() else self._next_try
