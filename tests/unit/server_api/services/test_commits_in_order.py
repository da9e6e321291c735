"""Commits that come twice, late, at once, or from another history; the order and times of what they write."""

from __future__ import annotations

from threading import Thread

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from server_api.contract.messages import (
    Applied,
    CommitRequest,
    NamespaceId,
)
from server_api.errors import (
    InvalidBodyError,
    NotFoundError,
    OperationReusedError,
    SupersededError,
    UnknownCursorError,
)
from server_api.services.commits import append_batch
from server_api.storage import tables
from tests.fixtures.log import Log, Reader, reasons

pytestmark = pytest.mark.every_database


# --- retries ------------------------------------------------------------------------------------------


def test_a_retry_after_a_lost_answer_gets_the_same_answer(log: Log) -> None:
    log.folder("taken")
    operations = [log.creation("a", b"1"), log.creation("taken")]
    first = log.send(*operations, number=50)
    seq = log.seq
    again = log.send(*operations, number=50)
    assert again.results == first.results
    assert log.seq == seq


def test_an_applied_operation_is_remembered_under_a_later_number_and_after_the_node_moved_on(log: Log) -> None:
    operation = log.creation("a", b"1")
    first = log.send(operation)
    log.write(log.at("a"), b"2")
    again = log.send(operation, log.creation("b", needs=[operation.operation_id]))
    assert again.results[0] == first.results[0]
    assert reasons(again) == ["applied", "applied"]


def test_a_group_that_was_applied_stays_applied(log: Log) -> None:
    a, b = log.file("a", b"1"), log.file("b", b"2")
    swap = [log.change(a, place=log.place("b"), group=1), log.change(b, place=log.place("a"), group=1)]
    first = log.send(*swap)
    assert log.send(*swap).results == first.results


def test_the_same_operation_with_another_body_is_an_error_and_changes_nothing(log: Log) -> None:
    operation = log.creation("a")
    log.send(operation)
    seq = log.seq
    with pytest.raises(OperationReusedError):
        log.send(log.creation("first"), replace(operation, place=log.place("b")))
    assert log.seq == seq


def test_another_device_s_operation_is_an_error(log: Log) -> None:
    operation = log.creation("a")
    log.send(operation)
    with pytest.raises(OperationReusedError):
        log.send(operation, device=log.device("phone"))


def test_an_operation_twice_in_a_batch_is_an_error(log: Log) -> None:
    operation = log.creation("a")
    with pytest.raises(InvalidBodyError):
        log.send(operation, operation)


def test_a_request_that_was_stuck_is_fenced_off(log: Log) -> None:
    log.send(log.creation("a"), number=7)
    with pytest.raises(SupersededError):
        log.send(log.creation("late"), number=6)
    log.send(log.creation("from another device"), number=1, device=log.device("phone"))
    assert log.page().commit_number == 7


def test_another_epoch_is_an_unknown_cursor(log: Log) -> None:
    with pytest.raises(UnknownCursorError):
        log.send(log.creation("a"), epoch=log.new_id())


def test_a_device_that_has_seen_what_this_server_never_had_changes_nothing(log: Log) -> None:
    log.file("a")
    seen = log.at("a").revision_id
    creation = log.creation("b")
    for elsewhere in (seen[:8] + bytes(8), bytes(7) + b"\2" + seen[8:], b"\xff" * 16):
        request = CommitRequest(epoch=log.epoch, number=50, operations=[creation], seen_revision=elsewhere)
        with pytest.raises(UnknownCursorError):
            append_batch(log.server, log.laptop, log.namespace_id, request)
    request = CommitRequest(epoch=log.epoch, number=50, operations=[creation], seen_revision=seen)
    assert isinstance(append_batch(log.server, log.laptop, log.namespace_id, request).results[0], Applied)


def test_a_namespace_that_does_not_exist_is_not_found(log: Log) -> None:
    request = CommitRequest(epoch=log.epoch, number=1, operations=[log.creation("a")])
    with pytest.raises(NotFoundError):
        append_batch(log.server, log.laptop, NamespaceId(log.new_id()), request)


# --- what is written ------------------------------------------------------------------------------------------


def test_commit_times_never_decrease(own_log: Log) -> None:
    log = own_log
    first = log.file("a")
    log.server.clock.advance(-3600)  # type: ignore[attr-defined]
    second = log.file("b", b"2")
    log.server.clock.advance(7200)  # type: ignore[attr-defined]
    third = log.file("c", b"3")
    assert first.committed_at == second.committed_at < third.committed_at


def test_waiting_requests_are_woken_after_the_commit(log: Log) -> None:
    with log.server.hub.watch([log.namespace_id]) as watch:
        log.file("a")
        assert watch.wait(0)
        log.send(log.creation("a"))
        assert not watch.wait(0), "a refusal moves nothing"


def test_a_folder_s_subtree_seq_is_raised_by_each_change_below(log: Log) -> None:
    log.folder("a")
    log.folder("a/b")
    node = log.file("a/b/c")
    log.folder("aside")
    assert [log.at(path).subtree_seq for path in ("a", "a/b", "aside")] == [3, 3, 4]
    log.delete(node)
    assert [log.at(path).subtree_seq for path in ("a", "a/b", "aside")] == [5, 5, 4]


def test_eight_threads_commit_without_a_lost_or_doubled_seq(own_log: Log) -> None:
    log = own_log
    devices = [log.device(f"device {i}") for i in range(8)]
    batches = [[[log.creation(f"{i}-{n}-{k}") for k in range(3)] for n in range(6)] for i in range(8)]
    failures: list[BaseException] = []

    def commit(i: int) -> None:
        try:
            for batch in batches[i]:
                assert reasons(log.send(*batch, device=devices[i])) == ["applied"] * 3
        except Exception as error:  # noqa: BLE001  (told to the test's own thread)
            failures.append(error)

    reader = Reader(log, devices[0])
    threads = [Thread(target=commit, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        reader.read()
        seqs = sorted(change.seq for change in reader.nodes.values())
        assert seqs == list(range(1, len(seqs) + 1)), "a reader saw a gap"
    for thread in threads:
        thread.join()
    assert not failures
    reader.read()
    with log.server.database.read() as connection:
        seqs = list(connection.scalars(select(tables.revision.c.seq).order_by(tables.revision.c.seq)))
        nodes = connection.scalar(select(func.count()).select_from(tables.node))
    assert seqs == list(range(1, 8 * 6 * 3 + 1))
    assert nodes == len(seqs) == len(reader.nodes)
