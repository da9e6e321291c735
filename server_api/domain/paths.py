"""Paths: names from a namespace's root, separated by ``/``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server_api.contract.messages import MAX_DEPTH, MAX_NAME_BYTES
from server_api.contract.names import comparable, refuse_reason
from server_api.errors import InvalidBodyError

Names = tuple[str, ...]

_SUFFIX_BYTES: Final = 32
"""Room for `` (restored 9999)``."""


def split_path(path: str, *, is_inside: bool = False) -> Names:
    """The names in it; none for the root. A slash at either end is no harm. ``is_inside``: it begins in some folder.

    Raises: InvalidBodyError, which says why it cannot be a path.
    """
    stripped = path.strip("/")
    names = tuple(stripped.split("/")) if stripped else ()
    if len(names) > MAX_DEPTH + 1:
        raise InvalidBodyError(f"the path is deeper than {MAX_DEPTH} folders")
    for i, name in enumerate(names):
        if reason := refuse_reason(name, at_root=i == 0 and not is_inside):
            raise InvalidBodyError(f"a name in the path cannot be: {reason}")
    return names


def restored_names(name: str) -> Iterator[str]:
    """The name itself, ``name (restored).ext``, ``name (restored 2).ext`` and so on, within the limit of a name."""
    yield name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _SUFFIX_BYTES:
        stem, dot, extension = name, "", ""
    room = MAX_NAME_BYTES - _SUFFIX_BYTES - len((dot + extension).encode())
    while len(stem.encode()) > room or len(comparable(stem).encode()) > room:
        stem = stem[:-1]
    yield f"{stem} (restored){dot}{extension}"
    number = 2
    while True:
        yield f"{stem} (restored {number}){dot}{extension}"
        number += 1
