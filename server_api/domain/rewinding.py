"""Rewinding a folder: what becomes of each node, as a pure function of how it was then and how it is now.

What was in the folder then regains that state; what has moved elsewhere since stays there and comes back as a copy.
What has moved in since returns home, with all that is in it, or stays if home is gone or its name is taken there. What
was made since is deleted, but for folders that still hold something that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from server_api.contract.messages import MAX_DEPTH, ROOT, Kind, NodeId, RevisionId
from server_api.contract.names import name_key
from server_api.domain.nodes import Node
from server_api.domain.paths import restored_names

Place = tuple[NodeId, bytes]
"""A folder, and a name's key in it."""


class Situation(Struct, frozen=True, kw_only=True):
    """What is known before anything is decided.

    Attributes:
        top_id: the folder that is rewound. It stays where it is.
        then: all that was in it then, parents before children, as it was.
        inside: all that is in it now, or would be if what was in it then came back to life; parents before children.
        elsewhere: of ``then``, what is alive outside of the folder.
        dead: of ``then`` and ``inside``, what is dead now, and where that is known how it was last.
        homes: of ``inside``, what was alive elsewhere then, as it was.
        living_homes: folders outside of this one in which those were, that are alive now; each with those above it.
        taken_homes: places there that somebody has.
    """

    top_id: NodeId
    then: Sequence[Node]
    inside: Sequence[Node]
    elsewhere: AbstractSet[NodeId]
    dead: Mapping[NodeId, Node]
    homes: Mapping[NodeId, Node]
    living_homes: Mapping[NodeId, NodeId]
    taken_homes: Collection[Place]


class Change(Struct, frozen=True, kw_only=True):
    """What one node becomes."""

    before: Node | None
    """As it is; ``None`` for a copy, which is new."""
    after: Node
    """With ``version_id`` of the content that it is to have."""
    was_alive: bool
    was: Node | None = None
    """As it was then; ``None`` for what was not there."""


