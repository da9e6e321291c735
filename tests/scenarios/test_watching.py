"""What the watcher tells, and what it does not."""

from __future__ import annotations

import pytest

from sync_engine.ports import Dirty
from tests.scenarios.scene import given, settle, wait
from tests.simulation.device import Device
from tests.simulation.world import World


@pytest.mark.scenario("S142")
@pytest.mark.parametrize("reason", ["watch-limit", "unwatched"])
def test_where_not_everything_can_be_watched_people_are_told_and_polling_finds_changes(
    watching: World, laptop: Device, desktop: Device, reason: str
) -> None:
    given(watching, {"folder": None, "folder/a": b"a"})
    laptop.disk.on_event = None
    laptop.disk.write("folder/a", b"edited")
    laptop.disk.write("folder/b", b"b")
    wait(watching)
    assert desktop.disk.tree() == {"folder": None, "folder/a": b"a"}
    laptop.hear(Dirty("", everything=True, reason=reason))
    assert settle(watching) == {"folder": None, "folder/a": b"edited", "folder/b": b"b"}
    assert (laptop.engine.state().state, laptop.engine.state().warning) == ("in-step", reason)
    laptop.hear(Dirty("", everything=True, reason="watched-again"))
    settle(watching)
    assert laptop.engine.state().warning == ""


def test_a_burst_whose_events_are_lost_is_found_by_one_scan(watching: World, laptop: Device, desktop: Device) -> None:
    given(watching, {f"old {number}": b"old %d" % number for number in range(60)})
    laptop.disk.on_event = None
    for number in range(60):
        laptop.disk.rename(f"old {number}", f"renamed {number}")
        laptop.disk.write(f"new {number}", b"new %d" % number)
        laptop.disk.write(f"gone {number}", b"gone")
        laptop.disk.remove(f"gone {number}")
    laptop.disk.on_event = laptop.hear
    laptop.hear(Dirty("", everything=True, reason="overflow"))
    tree = settle(watching)
    assert len(tree) == 120
    assert {path.partition(" ")[0] for path in tree} == {"renamed", "new"}
    assert desktop.counts.downloaded_bytes < laptop.counts.uploaded_bytes + 1000
    assert watching.network.commits < 20


@pytest.mark.scenario("S147")
def test_a_file_that_comes_and_goes_at_once_reaches_no_server(watching: World, laptop: Device) -> None:
    settle(watching)
    before = watching.network.commits
    for _ in range(5):
        laptop.disk.write("temporary", b"some bytes")
        laptop.disk.remove("temporary")
        wait(watching, 3)
    assert settle(watching) == {}
    assert (watching.network.commits, laptop.counts.uploaded_bytes) == (before, 0)


@pytest.mark.scenario("S148")
@pytest.mark.parametrize("what", ["write", "save", "remove", "rename", "move behind", "move ahead", "make"])
def test_a_change_in_the_midst_of_a_scan_is_not_lost(watching: World, laptop: Device, what: str) -> None:
    """Nothing tells of it but the scan; the next one finds what this one missed."""
    before = {"a": None, "a/file": b"a", "b": None, "b/file": b"b", "c": None, "c/file": b"c"}
    given(watching, before)
    disk = laptop.disk
    after = dict(before)

    def change() -> None:
        match what:
            case "write":
                disk.write("b/file", b"edited")
                after["b/file"] = b"edited"
            case "save":
                disk.save("a/file", b"edited")
                after["a/file"] = b"edited"
            case "remove":
                disk.remove("b")
                del after["b"], after["b/file"]
            case "rename":
                disk.rename("b", "d")
                after.update({"d": None, "d/file": after.pop("b/file")})
                del after["b"]
            case "move behind":
                disk.rename("c/file", "a/moved")
                after["a/moved"] = after.pop("c/file")
            case "move ahead":
                disk.rename("a/file", "c/moved")
                after["c/moved"] = after.pop("a/file")
            case _:
                disk.make("b/new")
                disk.write("b/new/file", b"new")
                after.update({"b/new": None, "b/new/file": b"new"})

    disk.on_event = None
    for _ in range(2):
        disk.before("list_folder", lambda: None)
    disk.before("list_folder", change)
    uploaded = laptop.counts.uploaded_bytes
    laptop.hear(Dirty("", everything=True))
    wait(watching, 10)
    laptop.hear(Dirty("", everything=True))
    assert settle(watching) == dict(sorted(after.items()))
    if what in {"rename", "move behind", "move ahead"}:
        assert laptop.counts.uploaded_bytes == uploaded


def test_a_folder_that_is_renamed_while_it_is_listed_is_one_move(watching: World, laptop: Device) -> None:
    given(watching, {"folder": None, "folder/a": b"a", "folder/b": b"b"})
    uploaded = laptop.counts.uploaded_bytes
    laptop.disk.before("list_folder", lambda: None)
    laptop.disk.before("list_folder", lambda: laptop.disk.rename("folder", "renamed"))
    laptop.hear(Dirty("", everything=True))
    assert settle(watching) == {"renamed": None, "renamed/a": b"a", "renamed/b": b"b"}
    assert laptop.counts.uploaded_bytes == uploaded
    assert not any("delete" in line.action for line in laptop.engine.activity(10))


@pytest.mark.scenario("S145")
def test_what_the_engine_itself_does_makes_no_traffic(watching: World, laptop: Device, desktop: Device) -> None:
    tree = {"folder": None} | {f"folder/{number:02}": b"file %d" % number for number in range(40)}
    given(watching, tree)
    before = watching.network.commits
    wait(watching, 100)
    assert (desktop.counts.uploaded_bytes, watching.network.commits) == (0, before)
    laptop.disk.rename("folder", "renamed")
    for number in range(20):
        laptop.disk.write(f"renamed/{number:02}", b"edited %d" % number)
        laptop.disk.remove(f"renamed/{number + 20:02}")
    settle(watching)
    assert desktop.counts.uploaded_bytes == 0
    assert {line.action for line in desktop.engine.activity(1000)} & {"upload", "commit"} == set()


@pytest.mark.scenario("S92")
def test_a_false_alarm_deletes_nothing(watching: World, laptop: Device) -> None:
    """Whatever an event says of a path, what lies there decides."""
    tree = {"folder": None, "folder/a": b"a", "b": b"b", "link": "b"}
    given(watching, tree)
    before = watching.network.commits
    laptop.hear(Dirty("folder", closed=True))
    laptop.hear(Dirty("b", everything=True))
    laptop.hear(Dirty("link/below", everything=True))
    laptop.hear(Dirty("b/below", closed=True))
    laptop.hear(Dirty("folder/a/x", everything=True))
    laptop.hear(Dirty("never", everything=True))
    assert settle(watching) == dict(sorted(tree.items()))
    assert watching.network.commits == before


@pytest.mark.scenario("S141")
def test_hours_of_sleep_are_caught_up_with(watching: World, laptop: Device, desktop: Device) -> None:
    """The laptop is suspended: its time goes on, and its connection is dead when it wakes."""
    given(watching, {"a": b"a", "b": b"b"})
    laptop.disk.write("a", b"just before")
    watching.clock.advance(8 * 3600)
    desktop.disk.write("b", b"meanwhile")
    watching.network.is_down = True
    laptop.remote.interrupt()
    wait(watching, 5)
    watching.network.is_down = False
    assert settle(watching) == {"a": b"just before", "b": b"meanwhile"}
