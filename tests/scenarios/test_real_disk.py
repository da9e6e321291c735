"""Disk truth: the first device works in a real folder, as a person and not as root; the second has a disk in memory."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast

import pytest

from sync_engine.core.reports import SyncReport
from sync_engine.ports import FileSystem
from tests.contract.disks import RealDisk
from tests.simulation.device import ONCE, Device
from tests.simulation.world import World

NOBODY: Final = 65534
IS_ROOT: Final = os.geteuid() == 0
SMALL_BYTES: Final = 2 << 20


class AsPerson:
    """A ``FileSystem`` that is worked with by somebody who is not root, with a hook before each call."""

    def __init__(self, filesystem: FileSystem) -> None:
        self._filesystem = filesystem
        self.before_call: Callable[[], None] = lambda: None

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._filesystem, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **named: Any) -> Any:
            self.before_call()
            if IS_ROOT:
                os.seteuid(NOBODY)
            try:
                return value(*arguments, **named)
            finally:
                if IS_ROOT:
                    os.seteuid(0)

        return call


class Here(RealDisk):
    """The folder of a person who is not root, and does not own what is above it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(str(folder), monkeypatch)
        self.close()
        self.own()
        self.port = AsPerson(self.filesystem)
        self.port.check_root()

    def own(self) -> None:
        """What was made as root is the person's, too."""
        if IS_ROOT:
            for place, folders, files in os.walk(self.root):
                for name in (".", *folders, *files):
                    os.chown(os.path.join(place, name), NOBODY, NOBODY, follow_symlinks=False)


@pytest.fixture
def folder(folder_on_disk: Path) -> Path:
    return folder_on_disk / "folder"


@pytest.fixture
def disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    made = Here(folder, monkeypatch)
    yield made
    made.close()


@pytest.fixture
def world(disk: Here) -> Iterator[World]:
    with World(1, (ONCE, ONCE), [cast(FileSystem, disk.port)]) as made:
        yield made


@pytest.fixture
def here(world: World) -> Device:
    return world.devices[0]


@pytest.fixture
def there(world: World) -> Device:
    return world.devices[1]


def problems(report: SyncReport) -> dict[str, str]:
    return {problem.path: problem.reason for problem in report.problems}


def in_step(world: World, disk: Here) -> None:
    """Both have the same and have nothing to do."""
    here, there = world.devices
    for device in (here, there, here):
        device.sync()
    assert disk.tree() == there.disk.tree()
    for device in (here, there):
        report = device.sync()
        assert (report.state, report.operations, report.problems) == ("settled", {}, [])


# --- permissions -----------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S84")
@pytest.mark.parametrize("mode", [0o000, 0o311, 0o644])
def test_a_folder_that_cannot_be_read_loses_nothing(
    mode: int, world: World, here: Device, there: Device, disk: Here
) -> None:
    disk.make("closed/below")
    disk.write("closed/file", b"closed")
    disk.write("closed/below/file", b"below")
    disk.write("open", b"open")
    disk.own()
    in_step(world, disk)
    before = there.disk.tree()
    disk.set_mode("closed", mode)
    disk.write("open", b"edited")
    there.disk.write("closed/file", b"edited there")
    there.sync()
    report = here.sync()
    assert report.state == "partial"
    assert "not-permitted" in problems(report).values()
    assert all(path.startswith("closed") for path in problems(report))
    there.sync()
    assert there.disk.tree() == before | {"open": b"edited", "closed/file": b"edited there"}
    disk.set_mode("closed", 0o755)
    in_step(world, disk)
    assert disk.read("closed/file") == b"edited there"


@pytest.mark.scenario("S107")
def test_a_file_that_cannot_be_read_is_shown_and_goes_once_it_can_be(
    world: World, here: Device, there: Device, disk: Here
) -> None:
    disk.write("secret", b"secret")
    disk.write("open", b"open")
    disk.own()
    disk.set_mode("secret", 0o000)
    report = here.sync()
    assert problems(report) == {"secret": "not-permitted"}
    there.sync()
    assert there.disk.tree() == {"open": b"open"}
    disk.set_mode("secret", 0o600)
    in_step(world, disk)
    disk.write("secret", b"edited")
    disk.set_mode("secret", 0o000)
    there.disk.write("secret", b"edited there")
    there.sync()
    assert problems(here.sync()) == {"secret": "not-permitted"}
    disk.set_mode("secret", 0o600)
    assert disk.read("secret") == b"edited"
    here.sync()
    in_step(world, disk)
    assert set(disk.tree().values()) == {b"edited", b"edited there", b"open"}


