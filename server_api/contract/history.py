"""The wire contract, continued: what is and was at a path, what happened, searching, and what is known of one file.

The rules of ``messages`` hold here too. What is read newest first is paged by seq: ``before`` of an answer is the
``before`` of the next request. A page may be short, or empty, and not ``complete``: the server looks through so much of
the log for one request, and no more.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct, field

from server_api.contract.messages import MAX_VERSIONS, PAGE_CHANGES, Answer, Email, Id16, Kind, Request, Seq, TimeMs
from server_api.contract.positions import Keeper

MAX_ENTRIES: Final = 500
"""In one page."""
MAX_QUERY: Final = 255
"""Characters of a search, as many as a name may have."""

MAX_THUMBNAILS: Final = 200
"""In one request."""

Limit: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_ENTRIES)]


class What(StrEnum):
    """What was done to a node."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"
    RENAMED = "renamed"
    MODE = "mode"
    """Its program flag or the target of a symlink."""
    DELETED = "deleted"
    RESTORED = "restored"
    """Brought back: by hand, by a restore, or by a rewind, which is one entry with all that it did."""


class ThumbnailState(StrEnum):
    READY = "ready"
    MAKING = "making"
    """Ask again in a moment."""
    NONE = "none"
    """There is none and there will be none: no picture, too large, damaged, or not kept any more."""
    LATER = "later"
    """Too many are waiting already."""


class Entry(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A node in a listing."""

    node_id: bytes
    revision_id: bytes
    path: str
    """From the namespace's root, separated by ``/``."""
    kind: Kind
    size: int = 0
    mtime_ns: int = 0
    seq: int
    committed_at: TimeMs
    executable: bool = False
    content_hash: bytes | None = None
    link_target: str | None = None
    deleted_at: TimeMs | None = None


class ListRequest(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/list``: what is below a path. ``not-found`` (404) if the path is not there."""

    path: str = ""
    recursive: bool = False
    deleted: bool = False
    """Instead of the living: what was deleted below the path and can be restored."""
    after: str | None = None
    """The last path of the page before."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_CHANGES)] = PAGE_CHANGES


class Listing(Answer, kw_only=True, frozen=True):
    entries: list[Entry]
    """Ordered by path, compared component by component."""
    complete: bool
    folder_id: bytes | None = None
    """Of the living folder that the path leads to; the root's is 16 zero bytes."""


class HistoryRequest(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/history``: every content that ever lay at a path, newest first."""

    path: str
    of_file: bool = False
    """Instead: every content that the file which is there now ever had, whatever it was called and wherever it was."""
    after: Id16 | None = None
    """The last version of the page before."""
    limit: Annotated[int, Meta(ge=1, le=MAX_VERSIONS)] = MAX_VERSIONS


class VersionEntry(Struct, frozen=True, kw_only=True):
    revision_id: bytes
    node_id: bytes
    content_hash: bytes
    size: int
    mtime_ns: int
    device: str
    created_at: TimeMs
    seq: int
    is_current: bool
    expired: bool = False
    """Its content is not kept any more."""


class History(Answer, kw_only=True, frozen=True):
    versions: list[VersionEntry]
    complete: bool = True


class ActivityRequest(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/activity``: what happened, newest first. What is given has to hold all at once."""

    path: str = ""
    """At this path or below it as things are now; also what was moved out of there. ``not-found`` (404) if nothing is
    there, or was when it died."""
    device_id: Id16 | None = None
    person: Email | None = None
    """Whose device it was."""
    since_at: TimeMs | None = None
    until_at: TimeMs | None = None
    before: Seq | None = None
    limit: Limit = 100


class ActivityEntry(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One thing that one device did at one time, to one node or, in one commit, to several."""

    seq: Seq
    """Of the last of them."""
    at: TimeMs
    what: What
    path: str
    """Of the last of them: its name then, in the folder where that is now."""
    kind: Kind
    node_id: Id16
    revision_id: Id16
    size: int = 0
    was_path: str | None = None
    """For what was moved or renamed: before."""
    count: int = 1
    """How many nodes; what a page's end has cut in two is told in two."""
    paths: list[str] = field(default_factory=list)
    """Of some more of them."""
    device_id: Id16 | None = None
    """``None``: the operator."""
    device: str = ""
    person: str = ""
    """Email address."""


class ActivityPage(Struct, kw_only=True, frozen=True):
    entries: list[ActivityEntry]
    before: Seq
    complete: bool


class DeletedRequest(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/deleted``: what was deleted and is not back, the latest first: for a folder one
    entry. ``restore`` with its path brings it back whole; with ``revision_id`` too, exactly this file."""

    path: str = ""
    """Only what was below it."""
    before: Seq | None = None
    limit: Limit = 100


class DeletedEntry(Struct, kw_only=True, frozen=True, omit_defaults=True):
    entry: Entry
    device: str = ""
    person: str = ""
    expired: bool = False
    """A file whose content is not kept any more."""


class DeletedPage(Struct, kw_only=True, frozen=True):
    entries: list[DeletedEntry]
    before: Seq
    complete: bool


class SearchRequest(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/search``: what is there and has the query in its name, last changed first.

    Neither case nor accents count, and no character has a meaning of its own.
    """

    query: Annotated[str, Meta(min_length=1, max_length=MAX_QUERY)]
    before: Seq | None = None
    limit: Limit = 100


class SearchPage(Struct, kw_only=True, frozen=True):
    entries: list[Entry]
    before: Seq
    complete: bool


class DetailsRequest(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/details``: what is known of the file or folder at a path."""

    path: str


class StoredPart(Struct, kw_only=True, frozen=True):
    """How much of a content lies in one place. What several files have in common is counted with each."""

    store: str
    tier: str
    """``standard``; ``old`` where the store was told that only old versions use it."""
    size: int
    """Stored bytes, after compression."""
    packs: int


class Holder(Struct, kw_only=True, frozen=True):
    """A device that wrote a content."""

    device_id: bytes
    name: str
    last_seen_at: TimeMs


class Details(Struct, kw_only=True, frozen=True):
    entry: Entry
    on_server_since: TimeMs | None = None
    """When its content was committed; ``None`` for what is no file."""
    verified_at: TimeMs | None = None
    """All of its content was read back from the store and found whole since then; ``None``: not all of it yet."""
    chunks: int = 0
    versions: int = 0
    """Contents that this file had, the present one too."""
    stored: list[StoredPart] = field(default_factory=list)
    devices: list[Holder] = field(default_factory=list)
    """That wrote its content."""
    kept_by: list[Keeper] | None = None
    """Devices that have it as it is now, the latest told first; in doubt one is left out. ``None``: from a server that
    does not know."""


class ThumbnailsRequest(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/thumbnails``: the pictures at these revisions are wanted small. Those that are ready
    are at ``GET /v1/namespaces/<uuid>/thumbnails/<revision, hexadecimal>``: WebP, at most 256 by 256 pixels."""

    revisions: Annotated[list[Id16], Meta(min_length=1, max_length=MAX_THUMBNAILS)]


class Thumbnails(Struct, kw_only=True, frozen=True):
    states: list[ThumbnailState]
    """One for each revision, in their order."""
