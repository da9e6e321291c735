"""Selective sync on a small stage: what is excluded leaves this disk, and nothing else happens anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sync_engine.core import guard
from sync_engine.core.exclusion import EXCLUDED_NAME
from sync_engine.core.model import NodeId
from sync_engine.core.operations import CommitDelete, CommitOperation, Plan, TrashLocal
from tests.fakes.planner_stage import Stage

COPY = "laptop's conflicted copy 2026-11-05"


@pytest.fixture
def stage() -> Stage:
    """A folder with two files, one of them deep, and a file beside it, all in step."""
    stage = Stage()
    with stage.agreed():
        stage.make_folder("Photos")
        stage.write("Photos/a.jpg", 1)
        stage.make_folder("Photos/2019")
        stage.write("Photos/2019/b.jpg", 2)
        stage.write("notes", 3)
    return stage


ALL = {"Photos": None, "Photos/a.jpg": 1, "Photos/2019": None, "Photos/2019/b.jpg": 2, "notes": 3}


def exclude(stage: Stage, path: str) -> NodeId:
    node_id = stage.node(path).node_id
    stage.exclude(node_id)
    return node_id


def commits(plans: Sequence[Plan]) -> list[CommitOperation]:
    return [operation for made in plans for operation in made.remote]


def issues(stage: Stage) -> set[str]:
    return set(stage.issues.values())


@pytest.mark.scenario("S151")
def test_an_excluded_folder_leaves_the_disk_and_stays_on_the_server(stage: Stage) -> None:
    exclude(stage, "Photos")
    plans = stage.settle()
    assert stage.here() == {"notes": 3}
    assert stage.there() == ALL
    assert not commits(plans)
    assert not stage.settle()


@pytest.mark.scenario("S151")
def test_it_comes_back_by_download(stage: Stage) -> None:
    node_id = exclude(stage, "Photos")
    stage.settle()
    stage.include(node_id)
    plans = stage.settle()
    assert sum(len(made.fetches) for made in plans) == 2
    assert not commits(plans)
    assert stage.here() == stage.there() == ALL


def test_what_is_excluded_and_wanted_again_before_anything_happened_does_not_move(stage: Stage) -> None:
    stage.include(exclude(stage, "Photos"))
    plans = stage.settle()
    assert not any(made.local or made.remote or made.fetches for made in plans)


@pytest.mark.scenario("S152")
def test_edits_and_new_files_go_up_before_the_folder_leaves(stage: Stage) -> None:
    stage.write("Photos/a.jpg", 10)
    stage.write("Photos/new.jpg", 11)
    stage.make_folder("Photos/2020")
    stage.write("Photos/2020/c.jpg", 12)
    exclude(stage, "Photos")
    plans = stage.settle()
    assert stage.here() == {"notes": 3}
    assert stage.there() == ALL | {
        "Photos/a.jpg": 10,
        "Photos/new.jpg": 11,
        "Photos/2020": None,
        "Photos/2020/c.jpg": 12,
    }
    assert not any(isinstance(operation, CommitDelete) for operation in commits(plans))


def test_an_excluded_file_with_an_edit_goes_up_and_leaves(stage: Stage) -> None:
    stage.write("notes", 30)
    exclude(stage, "notes")
    stage.settle()
    assert "notes" not in stage.here()
    assert stage.there()["notes"] == 30


def test_an_edit_on_both_sides_goes_up_as_a_conflicted_copy(stage: Stage) -> None:
    stage.write("Photos/a.jpg", 10)
    stage.write_there("Photos/a.jpg", 20)
    exclude(stage, "Photos")
    stage.settle()
    assert stage.here() == {"notes": 3}
    assert stage.there() == ALL | {"Photos/a.jpg": 20, f"Photos/a ({COPY}).jpg": 10}


def test_a_newer_version_on_the_server_is_not_fetched_to_be_thrown_away(stage: Stage) -> None:
    stage.write_there("Photos/a.jpg", 20)
    exclude(stage, "Photos")
    assert not any(made.fetches for made in stage.settle())
    assert stage.here() == {"notes": 3}


def test_a_file_moved_out_of_the_folder_before_it_was_excluded_stays(stage: Stage) -> None:
    stage.move("Photos/a.jpg", "kept.jpg")
    exclude(stage, "Photos")
    stage.settle()
    assert stage.here() == {"notes": 3, "kept.jpg": 1}
    assert "Photos/a.jpg" not in stage.there()


def test_what_is_ignored_stays_and_keeps_its_folder(stage: Stage) -> None:
    stage.ignore("Photos/2019/secret")
    exclude(stage, "Photos")
    stage.settle()
    assert stage.here() == {"notes": 3, "Photos": None, "Photos/2019": None, "Photos/2019/secret": 0}
    assert stage.there() == ALL
    assert not stage.settle()


def test_what_stays_of_a_folder_follows_it_when_it_is_renamed_elsewhere(stage: Stage) -> None:
    stage.ignore("Photos/secret")
    exclude(stage, "Photos")
    stage.settle()
    stage.move_there("Photos", "Pictures")
    plans = stage.settle()
    assert stage.here() == {"notes": 3, "Pictures": None, "Pictures/secret": 0}
    assert not commits(plans)


def test_throwing_away_what_stayed_deletes_nothing(stage: Stage) -> None:
    stage.ignore("Photos/secret")
    node_id = exclude(stage, "Photos")
    stage.settle()
    stage.remove("Photos")
    assert not commits(stage.settle())
    stage.include(node_id)
    stage.settle()
    assert stage.here() == stage.there() == ALL


@pytest.mark.parametrize("is_seen", [True, False])
def test_deleting_a_folder_that_is_being_excluded_deletes_nothing(stage: Stage, is_seen: bool) -> None:
    node_id = exclude(stage, "Photos")
    stage.remove("Photos")
    if is_seen:
        assert not commits(stage.settle())
    stage.include(node_id)
    assert not commits(stage.settle())
    assert stage.here() == stage.there() == ALL


def test_deleting_the_folder_above_spares_what_is_excluded(stage: Stage) -> None:
    exclude(stage, "Photos/2019")
    stage.settle()
    stage.remove("Photos")
    stage.settle()
    assert stage.there() == {"Photos": None, "Photos/2019": None, "Photos/2019/b.jpg": 2, "notes": 3}
    assert stage.here() == {"Photos": None, "notes": 3}


def test_changes_of_others_in_an_excluded_folder_do_not_come(stage: Stage) -> None:
    exclude(stage, "Photos")
    stage.settle()
    stage.write_there("Photos/a.jpg", 20)
    stage.write_there("Photos/new.jpg", 21)
    stage.move_there("Photos/2019", "Photos/2018")
    plans = stage.settle()
    assert not plans
    assert stage.here() == {"notes": 3}


def test_the_exclusion_follows_a_folder_that_is_renamed_or_moved(stage: Stage) -> None:
    exclude(stage, "Photos")
    stage.settle()
    stage.make_folder_there("Archive")
    stage.move_there("Photos", "Archive/Old photos")
    stage.settle()
    assert stage.here() == {"notes": 3, "Archive": None}


def test_what_others_move_into_it_leaves_and_what_they_move_out_of_it_comes(stage: Stage) -> None:
    exclude(stage, "Photos")
    stage.settle()
    stage.move_there("notes", "Photos/notes")
    stage.move_there("Photos/2019", "2019")
    plans = stage.settle()
    assert stage.here() == {"2019": None, "2019/b.jpg": 2}
    assert not commits(plans)


@pytest.mark.scenario("S156")
def test_an_excluded_folder_that_is_deleted_elsewhere_is_excluded_no_more(stage: Stage) -> None:
    exclude(stage, "Photos")
    stage.settle()
    stage.remove_there("Photos")
    stage.settle()
    assert not stage.excluded
    stage.make_folder_there("Photos")
    stage.settle()
    assert stage.here() == {"notes": 3, "Photos": None}


def test_what_is_left_of_a_folder_that_is_deleted_elsewhere_does_not_revive_it(stage: Stage) -> None:
    stage.ignore("Photos/secret")
    exclude(stage, "Photos")
    stage.settle()
    stage.remove_there("Photos")
    assert not commits(stage.settle())
    assert stage.there() == {"notes": 3}


@pytest.mark.parametrize("kind", ["folder", "file", "renamed"])
def test_another_object_of_an_excluded_name_stays_and_is_told(stage: Stage, kind: str) -> None:
    node_id = exclude(stage, "Photos")
    stage.settle()
    if kind == "folder":
        stage.make_folder("Photos")
        stage.write("Photos/mine", 40)
    elif kind == "file":
        stage.write("Photos", 40)
    else:
        stage.move("notes", "Photos")
    here = stage.here()
    assert not commits(stage.settle())
    assert (stage.here(), stage.there()) == (here, ALL)
    assert issues(stage) == {EXCLUDED_NAME}
    stage.move("Photos", "My photos")
    stage.settle()
    assert not stage.issues
    assert "My photos" in stage.there()
    stage.include(node_id)
    stage.settle()
    assert stage.here() == stage.there()


def test_a_folder_of_an_excluded_name_becomes_one_with_it_when_the_exclusion_ends(stage: Stage) -> None:
    node_id = exclude(stage, "Photos")
    stage.settle()
    stage.make_folder("Photos")
    stage.write("Photos/mine", 40)
    stage.settle()
    stage.include(node_id)
    stage.settle()
    assert stage.here() == stage.there() == ALL | {"Photos/mine": 40}


@pytest.mark.scenario("S83")
def test_excluding_thousands_of_files_asks_nothing() -> None:
    stage = Stage()
    stage.total_files = 2_000
    with stage.agreed():
        stage.make_folder_there("big")
        for number in range(1_500):
            stage.write_there(f"big/{number}", number)
    exclude(stage, "big")
    plans = stage.settle()
    assert not any(made.held for made in plans)
    assert stage.here() == {}
    assert (stage.guard.local, stage.guard.remote) == ({}, {})


def test_deletions_that_were_held_are_none_once_the_folder_is_excluded() -> None:
    stage = Stage()
    stage.total_files = 1_200
    with stage.agreed():
        stage.make_folder_there("big")
        for number in range(1_100):
            stage.write_there(f"big/{number}", number)
    stage.remove("big")
    stage.settle()
    assert guard.held_files(stage.guard, is_local=True) == 1_100
    exclude(stage, "big")
    assert not commits(stage.settle())
    assert not guard.held_roots(stage.guard, is_local=True)


def test_a_file_is_agreed_on_again_if_it_could_not_leave(stage: Stage) -> None:
    exclude(stage, "Photos")
    stage.observe()
    made = stage.plan(stage.dirty)
    trashed = [operation for operation in made.local if isinstance(operation, TrashLocal)]
    assert all(operation.forgets is not None for operation in trashed)
    stage.write("Photos/a.jpg", 10)  # between the plan and its carrying out
    stage.carry_out(made)
    plans = stage.settle()
    assert stage.here() == {"notes": 3}
    assert stage.there() == ALL | {"Photos/a.jpg": 10}, "one new version and no conflicted copy"
    assert not any(isinstance(operation, CommitDelete) for operation in commits(plans))
