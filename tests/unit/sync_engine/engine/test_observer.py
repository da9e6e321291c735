"""What appears and changes in the folder, one by one and in bulk."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest

from sync_engine.core.ignore import is_temporary
from sync_engine.core.model import Kind, NodeId
from sync_engine.core.platform_names import Naming
from sync_engine.engine.looks import PIECE
from sync_engine.ports import Dirty
from tests.fakes.filesystem import FakeFileSystem
from tests.unit.sync_engine.engine.watching import Watching, taken_in


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
