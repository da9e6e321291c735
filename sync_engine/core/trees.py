"""What the planner is given: the part of the three trees that it needs, and everything else that it may know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from msgspec import Struct, field

from sync_engine.core.guard import GuardState
from sync_engine.core.model import ContentHash, LocalNode, NodeId, RemoteNode, Signature, SyncedNode
from sync_engine.core.platform_names import Platform


class Closure:
    """A part of the three trees that can be planned by itself.

    ``members`` are the nodes that are planned: of each, all that the three trees have is here. Their ancestors, the
    occupants of their names and, where a folder is gone on one side, all that was below it are members too.
    """

    __slots__ = ("left", "local", "members", "partial", "remote", "synced", "taken")

    def __init__(
        self,
        local: dict[NodeId, LocalNode],
        remote: dict[NodeId, RemoteNode],
        synced: dict[NodeId, SyncedNode],
        *,
        members: Iterable[NodeId] | None = None,
        left: AbstractSet[NodeId] = frozenset(),
        partial: AbstractSet[NodeId] = frozenset(),
        taken: Mapping[NodeId, Collection[str]] | None = None,
    ) -> None:
        self.local = local
        self.remote = remote
        """Tombstones included."""
        self.synced = synced
        self.members: list[NodeId] = sorted({*local, *remote, *synced} if members is None else members)
        self.left = left
        """Dirty nodes that did not fit: to be gathered next, before anything that was postponed."""
        self.partial = partial
        """Folders gone on one side of which not everything below is here: not decided in this slice."""
        self.taken: Mapping[NodeId, Collection[str]] = {} if taken is None else taken
        """By folder, the names in it on either side, where a conflicted copy may have to find a free one."""


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
    unremovable: AbstractSet[NodeId] = frozenset()
    """Folders that ``TrashLocal`` found to hold what is not synced (``Changed``): they stay, on this device only, until
    something syncable is put into them. Tried again when their folder is looked at again, or after a restart."""
    outdated: AbstractSet[NodeId] = frozenset()
    """Nodes that the server refused as ``stale`` (or whose creation it refused because it has the id), though the feed
    is read to its end: not in the remote tree, and of unknown latest revision. They go on as new nodes."""
    guard: GuardState = field(default_factory=GuardState)
    case_sensitive: bool = True
    """Whether the disk keeps ``a`` and ``A`` apart."""
    keeps_executable: bool = True
    platform: Platform = "linux"
