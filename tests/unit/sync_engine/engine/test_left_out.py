"""What is in the folder and never in the tree."""

from __future__ import annotations

from collections.abc import Callable

from sync_engine.core.model import NodeId
from sync_engine.ports import Dirty
from tests.unit.sync_engine.engine.watching import Watching, taken_in


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
