"""Names of conflicted copies: ``name (DEVICE's conflicted copy YYYY-MM-DD).ext``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import comparable, speakable

_COPY: Final = re.compile(r" \(([^()]*)'s conflicted copy (\d{4}-\d\d-\d\d)(?: \d+)?\)$")
_PACKED_ARCHIVE: Final = re.compile(r"\.tar\.[A-Za-z0-9]{1,5}$", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.[^. ]{1,16}$")


def conflicted_name(name: str, device_name: str, today: str, number: int = 1) -> str:
    """The name of a file's conflicted copy: at most 255 bytes, also in NFC, and holdable wherever ``name`` is.

    Args:
        name: of the file; if it is a conflicted copy itself, the new name takes the old remark's place.
        device_name: as the person chose it; what no name may hold is left out.
        today: ``YYYY-MM-DD``.
        number: from 2 on it is part of the name.
    """
    stem, extension = _split(name)
    stem = _COPY.sub("", stem)
    count = f" {number}" if number > 1 else ""
    tail = f" ({speakable(device_name)}'s conflicted copy {today}{count}){extension}"
    while stem and _too_long(stem + tail):
        stem = stem[:-1]
    return stem + tail if stem else tail.lstrip()


def free_name(name: str, device_name: str, today: str, is_taken: Callable[[str], bool]) -> str:
    """The first conflicted copy's name that nobody has."""
    number = 1
    while is_taken(candidate := conflicted_name(name, device_name, today, number)):
        number += 1
    return candidate


def original_name(name: str) -> str | None:
    """The name of the file that this one is a conflicted copy of; ``None`` if it is none by its name. Where the copy's
    name had to be shortened, so is the answer."""
    stem, extension = _split(name)
    original = _COPY.sub("", stem) + extension
    return original if _COPY.search(stem) and original else None


def writer_of(name: str) -> str | None:
    """The device that wrote what a conflicted copy of this name holds; ``None`` if it is none."""
    match = _COPY.search(_split(name)[0])
    return match[1] if match else None


def kept_name(name: str, number: int = 1) -> str:
    """The name under which a conflicted copy goes on as a file like any other, when both are kept:
    ``name (DEVICE's version YYYY-MM-DD).ext``. From 2 on the number is part of it."""
    stem, extension = _split(name)
    match = _COPY.search(stem)
    assert match is not None, name
    count = f" {number}" if number > 1 else ""
    return f"{stem[: match.start()]} ({match[1]}'s version {match[2]}{count}){extension}"


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; ``.tar.gz`` counts as one, a dotfile has none."""
    match = _PACKED_ARCHIVE.search(name) or _EXTENSION.search(name)
    if match is None or match.start() == 0:
        return name, ""
    return name[: match.start()], match.group()


def _too_long(name: str) -> bool:
    return len(name.encode()) > MAX_NAME_BYTES or len(comparable(name).encode()) > MAX_NAME_BYTES
