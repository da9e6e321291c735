"""Rewinding folders."""

from __future__ import annotations

import dataclasses
from random import Random

import msgspec
import pytest
from sqlalchemy import update

from server_api.contract.messages import MAX_DEPTH, Kind, NodeId, Place
from server_api.domain.nodes import Node
from server_api.errors import InvalidBodyError, NotFoundError, QuotaExceededError
from server_api.services import rewind as rewind_module
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fixtures.log import Log, content_of, tree_of

Tree = dict[str, bytes | None]


def hash_of(data: bytes) -> bytes:
    return content_of(data).hash


# --- what was there -----------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_a_folder_becomes_as_it_was_and_rewinding_to_before_undoes_it(log: Log) -> None:
    log.folder("work")
    edited = log.file("work/edited", b"1")
    moved = log.file("work/moved", b"2")
    gone = log.file("work/gone", b"3")
    log.folder("work/sub")
    kept = log.file("work/sub/kept", b"4")
    then, was = log.seq, tree_of(log)
    log.write(edited, b"11")
    log.move(moved, "work/sub/renamed")
    log.delete(gone)
    log.folder("work/new")
    log.file("work/new/file", b"5")
    before = tree_of(log)
    done = log.rewind("work", to_seq=then)
    assert (done.restored, done.changed, done.moved, done.copied, done.deleted) == (1, 1, 1, 0, 1)
    assert tree_of(log) == was
    assert [log.at(f"work/{n}").node_id for n in ("edited", "moved", "gone")] == [
        node.node_id for node in (edited, moved, gone)
    ]
    assert log.at("work/sub/kept").revision_id == kept.revision_id
    log.rewind("work", to_seq=done.undo_seq)
    assert tree_of(log) == before


def test_the_time_that_is_told_undoes_it_too(log: Log) -> None:
    log.folder("work")
    log.file("work/a", b"1")
    clock = log.server.clock
    assert isinstance(clock, FakeClock)
    clock.advance(60)
    log.file("work/b", b"2")
    done = log.rewind("work", ago_ms=30_000)
    assert tree_of(log).keys() == {"work", "work/a"}
    log.rewind("work", to_at=done.undo_at)
    assert tree_of(log).keys() == {"work", "work/a", "work/b"}


def test_asked_for_again_there_is_nothing_to_do(log: Log) -> None:
    log.folder("work")
    node = log.file("work/a", b"1")
    log.folder("work/sub")
    log.file("work/sub/b", b"1")
    then = log.seq
    log.move(node, "elsewhere")
    log.move(log.at("work/sub"), "sub")
    log.rewind("work", to_seq=then)
    seq = log.seq
    done = log.rewind("work", to_seq=then)
    assert (log.seq, done.copied, done.deleted) == (seq, 0, 0)


@pytest.mark.every_database
def test_what_moved_elsewhere_stays_there_and_comes_back_as_a_copy(log: Log) -> None:
    log.folder("work")
    log.folder("work/sub")
    node = log.file("work/sub/a", b"1")
    then = log.seq
    log.move(log.at("work/sub"), "elsewhere")
    log.write(node, b"2")
    done = log.rewind("work", to_seq=then)
    assert done.copied == 2
    assert tree_of(log) == {
        "work": None, "work/sub": None, "work/sub/a": hash_of(b"1"), "elsewhere": None, "elsewhere/a": hash_of(b"2")
    }  # fmt: skip
    assert log.at("elsewhere/a").node_id == node.node_id
    log.rewind("work", to_seq=done.undo_seq)
    assert tree_of(log).keys() == {"work", "elsewhere", "elsewhere/a"}


def test_what_was_deleted_elsewhere_after_it_moved_comes_back_itself(log: Log) -> None:
    log.folder("work")
    node = log.file("work/a", b"1")
    then = log.seq
    log.folder("elsewhere")
    log.move(node, "elsewhere/a")
    log.delete(log.at("elsewhere"))
    log.rewind("work", to_seq=then)
    assert log.at("work/a").node_id == node.node_id
    assert tree_of(log) == {"work": None, "work/a": hash_of(b"1")}


@pytest.mark.every_database
def test_a_folder_that_comes_back_brings_nothing_that_was_put_into_it_since(log: Log) -> None:
    log.folder("work")
    log.folder("work/sub")
    log.file("work/sub/old", b"1")
    then = log.seq
    log.file("work/sub/new", b"2")
    log.folder("work/sub/more")
    log.file("work/sub/more/file", b"3")
    log.delete(log.at("work/sub"))
    log.rewind("work", to_seq=then)
    assert tree_of(log) == {"work": None, "work/sub": None, "work/sub/old": hash_of(b"1")}


@pytest.mark.every_database
def test_names_that_were_swapped_are_swapped_back(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewind_module, "APPEND_AT_ONCE", 1)
    log.folder("work")
    one, two = log.file("work/one", b"1"), log.file("work/two", b"2")
    then, was = log.seq, tree_of(log)
    log.move(one, "work/three")
    log.move(two, "work/one")
    log.move(log.by_id(one.node_id), "work/two")
    log.rewind("work", to_seq=then)
    assert tree_of(log) == was


