"""Names that one device's disk has and another's has not: whole devices, on a disk in memory and on real ones."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from server_api.contract.messages import Changes
from sync_engine.core.model import Cursor
from sync_engine.core.platform_names import Naming
from tests.contract.disks import Disk, FakeDisk, RealDisk
from tests.fixtures.mounts import available_kinds, fresh_folder
from tests.simulation import oracles
from tests.simulation.device import DAEMON, ONCE, Device
from tests.simulation.world import World

NAMINGS = {
    "folds case": Naming(tells_case=False),
    "shows lower case": Naming(tells_case=False, keeps_case=False),
    "follows Windows": Naming(tells_case=False, rules="windows"),
}
NFC, NFD = (unicodedata.normalize(form, "Käse.txt") for form in ("NFC", "NFD"))


@pytest.fixture(params=[*NAMINGS, *available_kinds()])
def foreign(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """A disk that does not tell case."""
    kind: str = request.param
    made: Disk = FakeDisk(naming=NAMINGS[kind]) if kind in NAMINGS else RealDisk(str(fresh_folder(kind)), monkeypatch)
    yield made
    made.close()


@pytest.fixture
def world(foreign: Disk) -> Iterator[World]:
    """The first device has that disk, the second an ordinary one."""
    with World(1, (ONCE, ONCE), [foreign.filesystem]) as made:
        yield made


@pytest.fixture
def stick(world: World) -> Device:
    return world.devices[0]


@pytest.fixture
def desktop(world: World) -> Device:
    return world.devices[1]


def problems(device: Device) -> dict[str, str]:
    return {problem.path: problem.code for problem in device.engine.problems()}


def both_sync(world: World) -> None:
    for _ in range(3):
        for device in world.devices:
            device.sync()


def assert_quiet(world: World) -> None:
    """O3: another sync of each does nothing and moves nothing."""
    commits = world.network.commits
    for device in world.devices:
        report = device.sync()
        assert report.operations == {}
        assert (report.uploaded.bytes, report.downloaded.bytes) == (0, 0)
    assert world.network.commits == commits


def lowered(tree: dict[str, bytes | str | None]) -> dict[str, bytes | str | None]:
    return {path.lower(): content for path, content in tree.items()}


@pytest.mark.scenario("S94")
def test_of_two_names_that_differ_in_case_one_comes_and_the_other_is_shown(
    world: World, stick: Device, desktop: Device, foreign: Disk
) -> None:
    desktop.disk.write("a.txt", b"small")
    desktop.sync()
    stick.sync()
    desktop.disk.write("A.txt", b"large")
    desktop.disk.make("Folder")
    desktop.disk.write("Folder/one", b"1")
    desktop.sync()
    stick.sync()
    desktop.disk.make("folder")
    desktop.disk.write("folder/two", b"2")
    both_sync(world)
    everything = {
        "A.txt": b"large", "Folder": None, "Folder/one": b"1", "a.txt": b"small", "folder": None, "folder/two": b"2"
    }  # fmt: skip
    assert desktop.disk.tree() == everything
    assert lowered(foreign.tree()) == {"a.txt": b"small", "folder": None, "folder/one": b"1"}
    assert problems(stick) == {"A.txt": "case-twin", "folder": "case-twin"}
    # An edit of the one that is here never touches the other.
    foreign.write("a.txt", b"edited on the stick")
    both_sync(world)
    assert desktop.disk.tree() == everything | {"a.txt": b"edited on the stick"}
    desktop.disk.write("A.txt", b"edited on the desktop")
    both_sync(world)
    assert lowered(foreign.tree())["a.txt"] == b"edited on the stick"
    # Once the first has another name, the second comes.
    desktop.disk.rename("a.txt", "b.txt")
    desktop.disk.rename("Folder", "other")
    both_sync(world)
    assert lowered(foreign.tree()) == lowered(desktop.disk.tree())
    assert problems(stick) == {}
    assert_quiet(world)


@pytest.mark.scenario("S94")
def test_deleting_the_twin_that_is_here_deletes_that_one_alone(
    world: World, stick: Device, desktop: Device, foreign: Disk
) -> None:
    desktop.disk.write("a.txt", b"small")
    both_sync(world)
    desktop.disk.write("A.txt", b"large")
    both_sync(world)
    foreign.remove("a.txt")
    both_sync(world)
    assert desktop.disk.tree() == {"A.txt": b"large"}
    assert lowered(foreign.tree()) == {"a.txt": b"large"}
    assert_quiet(world)


@pytest.mark.scenario("S58")
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_change_of_case_alone_goes_to_and_from_a_disk_that_does_not_tell_case(
    world: World, stick: Device, desktop: Device, foreign: Disk, kind: str
) -> None:
    if kind == "file":
        desktop.disk.write("readme", b"text")
    else:
        desktop.disk.make("readme")
        desktop.disk.write("readme/a", b"text")
    both_sync(world)
    before = lowered(foreign.tree())
    desktop.disk.rename("readme", "ReadMe")
    report = desktop.sync()
    assert report.operations == {"move": 1}
    both_sync(world)
    keeps_case = foreign.filesystem.naming.keeps_case
    assert ("ReadMe" in foreign.tree()) is keeps_case
    assert lowered(foreign.tree()) == before
    foreign.rename("readme", "README")
    both_sync(world)
    assert ("README" in desktop.disk.tree()) is keeps_case
    assert ("ReadMe" in desktop.disk.tree()) is not keeps_case
    assert lowered(desktop.disk.tree()) == before
    assert_quiet(world)


def test_a_disk_that_shows_other_names_than_it_was_given_renames_nothing_elsewhere(
    world: World, stick: Device, desktop: Device, foreign: Disk
) -> None:
    desktop.disk.make("Fotos/Sommer")
    desktop.disk.write("Fotos/Sommer/IMG_1.JPG", b"one")
    both_sync(world)
    stick.end()
    stick.start()
    assert stick.sync().operations == {}
    foreign.write("Fotos/Sommer/IMG_1.JPG", b"edited")
    foreign.write("Fotos/Sommer/new", b"new")
    both_sync(world)
    assert desktop.disk.tree() == {
        "Fotos": None,
        "Fotos/Sommer": None,
        "Fotos/Sommer/IMG_1.JPG": b"edited",
        "Fotos/Sommer/new": b"new",
    }
    desktop.disk.rename("Fotos", "Bilder")
    both_sync(world)
    assert lowered(foreign.tree()) == lowered(desktop.disk.tree())
    foreign.remove("Bilder/Sommer/IMG_1.JPG")
    both_sync(world)
    assert desktop.disk.tree() == {"Bilder": None, "Bilder/Sommer": None, "Bilder/Sommer/new": b"new"}
    assert_quiet(world)


@pytest.mark.scenario("S93")
def test_what_the_disk_cannot_hold_is_shown_and_stays_on_the_server(
    world: World, stick: Device, desktop: Device, foreign: Disk
) -> None:
    names = ["a:b", "CON", "x.", "y ", "a\\b", '*?<>|"', "new\nline"]
    for name in names:
        desktop.disk.write(name, name.encode())
    desktop.disk.make("folder:")
    desktop.disk.write("folder:/below", b"below")
    desktop.disk.write("good", b"good")
    both_sync(world)
    held = foreign.tree()
    assert held["good"] == b"good"
    if foreign.filesystem.naming.rules == "windows":
        assert held == {"good": b"good"}
        told = problems(stick)
        assert {told.pop("CON")} == {"reserved-name"}
        assert told == dict.fromkeys([*set(names) - {"CON"}, "folder:"], "invalid-name")
    else:
        assert lowered(held) == lowered(desktop.disk.tree())
        assert problems(stick) == {}
    foreign.write("good", b"goes on")
    both_sync(world)
    assert dict(desktop.disk.tree()).keys() >= {*names, "folder:", "folder:/below"}
    assert desktop.disk.tree()["good"] == b"goes on"
    assert_quiet(world)


@pytest.mark.scenario("S21")
def test_conflicts_are_kept_on_every_disk(world: World, stick: Device, desktop: Device, foreign: Disk) -> None:
    desktop.disk.write("Note.txt", b"first")
    both_sync(world)
    desktop.disk.write("Note.txt", b"from the desktop")
    foreign.write("Note.txt", b"from the stick")
    both_sync(world)
    copy = f"Note ({desktop.name}'s conflicted copy 2026-11-05).txt"
    expected = {"Note.txt": b"from the stick", copy: b"from the desktop"}
    assert lowered(desktop.disk.tree()) == lowered(foreign.tree()) == lowered(dict(expected))
    assert_quiet(world)


# --- NFC and NFD -----------------------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> Iterator[World]:
    with World(1, (ONCE, ONCE)) as made:
        yield made


@pytest.mark.scenario("S96")
def test_two_unicode_forms_made_at_once_on_two_devices_are_one_file_if_they_are_equal(pair: World) -> None:
    laptop, desktop = pair.devices
    laptop.disk.write(NFC, b"same")
    desktop.disk.write(NFD, b"same")
    both_sync(pair)
    assert laptop.disk.tree() == {NFC: b"same"}
    assert desktop.disk.tree() == {NFD: b"same"}  # nobody renames what a person made
    oracles.check_in_step(pair)
    desktop.disk.write(NFD, b"edited")
    both_sync(pair)
    assert laptop.disk.tree() == {NFC: b"edited"}
    oracles.check_in_step(pair)


@pytest.mark.scenario("S96")
def test_two_unicode_forms_made_at_once_with_two_contents_are_a_conflict(pair: World) -> None:
    laptop, desktop = pair.devices
    laptop.disk.write(NFC, b"from the laptop")
    desktop.disk.write(NFD, b"from the desktop")
    both_sync(pair)
    contents = {NFC: b"from the laptop", f"{NFD[:-4]} (Desktop's conflicted copy 2026-11-05).txt": b"from the desktop"}
    assert laptop.disk.tree() == desktop.disk.tree() == contents
    oracles.check_in_step(pair)


@pytest.mark.scenario("S96")
@pytest.mark.parametrize("order", [(NFC, NFD), (NFD, NFC)])
def test_two_unicode_forms_in_one_folder_go_one_after_the_other(order: tuple[str, str]) -> None:
    with World(1, (DAEMON, ONCE)) as world:
        laptop, desktop = world.devices
        first, second = order
        laptop.disk.write(first, b"first")
        world.settle()
        laptop.disk.write(second, b"second")
        world.settle()
        assert problems(laptop) == {second: "name-twin"}
        assert laptop.disk.tree() == {first: b"first", second: b"second"}
        assert desktop.disk.tree() == {first: b"first"}
        laptop.disk.rename(first, "renamed")
        world.settle()
        desktop.sync()
        assert problems(laptop) == {}
        assert laptop.disk.tree() == desktop.disk.tree() == {"renamed": b"first", second: b"second"}
        oracles.check_in_step(world)


@pytest.mark.scenario("S96")
def test_two_folders_in_two_unicode_forms_are_one(pair: World) -> None:
    laptop, desktop = pair.devices
    for device, name in ((laptop, NFC), (desktop, NFD)):
        device.disk.make(name)
        device.disk.write(f"{name}/{device.name}", device.name.encode())
    both_sync(pair)
    assert laptop.disk.tree() == {NFC: None, f"{NFC}/Laptop": b"Laptop", f"{NFC}/Desktop": b"Desktop"}
    assert desktop.disk.tree() == {NFD: None, f"{NFD}/Laptop": b"Laptop", f"{NFD}/Desktop": b"Desktop"}
    oracles.check_in_step(pair)


# --- long ones -------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S99")
@pytest.mark.parametrize("name", ["n" * 251 + ".txt", "ß" * 125 + ".jpeg", "😀" * 62 + ".md", "e\u0301" * 83 + ".c"])
def test_a_name_of_255_bytes_can_be_in_conflict_replaced_and_deleted(name: str, pair: World) -> None:
    laptop, desktop = pair.devices
    laptop.disk.write(name, b"first")
    both_sync(pair)
    laptop.disk.write(name, b"from the laptop")
    desktop.disk.write(name, b"from the desktop")
    both_sync(pair)
    (copy,) = laptop.disk.tree().keys() - {name}
    assert len(copy.encode()) <= 255
    assert copy.endswith(f"'s conflicted copy 2026-11-05){Path(name).suffix}")
    assert laptop.disk.tree() == desktop.disk.tree() == {name: b"from the laptop", copy: b"from the desktop"}
    laptop.disk.remove(name)
    laptop.disk.write(copy, b"edited")
    both_sync(pair)
    assert desktop.disk.tree() == {copy: b"edited"}
    oracles.check_in_step(pair)


# --- hostile ones ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_hostile_names_from_the_server_are_shown_and_reach_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = [
        "..", ".", "", "../escaped", "/etc/escaped", "a/b", "nul\0", ".lockstep", ".LockStep", ".lock\u200bstep",
        ".lockstep.", ".lockstep::$DATA", "LOCKST~1", "n" * 256, "ß" * 128, "lone \ud800 surrogate",
    ]  # fmt: skip
    disk = RealDisk(str(tmp_path / "folder"), monkeypatch)
    with World(1, (ONCE, ONCE), [disk.filesystem]) as world:
        here, there = world.devices
        for number in range(len(hostile)):
            if kind == "file":
                there.disk.write(f"{number}", b"hostile")
            elif kind == "folder":
                there.disk.make(f"{number}/below")
            else:
                there.disk.link_to(f"{number}", "/etc")
        there.disk.write("good", b"good")
        there.sync()
        changes = here.remote.changes

        def renamed(cursor: Cursor) -> Changes:
            page = changes(cursor)
            told = [
                structs.replace(each, name=hostile[int(each.name)]) if each.name.isdigit() else each
                for each in page.changes
            ]
            return structs.replace(page, changes=told)

        monkeypatch.setattr(here.remote, "changes", renamed)
        before = sorted(os.listdir(disk.at(".lockstep")))
        report = here.sync()
        assert disk.tree() == {"good": b"good"}
        assert sorted(os.listdir(disk.at(".lockstep"))) == before
        assert sorted(os.listdir(tmp_path)) == ["folder"]
        assert report.state == "partial"
        assert {problem.reason for problem in report.problems} <= {"hostile-name", "name-too-long", "invalid-name"}
        assert here.sync().operations == {}
        there.sync()
        assert len(there.disk.tree()) == (2 if kind == "folder" else 1) * len(hostile) + 1
    disk.close()
