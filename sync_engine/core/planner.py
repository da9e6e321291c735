"""The planner: what has to be done, as a pure function of the three trees and of what is known beside them.

Single nodes are merged first (``merge``), the tree's rules and the guard come next (``constraints``, ``deletions``).
Then the differences between each side and the merged tree are operations (``disk_steps``, ``server_steps``), of which
those are taken that can be done now, in their order (``ordering``). What has to wait is planned again when something
has changed.
"""

from __future__ import annotations

from sync_engine.core.agreement import agreed, as_synced
from sync_engine.core.board import Board
from sync_engine.core.constraints import (
    NAME_TWIN,
    UNKNOWN_PARENT,
    Drafts,
    break_cycles,
    inherit_moves,
    keep_parents,
    settle_names,
)
from sync_engine.core.deletions import all_held, weigh_deletions
from sync_engine.core.disk_steps import disk_operations
from sync_engine.core.exclusion import EXCLUDED_NAME
from sync_engine.core.merge import Draft, Fate, Side
from sync_engine.core.model import NodeId
from sync_engine.core.newcomers import find_newcomers
from sync_engine.core.operations import Agree, Disagree, Fetch, Forget, Issue, JournalOperation, Offer, Plan, Rebind
from sync_engine.core.server_steps import server_operations
from sync_engine.core.trees import Closure, Context
from sync_engine.core.view import View


def plan(closure: Closure, context: Context) -> Plan:
    """Decide the next steps that bring a part of the trees to agreement.

    Returns:
        Operations that can be carried out now. Each says what it expects to replace; if the world has moved on, it is
        dropped, and the next round plans again. An empty plan means: in step, but for what is an issue, held, in flight
        or postponed.

    Deterministic: equal closures and contexts, with equal ids drawn, make equal plans.
    """
    view = View(closure, context)
    journal: list[JournalOperation] = [*view.rebinds]
    newcomers = find_newcomers(view, context)
    drafts = _draft(closure, context, view, journal, newcomers.nodes)
    break_cycles(drafts)
    inherit_moves(drafts)
    journal += _outlived_here(drafts)
    keep_parents(drafts)
    weighed = weigh_deletions(drafts, view.members(closure), context)
    for node_id in weighed.held:
        drafts[node_id].is_fixed = True
    board = Board(closure, context, view, drafts)
    _report_broken(board, closure)
    issues = settle_names(drafts)
    if issues:
        board.issues.update((issue.node_id, issue) for issue in issues)
        board.postponed.update(issue.node_id for issue in issues if issue.code in {NAME_TWIN, EXCLUDED_NAME})
        keep_parents(drafts)
    journal += _agreements(board)
    journal += _survivors(board)
    local = disk_operations(board)
    remote = server_operations(board, weighed.approved)
    return Plan(
        journal,
        [*local, *newcomers.places],
        [*remote, *newcomers.creates],
        sorted([*board.offers.values(), *newcomers.offers], key=_by_id),
        sorted([*board.fetches.values(), *newcomers.fetches], key=_by_id),
        [board.issues[node_id] for node_id in sorted(board.issues)],
        all_held(weighed.state),
        sorted(board.postponed),
        _by_blocker(board),
        weighed.state,
    )


def _by_blocker(board: Board) -> dict[NodeId, list[NodeId]]:
    found: dict[NodeId, list[NodeId]] = {}
    for node_id in sorted(board.blocked):
        found.setdefault(board.blocked[node_id], []).append(node_id)
    return found


def _by_id(transfer: Offer | Fetch) -> NodeId:
    return transfer.node.node_id


