"""What the server is told of what is here: when, and never too much."""

from __future__ import annotations

import pytest

from server_api.contract.positions import MAX_WITHOUT, TellPosition
from sync_engine.engine.position import TELL_AGAIN_S, TELL_EVERY_S
from sync_engine.errors import (
    DiskFull,
    NotPermitted,
    RateLimited,
    Refused,
    RemoteError,
    SignedOut,
    UnknownCursor,
    Unreachable,
)
from tests.fakes.engine_stage import EngineStage
from tests.fakes.faults import Lost


@pytest.fixture
def stage() -> EngineStage:
    made = EngineStage()
    made.disk.make("photos")
    made.disk.write("photos/a", b"a")
    made.disk.write("b", b"b")
    made.sync()
    return made


def told(stage: EngineStage) -> TellPosition:
    return stage.server.positions[-1]


def calls(stage: EngineStage) -> int:
    return stage.server.faults.calls["position"]


def lacks(stage: EngineStage) -> set[str] | None:
    """Paths on the server."""
    without = told(stage).without
    return None if without is None else {path for path, node in stage.server.paths().items() if node.node_id in without}


def live(stage: EngineStage, seconds: float) -> None:
    """As a daemon does."""
    until = stage.clock.monotonic() + seconds
    while stage.clock.monotonic() < until:
        stage.loop.step(until - stage.clock.monotonic())


def arrive(stage: EngineStage, name: str) -> None:
    """Another device moves something, and this one hears of it."""
    path = next(path for path in stage.server.paths() if "/" not in path and path != "photos")
    stage.server.edit(path, name=name)
    stage.loop.wire.doubt()


def test_a_sync_ends_with_telling_what_is_here(stage: EngineStage) -> None:
    assert told(stage).revision_id == stage.server.seq.to_bytes(16, "big")
    assert lacks(stage) == set()


def test_a_further_sync_tells_nothing_nor_does_another_process(stage: EngineStage) -> None:
    stage.sync()
    stage.restart()
    stage.sync()
    assert calls(stage) == 1


def test_what_came_from_elsewhere_is_told_once_it_is_here(stage: EngineStage) -> None:
    arrive(stage, "c")
    stage.sync()
    assert told(stage).revision_id == stage.server.seq.to_bytes(16, "big")
    assert (calls(stage), told(stage).number) == (2, 2)


def test_what_is_excluded_is_told_to_be_lacking_and_not_what_is_below(stage: EngineStage) -> None:
    stage.engine.exclude("photos")
    stage.sync()
    assert lacks(stage) == {"photos"}
    stage.engine.include("photos")
    stage.sync()
    assert lacks(stage) == set()


def test_what_finds_no_room_is_lacking_until_it_is_here(stage: EngineStage) -> None:
    stage.server.edit("b", content_hash=stage.server.paths()["photos/a"].content_hash, size=1)
    stage.server.manifests_by_revision |= {
        node.revision_id: stage.server.manifests_by_revision[stage.server.paths()["photos/a"].revision_id]
        for node in [stage.server.paths()["b"]]
    }
    for _ in range(20):
        stage.disk.fail("put_in_place", "b", DiskFull)
    stage.sync()
    assert lacks(stage) == {"b"}


def test_what_is_below_a_folder_that_cannot_be_read_is_not_claimed(stage: EngineStage) -> None:
    stage.disk.fail("list_folder", "photos", NotPermitted)
    stage.engine.look_everywhere()
    stage.sync()
    assert lacks(stage) == {"photos"}


def test_deletions_that_are_held_are_lacking(stage: EngineStage) -> None:
    stage.disk.make("many")
    for number in range(MAX_WITHOUT + 1):
        stage.disk.write(f"many/{number}", b"%d" % number)
    stage.sync()
    assert lacks(stage) == set()
    stage.disk.remove("many")
    assert stage.sync().state == "held"
    assert lacks(stage) is None


def test_it_is_told_now_and_then_however_much_changes(stage: EngineStage) -> None:
    live(stage, TELL_EVERY_S)
    before = calls(stage)
    for number in range(40):
        arrive(stage, f"c{number}")
        live(stage, 1.0)
    assert 2 <= calls(stage) - before <= 40 / TELL_EVERY_S + 1
    live(stage, TELL_EVERY_S)
    assert told(stage).revision_id == stage.server.seq.to_bytes(16, "big")


def test_a_daemon_where_nothing_changes_tells_it_once_a_day(stage: EngineStage) -> None:
    before = calls(stage)
    for _ in range(50):
        stage.loop.step(TELL_AGAIN_S / 25)
        stage.clock.advance(TELL_AGAIN_S / 25)
    assert 2 <= calls(stage) - before <= 4


def test_a_server_that_does_not_know_this_is_left_alone(stage: EngineStage) -> None:
    stage.server.faults.order("position", *[Refused("nothing here", "not-found", 404)] * 5)
    arrive(stage, "c")
    assert stage.sync().state == "settled"
    before = calls(stage)
    for number in range(5):
        arrive(stage, f"c{number}")
        live(stage, 2 * TELL_EVERY_S)
    assert calls(stage) == before
    assert stage.loop.connection.state == "online"


@pytest.mark.parametrize("error", [Unreachable("cut off"), RateLimited("too often", 7.0)])
def test_what_was_not_told_is_told_later_and_nobody_hears_of_it(stage: EngineStage, error: RemoteError) -> None:
    stage.server.faults.order("position", error, error)
    arrive(stage, "c")
    assert stage.sync().state == "settled"
    assert (stage.loop.connection.state, calls(stage)) == ("online", 2)
    live(stage, 4 * TELL_EVERY_S)
    assert calls(stage) == 4
    assert told(stage).revision_id == stage.server.seq.to_bytes(16, "big")


def test_after_a_lost_answer_a_higher_number_counts(stage: EngineStage) -> None:
    stage.server.faults.order("position", Lost(Unreachable("cut off")))
    arrive(stage, "c")
    stage.sync()
    stage.engine.exclude("photos")
    stage.sync()
    live(stage, 2 * TELL_EVERY_S)
    assert (lacks(stage), told(stage).number) == ({"photos"}, 3)


def test_after_a_merge_what_was_told_before_does_not_count(stage: EngineStage) -> None:
    stage.loop.wire.merge_anew()
    stage.sync()
    assert (lacks(stage), told(stage).number) == (set(), 2)


def test_where_the_history_is_another_the_feed_is_read_again(stage: EngineStage) -> None:
    stage.server.faults.order("position", UnknownCursor("restored"))
    arrive(stage, "c")
    assert stage.sync().state == "settled"
    assert stage.loop.connection.state == "online"
    live(stage, 2 * TELL_EVERY_S)
    assert told(stage).revision_id == stage.server.seq.to_bytes(16, "big")


def test_a_device_that_is_signed_out_hears_it_here_too(stage: EngineStage) -> None:
    stage.server.faults.order("position", SignedOut("revoked"))
    arrive(stage, "c")
    assert stage.sync().state == "signed-out"


def test_nothing_is_told_of_what_is_nowhere() -> None:
    stage = EngineStage()
    stage.sync()
    assert calls(stage) == 0


def test_a_pause_is_kept(stage: EngineStage) -> None:
    arrive(stage, "c")
    stage.engine.pause()
    live(stage, 3 * TELL_EVERY_S)
    assert calls(stage) == 1
