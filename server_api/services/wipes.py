"""Wipes: a lost device is signed out at once, and told at its next contact to remove what it synced.

The device knows nothing but its last refresh token by then, so that is what it shows; the session that the token was of
has ended, and with it every right to change anything on the server. Only a password makes a wish, and only this server
can make the proof that a device wants to see before it obeys: see ``messages.Session.wipe_check``.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from server_api.contract.devices import BeginWipe, EndWipe, Wipe, WipeOrder
from server_api.errors import ForbiddenError, NotFoundError, SessionEndedError, WipeRequestedError, WipeUnderWayError
from server_api.services import audit, mails, passwords, state
from server_api.services.accounts import Origin, end_sessions, hash_code
from server_api.services.limits import ADDRESS
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.locks import lock_device
from server_api.storage.tables import account, device, refresh_token, wipe


@retried
def request_wipe(server: Server, caller: Caller, device_id: bytes, password: str | None) -> Wipe:
    """Signs the device out, and has it remove what it synced at its next contact. Asking again changes nothing.

    Raises: NotFoundError (the account has no such device, or it is a browser), ForbiddenError (it is the caller's own),
    PasswordNeededError, WrongCredentialsError, RateLimitedError.
    """
    passwords.check_again(server, caller, password)
    if device_id == caller.device_id:
        raise ForbiddenError("That is the device that asks. `lockstep unlink --remove-files` removes what it synced.")
    now = server.clock.now_ms()
    with server.database.write() as work:
        name = _lock(work, caller, device_id)
        known = read_wipe(work.connection, device_id)
        if known is not None:
            return known
        work.connection.execute(insert(wipe).values(device_id=device_id, requested_at=now, removed=0, kept=0))
        mine = update(device).where(device.c.device_id == device_id, device.c.revoked_at.is_(None))
        work.connection.execute(mine.values(revoked_at=now))
        end_sessions(server, work, device_id=device_id)
        _record(server, work, caller, "wipe-requested", device_id)
        told = f"{name}\n{UUID(bytes=device_id)}"
        mails.enqueue(server, work, mails.WIPE_REQUESTED, caller.email, account_id=caller.account_id, detail=told)
    return Wipe(requested_at=now)


@retried
def cancel_wipe(server: Server, caller: Caller, device_id: bytes, password: str | None) -> None:
    """Takes the wish back; the device stays signed out until somebody signs in there. Idempotent.

    Raises: WipeUnderWayError (the device has begun), and otherwise as ``request_wipe``.
    """
    passwords.check_again(server, caller, password)
    with server.database.write() as work:
        _lock(work, caller, device_id)
        known = read_wipe(work.connection, device_id)
        if known is None:
            return
        if known.begun_at is not None:
            raise WipeUnderWayError("The device has been given the order.")
        work.connection.execute(delete(wipe).where(wipe.c.device_id == device_id))
        _record(server, work, caller, "wipe-cancelled", device_id)


def read_wipe(connection: Connection, device_id: bytes) -> Wipe | None:
    """What became of the wish about a device; ``None`` if there is none."""
    row = connection.execute(select(wipe).where(wipe.c.device_id == device_id)).one_or_none()
    return None if row is None else described(row)


def described(row: Row[*tuple[Any, ...]]) -> Wipe:
    """A row of the table for those who ask."""
    return Wipe(
        requested_at=row.requested_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        removed=row.removed,
        kept=row.kept,
    )


def forget_ended(work: UnitOfWork, device_id: bytes) -> None:
    """Somebody with the account's password signs in on the device again. Raises: WipeUnderWayError."""
    known = read_wipe(work.connection, device_id)
    if known is not None and known.ended_at is None:
        raise WipeUnderWayError
    work.connection.execute(delete(wipe).where(wipe.c.device_id == device_id))


# --- the device's part -----------------------------------------------------------------------------------------------


def wipe_check(server: Server, device_id: bytes) -> bytes:
    """What a device that signs in is told, to know the proof by."""
    return hashlib.sha256(_proof(server, device_id)).digest()


def refuse_if_wanted(connection: Connection, token: str) -> None:
    """For who shows a refresh token that no session goes on by. Raises: WipeRequestedError."""
    if _wanted(connection, token) is not None:
        raise WipeRequestedError


@retried
def begin_wipe(server: Server, request: BeginWipe, origin: Origin) -> WipeOrder:
    """The order, which from now on cannot be taken back; asking again gives it again.

    Raises: SessionEndedError (the token is unknown, or nothing is wanted of its device any more), RateLimitedError.
    """
    with server.limiter.guess((ADDRESS, origin.address)), server.database.write() as work:
        device_id = _locked_device(work, request.refresh_token)
        now = server.clock.now_ms()
        fresh = update(wipe).where(wipe.c.device_id == device_id, wipe.c.begun_at.is_(None))
        if work.connection.execute(fresh.values(begun_at=now)).rowcount:
            audit.record(
                server, work, "wipe-begun", account_id=_owner(work, device_id)[0], device_id=device_id,
                detail=origin.address,
            )  # fmt: skip
        return WipeOrder(proof=_proof(server, device_id))


@retried
def end_wipe(server: Server, request: EndWipe, origin: Origin) -> None:
    """What the device reports once it is done; its tokens are forgotten.

    Raises: SessionEndedError (unknown, not begun, or reported already), RateLimitedError.
    """
    with server.limiter.guess((ADDRESS, origin.address)), server.database.write() as work:
        device_id = _locked_device(work, request.refresh_token)
        values = {"ended_at": server.clock.now_ms(), "removed": request.removed, "kept": request.kept}
        begun = update(wipe).where(wipe.c.device_id == device_id, wipe.c.begun_at.is_not(None))
        if work.connection.execute(begun.values(values)).rowcount != 1:
            raise SessionEndedError
        work.connection.execute(delete(refresh_token).where(refresh_token.c.device_id == device_id))
        account_id, email, name = _owner(work, device_id)
        told = f"{request.removed} removed, {request.kept} kept"
        audit.record(server, work, "wipe-ended", account_id=account_id, device_id=device_id, detail=told)
        detail = f"{name}\n{request.removed}\n{request.kept}"
        mails.enqueue(server, work, mails.WIPE_ENDED, email, account_id=account_id, detail=detail)


def _proof(server: Server, device_id: bytes) -> bytes:
    return hmac.digest(server.secrets[state.WIPE], device_id, "sha256")


def _wanted(connection: Connection, token: str) -> bytes | None:
    """The device that the token is of, whether or not it has expired, if it is to be wiped."""
    found: bytes | None = connection.scalar(
        select(wipe.c.device_id)
        .join(refresh_token, refresh_token.c.device_id == wipe.c.device_id)
        .where(refresh_token.c.token_hash == hash_code(token), wipe.c.ended_at.is_(None))
    )
    return found


def _locked_device(work: UnitOfWork, token: str) -> bytes:
    """The device, which nobody else changes anything of until the transaction ends. Raises: SessionEndedError."""
    device_id = _wanted(work.connection, token)
    if device_id is None:
        raise SessionEndedError
    lock_device(work.connection, device_id)
    if _wanted(work.connection, token) is None:
        raise SessionEndedError
    return device_id


# --- the owner's part ------------------------------------------------------------------------------------------------


def _lock(work: UnitOfWork, caller: Caller, device_id: bytes) -> str:
    """The device's name; nobody else changes anything of it until the transaction ends. Raises: NotFoundError."""
    mine = and_(device.c.device_id == device_id, device.c.account_id == caller.account_id, device.c.kind == "device")
    name: str | None = work.connection.scalar(select(device.c.name).where(mine).with_for_update())
    if name is None:
        raise NotFoundError("This account has no such device.")
    return name


def _owner(work: UnitOfWork, device_id: bytes) -> tuple[bytes, str, str]:
    """Account, email address, and the device's name."""
    row = work.connection.execute(
        select(account.c.account_id, account.c.email, device.c.name)
        .join(account, account.c.account_id == device.c.account_id)
        .where(device.c.device_id == device_id)
    ).one()
    return row.account_id, row.email, row.name


def _record(server: Server, work: UnitOfWork, caller: Caller, action: str, device_id: bytes) -> None:
    audit.record(server, work, action, account_id=caller.account_id, device_id=caller.device_id, detail=device_id.hex())
