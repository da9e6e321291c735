"""Uploads and downloads of which one is stopped: it ends at once, and harms no other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sync_engine.core.model import NodeId
from sync_engine.engine.downloader import Nearby
from sync_engine.errors import Unreachable
from tests.unit.sync_engine.engine.transferring import MIB, Fetching, Sending, noise


def call_at(world: Sending | Fetching, piece: int, do: object) -> None:
    """Once so many pieces have gone or come."""
    pieces = 0

    def count() -> None:
        nonlocal pieces
        pieces += 1
        if pieces == piece:
            assert callable(do)
            do()

    world.store.on_piece = count


def break_off(world: Sending | Fetching, name: str, stop: Callable[[], object]) -> list[str]:
    """The first call of this name ends as those do that are broken off, because of what ``stop`` does. Returns what is
    added to with each."""
    call: Callable[..., object] = getattr(world.remote, name)
    made: list[str] = []

    def call_or_break_off(*args: object) -> object:
        made.append(name)
        if len(made) == 1:
            stop()
            raise Unreachable("interrupted")
        return call(*args)

    setattr(world.remote, name, call_or_break_off)
    return made


def node_id(world: Sending | Fetching, name: str) -> NodeId:
    if isinstance(world, Sending):
        return world.node(name).node_id
    return world.node_of(name, world.contents[name]).node_id


@pytest.fixture
def sending() -> Sending:
    return Sending()


@pytest.fixture
def fetching() -> Fetching:
    return Fetching()


# --- uploads ---------------------------------------------------------------------------------------------------------


def test_of_an_upload_that_is_stopped_not_one_more_piece_is_sent(sending: Sending) -> None:
    call_at(sending, 3, lambda: sending.uploader.stop([node_id(sending, "big")]))
    sending.upload({"big": noise(40 * MIB)})
    assert (sending.prepared, sending.failed, sending.store.objects) == ([], [], {})
    assert not sending.uploader.under_way()
    assert sending.files.open_now == 0
    assert len(sending.begun) == 1


def test_what_is_only_waiting_its_turn_is_not_even_read(sending: Sending) -> None:
    sending.files.contents |= {"big": noise(40 * MIB), "later": noise(20 * MIB)}
    sending.offer("big", "later")
    assert sending.uploader.stop([node_id(sending, "later")])
    sending.workers.run_all()
    assert [each.size for each in sending.prepared] == [40 * MIB]
    assert sending.files.opened == ["big"]


def test_what_was_read_when_it_was_stopped_is_not_sent_with_others(sending: Sending) -> None:
    reads: list[str] = []

    def note(path: str) -> None:
        reads.append(path)
        if path == "big" and reads.count("big") == 6:
            sending.uploader.stop([node_id(sending, "big")])
            sending.files.contents["later"] = noise(MIB)
            sending.offer("later")

    sending.files.on_read = note
    sending.upload({"big": noise(14 * MIB)})
    assert [each.size for each in sending.prepared] == [MIB]
    assert sum(sending.store.bodies) < 2 * MIB
    assert not sending.failed


def test_what_goes_in_the_same_pack_arrives(sending: Sending) -> None:
    call_at(sending, 3, lambda: sending.uploader.stop([node_id(sending, "big")]))
    sending.upload({"big": noise(9 * MIB), "small": b"small"})
    assert [each.size for each in sending.prepared] == [5]
    assert all(chunk in sending.remote.chunks for chunk in sending.prepared[0].chunks)
    assert not sending.failed


def test_what_counted_on_its_chunks_arrives(sending: Sending) -> None:
    sending.files.contents |= dict.fromkeys(("one", "other"), noise(5 * MIB))

    def offer_the_other() -> None:
        sending.offer("other")
        sending.workers.collect(0)
        sending.uploader.stop([node_id(sending, "one")])

    call_at(sending, 3, offer_the_other)
    sending.offer("one")
    sending.workers.run_all()
    assert [each.node_id for each in sending.prepared] == [node_id(sending, "other")]
    assert all(chunk in sending.remote.chunks for chunk in sending.prepared[0].chunks)
    assert len(sending.store.bodies) == 1
    assert not sending.failed


@pytest.mark.parametrize("name", ["one", "other"])
def test_what_counted_on_its_chunks_after_it_was_stopped_arrives_without_another_try(
    sending: Sending, name: str
) -> None:
    sending.files.contents |= dict.fromkeys(("one", "other"), noise(5 * MIB))

    def stop_and_offer() -> None:
        sending.uploader.stop([node_id(sending, "one")])
        sending.offer(name)
        sending.workers.run_all()

    call_at(sending, 3, stop_and_offer)
    sending.offer("one")
    sending.workers.run_all()
    assert sending.failed == []
    assert [each.node_id for each in sending.prepared] == [node_id(sending, name)]
    assert all(chunk in sending.remote.chunks for chunk in sending.prepared[0].chunks)
    assert not sending.uploader.under_way()


def test_an_upload_that_is_tried_again_sends_only_what_had_not_arrived(sending: Sending) -> None:
    size = 60 * MIB
    sending.files.contents["big"] = noise(size)
    sending.offer("big")
    while not sending.store.objects:
        sending.workers.collect(0)
    sending.uploader.stop([node_id(sending, "big")])
    sending.workers.run_all()
    arrived = sum(sending.store.bodies)
    assert 0 < arrived < size
    sending.offer("big")
    sending.workers.run_all()
    assert [each.size for each in sending.prepared] == [size]
    assert sum(sending.store.bodies) < size + MIB
    assert not sending.failed


@pytest.mark.parametrize("call", ["missing", "register_packs", "seal_packs"])
def test_a_call_that_an_upload_waits_for_is_not_made_again(sending: Sending, call: str) -> None:
    made = break_off(sending, call, lambda: sending.uploader.stop([node_id(sending, "big")]))
    sending.upload({"big": noise(20 * MIB)})
    assert (sending.prepared, sending.failed, sending.waits, len(made)) == ([], [], [], 1)
    assert sending.files.open_now == 0
    sending.offer("big")
    sending.workers.run_all()
    assert [each.size for each in sending.prepared] == [20 * MIB]


def test_a_question_for_several_is_asked_again(sending: Sending) -> None:
    break_off(sending, "missing", lambda: sending.uploader.stop([node_id(sending, "big")]))
    sending.upload({"small": b"small", "big": noise(20 * MIB)})
    assert [each.size for each in sending.prepared] == [5]
    assert sending.failed == []


def test_stopping_what_is_not_under_way_does_nothing(sending: Sending, fetching: Fetching) -> None:
    sending.upload({"a": b"a"})
    assert not sending.uploader.stop([node_id(sending, "a")])
    sending.check_all_arrived()
    fetching.publish({"a": b"a"})
    fetching.download()
    assert not fetching.downloader.stop([node_id(fetching, "a")])
    fetching.check_all_staged()


# --- downloads -------------------------------------------------------------------------------------------------------


def test_of_a_download_that_is_stopped_no_more_comes_and_nothing_is_left(fetching: Fetching) -> None:
    fetching.publish({"big": noise(40 * MIB)})
    call_at(fetching, 20, lambda: fetching.downloader.stop([node_id(fetching, "big")]))
    fetching.download()
    assert (fetching.staged, fetching.failed) == ({}, {})
    assert fetching.store.counts.downloaded_bytes < 3 * MIB
    assert fetching.files.staged
    assert all(staged.is_discarded for staged in fetching.files.staged)
    assert not fetching.downloader.under_way()


def test_what_lies_in_the_same_pack_comes(fetching: Fetching) -> None:
    others = {f"f{number}": noise(300_000, number) for number in range(20)}
    fetching.publish({"middle": noise(3 * MIB), **others})
    call_at(fetching, 10, lambda: fetching.downloader.stop([node_id(fetching, "middle")]))
    fetching.download()
    fetching.check_staged(*others)
    assert fetching.staged.keys() == others.keys()
    assert not fetching.failed


def test_what_has_the_same_chunks_comes(fetching: Fetching) -> None:
    data = noise(3 * MIB)
    fetching.publish({"one": data, "other": data})
    call_at(fetching, 5, lambda: fetching.downloader.stop([node_id(fetching, "one")]))
    fetching.download()
    fetching.check_staged("other")
    assert fetching.staged.keys() == {"other"}


def test_a_download_that_is_tried_again_comes_whole(fetching: Fetching) -> None:
    fetching.publish({"big": noise(20 * MIB)})
    fetching.fetch()
    while not fetching.downloader.transfers():
        fetching.workers.collect(0)
    fetching.downloader.stop([node_id(fetching, "big")])
    fetching.download()
    fetching.check_all_staged()


@pytest.mark.parametrize("call", ["manifests", "locate"])
@pytest.mark.parametrize("size", [3 * MIB, 20 * MIB])
def test_a_call_that_a_download_waits_for_is_not_made_again(fetching: Fetching, call: str, size: int) -> None:
    fetching.publish({"big": noise(size), "other": noise(MIB, 1)})
    made = break_off(fetching, call, lambda: fetching.downloader.stop([node_id(fetching, "big")]))
    fetching.download("big")
    assert (fetching.staged, fetching.failed, fetching.waits, len(made)) == ({}, {}, [], 1)
    fetching.download("other")
    assert fetching.staged.keys() == {"other"}
    fetching.download("big")
    fetching.check_all_staged()


def test_a_wait_before_another_try_ends_as_well(fetching: Fetching) -> None:
    fetching.publish({"big": noise(3 * MIB)})
    fetching.store.faults.order("get", Unreachable("cut off"))

    def wait(stop: threading.Event, _seconds: float) -> bool:
        fetching.downloader.stop([node_id(fetching, "big")])
        return stop.is_set()

    fetching.wait_in_a_job = wait
    fetching.download()
    assert (fetching.staged, fetching.failed) == ({}, {})
    assert fetching.store.counts.download_requests == 1


@pytest.mark.parametrize("hint", [Nearby(same="near"), Nearby(older="near")])
def test_a_look_for_its_bytes_on_this_device_ends_as_well(fetching: Fetching, hint: Nearby) -> None:
    data = noise(20 * MIB)
    fetching.publish({"big": data})
    fetching.files.contents["near"] = data
    reads: list[str] = []

    def note(path: str) -> None:
        reads.append(path)
        if len(reads) == 3:
            fetching.downloader.stop([node_id(fetching, "big")])

    fetching.files.on_read = note
    fetching.download(nearby={"big": hint})
    assert (fetching.staged, fetching.failed) == ({}, {})
    assert len(reads) < 6
    assert fetching.store.counts.downloaded_bytes == 0
    assert fetching.files.open_now == 0
    assert all(staged.is_discarded for staged in fetching.files.staged)
