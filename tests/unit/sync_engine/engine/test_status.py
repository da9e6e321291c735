"""What people are told of one path, and of the folder as a whole."""

from __future__ import annotations

import threading

import pytest

from sync_engine.core.reports import EngineState, PathStatus
from sync_engine.engine.engine import PROGRESS_EVERY_S
from sync_engine.errors import NotPermitted, RootMissing
from tests.fakes.engine_stage import EngineStage


@pytest.fixture
def stage() -> EngineStage:
    made = EngineStage()
    made.disk.make("Docs")
    made.disk.write("Docs/a.txt", b"a")
    made.disk.write(".lockstepignore", b"# mine\n\n*.iso\n/build/\n")
    assert made.sync().state == "settled"
    return made


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("big.iso", ("ignored", "ignored-pattern", "*.iso")),
        ("Docs/big.iso", ("ignored", "ignored-pattern", "*.iso")),
        ("build", ("ignored", "ignored-pattern", "/build/")),
        ("build/deep/keep.txt", ("ignored", "ignored-pattern", "/build/")),
        ("Docs/.~lock.a.txt#", ("ignored", "ignored-name", "")),
        (".lockstep/root", ("ignored", "ignored-own", "")),
        ("Docs/nowhere", ("unknown", "not-here", "")),
        ("Docs/new.txt", ("pending", "", "")),
    ],
)
def test_of_what_is_not_synced_it_is_said_why(stage: EngineStage, path: str, told: tuple[str, str, str]) -> None:
    stage.disk.make("build")
    stage.disk.make("build/deep")
    for written in ("big.iso", "Docs/big.iso", "build/deep/keep.txt", "Docs/.~lock.a.txt#", "Docs/new.txt"):
        stage.disk.write(written, b"x")
    assert stage.engine.status_of(path) == PathStatus(path, *told)  # type: ignore[arg-type]


def test_what_came_before_the_pattern_is_in_step_and_not_ignored(stage: EngineStage) -> None:
    stage.disk.write(".lockstepignore", b"a.txt\n")
    assert stage.sync().state == "settled"
    assert stage.engine.status_of("Docs/a.txt").state == "in-step"


def test_what_was_deleted_here_and_not_there_yet_is_to_be_done(stage: EngineStage) -> None:
    node = stage.journal.local_at("Docs/a.txt")
    assert node is not None
    stage.disk.remove("Docs/a.txt")
    stage.journal.drop_local([node.node_id])
    assert stage.engine.status_of("Docs/a.txt").state == "pending"


def test_what_cannot_be_looked_at_is_a_problem(stage: EngineStage) -> None:
    stage.disk.fail("look", "Docs/b.txt", NotPermitted)
    assert stage.engine.status_of("Docs/b.txt") == PathStatus("Docs/b.txt", "problem", "not-permitted")


def test_all_of_it_is_in_step_once_everything_is(stage: EngineStage) -> None:
    assert stage.engine.status_of("").state == "in-step"
    node = stage.journal.local_at("Docs/a.txt")
    assert node is not None
    stage.journal.drop_synced([node.node_id])
    assert stage.engine.status_of("").state == "pending"


def test_a_folder_that_was_moved_away_is_told_as_soon_as_somebody_asks(stage: EngineStage) -> None:
    stage.engine.resume()
    assert stage.engine.state_now().reason == ""
    stage.disk.root_error = RootMissing("moved away")
    assert (stage.engine.state_now().state, stage.engine.state_now().reason) == ("attention", "root-missing")
    assert stage.engine.status_of("Docs/a.txt") == PathStatus("Docs/a.txt", "problem", "root-missing")


def test_that_everything_is_in_step_is_told_as_soon_as_it_is(stage: EngineStage) -> None:
    stage.restart()
    stop = threading.Event()
    told: list[tuple[str, float]] = []
    began = stage.clock.monotonic()

    def hear(state: EngineState) -> None:
        told.append((state.state, stage.clock.monotonic() - began))
        if state.state == "in-step":
            stop.set()

    stage.engine.run(stop, hear)
    assert [state for state, _ in told] == ["syncing", "in-step"]
    assert told[-1][1] < 2 * PROGRESS_EVERY_S
