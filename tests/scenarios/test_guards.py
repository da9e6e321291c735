"""Deletions that look like an accident, a server from a backup, journals that are lost."""

from __future__ import annotations

import pytest

from sync_engine.errors import DiskFault, NotPermitted, Unreachable
from tests.fakes.faults import Lost
from tests.scenarios.scene import copy_of, given, settle, sync_all, wait
from tests.simulation.device import DAEMON, Device
from tests.simulation.people import Tree
from tests.simulation.world import World

MANY = 201


def photos(number: int = MANY) -> Tree:
    return {"photos": None, **{f"photos/{index:04}": b"photo %d" % index for index in range(number)}}


@pytest.mark.scenario("S83")
@pytest.mark.parametrize("do", ["rename the only file", "rename the folder", "move them all", "below the limit"])
def test_what_is_no_accident_asks_nothing(watching: World, do: str) -> None:
    laptop, desktop = watching.devices
    given(watching, photos({"rename the only file": 1, "below the limit": MANY - 1}.get(do, MANY)))
    files = [path for path in laptop.disk.tree() if "/" in path]
    match do:
        case "rename the only file":
            laptop.disk.rename("photos/0000", "photos/renamed")
        case "rename the folder":
            laptop.disk.rename("photos", "pictures")
        case "move them all":
            for path in files:
                laptop.disk.rename(path, path.replace("photos/", "moved "))
        case _:
            laptop.disk.remove("photos")
    settle(watching)
    assert laptop.engine.hold() is desktop.engine.hold() is None


@pytest.mark.scenario("S83")
def test_excluding_everything_asks_nothing_anywhere(world: World, laptop: Device) -> None:
    given(world, photos())
    laptop.engine.exclude("photos")
    assert laptop.sync().held is None
    sync_all(world)
    assert world.devices[1].disk.tree() == photos()


@pytest.mark.scenario("S76", "S82")
def test_a_hold_lasts_and_is_one_question_and_the_rest_goes_on(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, photos())
    laptop.disk.remove("photos")
    watching.run(lambda: laptop.engine.hold() is not None)
    wait(watching, 700)
    held = laptop.engine.hold()
    assert held is not None
    assert (held.deletions, held.where, laptop.engine.state().held) == (MANY, "local", MANY)
    desktop.disk.write("new", b"new")
    laptop.disk.write("mine", b"mine")
    watching.settle()
    assert desktop.disk.tree() == {"mine": b"mine", "new": b"new", **photos()}
    for _ in range(2):
        laptop.kill()
        laptop.start()
        watching.settle()
        assert laptop.engine.hold() == held
    laptop.engine.hold_apply()
    assert settle(watching) == {"mine": b"mine", "new": b"new"}
    assert laptop.engine.hold() is desktop.engine.hold() is None


@pytest.mark.scenario("S76")
def test_a_mass_deletion_that_takes_its_time_is_held_whole_and_comes_back_whole(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, photos())
    for path in photos():
        if path != "photos":
            laptop.disk.remove(path)
            wait(watching, 0.05)
    laptop.disk.remove("photos")
    watching.run(lambda: laptop.engine.hold() is not None)
    held = laptop.engine.hold()
    assert held is not None
    assert (held.deletions, held.where) == (MANY, "local")
    watching.settle()
    assert desktop.disk.tree() == photos()
    laptop.engine.hold_restore()
    assert settle(watching) == photos()


@pytest.mark.scenario("S76")
@pytest.mark.parametrize("answer", ["apply", "restore"])
def test_the_question_of_a_device_that_was_told_of_the_deletions(watching: World, answer: str) -> None:
    """They were made little by little, or somewhere with more files: where they are told all at once, they are held."""
    laptop, desktop = watching.devices
    given(watching, photos())
    desktop.end()
    for half in (range(150), range(150, MANY)):
        for index in half:
            laptop.disk.remove(f"photos/{index:04}")
        wait(watching, 700)
    assert laptop.engine.hold() is None
    desktop.start()
    watching.run(lambda: desktop.engine.hold() is not None)
    held = desktop.engine.hold()
    assert held is not None
    assert (held.deletions, held.where) == (MANY, "remote")
    wait(watching, 60)
    assert desktop.disk.tree() == photos()
    if answer == "apply":
        desktop.engine.hold_apply()
        assert settle(watching) == {"photos": None}
    else:
        desktop.engine.hold_restore()
        assert settle(watching) == photos()


