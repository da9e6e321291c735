"""One transfer that the person stops, and what makes it go on."""

from __future__ import annotations

import pytest

from sync_engine.core.reports import STOPPED, PathProblem, PathStatus
from sync_engine.errors import NotPermitted, Unreachable
from tests.fakes.engine_stage import EngineStage, hashed
from tests.unit.sync_engine.engine.one_transfer import (
    NEW,
    OLD,
    as_stopped,
    begin_download,
    begin_upload,
    edit_elsewhere,
    go_on_until,
    look,
    look_and_settle,
    made_stage,
    moving,
    settle,
    stop_download,
    stop_upload,
)


@pytest.fixture
def stage() -> EngineStage:
    return made_stage()


def test_of_what_is_fetched_the_whole_path_is_told(stage: EngineStage) -> None:
    begin_download(stage)
    assert [each.path for each in moving(stage)] == ["Docs/big"]


def test_what_is_stopped_stays_as_it_is_on_both_sides_and_is_told(stage: EngineStage) -> None:
    begin_upload(stage)
    stage.engine.stop_transfer("Docs/big")
    assert moving(stage) == []
    assert stage.engine.status_of("Docs/big") == as_stopped()
    settle(stage)
    state = stage.engine.state()
    assert (state.state, state.problems, state.stopped, state.pending) == ("attention", 1, 1, 0)
    at_rest = stage.engine.state_at_rest()
    assert (at_rest.state, at_rest.stopped) == ("attention", 1)
    assert stage.engine.status_of("Docs/big") == as_stopped()
    assert stage.here()["Docs/big"] == NEW
    assert "Docs/big" not in stage.there()


def test_it_goes_when_it_is_tried_again(stage: EngineStage) -> None:
    stop_upload(stage)
    stage.engine.try_now("Docs/big")
    settle(stage)
    assert stage.there()["Docs/big"] == hashed(NEW)
    assert stage.engine.state().state == "in-step"


def test_everything_else_goes_on_in_spite_of_it(stage: EngineStage) -> None:
    begin_upload(stage)
    stage.engine.stop_transfer("Docs/big")
    stage.disk.write("other", b"goes up")
    stage.disk.rename("Docs/big", "renamed")
    look_and_settle(stage)
    assert stage.there().keys() == {"Docs", "Docs/small", "other"}
    assert stage.engine.status_of("renamed") == as_stopped("renamed")
    assert [problem.path for problem in stage.engine.problems()] == ["renamed"]


def test_a_change_of_the_file_ends_it(stage: EngineStage) -> None:
    stop_upload(stage)
    stage.disk.write("Docs/big", b"another content")
    look_and_settle(stage)
    assert stage.there()["Docs/big"] == hashed(b"another content")
    assert stage.engine.state().state == "in-step"


def test_it_outlasts_restarts_pauses_and_trying_everything_else(stage: EngineStage) -> None:
    begin_upload(stage)
    stage.engine.stop_transfer("Docs/big")
    stage.restart()
    look_and_settle(stage)
    stage.engine.pause()
    stage.engine.resume()
    stage.engine.try_now()
    settle(stage)
    assert "Docs/big" not in stage.there()
    assert stage.engine.status_of("Docs/big") == as_stopped()
    assert stage.engine.state().state == "attention"


def test_whoever_wants_everything_in_step_gets_it_too(stage: EngineStage) -> None:
    begin_upload(stage)
    stage.engine.stop_transfer("Docs/big")
    stage.restart()
    assert stage.sync().state == "settled"
    assert stage.there()["Docs/big"] == hashed(NEW)


def test_without_a_server_it_is_told_and_lifted_as_well(stage: EngineStage) -> None:
    begin_upload(stage)
    stage.loop.connection.failed(Unreachable("cut off"))
    stage.engine.stop_transfer("Docs/big")
    assert stage.engine.status_of("Docs/big") == as_stopped()
    assert stage.engine.state().problems == 1
    stage.engine.try_now("Docs/big")
    assert stage.engine.status_of("Docs/big") == PathStatus("Docs/big", "pending")
    assert stage.engine.state().problems == 0
    assert stage.loop.connection.may_try()


def test_of_what_is_fetched_the_old_content_stays_until_it_is_tried_again(stage: EngineStage) -> None:
    stop_download(stage)
    assert stage.here()["Docs/big"] == OLD
    assert stage.engine.status_of("Docs/big") == as_stopped()
    assert stage.engine.state().state == "attention"
    assert not stage.disk._find(".lockstep/staging").children  # type: ignore[union-attr]
    stage.engine.try_now("Docs/big")
    settle(stage)
    assert stage.here()["Docs/big"] == NEW
    assert stage.engine.state().state == "in-step"


