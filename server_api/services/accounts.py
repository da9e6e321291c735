"""Accounts: who may make one, what it holds, and what an operator does with it."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from server_api.config import Registration
from server_api.contract.accounts import Account, ChangePassword, Register
from server_api.contract.messages import NamespaceId
from server_api.errors import (
    AccountExistsError,
    InvalidBodyError,
    InvitationNeededError,
    NotFoundError,
    RegistrationClosedError,
)
from server_api.services import audit, passwords
from server_api.services.limits import REGISTER
from server_api.services.listening import tell_ended
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.packs import OF_NO_QUOTA
from server_api.storage.positions import drop_positions
from server_api.storage.tables import account, device, invitation, membership, namespace, pack, session, sign_in_link

ADMIN: Final = "admin"
MEMBER: Final = "member"

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_CODE_BYTES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from.

    Attributes:
        address: the client's, as far as trusted proxies tell.
        is_local: the server listens on loopback only and the request came over it, through no proxy.
    """

    address: str
    is_local: bool


def registration_policy(server: Server, origin: Origin) -> Registration:
    """What holds for whoever asks from there: open means open on loopback only."""
    policy = server.config.registration
    if policy is Registration.OPEN and not origin.is_local:
        return Registration.INVITE
    return policy


@retried
def register(server: Server, request: Register, origin: Origin) -> Account:
    """A new account of its own making, with its personal namespace.

    Raises: RegistrationClosedError, InvitationNeededError, AccountExistsError, WeakPasswordError, InvalidBodyError,
    RateLimitedError.
    """
    server.limiter.take(REGISTER, origin.address)
    policy = registration_policy(server, origin)
    if policy is Registration.CLOSED:
        raise RegistrationClosedError
    if policy is Registration.INVITE and not request.invite:
        raise InvitationNeededError
    email = clean_email(request.email)
    passwords.check_strength(request.password, email)
    hashed = passwords.hash_password(server, request.password)
    with _one_account_an_email(), server.database.write() as work:
        if policy is Registration.INVITE:
            _use_invitation(server, work, request.invite or "", email)
        account_id = _insert(server, work, email, hashed, MEMBER, server.config.limits.default_quota_bytes)
        audit.record(server, work, "account-registered", account_id=account_id, detail=origin.address)
        return describe(work.connection, account_id)


@retried
def add_account(
    server: Server, email: str, password: str, *, role: str = MEMBER, quota_bytes: int | None = None
) -> Account:
    """As the operator makes one. Raises: AccountExistsError, WeakPasswordError, InvalidBodyError."""
    email = clean_email(email)
    passwords.check_strength(password, email)
    hashed = passwords.hash_password(server, password)
    with _one_account_an_email(), server.database.write() as work:
        account_id = _insert(server, work, email, hashed, role, quota_bytes)
        audit.record(server, work, "account-added", account_id=account_id, detail=role)
        return describe(work.connection, account_id)


