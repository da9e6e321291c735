"""What becomes revisions, and what is refused and why."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from server_api.contract.messages import (
    MAX_DEPTH,
    ROOT,
    Applied,
    CreateNode,
    Kind,
    NodeId,
    Place,
    Refusal,
)
from server_api.storage import tables
from tests.fixtures.log import Log, content_of, reasons, refusal

pytestmark = pytest.mark.every_database

LARGE = bytes(range(256)) * 1_200


# --- creating ------------------------------------------------------------------------------------------


def test_a_batch_makes_folders_and_what_is_in_them(log: Log) -> None:
    folder = log.creation("a")
    inside = CreateNode(
        operation_id=log.new_id(),
        node_id=log.new_id(),
        kind=Kind.FILE,
        place=Place(parent_id=folder.node_id, name="b.txt"),
        content=log.offer(b"x"),
        executable=True,
    )
    response = log.send(folder, inside)
    assert [result.seq for result in response.results if isinstance(result, Applied)] == [1, 2]
    assert (response.previous_seq, response.seq) == (0, 2)
    node = log.at("a/b.txt")
    assert node.executable
    assert node.version_id == node.revision_id == response.results[1].revision_id  # type: ignore[union-attr]


def test_a_name_is_taken_whatever_its_unicode_form(log: Log) -> None:
    log.file("caf\u00e9")
    assert refusal(log, log.creation("cafe\u0301", b"y")).reason is Refusal.NAME_TAKEN


def test_case_makes_another_name(log: Log) -> None:
    log.file("readme")
    log.file("README")
    assert log.paths() == ["README", "readme"]


def test_a_deleted_node_s_name_is_free(log: Log) -> None:
    log.delete(log.file("a"))
    log.file("a", b"other")


@pytest.mark.parametrize("name", ["..", "a/b", "nul\0", "x" * 256, ".LOCKSTEP", "e\u0301" * 120])
def test_a_name_that_no_device_may_take_is_invalid(log: Log, name: str) -> None:
    operation = log.creation("ok")
    assert refusal(log, replace(operation, place=Place(parent_id=ROOT, name=name))).reason is Refusal.INVALID


def test_the_private_name_is_free_below_the_root(log: Log) -> None:
    log.folder("a")
    log.folder("a/.lockstep")


def test_a_node_that_is_there_already_is_stale(log: Log) -> None:
    node = log.file("a")
    assert refusal(log, log.creation("b", b"", node_id=node.node_id)).reason is Refusal.STALE


def test_nothing_goes_into_a_file(log: Log) -> None:
    node = log.file("a")
    operation = replace(log.creation("x"), place=Place(parent_id=node.node_id, name="x"))
    assert refusal(log, operation).reason is Refusal.INVALID


def test_nothing_goes_into_a_folder_that_does_not_exist(log: Log) -> None:
    operation = replace(log.creation("x"), place=Place(parent_id=log.new_id(), name="x"))
    assert refusal(log, operation).reason is Refusal.PARENT_DELETED


def test_nothing_goes_below_a_deleted_folder(log: Log) -> None:
    log.folder("a")
    inner = log.folder("a/b")
    log.delete(log.at("a"))
    operation = replace(log.creation("x"), place=Place(parent_id=inner.node_id, name="x"))
    assert refusal(log, operation).reason is Refusal.PARENT_DELETED


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.FILE},
        {"kind": Kind.FOLDER, "content": content_of(b"")},
        {"kind": Kind.FOLDER, "executable": True},
        {"kind": Kind.FOLDER, "link_target": "x"},
        {"kind": Kind.SYMLINK},
        {"kind": Kind.SYMLINK, "link_target": ""},
        {"kind": Kind.SYMLINK, "link_target": "a\0b"},
        {"kind": Kind.SYMLINK, "link_target": "€" * 2_000},
        {"kind": Kind.FOLDER, "node_id": ROOT},
    ],
)
def test_kind_and_fields_belong_together(log: Log, fields: dict[str, Any]) -> None:
    assert refusal(log, log.creation("a", **fields)).reason is Refusal.INVALID


def test_a_symlink_keeps_its_target(log: Log) -> None:
    log.apply(log.creation("link", kind=Kind.SYMLINK, link_target="../elsewhere"))
    assert log.at("link").link_target == "../elsewhere"


def test_a_tree_has_a_depth(log: Log) -> None:
    parent = ROOT
    operations = []
    for _ in range(MAX_DEPTH):
        operation = CreateNode(
            operation_id=log.new_id(),
            node_id=log.new_id(),
            kind=Kind.FOLDER,
            place=Place(parent_id=parent, name="d"),
        )
        operations.append(operation)
        parent = NodeId(operation.node_id)
    log.apply(*operations)
    too_deep = replace(log.creation("x"), place=Place(parent_id=parent, name="x"))
    assert refusal(log, too_deep).reason is Refusal.INVALID
    log.apply(replace(log.creation("x", b""), place=Place(parent_id=parent, name="file")))
    log.folder("top")
    top = log.by_id(operations[0].node_id)
    assert refusal(log, log.change(top, place=log.place("top/d"))).reason is Refusal.INVALID
    log.apply(log.change(top, place=log.place("renamed")))


def test_a_namespace_takes_only_so_many_nodes(own_log: Log) -> None:
    log = own_log
    config = log.server.config
    limits = dataclasses.replace(config.limits, nodes_a_namespace=3)
    log.server.config = dataclasses.replace(config, limits=limits)
    log.folder("a")
    log.file("a/b")
    log.delete(log.at("a"))
    response = log.send(log.creation("1"), log.creation("2"), log.creation("3"), log.creation("4"))
    assert reasons(response) == ["applied", "applied", "applied", "quota"]


# --- contents ------------------------------------------------------------------------------------------


def test_an_empty_file_has_no_chunks(log: Log) -> None:
    log.file("empty", b"")
    content = replace(content_of(b""), chunks=[content_of(b"x").hash])
    assert refusal(log, log.creation("other", b"", content=content)).reason is Refusal.INVALID


def test_missing_chunks_are_named(log: Log) -> None:
    pieces = content_of(LARGE).chunks
    refused = refusal(log, log.creation("a", b"", content=content_of(LARGE)))
    assert refused.reason is Refusal.MISSING
    assert refused.missing == list(dict.fromkeys(pieces))


def test_unverified_chunks_are_there_for_the_device_that_sent_them_alone(log: Log) -> None:
    phone = log.device("phone")
    content = log.offer(b"secret", device=phone)
    assert reasons(log.send(log.creation("a", b"", content=content))) == ["missing"]
    assert reasons(log.send(log.creation("a", b"", content=content), device=phone)) == ["applied"]


def test_chunks_of_another_namespace_are_missing(log: Log) -> None:
    content = Log(log.server).offer(b"not yours")
    assert refusal(log, log.creation("a", b"", content=content)).reason is Refusal.MISSING


@pytest.mark.parametrize(
    "change",
    [
        {"size": 9},
        {"size": 0},
        {"hash": bytes(32)},
        {"chunks": []},
        {"chunks": [content_of(b"12345").hash, content_of(b"12345").hash]},
    ],
)
def test_a_manifest_that_does_not_make_up_the_file_is_invalid(log: Log, change: dict[str, Any]) -> None:
    content = log.offer(b"12345")
    assert refusal(log, log.creation("a", b"", content=replace(content, **change))).reason is Refusal.INVALID


def test_a_large_file_is_many_chunks_whose_sizes_add_up(log: Log) -> None:
    content = log.offer(LARGE)
    log.apply(log.creation("a", b"", content=content))
    wrong = replace(content, chunks=content.chunks[:-1])
    assert refusal(log, log.creation("b", b"", content=wrong)).reason is Refusal.INVALID


def test_who_is_over_quota_may_delete_and_move_but_not_add(log_quota: Log) -> None:
    log = log_quota
    node = log.file("a", b"123456")
    with log.server.database.write() as work:
        work.connection.execute(
            update(tables.account).where(tables.account.c.account_id == log.account_id).values(quota_bytes=5)
        )
    assert refusal(log, log.creation("b", b"123456")).reason is Refusal.QUOTA
    log.delete(log.move(node, "c"))


@pytest.fixture
def log_quota(log: Log) -> Log:
    return Log(log.server, quota_bytes=6)


# --- changing ------------------------------------------------------------------------------------------


def test_only_the_latest_revision_is_a_base(log: Log) -> None:
    first = log.file("a")
    log.write(first, b"second")
    assert refusal(log, log.change(first, place=log.place("b"))).reason is Refusal.STALE
    assert refusal(log, log.deletion(first)).reason is Refusal.STALE


def test_a_node_nobody_knows_is_stale(log: Log) -> None:
    node = replace(log.file("a"), node_id=NodeId(log.new_id()))
    assert refusal(log, log.change(node, executable=True)).reason is Refusal.STALE


def test_name_content_and_mode_change_apart(log: Log) -> None:
    node = log.move(log.file("a", b"1"), "b")
    node = log.apply(log.change(node, executable=True))[0]
    node = log.write(node, b"2")
    assert (node.name, node.executable, node.size, node.content_hash) == ("b", True, 1, content_of(b"2").hash)
    assert node.version_id == node.revision_id


def test_a_new_mtime_is_no_new_version(log: Log) -> None:
    node = log.file("a", b"1")
    after = log.apply(log.change(node, content=log.offer(b"1", mtime_ns=77)))[0]
    assert (after.mtime_ns, after.version_id) == (77, node.version_id)


def test_a_change_that_changes_nothing_answers_with_the_latest_revision(log: Log) -> None:
    node = log.file("a", b"1")
    response = log.send(log.change(node, content=content_of(b"1"), executable=False, place=log.place("a")))
    assert response.results == [Applied(node.seq, node.revision_id)]
    assert response.seq == response.previous_seq == node.seq


def test_a_folder_has_no_content(log: Log) -> None:
    folder = log.folder("a")
    assert refusal(log, log.change(folder, content=log.offer(b"x"))).reason is Refusal.INVALID
    assert refusal(log, log.change(folder, executable=True)).reason is Refusal.INVALID


def test_a_folder_does_not_go_into_itself(log: Log) -> None:
    folder = log.folder("a")
    log.folder("a/b")
    assert refusal(log, log.change(folder, place=log.place("a/a"))).reason is Refusal.CYCLE
    assert refusal(log, log.change(folder, place=log.place("a/b/a"))).reason is Refusal.CYCLE


def test_parent_and_child_change_places_in_one_batch(log: Log) -> None:
    parent, child = log.folder("a"), log.folder("a/b")
    moves = [
        log.change(child, place=Place(parent_id=ROOT, name="b")),
        log.change(parent, place=Place(parent_id=child.node_id, name="a")),
    ]
    log.apply(*moves)
    assert log.paths() == ["b", "b/a"]


def test_two_names_are_swapped_in_a_group_without_a_third(log: Log) -> None:
    a, b = log.file("a", b"1"), log.file("b", b"2")
    swap = [log.change(a, place=log.place("b"), group=1), log.change(b, place=log.place("a"), group=1)]
    log.apply(*swap)
    assert (log.at("a").node_id, log.at("b").node_id) == (b.node_id, a.node_id)


def test_a_ring_of_names_and_a_new_file_at_a_freed_one(log: Log) -> None:
    a, b, c = (log.file(name, name.encode()) for name in "abc")
    log.apply(
        log.change(a, place=log.place("b"), group=5),
        log.change(b, place=log.place("c"), group=5),
        log.change(c, place=log.place("d"), group=5),
        log.creation("a", b"new", group=5),
    )
    assert [log.at(name).node_id for name in "bcd"] == [a.node_id, b.node_id, c.node_id]


def test_without_a_group_a_swap_finds_its_name_taken(log: Log) -> None:
    a, b = log.file("a", b"1"), log.file("b", b"2")
    assert reasons(log.send(log.change(a, place=log.place("b")), log.change(b, place=log.place("a")))) == [
        "name_taken",
        "name_taken",
    ]


def test_a_name_is_freed_and_taken_in_one_batch(log: Log) -> None:
    a, b = log.file("a", b"1"), log.file("b", b"2")
    log.apply(log.deletion(a), log.change(b, place=log.place("a")))
    assert log.paths() == ["a"]


# --- groups and needs ------------------------------------------------------------------------------------------


def test_a_group_is_all_or_none(log: Log) -> None:
    a = log.file("a", b"1")
    log.file("taken", b"2")
    response = log.send(
        log.creation("x", group=1),
        log.change(a, place=log.place("taken"), group=1),
        log.creation("y", group=1),
        log.creation("z"),
    )
    assert reasons(response) == ["blocked", "name_taken", "blocked", "applied"]
    assert response.seq == response.previous_seq + 1
    assert log.paths() == ["a", "taken", "z"]


def test_a_group_in_pieces_is_invalid(log: Log) -> None:
    response = log.send(log.creation("a", group=1), log.creation("b"), log.creation("c", group=1))
    assert reasons(response) == ["invalid", "applied", "invalid"]


def test_what_needs_a_refused_operation_is_blocked(log: Log) -> None:
    log.folder("taken")
    first = log.creation("taken")
    second = log.creation("b", needs=[first.operation_id])
    third = log.creation("c", needs=[second.operation_id])
    fourth = log.creation("d", needs=[log.new_id()])
    assert reasons(log.send(first, second, third, fourth)) == ["name_taken", "blocked", "blocked", "blocked"]


def test_children_of_a_refused_folder_are_blocked_by_themselves(log: Log) -> None:
    log.folder("taken")
    parent = log.creation("taken")
    child = replace(log.creation("b"), place=Place(parent_id=parent.node_id, name="b"))
    grandchild = replace(log.creation("c"), place=Place(parent_id=child.node_id, name="c"))
    moved = log.change(log.file("m"), place=Place(parent_id=parent.node_id, name="m"))
    assert reasons(log.send(parent, child, grandchild, moved)) == ["name_taken", "blocked", "blocked", "blocked"]


def test_what_needs_a_member_of_a_refused_group_is_blocked(log: Log) -> None:
    log.folder("taken")
    member = log.creation("a", group=1)
    response = log.send(member, log.creation("taken", group=1), log.creation("c", needs=[member.operation_id]))
    assert reasons(response) == ["blocked", "name_taken", "blocked"]
