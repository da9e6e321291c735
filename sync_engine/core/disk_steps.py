"""What has to be done on the disk."""

from __future__ import annotations

from server_api.contract.names import comparable
from sync_engine.core.board import Board
from sync_engine.core.constraints import CASE_TWIN
from sync_engine.core.merge import Draft, Fate, Side
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import (
    KeepAside,
    LocalOperation,
    MakeFolder,
    MakeSymlink,
    MoveLocal,
    ParkLocal,
    PlaceFile,
    SetExecutable,
    TrashLocal,
)
from sync_engine.core.ordering import Step, Steps, feasible, ordered_with_parking
from sync_engine.core.platform_names import unholdable


def disk_operations(board: Board) -> list[LocalOperation]:
    """In order. Files whose bytes are not here yet are fetched first, files that have to be looked into are offered."""
    steps = _DiskSteps(board)
    for draft in board.drafts.values():
        if not draft.is_fixed:
            steps.consider(draft)
    return steps.operations()


class _DiskSteps:
    def __init__(self, board: Board) -> None:
        self._board = board
        self._tree = board.view.local_tree
        self._steps: Steps[LocalOperation] = {}
        self._unstaged: dict[NodeId, RemoteNode] = {}
        self._in_place: list[LocalOperation] = []

    def consider(self, draft: Draft) -> None:
        local, remote = draft.local, draft.remote
        if self._board.context.adrift and (
            self._is_adrift(draft.parent_id) or (local and self._is_adrift(local.parent_id))
        ):
            self._board.postponed.add(draft.node_id)
        elif local is None:
            if remote is not None and draft.fate is Fate.STAYS and not draft.is_excluded:
                self._arrive(draft, remote)
        elif draft.aside_for is not None:
            self._leave_name(draft, local, draft.aside_for)
        elif remote is None:
            if draft.fate is Fate.GOES:
                self._trash(draft, local)
        elif draft.is_excluded:
            self._leave_disk(draft, local)
        elif draft.place is not Side.SERVER or not self._move(draft, local):
            self._change_in_place(draft, local, remote)

    def _is_adrift(self, folder_id: NodeId) -> bool:
        """Whether nobody knows where the folder, or one above it, is by now."""
        while (folder := self._tree.nodes.get(folder_id)) is not None:
            if folder_id in self._board.context.adrift:
                return True
            folder_id = folder.parent_id
        return False

    # --- what moves, comes or goes -------------------------------------------------------------------------------

    def _place(self, parent_id: NodeId, name: str) -> tuple[NodeId, str]:
        return parent_id, self._tree.key(name)

    def _is_holdable(self, draft: Draft) -> bool:
        code = unholdable(draft.name, self._board.context.naming.rules, at_root=draft.parent_id == ROOT)
        if code is not None:
            self._board.report(draft, code)
        return code is None

    def _arrive(self, draft: Draft, remote: RemoteNode) -> None:
        if not self._is_holdable(draft):
            return
        operation: LocalOperation
        if remote.kind == Kind.FOLDER:
            operation = MakeFolder(remote)
        elif remote.kind == Kind.SYMLINK:
            operation = MakeSymlink(remote)
        else:
            operation = PlaceFile(remote)
            if not self._board.is_staged(remote):
                self._unstaged[draft.node_id] = remote
        self._steps[draft.node_id] = Step(
            draft.node_id,
            (operation,),
            arrives=self._place(draft.parent_id, draft.name),
            depth=self._board.depth(draft.parent_id),
            is_folder=remote.kind == Kind.FOLDER,
        )

    def _move(self, draft: Draft, local: LocalNode) -> bool:
        if not self._is_holdable(draft):
            return False
        self._steps[draft.node_id] = Step(
            draft.node_id,
            (MoveLocal(local, draft.parent_id, draft.name),),
            leaves=self._place(local.parent_id, local.name),
            arrives=self._place(draft.parent_id, draft.name),
            depth=self._board.depth(draft.parent_id),
            is_folder=local.kind == Kind.FOLDER,
        )
        return True

    def _leave_name(self, draft: Draft, local: LocalNode, to: NodeId) -> None:
        """The server's node gets the name. What the server knows elsewhere is merely renamed."""
        name = self._board.copy_name(local)
        operation: LocalOperation
        if draft.is_new_here:
            operation = KeepAside(local, self._board.context.new_id(), name)
        else:
            operation = MoveLocal(local, local.parent_id, name)
        self._steps[draft.node_id] = Step(
            draft.node_id,
            (operation,),
            leaves=self._place(local.parent_id, local.name),
            arrives=self._place(local.parent_id, name),
            depth=self._board.depth(draft.parent_id),
            only_with=to,
        )

    def _trash(self, draft: Draft, local: LocalNode) -> None:
        board = self._board
        if local.recheck and local.kind == Kind.FILE:
            board.offer(draft, local)
        elif draft.node_id not in board.leftovers:
            self._steps[draft.node_id] = Step(
                draft.node_id,
                (TrashLocal(local, draft.synced if draft.leaves_disk else None),),
                leaves=self._place(local.parent_id, local.name),
                depth=board.depth(draft.parent_id),
                is_end=True,
                is_folder=local.kind == Kind.FOLDER,
            )

    def _leave_disk(self, draft: Draft, local: LocalNode) -> None:
        """It is excluded: it goes as soon as the server has it as it is here. Of two contents, ours becomes a copy."""
        board = self._board
        if draft.leaves_disk and draft.node_id in board.leftovers:
            if draft.place is Side.SERVER:
                self._move(draft, local)
            return
        if draft.leaves_disk:
            self._trash(draft, local)
            return
        board.postponed.add(draft.node_id)
        if draft.content is Side.BOTH and draft.place is not Side.DISK:
            self._in_place.append(KeepAside(local, board.context.new_id(), board.copy_name(local)))
            board.touched.add(draft.node_id)

    # --- what stays where it is ----------------------------------------------------------------------------------

    def _change_in_place(self, draft: Draft, local: LocalNode, remote: RemoteNode) -> None:
        if draft.content is Side.BOTH:
            if draft.place is Side.SAME:
                self._keep_both(draft, local, remote)
        elif draft.content is Side.SERVER:
            self._replace(draft, local, remote)
        elif draft.mode is Side.SERVER:
            self._in_place.append(SetExecutable(local, remote.executable))
            self._board.touched.add(draft.node_id)

    def _keep_both(self, draft: Draft, local: LocalNode, remote: RemoteNode) -> None:
        """Two contents: the server's takes the name as soon as its bytes are here."""
        if remote.kind == Kind.FILE and not self._board.is_staged(remote):
            self._board.fetch(remote)
            return
        aside = KeepAside(local, self._board.context.new_id(), self._board.copy_name(local))
        place = self._place(local.parent_id, local.name)
        self._steps[draft.node_id] = Step(
            draft.node_id,
            (aside, MakeSymlink(remote) if remote.kind == Kind.SYMLINK else PlaceFile(remote)),
            leaves=place,
            arrives=self._place(remote.parent_id, remote.name),
            depth=self._board.depth(draft.parent_id),
        )

    def _replace(self, draft: Draft, local: LocalNode, remote: RemoteNode) -> None:
        board = self._board
        if remote.kind == Kind.SYMLINK:
            self._in_place.append(MakeSymlink(remote, replaces=local))
            board.touched.add(draft.node_id)
            return
        is_staged = board.is_staged(remote)
        if not is_staged:
            board.fetch(remote)
        if local.recheck:
            board.offer(draft, local)
        elif is_staged and draft.mode is not Side.DISK:  # else the mode goes to the server first, lest it be replaced
            self._in_place.append(PlaceFile(remote, replaces=local))
            board.touched.add(draft.node_id)

    # --- all together --------------------------------------------------------------------------------------------

    def operations(self) -> list[LocalOperation]:
        good, bad = self._feasible(self._steps)
        to_fetch = self._unstaged.keys() & good.keys()
        if to_fetch:
            for node_id in sorted(to_fetch):
                if self._has_to_be_seen_free(good[node_id]):
                    self._board.postponed.add(node_id)
                else:
                    self._board.fetch(self._unstaged[node_id])
            good, more = self._feasible({n: step for n, step in good.items() if n not in to_fetch})
            bad |= more
        self._explain(bad, good)
        self._board.touched.update(good)
        order: list[LocalOperation] = []
        for step, is_parked in ordered_with_parking(good, self._tree):
            if is_parked:
                order.append(ParkLocal(self._board.view.local[step.node_id]))
            else:
                order.extend(step.operations)
        return self._in_place + order  # their folders are still the nodes that they were

    def _has_to_be_seen_free(self, step: Step[LocalOperation]) -> bool:
        """Its place is a folder's that goes, if nothing is in it that is not synced: who knows when that will be."""
        return any(self._steps[occupant].is_end and self._steps[occupant].is_folder for occupant in step.occupants)

    def _feasible(self, steps: Steps[LocalOperation]) -> tuple[Steps[LocalOperation], Steps[LocalOperation]]:
        return feasible(steps, self._tree, lambda _: False)

    def _explain(self, bad: Steps[LocalOperation], good: Steps[LocalOperation]) -> None:
        board = self._board
        if not board.context.naming.tells_case:
            for step in bad.values():
                if self._has_case_twin(step, good):
                    board.report(board.drafts[step.node_id], CASE_TWIN)
        board.explain(bad, good, self._tree)

    def _has_case_twin(self, step: Step[LocalOperation], good: Steps[LocalOperation]) -> bool:
        """Whether the name is held, or about to be taken, by one that differs in case alone and does not leave."""
        if step.arrives is None:
            return False
        if any(other.arrives == step.arrives for other in good.values()):
            return True
        exact = self._board.view.remote_place(self._board.drafts[step.node_id])[1]
        return any(
            occupant not in good and comparable(self._tree.nodes[occupant].name) != exact for occupant in step.occupants
        )