@pytest.mark.scenario("S111")
def test_what_comes_for_a_folder_that_takes_nothing_waits_until_it_does(
    world: World, here: Device, there: Device, disk: Here
) -> None:
    disk.make("fixed")
    disk.write("fixed/edit", b"old")
    disk.write("fixed/remove", b"old")
    disk.own()
    in_step(world, disk)
    disk.set_mode("fixed", 0o555)
    there.disk.write("fixed/edit", b"new")
    there.disk.write("fixed/create", b"new")
    there.disk.write("other", b"goes on")
    there.disk.remove("fixed/remove")
    there.sync()
    report = here.sync()
    assert report.state == "partial"
    assert set(problems(report).values()) == {"not-permitted"}
    assert disk.tree() == {"fixed": None, "fixed/edit": b"old", "fixed/remove": b"old", "other": b"goes on"}
    assert there.sync().operations == {}
    disk.set_mode("fixed", 0o755)
    in_step(world, disk)
    assert disk.tree() == {"fixed": None, "fixed/edit": b"new", "fixed/create": b"new", "other": b"goes on"}


@pytest.mark.scenario("S111")
def test_a_file_that_is_read_only_is_replaced_and_stays_so(world: World, there: Device, disk: Here) -> None:
    disk.write("file", b"old")
    disk.write("program", b"old")
    disk.own()
    disk.set_mode("file", 0o440)
    disk.set_mode("program", 0o750)
    in_step(world, disk)
    there.disk.write("file", b"new")
    there.disk.write("program", b"new")
    in_step(world, disk)
    assert (disk.read("file"), disk.mode("file")) == (b"new", 0o440)
    assert (disk.read("program"), disk.mode("program")) == (b"new", 0o750)


# --- room ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(folder: Path) -> Iterator[Callable[[], None]]:
    """The folder has room for two MiB, until the call: by a mount or, for who may not mount, by the size of a file."""
    folder.mkdir()
    if IS_ROOT:
        _mount("-t", "tmpfs", "-o", f"size={SMALL_BYTES}", "tmpfs", folder)
        try:
            yield lambda: _mount("-o", "remount,size=64M", folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_BYTES, hard))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _mount(*words: object) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


@pytest.mark.scenario("S109")
def test_on_a_full_disk_what_does_not_fit_waits_and_the_rest_goes_on(
    small: Callable[[], None], disk: Here, world: World
) -> None:
    here, there = world.devices
    disk.write("mine", b"goes up all the same")
    disk.own()
    there.disk.write("large", os.urandom(SMALL_BYTES + 500_000))
    there.disk.write("little", b"fits")
    there.sync()
    report = here.sync()
    assert problems(report) == {"large": "disk-full"}
    assert disk.read("little") == b"fits"
    assert os.listdir(disk.at(".lockstep/staging")) == []
    there.sync()
    assert there.disk.read("mine") == b"goes up all the same"
    if IS_ROOT:  # not a byte left, and the program starts anew
        with contextlib.suppress(OSError), open(disk.at("filler"), "wb", buffering=0) as filler:
            while filler.write(bytes(4096)):
                pass
        disk.own()
        here.end()
        disk.port.close()
        here.start()
        assert problems(here.sync()).get("large") == "disk-full"
        there.sync()
        assert there.disk.exists("filler")
    small()
    in_step(world, disk)


# --- what is no file -------------------------------------------------------------------------------------------------


