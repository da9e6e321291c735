"""Share links, as those have them who made them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from server_api.contract.messages import ROOT, Kind, NamespaceId, NodeId
from server_api.contract.shares import MAX_SHARES, CreateShare
from server_api.domain.nodes import Node, Tree
from server_api.domain.paths import split_path
from server_api.errors import InvalidBodyError, NotFoundError, QuotaExceededError
from server_api.services import audit
from server_api.services.passwords import hash_password
from server_api.services.server import Caller, Server
from server_api.storage.contention import retried
from server_api.storage.nodes import read_lineages, read_path
from server_api.storage.shares import ShareRow, count_shares, delete_share, insert_share, list_shares, resume_shares

_TOKEN_BYTES: Final = 16
ACTIVE: Final = "active"
USED_UP: Final = "used-up"


class Described(Struct, frozen=True):
    """A link, and what became of what it leads to."""

    row: ShareRow
    node: Node | None
    """``None`` for one that is not there any more, not even deleted."""
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
    if request.expires_at is not None and request.expires_at <= now_ms:
        raise InvalidBodyError("the link would have expired already")
    with server.database.write() as work:
        along = read_path(work.connection, namespace_id, names)
        if len(along) < len(names):
            raise NotFoundError
        node = along[-1]
        if node.kind is Kind.SYMLINK:
            raise InvalidBodyError("a symbolic link cannot be shared: share what it points to")
        if count_shares(work.connection, caller.account_id) >= MAX_SHARES:
            raise QuotaExceededError(f"There are {MAX_SHARES:,} links already; withdraw some.")
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
        )
        insert_share(work.connection, row)
        audit.record(
            server,
            work,
            "share-made",
            account_id=caller.account_id,
            device_id=caller.device_id,
            detail=row.share_id.hex(),
        )
    return Described(row, node, "/".join(each.name for each in along), ACTIVE)


def own_shares(server: Server, caller: Caller) -> list[Described]:
    """Newest first."""
    with server.database.read() as connection:
        rows = list_shares(connection, caller.account_id)
        trees = {
            namespace_id: tree_of(connection, namespace_id, [r.node_id for r in rows if r.namespace_id == namespace_id])
            for namespace_id in {row.namespace_id for row in rows}
        }
    now_ms = server.clock.now_ms()
    return [describe(row, trees[row.namespace_id], now_ms) for row in rows]


@retried
def withdraw_share(server: Server, caller: Caller, share_id: bytes) -> None:
    """From now on it leads to nothing. Raises: NotFoundError."""
    with server.database.write() as work:
        if not delete_share(work.connection, caller.account_id, share_id):
            raise NotFoundError("There is no such link.")
        audit.record(
            server,
            work,
            "share-withdrawn",
            account_id=caller.account_id,
            device_id=caller.device_id,
            detail=share_id.hex(),
        )


@retried
def confirm_links(server: Server) -> int:
    """All that were suspended when the server was restored work again; how many those were."""
    with server.database.write() as work:
        confirmed = resume_shares(work.connection)
        audit.record(server, work, "shares-confirmed", detail=f"{confirmed} links")
    return confirmed


def tree_of(connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId]) -> Tree:
    """These nodes with all above them."""
    return Tree(read_lineages(connection, namespace_id, node_ids))


def describe(row: ShareRow, tree: Tree, now_ms: int) -> Described:
    """How a link stands."""
    node = tree.nodes.get(row.node_id)
    is_alive = node is not None and tree.is_alive(node)
    if not is_alive:
        state = "gone"
    elif row.is_suspended:
        state = "suspended"
    elif row.expires_at is not None and row.expires_at <= now_ms:
        state = "expired"
    elif row.download_limit is not None and row.downloads >= row.download_limit:
        state = USED_UP
    else:
        state = ACTIVE
    names = [tree.nodes[id_].name for id_ in tree.lineage(row.node_id)] if is_alive and row.node_id != ROOT else []
    return Described(row, node, "/".join(reversed(names)) or None, state)
