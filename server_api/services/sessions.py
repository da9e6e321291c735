"""Sessions: who is signed in, from which device, and until when.

An access token is a JWT that names a session, and so is a browser's cookie; they prove nothing by themselves, for every
request reads the rows of session, device and account. How a session goes on is in ``refresh_tokens``.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import jwt
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select, update

from server_api.contract.devices import Refresh, Session, SignIn
from server_api.contract.messages import DeviceId
from server_api.errors import (
    ForbiddenError,
    NotSignedInError,
    SessionEndedError,
    UnavailableError,
    WrongCredentialsError,
)
from server_api.services import audit, mails, passwords, refresh_tokens, second_factor, state, wipes
from server_api.services.accounts import Origin, clean_email, describe, end_sessions, hash_code
from server_api.services.limits import ADDRESS, PASSWORD_ANYWHERE, PASSWORD_HERE
from server_api.services.server import Caller, Server
from server_api.storage.contention import ContentionError, retried
from server_api.storage.database import UnitOfWork
from server_api.storage.locks import lock_account
from server_api.storage.tables import account, device, known_address, session, sign_in_link

_LOG: Final = logging.getLogger(__name__)
_ALGORITHM: Final = "HS256"
_SEEN_EVERY_MS: Final = 2 * 60 * 1000
"""So that a device that is there is never told as one that was, and yet few requests write."""
_KNOWN_MS: Final = 90 * 24 * 3600 * 1000

_CREDENTIALS: Final = (account.c.account_id, account.c.password_hash, account.c.is_disabled)
_CALLER: Final = (
    select(
        session.c.ended_at,
        session.c.session_id,
        device.c.device_id,
        device.c.revoked_at,
        device.c.last_seen_at,
        device.c.kind,
        account.c.account_id,
        account.c.email,
        account.c.role,
        account.c.is_disabled,
    )
    .join(device, device.c.device_id == session.c.device_id)
    .join(account, account.c.account_id == device.c.account_id)
)


@retried
def sign_in(server: Server, request: SignIn, origin: Origin) -> Session:
    """A device's first tokens. A device that the account already has stays that device.

    Raises: WrongCredentialsError, SecondFactorNeededError, WrongSecondFactorError, RateLimitedError, ForbiddenError
    (account disabled, too many devices), WipeUnderWayError.
    """
    checked = _check_credentials(server, request, origin)
    account_id: bytes = checked.account_id
    with second_factor.guess(server, account_id, request.totp), server.database.write() as work:
        _lock_checked(work, checked)
        second_factor.use(server, work, account_id, request.totp)
        device_id = _keep_or_add_device(server, work, account_id, request, origin)
        session_id = _start(server, work, device_id)
        token = refresh_tokens.issue(server, work, device_id, session_id, parent_hash=None)
        _know(server, work, account_id, origin)
        audit.record(server, work, "signed-in", account_id=account_id, device_id=device_id, detail=origin.address)
        return _answer(server, work, account_id, device_id, session_id, token)


@retried
def sign_in_browser(server: Server, request: SignIn, origin: Origin) -> str:
    """A browser's cookie, for an email address and a password. Raises: as ``sign_in``."""
    checked = _check_credentials(server, request, origin)
    account_id: bytes = checked.account_id
    with second_factor.guess(server, account_id, request.totp), server.database.write() as work:
        _lock_checked(work, checked)
        second_factor.use(server, work, account_id, request.totp)
        cookie = _add_browser(server, work, account_id, request.device_name, origin, "signed-in")
        _know(server, work, account_id, origin)
        return cookie


@retried
def refresh(server: Server, request: Refresh, origin: Origin) -> Session:
    """The next tokens of the session.

    Raises: WipeRequestedError, SessionEndedError (unknown, expired, used by two, or the session has ended),
    RateLimitedError.
    """
    with server.limiter.guess((ADDRESS, origin.address)):
        with server.database.write() as work:
            exchanged = refresh_tokens.exchange(server, work, request.refresh_token)
            if exchanged is not None:
                whose, token = exchanged
                return _answer(server, work, whose.account_id, whose.device_id, whose.session_id, token)
            wipes.refuse_if_wanted(work.connection, request.refresh_token)
        raise SessionEndedError


