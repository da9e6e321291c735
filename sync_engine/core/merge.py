"""The three-way merge of one node: existence, place, content and mode apart. The tree's rules come after it."""

from __future__ import annotations

from enum import IntEnum

from server_api.contract.names import comparable
from sync_engine.core.agreement import same_content, same_place
from sync_engine.core.model import Kind, LocalNode, NodeId, RemoteNode, SyncedNode


class Side(IntEnum):
    """Whose state of an aspect counts."""

    SAME = 0
    """Both sides have the same."""
    DISK = 1
    SERVER = 2
    BOTH = 3
    """Two contents that nobody can merge: a conflicted copy."""
    UNREAD = 4
    """Not known before the file was read."""


class Fate(IntEnum):
    """Whether a node is there once all is in step. A folder stays if anything in it stays."""

    GOES = 0
    OPEN = 1
    """Not known yet: a file has to be read, or something is under way."""
    STAYS = 2


class Draft:
    """What is to become of one node. The merge fills it in, the tree's rules change it.

    Attributes:
        local: as it is on the disk.
        remote: as it is on the server, alive; ``None`` if it is not there or dead.
        dead: what is known of a dead node on the server: its tombstone, or its last state below a deleted folder.
        synced: the merge base.
        place: whose place counts. ``SAME`` also where there is only one side's.
        parent_id, name: the place that it is to have.
        is_fixed: left as it is on both sides.
        is_folder: its kind, on whichever side.
        is_excluded: the person does not want it on this device.
        aside_for: the node to whom it leaves its name on the disk.
        waits: whether it is held back from the server until something else was found out.
    """

    __slots__ = (
        "aside_for",
        "content",
        "dead",
        "fate",
        "is_excluded",
        "is_fixed",
        "is_folder",
        "local",
        "mode",
        "name",
        "node_id",
        "parent_id",
        "place",
        "remote",
        "synced",
        "waits",
    )

    def __init__(
        self,
        node_id: NodeId,
        local: LocalNode | None,
        remote: RemoteNode | None,
        dead: RemoteNode | None,
        synced: SyncedNode | None,
    ) -> None:
        self.node_id = node_id
        self.local = local
        self.remote = remote
        self.dead = dead
        self.synced = synced
        self.is_fixed = False
        self.is_excluded = False
        self.waits = False
        self.aside_for: NodeId | None = None
        self.place = self.content = self.mode = Side.SAME
        self.fate = Fate.GOES
        here = remote or local
        node = here or synced
        self.is_folder = node is not None and node.kind == Kind.FOLDER
        if local is not None and remote is not None:
            self.fate = Fate.STAYS
            self.place = merge_place(local, remote, synced)
            self.content = merge_content(local, remote, synced)
            self.mode = merge_mode(local, remote, synced)
            here = local if self.place is Side.DISK else remote
        elif local is not None:
            self.place = Side.DISK
            self.fate = _outlives(local, synced)
        elif remote is not None:
            self.place = Side.SERVER
            self.fate = _outlives(remote, synced)
        if here is not None:
            self.parent_id, self.name = here.parent_id, here.name
        elif synced is not None:
            self.parent_id, self.name = synced.parent_id, synced.name

    @property
    def is_new_here(self) -> bool:
        """On the disk alone, and the server never had it."""
        return self.remote is None and self.synced is None and self.dead is None and self.local is not None

    @property
    def needs_rebinding(self) -> bool:
        """A folder that outlives its death on the server, where folders are not revived: it goes on as a new one."""
        return self.is_folder and self.local is not None and self.remote is None and not self.is_new_here

    @property
    def leaves_disk(self) -> bool:
        """Excluded, and the server has all that the disk has of it."""
        return (
            self.is_excluded
            and self.local is not None
            and self.remote is not None
            and self.place is not Side.DISK
            and self.content in {Side.SAME, Side.SERVER}
            and self.mode is not Side.DISK
        )

    def is_deletion(self, *, of_disk: bool) -> bool:
        """Deleted on one side, unchanged on the other: on the disk (``of_disk``) or on the server.

        Where something is excluded, its absence on the disk never is one.
        """
        if self.fate is not Fate.GOES or (of_disk and self.is_excluded):
            return False
        return (self.local is None and self.remote is not None) if of_disk else self.local is not None

    def exclude(self) -> None:
        """It is not wanted on this device. Where it is not on the disk, that says nothing."""
        self.is_excluded = True
        if self.local is None and self.remote is not None:
            self.fate = Fate.STAYS

    def take_servers_place(self) -> None:
        """The disk's place gives way."""
        assert self.remote is not None
        self.place = Side.SERVER
        self.parent_id, self.name = self.remote.parent_id, self.remote.name


def _outlives(node: LocalNode | RemoteNode, synced: SyncedNode | None) -> Fate:
    """Whether what one side still has outlives its deletion on the other: if it moved or was changed. A change of mode
    alone does not: whoever deleted the file had seen its content."""
    if synced is None or not same_place_as_agreed(node, synced):
        return Fate.STAYS
    if node.kind == Kind.FOLDER:
        return Fate.GOES
    if isinstance(node, LocalNode):
        if node.kind == Kind.FILE and node.content is None:
            return Fate.OPEN
        return Fate.GOES if same_content(node, synced) else Fate.STAYS
    return Fate.GOES if same_content(synced, node) else Fate.STAYS


def same_place_as_agreed(node: LocalNode | RemoteNode, synced: SyncedNode) -> bool:
    return node.parent_id == synced.parent_id and (
        node.name == synced.name or comparable(node.name) == comparable(synced.name)
    )


def merge_place(local: LocalNode, remote: RemoteNode, synced: SyncedNode | None) -> Side:
    """Parent and name as one. Of two renames the server's wins."""
    if same_place(local, remote):
        return Side.SAME
    return Side.DISK if synced is not None and same_place_as_agreed(remote, synced) else Side.SERVER


def merge_content(local: LocalNode, remote: RemoteNode, synced: SyncedNode | None) -> Side:
    """A file's bytes or a symlink's target."""
    if local.kind == Kind.FOLDER:
        return Side.SAME
    if local.kind == Kind.FILE and local.content is None:
        return Side.UNREAD
    if same_content(local, remote):
        return Side.SAME
    if synced is None:
        return Side.BOTH
    if same_content(local, synced):
        return Side.SERVER
    return Side.DISK if same_content(synced, remote) else Side.BOTH


def merge_mode(local: LocalNode, remote: RemoteNode, synced: SyncedNode | None) -> Side:
    """The executable bit: if the sides differ, exactly one of them differs from what was agreed."""
    if local.kind is not Kind.FILE or local.executable == remote.executable:
        return Side.SAME
    return Side.DISK if synced is not None and synced.executable == remote.executable else Side.SERVER
