"""Mails wait in the database until a worker sends them: no answer waits for a mail server, and none is forgotten.

A link is made when its mail is sent. So what waits holds no secret, and asking for a link costs the same whether there
is an account or not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, delete, func, insert, select, update

from server_api.domain import mail_texts
from server_api.domain.mail_texts import Text
from server_api.errors import ForbiddenError
from server_api.services import audit
from server_api.services.accounts import hash_code, make_invitation, new_code
from server_api.services.server import Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.locks import lock_account
from server_api.storage.mailer import Mail, MailError, RefusedMailError
from server_api.storage.tables import account, mail, mailed_code

PASSWORD_RESET: Final = "password-reset"  # noqa: S105 - a kind of mail
PASSWORD_CHANGED: Final = "password-changed"  # noqa: S105
NEW_DEVICE: Final = "new-device"
CONFIRM_ADDRESS: Final = "confirm-address"
ADDRESS_CHANGED: Final = "address-changed"
WIPE_REQUESTED: Final = "wipe-requested"
WIPE_ENDED: Final = "wipe-ended"
PURGE_REQUESTED: Final = "purge-requested"
PURGED: Final = "purged"
DELETION_REQUESTED: Final = "deletion-requested"
DELETED: Final = "account-deleted"
INVITATION: Final = "invitation"

RESET_MS: Final = int(timedelta(minutes=30).total_seconds()) * 1000
CONFIRM_MS: Final = int(timedelta(hours=24).total_seconds()) * 1000

_OF_DETAIL: Final[dict[str, Callable[..., Text]]] = {
    NEW_DEVICE: mail_texts.new_device,
    ADDRESS_CHANGED: mail_texts.address_changed,
    WIPE_REQUESTED: mail_texts.wipe_requested,
    WIPE_ENDED: mail_texts.wipe_ended,
    PURGE_REQUESTED: mail_texts.purge_requested,
    PURGED: mail_texts.purged,
    DELETION_REQUESTED: mail_texts.deletion_requested,
}
"""Texts that are made of the lines of the detail; the first may be a name of any length."""

MAX_WAITING: Final = 10_000
"""What comes beyond is dropped: a mail server that is away for long must not fill the database."""
_FORGET_MS: Final = int(timedelta(days=1).total_seconds()) * 1000
_CLAIM_MS: Final = 5 * 60 * 1000
_PAUSE_MS: Final = 60 * 1000
_LONGEST_DOUBLINGS: Final = 6

_LOG: Final = logging.getLogger(__name__)


def require_links(server: Server) -> None:
    """Raises: ForbiddenError, where the server does not know the address that a link would lead to."""
    if server.config.public_url is None:
        raise ForbiddenError("This server sends no links by mail: its operator has to start it with --public-url.")


def reach_people(server: Server) -> bool:
    """Whether a mail of this server's with a link in it would come to somebody."""
    return server.config.public_url is not None and server.config.mail_url is not None


def enqueue(
    server: Server, work: UnitOfWork, kind: str, recipient: str, *, account_id: bytes | None = None, detail: str = ""
) -> None:
    """One more mail, sent once the transaction holds. ``detail``: what its text needs; never a secret."""
    if (work.connection.scalar(select(func.count()).select_from(mail)) or 0) >= MAX_WAITING:
        _LOG.warning("too many mails wait: one is dropped", extra={"kind": kind})
        return
    now = server.clock.now_ms()
    values = {"kind": kind, "recipient": recipient, "account_id": account_id, "detail": detail}
    work.connection.execute(insert(mail).values(created_at=now, due_at=now, **values))


def send_due(server: Server) -> bool:
    """Sends the mail that is due the longest; whether there was one. One that fails is tried again for a day."""
    claimed = _claim(server)
    if claimed is None:
        return False
    try:
        text = _write(server, claimed)
        if text is not None:
            number = f"{claimed.created_at:015}-{claimed.mail_id}"
            server.mailer.send(Mail(mail_id=number, recipient=claimed.recipient, subject=text.subject, text=text.body))
    except MailError as error:
        _LOG.warning("a mail could not be sent: %s", error, extra={"kind": claimed.kind})
        is_over = isinstance(error, RefusedMailError) or server.clock.now_ms() - claimed.created_at > _FORGET_MS
        if is_over:
            _settle(server, claimed, "mail-dropped")
        else:
            _put_off(server, claimed)
        return False
    _settle(server, claimed, "mail-sent" if text is not None else None)
    return True


