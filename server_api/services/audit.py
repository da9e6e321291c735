"""The audit table: sign-ins, links and administrative acts, append-only."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert

from server_api.services.server import Server
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.tables import audit

MAX_DETAIL: Final = 500


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
