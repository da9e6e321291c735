"""What has to be committed to the server."""

from __future__ import annotations

import msgspec

from sync_engine.core.board import Board
from sync_engine.core.merge import Draft, Fate, Side
from sync_engine.core.model import ContentHash, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import CommitChange, CommitCreate, CommitDelete, CommitOperation
from sync_engine.core.ordering import Step, Steps, feasible, leavers, ordered_in_groups


def server_operations(board: Board, approved: set[NodeId]) -> list[CommitOperation]:
    """In order: one commit. Files whose chunks are not on the server yet are offered first.

    ``approved`` are deletions that the person has agreed to.
    """
    steps = _ServerSteps(board, approved)
    for draft in board.drafts.values():
        if not (draft.is_fixed or draft.aside_for is not None):
            steps.consider(draft)
    return steps.operations()


class _ServerSteps:
    def __init__(self, board: Board, approved: set[NodeId]) -> None:
        self._board = board
        self._approved = approved
        self._tree = board.view.remote_tree
        self._steps: Steps[CommitOperation] = {}
        self._unprepared: dict[NodeId, LocalNode] = {}
        self._in_place: list[CommitOperation] = []

    def consider(self, draft: Draft) -> None:
        local, remote = draft.local, draft.remote
        if local is None:
            if remote is not None and self._goes(draft):
                self._delete(draft, remote)
        elif draft.waits or draft.fate is Fate.OPEN:
            if local.kind == Kind.FILE and local.content is None:
                self._board.offer(draft, local)
        elif remote is not None:
            self._change(draft, local, remote)
        elif draft.is_new_here:
            self._arrive(draft, local, CommitCreate(local), needs_content=local.kind == Kind.FILE)
        elif draft.fate is Fate.STAYS and local.kind != Kind.FOLDER:
            self._outlive(draft, local)

    # --- what comes and goes -------------------------------------------------------------------------------------

    def _arrive(
        self,
        draft: Draft,
        local: LocalNode,
        operation: CommitOperation,
        *,
        needs_content: bool,
        leaves: tuple[NodeId, str] | None = None,
    ) -> None:
        if needs_content and not self._is_prepared(local):
            self._unprepared[draft.node_id] = local
        self._steps[draft.node_id] = Step(
            draft.node_id,
            (operation,),
            leaves=leaves,
            arrives=self._board.view.remote_place(draft),
            depth=self._board.depth(draft.parent_id),
            is_folder=local.kind == Kind.FOLDER,
        )

    def _is_prepared(self, local: LocalNode) -> bool:
        read = self._board.context.prepared.get(local.node_id)
        return read is not None and local.content is not None and read.content == local.content

    def _outlive(self, draft: Draft, local: LocalNode) -> None:
        """An edit or move that outlives the node's deletion: the same node again, where the disk has it."""
        last = draft.dead or draft.synced
        assert last is not None
        is_changed = local.kind == Kind.FILE and (local.content is None or local.content != last.content)
        has_mode = local.kind == Kind.FILE and self._board.context.keeps_executable
        operation = CommitChange(
            local,
            last.revision_id,
            parent_id=draft.parent_id,
            name=draft.name,
            content=local.content if is_changed else None,
            executable=local.executable if has_mode and local.executable != last.executable else None,
            revive=isinstance(last, RemoteNode) and last.is_deleted,
        )
        self._arrive(draft, local, operation, needs_content=is_changed)

    def _goes(self, draft: Draft) -> bool:
        return draft.is_deletion(of_disk=True) and not draft.is_fixed

    def _delete(self, draft: Draft, remote: RemoteNode) -> None:
        folder = self._board.drafts.get(draft.parent_id)
        if folder is not None and self._goes(folder):
            return  # it goes with its folder
        assert draft.synced is not None
        self._steps[draft.node_id] = Step(
            draft.node_id,
            (CommitDelete(draft.synced, remote.revision_id, approved=draft.node_id in self._approved),),
            leaves=self._board.view.remote_place(draft),
            depth=self._board.depth(draft.parent_id),
            is_end=True,
            is_folder=remote.kind == Kind.FOLDER,
        )

    # --- what both sides have ------------------------------------------------------------------------------------

    def _change(self, draft: Draft, local: LocalNode, remote: RemoteNode) -> None:
        content = self._content_to_send(draft, local)
        executable = local.executable if draft.mode is Side.DISK else None
        if draft.place is Side.DISK:
            operation = CommitChange(
                local,
                remote.revision_id,
                parent_id=draft.parent_id,
                name=draft.name,
                content=content,
                executable=executable,
            )
            leaves = (remote.parent_id, self._tree.key(remote.name))
            self._arrive(draft, local, operation, needs_content=False, leaves=leaves)
        elif content is not None or executable is not None:
            self._in_place.append(CommitChange(local, remote.revision_id, content=content, executable=executable))

    def _content_to_send(self, draft: Draft, local: LocalNode) -> ContentHash | None:
        """The new content, if its chunks are there; if not, they are sent, and its place and mode need not wait."""
        if draft.content is Side.DISK and self._is_prepared(local):
            return local.content
        if draft.content in {Side.DISK, Side.UNREAD} and draft.node_id not in self._board.touched:
            self._board.offer(draft, local)
        return None

    # --- all together --------------------------------------------------------------------------------------------

    def operations(self) -> list[CommitOperation]:
        good, bad = self._feasible(self._steps)
        to_offer = self._unprepared.keys() & good.keys()
        if to_offer:
            for node_id in sorted(to_offer):
                self._board.offer(self._board.drafts[node_id], self._unprepared[node_id])
            good, more = self._feasible({n: step for n, step in good.items() if n not in to_offer})
            bad |= more
        self._board.explain(bad, good, self._tree)
        order: list[CommitOperation] = []
        groups = 0
        for members in ordered_in_groups(good, self._tree):
            group = None
            if len(members) > 1:
                groups += 1
                group = groups
            for step in members:
                order.extend(self._finished(operation, good, group) for operation in step.operations)
        return order + self._in_place

    def _feasible(self, steps: Steps[CommitOperation]) -> tuple[Steps[CommitOperation], Steps[CommitOperation]]:
        drafts = self._board.drafts
        return feasible(steps, self._tree, lambda node_id: node_id in drafts and self._goes(drafts[node_id]))

    def _finished(self, operation: CommitOperation, good: Steps[CommitOperation], group: int | None) -> CommitOperation:
        if isinstance(operation, CommitDelete) and operation.node.kind == Kind.FOLDER:
            needs = tuple(sorted(leavers(operation.node.node_id, good, self._tree)))
            operation = msgspec.structs.replace(operation, needs=needs)
        return operation if group is None else msgspec.structs.replace(operation, group=group)
