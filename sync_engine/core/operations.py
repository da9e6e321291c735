"""What the planner can ask for. Each operation says what state it expects to replace; the executor checks, and a plan
that finds the world changed is dropped and made anew.

Bytes move apart from names: ``Offer`` and ``Fetch`` take their time in the background, and only when the bytes are
where they are needed does the planner ask for the quick step that makes them count (a commit, an exchange on disk).
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct, field

from sync_engine.core.guard import GuardState
from sync_engine.core.model import ContentHash, LocalNode, NodeId, RemoteNode, RevisionId, SyncedNode


class Offer(Struct, frozen=True):
    """Read a local file, and see to it that the server has its chunks, unless its content turns out to be ``known``."""

    node: LocalNode
    known: frozenset[ContentHash] = frozenset()
    """Contents that need no upload: what the server already holds for this node."""


class Fetch(Struct, frozen=True):
    """Bring the bytes of a remote file into staging."""

    node: RemoteNode


# --- on the disk, quick, in order ---------------------------------------------------------------------
# Parents are named by node id: an earlier operation of the same plan may have moved them.


class MakeFolder(Struct, frozen=True):
    node: RemoteNode


class MakeSymlink(Struct, frozen=True):
    node: RemoteNode
    replaces: LocalNode | None = None


class PlaceFile(Struct, frozen=True):
    """Put the staged bytes of ``node.content`` at the node's place (the local one, if the node is already here)."""

    node: RemoteNode
    replaces: LocalNode | None = None
    """What is expected to be there; ``None``: nothing."""


class MoveLocal(Struct, frozen=True):
    """Rename within the folder, never replacing anything."""

    node: LocalNode
    parent_id: NodeId
    name: str


class ParkLocal(Struct, frozen=True):
    """Move aside into staging, so that a swap or cycle comes free; a ``MoveLocal`` of the same plan brings it back."""

    node: LocalNode


class SetExecutable(Struct, frozen=True):
    node: LocalNode
    executable: bool


class TrashLocal(Struct, frozen=True):
    """Into the local trash: a file or symlink that equals the synced tree, or a folder that is empty by now but for
    built-in junk. A folder that holds anything else stays, locally only."""

    node: LocalNode
    forgets: SyncedNode | None = None
    """Of what is excluded and stays on the server: what was agreed of it leaves the synced tree, durably, before it
    leaves the disk. If it then stays after all, that is agreed again."""


class KeepAside(Struct, frozen=True):
    """Rename to a conflicted copy, which from then on is the new node ``becomes``.

    The journal detaches the object from ``node`` before the rename, so that a crash leaves a new file and no move, and
    drops what was agreed of ``node``: nobody deleted it, the server's is yet to come in its place.
    """

    node: LocalNode
    becomes: NodeId
    name: str


LocalOperation: TypeAlias = (
    MakeFolder | MakeSymlink | PlaceFile | MoveLocal | ParkLocal | SetExecutable | TrashLocal | KeepAside
)

# --- on the server: one commit, in order ------------------------------------------------------------------


# Operations of one ``group`` are applied all or none, names checked at its end: swaps and cycles.


class CommitCreate(Struct, frozen=True):
    node: LocalNode
    group: int | None = None


class CommitChange(Struct, frozen=True):
    """Only the aspects that differ are sent; ``None`` stays as it is on the server."""

    node: LocalNode
    base: RevisionId
    parent_id: NodeId | None = None
    """With ``name``: the new place."""
    name: str | None = None
    content: ContentHash | None = None
    executable: bool | None = None
    revive: bool = False
    group: int | None = None


class CommitDelete(Struct, frozen=True):
    """One node and, for a folder, all below it: once applied, all of that leaves the remote and the synced tree."""

    node: SyncedNode
    base: RevisionId
    approved: bool = False
    needs: tuple[NodeId, ...] = ()
    """Nodes that earlier operations of this commit move out of the folder: refused, they would be deleted with it."""
    group: int | None = None


CommitOperation: TypeAlias = CommitCreate | CommitChange | CommitDelete

# --- in the journal alone -----------------------------------------------------------------------------------


class Agree(Struct, frozen=True):
    """Both sides turned out the same, in some aspects or in all: the synced tree's node from now on."""

    node: SyncedNode


class Disagree(Struct, frozen=True):
    """Leaves the synced tree only: an absence here is no deletion any more, for the server's side outlived it."""

    node_id: NodeId


class Forget(Struct, frozen=True):
    """Gone on both sides: leaves the synced and the remote tree."""

    node_id: NodeId


class Rebind(Struct, frozen=True):
    """The local object is (or becomes) another node: adopted as the server's, or detached to live on as a new one.

    Children keep their folder: their parent id follows, and they have to be planned again. The synced tree stays,
    unless the folder was the other one all along: then what was agreed of its children's place follows as well, so that
    none of them looks as if it had been moved.
    """

    node: LocalNode
    becomes: NodeId
    was_it_before: bool = False


JournalOperation: TypeAlias = Agree | Disagree | Forget | Rebind


class Issue(Struct, frozen=True):
    """Something that cannot be synced here for now. Nothing is deleted for it."""

    node_id: NodeId
    parent_id: NodeId
    name: str
    code: str
    """What people's sentences go by, such as ``case-twin`` or ``reserved-name``."""


class Held(Struct, frozen=True):
    """Deletions that wait for a person's word."""

    node_ids: list[NodeId]
    """The roots of what would be deleted."""
    files: int
    is_local: bool
    """Deleted on this device's disk and not yet on the server; else the other way round."""


class Plan(Struct, frozen=True):
    """Carried out in this order: journal, then disk, then the commit; transfers start at once."""

    journal: list[JournalOperation] = field(default_factory=list)
    local: list[LocalOperation] = field(default_factory=list)
    remote: list[CommitOperation] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    """Of the closure's members: a member that has none here has none any more."""
    held: list[Held] = field(default_factory=list)
    """Everything that is held, at most one a side."""
    postponed: list[NodeId] = field(default_factory=list)
    """Not in step, but waiting for something else of this plan or in flight: to be planned again after any result."""
    blocked: dict[NodeId, list[NodeId]] = field(default_factory=dict)
    """By node with an issue, those that wait for it alone: to be planned again when it is looked at and has none."""
    guard: GuardState = field(default_factory=GuardState)
    """To be kept, durably, and handed to the next plan."""

    def is_empty(self) -> bool:
        """Nothing to do: all that was looked at is settled, an issue, held, or under way."""
        return not (self.journal or self.local or self.remote or self.offers or self.fetches)
