"""The uploader against a server and a store in memory."""

from __future__ import annotations

import hashlib
import random

import pytest
from blake3 import blake3

from server_api.contract.messages import ContentHash, ErrorCode
from sync_engine.errors import (
    Changed,
    CorruptTransfer,
    EngineError,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
    UrlExpired,
    Vanished,
)
from tests.fakes.faults import Lost
from tests.fakes.files import LONG_AGO_NS
from tests.unit.sync_engine.engine.transferring import MIB, Sending, noise


@pytest.fixture
def world() -> Sending:
    return Sending()


def test_one_small_file_is_one_request_to_the_store(world: Sending) -> None:
    world.upload({"a.txt": b"hello"})
    world.check_all_arrived()
    assert world.store.counts.upload_requests == 1
    assert world.prepared[0].chunks == [blake3(b"hello").digest()]
    assert world.prepared[0].signature == world.files.signature_of("a.txt")
    assert not world.prepared[0].recheck


def test_a_pack_is_declared_with_its_md5_where_the_server_asks_for_it(world: Sending) -> None:
    world.upload({"a.txt": b"hello"})
    world.remote.needs_md5 = True
    world.upload({"b.txt": b"hello again"})
    world.check_all_arrived()
    md5s = []
    for url, pack in world.remote.registered.values():
        data = world.store.objects[url]
        md5s.append(pack.md5)
        assert pack.md5 in {None, hashlib.md5(data, usedforsecurity=False).digest()}
    assert [md5 is not None for md5 in md5s] == [False, True]


def test_an_empty_file_needs_no_request(world: Sending) -> None:
    world.upload({"empty": b""})
    world.check_all_arrived()
    assert world.remote.asked == []
    assert world.store.counts.upload_requests == 0


def test_many_small_files_go_as_few_packs(world: Sending) -> None:
    chance = random.Random(1)
    world.upload({f"{i:05}": chance.randbytes(chance.randint(1024, 16 * 1024)) for i in range(2_500)})
    world.check_all_arrived()
    assert world.store.counts.upload_requests <= 2
    assert len(world.batches) >= 2, "results come per pack, so that commits overlap with further uploads"


def test_a_large_file_goes_in_several_packs_and_is_told_when_all_are_sealed(world: Sending) -> None:
    world.upload({"big": noise(40 * MIB), "small": b"s"})
    world.check_all_arrived()
    assert 3 <= world.store.counts.upload_requests <= 4
    assert max(world.store.bodies) < 24 * MIB


def test_what_the_server_has_is_not_sent(world: Sending) -> None:
    data = noise(10 * MIB)
    world.upload({"big": data})
    sent = world.store.counts.uploaded_bytes
    world.prepared.clear()
    world.files.contents["big"] = b"!" + data
    world.offer("big")
    world.workers.run_all()
    world.check_all_arrived()
    assert world.store.counts.uploaded_bytes - sent <= 4 * MIB


def test_a_known_content_is_neither_asked_about_nor_sent(world: Sending) -> None:
    world.files.contents["same"] = noise(3 * MIB)
    world.offer("same", known=frozenset([ContentHash(blake3(world.files.contents["same"]).digest())]))
    world.workers.run_all()
    assert len(world.prepared) == 1
    assert world.remote.faults.calls["missing"] == world.store.counts.upload_requests == 0


def test_equal_files_are_sent_once(world: Sending) -> None:
    data = noise(100_000)
    world.upload({f"copy{i}": data for i in range(50)})
    world.check_all_arrived()
    assert world.store.counts.uploaded_bytes < 110_000
    assert world.remote.asked == [blake3(data).digest()]


def test_a_chunk_that_is_known_to_be_there_is_not_asked_about_again(world: Sending) -> None:
    world.upload({"a": b"the same"})
    world.upload({"b": b"the same"})
    world.check_all_arrived()
    assert world.remote.faults.calls["missing"] == 1


