"""What patterns would leave out of a folder, looked at before they are saved."""

from __future__ import annotations

import os
from threading import Event
from typing import Final

from msgspec import Struct
from pathspec import GitIgnoreSpec

from server_api.contract.names import PRIVATE_FOLDER

SHOWN: Final = 200
_LOOKED_AT: Final = 200_000


class Matched(Struct, frozen=True):
    """``paths`` of the first things that patterns match; folders end with a slash, and hide what is in them."""

    paths: list[str]
    is_cut: bool = False
    """There may be more."""
    wrong: str = ""
    """A line that is no pattern; nothing was looked at then."""


def wrong_line(text: str) -> str:
    """The first line that is no pattern, "" if all are."""
    for line in text.splitlines():
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            return line
    return ""


def matched(folder: str, text: str, until: Event) -> Matched:
    """Walk the folder; it may be large, so ``until`` ends it. No link is followed."""
    if wrong := wrong_line(text):
        return Matched([], wrong=wrong)
    spec = GitIgnoreSpec.from_lines(text.splitlines())
    found: list[str] = []
    looked = 0
    for place, folders, files in os.walk(folder):
        inside = os.path.relpath(place, folder)
        below = "" if inside == "." else f"{inside}/"
        if not below:
            folders[:] = [name for name in folders if name != PRIVATE_FOLDER]
        hidden = [name for name in folders if spec.match_file(f"{below}{name}/")]
        found += [f"{below}{name}/" for name in hidden]
        folders[:] = sorted(set(folders) - set(hidden))
        found += [f"{below}{name}" for name in files if spec.match_file(below + name)]
        looked += len(files) + len(folders)
        if until.is_set() or len(found) > SHOWN or looked > _LOOKED_AT:
            return Matched(sorted(found)[:SHOWN], is_cut=True)
    return Matched(sorted(found)[:SHOWN])
