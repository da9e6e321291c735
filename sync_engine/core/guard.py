"""The guard against mass deletion (law of safety 5): too many in ten minutes wait for a person's word.

Pure: the state goes in with the context and comes out with the plan. The daemon keeps it durably and lets the person
decide with ``approve`` or ``dismiss``.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Final

import msgspec
from msgspec import Struct, field

from sync_engine.core.model import NodeId

WINDOW_NS: Final = 600 * 10**9
MANY: Final = 1_000
"""More files than this are held, however many there are."""
SEVERAL: Final = 200
"""More files than this are held if they are more than half."""


class Word(IntEnum):
    """What was said about a deletion."""

    PASSED = 0
    """Nothing: it goes on, and counts for ten minutes."""
    HELD = 1
    APPROVED = 2
    """By the person: it goes on, and other devices do not ask again."""


class Deletion(Struct, frozen=True, array_like=True):
    """One deletion with all below it, by the topmost node that goes."""

    files: int
    at_ns: int
    word: Word = Word.PASSED


class GuardState(Struct, frozen=True):
    """What was deleted in the last ten minutes, and what waits. Each side by itself; encodes with msgspec."""

    local: dict[NodeId, Deletion] = field(default_factory=dict)
    """Deleted on this device's disk, to be deleted on the server."""
    remote: dict[NodeId, Deletion] = field(default_factory=dict)
    """Deleted on the server, to be deleted here."""


def approve(state: GuardState, *, is_local: bool) -> GuardState:
    """The person said: go through with all that is held on this side. Its nodes have to be planned again."""
    return _with_side(
        state,
        {
            node_id: msgspec.structs.replace(deletion, word=Word.APPROVED) if deletion.word == Word.HELD else deletion
            for node_id, deletion in _side(state, is_local=is_local).items()
        },
        is_local=is_local,
    )


def dismiss(state: GuardState, *, is_local: bool) -> GuardState:
    """The person said: no. What is held is no deletion any more.

    Whoever calls this undoes the deletions first. Local ones: all the nodes, with what is below them in the synced
    tree, leave the synced tree, and the next plan brings them back. Remote ones: the server restores them.
    """
    side = _side(state, is_local=is_local)
    return _with_side(state, {n: d for n, d in side.items() if d.word != Word.HELD}, is_local=is_local)


def held_roots(state: GuardState, *, is_local: bool) -> list[NodeId]:
    """The topmost nodes of what waits on this side, in the order of their ids."""
    return sorted(n for n, deletion in _side(state, is_local=is_local).items() if deletion.word == Word.HELD)


def held_files(state: GuardState, *, is_local: bool) -> int:
    return sum(d.files for d in _side(state, is_local=is_local).values() if d.word == Word.HELD)


def weigh(
    side: dict[NodeId, Deletion],
    wanted: Mapping[NodeId, int],
    *,
    held_anyway: AbstractSet[NodeId],
    part_of_wanted: AbstractSet[NodeId],
    over: AbstractSet[NodeId],
    now_ns: int,
    total_files: int,
) -> dict[NodeId, Deletion]:
    """Decide about one side's deletions.

    Args:
        side: the state so far.
        wanted: topmost nodes that are to be deleted now, with the files that go with each; approved ones left out.
        held_anyway: those of them that hold something that was held before.
        part_of_wanted: nodes that go with one of them, and so count no more by themselves.
        over: nodes that were looked at and are no deletions (any more).
        now_ns: wall time; only used against itself.
        total_files: how many files were agreed on in all.

    Returns:
        The state from now on: what is ``HELD`` in it must not be deleted.
    """
    kept = {
        node_id: deletion
        for node_id, deletion in side.items()
        if (
            abs(now_ns - deletion.at_ns) < WINDOW_NS and node_id not in part_of_wanted
            if deletion.word == Word.PASSED
            else node_id not in over and (node_id not in part_of_wanted or deletion.word == Word.APPROVED)
        )
    }
    for node_id, files in wanted.items():
        known = kept.get(node_id)
        if known is None:
            kept[node_id] = Deletion(files, now_ns)
        elif known.files < files:
            kept[node_id] = msgspec.structs.replace(known, files=files)
    counted = sum(
        d.files
        for node_id, d in kept.items()
        if node_id in wanted or (d.word != Word.APPROVED and abs(now_ns - d.at_ns) < WINDOW_NS)
    )
    too_many = counted > MANY or (counted > SEVERAL and counted * 2 > total_files)
    for node_id in wanted:
        if too_many or node_id in held_anyway:
            kept[node_id] = msgspec.structs.replace(kept[node_id], word=Word.HELD)
    return kept


def _side(state: GuardState, *, is_local: bool) -> dict[NodeId, Deletion]:
    return state.local if is_local else state.remote


def _with_side(state: GuardState, side: dict[NodeId, Deletion], *, is_local: bool) -> GuardState:
    return msgspec.structs.replace(state, **{"local" if is_local else "remote": side})