def test_a_newer_version_comes_in_spite_of_it(stage: EngineStage) -> None:
    stop_download(stage)
    edit_elsewhere(stage, b"newer")
    settle(stage)
    assert stage.here()["Docs/big"] == b"newer"
    assert stage.engine.state().state == "in-step"


def test_a_change_here_ends_it_and_both_contents_are_kept(stage: EngineStage) -> None:
    stop_download(stage)
    stage.disk.write("Docs/big", b"mine")
    look_and_settle(stage)
    assert sorted(data for data in stage.here().values() if isinstance(data, bytes)) == sorted([NEW, b"mine", b"small"])
    assert stage.engine.state().state == "in-step"


def test_what_is_not_kept_here_and_wanted_again_comes(stage: EngineStage) -> None:
    stop_download(stage)
    stage.engine.exclude("Docs/big")
    settle(stage)
    assert "Docs/big" not in stage.here()
    assert stage.engine.state().problems == 0
    stage.engine.stop_transfer("Docs/big")
    assert stage.engine.state().problems == 0
    stage.engine.include("Docs/big")
    settle(stage)
    assert stage.here()["Docs/big"] == NEW


def test_what_went_away_is_no_problem_any_more(stage: EngineStage) -> None:
    stop_upload(stage)
    stage.disk.remove("Docs/big")
    look_and_settle(stage)
    assert stage.engine.state().state == "in-step"


@pytest.mark.parametrize("path", ["Docs/small", "Docs", "nowhere", "", "../x"])
def test_where_nothing_is_to_move_nothing_happens(stage: EngineStage, path: str) -> None:
    stage.engine.stop_transfer(path)
    stage.engine.try_now(path)
    settle(stage)
    assert stage.engine.state().state == "in-step"
    assert stage.engine.problems() == []


def test_what_waits_after_a_failure_can_be_stopped_and_one_alone_be_tried_again(stage: EngineStage) -> None:
    for name in ("a", "b"):
        stage.disk.write(name, b"bytes")
        stage.disk.fail("open_file", name, NotPermitted, times=100)
    look(stage)
    go_on_until(stage, lambda: stage.engine.state().problems == 2)
    stage.disk.heal()
    stage.engine.stop_transfer("a")
    stage.engine.try_now("b")
    go_on_until(stage, lambda: "b" in stage.there())
    stage.clock.advance(3_600)
    settle(stage)
    assert "a" not in stage.there()
    report = stage.sync()
    assert (report.state, report.problems) == ("settled", [])
    assert "a" in stage.there()


def test_what_was_stopped_counts_no_more_to_what_is_to_move(stage: EngineStage) -> None:
    stage.disk.write("other", b"x" * 100)
    begin_upload(stage)
    assert stage.engine.state().progress.files_total == 2
    stage.engine.stop_transfer("Docs/big")
    progress = stage.engine.state().progress
    assert (progress.files_total, progress.bytes_total) == (1, 100)


def test_a_report_tells_of_it(stage: EngineStage) -> None:
    begin_upload(stage)
    reports: list[list[PathProblem]] = []
    stage.engine.sync(lambda report: reports.append(report.problems))
    stage.engine.stop_transfer("Docs/big")
    go_on_until(stage, lambda: bool(reports) or stage.engine._end_runs())
    assert reports == [[PathProblem("Docs/big", STOPPED)]]


@pytest.mark.parametrize("path", ["Docs/big", "Docs"])
def test_what_is_not_to_be_here_is_not_fetched_to_its_end(stage: EngineStage, path: str) -> None:
    begin_download(stage)
    assert stage.engine.exclude(path).outcome == "done"
    assert moving(stage) == []
    settle(stage)
    assert path not in stage.here()
    assert stage.engine.state().state == "in-step"
    stage.engine.include(path)
    settle(stage)
    assert stage.here()["Docs/big"] == NEW


def test_what_is_not_to_be_here_is_sent_to_its_end(stage: EngineStage) -> None:
    begin_upload(stage, data=OLD)
    settle(stage)
    begin_upload(stage)
    assert stage.engine.exclude("Docs/big").outcome == "done"
    settle(stage)
    assert stage.there()["Docs/big"] == hashed(NEW)
    assert "Docs/big" not in stage.here()