def test_a_folder_turned_inside_out_is_turned_back(log: Log) -> None:
    log.folder("work")
    outer = log.folder("work/outer")
    inner = log.folder("work/outer/inner")
    log.file("work/outer/inner/a", b"1")
    then, was = log.seq, tree_of(log)
    log.move(inner, "work/inner")
    log.move(outer, "work/inner/outer")
    log.rewind("work", to_seq=then)
    assert tree_of(log) == was


# --- what was not there ---------------------------------------------------------------------------------------------


def test_what_moved_in_goes_home_with_all_that_is_in_it(log: Log) -> None:
    log.folder("work")
    log.folder("home")
    guest = log.folder("home/guest")
    log.file("home/guest/a", b"1")
    then = log.seq
    log.move(guest, "work/guest")
    log.file("work/guest/made there", b"2")
    done = log.rewind("work", to_seq=then)
    assert (done.returned, done.deleted, done.stayed) == (1, 0, [])
    assert tree_of(log).keys() == {"work", "home", "home/guest", "home/guest/a", "home/guest/made there"}


@pytest.mark.parametrize("is_taken", [True, False])
def test_what_cannot_go_home_stays_with_the_folder_that_it_is_in(log: Log, is_taken: bool) -> None:
    log.folder("work")
    log.folder("home")
    guest = log.file("home/guest", b"1")
    then = log.seq
    log.folder("work/made since")
    log.file("work/made since/b", b"2")
    log.move(guest, "work/made since/guest")
    if is_taken:
        log.file("home/guest", b"3")
    else:
        log.delete(log.at("home"))
    done = log.rewind("work", to_seq=then)
    assert (done.returned, done.deleted, done.stayed) == (0, 1, ["made since/guest"])
    assert log.at("work/made since/guest").node_id == guest.node_id


def test_what_stays_leaves_its_name_to_what_had_it(log: Log) -> None:
    log.folder("work")
    old = log.file("work/a.txt", b"1")
    guest = log.file("guest", b"2")
    then = log.seq
    log.delete(old)
    log.move(guest, "work/a.txt")
    log.file("guest", b"3")
    log.rewind("work", to_seq=then)
    assert tree_of(log) == {
        "work": None, "work/a.txt": hash_of(b"1"), "work/a (restored).txt": hash_of(b"2"), "guest": hash_of(b"3")
    }  # fmt: skip


def test_what_would_go_home_below_itself_stays(log: Log) -> None:
    log.folder("work")
    home = log.folder("home")
    guest = log.folder("home/guest")
    then = log.seq
    log.move(guest, "work/guest")
    log.move(home, "work/guest/home")
    log.rewind("work", to_seq=then)
    assert tree_of(log).keys() == {"work", "work/guest", "work/guest/home"}


# --- contents --------------------------------------------------------------------------------------------------------


def test_a_content_that_expired_is_told_and_nothing_else_is_lost(log: Log) -> None:
    log.folder("work")
    node = log.file("work/a", b"1")
    gone = log.file("work/gone", b"9")
    log.file("work/b", b"3")
    then = log.seq
    log.write(node, b"2")
    log.move(log.by_id(node.node_id), "work/renamed")
    log.delete(gone)
    log.delete(log.at("work/b"))
    _expire(log, node, gone)
    done = log.rewind("work", to_seq=then)
    assert sorted(done.expired) == ["a", "gone"]
    assert tree_of(log) == {"work": None, "work/a": hash_of(b"2"), "work/b": hash_of(b"3")}


def _expire(log: Log, *versions: Node) -> None:
    with log.server.database.write() as work:
        for node in versions:
            row = tables.revision.c.seq == node.seq
            work.connection.execute(update(tables.revision).where(row).values(manifest=None))


def test_marks_and_times_come_back(log: Log) -> None:
    log.folder("work")
    node = log.file("work/a", b"1")
    then = log.seq
    log.apply(log.change(node, executable=True))
    log.rewind("work", to_seq=then)
    after = log.at("work/a")
    assert (after.executable, after.version_id) == (False, node.version_id)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_the_same_and_does_nothing(log: Log) -> None:
    log.folder("work")
    log.write(log.file("work/a", b"1"), b"2")
    then = log.seq
    log.delete(log.at("work/a"))
    log.file("work/b", b"3")
    seq = log.seq
    told = log.rewind("work", to_seq=then, dry_run=True)
    assert log.seq == seq
    assert [(change.what, change.path) for change in told.changes] == [("restored", "a"), ("deleted", "b")]
    assert log.rewind("work", to_seq=then) == msgspec.structs.replace(told, changes=[])


