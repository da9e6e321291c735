"""The second factor: six digits from an authenticator application (TOTP, RFC 6238), and codes for the day it is lost.

No code works twice. A code counts in the transaction of what it lets in, so that of two at the same time one is let in.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyotp
from sqlalchemy import Connection, and_, delete, func, insert, select, update

from server_api.contract.accounts import EnrolledFactor, RecoveryCodes, SecondFactor
from server_api.errors import ForbiddenError, SecondFactorNeededError, WrongSecondFactorError
from server_api.services import audit, passwords
from server_api.services.accounts import hash_code
from server_api.services.limits import SECOND_FACTOR
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.locks import lock_account
from server_api.storage.tables import recovery_code, second_factor

RECOVERY_CODES: Final = 10

_SECRET_BYTES: Final = 20
_RECOVERY_BYTES: Final = 10
_STEP_MS: Final = 30_000
_STEPS_ASIDE: Final = 1
"""A phone's clock may be so many steps off."""
_SPACING: Final = re.compile(r"[\s-]")
_DIGITS: Final = re.compile(r"[0-9]{6}")


def describe(server: Server, caller: Caller) -> SecondFactor:
    """Whether it is on, and how many recovery codes are left."""
    left = select(func.count()).select_from(recovery_code).where(recovery_code.c.account_id == caller.account_id)
    with server.database.read() as connection:
        return SecondFactor(
            is_on=is_on(connection, caller.account_id), recovery_codes_left=connection.scalar(left) or 0
        )


def is_on(connection: Connection, account_id: bytes) -> bool:
    """Whether signing in to the account needs a code."""
    found = select(second_factor.c.is_on).where(second_factor.c.account_id == account_id)
    return bool(connection.scalar(found))


@contextmanager
def guess(server: Server, account_id: bytes, code: str | None) -> Iterator[None]:
    """Around the transaction that uses a code: a wrong one counts under the limit and is recorded.

    Raises: SecondFactorNeededError, RateLimitedError.
    """
    with server.database.read() as connection:
        needs_code = is_on(connection, account_id)
    if not needs_code:
        yield
        return
    if not code:
        raise SecondFactorNeededError
    try:
        with server.limiter.guess((SECOND_FACTOR, account_id.hex())):
            yield
    except WrongSecondFactorError:
        audit.record_alone(server, "second-factor-refused", account_id=account_id)
        raise


def use(server: Server, work: UnitOfWork, account_id: bytes, code: str | None) -> None:
    """Consumes the code in this transaction; nothing to do where the factor is off.

    Raises: SecondFactorNeededError, WrongSecondFactorError.
    """
    if not is_on(work.connection, account_id):
        return
    if not code:
        raise SecondFactorNeededError
    plain = _SPACING.sub("", code).lower()
    if _DIGITS.fullmatch(plain):
        _use_digits(server, work, account_id, plain)
    else:
        _use_recovery_code(server, work, account_id, plain)


@retried
def enrol(server: Server, caller: Caller, password: str | None) -> EnrolledFactor:
    """A new secret, which replaces one that was never confirmed.

    Raises: ForbiddenError (it is on already), PasswordNeededError, WrongCredentialsError, RateLimitedError.
    """
    passwords.check_again(server, caller, password)
    secret = server.ids.new_secret(_SECRET_BYTES)
    mine = second_factor.c.account_id == caller.account_id
    with server.database.write() as work:
        lock_account(work.connection, caller.account_id)  # of two at the same time, the second finds what the first did
        if is_on(work.connection, caller.account_id):
            raise ForbiddenError("The second factor is on. Turn it off first.")
        work.connection.execute(delete(second_factor).where(mine))
        work.connection.execute(insert(second_factor).values(account_id=caller.account_id, secret=secret))
    typed = b32encode(secret).decode()
    return EnrolledFactor(
        secret=typed, uri=pyotp.TOTP(typed).provisioning_uri(name=caller.email, issuer_name="Lockstep")
    )


