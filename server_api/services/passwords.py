"""Passwords: what is taken, how it is kept, and how it is checked in the same time for every account."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from server_api.errors import PasswordNeededError, WeakPasswordError, WrongCredentialsError
from server_api.services.limits import PASSWORD_HERE
from server_api.services.server import Caller, Server
from server_api.storage.tables import account

MIN_CHARACTERS: Final = 8

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's smallest: the default of 64 MiB takes six times as long and gives a stranger a way to use up the memory."""
_NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$Ydx2flNQOdtw1sf3o5ASRg$aZsSGCQfnWfP0bFbZ0wNDsYPpz3i3vSmoLkpWOc1qEU"
"""Checked for accounts that do not exist, so that the time tells nothing. No password is known that fits."""


def check_strength(password: str, email: str) -> None:
    """Raises: WeakPasswordError."""
    if len(password) < MIN_CHARACTERS:
        raise WeakPasswordError(f"It needs at least {MIN_CHARACTERS} characters.")
    if password.casefold() in {email.casefold(), email.split("@", 1)[0].casefold()}:
        raise WeakPasswordError("It is the email address.")


def hash_password(server: Server, password: str) -> str:
    """What is stored in place of the password; about 50 ms away from the threads that serve."""
    hashed: str = server.offload(_HASHER.hash, password)
    return hashed


def is_password(server: Server, stored: str | None, password: str) -> bool:
    """Whether the password fits. ``None`` for an account that does not exist: takes as long and is false."""
    return server.offload(_verify, stored or _NOBODY, password) and stored is not None


def check_again(server: Server, caller: Caller, password: str | None) -> None:
    """Before what a stolen session must not do.

    Raises: PasswordNeededError, WrongCredentialsError, RateLimitedError.
    """
    if password is None:
        raise PasswordNeededError
    with server.database.read() as connection:
        stored = connection.scalar(select(account.c.password_hash).where(account.c.account_id == caller.account_id))
    with server.limiter.guess((PASSWORD_HERE, caller.device_id.hex())):
        if not is_password(server, stored, password):
            raise WrongCredentialsError("The password is wrong.")


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
