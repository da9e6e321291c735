"""The wire contract, continued: bringing back what was. The rules of ``messages`` hold here too."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from server_api.contract.messages import Answer, Id16, Kind, Request, TimeMs


class RestoreRequest(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/restore``: bring back a version, or a deleted file or folder, whole.

    With a folder comes all that was ever deleted below it, at each path what was there last, unless something is there
    now; of a folder that is there, this is all. A restored version becomes the newest version of the node that is at
    the path now. ``to`` puts it elsewhere, as a new node. Missing parents are made. A taken name is numbered.
    """

    path: str
    revision_id: Id16 | None = None
    to: str | None = None


class RewindRequest(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/rewind``: a folder becomes as it was; "" is all of the namespace.

    What was in it then regains its place and content; what has moved elsewhere since comes back as a copy; what has
    moved in goes home, or stays if home is gone or its name is taken; what was made since is deleted. To which moment
    is said by one of ``to_at``, ``ago_ms`` (by the server's clock) and ``to_seq``.
    """

    path: str
    to_at: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    ago_ms: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    to_seq: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    dry_run: bool = False
    """Only tell what would be done."""


class RewindChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a rewind does to one node."""

    what: str
    """As ``Rewound`` counts it: ``restored``, ``changed``, ``moved``, ``copied``, ``deleted`` or ``returned``."""
    kind: Kind
    path: str
    """Where it is afterwards, from the folder that is rewound; of a deleted one, where it was."""
    was_path: str | None = None
    """Before, if that is elsewhere."""
    size: int = 0


class Rewound(Answer, kw_only=True, frozen=True):
    """What was done, in nodes. Of paths there are a thousand at most."""

    to_seq: int
    """The moment: the last revision before it."""
    to_at: TimeMs
    """When that was committed."""
    undo_seq: int
    undo_at: TimeMs
    """Rewinding to these takes it back."""
    restored: int = 0
    changed: int = 0
    """Of these the content is another."""
    moved: int = 0
    copied: int = 0
    deleted: int = 0
    returned: int = 0
    changes: list[RewindChange] = field(default_factory=list)
    """In a dry run: each of them."""
    stayed: list[str] = field(default_factory=list)
    """Paths of what moved in and could not go home."""
    expired: list[str] = field(default_factory=list)
    """Paths, then, of files whose contents of then are gone. They are as they were now, or are missing."""


class Restored(Answer, kw_only=True, frozen=True):
    path: str
    revisions: int
    files: int = 0
    expired: int = 0
    """Files that were deleted below by themselves, and of which the content is gone."""