def test_a_distrusted_chunk_is_asked_about_and_sent_again(world: Sending) -> None:
    world.upload({"a": b"the same"})
    world.remote.chunks.clear()
    world.uploader.distrust([blake3(b"the same").digest()])
    world.upload({"b": b"the same"})
    world.check_all_arrived()
    assert world.store.counts.upload_requests == 2


def test_what_the_server_lacks_of_a_known_content_is_sent_after_all(world: Sending) -> None:
    content = ContentHash(blake3(b"the same").digest())
    world.uploader.distrust([content])
    world.upload({"a": b"the same"}, known=frozenset({content}))
    world.check_all_arrived()
    world.upload({"b": b"the same"}, known=frozenset({content}))
    assert world.store.counts.upload_requests == 1


def test_a_file_that_is_not_the_one_that_was_offered_has_changed(world: Sending) -> None:
    world.files.contents.update(a=b"before", b=b"steady")
    world.offer("a", "b")
    world.files.contents["a"] = b"after!"
    world.workers.run_all()
    assert [(name, type(error)) for name, error in world.failed] == [("a", Changed)]
    assert len(world.prepared) == 1
    assert blake3(b"after!").digest() not in world.remote.chunks


@pytest.mark.parametrize("size", [1_000, 2 * MIB, 20 * MIB])
def test_a_file_that_changes_while_it_is_read_has_changed(world: Sending, size: int) -> None:
    world.files.contents["a"] = noise(size)
    reads = []

    def write_in_between(path: str) -> None:
        reads.append(path)
        if len(reads) == 2 or size < MIB:
            world.files.contents[path] = noise(size, seed=1)

    world.files.on_read = write_in_between
    world.offer("a")
    world.workers.run_all()
    assert [(name, type(error)) for name, error in world.failed] == [("a", Changed)]
    assert not world.prepared
    assert world.files.open_now == 0


def test_a_file_that_is_gone_fails_alone(world: Sending) -> None:
    world.files.contents.update(a=b"a", b=b"b")
    world.offer("a", "b")
    del world.files.contents["a"]
    world.workers.run_all()
    assert [(name, type(error)) for name, error in world.failed] == [("a", Vanished)]
    assert len(world.prepared) == 1


@pytest.mark.parametrize("operation", ["missing", "register", "seal"])
@pytest.mark.parametrize("is_lost", [False, True])
def test_a_server_that_stumbles_is_asked_again(world: Sending, operation: str, is_lost: bool) -> None:
    error = Unreachable("503")
    world.remote.faults.order(operation, Lost(error) if is_lost else error, RateLimited("", retry_after_s=7.0))
    world.files.contents["a"] = b"hello"
    world.offer("a")
    world.workers.run_all()
    assert len(world.prepared) == 1
    assert world.waits == [0.375, 7.0]


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_put_that_is_lost_is_sent_again_from_the_start(world: Sending, is_lost: bool) -> None:
    error = Unreachable("reset")
    world.store.faults.order("put", Lost(error) if is_lost else error)
    world.upload({"a": noise(2 * MIB)})
    world.check_all_arrived()
    assert world.store.counts.upload_requests == 2


@pytest.mark.parametrize("error", [UrlExpired("old"), CorruptTransfer("bad digest")])
def test_a_put_that_comes_too_late_or_broken_gets_a_fresh_url(world: Sending, error: EngineError) -> None:
    world.store.faults.order("put", error)
    world.upload({"a": b"hello"})
    world.check_all_arrived()
    assert len(world.remote.registered) == 2


def test_a_store_that_refuses_every_fresh_url_is_told_as_that(world: Sending) -> None:
    world.store.faults.order("put", *[UrlExpired("refused")] * 10)
    world.upload({"a": b"hello"})
    assert [type(error) for _, error in world.failed] == [UrlExpired]
    assert len(world.ended) == len(world.begun) == 4


def test_a_pack_that_is_not_as_declared_is_sent_anew(world: Sending) -> None:
    world.store.objects[f"fake:{(1).to_bytes(16, 'big').hex()}"] = b"somebody else was here"
    world.upload({"a": b"hello"})
    world.check_all_arrived()
    assert len(world.remote.registered) == 2


