"""Selective sync by the whole engine, killed at each of its steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync_engine.core.exclusion import EXCLUDED_NAME
from sync_engine.core.model import NodeId
from sync_engine.core.reports import Choice, Exclusion
from sync_engine.errors import NotPermitted
from tests.fakes.engine_stage import EngineStage, KilledError, hashed

FILES = {"Photos/a.jpg": b"one", "Photos/2019/b.jpg": b"two", "notes": b"three"}
THERE = {"Photos": None, "Photos/2019": None, **{path: hashed(data) for path, data in FILES.items()}}


def prepared() -> EngineStage:
    stage = EngineStage()
    for path, data in FILES.items():
        if "/" in path:
            stage.disk.make(path.rpartition("/")[0])
        stage.disk.write(path, data)
    assert stage.sync().state == "settled"
    assert stage.there() == THERE
    return stage


def leave(stage: EngineStage) -> None:
    assert stage.engine.exclude("Photos").outcome == "done"
    stage.sync()


def leave_with_work(stage: EngineStage) -> None:
    stage.disk.write("Photos/a.jpg", b"edited")
    stage.disk.write("Photos/new.jpg", b"new")
    leave(stage)


def come_back(stage: EngineStage) -> None:
    leave(stage)
    assert stage.engine.include("Photos").outcome == "done"
    stage.sync()


def change_mind(stage: EngineStage) -> None:
    """Wanted again while it is still leaving."""
    assert stage.engine.exclude("Photos").outcome == "done"
    assert stage.engine.include("Photos").outcome == "done"
    stage.sync()


def test_it_leaves_and_comes_back() -> None:
    stage = prepared()
    leave(stage)
    assert set(stage.here()) == {"notes"}
    assert stage.there() == THERE
    assert stage.engine.exclusions() == [Exclusion("Photos", "folder", "excluded")]
    assert stage.engine.state_at_rest().pending == 0
    assert stage.engine.status_of("Photos/a.jpg").state == "excluded"
    assert stage.engine.status_of("notes").state == "in-step"
    assert stage.engine.include("Photos").outcome == "done"
    report = stage.sync()
    assert report.downloaded.files == 2
    assert stage.there() == THERE
    assert stage.here()["Photos/a.jpg"] == b"one"
    assert stage.engine.exclusions() == []


@pytest.mark.scenario("S153")
@pytest.mark.parametrize("act", [leave, leave_with_work, come_back, change_mind])
@pytest.mark.parametrize("then", ["sync", "include", "include unseen"])
def test_a_kill_at_any_step_deletes_nothing_on_the_server(act: Callable[[EngineStage], None], then: str) -> None:
    stage = prepared()
    before = stage.steps
    act(stage)
    last = stage.steps - before
    assert last > 4
    for step in range(1, last + 1):
        stage = prepared()
        stage.kill_at = stage.steps + step
        with pytest.raises(KilledError):
            act(stage)
        stage.restart()
        where = f"{act.__name__} killed at step {step} of {last}, then {then}"
        if then == "sync":
            stage.sync()
        elif then == "include":
            stage.sync()
            stage.engine.include("Photos")
            stage.sync()
        else:  # the exclusion ends before anybody has seen what the crash left
            stage.engine.include("Photos")
            stage.sync()
        stage.sync()
        there = stage.there()
        assert THERE.keys() <= there.keys(), where
        assert not any(node.deleted for node in stage.server.nodes.values()), where
        has_edit = act is leave_with_work
        assert stage.server.history[stage.server.paths()["Photos/a.jpg"].node_id][0] == hashed(b"one")
        assert not has_edit or {hashed(b"edited"), hashed(b"new")} <= set(there.values()), where
        is_out = bool(stage.engine.exclusions())
        here = {path: None if data is None else hashed(data) for path, data in stage.here().items()}  # type: ignore[arg-type]
        assert here == ({"notes": THERE["notes"]} if is_out else there), where
        assert stage.sync().operations == {}, where


@pytest.mark.parametrize("path", ["Photos", "Photos/2019"])
def test_the_daemon_that_is_asked_in_the_middle_of_a_job_forgets_nothing(path: str) -> None:
    """Include and exclude between any two steps of the loop."""
    for pause in range(12):
        stage = prepared()
        stage.engine.exclude(path)
        stage.loop.refresh()
        for _ in range(pause):
            stage.loop.step(0)
        stage.engine.include(path)
        stage.sync()
        assert stage.there() == THERE
        assert set(stage.here()) == set(THERE)


def test_what_another_device_moves_out_comes() -> None:
    stage = prepared()
    leave(stage)
    stage.server.edit("Photos/2019", parent_id=bytes(16), name="Best of 2019")
    stage.sync()
    assert stage.here() == {"notes": b"three", "Best of 2019": None, "Best of 2019/b.jpg": b"two"}


def test_the_list_follows_a_rename_and_loses_what_is_deleted() -> None:
    stage = prepared()
    leave(stage)
    stage.server.edit("Photos", name="Pictures")
    stage.sync()
    assert [exclusion.path for exclusion in stage.engine.exclusions()] == ["Pictures"]
    assert set(stage.here()) == {"notes"}
    stage.server.edit("Pictures", deleted=True)
    stage.sync()
    assert stage.engine.exclusions() == []
    assert stage.journal.excluded() == {}


def test_a_choice_says_what_became_of_it() -> None:
    stage = prepared()
    stage.disk.write("fresh", b"not there yet")
    assert stage.engine.exclude("nowhere") == Choice("unknown", "nowhere")
    stage.loop.refresh()
    while stage.journal.local_at("fresh") is None:
        stage.loop.step(0)
    assert stage.engine.exclude("fresh") == Choice("not-on-server", "fresh")
    assert stage.engine.exclude("Photos/2019") == Choice("done", "Photos/2019")
    assert stage.engine.exclude("Photos/2019") == Choice("already", "Photos/2019")
    assert stage.engine.include("Photos") == Choice("unknown", "Photos")
    assert stage.engine.exclude("Photos") == Choice("done", "Photos")
    assert [exclusion.path for exclusion in stage.engine.exclusions()] == ["Photos"], "one stands for all below"
    assert stage.engine.exclude("Photos/2019") == Choice("part", "Photos")
    assert stage.engine.include("Photos/2019") == Choice("part", "Photos")


def test_another_object_of_that_name_is_a_problem_and_stays() -> None:
    stage = prepared()
    leave(stage)
    stage.disk.write("Photos", b"mine")
    report = stage.sync()
    assert [(problem.path, problem.reason) for problem in report.problems] == [("Photos", EXCLUDED_NAME)]
    assert stage.here()["Photos"] == b"mine"
    assert stage.there() == THERE
    assert stage.engine.include("Photos").outcome == "done", "by its path on the server"


def test_what_the_device_has_not_heard_of_can_be_excluded_before_it_comes() -> None:
    stage = prepared()
    other = EngineStage()
    other.server, other.store = stage.server, stage.store
    other.start()
    node_id = NodeId(stage.server.paths()["Photos"].node_id)
    assert other.engine.exclude("Photos") == Choice("unknown", "Photos")
    assert other.engine.exclude("Photos", node_id) == Choice("done", "Photos")
    assert other.engine.exclusions() == [Exclusion("Photos", "unknown", "excluded")]
    report = other.sync()
    assert report.downloaded.files == 1
    assert other.here() == {"notes": b"three"}
    assert other.engine.exclusions() == [Exclusion("Photos", "folder", "excluded")]


def test_the_folder_stays_as_long_as_something_in_it_cannot_be_read() -> None:
    stage = prepared()
    stage.disk.write("Photos/a.jpg", b"secret edit")
    stage.disk.fail("open_file", "Photos/a.jpg", NotPermitted("Photos/a.jpg"), times=100)
    leave(stage)
    assert stage.here() == {"notes": b"three", "Photos": None, "Photos/a.jpg": b"secret edit"}
    assert stage.engine.exclusions() == [Exclusion("Photos", "folder", "leaving")]
    assert stage.there() == THERE
    stage.disk.heal()
    stage.sync()
    assert set(stage.here()) == {"notes"}
    assert stage.there()["Photos/a.jpg"] == hashed(b"secret edit")


def test_what_is_ignored_stays_and_what_is_put_beside_it_goes_to_the_server() -> None:
    stage = prepared()
    stage.disk.write(".lockstepignore", b"secret\n")
    stage.disk.write("Photos/secret", b"mine alone")
    stage.sync()
    leave(stage)
    left = {".lockstepignore": b"secret\n", "notes": b"three", "Photos": None, "Photos/secret": b"mine alone"}
    assert stage.here() == left
    assert stage.engine.exclusions() == [Exclusion("Photos", "folder", "leaving")]
    report = stage.sync()
    assert (report.state, report.operations) == ("settled", {})
    stage.start()
    report = stage.sync()
    assert (report.state, report.operations) == ("settled", {})
    stage.disk.write("Photos/later.jpg", b"later")
    stage.sync()
    assert stage.here() == left
    assert stage.there()["Photos/later.jpg"] == hashed(b"later")
    stage.disk.remove("Photos")
    stage.sync()
    stage.engine.include("Photos")
    stage.sync()
    assert stage.disk.read("Photos/later.jpg") == b"later"
    assert not any(node.deleted for node in stage.server.nodes.values())


def test_a_paused_device_excludes_once_it_goes_on() -> None:
    stage = prepared()
    stage.engine.pause()
    stage.engine.exclude("Photos")
    for _ in range(5):
        stage.loop.step(0)
    assert "Photos/a.jpg" in stage.here()
    stage.engine.resume()
    stage.sync()
    assert set(stage.here()) == {"notes"}


def test_a_folder_that_is_excluded_goes_to_the_trash_of_the_device() -> None:
    stage = prepared()
    leave(stage)
    trashed = [path for path in stage.disk.calls if path[0] == "trash"]
    assert {path for _, path in trashed} == {"Photos", "Photos/2019", "Photos/2019/b.jpg", "Photos/a.jpg"}