class Rewinding:
    """Decides once. ``changes`` has parents before children, and what goes last.

    Attributes:
        changes: what has to be done.
        stay: nodes that have moved in and cannot go home.
    """

    def __init__(self, situation: Situation, new_id: Callable[[], bytes]) -> None:
        self._situation = situation
        self._new_id = new_id
        self._was = {node.node_id: node for node in situation.then}
        self._now = {node.node_id: node for node in situation.inside}
        self._becomes: dict[NodeId, NodeId] = {situation.top_id: situation.top_id}
        """The node that takes the part of each one of then: itself, or a copy."""
        self._targets: dict[Place, NodeId] = {}
        self._at: dict[NodeId, NodeId] = {}
        """The folders of what moves, afterwards."""
        self._heights = _heights(situation.inside)
        self.changes: list[Change] = []
        self.stay: list[Node] = []
        self._regain()
        self._part()

    # --- what was there then ---------------------------------------------------------------------------------------

    def _regain(self) -> None:
        dead = self._situation.dead
        occupants = {node.place: node for node in self._situation.inside if node.node_id not in dead}
        for was in self._situation.then:
            place = (self._becomes[was.parent_id], was.name_key)
            if was.node_id not in self._situation.elsewhere:
                node_id, before = was.node_id, self._now.get(was.node_id) or dead.get(was.node_id)
            elif (other := occupants.get(place)) is not None and self._is_copy(other, was):
                node_id, before = other.node_id, other
            else:
                node_id, before = NodeId(self._new_id()), None
            self._becomes[was.node_id] = node_id
            self._targets[place] = node_id
            self._at[node_id] = place[0]
            was_alive = before is not None and before.node_id not in dead
            after = _as_then(was, node_id, place[0], before)
            if before is None or not was_alive or after != before:
                self.changes.append(Change(before=before, after=after, was_alive=was_alive, was=was))

    def _is_copy(self, other: Node, was: Node) -> bool:
        """Whether it was made from that one before: by a rewind that is asked for again."""
        is_new = other.node_id not in self._was and other.node_id not in self._situation.homes
        return is_new and (other.kind, other.content_hash, other.link_target) == (
            was.kind,
            was.content_hash,
            was.link_target,
        )

    # --- what was not ------------------------------------------------------------------------------------------------

    def _part(self) -> None:
        """What is in the folder and was not: guests go home or stay, the rest goes."""
        part = set(self._becomes.values())
        with_guest: set[NodeId] = set()
        guests: list[Node] = []
        made: dict[NodeId, Node] = {}
        for node in self._situation.inside:
            if node.node_id in part:
                continue
            if node.parent_id in with_guest:
                with_guest.add(node.node_id)
            elif node.node_id in self._situation.homes and node.node_id not in self._situation.dead:
                with_guest.add(node.node_id)
                guests.append(node)
            else:
                made[node.node_id] = node
        kept = self._settle(guests, made)
        for node in kept.values():
            self._keep(node)
        for node in made.values():
            if node.node_id not in kept and (node.parent_id not in made or node.parent_id in kept):
                was_alive = node.node_id not in self._situation.dead
                self.changes.append(Change(before=node, after=replace(node, is_deleted=True), was_alive=was_alive))

    def _settle(self, guests: Sequence[Node], made: Mapping[NodeId, Node]) -> dict[NodeId, Node]:
        """Send guests home; those that stay are returned, with the folders made since that they are in."""
        kept: dict[NodeId, Node] = {}
        for guest in guests:
            home = self._situation.homes[guest.node_id]
            if self._may_return(guest, home):
                self._at[guest.node_id] = home.parent_id
                after = replace(guest, parent_id=home.parent_id, name=home.name, name_key=home.name_key)
                self.changes.append(Change(before=guest, after=after, was_alive=True, was=home))
            else:
                self.stay.append(guest)
                kept[guest.node_id] = guest
                folder = made.get(guest.parent_id)
                while folder is not None:
                    kept[folder.node_id] = folder
                    folder = made.get(folder.parent_id)
        return kept

    def _may_return(self, guest: Node, home: Node) -> bool:
        is_there = home.parent_id in self._now and home.parent_id not in self._situation.dead
        if not is_there and home.parent_id != ROOT and home.parent_id not in self._situation.living_homes:
            return False
        if home.place in self._situation.taken_homes:
            return False
        above = list(self._above(home.parent_id))
        return guest.node_id not in above and len(above) + self._heights.get(guest.node_id, 0) <= MAX_DEPTH

    def _above(self, folder_id: NodeId) -> Iterator[NodeId]:
        """The folder itself and those above it, as they will be."""
        while folder_id != ROOT:
            yield folder_id
            node = self._now.get(folder_id)
            now = node.parent_id if node else self._situation.living_homes.get(folder_id, ROOT)
            folder_id = self._at.get(folder_id, now)

    def _keep(self, node: Node) -> None:
        """It stays where it is; its name goes to what had it then."""
        if node.place not in self._targets:
            self._targets[node.place] = node.node_id
            return
        for name in restored_names(node.name):
            place = (node.parent_id, name_key(name))
            if place not in self._targets:
                self._targets[place] = node.node_id
                after = replace(node, name=name, name_key=place[1])
                self.changes.append(Change(before=node, after=after, was_alive=True))
                return


def _heights(nodes: Sequence[Node]) -> dict[NodeId, int]:
    """Of folders that hold something, how many levels are below. Parents come before children."""
    heights: dict[NodeId, int] = {}
    for node in reversed(nodes):
        if node.kind is Kind.FOLDER:
            heights[node.parent_id] = max(heights.get(node.parent_id, 0), 1 + heights.get(node.node_id, 0))
    return heights


def _as_then(was: Node, node_id: NodeId, parent_id: NodeId, before: Node | None) -> Node:
    """The node with the place, content and marks that it had; what nobody sees of it is as it is now."""
    return replace(
        was,
        node_id=node_id,
        parent_id=parent_id,
        seq=before.seq if before else 0,
        revision_id=before.revision_id if before else RevisionId(b""),
        committed_at=before.committed_at if before else 0,
        subtree_seq=before.subtree_seq if before else 0,
        version_id=before.version_id if before and before.content_hash == was.content_hash else was.version_id,
    )
