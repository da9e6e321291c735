"""Sessions: who is signed in, from which device, and until when.

An access token is a JWT that names a session; it proves nothing by itself, for every request reads the rows of session,
device and account.
"""

from __future__ import annotations

from typing import Final

import jwt
from sqlalchemy import select

from server_api.contract.messages import DeviceId
from server_api.errors import NotSignedInError, SessionEndedError
from server_api.services import state
from server_api.services.server import Caller, Server
from server_api.storage.tables import account, device, session

_ALGORITHM: Final = "HS256"

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


def authenticate(server: Server, access_token: str) -> Caller:
    """Who holds this token.

    Raises: NotSignedInError (not ours, or expired: refresh), SessionEndedError (signed out, revoked or disabled).
    """
    try:
        claims = jwt.decode(
            access_token,
            state.secret(server, "tokens"),
            algorithms=[_ALGORITHM],
            options={"verify_exp": False, "verify_iat": False, "require": ["sid", "exp"]},
        )
        session_id = bytes.fromhex(claims["sid"])
        expires_at_s = int(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise NotSignedInError from error
    if server.clock.now_ms() >= expires_at_s * 1000:
        raise NotSignedInError("The access token has expired.")
    with server.database.read() as connection:
        row = connection.execute(_CALLER.where(session.c.session_id == session_id)).one_or_none()
    if row is None or row.ended_at is not None or row.revoked_at is not None or row.is_disabled:
        raise SessionEndedError
    return Caller(
        account_id=row.account_id,
        device_id=DeviceId(row.device_id),
        session_id=row.session_id,
        email=row.email,
        role=row.role,
        device_kind=row.kind,
    )
