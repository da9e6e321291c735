"""Gathers what the planner needs to know to decide about some nodes: their closure, taken to a fixed point.

Only bulk queries, a handful in each round: nodes with their ancestors; then whoever has their names on the other side;
then what lies in folders that are gone on one side.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from heapq import nsmallest
from typing import Final

from server_api.contract.names import comparable
from sync_engine.core.agreement import same_content, same_place
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.core.trees import Closure
from sync_engine.ports import Trees

LIMIT: Final = 20_000

_Place = tuple[NodeId, str]


def gather(
    trees: Trees, dirty: AbstractSet[NodeId], limit: int = LIMIT, *, excluded: AbstractSet[NodeId] = frozenset()
) -> Closure:
    """The closure of as many dirty nodes as fit into a plan, first those that were made first: parents mostly are.

    What does not fit is in the closure's ``left``. The limit is for dirty nodes alone: what becomes of a folder that is
    gone on one side is decided, and its files are counted, with everything below it in sight.
    """
    gathering = _Gathering(trees, excluded)
    gathering.take(sorted(dirty) if len(dirty) <= limit else nsmallest(limit, dirty))
    return gathering.closure(dirty)


class _Gathering:
    def __init__(self, trees: Trees, excluded: AbstractSet[NodeId]) -> None:
        self._trees = trees
        self._excluded = excluded
        self._members: set[NodeId] = {ROOT}
        self._local: dict[NodeId, LocalNode] = {}
        self._remote: dict[NodeId, RemoteNode] = {}
        self._synced: dict[NodeId, SyncedNode] = {}
        self._lives: dict[NodeId, bool] = {ROOT: True}
        """Whether folders of the remote tree are alive, all the way up."""
        self._meetings: list[tuple[NodeId, NodeId]] = []
        """A node of the disk, and another one that the server has at its place."""
        self._settled_meetings = 0
        self._theirs: dict[NodeId, NodeId] = {}
        """By folder of the disk, the server's folder of the same place: one folder, once the planner binds them."""
        self._ours: dict[NodeId, NodeId] = {}
        """The reverse."""
        self._waiting: dict[NodeId, list[NodeId]] = {}
        """By folder that is on one side only: what is in it, to be asked about again if the folder is bound."""
        self._gone: list[NodeId] = []
        """Folders that are gone on one side, to be looked into."""
        self._leaving: list[NodeId] = []
        """Excluded folders that are still on the disk: what is in them there goes with them."""

    def take(self, node_ids: list[NodeId]) -> None:
        fresh: Iterable[NodeId] = node_ids
        while True:
            added = self._load(fresh)
            asked = added + self._bind_folders()
            self._note_gone(added)
            if asked:
                fresh = self._ask_for_names(asked)
            elif self._gone or self._leaving:
                fresh = self._look_into_gone()
            else:
                return

    def closure(self, dirty: AbstractSet[NodeId]) -> Closure:
        self._members.discard(ROOT)
        return Closure(
            self._local,
            self._remote,
            self._synced,
            members=self._members,
            left=dirty - self._members,
            taken=self._names_in_crowded(),
        )

    # --- nodes and their ancestors -------------------------------------------------------------------------------

    def _load(self, node_ids: Iterable[NodeId]) -> list[NodeId]:
        """These and all above them, in all three trees; returns the new ones."""
        members, trees = self._members, self._trees
        added: list[NodeId] = []
        fresh = [node_id for node_id in dict.fromkeys(node_ids) if node_id not in members]
        while fresh:
            members.update(fresh)
            added += fresh
            local, remote = trees.local(fresh), trees.remote(fresh)
            self._local.update(local)
            self._remote.update(remote)
            synced = trees.synced(fresh)
            self._synced.update(synced)
            above = {node.parent_id for node in local.values()}
            above.update(node.parent_id for node in remote.values())
            above.update(node.parent_id for node in synced.values())  # it may go now that this node left
            fresh = sorted(above - members)
        return added

    def _is_alive(self, node_id: NodeId) -> bool:
        """On the server. The ancestors are here."""
        node = self._remote.get(node_id)
        if node is None or node.is_deleted:
            return node_id == ROOT
        path: list[NodeId] = []
        current = node.parent_id
        while (alive := self._lives.get(current)) is None:
            path.append(current)
            self._lives[current] = False
            above = self._remote.get(current)
            if above is None or above.is_deleted:
                alive = False
                break
            current = above.parent_id
        self._lives.update((step, alive) for step in path)
        return alive

    # --- who has the names ---------------------------------------------------------------------------------------

    def _ask_for_names(self, asked: Iterable[NodeId]) -> list[NodeId]:
        """Who is, on the other side, at the places of these."""
        here: dict[_Place, NodeId] = {}
        there: dict[_Place, NodeId] = {}
        for node_id in asked:
            local, remote = self._local.get(node_id), self._remote.get(node_id)
            if remote is not None and not self._is_alive(node_id):
                remote = None
            if local is None or remote is None or not same_place(local, remote):
                if local is not None:
                    self._note_place_there(local, there)
                if remote is not None:
                    self._note_place_here(remote, here)
        found: list[NodeId] = []
        for holder in self._trees.remote_named(there) if there else ():
            found.append(holder.node_id)
            self._note_meeting(there[holder.parent_id, comparable(holder.name)], holder.node_id)
        for local in self._trees.local_named(here) if here else ():
            found.append(local.node_id)
            theirs = here.get((local.parent_id, comparable(local.name)))
            if theirs is not None:  # else its name differs in case
                self._note_meeting(local.node_id, theirs)
        return found

    def _note_place_there(self, local: LocalNode, there: dict[_Place, NodeId]) -> None:
        folder_id = self._theirs.get(local.parent_id, local.parent_id)
        if self._is_alive(folder_id):
            there[folder_id, comparable(local.name)] = local.node_id
        else:
            self._waiting.setdefault(local.parent_id, []).append(local.node_id)

    def _note_place_here(self, remote: RemoteNode, here: dict[_Place, NodeId]) -> None:
        folder_id = self._ours.get(remote.parent_id, remote.parent_id)
        if folder_id == ROOT or folder_id in self._local:
            here[folder_id, comparable(remote.name)] = remote.node_id
        else:
            self._waiting.setdefault(remote.parent_id, []).append(remote.node_id)

    def _note_meeting(self, ours: NodeId, theirs: NodeId) -> None:
        if ours != theirs:
            self._meetings.append((ours, theirs))

    def _bind_folders(self) -> list[NodeId]:
        """New folders of the disk that met one of the server's: what is in them has to be asked about once more."""
        again: list[NodeId] = []
        for our_id, their_id in self._meetings[self._settled_meetings :]:
            local, remote = self._local.get(our_id), self._remote.get(their_id)
            if (
                local is not None
                and remote is not None
                and local.kind == remote.kind == Kind.FOLDER
                and their_id not in self._local
                and not (our_id in self._remote or our_id in self._synced)
                and not (our_id in self._theirs or their_id in self._ours)
            ):
                self._theirs[our_id] = their_id
                self._ours[their_id] = our_id
                again += self._waiting.pop(our_id, ())
                again += self._waiting.pop(their_id, ())
        self._settled_meetings = len(self._meetings)
        return again

    # --- what lies in folders that are gone on one side -------------------------------------------------------

    def _note_gone(self, added: Iterable[NodeId]) -> None:
        for node_id in added:
            local, remote, synced = self._local.get(node_id), self._remote.get(node_id), self._synced.get(node_id)
            node = local or remote or synced
            if node is None or node.kind != Kind.FOLDER:
                continue
            if local is not None and self._excluded and self._is_excluded(node_id):
                self._leaving.append(node_id)
            if local is not None and self._is_alive(node_id):
                continue
            if synced is not None or (remote is not None and not self._is_alive(node_id)):
                self._gone.append(node_id)

    def _is_excluded(self, node_id: NodeId) -> bool:
        """By the server's tree, of which all above it is here."""
        seen: set[NodeId] = set()
        while node_id not in seen and (node := self._remote.get(node_id)) is not None:
            if node_id in self._excluded:
                return True
            seen.add(node_id)
            node_id = node.parent_id
        return False

    def _look_into_gone(self) -> list[NodeId]:
        trees = self._trees
        gone, self._gone = self._gone, []
        leaving, self._leaving = self._leaving, []
        found = [node.node_id for node in trees.local_children(gone)]
        found += [node.node_id for node in trees.remote_children(gone)]
        found += [node.node_id for node in trees.synced_children(gone)]
        found += [node.node_id for node in trees.local_children(leaving)]
        return found

    # --- names for conflicted copies -----------------------------------------------------------------------------

    def _names_in_crowded(self) -> dict[NodeId, set[str]]:
        """All names in the folders where a conflicted copy may come to lie."""
        crowded: set[NodeId] = set()
        for our_id, their_id in self._meetings:
            local, remote = self._local[our_id], self._remote.get(their_id)
            if remote is not None and our_id not in self._theirs and self._may_conflict(local, remote):
                crowded |= {local.parent_id, remote.parent_id}
        for node_id, local in self._local.items():
            remote, synced = self._remote.get(node_id), self._synced.get(node_id)
            if remote is None or (synced is not None and synced.revision_id == remote.revision_id):
                continue
            if local.kind != Kind.FOLDER and self._may_conflict(local, remote):
                crowded |= {local.parent_id, remote.parent_id}
        taken: dict[NodeId, set[str]] = {folder_id: set() for folder_id in crowded}
        if crowded:
            for local in self._trees.local_children(crowded):
                taken[local.parent_id].add(local.name)
            for remote in self._trees.remote_children(crowded):
                taken[remote.parent_id].add(remote.name)
        return taken

    def _may_conflict(self, local: LocalNode, remote: RemoteNode) -> bool:
        """Whether one of them may have to leave its name: two nodes of one place, or two contents of one node."""
        if local.node_id != remote.node_id and (
            local.node_id in self._remote or remote.node_id in self._local or local.kind != remote.kind
        ):
            return True
        is_read_first = local.kind == Kind.FILE and local.content is None and local.node_id not in self._synced
        return not is_read_first and not same_content(local, remote)
