"""What is the same node at another place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync_engine.core.model import NodeId
from sync_engine.core.platform_names import Naming
from sync_engine.engine.looks import PIECE
from sync_engine.ports import Dirty
from tests.fakes.filesystem import FakeFileSystem
from tests.unit.sync_engine.engine.watching import Watching, taken_in


def test_a_renamed_file_stays_the_same_node_and_is_not_read_again(
    world: Watching, settle: Callable[[], set[NodeId]]
) -> None:
    ids = taken_in(world, folder__file=b"one")
    world.files.rename("folder/file", "renamed")
    assert settle() == {ids["folder/file"]}
    assert world.at("renamed").node_id == ids["folder/file"]
    assert world.at("renamed").content is not None
    assert world.tree().keys() == {"folder", "renamed"}


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("depth", [1, 2])
def test_a_folder_that_is_first_seen_in_what_took_its_place_is_not_put_into_itself(
    depth: int, stays: bool, world: Watching
) -> None:
    inner = "b/c/b" if depth == 2 else "b/b"
    world.files.make("b/c")
    world.scan()
    folder = world.at("b")
    world.files.rename("b", "away")
    world.files.make("b")
    if depth == 2:
        world.files.rename("away/c", "b/c")
    world.files.rename("away", inner)
    world.told.clear()
    world.observer.mark([Dirty(inner)])
    world.look()
    if stays:
        world.settle()
        assert world.at("b").signature.inode != folder.signature.inode
        assert world.at(inner).signature.inode == folder.signature.inode
    else:
        world.files.remove("b")
        world.scan()
        assert world.journal.local_nodes == {}


def test_a_renamed_folder_is_one_change_whatever_it_holds(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    for number in range(50):
        world.files.make(f"folder/{number % 5}")
        world.files.write(f"folder/{number % 5}/{number}", b"x")
    world.scan()
    world.read_all()
    before = {node.node_id for node in world.tree().values()}
    node_id = world.at("folder").node_id
    world.files.rename("folder", "renamed")
    assert settle() == {node_id}
    assert {node.node_id for node in world.tree().values()} == before
    assert world.at("renamed/3/3").content is not None


def test_a_folder_and_a_file_in_it_move_each_by_itself(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, a__b__file=b"1", a__b__stays=b"2", c__x=b"3")
    world.files.rename("a/b/file", "c/file")
    world.files.rename("a/b", "c/b")
    world.files.rename("c", "d")
    changed = settle()
    assert changed == {ids["a/b/file"], ids["a/b"], ids["c"]}
    assert world.at("d/file").node_id == ids["a/b/file"]
    assert world.at("d/b/stays").node_id == ids["a/b/stays"]


def test_a_file_that_was_moved_and_edited_is_the_same_node(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, file=b"one")
    world.files.rename("file", "moved")
    world.files.write("moved", b"edited")
    assert settle() == {ids["file"]}
    assert world.at("moved").content is None


def test_two_swapped_names_swap_their_nodes(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, a=b"1", b=b"2")
    world.files.rename("a", "c")
    world.files.rename("b", "a")
    world.files.rename("c", "b")
    assert settle() == {ids["a"], ids["b"]}
    assert (world.at("a").node_id, world.at("b").node_id) == (ids["b"], ids["a"])
    assert world.at("a").content is not None


def test_two_swapped_folders_swap_with_all_they_hold(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, a__x=b"1", b__y=b"2")
    world.files.rename("a", "c")
    world.files.rename("b", "a")
    world.files.rename("c", "b")
    assert settle() == {ids["a"], ids["b"]}
    assert world.at("b/x").node_id == ids["a/x"]
    assert world.at("a/y").node_id == ids["b/y"]


def test_a_folder_turned_inside_out_keeps_all_its_nodes(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, a__b__file=b"1")
    world.files.rename("a/b", "b")
    world.files.rename("a", "b/a")
    assert settle() == {ids["a"], ids["a/b"]}
    assert world.tree().keys() == {"b", "b/a", "b/file"}
    assert world.at("b/a").node_id == ids["a"]


def test_a_rename_over_another_file_moves_the_one_and_ends_the_other(
    world: Watching, settle: Callable[[], set[NodeId]]
) -> None:
    ids = taken_in(world, a=b"1", b=b"2")
    world.files.rename("b", "a")
    assert settle() == {ids["a"], ids["b"]}
    assert world.at("a").node_id == ids["b"]
    assert world.tree().keys() == {"a"}


def test_a_file_moved_away_with_a_new_one_in_its_place_is_a_move(
    world: Watching, settle: Callable[[], set[NodeId]]
) -> None:
    ids = taken_in(world, file=b"one")
    world.files.rename("file", "old")
    world.files.write("file", b"new")
    changed = settle()
    assert world.at("old").node_id == ids["file"]
    assert world.at("file").node_id in changed - {ids["file"]}


def test_an_inode_number_given_out_again_is_no_move(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, old=b"same")
    inode = world.at("old").signature.inode
    world.files.remove("old")
    world.files.write("new", b"same")
    assert world.files.look("new").signature.inode == inode  # type: ignore[union-attr]
    settle()
    assert world.at("new").node_id != ids["old"]
    assert world.tree().keys() == {"new"}


@pytest.mark.parametrize("elsewhere", ["a", "z"])
def test_a_folder_that_makes_room_for_another_is_found_while_something_else_with_its_inode_is_missed(
    elsewhere: str, world: Watching
) -> None:
    world.files.link_to("link", "anywhere")
    world.scan()
    world.files.remove("link")
    world.files.make("folder")  # with the inode of the link that is gone
    world.observer.mark(world.take_told())
    world.look()
    before = world.at("folder")
    assert world.observer.waiting(), "the link may still turn up"
    world.files.rename("folder", elsewhere)
    world.files.make("folder")
    world.observer.mark([Dirty("folder", everything=True), Dirty(elsewhere, everything=True)])
    world.settle()
    assert world.at(elsewhere).node_id == before.node_id
    assert world.at("folder").node_id != before.node_id
    assert world.tree().keys() == {elsewhere, "folder"}


def test_hard_links_are_nodes_of_their_own(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, file=b"one")
    world.files.hard_link("file", "twin")
    settle()
    assert world.at("file").node_id == ids["file"]
    assert world.at("twin").node_id != ids["file"]
    twin = world.at("twin").node_id
    world.files.rename("file", "moved")
    assert ids["file"] in settle()
    assert world.at("moved").node_id == ids["file"]
    assert world.at("twin").node_id == twin


def test_without_birth_times_a_folder_is_known_by_a_child() -> None:
    world = Watching(FakeFileSystem(tells_birth=False))
    ids = taken_in(world, folder__x=b"1", other__y=b"2")
    world.files.rename("folder", "renamed")
    assert world.scan() == {ids["folder"]}
    world.files.remove("other")
    world.files.make("another")  # with the inode of the one that is gone
    world.files.write("another/z", b"3")
    world.scan()
    assert world.at("another").node_id != ids["other"]


def test_a_disk_whose_own_number_is_another_after_a_start_still_shows_what_moved_meanwhile() -> None:
    world = Watching()
    world.files.make("folder")
    world.files.write("folder/a", b"a")
    world.scan()
    before = world.at("folder").node_id, world.at("folder/a").node_id
    world.files.device += 7
    world.files.rename("folder", "moved")
    world.files.rename("moved/a", "b")
    world.start()
    world.scan()
    assert (world.at("moved").node_id, world.at("b").node_id) == before


def test_where_inodes_are_made_up_nothing_is_a_move_and_nothing_is_read_again() -> None:
    world = Watching(FakeFileSystem(has_stable_inodes=False))
    taken_in(world, a__x=b"1", y=b"2")
    for folder in (world.files.root, world.files._must("a")):
        for _, node in folder.children.values():
            node.inode += 1000  # as after the next mount
    assert world.scan() == set()
    assert world.at("a/x").content is not None


def test_a_change_of_case_is_a_rename_on_every_disk() -> None:
    for tells_case in (True, False):
        world = Watching(FakeFileSystem(naming=Naming(tells_case=tells_case)))
        ids = taken_in(world, readme=b"1", folder__x=b"2")
        world.files.rename("readme", "README")
        world.files.rename("folder", "Folder")
        assert world.scan() == {ids["readme"], ids["folder"]}
        assert world.tree().keys() == {"README", "Folder", "Folder/x"}


def test_a_move_found_piece_by_piece_is_still_a_move(world: Watching) -> None:
    for number in range(PIECE):
        world.files.make(f"a/{number // 1000}")
        world.files.write(f"a/{number // 1000}/{number}", b"x")
    ids = taken_in(world, a__moves=b"1", z__stays=b"2")
    world.files.rename("a/moves", "z/moves")
    world.files.rename("z/stays", "a/0/stays")
    assert world.scan() == {ids["a/moves"], ids["z/stays"]}
    assert world.looks >= 4
