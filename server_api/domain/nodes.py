"""Nodes and the tree they make up, as far as one decision needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from server_api.contract.messages import MAX_DEPTH, ROOT, ContentHash, Kind, NodeId, OperationId, RevisionId

_DEAD: Final = -1


def revision_id(seq: int, chance: bytes) -> RevisionId:
    """The id of the revision with this seq: 8 bytes seq, big endian, then 8 random bytes.

    The seq finds the row without an index of its own; chance tells it from one with the same seq in another history, as
    when a server was restored. To a device it is 16 opaque bytes.
    """
    return RevisionId(seq.to_bytes(8, "big") + chance[:8])


def seq_of(id_: bytes) -> int:
    """Where to look for the revision with this id; what is there has to be compared, for any bytes may come in."""
    return int.from_bytes(id_[:8], "big") & (2**63 - 1)


class Node(Struct, frozen=True, kw_only=True, gc=False):
    """A node after its latest revision. A deleted one keeps its last place and content."""

    node_id: NodeId
    kind: Kind
    parent_id: NodeId
    name: str
    name_key: bytes
    seq: int
    revision_id: RevisionId
    is_deleted: bool = False
    """By its own revision; below a deleted folder it is dead as well."""
    version_id: RevisionId | None = None
    """The revision that brought the content; ``None`` unless a file."""
    content_hash: ContentHash | None = None
    size: int = 0
    mtime_ns: int = 0
    executable: bool = False
    link_target: str | None = None
    committed_at: int = 0
    """When its latest revision was committed; 0 as long as it is not."""
    subtree_seq: int = 0
    """For a folder: the highest seq of itself and of anything below, before the batch at hand."""

    @property
    def place(self) -> tuple[NodeId, bytes]:
        """What is unique among the living: the folder and the name's key."""
        return self.parent_id, self.name_key


class Revision(Struct, frozen=True, kw_only=True, gc=False):
    """One change, about to be appended: the node as it is from then on, and where the change came from."""

    node: Node
    operation_id: OperationId
    operation_digest: bytes
    manifest: bytes | None = None
    """The chunk hashes, one after another; only if it brings a new version."""
    is_approved: bool = False


class Tree:
    """Nodes by id, with all their ancestors; changes as a batch is judged. Not thread-safe.

    Attributes:
        nodes: what is known. A node that is not in it does not exist, as far as the decision goes.
    """

    def __init__(self, nodes: dict[NodeId, Node]) -> None:
        self.nodes = nodes
        self._depths: dict[NodeId, int] = {ROOT: 0}

    def put(self, node: Node) -> None:
        """A node is new or has changed."""
        known = self.nodes.get(node.node_id)
        self.nodes[node.node_id] = node
        if known is not None and (known.parent_id, known.is_deleted) != (node.parent_id, node.is_deleted):
            self._depths = {ROOT: 0}

    def remove(self, node_id: NodeId) -> None:
        """Take back the making of a node."""
        del self.nodes[node_id]
        self._depths = {ROOT: 0}

    def lineage(self, node_id: NodeId) -> Iterator[NodeId]:
        """The node itself, then its ancestors up to the topmost one, without the root."""
        while node_id != ROOT:
            yield node_id
            node = self.nodes.get(node_id)
            if node is None:
                return
            node_id = node.parent_id

    def living_depth(self, folder_id: NodeId) -> int | None:
        """How many folders lie between the root and what is in this folder (the root: 0); ``None`` if it is dead."""
        depth = self._depths.get(folder_id)
        if depth is None:
            path: list[NodeId] = []
            current = folder_id
            while (depth := self._depths.get(current)) is None:
                node = self.nodes.get(current)
                if node is None or node.is_deleted or len(path) > 2 * MAX_DEPTH:
                    depth = _DEAD
                    break
                path.append(current)
                current = node.parent_id
            for step in reversed(path):
                depth = depth + 1 if depth != _DEAD else _DEAD
                self._depths[step] = depth
        return None if depth == _DEAD else depth

    def is_alive(self, node: Node) -> bool:
        return not node.is_deleted and self.living_depth(node.parent_id) is not None
