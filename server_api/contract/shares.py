"""The wire contract, continued: links that let others download or add files. The rules of ``messages`` hold here."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from server_api.contract.messages import Kind, NamespaceId, NodeId

MAX_SHARES: Final = 10_000
"""Of one account."""

Title: TypeAlias = Annotated[str, Meta(max_length=200)]
Note: TypeAlias = Annotated[str, Meta(max_length=2_000)]
SharePassword: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1_024)]
Moment: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Bytes: TypeAlias = Annotated[int, Meta(ge=1, le=2**53)]
Downloads: TypeAlias = Annotated[int, Meta(ge=1, le=2**31)]


class CreateShare(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/shares``: a link to what is at a path, wherever it goes from there. 201 with a
    ``Share``. What is put into a shared folder later is shared with it."""

    path: str
    expires_at: Moment | None = None
    password: SharePassword | None = None
    limit: Downloads | None = None
    """How many downloads there may be; with ``upload`` how many files may come."""
    title: Title = ""
    note: Note = ""
    pinned: bool = False
    """A file's link goes on showing the version that is the newest now."""
    version_id: bytes | None = None
    """The same for another version of the file."""
    view_only: bool = False
    """The page shows what a browser can show, and offers no download. Whoever sees it can keep it all the same."""
    upload: bool = False
    """Visitors add files to the folder, and see nothing of what is in it."""
    max_file_bytes: Bytes | None = None
    """Of one file that comes by ``upload``."""
    max_bytes: Bytes | None = None
    """Of all of them together."""


class EditShare(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``PATCH /v1/shares/<uuid>``: what is left out stays as it is, ``null`` takes a limit or the password away. 200
    with a ``Share``. Who had given a password that is another one now is asked for that."""

    expires_at: Moment | UnsetType | None = UNSET
    password: SharePassword | UnsetType | None = UNSET
    limit: Downloads | UnsetType | None = UNSET
    title: Title | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    paused: bool | UnsetType = UNSET
    """Until it is not any more, the link leads to nothing."""


class Share(Struct, kw_only=True, frozen=True):
    share_id: bytes
    namespace_id: NamespaceId
    node_id: NodeId
    path: str | None
    """Where it is now; ``None`` if it was deleted, and the link leads to nothing."""
    kind: Kind
    url: str
    """On the address that this request was sent to, or the server's public one."""
    reach: str
    """``anywhere``, ``network`` (a private address) or ``computer`` (this one alone): from where the address can be
    reached, as far as it tells."""
    created_at: int
    expires_at: int | None
    has_password: bool
    limit: int | None
    downloads: int
    title: str
    note: str
    state: str
    """``active``, ``paused``, ``expired``, ``used-up``, ``gone`` (it was deleted) or ``suspended``."""
    version_id: bytes | None = None
    """Of the version that the link is pinned to."""
    view_only: bool = False
    upload: bool = False
    max_file_bytes: int | None = None
    max_bytes: int | None = None
    uploaded_bytes: int = 0


class Shares(Struct, kw_only=True, frozen=True):
    """``GET /v1/shares``: the account's own links, newest first."""

    shares: list[Share]
