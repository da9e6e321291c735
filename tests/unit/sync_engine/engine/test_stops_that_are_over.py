"""A stop that its file outlives: where it is told, and that it holds nothing back once there is nothing to stop."""

from __future__ import annotations

import pytest

from sync_engine.core import guard
from sync_engine.core.reports import PathStatus
from tests.fakes.engine_stage import EngineStage, hashed
from tests.unit.sync_engine.engine.one_transfer import (
    NEW,
    OLD,
    as_stopped,
    begin_upload,
    delete_elsewhere,
    go_on_until,
    look,
    look_and_settle,
    made_stage,
    settle,
    stop_download,
    stop_upload,
    tell_manifest,
)


@pytest.fixture
def stage() -> EngineStage:
    return made_stage()


def test_where_it_is_told_follows_the_folder(stage: EngineStage) -> None:
    stop_upload(stage)
    stage.disk.rename("Docs", "Papers")
    stage.disk.make("Docs")
    look_and_settle(stage)
    assert stage.engine.status_of("Papers/big") == as_stopped("Papers/big")
    begin_upload(stage, data=OLD)
    assert stage.engine.status_of("Docs/big") == PathStatus("Docs/big", "uploading")
    stage.engine.stop_transfer("Docs/big")
    settle(stage)
    stage.engine.try_now("Docs/big")
    settle(stage)
    assert [problem.path for problem in stage.engine.problems()] == ["Papers/big"]
    assert stage.engine.state().state == "attention"


def test_where_it_is_told_follows_the_folder_of_the_server(stage: EngineStage) -> None:
    stop_download(stage)
    stage.server.edit("Docs", name="Papers")
    stage.engine.resume()
    settle(stage)
    assert [problem.path for problem in stage.engine.problems()] == ["Papers/big"]


def test_a_download_that_was_stopped_too_late_is_not_stopped_when_it_comes_again(stage: EngineStage) -> None:
    begin_upload(stage)
    settle(stage)
    delete_elsewhere(stage, "Docs/big")()
    go_on_until(stage, lambda: bool(stage.loop.contents.staged))
    stage.engine.stop_transfer("Docs/big")
    settle(stage)
    assert stage.here()["Docs/big"] == NEW
    delete_elsewhere(stage, "Docs/big")()
    settle(stage)
    assert stage.here()["Docs/big"] == NEW
    assert stage.engine.state().state == "in-step"


def test_after_an_upload_that_was_stopped_too_late_an_older_version_comes(stage: EngineStage) -> None:
    stage.disk.write("Docs/big", OLD)
    stage.sync()
    begin_upload(stage)
    go_on_until(stage, lambda: bool(stage.loop.contents.prepared))
    stage.engine.stop_transfer("Docs/big")
    settle(stage)
    assert stage.there()["Docs/big"] == hashed(NEW)
    stage.server.edit("Docs/big", content_hash=hashed(OLD))
    tell_manifest(stage, "Docs/big")
    settle(stage)
    assert stage.here()["Docs/big"] == OLD
    assert stage.engine.state().state == "in-step"


def test_progress_is_of_each_file_as_it_was_asked_for_last(stage: EngineStage) -> None:
    stage.disk.write("Docs/big", b"short")
    look_and_settle(stage)
    begin_upload(stage)
    progress = stage.engine.state().progress
    assert (progress.files_done, progress.files_total, progress.bytes_total) == (0, 1, len(NEW))
    stage.engine.stop_transfer("Docs/big")
    progress = stage.engine.state().progress
    assert (progress.files_total, progress.bytes_done, progress.bytes_total) == (0, 0, 0)


def test_progress_is_of_what_came_since_all_was_in_step(stage: EngineStage) -> None:
    stage.disk.write("Docs/before", b"before")
    look_and_settle(stage)
    stage.loop.step(0.0)
    begin_upload(stage)
    progress = stage.engine.state().progress
    assert (progress.files_total, progress.bytes_total) == (1, len(NEW))


def test_what_comes_back_because_its_deletion_is_undone_is_not_stopped(
    stage: EngineStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SEVERAL", 1)
    for name in ("a", "b", "c"):
        stage.disk.write(name, b"bytes")
    stage.sync()
    for name in ("a", "b", "c"):
        stage.disk.remove(name)
    look_and_settle(stage)
    assert stage.engine.state().held == 3
    stage.engine.stop_transfer("a")
    settle(stage)
    stage.engine.hold_restore()
    settle(stage)
    assert stage.here().keys() >= {"a", "b", "c"}
    assert stage.engine.state().state == "in-step"


def test_what_was_stopped_and_is_gone_is_not_kept_in_mind(stage: EngineStage) -> None:
    begin_upload(stage)
    stage.engine.stop_transfer("Docs/big")
    stage.disk.remove("Docs/big")
    look_and_settle(stage)
    stage.loop.step(0.0)
    begin_upload(stage, "other", OLD)
    stage.engine.stop_transfer("other")
    assert len(stage.loop.lanes._stops.all()) == 1


def test_one_whose_file_is_gone_is_told_nowhere_else_and_can_be_tried_again(stage: EngineStage) -> None:
    stop_upload(stage)
    stage.disk.remove("Docs/big")
    look(stage)
    go_on_until(stage, lambda: stage.journal.local_at("Docs/big") is None)
    stage.engine.try_now("elsewhere")
    assert {problem.path for problem in stage.engine.problems()} <= {"Docs/big"}
    stage.engine.try_now("Docs/big")
    assert stage.engine.problems() == []
    settle(stage)
    assert stage.engine.state().state == "in-step"
