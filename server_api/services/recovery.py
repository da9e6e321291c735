"""By mail: a new password for who forgot it, and another address for an account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, delete, select, update
from sqlalchemy.exc import IntegrityError

from server_api.contract.accounts import ChangeEmail, RequestReset, UseReset
from server_api.errors import AccountExistsError, RateLimitedError, UrlInvalidError
from server_api.services import audit, mails, passwords
from server_api.services.accounts import Origin, clean_email, end_sessions, hash_code
from server_api.services.limits import ADDRESS, RESET_FOR, RESET_FROM
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.locks import lock_account
from server_api.storage.tables import account, mailed_code


@retried
def request_reset(server: Server, request: RequestReset, origin: Origin) -> None:
    """Has a link sent, if there is such an account. Nothing here depends on whether there is: a worker finds out.

    Raises: ForbiddenError (the server sends no links), InvalidBodyError, RateLimitedError.
    """
    mails.require_links(server)
    email = clean_email(request.email)
    server.limiter.take(RESET_FROM, origin.address)
    try:
        server.limiter.take(RESET_FOR, email)
    except RateLimitedError:  # the links that were sent work: a stranger cannot keep anyone from them
        return
    with server.database.write() as work:
        mails.enqueue(server, work, mails.PASSWORD_RESET, email)


@retried
def use_reset(server: Server, request: UseReset, origin: Origin) -> None:
    """Sets the password and ends every session; a second factor stays. A link that was used ends all others.

    Raises: UrlInvalidError (unknown, used, expired), WeakPasswordError, RateLimitedError.
    """
    passwords.check_strength(request.new_password, "")
    hashed = passwords.hash_password(server, request.new_password)
    with server.limiter.guess((ADDRESS, origin.address)), server.database.write() as work:
        found = _consume(server, work, request.code, mails.PASSWORD_RESET)
        passwords.check_strength(request.new_password, found.email)
        whose = account.c.account_id == found.account_id
        work.connection.execute(update(account).where(whose).values(password_hash=hashed))
        end_sessions(server, work, account_id=found.account_id)
        mails.enqueue(server, work, mails.PASSWORD_CHANGED, found.email, account_id=found.account_id)
        audit.record(server, work, "password-reset", account_id=found.account_id, detail=origin.address)


@retried
def request_email_change(server: Server, caller: Caller, request: ChangeEmail) -> None:
    """Has a link sent to the new address, unless another account has it.

    Raises: ForbiddenError (the server sends no links), InvalidBodyError, WrongCredentialsError, RateLimitedError.
    """
    mails.require_links(server)
    email = clean_email(request.new_email)
    passwords.check_again(server, caller, request.password)
    server.limiter.take(RESET_FROM, caller.account_id.hex())
    with server.database.write() as work:
        mails.enqueue(server, work, mails.CONFIRM_ADDRESS, email, account_id=caller.account_id)
        audit.record(
            server,
            work,
            "address-change-asked",
            account_id=caller.account_id,
            device_id=caller.device_id,
            detail=email,
        )


@retried
def confirm_email(server: Server, code: str, origin: Origin) -> str:
    """Gives the account the address that the code was sent to, and tells the old one; the new address.

    Raises: UrlInvalidError (unknown, used, expired), AccountExistsError, RateLimitedError.
    """
    try:
        with server.limiter.guess((ADDRESS, origin.address)), server.database.write() as work:
            found = _consume(server, work, code, mails.CONFIRM_ADDRESS)
            whose = account.c.account_id == found.account_id
            old = work.connection.execute(select(account.c.email).where(whose)).scalar_one()
            work.connection.execute(update(account).where(whose).values(email=found.email))
            _forget(work, found.account_id)  # links that went to the old address end
            told = {"account_id": found.account_id, "detail": found.email}
            mails.enqueue(server, work, mails.ADDRESS_CHANGED, old, **told)
            audit.record(server, work, "address-changed", account_id=found.account_id, detail=f"{old} {found.email}")
            email: str = found.email
            return email
    except IntegrityError as error:
        raise AccountExistsError from error


def _consume(server: Server, work: UnitOfWork, code: str, purpose: str) -> Row[*tuple[Any, ...]]:
    """The code's row; of two at the same time one gets it. Raises: UrlInvalidError."""
    this = and_(
        mailed_code.c.code_hash == hash_code(code),
        mailed_code.c.purpose == purpose,
        mailed_code.c.expires_at > server.clock.now_ms(),
    )
    usable = account.c.is_disabled.is_(False)
    whose = mailed_code.join(account, account.c.account_id == mailed_code.c.account_id)
    found = work.connection.execute(select(mailed_code).select_from(whose).where(this, usable)).one_or_none()
    if found is None:
        raise _link_is_over()
    lock_account(work.connection, found.account_id)
    if work.connection.execute(delete(mailed_code).where(this)).rowcount != 1:
        raise _link_is_over()
    if purpose == mails.PASSWORD_RESET:
        _forget(work, found.account_id)
    return found


def _link_is_over() -> UrlInvalidError:
    return UrlInvalidError("This link was used already, or it has expired.")


def _forget(work: UnitOfWork, account_id: bytes) -> None:
    work.connection.execute(delete(mailed_code).where(mailed_code.c.account_id == account_id))