@retried
def _claim(server: Server) -> Row[*tuple[object, ...]] | None:
    """For five minutes nobody else sends it."""
    now = server.clock.now_ms()
    due: Select[*tuple[object, ...]] = select(mail).where(mail.c.due_at <= now).order_by(mail.c.due_at).limit(1)
    with server.database.read() as connection:
        found = connection.execute(due).one_or_none()
    if found is None:
        return None
    this = (mail.c.mail_id == found.mail_id, mail.c.due_at == found.due_at)
    with server.database.write() as work:
        values = {"due_at": now + _CLAIM_MS, "attempts": found.attempts + 1}
        is_mine = work.connection.execute(update(mail).where(*this).values(values)).rowcount == 1
    return found if is_mine else None


@retried
def _put_off(server: Server, claimed: Row[*tuple[object, ...]]) -> None:
    """This one for longer and longer; the others for a minute, since they would hardly fare better."""
    now = server.clock.now_ms()
    pause = _PAUSE_MS << min(claimed.attempts, _LONGEST_DOUBLINGS)
    with server.database.write() as work:
        this = mail.c.mail_id == claimed.mail_id
        work.connection.execute(update(mail).where(this).values(due_at=now + pause))
        others = mail.c.due_at < now + _PAUSE_MS
        work.connection.execute(update(mail).where(others).values(due_at=now + _PAUSE_MS))


@retried
def _settle(server: Server, claimed: Row[*tuple[object, ...]], action: str | None) -> None:
    with server.database.write() as work:
        work.connection.execute(delete(mail).where(mail.c.mail_id == claimed.mail_id))
        if action is not None:
            audit.record(server, work, action, account_id=claimed.account_id, detail=claimed.kind)


def _write(server: Server, waiting: Row[*tuple[Any, ...]]) -> Text | None:
    """The mail's text, with a link made for it; ``None`` if there is nobody to write to (any more)."""
    match waiting.kind:
        case "password-reset":
            code = _reset_code(server, waiting.recipient)
            return mail_texts.password_reset(_link(server, "reset", code), RESET_MS // 60_000) if code else None
        case "confirm-address":
            code = _address_code(server, waiting.account_id, waiting.recipient)
            return mail_texts.confirm_address(_link(server, "confirm", code), CONFIRM_MS // 3_600_000) if code else None
        case "password-changed":
            return mail_texts.password_changed()
        case "invitation":
            return _invitation(server, waiting.recipient)
        case "account-deleted":
            return mail_texts.account_deleted()
        case kind if kind in _OF_DETAIL:
            return _OF_DETAIL[kind](*waiting.detail.rsplit("\n", 2 if kind == WIPE_ENDED else 1))
        case _:  # from a newer version, before it was put back
            return None


def _link(server: Server, place: str, code: str) -> str:
    if server.config.public_url is None:
        raise MailError("there is no --public-url")
    return f"{server.config.public_url}/{place}/{code}"


def _invitation(server: Server, email: str) -> Text | None:
    if server.config.public_url is None:
        raise MailError("there is no --public-url")
    with server.database.read() as connection:
        if connection.scalar(select(account.c.account_id).where(account.c.email == email)) is not None:
            return None
    days = server.config.limits.invitation_s // (24 * 3600)
    return mail_texts.invitation(server.config.public_url, email, make_invitation(server, email), days)


@retried
def _reset_code(server: Server, email: str) -> str | None:
    with server.database.write() as work:
        known = select(account.c.account_id).where(account.c.email == email, account.c.is_disabled.is_(False))
        account_id = work.connection.scalar(known)
        return _new_code(server, work, account_id, PASSWORD_RESET, email, RESET_MS) if account_id else None


@retried
def _address_code(server: Server, account_id: bytes, email: str) -> str | None:
    with server.database.write() as work:
        if work.connection.scalar(select(account.c.account_id).where(account.c.email == email)) is not None:
            return None
        return _new_code(server, work, account_id, CONFIRM_ADDRESS, email, CONFIRM_MS)


def _new_code(server: Server, work: UnitOfWork, account_id: bytes, purpose: str, email: str, lasts_ms: int) -> str:
    code, now = new_code(server), server.clock.now_ms()
    lock_account(work.connection, account_id)
    work.connection.execute(delete(mailed_code).where(mailed_code.c.expires_at <= now))
    values = {"account_id": account_id, "purpose": purpose, "email": email, "expires_at": now + lasts_ms}
    work.connection.execute(insert(mailed_code).values(code_hash=hash_code(code), **values))
    return code