def test_what_is_no_file_is_shown_and_never_waited_for(world: World, here: Device, there: Device, disk: Here) -> None:
    disk.make("folder")
    disk.write("folder/file", b"some bytes")
    os.mkfifo(disk.at("folder/fifo"))
    expected = {"folder/fifo": "special-file", "folder/socket": "special-file"}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(disk.at("folder/socket"))
        if IS_ROOT:
            os.mknod(disk.at("folder/null"), 0o20666, os.makedev(1, 3))
            disk.make("folder/mounted")
            _mount("-t", "tmpfs", "tmpfs", disk.at("folder/mounted"))
            disk.write("folder/mounted/other disk", b"not ours")
            expected |= {"folder/null": "special-file", "folder/mounted": "special-file"}
        try:
            disk.own()
            assert problems(here.sync()) == expected
            there.sync()
            assert there.disk.tree() == {"folder": None, "folder/file": b"some bytes"}
            # Deleted there, the folder goes but for what is not synced.
            there.disk.remove("folder")
            there.sync()
            here.sync()
            assert not disk.exists("folder/file")
            assert disk.exists("folder/fifo")
            if IS_ROOT:
                assert disk.read("folder/mounted/other disk") == b"not ours"
        finally:
            if IS_ROOT:
                subprocess.run(["umount", disk.at("folder/mounted")], check=True)


@pytest.mark.scenario("S113")
def test_a_link_out_of_the_folder_is_a_link_and_nothing_more(
    world: World, here: Device, there: Device, disk: Here, folder: Path
) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "victim").write_bytes(b"precious")
    disk.link_to("link", str(outside))
    disk.own()
    in_step(world, disk)
    assert there.disk.tree() == {"link": str(outside)}
    there.disk.remove("link")
    in_step(world, disk)
    assert disk.tree() == {}
    assert (outside / "victim").read_bytes() == b"precious"


@pytest.mark.scenario("S113")
def test_a_parent_that_becomes_a_link_at_any_step_leads_nothing_outside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = folder.parent / "outside"
    outside.mkdir(mode=0o777)
    outside.chmod(0o777)
    (outside / "edit").write_bytes(b"precious")
    (outside / "edit").chmod(0o666)
    step = swapped_at = 0
    while swapped_at == step:
        step += 1
        place = folder.parent / f"{step}"
        disk = Here(place, monkeypatch)
        disk.make("parent")
        for name in ("edit", "remove", "move"):
            disk.write(f"parent/{name}", b"old")
        disk.own()
        calls = 0

        def swap() -> None:
            nonlocal calls, swapped_at
            calls += 1
            if calls == step:  # noqa: B023
                swapped_at = step  # noqa: B023
                os.rename(disk.at("parent"), disk.at("real"))  # noqa: B023
                os.symlink(outside, disk.at("parent"))  # noqa: B023

        with World(1, (ONCE, ONCE), [cast(FileSystem, disk.port)]) as world:
            here, there = world.devices
            here.sync()
            there.sync()
            there.disk.write("parent/edit", b"new")
            there.disk.write("parent/create", b"new")
            there.disk.make("parent/folder")
            there.disk.write("parent/folder/file", b"new")
            there.disk.rename("parent/move", "moved")
            there.disk.remove("parent/remove")
            there.sync()
            disk.port.before_call = swap
            here.sync()
            disk.port.before_call = lambda: None
            assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"edit": b"precious"}
            in_step(world, disk)
            assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"edit": b"precious"}
            everything = set(disk.tree().values())
            assert b"new" in everything
        disk.close()
        shutil.rmtree(place)
    assert step > 10


# --- files that others use -------------------------------------------------------------------------------------------


@pytest.mark.scenario("S105")
def test_a_locked_file_waits_and_the_others_go(world: World, here: Device, there: Device, disk: Here) -> None:
    disk.write("locked", b"half")
    disk.write("free", b"free")
    disk.own()
    with open(disk.at("locked"), "r+b") as program:
        fcntl.flock(program, fcntl.LOCK_EX)
        assert problems(here.sync()) == {"locked": "locked"}
        there.sync()
        assert there.disk.tree() == {"free": b"free"}
        program.write(b"whole")
    in_step(world, disk)
    assert there.disk.read("locked") == b"whole"