def describe(connection: Connection, account_id: bytes) -> Account:
    """The account as its owner sees it. Raises: NotFoundError."""
    row = connection.execute(select(account).where(account.c.account_id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _described(connection, row)


def list_accounts(connection: Connection) -> Iterator[tuple[Account, bool]]:
    """All of them by email, each with whether it is disabled."""
    for row in connection.execute(select(account).order_by(account.c.email)).all():
        yield _described(connection, row), row.is_disabled


def personal_namespace(account_id: bytes) -> NamespaceId:
    """The namespace that every account has; it bears the account's id."""
    return NamespaceId(account_id)


def used_bytes(connection: Connection, account_id: bytes) -> int:
    """What the account's namespaces take in the store, with what is registered and on its way."""
    used: int = connection.execute(
        select(func.coalesce(func.sum(pack.c.size), 0))
        .join(namespace, namespace.c.namespace_id == pack.c.namespace_id)
        .where(namespace.c.owner_id == account_id, pack.c.state.not_in(OF_NO_QUOTA))
    ).scalar_one()
    return int(used)


@retried
def disable(server: Server, email: str) -> None:
    """Signs all its devices out, and none can sign in. Its files stay. Raises: NotFoundError."""
    with server.database.write() as work:
        account_id = find(work.connection, email)
        work.connection.execute(update(account).where(account.c.account_id == account_id).values(is_disabled=True))
        end_sessions(server, work, account_id=account_id)
        audit.record(server, work, "account-disabled", account_id=account_id)


@retried
def enable(server: Server, email: str) -> None:
    """Its devices may sign in again. Raises: NotFoundError."""
    _set(server, email, "account-enabled", is_disabled=False)


@retried
def set_quota(server: Server, email: str, quota_bytes: int | None) -> None:
    """How much it may store; ``None``: no limit. What is stored already stays. Raises: NotFoundError."""
    _set(server, email, "quota-set", quota_bytes=quota_bytes)


@retried
def set_role(server: Server, email: str, role: str) -> None:
    """``ADMIN`` or ``MEMBER``. Raises: NotFoundError."""
    _set(server, email, "role-set", role=role)


@retried
def _set(server: Server, email: str, action: str, **values: object) -> None:
    with server.database.write() as work:
        account_id = find(work.connection, email)
        work.connection.execute(update(account).where(account.c.account_id == account_id).values(values))
        detail = " ".join(str(value) for value in values.values())
        audit.record(server, work, action, account_id=account_id, detail=detail)


@retried
def set_password(server: Server, email: str, password: str) -> None:
    """Gives the account another password, makes it usable and signs all its devices out.

    Raises: NotFoundError, WeakPasswordError.
    """
    passwords.check_strength(password, clean_email(email))
    hashed = passwords.hash_password(server, password)
    with server.database.write() as work:
        account_id = find(work.connection, email)
        changed = {"password_hash": hashed, "is_disabled": False}
        work.connection.execute(update(account).where(account.c.account_id == account_id).values(changed))
        end_sessions(server, work, account_id=account_id)
        audit.record(server, work, "password-set", account_id=account_id)


@retried
def change_password(server: Server, caller: Caller, request: ChangePassword) -> None:
    """Another password, as the person itself sets it; all other sessions of the account end.

    Raises: WrongCredentialsError, WeakPasswordError, RateLimitedError.
    """
    passwords.check_again(server, caller, request.password)
    passwords.check_strength(request.new_password, caller.email)
    hashed = passwords.hash_password(server, request.new_password)
    mine = account.c.account_id == caller.account_id
    with server.database.write() as work:
        work.connection.execute(update(account).where(mine).values(password_hash=hashed))
        end_sessions(server, work, account_id=caller.account_id, but=caller.session_id)
        audit.record(server, work, "password-changed", account_id=caller.account_id, device_id=caller.device_id)


@retried
def make_sign_in_link(server: Server, email: str) -> str:
    """A code that signs one browser in, once, within the hour. Raises: NotFoundError."""
    code = new_code(server)
    with server.database.write() as work:
        account_id = find(work.connection, email)
        expires_at = server.clock.now_ms() + server.config.limits.sign_in_link_s * 1000
        work.connection.execute(
            insert(sign_in_link).values(code_hash=hash_code(code), account_id=account_id, expires_at=expires_at)
        )
        audit.record(server, work, "sign-in-link-made", account_id=account_id)
    return code


@retried
def make_invitation(server: Server, email: str | None) -> str:
    """A code for one new account: of that address, instead of any code that it was given before, or of anyone's who
    holds it."""
    code = new_code(server)
    now = server.clock.now_ms()
    address = clean_email(email) if email else None
    with server.database.write() as work:
        if address is not None:
            older = delete(invitation).where(invitation.c.email == address, invitation.c.used_at.is_(None))
            work.connection.execute(older)
        expires_at = now + server.config.limits.invitation_s * 1000
        values = {"code_hash": hash_code(code), "email": address, "created_at": now, "expires_at": expires_at}
        work.connection.execute(insert(invitation).values(values))
        audit.record(server, work, "invitation-made", detail=address or "anyone")
    return code


def find(connection: Connection, email: str) -> bytes:
    """The id of the account. Raises: NotFoundError."""
    found: bytes | None = connection.scalar(select(account.c.account_id).where(account.c.email == clean_email(email)))
    if found is None:
        raise NotFoundError("There is no account with this email address.")
    return found


def clean_email(email: str) -> str:
    """The form in which two addresses are the same. Raises: InvalidBodyError."""
    cleaned = email.strip().lower()
    if _EMAIL.fullmatch(cleaned) is None or len(cleaned) > 254 or not cleaned.isprintable():
        raise InvalidBodyError("This is not an email address.")
    return cleaned


def end_sessions(
    server: Server,
    work: UnitOfWork,
    *,
    account_id: bytes | None = None,
    device_id: bytes | None = None,
    but: bytes | None = None,
) -> None:
    """Ends every session of an account or of a device, but the one; whoever waits in them hears of it at once. What was
    said in them of the files that a device has is forgotten."""
    which: ColumnElement[bool] = session.c.ended_at.is_(None)
    if but is not None:
        which &= session.c.session_id != but
    if device_id is not None:
        which &= session.c.device_id == device_id
    if account_id is not None:
        which &= session.c.device_id.in_(select(device.c.device_id).where(device.c.account_id == account_id))
    ended = work.connection.execute(select(session.c.session_id, session.c.device_id).where(which)).all()
    work.connection.execute(update(session).where(which).values(ended_at=server.clock.now_ms()))
    drop_positions(work.connection, {row.device_id for row in ended})
    tell_ended(server, work, [row.session_id for row in ended])


def new_code(server: Server) -> str:
    """160 random bits that fit into an address."""
    return urlsafe_b64encode(server.ids.new_secret(_CODE_BYTES)).decode().rstrip("=")


def hash_code(code: str) -> bytes:
    """What is stored of a code or token: SHA-256 is enough for what nobody can guess."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()


def _described(connection: Connection, row: Row[*tuple[Any, ...]]) -> Account:
    return Account(
        account_id=row.account_id,
        email=row.email,
        role=row.role,
        quota_bytes=row.quota_bytes,
        used_bytes=used_bytes(connection, row.account_id),
        personal_namespace=personal_namespace(row.account_id),
        delete_at=row.delete_at,
    )


def _insert(server: Server, work: UnitOfWork, email: str, hashed: str, role: str, quota_bytes: int | None) -> bytes:
    if work.connection.scalar(select(account.c.account_id).where(account.c.email == email)) is not None:
        raise AccountExistsError
    account_id, now = server.ids.new_id(), server.clock.now_ms()
    namespace_id = personal_namespace(account_id)
    work.connection.execute(
        insert(account).values(
            account_id=account_id,
            email=email,
            password_hash=hashed,
            role=role,
            quota_bytes=quota_bytes,
            created_at=now,
        )
    )
    work.connection.execute(insert(namespace).values(namespace_id=namespace_id, owner_id=account_id, created_at=now))
    work.connection.execute(insert(membership).values(namespace_id=namespace_id, account_id=account_id, role="owner"))
    return account_id


def _use_invitation(server: Server, work: UnitOfWork, code: str, email: str) -> None:
    now = server.clock.now_ms()
    used = work.connection.execute(
        update(invitation)
        .where(
            invitation.c.code_hash == hash_code(code),
            invitation.c.used_at.is_(None),
            invitation.c.expires_at > now,
            or_(invitation.c.email.is_(None), invitation.c.email == email),
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise InvitationNeededError("The code is unknown, was used, has expired or is for another address.")


@contextmanager
def _one_account_an_email() -> Iterator[None]:
    """Two requests at the same time for one address: the database lets one through."""
    try:
        yield
    except IntegrityError as error:
        raise AccountExistsError from error
