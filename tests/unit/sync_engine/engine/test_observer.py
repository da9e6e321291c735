from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest

from sync_engine.core.ignore import is_temporary
from sync_engine.core.model import Kind, NodeId
from sync_engine.core.platform_names import Naming
from sync_engine.engine.looks import PIECE
from sync_engine.errors import DiskFault, NotPermitted, RootForeign, RootMissing
from sync_engine.ports import Dirty
from tests.fakes.filesystem import FakeFileSystem
from tests.unit.sync_engine.engine.watching import Watching


@pytest.fixture(params=["watched", "scanned"])
def settle(request: pytest.FixtureRequest, world: Watching) -> Callable[[], set[NodeId]]:
    """The same results, whether the watcher told or the next scan finds."""
    return world.settle if request.param == "watched" else world.scan


@pytest.fixture
def world() -> Watching:
    return Watching()


def taken_in(world: Watching, **files: bytes) -> dict[str, NodeId]:
    """Files in the folder and in the tree, read. ``a__b`` is the path ``a/b``."""
    for key, data in files.items():
        path = key.replace("__", "/")
        if "/" in path:
            world.files.make(path.rpartition("/")[0])
        world.files.write(path, data)
    world.scan()
    world.read_all()
    return {path: node.node_id for path, node in world.tree().items()}


# --- appearing, changing -------------------------------------------------------------------------------------------


def test_a_first_scan_takes_in_everything(world: Watching) -> None:
    world.files.make("a/b/c")
    world.files.write("a/b/file", b"x")
    world.files.set_mode("a/b/file", 0o755)
    world.files.link_to("link", "a")
    changed = world.scan()
    tree = world.tree()
    assert {path: node.kind for path, node in tree.items()} == {
        "a": Kind.FOLDER,
        "a/b": Kind.FOLDER,
        "a/b/c": Kind.FOLDER,
        "a/b/file": Kind.FILE,
        "link": Kind.SYMLINK,
    }
    assert changed == {node.node_id for node in tree.values()}
    assert tree["a/b/file"].executable
    assert tree["a/b/file"].content is None
    assert tree["link"].link_target == "a"


def test_a_second_scan_finds_nothing_new(world: Watching) -> None:
    taken_in(world, a__x=b"1", a__b__y=b"2", z=b"3")
    before = world.tree()
    assert world.scan() == set()
    assert world.tree() == before


def test_an_edit_keeps_the_node_and_asks_for_a_reading(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, file=b"one", other=b"2")
    world.files.write("file", b"two")
    assert settle() == {ids["file"]}
    assert world.at("file").node_id == ids["file"]
    assert world.at("file").content is None
    assert world.at("other").content is not None


@pytest.mark.parametrize("is_told", [True, False])
def test_an_edit_that_leaves_no_trace_in_the_times_of_a_file_just_read_is_read(world: Watching, is_told: bool) -> None:
    """As soon as an event tells of it; else a scan makes sure."""
    taken_in(world, file=b"one")
    read = msgspec.structs.replace(world.at("file"), recheck=True)
    world.journal.put_local([read])

    def look() -> set[NodeId]:
        return world.settle(Dirty("file", closed=True)) if is_told else world.scan()

    assert look() == {read.node_id}
    assert (world.at("file").content, world.at("file").recheck) == (None, False)
    world.read_all()
    assert look() == set()


def test_a_safe_save_keeps_the_node(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, file=b"one")
    world.files.save("file", b"two")
    assert settle() == {ids["file"]}
    assert world.at("file").content is None


def test_a_safe_save_by_way_of_a_backup_keeps_the_node(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, file=b"one")
    world.files.rename("file", "file~")
    world.files.write("file", b"two")
    assert settle() == {ids["file"]}
    assert world.tree().keys() == {"file"}
    world.files.remove("file~")
    assert settle() == set()


def test_a_new_mode_changes_the_node(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, file=b"one")
    world.files.set_mode("file", 0o755)
    assert settle() == {ids["file"]}
    assert world.at("file").executable


