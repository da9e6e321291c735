"""What admins of a server see and do over the API: accounts and figures, and nothing of anybody's files."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET
from sqlalchemy import func, select, update

from server_api.contract.admin import (
    PAGE_USERS,
    ChangeUser,
    CollectionState,
    Overview,
    ScrubState,
    User,
    Users,
)
from server_api.errors import ForbiddenError, NotFoundError
from server_api.services import audit, passwords
from server_api.services.accounts import ADMIN, clean_email, end_sessions
from server_api.services.collection import read_collected_at
from server_api.services.figures import read_figures, told_by_days
from server_api.services.scrubbing import read_scrub_note
from server_api.services.server import Caller, Server
from server_api.services.state import held_until
from server_api.storage.contention import retried
from server_api.storage.packs import OF_NO_QUOTA
from server_api.storage.tables import account, device, namespace, pack

_ACTIONS: Final = {"is_disabled": "account-disabled", "quota_bytes": "quota-set", "role": "role-set"}


def check_admin(caller: Caller) -> None:
    """Raises: ForbiddenError."""
    if caller.role != ADMIN:
        raise ForbiddenError("This is for admins of the server.")


def read_overview(server: Server, caller: Caller) -> Overview:
    """How the server does. Raises: ForbiddenError."""
    check_admin(caller)
    with server.database.read() as connection:
        rows = connection.execute(
            select(
                account.c.role,
                account.c.is_disabled,
                func.count().label("accounts"),
                func.count(account.c.quota_bytes).label("limited"),
                func.sum(account.c.quota_bytes).label("quota"),
            ).group_by(account.c.role, account.c.is_disabled)
        ).all()
        figures = read_figures(connection)
        scrubbed = read_scrub_note(connection)
        now_ms = server.database_now_ms(connection)
        held = held_until(connection)
        return Overview(
            accounts=sum(row.accounts for row in rows),
            admins=sum(row.accounts for row in rows if row.role == ADMIN),
            disabled=sum(row.accounts for row in rows if row.is_disabled),
            without_quota=sum(row.accounts - row.limited for row in rows),
            quota_bytes=sum(int(row.quota or 0) for row in rows),
            measured_at=figures.at,
            stored=figures.stored,
            packs=figures.packs,
            chunks=figures.chunks,
            days=told_by_days(figures),
            scrub=ScrubState(
                started_at=scrubbed.started_at, ended_at=scrubbed.ended_at, broken_versions=scrubbed.broken
            ),
            collection=CollectionState(
                ended_at=read_collected_at(connection), held_until=held if held > now_ms else None
            ),
        )


def list_users(server: Server, caller: Caller, after: str | None) -> Users:
    """A page of them, by email address. Raises: ForbiddenError, InvalidBodyError."""
    check_admin(caller)
    asked = select(account).order_by(account.c.email).limit(PAGE_USERS + 1)
    if after is not None:
        asked = asked.where(account.c.email > clean_email(after))
    with server.database.read() as connection:
        rows = connection.execute(asked).all()
        ids = [row.account_id for row in rows[:PAGE_USERS]]
        used = connection.execute(
            select(namespace.c.owner_id, func.sum(pack.c.size))
            .join(pack, pack.c.namespace_id == namespace.c.namespace_id)
            .where(namespace.c.owner_id.in_(ids), pack.c.state.not_in(OF_NO_QUOTA))
            .group_by(namespace.c.owner_id)
        )
        used_bytes = {owner_id: int(size) for owner_id, size in used}
        seen = connection.execute(
            select(device.c.account_id, func.max(device.c.last_seen_at))
            .where(device.c.account_id.in_(ids))
            .group_by(device.c.account_id)
        )
        seen_at = {row[0]: row[1] for row in seen}
    return Users(
        users=[
            User(
                account_id=row.account_id,
                email=row.email,
                role=row.role,
                disabled=row.is_disabled,
                quota_bytes=row.quota_bytes,
                used_bytes=used_bytes.get(row.account_id, 0),
                created_at=row.created_at,
                last_seen_at=seen_at.get(row.account_id),
                delete_at=row.delete_at,
            )
            for row in rows[:PAGE_USERS]
        ],
        complete=len(rows) <= PAGE_USERS,
    )


@retried
def change_user(server: Server, caller: Caller, account_id: bytes, request: ChangeUser) -> None:
    """What the request says, all of it or nothing.

    Raises: ForbiddenError, NotFoundError, PasswordNeededError, WrongCredentialsError, RateLimitedError.
    """
    check_admin(caller)
    passwords.check_again(server, caller, request.password)
    if account_id == caller.account_id and (request.disabled is True or request.role not in {UNSET, ADMIN}):
        raise ForbiddenError("Nobody disables or demotes itself: another admin can, or the operator's command.")
    given = {"is_disabled": request.disabled, "quota_bytes": request.quota_bytes, "role": request.role}
    changed = {name: value for name, value in given.items() if value is not UNSET}
    which = account.c.account_id == account_id
    with server.database.write() as work:
        known = work.connection.execute(select(account).where(which).with_for_update()).one_or_none()
        if known is None:
            raise NotFoundError("There is no such account.")
        if changed:
            work.connection.execute(update(account).where(which).values(changed))
        if changed.get("is_disabled"):
            end_sessions(server, work, account_id=account_id)
        for name, value in changed.items():
            audit.record(
                server,
                work,
                _ACTIONS[name] if name != "is_disabled" or value else "account-enabled",
                account_id=account_id,
                device_id=caller.device_id,
                detail=f"{value} by {caller.email}",
            )
