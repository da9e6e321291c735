"""The wire contract, continued: accounts, and what people do with theirs. The rules of ``messages`` hold here too."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from server_api.contract.messages import Answer, Email, Id16, Password, Request, TimeMs

PAGE_AUDIT: Final = 100

FactorCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
"""Six digits, or a recovery code; spaces, dashes and case do not matter."""


class Register(Request, kw_only=True, frozen=True):
    """``POST /v1/accounts``. 201 with an ``Account``."""

    email: Email
    password: Password
    invite: str | None = None


class Account(Answer, kw_only=True, frozen=True):
    account_id: Id16
    email: str
    role: str
    quota_bytes: int | None
    """``None``: no limit."""
    used_bytes: int
    personal_namespace: Id16
    delete_at: TimeMs | None = None
    """When it goes for good; ``None``: it stays."""


# --- password and second factor --------------------------------------------------------------------------------------


class ChangePassword(Request, kw_only=True, frozen=True):
    """``POST /v1/account/password``: needs the one of now, and signs every other device out."""

    password: Password
    new_password: Password


class PasswordAgain(Request, kw_only=True, frozen=True):
    """What is asked before an act that a stolen session must not do."""

    password: Password | None = None


class SecondFactor(Answer, kw_only=True, frozen=True):
    """``GET /v1/account/second-factor``."""

    is_on: bool
    recovery_codes_left: int


class EnrolledFactor(Answer, kw_only=True, frozen=True):
    """``POST /v1/account/second-factor/enrol``: shown once. Nothing is on before a code of it was confirmed."""

    secret: str
    """Base32, for typing."""
    uri: str
    """``otpauth://…``, for a QR code."""


class ConfirmFactor(Request, kw_only=True, frozen=True):
    """``POST /v1/account/second-factor/confirm``."""

    code: FactorCode


class RecoveryCodes(Answer, kw_only=True, frozen=True):
    """Each stands in for the second factor once. Shown once: the server keeps only hashes."""

    codes: list[str]


# --- by mail ---------------------------------------------------------------------------------------------------------


class RequestReset(Request, kw_only=True, frozen=True):
    """``POST /v1/password-resets``: 202, whether the address has an account or not."""

    email: Email


class UseReset(Request, kw_only=True, frozen=True):
    """``POST /v1/password-resets/use``: once, within 30 minutes; ends all sessions."""

    code: Annotated[str, Meta(min_length=1, max_length=100)]
    new_password: Password


class ChangeEmail(Request, kw_only=True, frozen=True):
    """``POST /v1/account/email``: 202; the account has it once the link that was sent there is used."""

    password: Password | None = None
    new_email: Email


# --- for good --------------------------------------------------------------------------------------------------------


class RequestPurge(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/purges``: what is at the path and below, and was deleted there, with its history."""

    path: str
    password: Password | None = None


class CancelPurge(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/purges/cancel``."""

    path: str


class Purge(Answer, kw_only=True, frozen=True):
    """What goes, and when. What changes, moves or comes back until then stays, but without its history."""

    path: str
    requested_at: TimeMs
    due_at: TimeMs
    files: int
    """Those that are there, and those that were deleted."""
    versions: int
    size: int
    """Of all these versions, in bytes."""


class Purges(Answer, kw_only=True, frozen=True):
    """``GET /v1/namespaces/<uuid>/purges``: what waits, the first due first."""

    purges: list[Purge]


class AccountDeletion(Answer, kw_only=True, frozen=True):
    """``POST /v1/account/deletion``: what goes, and when."""

    due_at: TimeMs
    nodes: int
    """Files and folders that are there."""
    size: int
    """What it takes in the store, in bytes, with all history."""
    devices: int
    """That will be signed out."""


# --- what was done ---------------------------------------------------------------------------------------------------


class AuditEntry(Answer, kw_only=True, frozen=True):
    entry_id: int
    at: TimeMs
    action: str
    detail: str
    device: str | None = None
    """The name of the device that it was done from, where there is one."""


class AuditPage(Answer, kw_only=True, frozen=True):
    """``GET /v1/account/audit?before=ID``: what was recorded of one's own account, newest first."""

    entries: list[AuditEntry]
    complete: bool
