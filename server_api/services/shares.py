"""Share links, as those have them who made them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection, insert

from server_api.contract.messages import ROOT, Kind, NamespaceId, NodeId, RevisionId
from server_api.contract.shares import MAX_SHARES, CreateShare, EditShare
from server_api.domain.nodes import Node, Tree
from server_api.domain.paths import split_path
from server_api.errors import InvalidBodyError, NotFoundError, QuotaExceededError
from server_api.services import audit
from server_api.services.passwords import hash_password
from server_api.services.publishing import delete_doomed
from server_api.services.server import Caller, Server
from server_api.storage import shares
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.nodes import read_lineages, read_path
from server_api.storage.published import doom_of_share
from server_api.storage.revisions import lock_namespace
from server_api.storage.shares import ShareRow
from server_api.storage.tables import device
from server_api.storage.versions import read_version_ids, read_versions

_TOKEN_BYTES: Final = 16
_REMEMBERED_MS: Final = 365 * 24 * 3600 * 1000
"""How long a withdrawn link says that it is over; then it is as if it had never been."""
_DEVICE_NAME: Final = 100
_DELETED_AT_ONCE: Final = 20
_OF_CONTENT: Final = {"version_id", "content_hash", "size", "mtime_ns", "executable"}
ACTIVE: Final = "active"
PAUSED: Final = "paused"
USED_UP: Final = "used-up"
LINK: Final = "link"
"""The kind of device that stands for an upload link: what came through it is told as that one's."""


class Described(Struct, frozen=True):
    """A link, and what became of what it leads to."""

    row: ShareRow
    node: Node | None
    """At the version that it is pinned to. ``None`` for one that is not there any more, not even deleted."""
    path: str | None
    state: str


def create_share(server: Server, caller: Caller, namespace_id: NamespaceId, request: CreateShare) -> Described:
    """Raises: NotFoundError (nothing is there), InvalidBodyError, QuotaExceededError (too many links)."""
    password_hash = hash_password(server, request.password) if request.password is not None else None
    return _create(server, caller, namespace_id, request, password_hash)


@retried
def _create(
    server: Server, caller: Caller, namespace_id: NamespaceId, request: CreateShare, password_hash: str | None
) -> Described:
    names = split_path(request.path)
    now_ms = server.clock.now_ms()
    if not names:
        raise InvalidBodyError("share a file or a folder, not all there is")
    _check_expiry(server, request.expires_at)
    is_pinned = request.pinned or request.version_id is not None
    if request.upload and (is_pinned or request.view_only):
        raise InvalidBodyError("an upload link shows nothing")
    if not request.upload and (request.max_file_bytes is not None or request.max_bytes is not None):
        raise InvalidBodyError("sizes are limited for upload links only")
    with server.database.write() as work:
        if lock_namespace(work.connection, namespace_id) is None:  # nothing is freed meanwhile
            raise NotFoundError
        along = read_path(work.connection, namespace_id, names)
        if len(along) < len(names):
            raise NotFoundError
        node = along[-1]
        if node.kind is Kind.SYMLINK:
            raise InvalidBodyError("a symbolic link cannot be shared: share what it points to")
        if is_pinned and node.kind is not Kind.FILE:
            raise InvalidBodyError("only a file has versions")
        if request.upload and node.kind is not Kind.FOLDER:
            raise InvalidBodyError("files are added to a folder")
        if shares.count_shares(work.connection, caller.account_id) >= MAX_SHARES:
            raise QuotaExceededError(f"There are {MAX_SHARES:,} links already; withdraw some.")
        version_id = _version(work.connection, namespace_id, node, request.version_id) if is_pinned else None
        row = ShareRow(
            share_id=server.ids.new_id(),
            namespace_id=namespace_id,
            node_id=node.node_id,
            account_id=caller.account_id,
            token=base64.urlsafe_b64encode(server.ids.new_secret(_TOKEN_BYTES)).rstrip(b"=").decode(),
            password_hash=password_hash,
            created_at=now_ms,
            expires_at=request.expires_at,
            download_limit=request.limit,
            title=request.title,
            note=request.note,
            version_id=version_id,
            is_view_only=request.view_only,
            is_upload=request.upload,
            max_file_bytes=request.max_file_bytes,
            max_bytes=request.max_bytes,
        )
        shares.insert_share(work.connection, row)
        if row.is_upload:
            _add_link_device(work, row, f"Link: {row.title or node.name}"[:_DEVICE_NAME])
        node = pinned(work.connection, row, node) or node
        _record(server, work, caller, "share-made", row.share_id)
    return Described(row, node, "/".join(each.name for each in along), ACTIVE)


def _version(connection: Connection, namespace_id: NamespaceId, node: Node, asked: bytes | None) -> RevisionId:
    """Raises: NotFoundError."""
    version_id = node.version_id
    if asked is not None:
        version_id = read_version_ids(connection, namespace_id, [asked]).get(asked)
    for version in read_versions(connection, namespace_id, [version_id] if version_id else []):
        if version.node_id == node.node_id and version.manifest_bytes is not None:
            return version.version_id
    raise NotFoundError("The file has no such version, or not its content any more.")


def _add_link_device(work: UnitOfWork, row: ShareRow, name: str) -> None:
    """So that history and activity tell what came through the link. Nobody can sign in as it."""
    values = {"device_id": row.share_id, "account_id": row.account_id, "name": name, "kind": LINK}
    at = dict.fromkeys(("created_at", "last_seen_at", "revoked_at"), row.created_at)
    work.connection.execute(insert(device).values(**values, **at))


