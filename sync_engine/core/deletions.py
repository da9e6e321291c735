"""Which deletions a plan would make, and what the guard says to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec
from msgspec import Struct

from sync_engine.core import guard
from sync_engine.core.guard import Deletion, GuardState, Word
from sync_engine.core.merge import Draft, Fate
from sync_engine.core.model import NodeId
from sync_engine.core.operations import Held
from sync_engine.core.trees import Context

Drafts = dict[NodeId, Draft]


class Weighed(Struct, frozen=True):
    """Attributes: the guard's new state; nodes that a person's word keeps; and those that it sends on their way."""

    state: GuardState
    held: set[NodeId]
    approved: set[NodeId]


def weigh_deletions(drafts: Drafts, members: Collection[NodeId], context: Context) -> Weighed:
    """Have both sides' deletions weighed, each by itself."""
    state = context.guard
    held: set[NodeId] = set()
    approved: set[NodeId] = set()
    if not (state.local or state.remote or any(draft.fate is Fate.GOES for draft in drafts.values())):
        return Weighed(state, held, approved)
    for of_disk in (True, False):
        side = state.local if of_disk else state.remote
        roots = dict(_roots(drafts, of_disk=of_disk))
        if not roots and not side:
            continue
        weighing = _Weighing(drafts, side, roots, of_disk=of_disk)
        new_side = weighing.weigh(members, context)
        if new_side != side:
            state = msgspec.structs.replace(state, **{"local" if of_disk else "remote": new_side})
        held.update(node_id for node_id, root in roots.items() if _is_held(new_side, root))
        approved |= weighing.approved
    return Weighed(state, held - approved, approved)


def all_held(state: GuardState) -> list[Held]:
    """What waits, one entry a side."""
    return [
        Held(roots, guard.held_files(state, is_local=is_local), is_local)
        for is_local in (True, False)
        if (roots := guard.held_roots(state, is_local=is_local))
    ]


def _is_held(side: dict[NodeId, Deletion], root: NodeId) -> bool:
    deletion = side.get(root)
    return deletion is not None and deletion.word == Word.HELD


def _roots(drafts: Drafts, *, of_disk: bool) -> Iterator[tuple[NodeId, NodeId]]:
    """Each node that is to be deleted, with the topmost one of those it goes with."""
    known: dict[NodeId, NodeId] = {}
    for draft in drafts.values():
        if draft.fate is not Fate.GOES or draft.is_excluded or not draft.is_deletion(of_disk=of_disk):
            continue
        path = [draft]
        while (root := known.get(path[-1].node_id)) is None:
            folder = drafts.get(path[-1].parent_id)
            if folder is None or not folder.is_deletion(of_disk=of_disk):
                root = path[-1].node_id
                break
            path.append(folder)
        known.update((step.node_id, root) for step in path)
        yield draft.node_id, root


class _Weighing:
    """One side's deletions. Attributes: ``approved``, once they are weighed."""

    def __init__(
        self, drafts: Drafts, side: dict[NodeId, Deletion], roots: dict[NodeId, NodeId], *, of_disk: bool
    ) -> None:
        self._drafts = drafts
        self._side = side
        self._roots = roots
        self._of_disk = of_disk
        self._words: dict[NodeId, Word] = {}
        self.approved: set[NodeId] = set()

    def weigh(self, members: Collection[NodeId], context: Context) -> dict[NodeId, Deletion]:
        wanted: dict[NodeId, int] = {}
        held_anyway: set[NodeId] = set()
        for node_id, root in self._roots.items():
            word = self._word(self._drafts[node_id])
            if word is Word.APPROVED:
                self.approved.add(node_id)
                continue
            wanted[root] = wanted.get(root, 0) + (not self._drafts[node_id].is_folder)
            if word is Word.HELD:
                held_anyway.add(root)
        tops = set(self._roots.values())
        return guard.weigh(
            self._side,
            wanted,
            held_anyway=held_anyway,
            part_of_wanted=(self._side.keys() & self._roots.keys()) - tops,
            over=(self._side.keys() & set(members)) - self._roots.keys() - tops if self._side else set(),
            now_ns=context.now_ns,
            total_files=context.total_files,
        )

    def _word(self, draft: Draft) -> Word:
        """What was said about it or about a folder that it goes with."""
        path: list[NodeId] = []
        current: Draft | None = draft
        word = Word.PASSED
        while current is not None:
            if (known := self._words.get(current.node_id)) is not None:
                word = known
                break
            path.append(current.node_id)
            if (said := self._said(current)) is not None:
                word = said
                break
            current = self._drafts.get(current.parent_id)
        self._words.update((node_id, word) for node_id in path)
        return word

    def _said(self, draft: Draft) -> Word | None:
        if not self._of_disk and draft.dead is not None and draft.dead.is_deleted and draft.dead.is_approved:
            return Word.APPROVED
        deletion = self._side.get(draft.node_id)
        return deletion.word if deletion is not None and deletion.word != Word.PASSED else None
