"""Which names a platform's file systems can hold. A name that cannot be held is shown, never changed."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import comparable, is_private, refuse_reason

Platform: TypeAlias = Literal["linux", "macos", "windows"]


class Naming(Struct, frozen=True):
    """How a folder's file system treats names; found out by trying, at each start."""

    tells_case: bool = True
    """``a`` and ``A`` are two names."""
    keeps_case: bool = True
    """A name is shown in the case that it was given."""
    rules: Platform = "linux"
    """Whose rules names have to follow: those of a system that this file system is made for."""


HOSTILE: Final = "hostile-name"
"""No device may hold it: it would reach outside its folder, or into the private one."""
TOO_LONG: Final = "name-too-long"
RESERVED: Final = "reserved-name"
INVALID: Final = "invalid-name"
NOT_UNICODE: Final = "invalid-utf8"
PRIVATE: Final = "private-name"

_WINDOWS_DEVICE: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|:|$)", re.IGNORECASE
)
_WINDOWS_INVALID: Final = re.compile(r'[\x00-\x1f<>:"|?*\\/]')
_WINDOWS_SHORT: Final = re.compile(r"[^.]{1,6}~[0-9]{1,6}(\.[^.]{0,3})?", re.IGNORECASE)


def case_key(name: str) -> str:
    """Names with equal keys are one name on a disk that does not tell case."""
    return name.lower() if name.isascii() else comparable(comparable(name).casefold())


def unholdable(name: str, platform: Platform, *, at_root: bool) -> str | None:
    """The code of why this device cannot hold a name that comes from the server; ``None`` if it can.

    Any string may come in: the name is hostile until it passed here.
    """
    if not name or name in {".", ".."} or "/" in name or "\0" in name or (at_root and is_private(name)):
        return HOSTILE
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return INVALID
    if platform == "windows":
        return _unholdable_on_windows(name)
    if length > MAX_NAME_BYTES or (platform == "macos" and len(comparable(name).encode()) > MAX_NAME_BYTES):
        return TOO_LONG
    return None


def unsendable(name: str, *, at_root: bool) -> str | None:
    """The code of why a name from this disk goes nowhere else; ``None`` if the server takes it."""
    # A disk has no ASCII name that breaks a rule, but for the private folder's.
    if name.isascii() and not at_root:
        return None
    try:
        name.encode()
    except UnicodeEncodeError:
        return NOT_UNICODE
    if at_root and is_private(name):
        return PRIVATE
    return None if refuse_reason(name, at_root=at_root) is None else TOO_LONG


def _unholdable_on_windows(name: str) -> str | None:
    if _WINDOWS_INVALID.search(name) or name[-1] in ". ":
        return INVALID
    if _WINDOWS_DEVICE.match(name) or _WINDOWS_SHORT.fullmatch(name):
        return RESERVED  # a name like LONGNA~1 is another file's alias
    return TOO_LONG if len(name.encode("utf-16-le")) // 2 > 255 else None
