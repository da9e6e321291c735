"""Resolving conflicts by the whole engine, killed at each of its steps."""

from __future__ import annotations

from typing import Any

import pytest

from sync_engine.core.reports import Keep, Resolution
from sync_engine.errors import NotPermitted
from tests.fakes.engine_stage import EngineStage, KilledError, hashed

COPY = "d/report (laptop's conflicted copy 2026-11-05).txt"
KEPT = "d/report (laptop's version 2026-11-05).txt"
ORIGINAL = "d/report.txt"
MINE, THEIRS = b"of this device", b"of another device"


def prepared() -> EngineStage:
    """A conflict, in step on both sides."""
    stage = EngineStage()
    stage.disk.make("d")
    stage.disk.write(ORIGINAL, THEIRS)
    stage.disk.write(COPY, MINE)
    assert stage.sync().state == "settled"
    assert stage.engine.conflicts() == [COPY]
    return stage


def resolve(stage: EngineStage, path: str, keep: Keep) -> Resolution:
    done = stage.engine.resolve_now(path, keep)
    stage.sync()
    return done


EXPECTED: dict[Any, dict[str, bytes | None]] = {
    "mine": {"d": None, ORIGINAL: MINE},
    "theirs": {"d": None, ORIGINAL: THEIRS},
    "both": {"d": None, ORIGINAL: THEIRS, KEPT: MINE},
}


def check(stage: EngineStage, keep: Keep) -> None:
    assert stage.here() == EXPECTED[keep]
    assert stage.there() == {path: data and hashed(data) for path, data in EXPECTED[keep].items()}
    assert stage.engine.conflicts() == []
    check_nothing_is_lost(stage)


def check_nothing_is_lost(stage: EngineStage) -> None:
    contents = {content for versions in stage.server.history.values() for content in versions}
    assert {hashed(MINE), hashed(THEIRS)} <= contents


@pytest.mark.scenario("S38")
@pytest.mark.parametrize("keep", ["mine", "theirs", "both"])
@pytest.mark.parametrize("path", [COPY, ORIGINAL])
def test_a_conflict_is_resolved_as_its_person_says(path: str, keep: Keep) -> None:
    stage = prepared()
    node_id = stage.server.paths()[ORIGINAL].node_id
    done = resolve(stage, path, keep)
    assert done == Resolution("done", ORIGINAL, [COPY], [KEPT] if keep == "both" else [])
    check(stage, keep)
    assert stage.server.paths()[ORIGINAL].node_id == node_id, "one file, with its history"
    if keep == "mine":
        assert stage.server.history[node_id] == [hashed(THEIRS), hashed(MINE)]
    assert stage.sync().operations == {}


@pytest.mark.parametrize("keep", ["mine", "theirs", "both"])
def test_a_kill_at_any_step_loses_nothing_and_it_can_be_said_again(keep: Keep) -> None:
    stage = prepared()
    before = stage.steps
    resolve(stage, COPY, keep)
    last = stage.steps - before
    assert last > 4
    for step in range(1, last + 1):
        stage = prepared()
        stage.kill_at = stage.steps + step
        with pytest.raises(KilledError):
            resolve(stage, COPY, keep)
        stage.restart()
        stage.sync()
        check_nothing_is_lost(stage)
        if stage.engine.conflicts():
            assert resolve(stage, COPY, keep).outcome == "done", step
        check(stage, keep)


@pytest.mark.parametrize("keep", ["mine", "theirs"])
@pytest.mark.parametrize("edited", [COPY, ORIGINAL])
def test_what_was_changed_meanwhile_is_never_overwritten_nor_thrown_away(keep: Keep, edited: str) -> None:
    stage = prepared()
    stage.disk.write(edited, b"just written")  # and not looked at yet
    done = stage.engine.resolve_now(COPY, keep)
    if keep == "theirs" and edited == ORIGINAL:
        assert done.outcome == "done", "it is the copy alone that goes"
    else:
        assert done == Resolution("changed", edited)
        assert COPY in stage.here()
    assert stage.disk.read(edited) == b"just written"
    stage.sync()
    assert stage.there()[edited] == hashed(b"just written")


