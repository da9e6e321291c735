"""What a name may be: the rules that server and devices both hold, each by itself."""

from __future__ import annotations

import unicodedata
from typing import Final

from blake3 import blake3

from server_api.contract.messages import MAX_NAME_BYTES

PRIVATE_FOLDER: Final = ".lockstep"
"""Holds a root's marker, staging and trash; never synced, in no case or Unicode form."""


def comparable(name: str) -> str:
    """The form in which two names are the same name: NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def name_key(name: str) -> bytes:
    """32 bytes that are equal for equal names, whatever a database thinks of case or accents."""
    return blake3(comparable(name).encode()).digest()


def is_private(name: str) -> bool:
    """Whether a topmost name is, or on some file system becomes, the private folder's.

    Covers case, compatibility forms, ignorable characters that HFS+ drops, and trailing dots, spaces or streams that
    Windows drops.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    stem = visible.split(":", 1)[0].rstrip(" .")
    return stem == PRIVATE_FOLDER or (stem.startswith("lockst~") and stem[7:].isdigit())


def refuse_reason(name: str, *, at_root: bool) -> str | None:
    """Why no server and no device takes this name; ``None`` if it is good.

    Raises nothing: any string may come in.
    """
    if not name:
        return "it is empty"
    if name in {".", ".."}:
        return "it means a folder, not a name"
    if "/" in name or "\0" in name:
        return "it holds a slash or a NUL"
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    if length > MAX_NAME_BYTES or len(comparable(name).encode()) > MAX_NAME_BYTES:
        return f"it is longer than {MAX_NAME_BYTES} bytes"
    if at_root and is_private(name):
        return f"it is reserved for {PRIVATE_FOLDER}"
    return None
