"""What a person means by a path: by the contract it is relative to the synced folder, or absolute inside it."""

from __future__ import annotations

import os
from typing import Final

import click

from sync_engine.core.showing import showable
from sync_engine.errors import WrongUsage
from sync_engine.profile import Link

PLACE: Final = click.Path(readable=False)
"""Of an argument or option: shells complete it as a path. Nothing is asked of what is there."""


def relative_path(link: Link, path: str) -> str:
    """As the engine has it: relative to the folder, "" for all of it.

    One that begins with ``.`` or ``..`` means the current directory's where that is inside the folder, as everywhere in
    a shell. Raises: WrongUsage if it is outside.
    """
    folder = os.path.realpath(link.folder)
    here = _here(folder)
    if os.path.isabs(path):
        whole = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        inside = os.path.relpath(whole, folder)
    elif here is not None and path.partition("/")[0] in {".", ".."}:
        inside = os.path.normpath(os.path.join(here, path))
    else:
        inside = os.path.normpath(path)
    if inside == ".":
        return ""
    if inside == ".." or inside.startswith("../"):
        raise WrongUsage(f"{showable(path)} is not inside {showable(link.folder)}.")
    return inside


def did_you_mean(link: Link, path: str) -> str:
    """To be added where there is nothing at a path: what the current directory has of this name."""
    here = _here(os.path.realpath(link.folder))
    if here in {None, "."} or os.path.isabs(path) or not os.path.lexists(path):
        return ""
    meant = os.path.normpath(os.path.join(str(here), path))
    return f" Paths begin at {showable(link.folder)}: did you mean {showable(meant)}?"


def _here(folder: str) -> str | None:
    """The current directory, relative to the folder; ``None`` if it is not inside."""
    try:
        here = os.path.relpath(os.getcwd(), folder)
    except OSError:  # it was removed
        return None
    return None if here == ".." or here.startswith("../") else here
