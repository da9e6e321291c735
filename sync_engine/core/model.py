"""The three trees' nodes: plain values that everything else speaks in.

A tree is a set of nodes that name their parents. Ids are the server's once a node is there, and are made on the device
that first sees a node, so every local node has one from the start.
"""

from __future__ import annotations

from msgspec import Struct

from server_api.contract.messages import ROOT, ContentHash, DeviceId, Kind, NodeId, OperationId, RevisionId

__all__ = [
    "ROOT",
    "ContentHash",
    "Cursor",
    "DeviceId",
    "Found",
    "Kind",
    "LocalNode",
    "NodeId",
    "OperationId",
    "RemoteNode",
    "RevisionId",
    "Signature",
    "SyncedNode",
]


class Signature(Struct, frozen=True, gc=False):
    """What lstat tells of an object: equal signatures mean an untouched object."""

    device: int
    inode: int
    birth_ns: int | None
    """``None`` where the file system does not say."""
    size: int
    """0 for folders, whose size and times change with their children."""
    mtime_ns: int
    ctime_ns: int


class Found(Struct, frozen=True, gc=False):
    """One object as a listing or a look found it."""

    name: str
    """As stored on disk; bytes that are no UTF-8 as lone surrogates (PEP 383)."""
    kind: Kind | None
    """``None``: a socket, FIFO, device or mount: skipped and shown."""
    signature: Signature
    executable: bool = False
    link_target: str | None = None


class LocalNode(Struct, frozen=True, gc=False):
    """A node as last seen on the disk."""

    node_id: NodeId
    parent_id: NodeId
    name: str
    """As stored on disk; compare through ``names.comparable``."""
    kind: Kind
    signature: Signature
    content: ContentHash | None = None
    """Of the bytes that the signature stands for; ``None`` for files not read since they changed, and non-files."""
    executable: bool = False
    link_target: str | None = None
    recheck: bool = False
    """Read or written within 2 s of its last change: equal times do not yet prove equal bytes."""


class RemoteNode(Struct, frozen=True, gc=False):
    """A node as the change feed last told it. Nodes below a deleted folder are not kept."""

    node_id: NodeId
    parent_id: NodeId
    name: str
    kind: Kind
    revision_id: RevisionId
    seq: int
    content: ContentHash | None = None
    size: int = 0
    mtime_ns: int = 0
    executable: bool = False
    link_target: str | None = None
    is_deleted: bool = False
    """A tombstone, kept while this device still has the node: an edit that outlives the deletion is based on it."""
    is_approved: bool = False
    """A person approved this deletion where it was made."""


class SyncedNode(Struct, frozen=True, gc=False):
    """A node as this device and the server last agreed on it: the base of each merge."""

    node_id: NodeId
    parent_id: NodeId
    name: str
    kind: Kind
    revision_id: RevisionId
    content: ContentHash | None = None
    executable: bool = False
    link_target: str | None = None


class Cursor(Struct, frozen=True):
    """How far this device has taken in the change feed."""

    epoch: bytes
    seq: int = 0
    revision_id: RevisionId | None = None
