"""Everything that can go wrong in the engine, with what is to be done about it.

EngineError                      code, policy
├── RemoteError                  the server or the store
│   ├── Unreachable              no connection, a time-out, 502/503/504, a cut answer
│   │   ├── ProxyRefused         the proxy in between wants another name or password
│   │   ├── Untrusted            the certificate is not to be trusted
│   │   └── Unreadable           something answered, and no Lockstep server answers like that
│   ├── RateLimited              too much was asked for
│   ├── SignedOut                the session ended: somebody has to sign in
│   │   └── WipeRequested        and what was synced is to be removed from this device: ``wiping``
│   ├── Refused                  the server's closed answer: ``problem_code``
│   ├── UnknownCursor            another epoch, or an older server: list again and merge
│   ├── Superseded               a higher commit number was seen
│   ├── UpdateNeeded             the protocol is too old
│   ├── UrlExpired               ask for a new one
│   ├── ObjectGone               a pack is not where it was: ask for locations again
│   └── CorruptTransfer          bytes arrived that are not what they should be
├── DiskError                    one path on this device: ``path``
│   ├── Changed                  not what the plan saw: observe and plan again
│   ├── Occupied                 something is there already
│   ├── Vanished                 it is not there any more
│   ├── NotPermitted             no permission, read-only
│   ├── Locked                   another program holds it
│   ├── DiskFull                 no space or no quota
│   ├── NotHoldable              a name or kind that this file system cannot hold
│   └── DiskFault                an I/O error
├── RootError                    the folder as a whole; nothing is planned, nothing deleted
│   ├── RootMissing / RootForeign / RootBusy / RootUnreadable
├── JournalError
│   ├── JournalNewer             made by a newer Lockstep
│   ├── JournalDamaged           set aside and rebuilt by a merge
│   └── JournalFull              no space for it
└── SetupError                   something here has to be put right first
    ├── DamagedSettings          they cannot be understood
    ├── NotLinked                this profile is no device of any account
    ├── FolderTaken / FolderOverlaps / FolderInside / FolderUnusable: it cannot be linked, for whose or where it is
    ├── Unencrypted              the address is plain http, beyond this computer
    └── WrongUsage               what was asked for makes no sense
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


class Policy(Enum):
    """What the control loop does with an error."""

    RETRY = "retry"
    """By itself, with back-off; nobody needs to do anything."""
    WAIT_FOR_USER = "wait_for_user"
    REPLAN = "replan"
    """The world moved on: observe and plan again."""
    BUG = "bug"


class EngineError(Exception):
    """``str(error)`` is a technical detail for the log; people's sentences go by ``code``."""

    code: ClassVar[str] = "internal"
    policy: ClassVar[Policy] = Policy.BUG


class RemoteError(EngineError):
    """``retry_after_s``: so long the other side asks to be left alone; 0 where it did not say."""

    code = "remote"
    policy = Policy.RETRY

    def __init__(self, detail: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unreachable(RemoteError):
    code = "unreachable"


class ProxyRefused(Unreachable):
    code = "proxy-refused"


class Untrusted(Unreachable):
    """The certificate is not to be trusted: expired, of another name, or of an authority that is not known here."""

    code = "certificate"


class Unreadable(Unreachable):
    code = "unreadable-answer"


class RateLimited(RemoteError):
    code = "rate-limited"


class SignedOut(RemoteError):
    code = "signed-out"
    policy = Policy.WAIT_FOR_USER


class WipeRequested(SignedOut):
    code = "wipe-requested"


class Refused(RemoteError):
    """``problem_code`` is a ``messages.ErrorCode`` value, or one that a newer server made up."""

    code = "refused"
    policy = Policy.WAIT_FOR_USER

    def __init__(self, detail: str, problem_code: str, status: int) -> None:
        super().__init__(detail)
        self.problem_code = problem_code
        self.status = status


class UnknownCursor(RemoteError):
    code = "unknown-cursor"
    policy = Policy.REPLAN


class Superseded(RemoteError):
    code = "superseded"
    policy = Policy.REPLAN


class UpdateNeeded(RemoteError):
    code = "update-needed"
    policy = Policy.WAIT_FOR_USER


class UrlExpired(RemoteError):
    code = "url-expired"


class ObjectGone(RemoteError):
    code = "object-gone"


class CorruptTransfer(RemoteError):
    code = "corrupt-transfer"


class DiskError(EngineError):
    code = "disk"
    policy = Policy.RETRY

    def __init__(self, path: str, detail: str = "") -> None:
        super().__init__(f"{path!r}: {detail}" if detail else repr(path))
        self.path = path
        self.detail = detail


class Changed(DiskError):
    code = "changed"
    policy = Policy.REPLAN


class Occupied(DiskError):
    code = "occupied"
    policy = Policy.REPLAN


class Vanished(DiskError):
    code = "vanished"
    policy = Policy.REPLAN


class NotPermitted(DiskError):
    code = "not-permitted"


class Locked(DiskError):
    code = "locked"


class DiskFull(DiskError):
    code = "disk-full"


class NotHoldable(DiskError):
    code = "not-holdable"
    policy = Policy.WAIT_FOR_USER


class DiskFault(DiskError):
    code = "disk-fault"


class RootError(EngineError):
    code = "root"
    policy = Policy.WAIT_FOR_USER


class RootMissing(RootError):
    code = "root-missing"


class RootForeign(RootError):
    """The folder has no marker, or another journal's."""

    code = "root-foreign"


class RootBusy(RootError):
    """Another Lockstep works on this folder."""

    code = "root-busy"


class RootUnreadable(RootError):
    code = "root-unreadable"


class JournalError(EngineError):
    code = "journal"
    policy = Policy.WAIT_FOR_USER


class JournalNewer(JournalError):
    code = "journal-newer"


class JournalDamaged(JournalError):
    code = "journal-damaged"


class JournalFull(JournalError):
    code = "journal-full"
    policy = Policy.RETRY


class SetupError(EngineError):
    """``str(error)`` is a whole sentence for people."""

    code = "setup"
    policy = Policy.WAIT_FOR_USER


class DamagedSettings(SetupError):
    code = "damaged-settings"


class NotLinked(SetupError):
    code = "not-linked"


class FolderTaken(SetupError):
    """Another profile's."""

    code = "folder-taken"


class FolderOverlaps(SetupError):
    """It contains what is Lockstep's own, or lies inside it."""

    code = "folder-overlaps"


class FolderInside(SetupError):
    """It lies inside a folder that is kept in step."""

    code = "folder-inside"


class FolderUnusable(SetupError):
    """It cannot be made, read or written."""

    code = "folder-unusable"


class Unencrypted(SetupError):
    code = "unencrypted"


class WrongUsage(SetupError):
    code = "wrong-usage"