@pytest.mark.parametrize("operation", ["put_in_place", "trash"])
def test_a_write_in_the_last_moment_lives_on(operation: str) -> None:
    stage = prepared()
    edited = ORIGINAL if operation == "put_in_place" else COPY
    stage.disk.before(operation, lambda: stage.disk.write(edited, b"just written"))
    assert resolve(stage, COPY, "mine") == Resolution("changed", edited)
    assert b"just written" in stage.here().values()
    assert hashed(b"just written") in stage.there().values()
    assert stage.disk.read(ORIGINAL) == (b"just written" if edited == ORIGINAL else MINE)
    check_nothing_is_lost(stage)


def test_what_the_server_does_not_have_yet_is_not_replaced_or_thrown_away() -> None:
    stage = prepared()
    stage.disk.write(COPY, b"edited")
    stage.loop.pause()
    stage.loop.scan()
    for _ in range(5):
        stage.loop.step(0)
    assert stage.engine.resolve_now(COPY, "theirs") == Resolution("not-in-step", COPY)
    assert stage.engine.resolve_now(COPY, "mine") == Resolution("not-in-step", COPY)
    assert stage.engine.resolve_now(COPY, "both").outcome == "done"


def test_a_newer_version_of_another_device_is_kept_beside() -> None:
    stage = prepared()
    other = stage.server.paths()[COPY]
    stage.server.edit(ORIGINAL, content_hash=other.content_hash, size=other.size)  # not heard of here
    stage.server.manifests_by_revision[stage.server.paths()[ORIGINAL].revision_id] = stage.server.manifests_by_revision[
        other.revision_id
    ]
    assert resolve(stage, COPY, "mine").outcome == "done"
    assert stage.disk.read(ORIGINAL) == MINE
    check_nothing_is_lost(stage)


def test_several_copies_go_together_but_only_one_can_be_mine() -> None:
    second = "d/report (laptop's conflicted copy 2026-11-05 2).txt"
    stage = prepared()
    stage.disk.write(second, b"another")
    stage.sync()
    assert resolve(stage, ORIGINAL, "mine") == Resolution("several", ORIGINAL, sorted([COPY, second]))
    both = resolve(stage, ORIGINAL, "both")
    assert sorted(both.kept_as) == [
        "d/report (laptop's version 2026-11-05 2).txt",
        "d/report (laptop's version 2026-11-05).txt",
    ]
    assert stage.engine.conflicts() == []


def test_a_name_that_is_taken_is_numbered() -> None:
    stage = prepared()
    stage.disk.write(KEPT, b"older")
    stage.sync()
    (kept_as,) = resolve(stage, COPY, "both").kept_as
    assert kept_as == "d/report (laptop's version 2026-11-05 2).txt"
    assert stage.disk.read(KEPT) == b"older"


def test_what_is_no_conflict_is_said() -> None:
    stage = prepared()
    stage.disk.write("alone.txt", b"x")
    stage.sync()
    assert resolve(stage, "alone.txt", "mine") == Resolution("no-conflict", "alone.txt")
    assert resolve(stage, "nowhere", "mine") == Resolution("unknown", "nowhere")
    stage.disk.remove(ORIGINAL)
    stage.sync()
    assert resolve(stage, COPY, "mine") == Resolution("no-original", ORIGINAL)
    assert COPY in stage.here()


def test_a_copy_that_cannot_be_read_stays() -> None:
    stage = prepared()
    stage.disk.fail("open_file", COPY, NotPermitted(COPY))
    with pytest.raises(NotPermitted):
        stage.engine.resolve_now(COPY, "mine")
    assert stage.here()[ORIGINAL] == THEIRS
