"""A device never says that all is in step while a plan puts something off that nothing else will bring on."""

from __future__ import annotations

from typing import Any

import pytest

from sync_engine.core.operations import Plan
from sync_engine.core.reports import PathProblem
from tests.fakes.engine_stage import EngineStage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> EngineStage:
    """Its planner puts off whatever has to do with ``stuck``."""
    stage = EngineStage()
    plan = stage.loop.strategy.plan

    def put_off(*arguments: Any, **keywords: Any) -> Any:
        made, left, members = plan(*arguments, **keywords)
        stuck = stage.journal.local_at("stuck")
        if stuck is None or stuck.node_id not in members:
            return made, left, members
        return Plan(postponed=[stuck.node_id], guard=made.guard), left, members

    monkeypatch.setattr(stage.loop.strategy, "plan", put_off)
    return stage


def test_what_is_put_off_for_ever_is_told_by_sync_and_status(stage: EngineStage) -> None:
    stage.disk.write("other", b"goes up")
    assert stage.sync().state == "settled"
    stage.disk.write("stuck", b"does not")
    report = stage.sync()
    assert (report.state, report.problems) == ("partial", [PathProblem("", "standstill")])
    state = stage.engine.state()
    assert (state.state, state.pending) == ("syncing", 1)
    assert stage.there().keys() == {"other"}


def test_the_next_sync_plans_it_again(stage: EngineStage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.disk.write("stuck", b"for now")
    assert stage.sync().state == "partial"
    monkeypatch.undo()
    assert stage.sync().state == "settled"
    state = stage.engine.state()
    assert (state.state, state.pending) == ("in-step", 0)
    assert stage.there().keys() == {"stuck"}


def test_what_should_not_happen_is_in_the_log_to_which_people_are_sent(
    stage: EngineStage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage.disk.write("other", b"goes up")

    def fail(*_arguments: Any, **_keywords: Any) -> Any:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(stage.loop.strategy, "plan", fail)
    with pytest.raises(ZeroDivisionError):
        stage.sync()
    assert "nobody thought of this" in caplog.text
    assert "Traceback" in caplog.text
