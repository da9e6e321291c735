"""The change feed."""

from __future__ import annotations

from threading import Thread

import pytest

from server_api.contract.messages import NamespaceId
from server_api.domain import pages
from server_api.errors import NotFoundError, UnknownCursorError
from server_api.services import changes
from server_api.services.changes import Cursor, read_page
from tests.fixtures.log import Log, Reader

pytestmark = pytest.mark.every_database


def test_an_empty_namespace_is_complete_at_once(log: Log) -> None:
    page = log.page()
    assert (page.seq, page.revision_id, page.complete, page.changes, page.commit_number) == (0, None, True, [], 0)
    assert page.epoch == log.epoch


def test_a_change_tells_all_about_a_node(log: Log) -> None:
    node = log.apply(log.creation("a", b"12345", executable=True))[0]
    (change,) = log.page().changes
    assert (change.node_id, change.seq, change.revision_id, change.name) == (node.node_id, 1, node.revision_id, "a")
    assert (change.content_hash, change.size, change.mtime_ns) == (node.content_hash, 5, 1)
    assert (change.executable, change.deleted, change.approved) == (True, False, False)
    assert change.device_id == log.laptop.device_id
    assert change.committed_at == node.committed_at


def test_after_a_cursor_come_the_latest_states_of_what_changed_with_deletions(log: Log) -> None:
    kept, gone = log.file("kept"), log.file("gone", b"2")
    reader = Reader(log)
    reader.read()
    moved = log.move(log.move(kept, "once"), "twice")
    gone = log.apply(log.deletion(gone, approved=True))[0]
    page = log.page(reader.cursor)
    assert [(change.seq, change.name, change.deleted, change.approved) for change in page.changes] == [
        (moved.seq, "twice", False, False),
        (gone.seq, "gone", True, True),
    ]
    assert (page.seq, page.revision_id) == (gone.seq, gone.revision_id)


def test_from_the_start_only_what_is_alive_is_told(log: Log) -> None:
    log.folder("dead")
    log.folder("dead/inner")
    log.file("dead/inner/file")
    log.delete(log.file("gone"))
    log.delete(log.at("dead"))
    log.folder("alive")
    log.file("alive/file", b"2")
    page = log.page()
    assert [change.name for change in page.changes] == ["alive", "file"]
    assert page.seq == log.seq


def test_a_cursor_that_this_server_never_gave_is_unknown(log: Log) -> None:
    node = log.file("a")
    good = Cursor(node.seq, log.epoch, node.revision_id)
    assert log.page(good).changes == []
    for bad in (
        Cursor(node.seq, log.new_id(), node.revision_id),
        Cursor(node.seq, log.epoch, log.new_id()),
        Cursor(node.seq, log.epoch, None),
        Cursor(node.seq, None, node.revision_id),
        Cursor(node.seq + 1, log.epoch, node.revision_id),
    ):
        with pytest.raises(UnknownCursorError):
            log.page(bad)


def test_who_starts_anew_needs_no_epoch(log: Log) -> None:
    assert log.page(Cursor(0, log.new_id())).complete


def test_a_namespace_that_does_not_exist_is_not_found(log: Log) -> None:
    with pytest.raises(NotFoundError):
        read_page(log.server, log.laptop, NamespaceId(log.new_id()), Cursor(0))


def test_pages_follow_one_another_without_gap_or_repetition(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "PAGE_CHANGES", 3)
    log.apply(*(log.creation(f"{i}") for i in range(10)))
    cursor, seqs, count = Cursor(0), [], 0
    while True:
        page = log.page(cursor)
        seqs += [change.seq for change in page.changes]
        cursor, count = Cursor(page.seq, page.epoch, page.revision_id), count + 1
        if page.complete:
            break
    assert (seqs, count) == (list(range(1, 11)), 4)
    assert log.page(cursor).changes == []


def test_a_page_of_long_texts_ends_early(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_TEXT_BYTES", 250)
    log.apply(*(log.creation(f"{i}" * 100) for i in range(5)))
    page = log.page()
    assert (len(page.changes), page.complete) == (2, False)


def test_a_folder_that_dies_between_two_pages_takes_what_the_first_one_told(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE_CHANGES", 2)
    folder = log.folder("a")
    log.file("a/1")
    log.file("a/2", b"2")
    log.file("b", b"3")
    first = log.page()
    log.apply(log.deletion(folder))
    reader = Reader(log)
    reader.nodes = {change.node_id: change for change in first.changes}
    reader.cursor = Cursor(first.seq, first.epoch, first.revision_id)
    reader.read()
    assert set(reader.paths()) == {"b"}


def test_readers_between_commits_never_see_a_gap(own_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log = own_log
    monkeypatch.setattr(changes, "PAGE_CHANGES", 4)
    batches = [[log.creation(f"{n}-{i}") for i in range(5)] for n in range(12)]

    def write() -> None:
        for batch in batches:
            log.send(*batch)

    writer = Thread(target=write)
    reader = Reader(log, log.device("phone"))
    writer.start()
    while writer.is_alive() or len(reader.nodes) < 60:
        reader.read()
        seqs = sorted(change.seq for change in reader.nodes.values())
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) % 5 == 0, "half a commit was seen"
    writer.join()