@retried
def sign_out(server: Server, caller: Caller) -> None:
    """Ends the caller's session. The device stays known, as one that was revoked, until it signs in again."""
    with server.database.write() as work:
        revoked = update(device).where(device.c.device_id == caller.device_id)
        work.connection.execute(revoked.values(revoked_at=server.clock.now_ms()))
        end_sessions(server, work, device_id=caller.device_id)
        audit.record(server, work, "signed-out", account_id=caller.account_id, device_id=caller.device_id)


@retried
def use_sign_in_link(server: Server, code: str, browser: str, origin: Origin) -> str:
    """Consumes a one-time link and gives the browser its cookie.

    Raises: NotSignedInError (unknown, used or expired), ForbiddenError (too many devices), RateLimitedError.
    """
    with server.limiter.guess((ADDRESS, origin.address)), server.database.write() as work:
        account_id = _consume_link(server, work, code)
        return _add_browser(server, work, account_id, browser, origin, "signed-in-by-link")


def check_sign_in_link(server: Server, code: str, origin: Origin) -> None:
    """Whether a one-time link could be used now; it stays so. Raises: NotSignedInError, RateLimitedError."""
    with server.limiter.guess((ADDRESS, origin.address)), server.database.read() as connection:
        if connection.scalar(_whose_link(server, code)) is None:
            raise _link_is_over()


def authenticate(server: Server, access_token: str) -> Caller:
    """Who holds this token.

    Raises: NotSignedInError (not ours, or expired: refresh), SessionEndedError (signed out, revoked or disabled).
    """
    return _caller(server, _verify(server, access_token, state.ACCESS))


def authenticate_browser(server: Server, cookie: str) -> Caller:
    """Who holds this cookie. Raises: as ``authenticate``."""
    return _caller(server, _verify(server, cookie, state.BROWSER))


# --- signing in ------------------------------------------------------------------------------------------------------


def is_signed_in(server: Server, caller: Caller) -> bool:
    """Whether the session still is that was asked with."""
    try:
        _caller(server, caller.session_id)
    except SessionEndedError:
        return False
    return True


def _check_credentials(server: Server, request: SignIn, origin: Origin) -> Row[*tuple[Any, ...]]:
    """The account's ``_CREDENTIALS``."""
    email = clean_email(request.email)
    with server.database.read() as connection:
        row = connection.execute(select(*_CREDENTIALS).where(account.c.email == email)).one_or_none()
        is_known = row is not None and _is_known(connection, row.account_id, request.device_id, origin)
    guesses = [(PASSWORD_HERE, f"{email} {origin.address}"), (ADDRESS, origin.address)]
    if not is_known:
        guesses.append((PASSWORD_ANYWHERE, email))
    try:
        with server.limiter.guess(*guesses):
            if not passwords.is_password(server, row.password_hash if row else None, request.password) or row is None:
                raise WrongCredentialsError
    except WrongCredentialsError:
        audit.record_alone(server, "sign-in-refused", account_id=row.account_id if row else None, detail=origin.address)
        raise
    if row.is_disabled:
        raise ForbiddenError("This account is disabled. Ask the server's operator.")
    return row


def _lock_checked(work: UnitOfWork, checked: Row[*tuple[Any, ...]]) -> None:
    """Raises: ContentionError (the password was changed meanwhile, or the account disabled: all is checked anew)."""
    lock_account(work.connection, checked.account_id)
    now = select(*_CREDENTIALS).where(account.c.account_id == checked.account_id)
    if work.connection.execute(now).one_or_none() != checked:
        raise ContentionError


