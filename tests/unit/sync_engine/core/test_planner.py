"""The planner's rules, each on a small stage: a disk, a server, and what the plans make of both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature
from sync_engine.core.operations import (
    CommitChange,
    CommitCreate,
    CommitDelete,
    CommitOperation,
    KeepAside,
    LocalOperation,
    MoveLocal,
    ParkLocal,
    PlaceFile,
    Plan,
    TrashLocal,
)
from sync_engine.core.planner import plan
from sync_engine.core.trees import Closure
from tests.fakes.planner_stage import Stage
from tests.fakes.planner_world import Traits, content_of

COPY = "laptop's conflicted copy 2026-11-05"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def local_operations(plans: Sequence[Plan]) -> list[LocalOperation]:
    return [operation for made in plans for operation in made.local]


def remote_operations(plans: Sequence[Plan]) -> list[CommitOperation]:
    return [operation for made in plans for operation in made.remote]


def uploads(plans: Sequence[Plan]) -> int:
    """Contents that were committed."""
    found = remote_operations(plans)
    return sum(
        (isinstance(o, CommitCreate) and o.node.kind == Kind.FILE) or (isinstance(o, CommitChange) and bool(o.content))
        for o in found
    )


def in_step(stage: Stage) -> bool:
    return stage.here() == stage.there() and not stage.settle()


# --- one side ---------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S1")
def test_a_new_file_goes_up_once(stage: Stage) -> None:
    stage.write("a.txt", 1)
    assert uploads(stage.settle()) == 1
    assert stage.there() == {"a.txt": 1}


@pytest.mark.scenario("S2")
def test_a_file_of_another_device_is_fetched_and_placed(stage: Stage) -> None:
    stage.write_there("a.txt", 1)
    plans = stage.settle()
    assert sum(len(made.fetches) for made in plans) == 1
    assert not remote_operations(plans)
    assert stage.here() == {"a.txt": 1}


@pytest.mark.scenario("S3")
def test_an_edit_is_one_new_version_of_the_same_node(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    before = stage.node("a.txt").node_id
    stage.write("a.txt", 2)
    assert uploads(stage.settle()) == 1
    assert (stage.there(), stage.node("a.txt").node_id) == ({"a.txt": 2}, before)


@pytest.mark.scenario("S7")
def test_touching_a_file_sends_nothing(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.touch("a.txt")
    assert not remote_operations(stage.settle())


@pytest.mark.scenario("S10")
def test_a_nested_tree_goes_up_parents_first(stage: Stage) -> None:
    stage.make_folder("a")
    stage.make_folder("a/b")
    stage.make_folder("a/b/c")
    stage.write("a/b/c/deep.txt", 1)
    first = stage.settle()[0]
    assert [operation.node.name for operation in first.remote] == ["a", "b", "c"]
    assert in_step(stage)


@pytest.mark.scenario("S11")
def test_a_nested_tree_comes_down_whatever_the_order_of_ids(stage: Stage) -> None:
    stage.make_folder_there("z")
    stage.write_there("z/file", 1)
    stage.make_folder_there("top")
    stage.move_there("z", "top/z")
    stage.settle()
    assert stage.here() == {"top": None, "top/z": None, "top/z/file": 1}


@pytest.mark.scenario("S12")
def test_empty_folders_come_and_go_on_both_sides(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("mine")
        stage.make_folder_there("theirs")
    stage.remove("theirs")
    stage.remove_there("mine")
    stage.settle()
    assert (stage.here(), stage.there()) == ({}, {})


@pytest.mark.scenario("S13")
def test_a_file_deleted_here_is_deleted_there(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.remove("a.txt")
    assert [type(operation) for operation in remote_operations(stage.settle())] == [CommitDelete]
    assert stage.there() == {}


@pytest.mark.scenario("S14")
def test_a_file_deleted_there_goes_to_the_trash_here(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.remove_there("a.txt")
    assert [type(operation) for operation in local_operations(stage.settle())] == [TrashLocal]
    assert stage.here() == {}


@pytest.mark.scenario("S15")
def test_deleting_a_folder_of_many_files_is_one_operation(stage: Stage) -> None:
    stage.make_folder_there("big")
    for number in range(400):
        stage.write_there(f"big/{number}", number)
    stage.settle()
    stage.remove("big")
    (only,) = remote_operations(stage.settle())
    assert isinstance(only, CommitDelete)
    assert only.node.name == "big"


@pytest.mark.scenario("S111")
def test_the_executable_bit_goes_both_ways(stage: Stage) -> None:
    with stage.agreed():
        stage.write("mine", 1)
        stage.write("theirs", 2)
    stage.chmod("mine", executable=True)
    stage.chmod_there("theirs", executable=True)
    assert uploads(stage.settle()) == 0
    assert stage.node("mine").executable
    assert stage.disk.objects[stage.inode("theirs")].executable


def test_a_chmod_here_survives_an_edit_there(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
    stage.chmod("a", executable=True)
    stage.write_there("a", 2)
    stage.settle()
    assert stage.here() == {"a": 2}
    assert stage.node("a").executable
    assert stage.disk.objects[stage.inode("a")].executable


def test_a_disk_without_executable_bits_takes_none_away() -> None:
    stage = Stage(Traits(keeps_executable=False))
    stage.write_there("tool", 1)
    stage.chmod_there("tool", executable=True)
    stage.settle()
    stage.write("tool", 2)
    stage.settle()
    assert stage.there() == {"tool": 2}
    assert stage.node("tool").executable


def test_a_symlink_with_another_target_is_another_node(stage: Stage) -> None:
    with stage.agreed():
        stage.link("link", "old")
    before = stage.node("link").node_id
    stage.remove("link")
    stage.link("link", "new")
    stage.settle()
    assert stage.there() == {"link": "new"}
    assert stage.node("link").node_id != before


# --- conflicts of contents --------------------------------------------------------------------------------------


@pytest.mark.scenario("S21")
def test_two_edits_of_one_file_are_both_kept(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.write("a.txt", 2)
    stage.write_there("a.txt", 3)
    stage.settle()
    assert stage.here() == stage.there() == {"a.txt": 3, f"a ({COPY}).txt": 2}


@pytest.mark.scenario("S21")
def test_the_name_is_never_empty_while_the_servers_bytes_are_on_their_way(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.write("a.txt", 2)
    stage.write_there("a.txt", 3)
    for made in stage.settle():
        if made.local:
            assert [type(operation) for operation in made.local] == [KeepAside, PlaceFile]


@pytest.mark.scenario("S22")
def test_two_files_of_one_new_name_are_both_kept(stage: Stage) -> None:
    stage.write("a.txt", 2)
    stage.write_there("a.txt", 3)
    stage.settle()
    assert stage.here() == stage.there() == {"a.txt": 3, f"a ({COPY}).txt": 2}


@pytest.mark.scenario("S23")
def test_two_equal_edits_are_no_conflict_and_move_nothing(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.write("a.txt", 2)
    stage.write_there("a.txt", 2)
    plans = stage.settle()
    assert not local_operations(plans)
    assert not remote_operations(plans)
    assert in_step(stage)


@pytest.mark.scenario("S23")
def test_two_new_files_of_one_name_and_content_become_one(stage: Stage) -> None:
    stage.write("a.txt", 2)
    stage.write_there("a.txt", 2)
    theirs = stage.node("a.txt").node_id
    plans = stage.settle()
    assert not local_operations(plans)
    assert not remote_operations(plans)
    assert set(stage.trees.local_nodes) == {theirs}


@pytest.mark.scenario("S133")
@pytest.mark.parametrize("is_read", [True, False])
def test_what_stands_in_for_a_node_that_is_gone_there_is_the_new_node_there_if_it_is_equal(
    stage: Stage, is_read: bool
) -> None:
    """As after a crash between putting them in place and writing that down."""
    with stage.agreed():
        stage.write("a.txt", 1)
        stage.write("b.txt", 3)
        stage.link("link", "one")
    stage.write("a.txt", 2)
    stage.remove("link")
    stage.link("link", "two")
    for path in ("a.txt", "b.txt", "link"):
        stage.remove_there(path)
    stage.write_there("a.txt", 2)
    stage.write_there("b.txt", 3)
    stage.link_there("link", "two")
    wanted = {path: stage.node(path).node_id for path in ("a.txt", "b.txt", "link")}
    if is_read:
        stage.observe()
        stage.carry_out(stage.plan(stage.dirty))
    plans = stage.settle()
    assert stage.here() == stage.there() == {"a.txt": 2, "b.txt": 3, "link": "two"}
    assert (local_operations(plans), remote_operations(plans)) == ([], [])
    assert {path: stage.node(path).node_id for path in wanted} == wanted
    assert {node.name: node.node_id for node in stage.trees.local_nodes.values()} == wanted


@pytest.mark.scenario("S24")
def test_an_edit_here_outlives_a_deletion_there_as_the_same_node(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    before = stage.node("a.txt").node_id
    stage.write("a.txt", 2)
    stage.remove_there("a.txt")
    stage.settle()
    assert stage.here() == stage.there() == {"a.txt": 2}
    assert stage.node("a.txt").node_id == before


@pytest.mark.scenario("S25")
def test_an_edit_there_outlives_a_deletion_here_as_the_same_node(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    before = stage.node("a.txt").node_id
    stage.remove("a.txt")
    stage.write_there("a.txt", 2)
    plans = stage.settle()
    assert not remote_operations(plans)
    assert stage.here() == stage.there() == {"a.txt": 2}
    assert stage.node("a.txt").node_id == before


def test_an_edit_that_outlived_a_deletion_stays_even_if_it_is_undone_meanwhile(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.remove("a.txt")
    stage.write_there("a.txt", 2)
    stage.observe()
    stage.read_feed()
    stage.carry_out(stage.plan(stage.dirty))
    stage.fetching.clear()  # the download was cut off
    stage.write_there("a.txt", 1)
    stage.settle()
    assert stage.here() == stage.there() == {"a.txt": 1}


def test_a_chmod_does_not_outlive_a_deletion(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
        stage.write("b.txt", 2)
    stage.chmod("a.txt", executable=True)
    stage.remove_there("a.txt")
    stage.chmod_there("b.txt", executable=True)
    stage.remove("b.txt")
    stage.settle()
    assert stage.here() == stage.there() == {}


@pytest.mark.scenario("S26")
def test_what_is_deleted_on_both_sides_is_forgotten(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/a.txt", 1)
    stage.remove("d")
    stage.remove_there("d")
    plans = stage.settle()
    assert not local_operations(plans)
    assert not remote_operations(plans)
    assert not stage.trees.synced_nodes
    assert not stage.trees.remote_nodes


@pytest.mark.scenario("S28")
def test_a_conflict_on_a_conflicted_copy_gets_a_name_of_its_own(stage: Stage) -> None:
    with stage.agreed():
        stage.write(f"a ({COPY}).txt", 1)
    stage.write(f"a ({COPY}).txt", 2)
    stage.write_there(f"a ({COPY}).txt", 3)
    stage.settle()
    assert stage.here() == stage.there() == {f"a ({COPY}).txt": 3, f"a ({COPY} 2).txt": 2}


@pytest.mark.scenario("S29")
def test_a_taken_copys_name_is_numbered_whichever_side_has_it(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
        stage.write(f"a ({COPY}).txt", 7)
    stage.write("a.txt", 2)
    stage.write_there("a.txt", 3)
    stage.write_there(f"a ({COPY} 2).txt", 8)
    stage.settle()
    assert stage.here() == stage.there()
    assert stage.here()[f"a ({COPY} 3).txt"] == 2


@pytest.mark.scenario("S31")
def test_many_edits_against_an_unchanged_server_make_no_copies(stage: Stage) -> None:
    with stage.agreed():
        for number in range(200):
            stage.write(f"{number}.txt", 1000 + number)
    for number in range(200):
        stage.write(f"{number}.txt", 2000 + number)
    assert uploads(stage.settle()) == 200
    assert len(stage.there()) == 200


@pytest.mark.scenario("S36")
def test_an_edit_refused_because_of_another_becomes_a_copy(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.write("a.txt", 2)
    stage.observe()
    stage.write_there("a.txt", 3)  # the commit is refused as stale before the feed tells why
    stage.sync()
    assert stage.here() == stage.there() == {"a.txt": 3, f"a ({COPY}).txt": 2}


def test_an_unread_file_is_read_before_anything_is_placed_over_it(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.touch("a.txt")
    stage.write_there("a.txt", 2)
    stage.observe()
    stage.read_feed()
    made = stage.plan(stage.dirty)
    assert not made.local
    assert [offer.node.name for offer in made.offers] == ["a.txt"]
    assert made.offers[0].known == {content_of(1), content_of(2)}


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_file_whose_times_prove_nothing_is_read_before_it_is_replaced_or_trashed(
    stage: Stage, is_deleted: bool
) -> None:
    import msgspec

    with stage.agreed():
        stage.write("a.txt", 1)
    (local,) = stage.trees.local_nodes.values()
    stage.trees.put_local([msgspec.structs.replace(local, recheck=True)])
    stage.staged.add((local.node_id, content_of(2)))
    if is_deleted:
        stage.remove_there("a.txt")
    else:
        stage.write_there("a.txt", 2)
    stage.read_feed()
    made = stage.plan(stage.dirty)
    assert not made.local
    assert [offer.node.node_id for offer in made.offers] == [local.node_id]


# --- moves ----------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S40")
def test_a_rename_here_is_one_move_there(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    before = stage.node("a.txt").node_id
    stage.move("a.txt", "b.txt")
    plans = stage.settle()
    assert uploads(plans) == 0
    (only,) = remote_operations(plans)
    assert isinstance(only, CommitChange)
    assert (stage.there(), stage.node("b.txt").node_id) == ({"b.txt": 1}, before)


@pytest.mark.scenario("S41")
def test_renaming_a_folder_of_many_files_looks_at_a_few_nodes(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        for number in range(100):
            stage.write(f"d/{number}", number)
    stage.move("d", "e")
    stage.observe()
    stage.trees.rows = 0
    made = stage.plan(stage.dirty)
    assert len(made.remote) == 1
    assert not made.offers
    assert len(stage.looked_at) == 1
    assert stage.trees.rows < 10


@pytest.mark.scenario("S42")
def test_a_rename_there_is_a_rename_here_and_no_echo(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/a.txt", 1)
    stage.move_there("d", "e")
    plans = stage.settle()
    assert [type(operation) for operation in local_operations(plans)] == [MoveLocal]
    assert not remote_operations(plans)
    assert in_step(stage)


@pytest.mark.scenario("S43")
def test_a_move_and_an_edit_of_one_file_both_go_up(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    stage.move("a.txt", "b.txt")
    stage.write("b.txt", 2)
    stage.settle()
    assert stage.there() == {"b.txt": 2}
    assert stage.asides == 0


@pytest.mark.parametrize("renamed_here", [True, False])
def test_a_rename_on_one_side_and_an_edit_on_the_other_both_apply(stage: Stage, renamed_here: bool) -> None:
    with stage.agreed():
        stage.write("a.txt", 1)
    if renamed_here:
        stage.move("a.txt", "b.txt")
        stage.write_there("a.txt", 2)
    else:
        stage.write("a.txt", 2)
        stage.move_there("a.txt", "b.txt")
    stage.settle()
    assert stage.here() == stage.there() == {"b.txt": 2}
    assert stage.asides == 0


def test_of_two_renames_the_servers_wins(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
    stage.move("a", "mine")
    stage.move_there("a", "theirs")
    stage.settle()
    assert stage.here() == stage.there() == {"theirs": 1}


def test_a_rename_made_on_both_sides_is_agreed_at_once(stage: Stage) -> None:
    """Else the server's next rename, back to the old name, would look as if only this side had renamed."""
    with stage.agreed():
        stage.write("a", 1)
    stage.move("a", "b")
    stage.move_there("a", "b")
    stage.write("b", 2)
    stage.observe()
    stage.read_feed()
    stage.carry_out(stage.plan(stage.dirty))
    stage.reading.clear()
    stage.move_there("b", "a")
    stage.settle()
    assert stage.here() == stage.there() == {"a": 2}


