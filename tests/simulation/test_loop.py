"""The control loop by name: whole devices, each situation made on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server_api.contract import messages
from sync_engine.core.model import Cursor, NodeId
from sync_engine.engine import wire
from sync_engine.engine.commits import LATEST_NS
from sync_engine.engine.loop import Rhythm
from sync_engine.errors import DiskFault, DiskFull, Refused, Unreachable
from sync_engine.ports import OpenFile, Problem
from tests.fakes.faults import Lost
from tests.simulation import oracles
from tests.simulation.device import DAEMON, ONCE, Device
from tests.simulation.people import Tree
from tests.simulation.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """Two devices that sync when they are told to."""
    with World(1, (ONCE, ONCE)) as made:
        yield made


@pytest.fixture
def watching() -> Iterator[World]:
    """Two devices with daemons."""
    with World(1, (DAEMON, DAEMON)) as made:
        yield made


@pytest.fixture
def laptop(world: World) -> Device:
    return world.devices[0]


@pytest.fixture
def desktop(world: World) -> Device:
    return world.devices[1]


def settle(world: World) -> None:
    """Until all is in step, and all that has to hold then holds."""
    world.settle()
    oracles.check_in_step(world)


@pytest.mark.parametrize("rhythm", [ONCE, DAEMON])
def test_a_second_sync_with_nothing_to_do_settles_at_once(rhythm: Rhythm) -> None:
    with World(1, [rhythm]) as world:
        (device,) = world.devices
        device.disk.write("a", b"some bytes")
        assert device.sync().state == "settled"
        before = device.counts.uploaded_bytes, world.clock.monotonic(), world.network.commits
        report = device.sync()
        assert (report.state, report.operations) == ("settled", {})
        assert (device.counts.uploaded_bytes, world.clock.monotonic(), world.network.commits) == before


def test_an_empty_folder_settles_at_once(laptop: Device) -> None:
    assert laptop.sync().state == "settled"
    assert laptop.sync().operations == {}


def test_a_file_read_in_the_moment_of_its_change_is_read_once_more_when_that_is_over(
    world: World, laptop: Device, desktop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.disk.write("a", b"before")
    settle(world)
    desktop.disk.write("a", b"after")
    desktop.sync()
    world.clock.advance(60)
    laptop.disk.write("a", b"before")  # the same bytes, now
    opened: list[str] = []
    open_file = laptop.disk.open_file

    def count(path: str) -> OpenFile:
        opened.append(path)
        assert len(opened) < 10, "it is read without end"
        return open_file(path)

    monkeypatch.setattr(laptop.disk, "open_file", count)
    assert laptop.sync().state == "settled"
    assert laptop.disk.tree() == {"a": b"after"}
    assert len(opened) == 2


# --- deletions that wait for a person's word -------------------------------------------------------------------------


@pytest.fixture
def held(world: World, laptop: Device) -> Tree:
    """All of 250 files vanished from the laptop."""
    before = {f"folder/{number}": b"file %d" % number for number in range(250)}
    laptop.disk.make("folder")
    for path, content in before.items():
        laptop.disk.write(path, content)
    settle(world)
    for path in before:
        laptop.disk.remove(path)
    return {"folder": None, **before}


@pytest.mark.scenario("S82")
def test_mass_deletions_settle_as_held(world: World, held: Tree, laptop: Device, desktop: Device) -> None:
    laptop.disk.write("other", b"goes on")
    report = laptop.sync()
    assert report.state == "held"
    assert report.held is not None
    assert (report.held.deletions, report.held.where) == (250, "local")
    assert desktop.sync().state == "settled"
    assert desktop.disk.tree() == held | {"other": b"goes on"}


@pytest.mark.scenario("S82")
def test_held_deletions_survive_a_restart(held: Tree, laptop: Device) -> None:
    laptop.sync()
    laptop.end()
    laptop.start()
    hold = laptop.engine.hold()
    assert hold is not None
    assert hold.deletions == 250
    assert laptop.sync().state == "held"


@pytest.mark.scenario("S76")
def test_approved_deletions_go_through_everywhere_without_a_second_question(
    world: World, held: Tree, laptop: Device, desktop: Device
) -> None:
    laptop.sync()
    laptop.end()
    laptop.start()
    laptop.engine.hold_apply()
    assert laptop.sync().state == "settled"
    assert desktop.sync().state == "settled"
    assert desktop.disk.tree() == {"folder": None}
    settle(world)


@pytest.mark.scenario("S76")
def test_dismissed_deletions_bring_everything_back(world: World, held: Tree, laptop: Device, desktop: Device) -> None:
    laptop.sync()
    laptop.engine.hold_restore()
    report = laptop.sync()
    assert (report.state, report.downloaded.files) == ("settled", 250)
    assert laptop.disk.tree() == desktop.disk.tree() == held
    settle(world)


@pytest.mark.parametrize("mtime_ns", [2**34 * 10**9, -(2**34) * 10**9])
def test_a_time_that_the_contract_cannot_tell_is_told_as_near_as_it_can(
    mtime_ns: int, world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("far", b"from another century", mtime_ns=mtime_ns)
    laptop.disk.write("near", b"goes on")
    settle(world)
    assert desktop.disk.tree() == {"far": b"from another century", "near": b"goes on"}
    told = desktop.disk.look("far")
    assert told is not None
    assert abs(told.signature.mtime_ns) == LATEST_NS


# --- two devices -----------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S21")
def test_two_edits_of_one_file_are_both_kept(world: World, laptop: Device, desktop: Device) -> None:
    laptop.disk.write("note.txt", b"first")
    settle(world)
    laptop.disk.write("note.txt", b"from the laptop")
    desktop.disk.write("note.txt", b"from the desktop")
    laptop.sync()
    report = desktop.sync()
    copy = "note (Desktop's conflicted copy 2026-11-05).txt"
    assert report.conflicts == [copy]
    settle(world)
    assert laptop.disk.tree() == {"note.txt": b"from the laptop", copy: b"from the desktop"}


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_bytes_that_changed_unseen_while_their_file_was_moved_outlive_what_takes_their_place(
    act: str, world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("a", b"old bytes")
    world.clock.advance(60)
    settle(world)
    mtime_ns = laptop.disk._must("a").mtime_ns
    laptop.disk.rename("a", "b")
    laptop.disk.write("b", b"new bytes", mtime_ns=mtime_ns)  # a rename changes the ctime as well: nothing else tells
    laptop.sync()
    desktop.sync()
    if act == "edit":
        desktop.disk.write("b", b"of the desktop")
    else:
        desktop.disk.remove("b")
    desktop.sync()
    laptop.sync()
    settle(world)
    assert b"new bytes" in laptop.disk.tree().values()


def test_two_devices_that_make_one_folder_get_one_with_all_that_is_in_it(
    world: World, laptop: Device, desktop: Device
) -> None:
    for device in (laptop, desktop):
        device.disk.make("Photos")
        device.disk.write(f"Photos/{device.name}", device.name.encode())
    laptop.sync()
    assert desktop.sync().conflicts == []
    settle(world)
    assert laptop.disk.tree() == {"Photos": None, "Photos/Desktop": b"Desktop", "Photos/Laptop": b"Laptop"}


@pytest.mark.scenario("S51")
def test_swapped_names_are_swapped_elsewhere_without_moving_bytes(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("a", b"one")
    laptop.disk.write("b", b"two")
    settle(world)
    laptop.disk.rename("a", "between")
    laptop.disk.rename("b", "a")
    laptop.disk.rename("between", "b")
    up, down = laptop.sync().uploaded, desktop.sync().downloaded
    assert (up.bytes, down.bytes) == (0, 0)
    assert desktop.disk.tree() == {"a": b"two", "b": b"one"}
    settle(world)


@pytest.mark.scenario("S54")
def test_folders_that_were_moved_into_each_other_come_to_rest(world: World, laptop: Device, desktop: Device) -> None:
    for name in ("A", "B"):
        laptop.disk.make(name)
        laptop.disk.write(f"{name}/in {name}", name.encode())
    settle(world)
    laptop.disk.rename("A", "B/A")
    desktop.disk.rename("B", "A/B")
    laptop.sync()
    desktop.sync()
    settle(world)
    files = sorted(content for content in laptop.disk.tree().values() if content is not None)
    assert files == [b"A", b"B"]


@pytest.mark.scenario("S73")
def test_a_new_file_survives_the_deletion_of_its_folder(world: World, laptop: Device, desktop: Device) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/old", b"old")
    settle(world)
    laptop.disk.remove("folder")
    desktop.disk.write("folder/new", b"new")
    laptop.sync()
    desktop.sync()
    settle(world)
    assert laptop.disk.tree() == {"folder": None, "folder/new": b"new"}


def test_a_file_is_edited_here_in_a_folder_that_it_left_before_it_was_deleted_there(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/a", b"old")
    settle(world)
    laptop.disk.rename("folder/a", "a")
    laptop.disk.remove("folder")
    desktop.disk.write("folder/a", b"edited")
    desktop.disk.make("folder/new")
    laptop.sync()
    desktop.sync()
    settle(world)
    assert laptop.disk.tree() == {"a": b"edited", "folder": None, "folder/new": None}


def test_what_was_wrapped_there_is_deleted_here_while_the_engine_wraps_it(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.link_to("c", "target")
    settle(watching)
    desktop.disk.before("park", lambda: desktop.disk.remove("c"))
    laptop.disk.make("wrapping")
    laptop.disk.rename("c", "wrapping/c")
    laptop.disk.rename("wrapping", "c")
    settle(watching)
    assert laptop.disk.tree() in ({"c": None}, {"c": None, "c/c": "target"})


@pytest.mark.parametrize("act", ["remove", "move out"])
def test_a_file_goes_just_before_the_engine_removes_its_folder(watching: World, act: str) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/a", b"some bytes")
    settle(watching)

    def go() -> None:
        if act == "remove":
            desktop.disk.remove("folder/a")
        else:
            desktop.disk.rename("folder/a", "a")

    desktop.disk.before("trash", go)
    laptop.disk.remove("folder")
    settle(watching)
    assert laptop.disk.tree() == ({} if act == "remove" else {"a": b"some bytes"})


def test_a_file_is_saved_just_before_the_engine_moves_its_folder(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/a", b"old")
    settle(watching)
    desktop.disk.before("move", lambda: desktop.disk.save("folder/a", b"edited"))
    laptop.disk.rename("folder", "renamed")
    settle(watching)
    assert laptop.disk.tree() == {"renamed": None, "renamed/a": b"edited"}


# --- problems ---------------------------------------------------------------------------------------------------------


def test_a_file_in_the_place_of_a_folder_that_was_just_made_is_no_twin(watching: World) -> None:
    laptop = watching.devices[0]
    settle(watching)
    laptop.disk.make("a")
    laptop.disk.remove("a")
    laptop.disk.write("a", b"some bytes")
    watching.settle()
    assert laptop.engine.problems() == []
    settle(watching)


@pytest.mark.scenario("S84")
def test_a_folder_that_could_not_be_read_is_read_once_it_can_be(watching: World) -> None:
    laptop = watching.devices[0]
    laptop.disk.make("folder")
    settle(watching)
    laptop.disk.lock("folder")
    laptop.disk.write("folder/a", b"some bytes")
    watching.run(lambda: bool(laptop.engine.problems()))
    laptop.disk.heal()  # and nobody tells
    settle(watching)
    assert watching.devices[1].disk.tree() == {"folder": None, "folder/a": b"some bytes"}


def test_ignore_rules_that_could_not_be_looked_at_once_are_no_problem_for_ever(watching: World) -> None:
    laptop = watching.devices[0]
    settle(watching)
    laptop.disk.fail("look", ".lockstepignore", DiskFault)
    laptop.disk.write("a", b"some bytes")
    watching.run(lambda: bool(laptop.engine.problems()))
    settle(watching)


def test_a_problem_of_something_that_is_nowhere_any_more_is_none_after_a_restart(watching: World) -> None:
    laptop = watching.devices[0]
    settle(watching)
    with laptop.journal.transaction():  # as it was told just before the program ended
        laptop.journal.put_problems([Problem("gone", "disk-full", "", NodeId(b"gone" * 4))])
    laptop.end()
    laptop.start()
    settle(watching)
    assert laptop.engine.problems() == []


def test_a_problem_goes_with_the_folder_that_it_was_in(watching: World) -> None:
    laptop = watching.devices[0]
    laptop.disk.make("folder/below")
    settle(watching)
    laptop.disk.fail("look", "folder/below/a", DiskFault)
    laptop.disk.write("folder/below/a", b"some bytes")
    watching.run(lambda: bool(laptop.engine.problems()))
    laptop.disk.remove("folder")
    settle(watching)


# --- the network -----------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S33")
@pytest.mark.scenario("S121")
@pytest.mark.scenario("S122")
def test_a_lost_answer_to_a_commit_makes_no_second_version(world: World, laptop: Device) -> None:
    laptop.disk.write("a", b"first")
    settle(world)
    laptop.disk.write("a", b"second")
    world.network.faults.order("commits", Lost(Unreachable("cut off")))
    report = laptop.sync()
    assert (report.state, report.conflicts, report.uploaded.requests) == ("settled", [], 1)
    versions = laptop.remote.history("a")
    assert len(versions) == 2
    settle(world)
    assert laptop.disk.tree() == {"a": b"second"}


@pytest.mark.scenario("S33")
def test_an_answer_that_was_lost_in_a_crash_makes_no_second_version(world: World, laptop: Device) -> None:
    laptop.disk.write("a", b"first")
    commits = world.network.commits
    laptop.ask_to_sync()
    world.run(lambda: world.network.commits > commits)
    laptop.kill()
    laptop.start()
    settle(world)
    assert len(laptop.remote.history("a")) == 1


def test_what_a_silently_restored_server_got_since_is_not_deleted_with_its_folder(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    settle(watching)
    watching.host.back_up()
    desktop.end()
    laptop.disk.write("folder/x", b"of the laptop")
    watching.run(laptop.is_settled)
    watching.restore_server(renews_epoch=False)
    for device in (laptop, desktop):
        device.sign_in(watching.host.sign_in(device.device_id))
    desktop.disk.write("folder/y", b"of the desktop")
    desktop.start()
    desktop.sync()  # now the server is as far as the laptop was, by another way
    laptop.disk.remove("folder")
    settle(watching)
    assert dict(laptop.disk.tree())["folder/y"] == b"of the desktop"


@pytest.mark.parametrize("seed", range(4, 7))  # who is quicker
def test_a_sync_takes_in_what_came_while_an_older_page_was_on_its_way(seed: int) -> None:
    with World(seed, (ONCE, ONCE)) as world:
        laptop, desktop = world.devices
        laptop.disk.write("a", b"some bytes")
        pages = world.network.faults.calls["changes"]
        desktop.ask_to_sync()
        world.run(lambda: world.network.faults.calls["changes"] > pages)
        laptop.sync()
        desktop.ask_to_sync()
        world.run(lambda: len(desktop.reports) == 2)
        assert desktop.disk.tree() == {"a": b"some bytes"}


def test_what_went_before_its_creation_came_through_goes_everywhere(world: World, laptop: Device) -> None:
    laptop.disk.make("folder")
    world.network.faults.order("commits", *[Unreachable("cut off")] * 3)
    assert laptop.sync().state == "offline"
    laptop.disk.remove("folder")
    world.network.is_down = True
    laptop.ask_to_sync()
    world.run(lambda: laptop.journal.local_at("folder") is None)
    laptop.end()
    laptop.start()
    world.network.is_down = False
    laptop.sync()
    settle(world)
    assert laptop.disk.tree() == {}


def test_a_folder_may_go_while_the_answer_to_its_commit_is_lost(watching: World) -> None:
    laptop = watching.devices[0]
    laptop.disk.make("folder")
    settle(watching)
    cut_off = Unreachable("cut off")
    watching.network.faults.order("commits", Lost(cut_off), *[cut_off] * 3)
    laptop.disk.write("folder/a", b"some bytes")
    watching.run(lambda: laptop.loop.connection.failures > 0)
    laptop.disk.remove("folder")
    watching.run(lambda: laptop.journal.local_at("folder") is None)
    settle(watching)
    assert laptop.disk.tree() == {}


def test_a_daemon_is_online_again_soon_after_its_network_is(watching: World) -> None:
    laptop = watching.devices[0]
    settle(watching)
    watching.network.is_down = True
    laptop.remote.interrupt()
    watching.run(lambda: laptop.loop.connection.state == "offline")
    watching.network.is_down = False
    back = watching.clock.monotonic()
    watching.run(lambda: laptop.loop.connection.state == "online")
    assert watching.clock.monotonic() - back < 5
    settle(watching)


@pytest.mark.scenario("S141")
@pytest.mark.parametrize("steps", [3, 8, 14, 20, 27, 40])
def test_a_night_of_sleep_in_the_middle_of_everything_changes_nothing(watching: World, steps: int) -> None:
    """Sockets, tokens and signed addresses are dead when they wake, and the other has gone on meanwhile."""
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/f", b"before")
    laptop.disk.write("both", b"before")
    settle(watching)
    laptop.disk.write("folder/f", b"just saved when the lid was closed")
    laptop.disk.rename("folder", "renamed")
    desktop.disk.write("new", b"on its way down")
    for _ in range(steps):
        watching.step()
    laptop.remote.interrupt()
    for kind in ("commits", "changes", "missing", "packs", "seal", "objects", "locate"):
        watching.network.faults.order(kind, Unreachable("the connection is long gone"))
    watching.clock.advance(8 * 3600)
    desktop.disk.write("both", b"changed in the night")
    settle(watching)
    tree = dict(laptop.disk.tree())
    assert tree["renamed/f"] == b"just saved when the lid was closed"
    assert (tree["new"], tree["both"]) == (b"on its way down", b"changed in the night")
    assert not any("conflicted copy" in path for path in tree)


@pytest.mark.scenario("S150")
def test_news_that_nobody_pushes_are_found_when_the_wait_is_over(watching: World) -> None:
    laptop, desktop = watching.devices
    settle(watching)
    laptop.workers._news = lambda: None  # its waiting request hears of nothing
    desktop.disk.write("f", b"nobody tells the laptop")
    begun = watching.clock.monotonic()
    watching.run(lambda: ("f", b"nobody tells the laptop") in laptop.disk.tree().items())
    assert watching.clock.monotonic() - begun < 120
    settle(watching)


@pytest.mark.scenario("S150")
def test_a_wait_that_breaks_off_misses_nothing(watching: World) -> None:
    laptop, desktop = watching.devices
    settle(watching)
    watching.network.faults.order("wait", *[Unreachable("a proxy ended it")] * 5)
    laptop.remote.interrupt()
    desktop.disk.write("f", b"while nobody waits")
    watching.run(lambda: ("f", b"while nobody waits") in laptop.disk.tree().items())
    settle(watching)


# --- what is in the way ----------------------------------------------------------------------------------------------


def _put_in_the_way(device: Device, what: str) -> None:
    if what == "special":
        device.disk.special("taken")
    else:
        device.disk.write(".lockstepignore", b"taken\n")
        device.disk.write("taken", b"ignored here")


@pytest.mark.parametrize("what", ["special", "ignored"])
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_not_synced_keeps_its_name_and_a_sync_ends(
    world: World, laptop: Device, desktop: Device, what: str, kind: str
) -> None:
    _put_in_the_way(desktop, what)
    if kind == "folder":
        laptop.disk.make("taken")
        laptop.disk.write("taken/a", b"some bytes")
    else:
        laptop.disk.write("taken", b"some bytes")
    laptop.sync()
    before = desktop.disk.tree()
    report = desktop.sync()
    assert report.state == "partial"
    assert {problem.path for problem in report.problems} == {"taken"}
    assert desktop.disk.tree() == before
    assert report.downloaded.bytes <= 2 * len(b"some bytes")
    desktop.disk.remove("taken")
    assert desktop.sync().state == "settled"
    assert desktop.disk.tree().items() >= laptop.disk.tree().items()
    assert desktop.engine.problems() == []


def test_a_folder_that_was_deleted_elsewhere_goes_when_what_kept_it_here_goes(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder/within")
    settle(watching)
    desktop.disk.write("folder/within/draft~", b"ignored here")
    watching.run(desktop.is_settled)
    laptop.disk.remove("folder")
    watching.run(lambda: bool(desktop.loop.strategy.unremovable))
    watching.run(lambda: desktop.loop.is_idle() and not desktop.loop.agenda.nodes)
    assert desktop.disk.tree().keys() == {"folder", "folder/within", "folder/within/draft~"}
    desktop.disk.remove("folder/within/draft~")
    watching.run(lambda: not desktop.disk.tree())
    settle(watching)


def test_a_name_that_comes_free_is_taken_at_once(watching: World) -> None:
    laptop, desktop = watching.devices
    settle(watching)
    desktop.disk.special("taken")
    laptop.disk.write("taken", b"some bytes")
    watching.run(lambda: [problem.code for problem in desktop.engine.problems()] == ["occupied"])
    watching.run(lambda: desktop.loop.is_idle() and not desktop.loop.agenda.nodes)
    desktop.disk.remove("taken")
    removed = watching.clock.monotonic()
    watching.run(lambda: desktop.disk.tree() == {"taken": b"some bytes"})
    assert watching.clock.monotonic() - removed < 2
    settle(watching)


def test_what_waited_for_a_folder_with_a_problem_goes_with_it(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/theirs", b"theirs")
    settle(watching)
    desktop.engine.exclude("folder")
    watching.settle()
    desktop.disk.make("folder")
    desktop.disk.write("folder/ours", b"ours")
    watching.run(lambda: [problem.code for problem in desktop.engine.problems()] == ["excluded-name"])
    watching.run(lambda: not any(device.is_awake() for device in watching.devices))
    laptop.disk.rename("folder", "renamed")
    watching.settle()
    assert laptop.disk.tree() == {
        "folder": None, "folder/ours": b"ours", "renamed": None, "renamed/theirs": b"theirs"
    }  # fmt: skip


def test_what_goes_into_a_folder_that_just_vanished_waits_until_it_is_known_where_that_is(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    desktop.disk.before("move", lambda: desktop.disk.remove("folder"))
    moves = len([call for call in desktop.disk.calls if call[0] == "move"])
    laptop.disk.rename("a", "folder/a")
    settle(watching)
    assert laptop.disk.tree() == {"folder": None, "folder/a": b"some bytes"}
    assert len([call for call in desktop.disk.calls if call[0] == "move"]) - moves <= 3


def test_a_folder_that_vanished_and_turned_up_elsewhere_gets_what_goes_into_it(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    desktop.disk.before("move", lambda: desktop.disk.rename("folder", "renamed"))
    laptop.disk.rename("a", "folder/a")
    settle(watching)
    assert laptop.disk.tree() == {"renamed": None, "renamed/a": b"some bytes"}


# --- the disk's own folder -------------------------------------------------------------------------------------------


def test_what_a_crash_left_is_brought_back_once_the_disk_allows_it(world: World, laptop: Device) -> None:
    laptop.disk.write("a", b"some bytes")
    laptop.disk.fail("clean_up", "", DiskFault)
    report = laptop.sync()
    assert (report.state, [problem.reason for problem in report.problems]) == ("partial", ["root-unreadable"])
    settle(world)


def test_a_trash_that_cannot_be_looked_at_is_looked_at_later(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.write("a", b"some bytes")
    settle(watching)
    laptop.disk.remove("a")
    watching.run(lambda: desktop.disk.tree() == {})
    (entry,) = desktop.disk._must(".lockstep/trash").children
    desktop.disk.write(f".lockstep/trash/{entry}", b"written by a program that had it open")
    desktop.disk.fail("recheck_trash", "", DiskFault)
    watching.run(lambda: b"written by a program that had it open" in laptop.disk.tree().values())
    settle(watching)


def test_an_empty_file_that_could_not_be_finished_leaves_nothing_in_staging(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.write("empty", b"")
    laptop.sync()
    desktop.disk.fail("finish", "", DiskFault)
    settle(world)
    assert desktop.disk.tree() == {"empty": b""}


def test_what_was_done_before_the_disk_failed_as_a_whole_is_found_by_a_look(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("a", b"some bytes")
    settle(world)
    laptop.disk.rename("a", "folder/a")
    laptop.sync()
    moves = desktop.disk.calls.count(("move", "a"))
    desktop.disk.fail("sync", "", DiskFault)
    assert desktop.sync().state == "settled"
    assert desktop.disk.calls.count(("move", "a")) - moves == 1
    settle(world)


def test_a_server_that_refuses_to_be_read_is_told_by_its_own_reason(world: World, laptop: Device) -> None:
    world.network.faults.order("changes", *[Refused("no", "store-full", 507)] * 3)
    report = laptop.sync()
    assert [problem.reason for problem in report.problems] == ["store-full"]


def test_a_feed_that_does_not_come_to_an_end_is_told_by_its_own_reason(
    laptop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changes(cursor: Cursor) -> messages.Changes:
        seq = cursor.seq + 1
        return messages.Changes(
            epoch=b"e" * 16, seq=seq, revision_id=b"r" * 16, complete=False, changes=[], commit_number=0
        )

    monkeypatch.setattr(wire, "MOST_PAGES", 20)
    monkeypatch.setattr(laptop.remote, "changes", changes)
    report = laptop.sync()
    assert report.state == "offline"
    assert [problem.reason for problem in report.problems] == ["endless-feed"]


@pytest.mark.scenario("S109")
def test_what_the_disk_has_no_room_for_is_told_by_its_path_and_comes_later(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/large", b"many bytes")
    laptop.sync()
    desktop.disk.write("mine", b"goes up all the same")
    desktop.disk.fail("write", "", DiskFull, times=100)
    report = desktop.sync()
    assert [(problem.path, problem.reason) for problem in report.problems] == [("folder/large", "disk-full")]
    assert report.uploaded.files == 1
    desktop.disk.heal()
    assert desktop.sync().problems == []
    settle(world)
    assert dict(desktop.disk.tree())["folder/large"] == b"many bytes"


@pytest.mark.scenario("S109")
def test_what_is_too_large_for_the_disk_waits_without_being_downloaded(
    world: World, laptop: Device, desktop: Device
) -> None:
    laptop.disk.make("folder")
    laptop.disk.write("folder/large", b"many bytes" * 1_000)
    laptop.disk.write("small", b"few bytes")
    laptop.sync()
    desktop.disk.write("mine", b"goes up all the same")
    desktop.disk.free = 5_000
    report = desktop.sync()
    assert [(problem.path, problem.reason) for problem in report.problems] == [("folder/large", "disk-full")]
    assert report.problems[0].detail == "10.0 kB needed, 5.0 kB free"
    assert (report.uploaded.files, report.downloaded.files) == (1, 1)
    assert report.downloaded.bytes < 5_000
    desktop.disk.free = 50_000
    assert desktop.sync().problems == []
    settle(world)


def test_what_came_into_a_folder_while_it_was_away_is_seen(watching: World) -> None:
    laptop = watching.devices[0]
    laptop.disk.make("folder")
    settle(watching)
    laptop.disk.rename("folder", "away")
    laptop.disk.write("away/new", b"put in while it was away")
    laptop.disk.rename("away", "folder")
    settle(watching)
    assert dict(watching.devices[1].disk.tree())["folder/new"] == b"put in while it was away"
