"""Nodes for the journal's contract."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from server_api.contract import messages
from sync_engine.core.model import ROOT, Cursor, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature
from sync_engine.ports import Journal

OpenJournal = Callable[[bool], Journal]
"""Whether the disk minds case."""
T = 1_700_000_000_000_000_000
CURSOR = Cursor(b"e" * 16, 100, RevisionId(b"r" * 16))


def node_id(number: int) -> NodeId:
    return NodeId(number.to_bytes(16, "big"))


def here(number: int, parent: NodeId = ROOT, name: str = "", kind: Kind = Kind.FILE, **fields: object) -> LocalNode:
    signature = Signature(7, 1000 + number, T, 5, T + number, T)
    node = LocalNode(node_id(number), parent, name or f"n{number}", kind, signature)
    if kind == Kind.FILE:
        fields = {"content": number.to_bytes(32, "big"), **fields}
    return msgspec.structs.replace(node, **fields)


def there(number: int, parent: NodeId = ROOT, name: str = "", kind: Kind = Kind.FILE, **fields: object) -> RemoteNode:
    node = RemoteNode(node_id(number), parent, name or f"n{number}", kind, RevisionId(node_id(number)), number)
    if kind == Kind.FILE:
        fields = {"content": number.to_bytes(32, "big"), **fields}
    return msgspec.structs.replace(node, **fields)


def told(node: RemoteNode, **fields: object) -> messages.Change:
    change = messages.Change(
        node_id=node.node_id,
        seq=node.seq,
        revision_id=node.revision_id,
        kind=node.kind,
        parent_id=node.parent_id,
        name=node.name,
        committed_at=0,
        deleted=node.is_deleted,
        content_hash=node.content,
        size=node.size,
        mtime_ns=node.mtime_ns,
        executable=node.executable,
        link_target=node.link_target,
        approved=node.is_approved,
    )
    return msgspec.structs.replace(change, **fields)
