"""Which files are arriving, and how much of them has, as people are told."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from sync_engine.errors import Unreachable
from tests.unit.sync_engine.engine.transferring import MIB, Fetching, noise, watch

PIECE = 100_000
"""Of what the fake store sends."""


@pytest.fixture
def world() -> Fetching:
    return Fetching()


def test_a_file_is_told_as_soon_as_its_first_bytes_come(world: Fetching) -> None:
    world.publish({"large": noise(20 * MIB)})
    told = watch(world.store, world.downloader.transfers)
    world.download()
    assert told["large"][0] == 0
    assert told["large"][-1] > 0


def test_what_only_waits_its_turn_is_not_told(world: Fetching) -> None:
    world.publish({"first": noise(3 * MIB), "second": noise(3 * MIB, seed=1)})
    told: list[int] = []
    world.store.on_piece = lambda: told.append(len(world.downloader.transfers()))
    world.download()
    assert told[0] == 1


def test_it_advances_with_each_piece(world: Fetching) -> None:
    world.publish({"big": noise(20 * MIB)})
    told = watch(world.store, world.downloader.transfers)["big"]
    world.download()
    steps = [after - before for before, after in pairwise(told)]
    assert all(0 <= step <= 2 * PIECE for step in steps)
    assert told[-1] > 19 * MIB


def test_what_comes_before_its_turn_counts(world: Fetching) -> None:
    world.publish({"big": noise(30 * MIB)})
    world.store.faults.order("get", None, Unreachable("cut off"))
    told: list[int] = []

    def wait_while_another_job_runs(_stop: threading.Event, _seconds: float) -> bool:
        told.append(world.downloader.transfers()[0].done)
        world.workers.collect(0)
        told.append(world.downloader.transfers()[0].done)
        return False

    world.wait_in_a_job = wait_while_another_job_runs
    world.download()
    assert told[1] - told[0] > 4 * MIB
    world.check_all_staged()


def test_bytes_of_a_chunk_that_breaks_off_are_given_back(world: Fetching) -> None:
    world.publish({"one chunk": noise(250_000)})
    told: list[int] = []

    def look() -> bool:
        told.extend(each.done for each in world.downloader.transfers())
        return False

    def look_and_lose() -> None:
        look()
        if len(told) == 3:
            raise Unreachable("cut off")

    world.store.on_piece = look_and_lose
    world.wait_in_a_job = lambda _stop, _seconds: look()
    world.download()
    assert told[2] > told[1] > told[0] == told[3] == told[4] == 0
    assert told[5] == told[1]
    world.check_all_staged()


def test_of_files_that_share_a_chunk_each_advances(world: Fetching) -> None:
    data = noise(240_000)
    world.publish({"one": data, "other": data})
    told = watch(world.store, world.downloader.transfers)
    world.download()
    assert told["one"] == told["other"] == [0, *told["one"][1:]]
    assert told["one"][-1] >= PIECE