@retried
def edit_share(server: Server, caller: Caller, share_id: bytes, request: EditShare) -> Described:
    """Raises: NotFoundError, InvalidBodyError."""
    values: dict[str, Any] = {
        name: value
        for name, value in {
            "expires_at": request.expires_at,
            "download_limit": request.limit,
            "title": request.title,
            "note": request.note,
            "is_paused": request.paused,
        }.items()
        if value is not UNSET
    }
    if request.expires_at is not UNSET:
        _check_expiry(server, request.expires_at)
    if request.password is not UNSET:
        values["password_hash"] = None if request.password is None else hash_password(server, request.password)
    with server.database.write() as work:
        if not shares.change_share(work.connection, caller.account_id, share_id, **values):
            raise NotFoundError("There is no such link.")
        if "password_hash" in values or values.get("is_paused"):
            _take_back(server, work, share_id)  # who has an address of the store must not go on with it
        _record(server, work, caller, "share-changed", share_id)
    with server.database.read() as connection:
        row = shares.find_own_share(connection, caller.account_id, share_id)
        if row is None:
            raise NotFoundError("There is no such link.")
        tree = tree_of(connection, row.namespace_id, [row.node_id])
        return describe(connection, row, tree, server.clock.now_ms())


def _check_expiry(server: Server, expires_at: int | None) -> None:
    if expires_at is not None and expires_at <= server.clock.now_ms():
        raise InvalidBodyError("the link would have expired already")


def own_shares(server: Server, caller: Caller) -> list[Described]:
    """Newest first."""
    now_ms = server.clock.now_ms()
    with server.database.read() as connection:
        rows = shares.list_shares(connection, caller.account_id)
        trees = {
            namespace_id: tree_of(connection, namespace_id, [r.node_id for r in rows if r.namespace_id == namespace_id])
            for namespace_id in {row.namespace_id for row in rows}
        }
        return [describe(connection, row, trees[row.namespace_id], now_ms) for row in rows]


@retried
def withdraw_share(server: Server, caller: Caller, share_id: bytes) -> None:
    """From now on it leads to nothing, and neither does what the store was asked to give out. Raises: NotFoundError."""
    with server.database.write() as work:
        if not shares.withdraw(work.connection, caller.account_id, share_id, server.clock.now_ms()):
            raise NotFoundError("There is no such link.")
        _take_back(server, work, share_id)
        _record(server, work, caller, "share-withdrawn", share_id)


def _take_back(server: Server, work: UnitOfWork, share_id: bytes) -> None:
    """What was published for the link is deleted as soon as that holds; what cannot be now, by a worker."""
    rows = doom_of_share(work.connection, share_id)

    def delete() -> None:
        delete_doomed(server, rows[:_DELETED_AT_ONCE])

    work.after_commit(delete)


@retried
def confirm_links(server: Server) -> int:
    """All that were suspended when the server was restored work again; how many those were."""
    with server.database.write() as work:
        confirmed = shares.resume_shares(work.connection)
        audit.record(server, work, "shares-confirmed", detail=f"{confirmed} links")
    return confirmed


@retried
def forget_withdrawn(server: Server) -> int:
    """Links that were withdrawn a year ago; how many those were."""
    with server.database.write() as work:
        return shares.forget_withdrawn(work.connection, server.clock.now_ms() - _REMEMBERED_MS)


def tree_of(connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId]) -> Tree:
    """These nodes with all above them."""
    return Tree(read_lineages(connection, namespace_id, node_ids))


def pinned(connection: Connection, row: ShareRow, node: Node) -> Node | None:
    """The file as it was at the version that its link is pinned to; ``None``, if that has no content any more."""
    if row.version_id is None:
        return node
    for version in read_versions(connection, row.namespace_id, [row.version_id]):
        if version.manifest_bytes is not None:
            content = {name: value for name, value in asdict(version).items() if name in _OF_CONTENT}
            return replace(node, committed_at=version.created_at, **content)
    return None


def describe(connection: Connection, row: ShareRow, tree: Tree, now_ms: int) -> Described:
    """How a link stands."""
    node = tree.nodes.get(row.node_id)
    is_alive = node is not None and tree.is_alive(node)
    shown = pinned(connection, row, node) if node is not None and is_alive else None
    if shown is None:
        state = "gone"
    elif row.is_suspended:
        state = "suspended"
    elif row.expires_at is not None and row.expires_at <= now_ms:
        state = "expired"
    elif row.is_paused:
        state = PAUSED
    elif is_used_up(row):
        state = USED_UP
    else:
        state = ACTIVE
    names = [tree.nodes[id_].name for id_ in tree.lineage(row.node_id)] if is_alive and row.node_id != ROOT else []
    return Described(row, shown or node, "/".join(reversed(names)) or None, state)


def is_used_up(row: ShareRow) -> bool:
    """Whether there were as many downloads, or files, as there may be."""
    is_full = row.max_bytes is not None and row.uploaded_bytes >= row.max_bytes
    return is_full or (row.download_limit is not None and row.downloads >= row.download_limit)


def _record(server: Server, work: UnitOfWork, caller: Caller, action: str, share_id: bytes) -> None:
    audit.record(server, work, action, account_id=caller.account_id, device_id=caller.device_id, detail=share_id.hex())
