"""The audit table: sign-ins, links and administrative acts, append-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select

from server_api.contract.accounts import PAGE_AUDIT, AuditEntry, AuditPage
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.tables import account, audit, device

MAX_DETAIL: Final = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row as the operator reads it. ``at``: milliseconds."""

    audit_id: int
    at: int
    account: str | None
    """Its email address; ``None`` if there is no such account (any more)."""
    device: str | None
    action: str
    detail: str


def record(
    server: Server,
    work: UnitOfWork,
    action: str,
    *,
    account_id: bytes | None = None,
    device_id: bytes | None = None,
    detail: str = "",
) -> None:
    """One row, in the transaction of what it records. No secrets in ``detail``."""
    work.connection.execute(
        insert(audit).values(
            at=server.clock.now_ms(),
            account_id=account_id,
            device_id=device_id,
            action=action,
            detail=detail[:MAX_DETAIL],
        )
    )


@retried
def record_alone(server: Server, action: str, *, account_id: bytes | None = None, detail: str = "") -> None:
    """One row in a transaction of its own: for what was refused."""
    with server.database.write() as work:
        record(server, work, action, account_id=account_id, detail=detail)


def read_own(server: Server, caller: Caller, before: int | None) -> AuditPage:
    """What was recorded of the caller's account, newest first. ``before``: the last id of the page before."""
    wanted = audit.c.account_id == caller.account_id
    if before is not None:
        wanted &= audit.c.audit_id < before
    rows = (
        select(audit, device.c.name)
        .outerjoin(device, device.c.device_id == audit.c.device_id)
        .where(wanted)
        .order_by(audit.c.audit_id.desc())
        .limit(PAGE_AUDIT + 1)
    )
    with server.database.read() as connection:
        found = connection.execute(rows).all()
    entries = [
        AuditEntry(entry_id=row.audit_id, at=row.at, device=row.name, action=row.action, detail=row.detail)
        for row in found[:PAGE_AUDIT]
    ]
    return AuditPage(entries=entries, complete=len(found) <= PAGE_AUDIT)


def read_newest(server: Server, limit: int) -> list[Recorded]:
    """What was recorded last on the whole server, oldest first."""
    rows = (
        select(audit, account.c.email, device.c.name)
        .outerjoin(account, account.c.account_id == audit.c.account_id)
        .outerjoin(device, device.c.device_id == audit.c.device_id)
        .order_by(audit.c.audit_id.desc())
        .limit(limit)
    )
    with server.database.read() as connection:
        found = connection.execute(rows).all()
    return [Recorded(row.audit_id, row.at, row.email, row.name, row.action, row.detail) for row in reversed(found)]
