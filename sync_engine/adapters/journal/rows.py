"""Nodes to rows and back: the journal's hot loops, so plain tuples in the order of the tables' columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from server_api.contract import messages
from server_api.contract.names import comparable
from sync_engine.core.model import Kind, LocalNode, RemoteNode, Signature, SyncedNode
from sync_engine.core.platform_names import case_key

Row: TypeAlias = Sequence[Any]
NameKey: TypeAlias = Callable[[str], str]

_KINDS: Final = (None, Kind.FILE, Kind.FOLDER, Kind.SYMLINK)
_NOTHING: Final = bytearray()
_LARGEST: Final = 2**63 - 1
_WIDE_BYTES: Final = 17
"""Of a number that SQLite cannot hold: the 128 bits of some file systems' ids, and a sign."""


def name_key(*, ignores_case: bool) -> NameKey:
    """By what names of one folder compare on this disk."""
    return case_key if ignores_case else comparable


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def to_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogatepass")


def quick(value: Any) -> Any:
    """The same value as sqlite3 takes it at once: for bytes it would look for an adapter first, ten times as long."""
    return bytearray(value) if isinstance(value, bytes) else value


# --- to rows; all of it ``quick``: numbers as plain ints, bytes as bytearrays, and an absent BLOB as an empty one, of
# which the tables' ``upsert`` makes NULL ------------------------------------------------------------------------------


def local_row(node: LocalNode, namespace: int, key: NameKey) -> Row:
    name, kind, signature, link = node.name, node.kind, node.signature, node.link_target
    stored = bytearray(name, "utf-8", "surrogatepass")
    return (
        bytearray(node.node_id),
        namespace,
        bytearray(node.parent_id),
        stored,
        1 if kind is Kind.FILE else int(kind),
        signature.device,
        signature.inode,
        signature.birth_ns,
        signature.size,
        signature.mtime_ns,
        signature.ctime_ns,
        bytearray(node.content or b""),
        1 if node.executable else 0,
        _NOTHING if link is None else bytearray(to_bytes(link)),
        1 if node.recheck else 0,
        stored if (compared := key(name)) == name else bytearray(to_bytes(compared)),
    )


def remote_row(node: RemoteNode, namespace: int) -> Row:
    name, kind, link = node.name, node.kind, node.link_target
    stored = bytearray(name, "utf-8", "surrogatepass")
    return (
        bytearray(node.node_id),
        namespace,
        bytearray(node.parent_id),
        stored,
        1 if kind is Kind.FILE else int(kind),
        bytearray(node.revision_id),
        node.seq,
        bytearray(node.content or b""),
        node.size,
        node.mtime_ns,
        1 if node.executable else 0,
        _NOTHING if link is None else bytearray(to_bytes(link)),
        1 if node.is_deleted else 0,
        1 if node.is_approved else 0,
        stored if (compared := comparable(name)) == name else bytearray(to_bytes(compared)),
    )


def change_row(change: messages.Change, namespace: int) -> Row:
    """A change of the feed as a row of the remote tree."""
    name, kind, link = change.name, change.kind, change.link_target
    stored = bytearray(name, "utf-8", "surrogatepass")
    return (
        bytearray(change.node_id),
        namespace,
        bytearray(change.parent_id),
        stored,
        1 if kind is Kind.FILE else int(kind),
        bytearray(change.revision_id),
        change.seq,
        bytearray(change.content_hash or b""),
        change.size,
        change.mtime_ns,
        1 if change.executable else 0,
        _NOTHING if link is None else bytearray(to_bytes(link)),
        1 if change.deleted else 0,
        1 if change.approved else 0,
        stored if (compared := comparable(name)) == name else bytearray(to_bytes(compared)),
    )


def synced_row(node: SyncedNode, namespace: int) -> Row:
    kind, link = node.kind, node.link_target
    return (
        bytearray(node.node_id),
        namespace,
        bytearray(node.parent_id),
        bytearray(node.name, "utf-8", "surrogatepass"),
        1 if kind is Kind.FILE else int(kind),
        bytearray(node.revision_id),
        bytearray(node.content or b""),
        1 if node.executable else 0,
        _NOTHING if link is None else bytearray(to_bytes(link)),
    )


def widened(row: Row) -> Row:
    """The row with the numbers that SQLite cannot hold as bytes."""
    return tuple(
        value.to_bytes(_WIDE_BYTES, "big", signed=True)
        if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST
        else value
        for value in row
    )


# --- and back ------------------------------------------------------------------------------------------------------


def local_node(row: Row) -> LocalNode:
    (node_id, _, parent_id, name, kind, device, inode, birth_ns, size, mtime_ns, ctime_ns, content, executable, link,
     recheck, _) = row  # fmt: skip
    signature = Signature(device, inode, birth_ns, size, mtime_ns, ctime_ns)
    if bytes in (type(device), type(inode), type(birth_ns), type(mtime_ns), type(ctime_ns)):
        signature = Signature(*(narrowed(number) for number in row[5:11]))
    return LocalNode(
        node_id,
        parent_id,
        name.decode("utf-8", "surrogatepass"),
        _KINDS[kind],  # type: ignore[arg-type]
        signature,
        content,
        executable == 1,
        None if link is None else to_text(link),
        recheck == 1,
    )


def remote_node(row: Row) -> RemoteNode:
    (node_id, _, parent_id, name, kind, revision_id, seq, content, size, mtime_ns, executable, link, is_deleted,
     is_approved, _) = row  # fmt: skip
    if bytes in (type(seq), type(size), type(mtime_ns)):
        seq, size, mtime_ns = narrowed(seq), narrowed(size), narrowed(mtime_ns)
    return RemoteNode(
        node_id,
        parent_id,
        name.decode("utf-8", "surrogatepass"),
        _KINDS[kind],  # type: ignore[arg-type]
        revision_id,
        seq,
        content,
        size,
        mtime_ns,
        executable == 1,
        None if link is None else to_text(link),
        is_deleted == 1,
        is_approved == 1,
    )


def synced_node(row: Row) -> SyncedNode:
    node_id, _, parent_id, name, kind, revision_id, content, executable, link = row
    return SyncedNode(
        node_id,
        parent_id,
        name.decode("utf-8", "surrogatepass"),
        _KINDS[kind],  # type: ignore[arg-type]
        revision_id,
        content,
        executable == 1,
        None if link is None else to_text(link),
    )


def narrowed(stored: Any) -> Any:
    """A number as it was before ``widened``."""
    return int.from_bytes(stored, "big", signed=True) if isinstance(stored, bytes) else stored


def in_batches(items: Iterable[Row], size: int) -> Iterable[list[Row]]:
    """Lists of at most that many, so that memory stays bounded."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
