"""The wire contract, continued: links that let others download. The rules of ``messages`` hold here too."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from server_api.contract.messages import Kind, NamespaceId, NodeId

MAX_SHARES: Final = 10_000
"""Of one account."""

Title: TypeAlias = Annotated[str, Meta(max_length=200)]
Note: TypeAlias = Annotated[str, Meta(max_length=2_000)]
SharePassword: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1_024)]
Moment: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Downloads: TypeAlias = Annotated[int, Meta(ge=1, le=2**31)]


class CreateShare(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/namespaces/<uuid>/shares``: a link to what is at a path, wherever it goes from there. 201 with a
    ``Share``. What is put into a shared folder later is shared with it."""

    path: str
    expires_at: Moment | None = None
    password: SharePassword | None = None
    limit: Downloads | None = None
    title: Title = ""
    note: Note = ""


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
    """``active``, ``expired``, ``used-up``, ``gone`` (it was deleted) or ``suspended``."""


class Shares(Struct, kw_only=True, frozen=True):
    """``GET /v1/shares``: the account's own links, newest first."""

    shares: list[Share]
