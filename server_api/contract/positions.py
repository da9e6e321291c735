"""The wire contract, continued: how far devices have come, and so which of them have a file.

A device that is in step says up to which revision it has everything, and what of that it does not have. The rules of
``messages`` hold here too.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from server_api.contract.messages import Id16, Seq, TimeMs

MAX_WITHOUT: Final = 1_000


class TellPosition(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``PUT /v1/namespaces/<uuid>/position``: what this device has of the files that were there at a revision.

    ``unknown-cursor`` (409) for a revision that this server does not have, ``forbidden`` (403) for a browser, which
    keeps no files. A server that does not know this answers ``not-found`` (404), and that is no error for the device.
    """

    number: Annotated[int, Meta(ge=1, le=2**62)]
    """Higher than that of what it told before; else nothing is kept, for this may have been stuck on its way."""
    epoch: Id16
    revision_id: Id16
    """The namespace's latest, as far as the device has read."""
    without: Annotated[list[Id16], Meta(max_length=MAX_WITHOUT)] | None
    """Nodes that are not on the device as they are at that revision, each with all that is below it. ``None``: too many
    to be named; it is not known what the device has."""


class PositionTold(Struct, kw_only=True, frozen=True):
    is_kept: bool
    number: Seq
    """Of what is kept now."""


class Keeper(Struct, kw_only=True, frozen=True):
    """A device that had a file as it is now when it told its position last."""

    device_id: bytes
    name: str
    told_at: TimeMs
    is_current: bool = False
    """The one that asks."""
