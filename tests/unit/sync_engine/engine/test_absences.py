"""What is gone from the folder, and what only seems to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync_engine.core.model import NodeId
from sync_engine.errors import DiskFault, NotPermitted, RootForeign, RootMissing
from sync_engine.ports import Dirty
from tests.unit.sync_engine.engine.watching import Watching, taken_in


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


@pytest.mark.parametrize("path", ["file", "folder"])
def test_what_cannot_be_synced_at_the_place_of_what_vanished_keeps_nobody_looking(world: Watching, path: str) -> None:
    ids = taken_in(world, file=b"1", folder__a=b"2")
    world.files.rename(path, ".lockstep/staging/away")
    world.observer.mark([Dirty(path)])
    world.look()
    world.files.special(path)
    world.settle()
    assert world.observer.is_settled()
    assert world.problems == {path: "special-file"}
    world.files.remove(path)
    assert ids[path] in world.settle()


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
