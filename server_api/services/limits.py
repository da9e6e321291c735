"""Limits on everything that guesses: so many tries at once, then one every so often.

Kept in the database: all processes of a server count together. What is kept is forgotten once it limits nothing.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from server_api.domain.clock import Clock
from server_api.errors import RateLimitedError, UnavailableError
from server_api.storage.contention import one_of_several, retried
from server_api.storage.database import Database, UnitOfWork
from server_api.storage.tables import attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` tries at once; one more every ``every_s`` seconds."""

    name: str
    burst: int
    every_s: float


PASSWORD_HERE: Final = Limit("password-here", 10, 30.0)
"""Wrong passwords for one account from one address, or from one of its devices."""
PASSWORD_ANYWHERE: Final = Limit("password", 100, 10.0)
"""Wrong passwords for one account from where it never signed in. Who is known to the account is not held up by them, so
that strangers cannot lock its owner out."""
SECOND_FACTOR: Final = Limit("second-factor", 10, 300.0)
"""Wrong codes for one account, which only those who know its password can send."""
ADDRESS: Final = Limit("address", 50, 5.0)
"""Wrong passwords, tokens, codes and links from one address."""
RESET_FROM: Final = Limit("reset-from", 10, 120.0)
"""Links asked for by mail, from one address or by one account."""
RESET_FOR: Final = Limit("reset-for", 3, 600.0)
"""Links to a new password for one email address, whether it has an account or not."""
POSITION: Final = Limit("position", 30, 2.0)
"""Times that one device tells its position."""
REGISTER: Final = Limit("register", 60, 10.0)
"""New accounts from one address, made or refused."""

_FORGOTTEN_AT_ONCE: Final = 50
"""Whenever a row is made."""


class RateLimiter:
    """Thread-safe, and for several processes. A key's row says when it has all its tries back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, limit: Limit, key: str) -> None:
        """Counts one try. Raises: RateLimitedError, with the time until the next."""
        self._take_all([(limit, key)])

    @contextmanager
    def guess(self, *limits: tuple[Limit, str]) -> Iterator[None]:
        """Counts the block as a try under each of the limits, unless it succeeds or nobody could tell.

        The tries are taken before, in one transaction: many at the same time do not get past the limit, and what one
        limit refuses costs nothing under another. Not within a transaction. Raises: RateLimitedError.
        """
        self._take_all(limits)
        try:
            yield
        except UnavailableError:
            self._give_back(limits)
            raise
        self._give_back(limits)

    @retried
    def _take_all(self, limits: Sequence[tuple[Limit, str]]) -> None:
        with one_of_several(), self._database.write() as work:
            now = self._clock.now_ms()
            in_order = sorted(limits, key=_hash)  # so that two never wait for each other
            are_new = [self._take_one(work, limit, _hash((limit, key)), now) for limit, key in in_order]
            if any(are_new):
                _forget_some(work, now)

    def _take_one(self, work: UnitOfWork, limit: Limit, key_hash: bytes, now: int) -> bool:
        """Whether this made the key's row."""
        step, most = round(limit.every_s * 1000), round(limit.burst * limit.every_s * 1000)
        this = attempt.c.key_hash == key_hash
        known = work.connection.scalar(select(attempt.c.full_at).where(this).with_for_update())
        is_sensible = known is not None and now < known <= now + most  # else the clock was put back
        full_at = (known if known is not None and is_sensible else now) + step
        if full_at - now > most:
            raise RateLimitedError(retry_after_s=math.ceil((full_at - now - most) / 1000))
        if known is None:
            work.connection.execute(insert(attempt).values(key_hash=key_hash, full_at=full_at))
        else:
            work.connection.execute(update(attempt).where(this).values(full_at=full_at))
        return known is None

    @retried
    def _give_back(self, limits: Sequence[tuple[Limit, str]]) -> None:
        with self._database.write() as work:
            for limit, key in sorted(limits, key=_hash):
                step = round(limit.every_s * 1000)
                this = attempt.c.key_hash == _hash((limit, key))
                work.connection.execute(update(attempt).where(this).values(full_at=attempt.c.full_at - step))


def _forget_some(work: UnitOfWork, now: int) -> None:
    """Of what limits nothing any more; what others hold is left to them, for they may wait for what is held here."""
    old = select(attempt.c.key_hash).where(attempt.c.full_at <= now).limit(_FORGOTTEN_AT_ONCE)
    rows = [{"gone": key_hash} for key_hash in work.connection.scalars(old.with_for_update(skip_locked=True))]
    if rows:  # one by one, by their key: a database may go through the whole table for several, and wait there
        work.connection.execute(delete(attempt).where(attempt.c.key_hash == bindparam("gone")), rows)


def _hash(limited: tuple[Limit, str]) -> bytes:
    limit, key = limited
    return hashlib.sha256(f"{limit.name} {key}".encode()).digest()