def _is_known(connection: Connection, account_id: bytes, device_id: bytes | None, origin: Origin) -> bool:
    """Whether the account signed in from there before, or the device that asks is one of its own."""
    here = and_(known_address.c.account_id == account_id, known_address.c.address == origin.address)
    if connection.execute(select(known_address.c.last_at).where(here)).one_or_none() is not None:
        return True
    own = and_(device.c.account_id == account_id, device.c.device_id == device_id, device.c.revoked_at.is_(None))
    return device_id is not None and connection.execute(select(device.c.kind).where(own)).one_or_none() is not None


def _know(server: Server, work: UnitOfWork, account_id: bytes, origin: Origin) -> None:
    """The account, which is locked, is known there for 90 days."""
    now = server.clock.now_ms()
    old = and_(known_address.c.account_id == account_id, known_address.c.last_at < now - _KNOWN_MS)
    here = and_(known_address.c.account_id == account_id, known_address.c.address == origin.address)
    work.connection.execute(delete(known_address).where(or_(old, here)))
    values = {"account_id": account_id, "address": origin.address, "last_at": now}
    work.connection.execute(insert(known_address).values(values))


def _is_live(server: Server, code: str) -> ColumnElement[bool]:
    return and_(
        sign_in_link.c.code_hash == hash_code(code),
        sign_in_link.c.used_at.is_(None),
        sign_in_link.c.expires_at > server.clock.now_ms(),
    )


def _whose_link(server: Server, code: str) -> Select[Any]:
    """The account that a link signs in to, unless it is used, expired or nobody's."""
    return (
        select(sign_in_link.c.account_id)
        .join(account, account.c.account_id == sign_in_link.c.account_id)
        .where(_is_live(server, code), account.c.is_disabled.is_(False))
    )


def _consume_link(server: Server, work: UnitOfWork, code: str) -> bytes:
    account_id: bytes | None = work.connection.scalar(_whose_link(server, code))
    if account_id is None:
        raise _link_is_over()
    lock_account(work.connection, account_id)
    consumed = work.connection.execute(
        update(sign_in_link).where(_is_live(server, code)).values(used_at=server.clock.now_ms())
    )
    if consumed.rowcount != 1:
        raise _link_is_over()
    return account_id


def _link_is_over() -> NotSignedInError:
    return NotSignedInError("This link was used already, or it has expired.")


def _start(server: Server, work: UnitOfWork, device_id: DeviceId) -> bytes:
    """A new session; a device has one at a time."""
    end_sessions(server, work, device_id=device_id)
    session_id = server.ids.new_id()
    values = {"session_id": session_id, "device_id": device_id, "created_at": server.clock.now_ms()}
    work.connection.execute(insert(session).values(values))
    return session_id


def _keep_or_add_device(
    server: Server, work: UnitOfWork, account_id: bytes, request: SignIn, origin: Origin
) -> DeviceId:
    if request.device_id is not None:
        kept = work.connection.execute(
            update(device)
            .where(
                device.c.device_id == request.device_id,
                device.c.account_id == account_id,
                device.c.kind == "device",
            )
            .values(name=request.device_name, last_seen_at=server.clock.now_ms(), revoked_at=None)
        )
        if kept.rowcount == 1:
            wipes.forget_ended(work, request.device_id)
            return DeviceId(request.device_id)
    device_id = DeviceId(server.ids.new_id())
    _add_device(server, work, account_id, device_id, request.device_name, origin, kind="device")
    return device_id


def _add_browser(server: Server, work: UnitOfWork, account_id: bytes, name: str, origin: Origin, action: str) -> str:
    """One more browser, and its cookie. Those whose cookies have expired since are forgotten: nobody signs out."""
    lasts_s = server.config.limits.web_session_s
    now = server.clock.now_ms()
    of_old = and_(
        device.c.account_id == account_id,
        device.c.kind == "browser",
        device.c.revoked_at.is_(None),
        device.c.created_at < now - lasts_s * 1000,
    )
    work.connection.execute(update(device).where(of_old).values(revoked_at=now))
    device_id = DeviceId(server.ids.new_id())
    _add_device(server, work, account_id, device_id, name, origin, kind="browser")
    session_id = _start(server, work, device_id)
    audit.record(server, work, action, account_id=account_id, device_id=device_id, detail=origin.address)
    return _sign(server, session_id, state.BROWSER, lasts_s)