@retried
def confirm(server: Server, caller: Caller, code: str) -> RecoveryCodes:
    """Turns on what was enrolled. Raises: WrongSecondFactorError, RateLimitedError."""
    plain = _SPACING.sub("", code)
    waiting = and_(second_factor.c.account_id == caller.account_id, second_factor.c.is_on.is_(False))
    with (
        server.limiter.guess((SECOND_FACTOR, caller.account_id.hex())),
        server.database.write() as work,
    ):
        lock_account(work.connection, caller.account_id)
        _use_digits(server, work, caller.account_id, plain)
        turned = work.connection.execute(update(second_factor).where(waiting).values(is_on=True))
        if turned.rowcount != 1:
            raise WrongSecondFactorError("The second factor is on already.")
        _record(server, work, "second-factor-on", caller)
        return _new_recovery_codes(server, work, caller)


@retried
def renew_recovery_codes(server: Server, caller: Caller, password: str | None) -> RecoveryCodes:
    """Raises: ForbiddenError (the factor is off), PasswordNeededError, WrongCredentialsError, RateLimitedError."""
    passwords.check_again(server, caller, password)
    with server.database.write() as work:
        lock_account(work.connection, caller.account_id)
        if not is_on(work.connection, caller.account_id):
            raise ForbiddenError("The second factor is off.")
        _record(server, work, "recovery-codes-made", caller)
        return _new_recovery_codes(server, work, caller)


@retried
def turn_off(server: Server, caller: Caller, password: str | None) -> None:
    """Forgets secret and recovery codes. Raises: PasswordNeededError, WrongCredentialsError, RateLimitedError."""
    passwords.check_again(server, caller, password)
    with server.database.write() as work:
        lock_account(work.connection, caller.account_id)
        forget(work, caller.account_id)
        _record(server, work, "second-factor-off", caller)


def forget(work: UnitOfWork, account_id: bytes) -> None:
    """Signing in needs the password alone."""
    work.connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
    work.connection.execute(delete(second_factor).where(second_factor.c.account_id == account_id))


def _use_digits(server: Server, work: UnitOfWork, account_id: bytes, digits: str) -> None:
    mine = second_factor.c.account_id == account_id
    secret: bytes | None = work.connection.scalar(select(second_factor.c.secret).where(mine))
    if secret is None:
        raise WrongSecondFactorError
    totp = pyotp.TOTP(b32encode(secret).decode())
    now = server.clock.now_ms() // _STEP_MS
    for step in range(now - _STEPS_ASIDE, now + _STEPS_ASIDE + 1):
        if not hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode("utf-8", "surrogatepass")):
            continue
        used = work.connection.execute(
            update(second_factor).where(mine, second_factor.c.last_step < step).values(last_step=step)
        )
        if used.rowcount == 1:
            return
    raise WrongSecondFactorError


def _use_recovery_code(server: Server, work: UnitOfWork, account_id: bytes, code: str) -> None:
    this = and_(recovery_code.c.code_hash == hash_code(code), recovery_code.c.account_id == account_id)
    if work.connection.execute(delete(recovery_code).where(this)).rowcount != 1:
        raise WrongSecondFactorError
    audit.record(server, work, "recovery-code-used", account_id=account_id)


def _new_recovery_codes(server: Server, work: UnitOfWork, caller: Caller) -> RecoveryCodes:
    work.connection.execute(delete(recovery_code).where(recovery_code.c.account_id == caller.account_id))
    plain = [b32encode(server.ids.new_secret(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    rows = [{"code_hash": hash_code(code), "account_id": caller.account_id} for code in plain]
    work.connection.execute(insert(recovery_code), rows)
    return RecoveryCodes(codes=["-".join(re.findall(".{4}", code)) for code in plain])


def _record(server: Server, work: UnitOfWork, action: str, caller: Caller) -> None:
    audit.record(server, work, action, account_id=caller.account_id, device_id=caller.device_id)