def test_a_dry_run_says_where_things_would_go(log: Log) -> None:
    log.folder("work")
    log.folder("work/sub")
    node = log.file("work/sub/a", b"1")
    then = log.seq
    log.move(log.at("work/sub"), "work/renamed")
    log.write(log.move(node, "work/renamed/b"), b"22")
    changes = log.rewind("work", to_seq=then, dry_run=True).changes
    assert [(change.what, change.was_path, change.path) for change in changes] == [
        ("moved", "renamed", "sub"),
        ("changed", "renamed/b", "sub/a"),
    ]
    assert changes[1].size == 1


def test_a_folder_that_was_not_there_is_not_rewound(log: Log) -> None:
    log.file("a", b"1")
    then = log.seq
    log.folder("work")
    log.file("work/b", b"2")
    for path, moment in (("work", then), ("", 0), ("nowhere", then), ("a", then)):
        with pytest.raises(NotFoundError):
            log.rewind(path, to_seq=moment)
    for given in ({}, {"to_seq": 1, "to_at": 1}):
        with pytest.raises(InvalidBodyError):
            log.rewind("work", **given)


def test_more_nodes_than_fit_are_not_held(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewind_module, "MAX_NODES", 3)
    log.folder("work")
    for name in "abc":
        log.file(f"work/{name}")
    assert log.rewind("work", to_seq=log.seq).deleted == 0
    then = log.seq
    log.file("work/d")
    with pytest.raises(InvalidBodyError):
        log.rewind("work", to_seq=then)


def test_no_deeper_than_a_tree_may_be(log: Log) -> None:
    log.folder("work")
    log.folder("work/a")
    log.folder("work/a/b")
    log.file("work/a/b/c")
    then = log.seq
    log.move(log.at("work/a"), "a")
    deep = [log.creation("x")]
    for _ in range(2, MAX_DEPTH):
        deep.append(log.creation("x", place=Place(parent_id=NodeId(deep[-1].node_id), name="x")))
    log.apply(*deep)
    above = "/".join(["x"] * len(deep))
    log.move(log.at("work"), f"{above}/work")
    with pytest.raises(InvalidBodyError):
        log.rewind(f"{above}/work", to_seq=then)


def test_no_more_nodes_than_a_namespace_may_hold(own_log: Log) -> None:
    log = own_log
    log.folder("work")
    log.file("work/a")
    then = log.seq
    log.delete(log.at("work/a"))
    log.file("b")
    config = log.server.config
    limits = dataclasses.replace(config.limits, nodes_a_namespace=2)
    log.server.config = dataclasses.replace(config, limits=limits)
    with pytest.raises(QuotaExceededError):
        log.rewind("work", to_seq=then)


# --- anything ---------------------------------------------------------------------------------------------------------


@pytest.mark.every_database
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happened_a_folder_is_as_it_was_and_nothing_around_it_changed(log: Log, seed: int) -> None:
    chance = Random(seed)
    log.folder("work")
    log.folder("around")
    states: list[tuple[int, Tree]] = []
    for step in range(60):
        _act(log, chance, step)
        states.append((log.seq, tree_of(log)))
    for _ in range(4):
        then, was = chance.choice(states)
        before = tree_of(log)
        if "work" not in was or "work" not in before:
            continue
        stayed = {f"work/{path}" for path in log.rewind("work", to_seq=then, dry_run=True).stayed}
        done = log.rewind("work", to_seq=then)
        after = tree_of(log)
        if not stayed:
            assert _below(after, "work") == _below(was, "work")
        assert _below(was, "work").items() <= _below(after, "work").items()
        homecoming = {path for path in after if path not in before and not path.startswith("work/")}
        outside = {
            path: data for path, data in after.items() if not path.startswith("work/") and path not in homecoming
        }
        assert outside == {path: data for path, data in before.items() if not path.startswith("work/")}
        assert bool(homecoming) <= bool(done.returned)
        if not done.returned and not stayed:
            log.rewind("work", to_seq=done.undo_seq)
            assert tree_of(log) == before
        states.append((log.seq, tree_of(log)))


def _below(tree: Tree, folder: str) -> Tree:
    return {path: data for path, data in tree.items() if path.startswith(f"{folder}/")}


def _act(log: Log, chance: Random, step: int) -> None:
    living = log.ls(recursive=True)
    nodes = [entry for entry in living if entry.path not in {"work", "around"}]
    folders = [entry.path for entry in living if entry.kind is Kind.FOLDER]
    name = f"{chance.choice(folders)}/{chance.choice('abc')}"
    taken = {entry.path for entry in living}
    choice = chance.random()
    if not nodes or choice < 0.4:
        if name not in taken:
            log.apply(log.creation(name, None if chance.random() < 0.4 else b"%d" % step))
        return
    entry = chance.choice(nodes)
    node = log.by_id(entry.node_id)
    if choice < 0.55:
        log.delete(node)
    elif choice < 0.7 and node.kind is Kind.FILE:
        log.write(node, b"%d" % step)
    elif name not in taken and not f"{name}/".startswith(f"{entry.path}/"):
        log.move(node, name)