@pytest.mark.scenario("S106")
def test_a_file_that_a_program_has_locked_is_not_replaced_under_it(
    world: World, here: Device, there: Device, disk: Here
) -> None:
    disk.write("locked", b"first")
    disk.own()
    in_step(world, disk)
    there.disk.write("locked", b"from there")
    there.disk.write("free", b"free")
    there.sync()
    with open(disk.at("locked"), "r+b") as program:
        fcntl.flock(program, fcntl.LOCK_EX)
        report = here.sync()
        assert problems(report) == {"locked": "locked"}
        assert report.downloaded.bytes <= len(b"from there" + b"free")  # once, however often it was tried to be placed
        assert disk.tree() == {"free": b"free", "locked": b"first"}
        program.write(b"edited while it was locked")
    here.sync()
    in_step(world, disk)
    assert set(disk.tree().values()) == {b"edited while it was locked", b"free", b"from there"}


def test_hard_links_are_files_of_their_own_everywhere_else(world: World, there: Device, disk: Here) -> None:
    disk.write("one", b"shared")
    disk.hard_link("one", "two")
    disk.own()
    in_step(world, disk)
    disk.write("two", b"edited through one name")
    in_step(world, disk)
    assert there.disk.tree() == {"one": b"edited through one name", "two": b"edited through one name"}
    there.disk.write("one", b"edited there")
    in_step(world, disk)
    assert disk.tree() == {"one": b"edited there", "two": b"edited through one name"}


def test_an_inode_that_is_given_out_again_is_no_move(world: World, here: Device, there: Device, disk: Here) -> None:
    disk.write("old", b"some bytes")
    disk.own()
    in_step(world, disk)
    info = os.stat(disk.at("old"))
    name = "old"
    for attempt in range(50):
        disk.remove(name)
        name = f"new {attempt}"
        disk.write(name, b"more bytes")
        os.utime(disk.at(name), ns=(info.st_mtime_ns, info.st_mtime_ns))
        if os.stat(disk.at(name)).st_ino == info.st_ino:
            break
    disk.own()
    assert here.sync().operations == {"create": 1, "delete": 1}
    in_step(world, disk)
    assert there.disk.tree() == {name: b"more bytes"}


@pytest.mark.parametrize("seconds", [-(10**9), 0, 2**33, 2**34 + 5])
@pytest.mark.scenario("S2")
def test_times_out_of_the_ordinary_are_kept_or_left_and_stop_nothing(
    seconds: int, world: World, there: Device, disk: Here
) -> None:
    disk.write("mine", b"mine")
    os.utime(disk.at("mine"), (seconds, seconds))
    disk.own()
    there.disk.write("theirs", b"theirs", mtime_ns=seconds * 10**9)
    in_step(world, disk)
    kept = os.stat(disk.at("theirs")).st_mtime
    assert kept == seconds or kept > 1.5e9  # as it was, or when it came
    there.disk.write("mine", b"edited")
    in_step(world, disk)


def test_a_file_of_holes_arrives_as_it_is(world: World, there: Device, disk: Here) -> None:
    with open(disk.at("holes"), "wb") as file:
        file.truncate(20 << 20)
        file.seek(9 << 20)
        file.write(b"in the middle")
    disk.own()
    in_step(world, disk)
    data = there.disk.read("holes")
    assert len(data) == 20 << 20
    assert data[9 << 20 :].startswith(b"in the middle")
    assert data.count(0) == len(data) - len(b"in the middle")


@pytest.mark.scenario("S4")
@pytest.mark.scenario("S7")
def test_only_bytes_are_sent_whatever_the_times_say(world: World, here: Device, there: Device, disk: Here) -> None:
    disk.write("file", b"some bytes")
    disk.own()
    in_step(world, disk)
    before = os.stat(disk.at("file")).st_mtime_ns
    os.utime(disk.at("file"))
    report = here.sync()
    assert (report.uploaded.bytes, report.operations) == (0, {})
    os.utime(disk.at("file"), ns=(before, before))
    disk.write("file", b"same size!")
    os.utime(disk.at("file"), ns=(before, before))  # a program that puts the old time back
    assert here.sync().operations == {"update": 1}
    in_step(world, disk)
    assert there.disk.read("file") == b"same size!"
