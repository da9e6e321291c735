"""An account's devices: which there are, and taking one's rights away."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select, update

from server_api.contract.devices import Device
from server_api.errors import NotFoundError
from server_api.services import audit, passwords, wipes
from server_api.services.accounts import end_sessions
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.tables import device, wipe

_WIPE: Final = (wipe.c.requested_at, wipe.c.begun_at, wipe.c.ended_at, wipe.c.removed, wipe.c.kept)


def list_devices(server: Server, caller: Caller) -> list[Device]:
    """All that the account ever had, the latest seen first; of browsers only those that are signed in."""
    with server.database.read() as connection:
        rows = connection.execute(
            select(device, *_WIPE)
            .outerjoin(wipe, wipe.c.device_id == device.c.device_id)
            .where(
                device.c.account_id == caller.account_id,
                or_(device.c.kind == "device", device.c.revoked_at.is_(None)),
            )
            .order_by(device.c.last_seen_at.desc(), device.c.device_id)
        ).all()
    return [
        Device(
            device_id=row.device_id,
            name=row.name,
            kind=row.kind,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.device_id == caller.device_id,
            revoked_at=row.revoked_at,
            wipe=None if row.requested_at is None else wipes.described(row),
        )
        for row in rows
    ]


@retried
def revoke_device(server: Server, caller: Caller, device_id: bytes, password: str | None) -> None:
    """Ends its sessions, and what waits in them, for good; its holder has to sign in again. Idempotent.

    Raises: NotFoundError, and for another device than the caller's own: PasswordNeededError, WrongCredentialsError,
    RateLimitedError.
    """
    if device_id != caller.device_id:
        passwords.check_again(server, caller, password)
    with server.database.write() as work:
        mine = and_(device.c.device_id == device_id, device.c.account_id == caller.account_id)
        if work.connection.execute(select(device.c.device_id).where(mine)).one_or_none() is None:
            raise NotFoundError("This account has no such device.")
        revoked = update(device).where(mine, device.c.revoked_at.is_(None)).values(revoked_at=server.clock.now_ms())
        work.connection.execute(revoked)
        end_sessions(server, work, device_id=device_id)
        audit.record(
            server,
            work,
            "device-revoked",
            account_id=caller.account_id,
            device_id=caller.device_id,
            detail=device_id.hex(),
        )
