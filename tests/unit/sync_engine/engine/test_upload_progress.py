"""How much of a file has gone, as people are told."""

from __future__ import annotations

import pytest

from sync_engine.errors import Unreachable
from tests.unit.sync_engine.engine.transferring import MIB, Sending, noise, watch


@pytest.fixture
def world() -> Sending:
    return Sending()


def test_what_was_read_is_not_done_before_it_has_gone(world: Sending) -> None:
    told = watch(world.store, world.uploader.transfers)
    world.upload({"big": noise(6 * MIB)})
    big = told["big"]
    assert big == sorted(big)
    assert big[0] == 0
    assert len(big) == pytest.approx(96, abs=3)
    assert big[-1] == pytest.approx(6 * MIB, abs=2 * 64 * 1024)


def test_each_file_of_a_pack_advances_with_it(world: Sending) -> None:
    told = watch(world.store, world.uploader.transfers)
    world.upload({"one": noise(2 * MIB, 1), "other": noise(4 * MIB, 2)})
    assert told["one"][0] == told["other"][0] == 0
    assert told["other"][48] == pytest.approx(2 * told["one"][48], rel=0.01)


def test_what_the_server_has_already_is_done_at_once(world: Sending) -> None:
    old, new = noise(5 * MIB, 1), noise(2 * MIB, 2)
    world.upload({"old": old})
    told = watch(world.store, world.uploader.transfers)
    world.upload({"big": old + new})
    assert told["big"][0] >= 4 * MIB
    assert told["big"][-1] <= 7 * MIB


def test_what_is_sent_anew_counts_anew(world: Sending) -> None:
    told = watch(world.store, world.uploader.transfers)
    world.store.faults.order("put", None, Unreachable("cut off"))
    world.upload({"big": noise(2 * MIB)})
    world.check_all_arrived()
    assert max(told["big"]) <= 2 * MIB


def test_large_files_advance_over_many_packs(world: Sending) -> None:
    told = watch(world.store, world.uploader.transfers)
    world.upload({"big": noise(40 * MIB)})
    assert told["big"][0] == 0
    assert all(0 <= done <= 40 * MIB for done in told["big"])
    assert told["big"][-1] > 39 * MIB


def test_no_more_of_a_file_is_done_than_there_was_when_it_was_offered(world: Sending) -> None:
    told = watch(world.store, world.uploader.transfers)
    world.files.contents |= {"grown": b"grown", "other": noise(MIB)}
    world.offer("grown", "other")
    world.files.contents["grown"] += b" a lot"
    world.workers.run_all()
    assert max(told["grown"]) == len("grown")


def test_what_went_before_it_was_stopped_is_not_counted_when_it_is_tried_again(world: Sending) -> None:
    told = watch(world.store, world.uploader.transfers)
    tell, pieces = world.store.on_piece, 0

    def stop_and_try_again() -> None:
        nonlocal pieces
        pieces += 1
        if pieces == 3:
            world.uploader.stop([world.node("small").node_id])
            world.offer("small")
            world.workers.run_all()
        tell()

    world.store.on_piece = stop_and_try_again
    world.upload({"small": noise(MIB, 1), "big": noise(9 * MIB)})
    world.check_all_arrived()
    assert min(told["small"]) == 0
