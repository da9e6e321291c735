"""A pause, and what people are told of changes."""

from __future__ import annotations

from sync_engine.errors import Unreachable
from tests.fakes.device import FakeTime
from tests.fakes.engine_stage import EngineStage


def ms(clock: FakeTime, seconds: float = 0.0) -> int:
    return clock.now_ns() // 1_000_000 + int(seconds * 1000)


def test_a_pause_ends_by_itself_when_it_is_time_and_not_before() -> None:
    stage = EngineStage()
    stage.sync()
    until = ms(stage.clock, 600)
    stage.engine.pause(until)
    stage.disk.write("a", b"some bytes")
    assert stage.sync().state == "partial"
    state = stage.engine.state()
    assert (state.state, state.paused_until) == ("paused", until)
    stage.clock.advance(579)
    stage.loop.step(0.0)
    assert stage.engine.state().state == "paused"
    stage.clock.advance(1.5)
    assert stage.sync().state == "settled"
    assert stage.there().keys() == {"a"}
    assert stage.engine.state().paused_until is None


def test_a_step_waits_no_longer_than_the_pause() -> None:
    stage = EngineStage()
    stage.sync()
    stage.engine.pause(ms(stage.clock, 600))
    began = stage.clock.monotonic()
    stage.loop.step(None)
    assert 599 < stage.clock.monotonic() - began < 601


def test_a_pause_without_an_end_replaces_one_with_and_lasts() -> None:
    stage = EngineStage()
    stage.sync()
    stage.engine.pause(ms(stage.clock, 10))
    stage.engine.pause()
    stage.clock.advance(100_000)
    stage.loop.step(0.0)
    assert (stage.engine.state().state, stage.engine.state().paused_until) == ("paused", None)
    stage.engine.resume()
    assert stage.engine.state().state != "paused"


def test_trying_now_waits_for_neither_server_nor_problem() -> None:
    stage = EngineStage()
    stage.disk.write("a", b"some bytes")
    stage.sync()
    stage.loop.connection.failed(Unreachable("cut off"))
    stage.disk.write("b", b"other bytes")
    assert not stage.loop.connection.may_try()
    stage.engine.try_now()
    assert stage.loop.connection.may_try()


def test_files_on_the_server_and_changes_are_counted() -> None:
    stage = EngineStage()
    stage.disk.make("Docs")
    stage.disk.write("Docs/a", b"a")
    stage.disk.write("b", b"b")
    stage.sync()
    stage.clock.advance(10)
    before = stage.engine.state()
    assert before.files == 2
    assert stage.engine.state().changes == before.changes
    stage.disk.remove("b")
    stage.sync()
    stage.clock.advance(10)
    after = stage.engine.state()
    assert after.files == 1
    assert after.changes > before.changes
