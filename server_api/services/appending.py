"""Appending to the log what one person wishes: as many revisions as that takes, with the folders that it needs."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from server_api.contract.messages import ROOT, Kind, NodeId, RevisionId
from server_api.contract.names import name_key
from server_api.domain.nodes import Node, Revision
from server_api.domain.paths import Names, restored_names
from server_api.domain.revisions import announce
from server_api.errors import QuotaExceededError
from server_api.services.server import Caller, Server
from server_api.storage.nodes import count_living, read_occupants, read_path
from server_api.storage.revisions import Appending, LockedNamespace, append

APPEND_AT_ONCE: Final = 2_000


class Place(Struct, frozen=True):
    parent_id: NodeId
    names: Names

    @property
    def name(self) -> str:
        return self.names[-1]


class Log:
    """Appends revisions of one person's wish, some at a time.

    Attributes:
        connection: inside the transaction that holds the namespace's lock.
        namespace_id: of it.
        revisions: how many there were.
        files: how many of them brought a file back, or a content into one.
        expired: how many files were left out, because their contents are gone.
    """

    def __init__(self, server: Server, caller: Caller, connection: Connection, locked: LockedNamespace) -> None:
        self.connection = connection
        self.namespace_id = locked.namespace_id
        self.revisions = 0
        self.files = 0
        self.expired = 0
        self.new_id = server.ids.new_id
        self._device_id = caller.device_id
        self._at = max(locked.last_at + 1, server.clock.now_ms())  # so that a time tells what was before
        self._locked = locked
        self._room = server.config.limits.nodes_a_namespace
        self._waiting: list[Revision] = []
        self._before: dict[NodeId, Node] = {}
        self._nodes: dict[NodeId, Node] = {}
        self._created = 0

    def know(self, *nodes: Node) -> None:
        """Folders above what will be put."""
        self._nodes.update((node.node_id, node) for node in nodes)

    def put(
        self,
        before: Node | None,
        after: Node,
        manifest: bytes | None = None,
        *,
        is_new_version: bool = False,
        was_alive: bool = False,
        is_approved: bool = False,
    ) -> Node:
        """The node as it is from now on; gives it seq and revision id."""
        revision = announce(after, self._locked.seq + len(self._waiting) + 1, self.new_id)
        node = revision.node
        if is_new_version:
            node = replace(node, version_id=node.revision_id)
        self._waiting.append(replace(revision, node=node, manifest=manifest, is_approved=is_approved))
        self._nodes[node.node_id] = node
        if before is not None:
            self._before[node.node_id] = before
        self._created += not was_alive
        self.revisions += 1
        self.files += after.kind is Kind.FILE
        if len(self._waiting) >= APPEND_AT_ONCE:
            self._append()
        return node

    def close(self) -> int:
        """Append what waits; the namespace's seq. Raises: QuotaExceededError."""
        self._append()
        if self._locked.live_nodes > self._room:
            living = count_living(self.connection, self.namespace_id)
            if living > self._room:
                raise QuotaExceededError("The namespace holds as many nodes as it may.")
        return self._locked.seq

    def _append(self) -> None:
        seq = append(
            self.connection,
            self._locked,
            Appending(
                device_id=self._device_id,
                committed_at=self._at,
                revisions=self._waiting,
                before=self._before,
                nodes=self._nodes,
                created=self._created,
            ),
        )
        live_nodes = self._locked.live_nodes + self._created
        self._locked = replace(self._locked, seq=seq, live_nodes=live_nodes)
        self._waiting, self._before, self._created = [], {}, 0

    # --- places ----------------------------------------------------------------------------------------------------

    def make_place(self, names: Names) -> Place:
        """Make the folders that are missing above, and number what is taken: each name that would be in the way."""
        along = read_path(self.connection, self.namespace_id, names[:-1])
        while along and along[-1].kind is not Kind.FOLDER:
            along.pop()
        self.know(*along)
        parent_id = along[-1].node_id if along else ROOT
        made: Names = tuple(node.name for node in along)
        is_new = False
        for name in names[len(along) : -1]:
            free = name if is_new else self._free_name(parent_id, name)
            folder = Node(
                node_id=NodeId(self.new_id()),
                kind=Kind.FOLDER,
                parent_id=parent_id,
                name=free,
                name_key=name_key(free),
                seq=0,
                revision_id=RevisionId(b""),
            )
            parent_id = self.put(None, folder).node_id
            made += (free,)
            is_new = True
        last = names[-1] if is_new else self._free_name(parent_id, names[-1])
        return Place(parent_id, (*made, last))

    def _free_name(self, parent_id: NodeId, name: str) -> str:
        for candidate in restored_names(name):
            if not read_occupants(self.connection, self.namespace_id, [(parent_id, name_key(candidate))]):
                return candidate
        raise AssertionError("the names never end")
