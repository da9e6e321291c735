"""The rules that bind nodes together: living parents, no cycles, one node a name.

Drafts are made of single nodes (``merge``), and the rules here change them.
"""

from __future__ import annotations

from typing import Final

from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import comparable, refuse_reason
from sync_engine.core.exclusion import EXCLUDED_NAME
from sync_engine.core.merge import Draft, Fate, Side
from sync_engine.core.model import ROOT, Kind, NodeId
from sync_engine.core.operations import Issue

UNKNOWN_PARENT: Final = "unknown-parent"
NAME_TWIN: Final = "name-twin"
CASE_TWIN: Final = "case-twin"
REFUSED_NAME: Final = "refused-name"
OCCUPIED: Final = "name-occupied"
"""By a folder that was deleted elsewhere and still holds, here alone, what is not synced."""

Drafts = dict[NodeId, Draft]


# --- existence --------------------------------------------------------------------------------------------------


def inherit_moves(drafts: Drafts) -> None:
    """A folder that was moved on one side outlives its deletion on the other with all that was in it.

    Call it before ``keep_parents``, while a deleted folder stays only by its own move.
    """
    memo: dict[NodeId, bool] = {}
    heirs: list[Draft] = []
    for draft in drafts.values():
        if draft.fate is Fate.STAYS or draft.synced is None or (draft.local is None) == (draft.remote is None):
            continue
        path: list[Draft] = []
        current = draft
        while (is_heir := memo.get(current.node_id)) is None:
            path.append(current)
            if current.fate is Fate.STAYS:
                is_heir = True
                break
            folder = drafts.get(current.parent_id)
            if folder is None or not _went_together(current, folder):
                is_heir = False
                break
            current = folder
        memo.update((step.node_id, is_heir) for step in path)
        if is_heir:
            heirs.append(draft)
    for draft in heirs:
        draft.fate = Fate.STAYS


def _went_together(draft: Draft, folder: Draft) -> bool:
    """Whether a node was deleted with its folder and not by itself."""
    return (
        draft.synced is not None
        and folder.synced is not None
        and (draft.local is None) == (folder.local is None)
        and (draft.remote is None) == (folder.remote is None)
        and not (draft.dead is not None and draft.dead.is_deleted)
    )


def keep_parents(drafts: Drafts) -> None:
    """A folder stays if something in it stays, and is not decided about while something in it is not."""
    for draft in drafts.values():
        if draft.fate is Fate.GOES:
            continue
        if draft.is_fixed:
            for side in (draft.local, draft.remote):
                if side is not None:
                    _raise_fate(drafts, side.parent_id, Fate.OPEN)
        folder = drafts.get(draft.parent_id)
        if folder is not None and folder.fate < draft.fate:
            _raise_fate(drafts, draft.parent_id, draft.fate)


def _raise_fate(drafts: Drafts, folder_id: NodeId, fate: Fate) -> None:
    folder = drafts.get(folder_id)
    while folder is not None and folder.fate < fate:
        folder.fate = fate
        folder = drafts.get(folder.parent_id)


# --- cycles -----------------------------------------------------------------------------------------------------


def break_cycles(drafts: Drafts) -> None:
    """The disk's moves and the server's may close a circle: then the server's count.

    The server's tree has no circle, nor has the disk's; so every circle holds a folder that only the disk put where it
    is and that the server has elsewhere.
    """
    if not any(d.place is Side.DISK and d.remote is not None and d.is_folder for d in drafts.values()):
        return
    while circle := _circle(drafts):
        moved = [draft for draft in circle if draft.place is Side.DISK and draft.remote is not None]
        if not moved:
            raise AssertionError("neither side's tree may hold a circle")
        for draft in moved:
            draft.take_servers_place()


def _circle(drafts: Drafts) -> list[Draft]:
    """The folders of one circle; empty if there is none."""
    done: set[NodeId] = {ROOT}
    for draft in drafts.values():
        path: list[Draft] = []
        on_path: set[NodeId] = set()
        current: Draft | None = draft
        while current is not None and current.node_id not in done:
            if current.node_id in on_path:
                return path[[step.node_id for step in path].index(current.node_id) :]
            path.append(current)
            on_path.add(current.node_id)
            current = drafts.get(current.parent_id)
        done |= on_path
    return []


# --- names ------------------------------------------------------------------------------------------------------


def settle_names(drafts: Drafts) -> list[Issue]:
    """One node a name in each folder, as the server sees names. The server's node stays at it.

    A node of the disk that meets it there leaves its name (``aside_for``), or has to be read first, since it may be the
    very same file (``waits``). Two of the disk with names that are equal to the server cannot both be sent.
    """
    holders: dict[tuple[NodeId, str], Draft] = {}
    meetings: list[tuple[Draft, Draft]] = []
    issues: list[Issue] = []
    for draft in drafts.values():
        if draft.fate is not Fate.STAYS or draft.is_fixed or (draft.is_folder and draft.needs_rebinding):
            continue
        if draft.place is Side.DISK and (reason := refused(draft.name, draft.parent_id)):
            draft.is_fixed = True
            issues.append(Issue(draft.node_id, draft.parent_id, draft.name, reason))
            continue
        place = (draft.parent_id, comparable(draft.name))
        holder = holders.setdefault(place, draft)
        if holder is not draft:
            if _rank(draft) < _rank(holder):
                holders[place] = draft
                draft, holder = holder, draft  # noqa: PLW2901
            meetings.append((holder, draft))
    for _, draft in meetings:
        holder = holders[draft.parent_id, comparable(draft.name)]
        if draft.place is not Side.DISK or holder.place is not Side.SERVER:
            draft.is_fixed = True
            issues.append(Issue(draft.node_id, draft.parent_id, draft.name, NAME_TWIN))
        elif holder.is_excluded:
            draft.is_fixed = True
            issues.append(Issue(draft.node_id, draft.parent_id, draft.name, EXCLUDED_NAME))
        elif _may_be_the_same(draft, holder):
            draft.waits = True
        else:
            draft.aside_for = holder.node_id
    return issues


def refused(name: str, parent_id: NodeId) -> str | None:
    """The code of why the server does not take a name from this disk."""
    if parent_id != ROOT and len(name) <= MAX_NAME_BYTES and name.isascii():
        return None  # what comes from a disk holds no slash
    return REFUSED_NAME if refuse_reason(name, at_root=parent_id == ROOT) else None


def _rank(draft: Draft) -> tuple[int, NodeId]:
    """Who keeps a name: the server's, then what the server has elsewhere, then what is new."""
    if draft.place is not Side.DISK:
        return 0, draft.node_id
    return (2 if draft.is_new_here else 1), draft.node_id


def _may_be_the_same(draft: Draft, holder: Draft) -> bool:
    local, remote = draft.local, holder.remote
    return (
        draft.is_new_here
        and holder.local is None
        and local is not None
        and remote is not None
        and local.kind == remote.kind == Kind.FILE
        and local.content is None
    )