def _add_device(
    server: Server, work: UnitOfWork, account_id: bytes, device_id: DeviceId, name: str, origin: Origin, *, kind: str
) -> None:
    """One more, of which the person is told by mail, unless it is the first."""
    living = and_(device.c.account_id == account_id, device.c.revoked_at.is_(None))
    count = work.connection.scalar(select(func.count()).select_from(device).where(living)) or 0
    if count >= server.config.limits.devices_an_account:
        raise ForbiddenError("This account has too many devices. Revoke one that is no longer used.")
    now = server.clock.now_ms()
    work.connection.execute(
        insert(device).values(
            device_id=device_id, account_id=account_id, name=name, kind=kind, created_at=now, last_seen_at=now
        )
    )
    if count:
        email = work.connection.execute(select(account.c.email).where(account.c.account_id == account_id)).scalar_one()
        told = f"{name}\n{origin.address}"
        mails.enqueue(server, work, mails.NEW_DEVICE, email, account_id=account_id, detail=told)


# --- tokens ----------------------------------------------------------------------------------------------------------


def _answer(
    server: Server, work: UnitOfWork, account_id: bytes, device_id: bytes, session_id: bytes, token: str
) -> Session:
    lifetime_s = server.config.limits.access_token_s
    return Session(
        device_id=device_id,
        account=describe(work.connection, account_id),
        access_token=_sign(server, session_id, state.ACCESS, lifetime_s),
        expires_in_s=lifetime_s,
        refresh_token=token,
        epoch=state.read_epoch(work.connection),
        wipe_check=wipes.wipe_check(server, device_id),
    )


def _sign(server: Server, session_id: bytes, use: str, lifetime_s: int) -> str:
    claims = {"sid": session_id.hex(), "exp": server.clock.now_ms() // 1000 + lifetime_s}
    return jwt.encode(claims, server.secrets[use], algorithm=_ALGORITHM)


def _verify(server: Server, token: str, use: str) -> bytes:
    """The session that the token names. Each use has a secret of its own, so that none passes for another."""
    try:
        claims = jwt.decode(
            token,
            server.secrets[use],
            algorithms=[_ALGORITHM],
            options={"verify_exp": False, "verify_iat": False, "require": ["sid", "exp"]},
        )
        session_id, expires_at_s = bytes.fromhex(claims["sid"]), int(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise NotSignedInError from error
    if server.clock.now_ms() >= expires_at_s * 1000:
        raise NotSignedInError("The access token has expired.")
    return session_id


def _caller(server: Server, session_id: bytes) -> Caller:
    with server.database.read() as connection:
        row: Row[*tuple[Any, ...]] | None = connection.execute(
            _CALLER.where(session.c.session_id == session_id)
        ).one_or_none()
    if row is None or row.ended_at is not None or row.revoked_at is not None or row.is_disabled:
        raise SessionEndedError
    _note_seen(server, row)
    return Caller(
        account_id=row.account_id,
        device_id=DeviceId(row.device_id),
        session_id=row.session_id,
        email=row.email,
        role=row.role,
        device_kind=row.kind,
    )


def _note_seen(server: Server, row: Row[*tuple[Any, ...]]) -> None:
    now = server.clock.now_ms()
    if now - row.last_seen_at < _SEEN_EVERY_MS:
        return
    try:
        with server.database.write() as work:
            work.connection.execute(update(device).where(device.c.device_id == row.device_id).values(last_seen_at=now))
    except UnavailableError:  # a full disk or a standby must not keep anyone from reading
        _LOG.warning("cannot note that a device was seen")