def test_a_replaced_link_keeps_its_node(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    world.files.link_to("link", "one")
    world.scan()
    node_id = world.at("link").node_id
    world.files.remove("link")
    world.files.link_to("link", "two")
    assert settle() == {node_id}
    assert world.at("link").link_target == "two"


def test_another_kind_at_a_path_is_another_node(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, thing=b"file")
    world.files.remove("thing")
    world.files.make("thing/below")
    changed = settle()
    assert world.at("thing").kind is Kind.FOLDER
    assert world.at("thing").node_id != ids["thing"]
    assert ids["thing"] in changed
    assert ids["thing"] not in world.journal.local_nodes


def test_a_folder_that_becomes_a_file_takes_what_was_below_along(
    world: Watching, settle: Callable[[], set[NodeId]]
) -> None:
    ids = taken_in(world, thing__a__b=b"1")
    world.files.remove("thing")
    world.files.write("thing", b"file")
    changed = settle()
    assert set(ids.values()) < changed
    assert world.tree().keys() == {"thing"}


# --- moves -----------------------------------------------------------------------------------------------------------


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


# --- absences --------------------------------------------------------------------------------------------------------


def test_a_deleted_file_leaves_the_tree_after_the_grace(world: Watching) -> None:
    ids = taken_in(world, file=b"1", other=b"2")
    world.files.remove("file")
    world.observer.mark([Dirty("file")])
    world.told.clear()
    assert world.look() == set()
    assert world.observer.waiting() == {ids["file"]}
    assert world.look() is None
    assert world.observer.due() == world.now + 1.0
    world.now += 1.0
    assert world.look() == {ids["file"]}
    assert world.drains == 1
    assert world.tree().keys() == {"other"}
    assert world.observer.is_settled()


def test_a_deleted_folder_leaves_with_all_below(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, folder__a__x=b"1", folder__y=b"2", z=b"3")
    world.files.remove("folder")
    assert settle() == {node_id for path, node_id in ids.items() if path != "z"}
    assert world.tree().keys() == {"z"}


def test_a_file_that_reappears_elsewhere_within_the_grace_was_moved(world: Watching) -> None:
    ids = taken_in(world, file=b"1")
    world.files.rename("file", ".lockstep/staging/away")
    world.observer.mark([Dirty("file")])
    world.look()
    world.files.rename(".lockstep/staging/away", "again")
    assert world.settle(Dirty("again")) == {ids["file"]}
    assert world.at("again").node_id == ids["file"]


def test_a_file_that_reappears_at_its_place_was_never_gone(world: Watching) -> None:
    taken_in(world, file=b"1")
    world.files.rename("file", ".lockstep/staging/away")
    world.observer.mark([Dirty("file")])
    world.look()
    world.files.rename(".lockstep/staging/away", "file")
    world.told.clear()
    world.settle()
    assert world.tree().keys() == {"file"}


def test_an_absence_waits_for_the_events_that_explain_it(world: Watching) -> None:
    ids = taken_in(world, file=b"1")
    world.files.rename("file", "elsewhere")
    world.told.clear()
    world.while_draining = lambda: world.told.append(Dirty("elsewhere"))
    assert world.settle(Dirty("file")) == {ids["file"]}
    assert world.at("elsewhere").node_id == ids["file"]


def test_without_a_watcher_a_second_scan_explains_what_moved_during_the_first() -> None:
    world = Watching(is_watched=False)
    ids = taken_in(world, a__first=b"1", b__file=b"2")
    world.files.before("list_folder", lambda: None)
    # The scan has read a and is about to read b when the file moves from b to a.
    for _ in range(2):
        world.files.before("list_folder", lambda: None)
    moved = False

    def move() -> None:
        nonlocal moved
        moved = True
        world.files.rename("b/file", "a/file")

    world.files._hooks["list_folder"].clear()
    for step in (lambda: None, lambda: None, move):
        world.files.before("list_folder", step)
    assert world.scan() == {ids["b/file"]}
    assert moved
    assert world.at("a/file").node_id == ids["b/file"]


def test_what_vanishes_one_after_another_is_believed_gone_all_at_once(world: Watching) -> None:
    """So that the guard sees all of a mass deletion before the first of it is sent."""
    ids = taken_in(world, **{f"file{number}": b"1" for number in range(20)})
    for path in ids:
        world.files.remove(path)
        world.observer.mark([Dirty(path)])
        while (changed := world.look()) is not None:
            assert changed == set()
        world.now += 0.4
    assert world.settle() == set(ids.values())


def test_a_burst_goes_together_though_the_folder_is_never_quiet(world: Watching) -> None:
    ids = taken_in(world, log=b"", **{f"file{number}": b"1" for number in range(10)})
    gone = {node_id for path, node_id in ids.items() if path != "log"}
    paths = [path for path in ids if path != "log"]
    found: list[set[NodeId]] = []
    for _ in range(40):
        if paths:
            world.files.remove(path := paths.pop())
            world.observer.mark([Dirty(path)])
        world.observer.mark([Dirty("log")])
        found.append((world.look() or set()) & gone)
        world.now += 0.4
    assert [each for each in found if each] == [gone]


def test_deletions_that_never_end_are_believed_after_a_while(world: Watching) -> None:
    ids = taken_in(world, **{f"file{number}": b"1" for number in range(200)})
    began = world.now
    for path in ids:
        world.files.remove(path)
        world.observer.mark([Dirty(path)])
        while (changed := world.look()) is not None:
            if changed:
                assert 20 < world.now - began < 40
                return
        world.now += 0.4
    pytest.fail("none was believed")


def test_in_a_folder_that_is_never_quiet_deletions_are_believed_all_the_same(world: Watching) -> None:
    ids = taken_in(world, file=b"1", log=b"")
    world.files.remove("file")
    changed: set[NodeId] = set()
    for _ in range(20):
        world.files.write("log", b"another line")
        world.observer.mark([Dirty("log"), Dirty("file")])
        changed |= world.look() or set()
        world.now += 0.5
    assert ids["file"] in changed


@pytest.mark.parametrize("error", [NotPermitted("folder"), DiskFault("folder")])
def test_a_folder_that_cannot_be_read_loses_nothing(world: Watching, error: NotPermitted | DiskFault) -> None:
    taken_in(world, folder__a__x=b"1", other=b"2")
    before = world.tree()
    world.files.fail("list_folder", "folder", error)
    assert world.scan() == set()
    assert world.tree() == before
    assert world.problems == {"folder": error.code}


def test_an_object_that_cannot_be_looked_at_is_not_gone(world: Watching) -> None:
    taken_in(world, file=b"1")
    world.files.fail("look", "file", DiskFault("file"), times=3)
    assert world.settle(Dirty("file")) == set()
    assert world.tree().keys() == {"file"}


def test_a_second_look_that_fails_is_repeated(world: Watching) -> None:
    ids = taken_in(world, file=b"1")
    world.files.remove("file")
    world.observer.mark([Dirty("file")])
    world.look()
    world.files.fail("look", "file", DiskFault("file"))
    world.now += 1
    assert world.look() == set()
    assert world.settle() == {ids["file"]}


@pytest.mark.parametrize("error", [RootMissing("gone"), RootForeign("an empty mount")])
def test_a_root_that_is_not_ours_changes_nothing_and_is_looked_at_again(
    world: Watching, error: RootMissing | RootForeign
) -> None:
    taken_in(world, a__x=b"1", y=b"2")
    before = world.tree()
    world.files.write("new", b"3")
    world.files.root_error = error
    world.observer.mark_everything()
    world.observer.mark([Dirty("new")])
    with pytest.raises(type(error)):
        world.look()
    assert world.tree() == before
    assert not world.observer.is_settled()
    world.files.root_error = None
    world.settle()
    assert world.tree().keys() == before.keys() | {"new"}


def test_a_root_that_goes_away_between_the_look_and_its_end_loses_nothing(world: Watching) -> None:
    taken_in(world, file=b"1")
    world.files.remove("file")
    world.observer.mark([Dirty("file")])
    world.look()
    world.now += 1

    def go() -> None:
        world.files.root_error = RootMissing("gone")

    # The folder was unmounted: everything looks absent.
    world.while_draining = go
    with pytest.raises(RootMissing):
        world.look()
    assert world.tree().keys() == {"file"}


# --- what is left out -----------------------------------------------------------------------------------------------


def test_temporary_and_ignored_names_never_enter_the_tree(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    world.files.write(".lockstepignore", b"*.log\nbuild/\n!keep.log\n")
    world.files.make("src/build/deep")
    world.files.make("build")
    for path in ("a.log", "keep.log", "src/b.log", "src/build/deep/x", "build/y", ".DS_Store", "~$doc.docx", "src/c"):
        world.files.write(path, b"x")
    settle()
    assert world.tree().keys() == {".lockstepignore", "keep.log", "src", "src/c"}
    assert world.problems == {}


def test_a_new_rule_leaves_what_is_in_the_tree_alone(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    ids = taken_in(world, build__old=b"1", a=b"2")
    world.files.write(".lockstepignore", b"build/\n")
    settle()
    world.files.write("build/new", b"3")
    world.files.write("build/old", b"edited")
    assert settle() == {ids["build/old"]}
    assert "build/new" not in world.tree()
    world.files.remove("build/old")
    assert settle() == {ids["build/old"], ids["build"]}, "the folder may have stayed for it alone"


def test_a_rule_that_goes_lets_in_what_it_kept_out(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    world.files.write(".lockstepignore", b"*.log\n")
    world.files.make("folder")
    world.files.write("folder/a.log", b"x")
    settle()
    world.files.remove(".lockstepignore")
    settle()
    assert world.tree().keys() == {"folder", "folder/a.log"}


def test_what_cannot_be_synced_is_told_and_left_out(world: Watching, settle: Callable[[], set[NodeId]]) -> None:
    world.files.special("fifo")
    world.files.write("caf\udce9", b"x")
    world.files.make("folder\udcff/below")
    world.files.link_to("link", "caf\udce9")
    world.files.write("fine", b"x")
    settle()
    assert world.tree().keys() == {"fine"}
    assert world.problems == {
        "fifo": "special-file",
        "caf\udce9": "invalid-utf8",
        "folder\udcff": "invalid-utf8",
        "link": "invalid-link",
    }


def test_a_synced_folder_that_something_is_mounted_over_is_not_deleted(
    world: Watching, settle: Callable[[], set[NodeId]]
) -> None:
    taken_in(world, folder__x=b"1")
    before = world.tree()
    world.files.rename("folder", ".lockstep/staging/under")
    world.files.special("folder")
    world.told[:] = [Dirty("folder")]
    assert settle() == set()
    assert world.tree() == before
    assert world.problems == {"folder": "special-file"}


def test_of_two_names_that_unicode_makes_one_the_first_known_goes(
    world: Watching, settle: Callable[[], set[NodeId]]
) -> None:
    world.files.write("e\u0301", b"decomposed")
    settle()
    world.files.write("\u00e9", b"composed")
    settle()
    assert world.tree().keys() == {"e\u0301"}
    assert world.problems == {"\u00e9": "name-twin"}
    world.files.remove("e\u0301")
    settle()
    assert world.tree().keys() == {"\u00e9"}


def test_a_change_deep_in_an_unknown_folder_brings_the_folder_in(world: Watching) -> None:
    taken_in(world, file=b"1")
    world.files.make("a/b/c")
    world.files.write("a/b/c/deep", b"x")
    world.told.clear()
    world.settle(Dirty("a/b/c/deep"))
    assert world.tree().keys() == {"file", "a", "a/b", "a/b/c", "a/b/c/deep"}


def test_a_change_deep_in_an_ignored_folder_ends_there(world: Watching) -> None:
    world.files.write(".lockstepignore", b"build/\n")
    world.files.make("build/x")
    world.files.write("build/x/y", b"")
    world.settle()
    assert world.settle(Dirty("build/x/y"), Dirty("build/x/y/z")) == set()
    assert world.tree().keys() == {".lockstepignore"}


def test_the_private_folders_paths_are_not_looked_at(world: Watching) -> None:
    world.observer.mark([Dirty(".lockstep/trash/x"), Dirty(".lockstep")])
    assert world.observer.is_settled()


# --- in bulk ---------------------------------------------------------------------------------------------------------


def test_many_marks_in_one_folder_are_one_listing(world: Watching) -> None:
    taken_in(world, folder__x=b"1")
    for number in range(500):
        world.files.write(f"folder/{number}", b"x")
    world.files.calls.clear()
    world.settle()
    assert world.files.calls.count(("list_folder", "folder")) == 1
    assert len([call for call in world.files.calls if call[0] == "look"]) < 10
    assert len(world.tree()) == 502


def test_a_scan_comes_in_pieces(world: Watching) -> None:
    for number in range(PIECE * 2):
        if number % 500 == 0:
            world.files.make(f"{number // 500}")
        world.files.write(f"{number // 500}/{number}", b"")
    world.scan()
    assert world.looks >= 2
    assert len(world.tree()) == PIECE * 2 + PIECE // 250


# --- at random -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_whatever_people_do_the_tree_becomes_the_folders(seed: int) -> None:
    chance = random.Random(seed)
    files = FakeFileSystem(
        naming=Naming(tells_case=chance.random() < 0.8),
        tells_birth=chance.random() < 0.7,
        has_stable_inodes=chance.random() < 0.9,
    )
    world = Watching(files, is_watched=chance.random() < 0.7)
    for _ in range(6):
        for _ in range(chance.randrange(12)):
            act(world, chance)
            if chance.random() < 0.2:
                world.observer.mark(world.told)
                world.told.clear()
                world.look()
        if chance.random() < 0.1:
            world.start()
        if chance.random() < 0.5 and world._is_watched:
            world.settle()
        world.scan()
        compare(world)
        to_be_sure = {node.node_id for node in world.tree().values() if node.recheck}
        assert world.scan() == to_be_sure
        before = world.tree()
        assert world.scan() == set()
        assert world.tree() == before


def compare(world: Watching) -> None:
    """The tree and the folder agree, both ways."""
    disk = {path for path in world.files.tree() if not any(map(is_temporary, path.split("/")))}
    tree = world.tree()
    assert tree.keys() == disk
    assert len(tree) == len(world.journal.local_nodes)
    for path, node in tree.items():
        found = world.files.look(path)
        assert found is not None
        assert (node.kind, node.signature, node.executable, node.link_target) == (
            found.kind,
            found.signature,
            found.executable,
            found.link_target,
        )
        if node.content is not None:
            assert node.content == world.files.read(path).ljust(32, b"-")[:32]
    if len(tree) % 2 == 0:
        world.read_all()


def act(world: Watching, chance: random.Random) -> None:
    files = world.files
    paths = list(files.tree())
    folders = ["", *(path for path in paths if files.look(path).kind is Kind.FOLDER)]  # type: ignore[union-attr]
    new = "/".join(filter(None, (chance.choice(folders), chance.choice("abcdABC") + chance.choice(["", "", "~"]))))
    old = chance.choice(paths) if paths else ""
    there = files.look(new)
    kind = chance.randrange(8)
    if kind == 0 and there is None:
        files.make(new)
    elif kind == 1 and (there is None or there.kind is Kind.FILE):
        files.write(new, chance.randbytes(chance.randrange(4)))
    elif kind == 2 and (there is None or there.kind is Kind.FILE):
        files.save(new, chance.randbytes(chance.randrange(4)))
    elif kind == 3 and there is None:
        files.link_to(new, chance.choice("xyz"))
    elif kind == 4 and old:
        files.remove(old)
    elif kind in {5, 6} and old and can_rename(files, old, new):
        files.rename(old, new)
    elif kind == 7 and old and there is None and files.look(old).kind is Kind.FILE:  # type: ignore[union-attr]
        files.hard_link(old, new)


def can_rename(files: FakeFileSystem, old: str, new: str) -> bool:
    if f"{new}/".startswith(f"{old}/") or f"{new.casefold()}/".startswith(f"{old.casefold()}/"):
        return new.casefold() == old.casefold() and new != old
    there, moved = files.look(new), files.look(old)
    assert moved is not None
    if there is None:
        return True
    if there.kind is Kind.FOLDER:
        return moved.kind is Kind.FOLDER and not files.list_folder(new)
    return moved.kind is not Kind.FOLDER
