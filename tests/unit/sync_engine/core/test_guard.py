"""The guard against mass deletion, by itself and in plans."""

from __future__ import annotations

import msgspec
import pytest

from sync_engine.core import guard
from sync_engine.core.guard import Deletion, GuardState, Word, weigh
from sync_engine.core.model import NodeId
from sync_engine.core.operations import CommitDelete, Plan, TrashLocal
from tests.fakes.planner_stage import Stage

MINUTE = 60 * 10**9


def ids(*numbers: int) -> list[NodeId]:
    return [NodeId(number.to_bytes(16, "big")) for number in numbers]


def judged(side: dict[NodeId, Deletion], wanted: dict[NodeId, int], now: int = 0, total: int = 10**6) -> set[NodeId]:
    """Weigh, keep the new state in ``side``, and tell who of the wanted is held."""
    after = weigh(
        side,
        wanted,
        held_anyway=frozenset(),
        part_of_wanted=frozenset(),
        over=frozenset(),
        now_ns=now,
        total_files=total,
    )
    side.clear()
    side.update(after)
    return {node_id for node_id in wanted if side[node_id].word == Word.HELD}


@pytest.mark.parametrize(
    ("files", "total", "is_held"),
    [
        (1_000, 10**6, False),
        (1_001, 10**6, True),
        (200, 200, False),
        (201, 401, True),
        (201, 402, False),
        (1, 1, False),
    ],
)
def test_more_than_a_thousand_or_more_than_two_hundred_and_half_are_held(files: int, total: int, is_held: bool) -> None:
    (one,) = ids(1)
    assert judged({}, {one: files}, total=total) == ({one} if is_held else set())


def test_what_went_in_the_last_ten_minutes_counts_and_no_longer() -> None:
    one, two, three = ids(1, 2, 3)
    side: dict[NodeId, Deletion] = {}
    assert not judged(side, {one: 600})
    assert judged(side, {two: 600}, now=9 * MINUTE) == {two}
    side.clear()
    assert not judged(side, {one: 600})
    assert not judged(side, {three: 600}, now=11 * MINUTE)


def test_trying_again_counts_once() -> None:
    (one,) = ids(1)
    side: dict[NodeId, Deletion] = {}
    for attempt in range(5):
        assert not judged(side, {one: 600}, now=attempt)


def test_what_is_held_stays_so_until_the_person_speaks() -> None:
    one, two = ids(1, 2)
    side: dict[NodeId, Deletion] = {}
    judged(side, {one: 600, two: 600})
    after = weigh(
        side, {one: 600}, held_anyway={one}, part_of_wanted=frozenset(), over=frozenset(), now_ns=60 * MINUTE,
        total_files=10**6,
    )  # fmt: skip
    assert after[one].word == Word.HELD
    state = GuardState(local=after)
    assert guard.held_roots(state, is_local=True) == [one, two]
    assert guard.held_files(state, is_local=True) == 1200
    assert guard.held_roots(state, is_local=False) == []
    approved = guard.approve(state, is_local=True)
    assert {deletion.word for deletion in approved.local.values()} == {Word.APPROVED}
    assert guard.dismiss(state, is_local=True).local == {}


def test_the_state_survives_a_restart() -> None:
    (one,) = ids(1)
    state = GuardState(remote={one: Deletion(1_001, 5, Word.HELD)})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=GuardState) == state


# --- in plans ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def stage() -> Stage:
    """300 files in a folder and one outside, all agreed."""
    stage = Stage()
    stage.total_files = 301
    stage.make_folder_there("d")
    stage.make_folder_there("d/sub")
    for number in range(150):
        stage.write_there(f"d/{number}", number + 10)
        stage.write_there(f"d/sub/{number}", number + 1_000)
    stage.write_there("outside", 1)
    stage.settle()
    return stage


def deletions(plans: list[Plan]) -> list[CommitDelete | TrashLocal]:
    return [
        operation
        for made in plans
        for operation in (*made.local, *made.remote)
        if isinstance(operation, CommitDelete | TrashLocal)
    ]


@pytest.mark.scenario("S82")
def test_a_folder_deleted_here_is_held_and_everything_else_goes_on(stage: Stage) -> None:
    stage.remove("d")
    stage.write("outside", 2)
    stage.write("new", 3)
    plans = stage.settle()
    assert not deletions(plans)
    assert (stage.there()["outside"], stage.there()["new"]) == (2, 3)
    (held,) = stage.plans[-1].held
    assert (held.files, held.is_local) == (300, True)
    assert held.node_ids == [stage.node("d").node_id]


