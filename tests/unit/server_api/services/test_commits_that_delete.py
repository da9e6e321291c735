"""Deletions, what they take along, and what comes back."""

from __future__ import annotations

import pytest

from server_api.contract.messages import (
    Applied,
    Refusal,
)
from tests.fixtures.log import Log, Reader, reasons, refusal

pytestmark = pytest.mark.every_database


def test_deleting_a_folder_is_one_revision_and_takes_all_below(log: Log) -> None:
    folder = log.folder("a")
    log.file("a/b")
    before = log.seq
    log.delete(folder if folder.seq == before else log.at("a"))
    assert log.seq == before + 1
    assert log.paths() == []


def test_a_folder_with_something_newer_below_is_not_deleted(log: Log) -> None:
    folder = log.folder("a")
    log.folder("a/b")
    seen = log.seq
    log.file("a/b/new")
    assert refusal(log, log.deletion(folder, seen_seq=seen)).reason is Refusal.STALE
    log.delete(folder)


def test_what_moved_in_is_newer_and_what_moved_out_is_not(log: Log) -> None:
    folder, other = log.folder("a"), log.folder("other")
    node = log.file("a/x")
    seen = log.seq
    node = log.move(node, "x")
    log.apply(log.deletion(folder, seen_seq=seen))
    log.move(node, "other/x")
    assert refusal(log, log.deletion(other, seen_seq=seen)).reason is Refusal.STALE


def test_a_batch_moves_survivors_out_and_then_deletes(log: Log) -> None:
    folder, node = log.folder("a"), log.file("a/x")
    seen = log.seq
    log.apply(log.change(node, place=log.place("x")), log.deletion(folder, seen_seq=seen))
    assert log.paths() == ["x"]


def test_deleting_what_is_dead_changes_nothing(log: Log) -> None:
    folder, node = log.folder("a"), log.file("a/x")
    gone = log.delete(folder)
    response = log.send(log.deletion(gone), log.deletion(node))
    assert response.results == [Applied(gone.seq, gone.revision_id), Applied(node.seq, node.revision_id)]
    assert response.seq == gone.seq


def test_a_change_below_a_deleted_folder_is_refused(log: Log) -> None:
    folder, node = log.folder("a"), log.file("a/x")
    log.delete(folder)
    assert refusal(log, log.change(node, content=log.offer(b"2"))).reason is Refusal.PARENT_DELETED


def test_an_edit_revives_a_deleted_file_only_if_it_says_so_and_where(log: Log) -> None:
    gone = log.delete(log.file("a", b"1"))
    content = log.offer(b"2")
    assert refusal(log, log.change(gone, content=content)).reason is Refusal.INVALID
    assert refusal(log, log.change(gone, content=content, place=log.place("a"))).reason is Refusal.INVALID
    assert refusal(log, log.change(gone, content=content, revive=True)).reason is Refusal.INVALID
    log.apply(log.change(gone, content=content, revive=True, place=log.place("a")))
    assert log.at("a").node_id == gone.node_id


def test_a_revived_file_finds_its_name_taken(log: Log) -> None:
    gone = log.delete(log.file("a", b"1"))
    log.file("a", b"2")
    assert refusal(log, log.change(gone, revive=True, place=log.place("a"))).reason is Refusal.NAME_TAKEN


def test_no_change_revives_a_deleted_folder(log: Log) -> None:
    gone = log.delete(log.folder("a"))
    assert refusal(log, log.change(gone, revive=True, place=log.place("a"))).reason is Refusal.INVALID


def test_a_file_below_a_deleted_folder_survives_by_moving(log: Log) -> None:
    folder, node = log.folder("a"), log.file("a/x")
    log.delete(folder)
    log.move(node, "x")
    assert log.paths() == ["x"]


def test_a_folder_below_a_deleted_one_comes_back_with_all_in_it_and_every_reader_hears(log: Log) -> None:
    top = log.folder("top")
    inner = log.folder("top/inner")
    log.file("top/inner/x", b"1")
    log.folder("top/inner/deep")
    log.file("top/inner/deep/y", b"2")
    log.delete(log.file("top/inner/deep/gone", b"3"))
    reader = Reader(log)
    reader.read()
    log.apply(log.deletion(top))
    reader.read()
    assert reader.paths() == {}
    response = log.send(log.change(inner, place=log.place("back")))
    assert reasons(response) == ["applied"]
    assert response.seq == response.previous_seq, "the device must read the feed, whatever its cursor is"
    reader.read()
    fresh = Reader(log)
    fresh.read()
    assert set(reader.paths()) == set(log.paths()) == {"back", "back/x", "back/deep", "back/deep/y"}
    assert reader.nodes == fresh.nodes
