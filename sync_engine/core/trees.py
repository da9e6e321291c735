"""What the planner is given: the part of the three trees that it needs, and everything else that it may know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from msgspec import Struct, field

from sync_engine.core.guard import GuardState
from sync_engine.core.model import ContentHash, LocalNode, NodeId, RemoteNode, Signature, SyncedNode
from sync_engine.core.platform_names import Naming


class Closure:
    """A part of the three trees that can be planned by itself.

    ``members`` are the nodes that are planned: of each, all that the three trees have is here. Their ancestors, the
    occupants of their names and, where a folder is gone on one side, all that was below it are members too.
    """

    __slots__ = ("left", "local", "members", "remote", "synced", "taken")

    def __init__(
        self,
        local: dict[NodeId, LocalNode],
        remote: dict[NodeId, RemoteNode],
        synced: dict[NodeId, SyncedNode],
        *,
        members: Iterable[NodeId] | None = None,
        left: AbstractSet[NodeId] = frozenset(),
        taken: Mapping[NodeId, Collection[str]] | None = None,
    ) -> None:
        self.local = local
        self.remote = remote
        """Tombstones included."""
        self.synced = synced
        self.members: list[NodeId] = sorted({*local, *remote, *synced} if members is None else members)
        self.left = left
        """Dirty nodes that did not fit: to be gathered next, before anything that was postponed."""
        self.taken: Mapping[NodeId, Collection[str]] = {} if taken is None else taken
        """By folder, the names in it on either side, where a conflicted copy may have to find a free one."""


class SideTree:
    """One side's part of a closure as a tree: who is at a place, what is in a folder.

    Several nodes may be at one place of the disk if ``key`` makes their names equal.
    """

    __slots__ = ("_by_parent", "_by_place", "key", "nodes")

    def __init__(
        self, nodes: Mapping[NodeId, LocalNode] | Mapping[NodeId, RemoteNode], key: Callable[[str], str]
    ) -> None:
        self.nodes: Mapping[NodeId, LocalNode | RemoteNode] = nodes
        self.key = key
        """Names with equal keys are one name on this side."""
        self._by_place: dict[tuple[NodeId, str], list[NodeId]] | None = None
        self._by_parent: dict[NodeId, list[NodeId]] | None = None

    def at(self, place: tuple[NodeId, str]) -> Sequence[NodeId]:
        """Who is at (parent, name key)."""
        if self._by_place is None:
            self._by_place = {}
            key = self.key
            for node_id, node in self.nodes.items():
                self._by_place.setdefault((node.parent_id, key(node.name)), []).append(node_id)
        return self._by_place.get(place, ())

    def children(self, folder_id: NodeId) -> Sequence[NodeId]:
        if self._by_parent is None:
            self._by_parent = {}
            for node_id, node in self.nodes.items():
                self._by_parent.setdefault(node.parent_id, []).append(node_id)
        return self._by_parent.get(folder_id, ())


class Read(Protocol):
    """A local file that was read and whose chunks are on the server (``ports.Prepared`` is one)."""

    @property
    def content(self) -> ContentHash: ...
    @property
    def signature(self) -> Signature: ...
    @property
    def recheck(self) -> bool: ...


class Context(Struct, frozen=True):
    """Everything but the trees that a plan depends on. Equal closures and contexts make equal plans."""

    today: str
    """``2026-11-05``, in the device's time zone: for the names of conflicted copies."""
    now_ns: int
    """Wall time, for the ten minutes of the guard; compared with nothing but itself."""
    device_name: str
    new_id: Callable[[], NodeId]
    total_files: int = 0
    """In the synced tree: the guard asks whether more than half go."""
    prepared: Mapping[NodeId, Read] = {}
    """Files whose content may be committed, by node. Counts while the content is still the node's."""
    staged: AbstractSet[tuple[NodeId, ContentHash]] = frozenset()
    """Contents whose verified bytes lie in staging."""
    in_flight: AbstractSet[NodeId] = frozenset()
    """Nodes under transfer, in a commit that has no answer yet, or waiting out an error: left as they are on both
    sides, and nothing that depends on a change of them is planned."""
    adrift: AbstractSet[NodeId] = frozenset()
    """Of those in flight, nodes that are not where they were and may turn up elsewhere: nobody knows a way into these
    folders, so nothing is done on the disk in them."""
    unremovable: AbstractSet[NodeId] = frozenset()
    """Folders that ``TrashLocal`` found to hold what is not synced (``Changed``): they stay, on this device only, until
    something syncable is put into them. Tried again when their folder is looked at again, or after a restart."""
    outdated: AbstractSet[NodeId] = frozenset()
    """Nodes that the server refused as ``stale`` (or whose creation it refused because it has the id), though the feed
    is read to its end: not in the remote tree, and of unknown latest revision. They go on as new nodes."""
    excluded: AbstractSet[NodeId] = frozenset()
    """Nodes that the person does not want on this device, nor what is below them (``core/exclusion.py``)."""
    guard: GuardState = field(default_factory=GuardState)
    naming: Naming = Naming()
    """Which names the disk can hold, and keeps apart."""
    keeps_executable: bool = True