def test_an_unreachable_server_fails_everything_that_waits_without_reading_it(world: Sending) -> None:
    world.remote.faults.order("missing", *[Unreachable("down")] * 4)
    world.files.contents["big"] = noise(20 * MIB)
    world.upload({"a": b"a", "b": b"b"})
    world.offer("big")
    world.workers.run_all()
    assert {name for name, _ in world.failed} == {"a", "b"}
    assert len(world.prepared) == 1, "what was offered after the failure is tried anew"

    world.failed.clear()
    world.remote.faults.order("missing", SignedOut("revoked"))
    world.files.contents.update({f"x{i}": noise(9 * MIB, seed=i) for i in range(4)})
    world.files.opened.clear()
    world.offer("x0", "x1", "x2", "x3")
    world.workers.run_all()
    assert len(world.failed) == 4
    assert len(world.files.opened) <= 2
    assert world.files.open_now == 0


def test_a_refusal_fails_the_files_of_its_pack_and_the_rest_goes_on(world: Sending) -> None:
    world.remote.faults.order("register", Refused("no space", ErrorCode.QUOTA_EXCEEDED, 507))
    world.files.contents.update({f"{i}": noise(8 * MIB, seed=i) for i in range(4)})
    world.offer("0", "1", "2", "3")
    world.workers.run_all()
    assert 1 <= len(world.failed) < 4
    assert len(world.failed) + len(world.prepared) == 4
    assert not world.uploader.under_way()


def test_a_file_whose_chunk_travels_with_a_failing_pack_fails_with_it(world: Sending) -> None:
    shared = noise(200_000)
    world.files.contents["first"] = shared
    world.offer("first")
    world.remote.faults.order("register", Refused("no", ErrorCode.QUOTA_EXCEEDED, 507))
    world.files.contents["second"] = shared
    world.offer("second")
    world.workers.run_all()
    assert {name for name, _ in world.failed} == {"first", "second"}


def test_cancelling_drops_everything_and_closes_every_file(world: Sending) -> None:
    world.files.contents["big"] = noise(40 * MIB)
    world.files.contents["small"] = b"s"
    world.offer("big", "small")
    world.workers.collect(0)
    assert world.uploader.under_way()
    world.prepared.clear()
    world.uploader.cancel()
    assert not world.uploader.under_way()
    world.workers.run_all()
    assert not world.prepared
    assert not world.failed
    assert world.files.open_now == 0

    world.offer("big", "small")
    world.workers.run_all()
    world.check_all_arrived()


def test_a_node_that_is_under_way_is_left_alone(world: Sending) -> None:
    world.files.contents["a"] = b"a"
    world.offer("a")
    world.offer("a")
    world.workers.run_all()
    world.check_all_arrived()
    assert world.files.opened == ["a"]


def test_small_files_do_not_wait_for_large_ones(world: Sending) -> None:
    world.files.contents["big"] = noise(40 * MIB)
    world.offer("big")
    world.workers.collect(0)
    world.files.contents["urgent"] = b"now"
    world.offer("urgent")
    while not world.prepared:
        world.workers.collect(0)
    assert len(world.prepared) == 1
    assert "big" in {transfer.path for transfer in world.uploader.transfers()}
    assert len(world.uploader.under_way()) == 1
    world.workers.run_all()
    world.check_all_arrived()
    assert not world.uploader.under_way()


def test_a_file_written_a_moment_ago_is_to_be_looked_at_again() -> None:
    world = Sending(LONG_AGO_NS + 1_500_000_000)
    world.upload({"a": b"a"})
    assert world.prepared[0].recheck


def test_a_bug_in_a_job_is_told_and_leaves_nothing_under_way(world: Sending) -> None:
    world.remote.faults.order("missing", ZeroDivisionError("a bug"))
    world.upload({"a": b"a"})
    assert [type(error) for _, error in world.failed] == [EngineError]
    assert not world.uploader.under_way()
