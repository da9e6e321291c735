"""The wire contract, continued: what admins of a server see and do. The rules of ``messages`` hold here too.

They see how much there is and whose it is, and no name of a file.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from server_api.contract.messages import Password, TimeMs

PAGE_USERS: Final = 100
DAYS: Final = 90


class StoreUse(Struct, kw_only=True, frozen=True):
    """What lies in one store, in one tier of it."""

    store: str
    tier: str
    """``standard``; ``old`` for what the store was told that only old versions use."""
    packs: int
    size: int


class PackStates(Struct, kw_only=True, frozen=True):
    """How many packs are ``registered``, ``sealed`` (not verified yet), ``verified`` and so on."""

    state: str
    packs: int
    size: int


class Day(Struct, kw_only=True, frozen=True):
    """One day, UTC. What was before the server kept such figures is not known."""

    day: str
    """``2026-11-28``."""
    changes: int
    """Revisions that were committed on it."""
    stored: int
    """Bytes in the store when it ended, or now."""
    accounts: int
    devices: int
    """Seen on it."""


class ScrubState(Struct, kw_only=True, frozen=True):
    started_at: TimeMs | None = None
    """Of a pass that is under way."""
    ended_at: TimeMs | None = None
    broken_versions: int = 0
    """That the last whole pass found."""


class CollectionState(Struct, kw_only=True, frozen=True):
    ended_at: TimeMs | None = None
    """Of the last pass."""
    held_until: TimeMs | None = None
    """Nothing is collected until then, since the server was restored."""


class Overview(Struct, kw_only=True, frozen=True):
    """``GET /v1/admin/overview``."""

    accounts: int
    admins: int
    disabled: int
    without_quota: int
    quota_bytes: int
    """Of all that have one, together."""
    measured_at: TimeMs | None
    """When what follows was counted, a quarter of an hour ago at most; ``None``: not yet."""
    stored: list[StoreUse] = field(default_factory=list)
    packs: list[PackStates] = field(default_factory=list)
    chunks: int = 0
    days: list[Day] = field(default_factory=list)
    """The latest last, at most ``DAYS``."""
    scrub: ScrubState
    collection: CollectionState


class User(Struct, kw_only=True, frozen=True):
    account_id: bytes
    email: str
    role: str
    disabled: bool
    quota_bytes: int | None
    used_bytes: int
    created_at: TimeMs
    last_seen_at: TimeMs | None
    """Any device of it."""
    delete_at: TimeMs | None = None


class Users(Struct, kw_only=True, frozen=True):
    """``GET /v1/admin/users?after=EMAIL``: by email address."""

    users: list[User]
    complete: bool


class ChangeUser(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``PATCH /v1/admin/users/<uuid>``: what is given is changed. Needs the admin's own password. Nobody disables or
    demotes itself."""

    password: Password | None = None
    disabled: bool | UnsetType = UNSET
    """A disabled account's devices are signed out for good; its files stay."""
    quota_bytes: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType | None = UNSET
    """``None``: no limit."""
    role: Literal["admin", "member"] | UnsetType = UNSET
