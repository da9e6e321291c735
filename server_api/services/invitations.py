"""Invitations that were made: which still hold, taking one back, and sending one by mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, select

from server_api.config import Registration
from server_api.errors import AccountExistsError, ForbiddenError, NotFoundError
from server_api.services import audit, mails
from server_api.services.accounts import clean_email
from server_api.services.server import Server
from server_api.storage.contention import retried
from server_api.storage.tables import account, invitation, mail

_ID_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Invitation:
    """Times in milliseconds."""

    invitation_id: str | None
    """Tells it from the others, and lets nobody in; ``None``: its mail waits, and the code is not made yet."""
    email: str | None
    """``None``: for anyone who holds the code."""
    created_at: int
    expires_at: int | None


def list_invitations(server: Server) -> list[Invitation]:
    """Those that were not used and have not expired, and those whose mail waits; the oldest first."""
    holding = select(invitation).where(_holds(server)).order_by(invitation.c.created_at, invitation.c.code_hash)
    waiting = select(mail).where(mail.c.kind == mails.INVITATION).order_by(mail.c.created_at)
    with server.database.read() as connection:
        made = [
            Invitation(_id(row.code_hash), row.email, row.created_at, row.expires_at)
            for row in connection.execute(holding)
        ]
        return made + [Invitation(None, row.recipient, row.created_at, None) for row in connection.execute(waiting)]


@retried
def withdraw_invitation(server: Server, which: str) -> None:
    """By its id, or all for an address, mails that wait included. Raises: NotFoundError."""
    with server.database.write() as work:
        connection = work.connection
        found = [
            row.code_hash for row in connection.execute(select(invitation).where(_holds(server))) if _is(row, which)
        ]
        connection.execute(delete(invitation).where(invitation.c.code_hash.in_(found)))
        unsent = and_(mail.c.kind == mails.INVITATION, mail.c.recipient == which.strip().lower())
        if not connection.execute(delete(mail).where(unsent)).rowcount and not found:
            raise NotFoundError("There is no such invitation: it was used, has expired, or never was.")
        audit.record(server, work, "invitation-withdrawn", detail=which)


@retried
def invite_by_mail(server: Server, email: str) -> None:
    """The code is made when the mail is sent. Raises: ForbiddenError, AccountExistsError, InvalidBodyError."""
    mails.require_links(server)
    if server.config.registration is Registration.CLOSED:
        raise ForbiddenError("This server takes no new accounts: start it with --registration invite.")
    address = clean_email(email)
    with server.database.write() as work:
        if work.connection.scalar(select(account.c.account_id).where(account.c.email == address)) is not None:
            raise AccountExistsError
        unsent = and_(mail.c.kind == mails.INVITATION, mail.c.recipient == address)
        work.connection.execute(delete(mail).where(unsent))
        mails.enqueue(server, work, mails.INVITATION, address)


def _holds(server: Server) -> ColumnElement[bool]:
    return and_(invitation.c.used_at.is_(None), invitation.c.expires_at > server.clock.now_ms())


def _id(code_hash: bytes) -> str:
    return code_hash.hex()[:_ID_DIGITS]


def _is(row: Any, which: str) -> bool:
    return which.strip().lower() in {_id(row.code_hash), row.email}