def test_what_comes_back_before_the_answer_is_held_no_more(watching: World) -> None:
    laptop, _ = watching.devices
    given(watching, photos())
    laptop.disk.remove("photos")
    watching.run(lambda: laptop.engine.hold() is not None)
    for path, content in photos().items():
        if isinstance(content, bytes):
            laptop.disk.write(path, content)
        else:
            laptop.disk.make(path)
    assert settle(watching) == photos()
    assert laptop.engine.hold() is None


@pytest.mark.scenario("S84")
@pytest.mark.parametrize("error", [NotPermitted, DiskFault])
def test_a_folder_that_cannot_be_read_is_left_alone(watching: World, error: type[NotPermitted | DiskFault]) -> None:
    laptop, desktop = watching.devices
    tree = {"locked": None, "locked/a": b"a", "locked/b": b"b", "open": None, "open/c": b"c"}
    given(watching, tree)
    laptop.disk.fail("list_folder", "locked", error, times=20)
    laptop.disk.fail("look", "locked/a", error, times=20)
    laptop.disk.remove("locked/b")
    laptop.disk.write("open/new", b"new")
    laptop.ask_to_sync()
    wait(watching, 30)
    assert [problem.path for problem in laptop.engine.problems()] == ["locked"]
    assert desktop.disk.tree().items() >= {"locked/a": b"a", "open/new": b"new"}.items()
    laptop.disk.heal()
    laptop.ask_to_sync()
    assert settle(watching) == {"locked": None, "locked/a": b"a", "open": None, "open/c": b"c", "open/new": b"new"}
    assert laptop.engine.problems() == []


@pytest.mark.scenario("S85")
@pytest.mark.parametrize("lost", [False, True])
def test_a_listing_that_breaks_off_deletes_nothing(world: World, laptop: Device, desktop: Device, lost: bool) -> None:
    given(world, photos(20))
    desktop.end()
    desktop.put_back_journal(None)
    desktop.start()
    laptop.disk.write("new", b"new")
    laptop.sync()
    broken = Unreachable("cut off")
    world.network.faults.order("changes", *[Lost(broken) if lost else broken] * 3)
    assert desktop.sync().state == "offline"
    assert desktop.disk.tree() == photos(20)
    assert settle(world) == {"new": b"new", **photos(20)}


@pytest.mark.parametrize("renews_epoch", [True, False])
def test_a_server_from_a_backup_takes_nothing_away(renews_epoch: bool) -> None:
    """With a new epoch, as it should be, or by a mere copy of its database: what it forgot comes to it again."""
    with World(1, (DAEMON, DAEMON)) as world:
        laptop, desktop = world.devices
        given(world, {"folder": None, "folder/a": b"a", "b": b"b", "gone": b"gone"})
        world.host.back_up()
        laptop.disk.write("folder/new", b"new")
        laptop.disk.write("b", b"edited")
        laptop.disk.remove("gone")
        settle(world)
        world.restore_server(renews_epoch=renews_epoch)
        for device in world.devices:  # nobody who waited is still connected
            device.remote.interrupt()
        found = settle(world)
        assert found.items() >= {"folder": None, "folder/a": b"a", "folder/new": b"new"}.items()
        assert b"edited" in found.values()
        assert set(found.values()) <= {None, b"a", b"b", b"new", b"edited", b"gone"}
        assert desktop.disk.tree() == found


@pytest.mark.scenario("S137")
def test_a_lost_journal_moves_no_bytes_and_makes_copies_only_where_something_differs(
    world: World, laptop: Device
) -> None:
    given(world, {"folder": None, "folder/a": b"a", "b.txt": b"b", "link": "b.txt"})
    laptop.end()
    laptop.put_back_journal(None)
    laptop.disk.write("b.txt", b"edited while it was lost")
    laptop.disk.remove("folder/a")
    laptop.start()
    report = laptop.sync()
    copy = copy_of("b.txt", "Laptop")
    assert report.conflicts == [copy]
    assert report.uploaded.files == 1
    assert settle(world) == {
        "b.txt": b"b", copy: b"edited while it was lost", "folder": None, "folder/a": b"a", "link": "b.txt"
    }  # fmt: skip


@pytest.mark.parametrize("jump_s", [-3600.0, -400 * 24 * 3600.0, 400 * 24 * 3600.0])
def test_a_clock_that_is_set_moves_and_deletes_nothing(watching: World, jump_s: float) -> None:
    laptop, desktop = watching.devices
    given(watching, {"a": b"a", "b": b"b", "c": b"c"})
    laptop.clock.skew_s = jump_s
    before = watching.network.commits
    wait(watching, 60)
    assert watching.network.commits == before
    laptop.disk.write("a", b"edited")
    desktop.disk.write("b", b"edited too")
    laptop.disk.remove("c")
    assert settle(watching) == {"a": b"edited", "b": b"edited too"}