@pytest.mark.scenario("S51")
def test_swapped_names_are_swapped_there_in_one_group(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
        stage.write("b", 2)
    stage.move("a", "t")
    stage.move("b", "a")
    stage.move("t", "b")
    plans = stage.settle()
    assert uploads(plans) == 0
    assert {operation.group for operation in plans[0].remote} == {1}
    assert stage.there() == {"a": 2, "b": 1}


@pytest.mark.scenario("S51")
def test_names_swapped_there_are_swapped_here_by_way_of_staging(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
        stage.write("b", 2)
    stage.move_there("a", "t")
    stage.move_there("b", "a")
    stage.move_there("t", "b")
    plans = stage.settle()
    assert [type(operation) for operation in local_operations(plans)] == [ParkLocal, MoveLocal, MoveLocal]
    assert stage.here() == {"a": 2, "b": 1}


@pytest.mark.parametrize("by_server", [True, False])
def test_a_folder_takes_the_place_of_what_moves_into_it(stage: Stage, by_server: bool) -> None:
    with stage.agreed():
        stage.make_folder("a")
        stage.write("a/file", 1)
    make, move = (stage.make_folder_there, stage.move_there) if by_server else (stage.make_folder, stage.move)
    make("t")
    move("a", "t/inner")
    move("t", "a")
    stage.settle()
    assert stage.here() == stage.there() == {"a": None, "a/inner": None, "a/inner/file": 1}


@pytest.mark.parametrize("by_server", [True, False])
def test_folders_turned_inside_out_keep_what_is_in_them(stage: Stage, by_server: bool) -> None:
    with stage.agreed():
        for path in ("a", "a/b", "a/b/c"):
            stage.make_folder(path)
            stage.write(f"{path}/file", len(path))
    move = stage.move_there if by_server else stage.move
    move("a/b/c", "c")
    move("a/b", "c/b")
    move("a", "c/b/a")
    stage.settle()
    assert stage.here() == stage.there()
    assert stage.here() == {
        "c": None, "c/file": 5, "c/b": None, "c/b/file": 3, "c/b/a": None, "c/b/a/file": 1,
    }  # fmt: skip


@pytest.mark.scenario("S54")
def test_two_folders_moved_into_each_other_end_as_the_server_has_them(stage: Stage) -> None:
    with stage.agreed():
        for name in "ab":
            stage.make_folder(name)
            stage.write(f"{name}/file", ord(name))
    stage.move("a", "b/a")
    stage.move_there("b", "a/b")
    stage.settle()
    assert stage.here() == stage.there() == {"a": None, "a/file": 97, "a/b": None, "a/b/file": 98}


@pytest.mark.scenario("S57")
def test_a_file_moved_over_another_replaces_it_without_a_copy(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
        stage.write("b", 2)
    stage.remove("a")
    stage.move("b", "a")
    plans = stage.settle()
    assert uploads(plans) == 0
    assert stage.here() == stage.there() == {"a": 2}
    assert stage.asides == 0


def test_a_file_moved_over_one_that_was_edited_there_makes_way_for_it(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
        stage.write("b", 2)
    before = stage.node("b").node_id
    stage.remove("a")
    stage.move("b", "a")
    stage.write_there("a", 3)
    stage.settle()
    assert stage.here() == stage.there() == {"a": 3, f"a ({COPY})": 2}
    assert stage.node(f"a ({COPY})").node_id == before


@pytest.mark.scenario("S58")
@pytest.mark.parametrize("case_sensitive", [True, False])
@pytest.mark.parametrize("by_server", [True, False])
def test_a_rename_of_case_alone_goes_both_ways(case_sensitive: bool, by_server: bool) -> None:
    stage = Stage(Traits(case_sensitive=case_sensitive))
    with stage.agreed():
        stage.make_folder("docs")
        stage.write("docs/readme", 1)
    move = stage.move_there if by_server else stage.move
    move("docs/readme", "docs/README")
    move("docs", "Docs")
    plans = stage.settle()
    assert not [o for o in remote_operations(plans) if isinstance(o, CommitDelete)]
    assert stage.here() == stage.there() == {"Docs": None, "Docs/README": 1}


@pytest.mark.scenario("S59")
def test_a_file_renamed_while_it_is_uploaded_ends_under_its_last_name(stage: Stage) -> None:
    stage.write("a", 1)
    stage.observe()
    stage.carry_out(stage.plan(stage.dirty))
    assert stage.reading
    stage.move("a", "b")
    stage.settle()
    assert stage.there() == {"b": 1}


@pytest.mark.scenario("S60")
def test_a_download_lands_in_the_folder_where_it_is_by_then(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
    stage.write_there("d/file", 1)
    stage.observe()
    stage.read_feed()
    stage.carry_out(stage.plan(stage.dirty))
    assert stage.fetching
    stage.move_there("d", "e")
    stage.settle()
    assert stage.here() == {"e": None, "e/file": 1}


# --- kinds -----------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S65")
@pytest.mark.parametrize("by_server", [True, False])
def test_a_file_becomes_a_folder(stage: Stage, by_server: bool) -> None:
    with stage.agreed():
        stage.write("a", 1)
    if by_server:
        stage.remove_there("a")
        stage.make_folder_there("a")
        stage.write_there("a/file", 2)
    else:
        stage.remove("a")
        stage.make_folder("a")
        stage.write("a/file", 2)
    stage.settle()
    assert stage.here() == stage.there() == {"a": None, "a/file": 2}
    assert stage.asides == 0


@pytest.mark.scenario("S71")
def test_a_new_folder_here_leaves_its_name_to_a_new_file_there(stage: Stage) -> None:
    stage.make_folder("z")
    stage.write("z/inside", 1)
    stage.write_there("z", 2)
    stage.settle()
    assert stage.here() == stage.there() == {"z": 2, f"z ({COPY})": None, f"z ({COPY})/inside": 1}


def test_a_new_file_here_leaves_its_name_to_a_new_folder_there(stage: Stage) -> None:
    stage.write("z", 1)
    stage.make_folder_there("z")
    stage.write_there("z/inside", 2)
    stage.settle()
    assert stage.here() == stage.there() == {"z": None, "z/inside": 2, f"z ({COPY})": 1}


# --- folders and deletions --------------------------------------------------------------------------------------------


def test_a_folder_made_on_both_sides_is_one_folder(stage: Stage) -> None:
    stage.make_folder("Photos")
    stage.make_folder("Photos/2026")
    stage.write("Photos/2026/mine", 1)
    stage.make_folder_there("Photos")
    stage.make_folder_there("Photos/2026")
    stage.write_there("Photos/2026/theirs", 2)
    ids = {stage.node("Photos").node_id, stage.node("Photos/2026").node_id}
    stage.settle()
    assert stage.here() == stage.there()
    assert sorted(stage.here()) == ["Photos", "Photos/2026", "Photos/2026/mine", "Photos/2026/theirs"]
    assert {stage.node("Photos").node_id, stage.node("Photos/2026").node_id} == ids


@pytest.mark.scenario("S73")
def test_a_new_file_outlives_the_deletion_of_its_folder_there(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.make_folder("d/sub")
        stage.write("d/old", 1)
        stage.write("d/sub/old", 2)
    before = stage.node("d").node_id
    stage.write("d/sub/new", 3)
    stage.remove_there("d")
    stage.settle()
    assert stage.here() == stage.there() == {"d": None, "d/sub": None, "d/sub/new": 3}
    assert stage.node("d").node_id != before


def test_a_new_file_there_outlives_the_deletion_of_its_folder_here(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/old", 1)
    before = stage.node("d").node_id
    stage.write_there("d/new", 3)
    stage.remove("d")
    stage.settle()
    assert stage.here() == stage.there() == {"d": None, "d/new": 3}
    assert stage.node("d").node_id == before


def test_an_edited_file_outlives_the_deletion_of_its_folder_there_as_the_same_node(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/edited", 1)
        stage.write("d/other", 2)
    before = stage.node("d/edited").node_id
    stage.write("d/edited", 3)
    stage.remove_there("d")
    stage.settle()
    assert stage.here() == stage.there() == {"d": None, "d/edited": 3}
    assert stage.node("d/edited").node_id == before


@pytest.mark.parametrize("moved_here", [True, False])
def test_a_moved_folder_outlives_its_deletion_with_all_that_is_in_it(stage: Stage, moved_here: bool) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.make_folder("d/sub")
        stage.write("d/one", 1)
        stage.write("d/sub/two", 2)
    if moved_here:
        stage.move("d", "e")
        stage.remove_there("d")
    else:
        stage.move_there("d", "e")
        stage.remove("d")
    stage.settle()
    assert stage.here() == stage.there() == {"e": None, "e/one": 1, "e/sub": None, "e/sub/two": 2}


@pytest.mark.parametrize("moved_here", [True, False])
def test_a_file_moved_out_of_a_folder_outlives_the_folders_deletion(stage: Stage, moved_here: bool) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/kept", 1)
        stage.write("d/gone", 2)
    before = stage.node("d/kept").node_id
    if moved_here:
        stage.move("d/kept", "kept")
        stage.remove_there("d")
    else:
        stage.move_there("d/kept", "kept")
        stage.remove("d")
    stage.settle()
    assert stage.here() == stage.there() == {"kept": 1}
    assert stage.node("kept").node_id == before


def test_a_deletion_waits_for_the_moves_out_of_the_folder(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/kept", 1)
        stage.write("d/gone", 2)
    stage.move("d/kept", "kept")
    stage.remove("d")
    move, deletion = remote_operations(stage.settle())
    assert isinstance(move, CommitChange)
    assert isinstance(deletion, CommitDelete)
    assert deletion.needs == (move.node.node_id,)


def test_a_deleted_folder_that_holds_ignored_things_stays_here_alone_and_in_peace(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/file", 1)
    stage.ignore("d/ignored")
    stage.remove_there("d")
    stage.settle()
    assert stage.here() == {"d": None, "d/ignored": 0}
    assert stage.there() == {}
    assert not stage.settle()


def test_a_leftover_folder_becomes_the_servers_new_one_of_its_name(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
    stage.ignore("d/ignored")
    stage.remove_there("d")
    stage.settle()
    stage.make_folder_there("d")
    stage.write_there("d/file", 1)
    stage.settle()
    assert stage.here() == {"d": None, "d/ignored": 0, "d/file": 1}
    assert stage.issues == {}


def test_a_new_file_in_a_leftover_folder_brings_it_back(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
    stage.ignore("d/ignored")
    stage.remove_there("d")
    stage.settle()
    stage.write("d/file", 1)
    stage.settle()
    assert stage.there() == {"d": None, "d/file": 1}


def test_a_node_dead_through_its_folder_whose_last_revision_is_unknown_goes_on_as_a_new_one(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/file", 1)
    before = stage.node("d/file").node_id
    stage.write("d/file", 2)
    stage.write_there("d/file", 3)
    stage.remove_there("d")
    stage.settle()
    assert stage.here() == stage.there() == {"d": None, "d/file": 2}
    assert stage.node("d/file").node_id != before


# --- merging without a base ---------------------------------------------------------------------------------------


@pytest.mark.scenario("S19")
def test_an_empty_folder_is_filled_from_the_server_and_deletes_nothing(stage: Stage) -> None:
    stage.make_folder_there("d")
    stage.write_there("d/file", 1)
    plans = stage.settle()
    assert not remote_operations(plans)
    assert stage.here() == stage.there() == {"d": None, "d/file": 1}


@pytest.mark.scenario("S20")
@pytest.mark.scenario("S137")
def test_a_lost_journal_is_rebuilt_by_a_merge_that_deletes_nothing(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/same", 1)
        stage.write("d/differs", 2)
        stage.write("d/gone there", 3)
        stage.write("d/gone here", 4)
        stage.link("d/link", "target")
    stage.write("d/differs", 5)
    stage.remove_there("d/gone there")
    stage.remove("d/gone here")
    stage.lose_journal()
    plans = stage.settle()
    assert not [o for o in local_operations(plans) if isinstance(o, TrashLocal)]
    assert not [o for o in remote_operations(plans) if isinstance(o, CommitDelete)]
    assert stage.here() == stage.there()
    assert stage.here() == {
        "d": None,
        "d/same": 1,
        "d/differs": 2,
        f"d/differs ({COPY})": 5,
        "d/gone there": 3,
        "d/gone here": 4,
        "d/link": "target",
    }


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S93")
def test_names_that_windows_cannot_hold_are_told_and_left_alone() -> None:
    stage = Stage(Traits(case_sensitive=False, platform="windows"))
    hostile = ["a:b", "CON", "x.", "y ", "a\\b", "what?", "PROGRA~1"]
    for name in hostile:
        stage.write_there(name, 1)
    stage.make_folder_there("aux")
    stage.write_there("aux/inside", 2)
    stage.write_there("fine", 3)
    plans = stage.settle()
    assert stage.here() == {"fine": 3}
    assert not remote_operations(plans)
    assert len(stage.there()) == len(hostile) + 3
    assert len(stage.issues) == len(hostile) + 1


def test_a_name_made_holdable_brings_the_folder_with_what_is_in_it() -> None:
    stage = Stage(Traits(case_sensitive=False, platform="windows"))
    stage.make_folder_there("aux")
    stage.write_there("aux/inside", 2)
    stage.settle()
    stage.move_there("aux", "auxiliary")
    stage.settle()
    assert stage.here() == {"auxiliary": None, "auxiliary/inside": 2}
    assert not stage.issues


def test_a_file_renamed_to_what_this_device_cannot_hold_stays_and_goes_on_syncing() -> None:
    stage = Stage(Traits(case_sensitive=False, platform="windows"))
    with stage.agreed():
        stage.write("a", 1)
    stage.move_there("a", "con")
    stage.write_there("con", 2)
    stage.settle()
    assert stage.here() == {"a": 2}
    stage.write("a", 3)
    stage.settle()
    assert stage.there() == {"con": 3}
    assert set(stage.issues.values()) == {"reserved-name"}


@pytest.mark.scenario("S94")
def test_case_twins_on_a_disk_that_holds_one_are_kept_apart() -> None:
    stage = Stage(Traits(case_sensitive=False))
    stage.write_there("a.txt", 1)
    stage.write_there("A.txt", 2)
    stage.settle()
    assert len(stage.here()) == 1
    assert list(stage.issues.values()) == ["case-twin"]
    (path,) = stage.here()
    stage.write(path, 3)
    stage.settle()
    assert sorted(stage.there().values(), key=str) == sorted({3, *({1, 2} - {1 if path == "a.txt" else 2})})
    stage.remove(path)
    stage.settle()
    assert len(stage.there()) == 1, "deleting the one never deletes the other"
    assert stage.here() == stage.there(), "and the name is free for it now"


@pytest.mark.scenario("S95")
def test_case_twins_on_linux_are_two_files(stage: Stage) -> None:
    stage.write_there("a.txt", 1)
    stage.write("A.txt", 2)
    stage.settle()
    assert stage.here() == stage.there() == {"a.txt": 1, "A.txt": 2}


@pytest.mark.scenario("S96")
def test_one_name_in_two_unicode_forms_is_one_file_and_nobody_renames(stage: Stage) -> None:
    stage.write("e\u0301", 1)
    stage.write_there("\u00e9", 1)
    plans = stage.settle()
    assert not local_operations(plans)
    assert not remote_operations(plans)
    stage.write("e\u0301", 2)
    stage.settle()
    assert stage.here() == {"e\u0301": 2}
    assert stage.there() == {"\u00e9": 2}
    assert stage.node("\u00e9").name == "\u00e9"


def test_two_files_here_whose_names_are_one_to_the_server_are_told(stage: Stage) -> None:
    stage.write("e\u0301", 1)
    stage.write("\u00e9", 2)
    stage.settle()
    assert len(stage.there()) == 1
    assert list(stage.issues.values()) == ["name-twin"]
    gone = stage.node("\u00e9").name
    stage.remove(gone)
    stage.settle()
    assert len(stage.there()) == 1
    assert not stage.issues


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\0b", ".lockstep", ".LOCKSTEP", ".lockstep:stream"])
def test_hostile_names_reach_no_disk(stage: Stage, name: str) -> None:
    node = RemoteNode(NodeId(b"n" * 16), ROOT, name, Kind.FOLDER, RevisionId(b"r" * 16), 1)
    made = plan(Closure({}, {node.node_id: node}, {}), stage.context())
    assert made.is_empty()
    assert [issue.code for issue in made.issues] == ["hostile-name"]


def test_a_remote_tree_with_a_circle_or_an_orphan_is_told_and_touches_nothing(stage: Stage) -> None:
    def folder(number: int, parent: int) -> RemoteNode:
        ids = [NodeId(bytes([n]) * 16) for n in (number, parent)]
        return RemoteNode(ids[0], ids[1], str(number), Kind.FOLDER, RevisionId(b"r" * 16), 1)

    nodes = {node.node_id: node for node in (folder(1, 2), folder(2, 1), folder(3, 9))}
    made = plan(Closure({}, nodes, {}), stage.context())
    assert made.is_empty()
    assert {issue.code for issue in made.issues} == {"unknown-parent"}


# --- what is under way -----------------------------------------------------------------------------------------------


def test_nothing_is_planned_for_what_is_in_flight_nor_for_what_needs_it(stage: Stage) -> None:
    with stage.agreed():
        stage.write("a", 1)
    stage.write("a", 2)
    stage.observe()
    stage.carry_out(stage.plan(stage.dirty))
    stage.write_there("b", 3)
    stage.move_there("a", "old")
    stage.move_there("b", "a")
    stage.read_feed()
    made = stage.plan(stage.dirty)
    assert not made.local
    assert not made.offers
    stage.settle()
    assert stage.here() == stage.there() == {"a": 3, "old": 2}


def test_a_folder_that_is_deleted_while_what_left_it_is_in_flight_stays_deleted(stage: Stage) -> None:
    with stage.agreed():
        stage.make_folder("d")
        stage.write("d/a", 1)
    stage.write("d/a", 2)
    stage.observe()
    stage.carry_out(stage.plan(stage.dirty))
    stage.move("d/a", "a")
    stage.remove("d")
    stage.observe()
    made = stage.plan(stage.dirty)
    assert not made.local
    assert not made.journal
    stage.settle()
    assert stage.here() == stage.there() == {"a": 2}


def test_a_local_tree_that_lost_a_folder_plans_nothing_for_what_was_in_it(stage: Stage) -> None:
    lost = LocalNode(NodeId(b"f" * 16), NodeId(b"p" * 16), "f", Kind.FILE, Signature(1, 1, None, 0, 0, 0))
    made = plan(Closure({lost.node_id: lost}, {}, {}), stage.context())
    assert made.is_empty()
    assert [issue.code for issue in made.issues] == ["unknown-parent"]