@pytest.mark.scenario("S76")
def test_an_approved_deletion_goes_through_in_one_operation_that_says_so(stage: Stage) -> None:
    stage.remove("d")
    stage.settle()
    stage.guard = guard.approve(stage.guard, is_local=True)
    stage.dirty.add(stage.node("d").node_id)
    (only,) = deletions(stage.settle())
    assert isinstance(only, CommitDelete)
    assert only.approved
    assert stage.there() == {"outside": 1}
    assert not stage.guard.local, "the word was for this once"


@pytest.mark.scenario("S76")
def test_a_dismissed_deletion_brings_everything_back(stage: Stage) -> None:
    before = stage.there()
    stage.remove("d")
    stage.settle()
    below = stage._below_synced(stage.node("d").node_id) | {stage.node("d").node_id}
    stage.trees.drop_synced(below)
    stage.dirty |= below
    stage.guard = guard.dismiss(stage.guard, is_local=True)
    stage.settle()
    assert stage.here() == stage.there() == before


def test_a_folder_deleted_there_is_held_here(stage: Stage) -> None:
    stage.remove_there("d")
    assert not deletions(stage.settle())
    assert [(held.files, held.is_local) for held in stage.plans[-1].held] == [(300, False)]
    assert len(stage.here()) == 303
    stage.guard = guard.approve(stage.guard, is_local=False)
    stage.dirty |= stage.trees.local_nodes.keys()
    stage.settle()
    assert stage.here() == {"outside": 1}


def test_a_dismissed_deletion_of_another_device_is_undone_there(stage: Stage) -> None:
    """The synced tree forgets it, so that what is here goes up again."""
    before = stage.here()
    stage.remove_there("d")
    stage.settle()
    below = set(stage.trees.synced_nodes) - {stage.node("outside").node_id}
    stage.trees.drop_synced(below)
    stage.dirty |= below
    stage.guard = guard.dismiss(stage.guard, is_local=False)
    stage.settle()
    assert stage.here() == stage.there() == before


def test_what_was_approved_where_it_was_made_is_not_held_again(stage: Stage) -> None:
    node_id = stage.node("d").node_id
    stage.remove_there("d")
    stage.observe()
    stage.read_feed()
    stage.trees.put_remote([msgspec.structs.replace(stage.trees.remote_nodes[node_id], is_approved=True)])
    stage.sync()
    assert stage.here() == {"outside": 1}


def test_files_that_vanish_bit_by_bit_are_held_once_they_are_too_many(stage: Stage) -> None:
    for number in range(150):
        stage.remove(f"d/{number}")
    stage.settle()
    assert len(stage.there()) == 153
    for number in range(100):
        stage.remove(f"d/sub/{number}")
        if number % 30 == 29:
            stage.settle()
    stage.settle()
    gone = 150 - sum(path.startswith("d/sub/") for path in stage.there())
    assert gone == 30, "of three batches the first: the second would have made 210 of them"
    held = stage.plans[-1].held[0]
    assert held.files + 303 - len(stage.there()) == 250
    stage.remove("d")
    stage.settle()
    (held,) = stage.plans[-1].held
    assert held.node_ids == [stage.node("d").node_id], "the folder stands for what is below it"
    assert held.files == sum(value is not None for path, value in stage.there().items() if path.startswith("d/"))


def test_what_comes_back_is_held_no_more(stage: Stage) -> None:
    stage.move("d", "gone")
    parked = stage.inode("gone")
    objects = {parked, *stage.disk.below(parked)}
    away = {inode: stage.disk.objects.pop(inode) for inode in objects}
    stage.settle()
    assert stage.plans[-1].held
    stage.disk.objects.update(away)
    stage.move("gone", "d")
    stage.settle()
    stage.dirty |= set(stage.trees.synced_nodes)
    stage.settle()
    assert not stage.plans[-1].held
    assert stage.here() == stage.there()


def test_a_survivor_in_a_held_folder_leaves_the_rest_held(stage: Stage) -> None:
    stage.remove("d")
    stage.settle()
    stage.write_there("d/new", 7)
    plans = stage.settle()
    assert not deletions(plans)
    assert stage.here()["d/new"] == 7
    assert stage.plans[-1].held


@pytest.mark.scenario("S83")
def test_renames_and_moves_are_no_deletions(stage: Stage) -> None:
    stage.move("d", "e")
    stage.make_folder("f")
    stage.move("e/sub", "f/sub")
    stage.settle()
    assert not stage.plans[-1].held
    assert stage.here() == stage.there()
