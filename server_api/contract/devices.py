"""The wire contract, continued: how devices sign in, are signed out and wiped. The rules of ``messages`` hold here."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server_api.contract.accounts import Account
from server_api.contract.messages import Answer, DeviceName, Email, Id16, Password, RefreshToken, Request, TimeMs


class SignIn(Request, kw_only=True, frozen=True):
    """``POST /v1/sessions``: a device signs in. Naming the ``device_id`` it had keeps it that device."""

    email: Email
    password: Password
    device_name: DeviceName
    device_id: Id16 | None = None
    totp: Annotated[str, Meta(max_length=64)] | None = None
    """A code of the second factor, or a recovery code; asked for by ``second-factor-needed``."""


class Session(Answer, kw_only=True, frozen=True):
    """Tokens for one device. ``expires_in_s`` is for the access token, from now."""

    device_id: Id16
    account: Account
    access_token: str
    expires_in_s: int
    refresh_token: str
    epoch: Id16
    wipe_check: bytes = b""
    """SHA-256 of the proof that a wipe order of this server brings. A device keeps what it was told when it signed in:
    whoever only pretends to be the server later cannot make it remove anything."""


class Refresh(Request, kw_only=True, frozen=True):
    """``POST /v1/sessions/refresh``. The old refresh token works until the new one is first used."""

    refresh_token: RefreshToken


class Wipe(Answer, kw_only=True, frozen=True):
    """What became of the wish that a device removes what it synced. Times: milliseconds."""

    requested_at: TimeMs
    begun_at: TimeMs | None = None
    """From then on it cannot be taken back."""
    ended_at: TimeMs | None = None
    removed: int = 0
    """Files and symlinks that went."""
    kept: int = 0
    """Those that stayed, for the server does not have them like that."""


class RequestWipe(Request, kw_only=True, frozen=True):
    """``POST /v1/devices/<uuid>/wipe`` and ``…/wipe/cancel``."""

    password: Password | None = None


class BeginWipe(Request, kw_only=True, frozen=True):
    """``POST /v1/wipe/begin``: from the device that was told ``wipe-requested``, before it removes anything."""

    refresh_token: RefreshToken


class WipeOrder(Answer, kw_only=True, frozen=True):
    proof: bytes
    """Its SHA-256 is the ``wipe_check`` that the device was given when it signed in; else it does nothing."""


class EndWipe(Request, kw_only=True, frozen=True):
    """``POST /v1/wipe/end``: it is done; the token is good for nothing any more."""

    refresh_token: RefreshToken
    removed: Annotated[int, Meta(ge=0, le=2**53)]
    kept: Annotated[int, Meta(ge=0, le=2**53)]


class Device(Answer, kw_only=True, frozen=True):
    device_id: bytes
    name: str
    created_at: TimeMs
    last_seen_at: TimeMs
    is_current: bool
    revoked_at: TimeMs | None = None
    """When it was signed out, from another device or by itself."""
    kind: str = "device"
    """``device`` or ``browser``."""
    wipe: Wipe | None = None


class Devices(Answer, kw_only=True, frozen=True):
    """``GET /v1/devices``."""

    devices: list[Device]


class RevokeDevice(Request, kw_only=True, frozen=True):
    """``POST /v1/devices/<uuid>/revoke``. Revoking another device needs the password."""

    password: Password | None = None
