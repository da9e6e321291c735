"""What is said where no file is shown: why, and the one thing to do next."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from desktop.daemon import Failure
from desktop.models.listing import Listing
from desktop.sentences import sentence
from desktop.words import show_name, tr

Next: TypeAlias = Literal["", "add", "up", "again"]


class Nothing(Struct, frozen=True):
    picture: str
    title: str
    text: str = ""
    button: str = ""
    next: Next = ""


def empty(listing: Listing, *, can_add: bool) -> Nothing:
    """There is nothing, for certain."""
    if listing.searched:
        title = tr("Nothing is called “{text}”").format(text=show_name(listing.searched))
        text = tr("Look for a part of a name: case and accents do not matter.")
        return Nothing("search", title, text, tr("Clear the search"), "up")
    if not can_add:
        return Nothing("folder", tr("This folder is empty"))
    text = tr("Drop files here, or add them. They will be on your other devices too.")
    return Nothing("upload", tr("This folder is empty"), text, tr("Add files…"), "add")


def waiting(listing: Listing, *, is_there: bool) -> Nothing:
    """It takes longer than a moment. ``is_there``: a daemon answers."""
    if not is_there:
        return Nothing("waiting", tr("Waiting for Lockstep to start…"))
    return Nothing("waiting", tr("Searching…") if listing.searched else tr("Looking into the folder…"))


def failed(failure: Failure) -> Nothing:
    if failure.code == "not-found":
        return Nothing("folder", tr("This folder is not there any more"), "", tr("Go up"), "up")
    text = sentence(failure.code, failure.detail)
    return Nothing("attention", tr("This cannot be shown"), text, tr("Try again"), "again")
