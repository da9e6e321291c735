"""What a name may be, and which are the same: the rules that server and devices both hold, each by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from blake3 import blake3

from server_api.contract.messages import MAX_NAME_BYTES

PRIVATE_FOLDER: Final = ".lockstep"
"""Holds a root's marker, staging and trash; never synced, in no case or Unicode form."""

_NOT_IN_NAMES: Final = frozenset('/\\:*?"<>|()')
_DEVICE_CHARACTERS: Final = 40
_SUFFIX_BYTES: Final = 32


def comparable(name: str) -> str:
    """The form in which two names are the same name: NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def fold(text: str) -> str:
    """As a search compares names: ``Résumé`` and ``resume`` are the same, and ``Straße`` and ``strasse``."""
    if text.isascii():
        return text.lower()
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in taken_apart if not unicodedata.combining(character))


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


def speakable(device_name: str) -> str:
    """A device's name as a part of a file's: what no name may hold is left out."""
    kept = "".join(c for c in device_name if c not in _NOT_IN_NAMES and unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:_DEVICE_CHARACTERS].strip() or "another device"


def version_names(path: str, written: Iterable[tuple[datetime, str]]) -> list[str]:
    """Names for the versions of the file at a path as files of one folder: when, and on which device, each was written.

    ``2026-11-05 10.15.05 Laptop.txt``, so that they sort by time; ``Laptop_2`` comes after what has no number. No two
    are the same, in any case of letters either.
    """
    suffix = PurePosixPath(path).suffix
    suffix = suffix if len(suffix.encode()) <= _SUFFIX_BYTES else ""
    names: list[str] = []
    taken: set[str] = set()
    for at, device in written:
        stem = f"{at:%Y-%m-%d %H.%M.%S} {speakable(device)}"
        name, number = stem, 1
        while comparable(name).casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(comparable(name).casefold())
        names.append(name + suffix)
    return names