def _draft(
    closure: Closure, context: Context, view: View, journal: list[JournalOperation], settled: set[NodeId]
) -> Drafts:
    """Merge each node by itself, but for those that are settled. What is gone on both sides is forgotten at once."""
    drafts: Drafts = {}
    local, remote, dead, synced = view.local.get, view.remote.get, view.dead.get, view.synced.get
    for node_id in view.members(closure):
        if node_id in view.broken or node_id in settled:
            continue
        here, there = local(node_id), remote(node_id)
        if here is None and there is None:
            if node_id not in context.in_flight and (node_id in view.synced or node_id in view.dead):
                journal.append(Forget(node_id))
            continue
        draft = Draft(node_id, here, there, dead(node_id), synced(node_id))
        if node_id in view.excluded:
            draft.exclude()
        if draft.mode is not Side.SAME and not context.keeps_executable:
            draft.mode = Side.SAME
        if node_id in context.in_flight:
            draft.is_fixed = True
            draft.fate = Fate.STAYS if draft.fate is Fate.STAYS else Fate.OPEN
            if there is not None and draft.place is Side.DISK:  # it is about to leave: no reason to keep its folder
                draft.take_servers_place()
                draft.fate = Fate.OPEN
        drafts[node_id] = draft
    return drafts


def _outlived_here(drafts: Drafts) -> list[Disagree]:
    """What was deleted on this disk and outlives it comes back as if it were new, whatever happens meanwhile."""
    return [
        Disagree(draft.node_id)
        for draft in drafts.values()
        if draft.synced is not None and draft.local is None and draft.fate is Fate.STAYS and not draft.is_fixed
    ]


def _report_broken(board: Board, closure: Closure) -> None:
    for node_id in sorted(board.view.broken):
        node = closure.local.get(node_id) or closure.remote.get(node_id)
        if node is not None:
            board.issues[node_id] = Issue(node_id, node.parent_id, node.name, UNKNOWN_PARENT)


def _agreements(board: Board) -> list[Agree]:
    """Aspects in which both sides turned out the same. Of what is about to leave the disk nothing more is agreed."""
    found: list[Agree] = []
    for draft in board.drafts.values():
        local, remote, synced = draft.local, draft.remote, draft.synced
        if local is None or remote is None or draft.is_fixed:
            continue
        if draft.leaves_disk and draft.node_id not in board.leftovers:
            continue
        if draft.place is Side.SAME and draft.content is Side.SAME and draft.mode is Side.SAME:
            if synced is None or synced.revision_id != remote.revision_id:
                found.append(Agree(as_synced(remote)))
        elif synced is not None:
            becomes = agreed(local, remote, synced)
            if becomes is not None and becomes != synced:
                found.append(Agree(becomes))
    return found


def _survivors(board: Board) -> list[Rebind]:
    """Folders that outlive their deletion on the server go on as new ones, once what goes from them is gone: for their
    children will all look as if they had been moved. And those that could not be removed make way for others.

    If the server has another folder in its place, what has to leave may have to go there, so that they wait for each
    other. Then it goes on as that folder at once, and its children are taken for having been there all along.
    """
    found: list[Rebind] = []
    for draft in board.drafts.values():
        local = draft.local
        if not draft.is_folder or draft.is_fixed or local is None or not draft.needs_rebinding:
            continue
        children = board.view.local_tree.children(draft.node_id)
        if draft.fate is not Fate.STAYS:
            is_leftover = draft.node_id in board.leftovers and not children
            if is_leftover and (heir := _heir(board, draft)) is not None:
                found.append(Rebind(local, heir))
                board.postponed.add(heir)
            continue
        if all(_may_follow(board, child) for child in children):
            found.append(Rebind(local, board.context.new_id()))
            board.postponed.update(children)
        elif (heir := _heir(board, draft)) is not None:
            found.append(Rebind(local, heir, was_it_before=True))
            board.postponed.add(heir)
            for child in children & board.drafts.keys():
                board.drafts[child].is_fixed = True  # in this plan: the next one finds it in the other folder
        else:
            board.postponed.add(draft.node_id)
    return found


def _heir(board: Board, draft: Draft) -> NodeId | None:
    """A folder of the server that comes in the place of one that stays on the disk: the same folder, then."""
    for other_id in board.view.remote_tree.at(board.view.remote_place(draft)):
        other = board.drafts.get(other_id)
        if other is not None and other.is_folder and other.local is None and not other.is_fixed:
            return other_id
    return None


def _may_follow(board: Board, node_id: NodeId) -> bool:
    draft: Draft | None = board.drafts.get(node_id)
    return draft is not None and (draft.fate is Fate.STAYS or node_id in board.leftovers)
