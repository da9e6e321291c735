"""What a person can do about what is wrong: for each code the buttons that help."""

from __future__ import annotations

from enum import Enum
from typing import Final

from desktop.words import tr


class Remedy(Enum):
    SHOW = "show"
    """Look at it where it lies, in the file manager."""
    RENAME = "rename"
    """What is at the path gets another name."""
    KEEP_HERE = "keep-here"
    """The preferences, at what is kept on this device."""
    TRY_NOW = "try-now"
    RETRY = "retry"
    """The same, of what waits for nothing but that."""
    RESUME = "resume"
    SIGN_IN = "sign-in"
    PREFERENCES = "preferences"
    IGNORED = "ignored"
    """The preferences, at the patterns."""
    FOLDER = "folder"
    """The preferences, at the folder."""
    START = "start"
    """The daemon is to run again."""
    LOG = "log"


AGAIN: Final = frozenset({Remedy.TRY_NOW, Remedy.RETRY})
_AGAIN: Final = (Remedy.TRY_NOW,)
_LOOK: Final = (Remedy.SHOW, Remedy.TRY_NOW)
_NAME: Final = (Remedy.RENAME, Remedy.SHOW)
_SIGN_IN: Final = (Remedy.SIGN_IN,)
_FOLDER: Final = (Remedy.TRY_NOW, Remedy.FOLDER)

REMEDIES: Final[dict[str, tuple[Remedy, ...]]] = {
    "no-daemon": (Remedy.START,),
    "internal": (Remedy.TRY_NOW, Remedy.LOG),
    "remote": _AGAIN,
    "unreachable": (Remedy.TRY_NOW, Remedy.PREFERENCES),
    "unreadable-answer": (Remedy.TRY_NOW, Remedy.PREFERENCES),
    "certificate": _AGAIN,
    "proxy-refused": (Remedy.PREFERENCES,),
    "rate-limited": _AGAIN,
    "signed-out": _SIGN_IN,
    "not-signed-in": _SIGN_IN,
    "session-ended": _SIGN_IN,
    "not-linked": _SIGN_IN,
    "damaged-settings": _SIGN_IN,
    "setup": (Remedy.PREFERENCES,),
    "refused": (Remedy.TRY_NOW, Remedy.LOG),
    "superseded": _AGAIN,
    "disk": _LOOK,
    "changed": _LOOK,
    "vanished": _AGAIN,
    "occupied": _NAME,
    "not-permitted": _LOOK,
    "locked": _LOOK,
    "disk-full": _AGAIN,
    "disk-fault": _AGAIN,
    "root": _FOLDER,
    "root-missing": _FOLDER,
    "root-foreign": _FOLDER,
    "root-unreadable": _FOLDER,
    "root-busy": _AGAIN,
    "journal": _AGAIN,
    "journal-full": _AGAIN,
    "unwatched": (Remedy.LOG,),
    "paused": (Remedy.RESUME,),
    "stopped": (Remedy.RETRY, Remedy.SHOW),
    "standstill": (Remedy.TRY_NOW, Remedy.LOG),
    "case-twin": _NAME,
    "name-occupied": _NAME,
    "name-twin": _NAME,
    "excluded-name": (Remedy.RENAME, Remedy.KEEP_HERE),
    "refused-name": _NAME,
    "invalid-utf8": (Remedy.SHOW,),
    "private-name": _NAME,
    "invalid": _NAME,
    "special-file": (Remedy.SHOW,),
    "invalid-link": (Remedy.SHOW,),
    "ignored-pattern": (Remedy.IGNORED,),
    "ignored-name": _NAME,
    "forbidden": (Remedy.SHOW,),
    "quota": _AGAIN,
    "quota-exceeded": _AGAIN,
    "store-full": _AGAIN,
    "unavailable": _AGAIN,
    "missing": _AGAIN,
    "blocked": _AGAIN,
    "stale": _AGAIN,
}


_OF_A_PATH: Final = frozenset({Remedy.SHOW, Remedy.RENAME})
_WORDS: Final = {
    Remedy.SHOW: lambda: tr("Show in file manager"),
    Remedy.RENAME: lambda: tr("Rename…"),
    Remedy.KEEP_HERE: lambda: tr("Choose what to keep here…"),
    Remedy.TRY_NOW: lambda: tr("Try now"),
    Remedy.RETRY: lambda: tr("Retry"),
    Remedy.RESUME: lambda: tr("Resume"),
    Remedy.SIGN_IN: lambda: tr("Sign in again…"),
    Remedy.PREFERENCES: lambda: tr("Open preferences…"),
    Remedy.IGNORED: lambda: tr("Show patterns…"),
    Remedy.FOLDER: lambda: tr("Look at the folder’s settings…"),
    Remedy.START: lambda: tr("Start Lockstep"),
    Remedy.LOG: lambda: tr("Show the log…"),
}


def remedies(code: str, path: str = "") -> tuple[Remedy, ...]:
    """Without those that need a path, where there is none."""
    known = REMEDIES.get(code, _AGAIN)
    return known if path else tuple(each for each in known if each not in _OF_A_PATH)


def words(remedy: Remedy) -> str:
    """Of the button."""
    return _WORDS[remedy]()
