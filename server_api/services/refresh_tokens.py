"""A session's refresh tokens: one family, in which a stolen token gives itself away.

A refresh token is 32 random bytes, kept as SHA-256. All that come from one sign-in are a family, the session:

- A token is exchanged by one UPDATE that only one of several at the same time can win.
- An exchanged token still gets another successor as long as none of its successors was exchanged: the answer may have
  been lost, and that must not sign a device out.
- After that it is known to two parties: using it again, or a sibling of the successor that was used, ends the session.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from server_api.services import audit
from server_api.services.accounts import end_sessions, hash_code
from server_api.services.server import Server
from server_api.storage.database import UnitOfWork
from server_api.storage.locks import lock_device
from server_api.storage.tables import account, device, refresh_token, session

PREFIX: Final = "lsr_"
"""Makes a refresh token known on sight, so that no log keeps one."""

_KEEP_USED_MS: Final = 30 * 24 * 3600 * 1000


def issue(server: Server, work: UnitOfWork, device_id: bytes, session_id: bytes, *, parent_hash: bytes | None) -> str:
    """A new token of the family: its first, or the successor of the one with that hash."""
    token = PREFIX + urlsafe_b64encode(server.ids.new_secret(32)).decode().rstrip("=")
    now = server.clock.now_ms()
    work.connection.execute(
        insert(refresh_token).values(
            token_hash=hash_code(token),
            device_id=device_id,
            session_id=session_id,
            parent_hash=parent_hash,
            created_at=now,
            expires_at=now + server.config.limits.refresh_token_s * 1000,
        )
    )
    return token


def exchange(server: Server, work: UnitOfWork, token: str) -> tuple[Row[*tuple[Any, ...]], str] | None:
    """Whose it was (account_id, device_id, session_id) and the successor; ``None`` if it is good for nothing.

    A token that two parties know ends its session; commit the transaction in either case.
    """
    token_hash, now = hash_code(token), server.clock.now_ms()
    holder = work.connection.execute(
        select(
            refresh_token.c.session_id,
            refresh_token.c.parent_hash,
            refresh_token.c.expires_at,
            device.c.device_id,
            device.c.account_id,
        )
        .join(device, device.c.device_id == refresh_token.c.device_id)
        .where(refresh_token.c.token_hash == token_hash)
    ).one_or_none()
    if holder is None or holder.expires_at <= now:
        return None
    lock_device(work.connection, holder.device_id)  # no other exchange in the session comes between
    if not _goes_on(work.connection, holder.session_id):
        return None
    won = work.connection.execute(
        update(refresh_token)
        .where(refresh_token.c.token_hash == token_hash, refresh_token.c.used_at.is_(None))
        .values(used_at=now)
    )
    is_first_use = won.rowcount == 1
    if _is_known_to_two(work, holder.session_id, token_hash, holder.parent_hash, is_first_use=is_first_use):
        end_sessions(server, work, device_id=holder.device_id)
        audit.record(server, work, "refresh-token-reused", account_id=holder.account_id, device_id=holder.device_id)
        return None
    _forget_old(work, holder.session_id, now)
    return holder, issue(server, work, holder.device_id, holder.session_id, parent_hash=token_hash)


def _goes_on(connection: Connection, session_id: bytes) -> bool:
    row = connection.execute(
        select(session.c.ended_at, device.c.revoked_at, account.c.is_disabled)
        .join(device, device.c.device_id == session.c.device_id)
        .join(account, account.c.account_id == device.c.account_id)
        .where(session.c.session_id == session_id)
    ).one_or_none()
    return row is not None and row.ended_at is None and row.revoked_at is None and not row.is_disabled


def _is_known_to_two(
    work: UnitOfWork, session_id: bytes, token_hash: bytes, parent_hash: bytes | None, *, is_first_use: bool
) -> bool:
    """Whether someone else went on from here: from a sibling, or from a successor that was handed out earlier."""
    if not is_first_use:
        rivals = refresh_token.c.parent_hash == token_hash
    elif parent_hash is not None:
        rivals = and_(refresh_token.c.parent_hash == parent_hash, refresh_token.c.token_hash != token_hash)
    else:
        return False
    used = and_(refresh_token.c.session_id == session_id, rivals, refresh_token.c.used_at.is_not(None))
    return bool(work.connection.scalar(select(func.count()).select_from(refresh_token).where(used)))


def _forget_old(work: UnitOfWork, session_id: bytes, now: int) -> None:
    """What is long past tells nothing any more; an unknown token is refused all the same."""
    old = or_(refresh_token.c.used_at < now - _KEEP_USED_MS, refresh_token.c.expires_at <= now)
    work.connection.execute(delete(refresh_token).where(refresh_token.c.session_id == session_id, old))
