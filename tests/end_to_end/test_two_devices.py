"""Two and three devices of one account keep their folders in step, by the real command line."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.devices import PATIENCE_S, Device, await_that
from tests.fixtures.servers import RunningServer, running_server

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def _quiet(*devices: Device) -> None:
    """A further sync makes no operation and moves no byte."""
    for device in devices:
        report = device.sync()
        assert (report["operations"], report["uploaded"]["bytes"], report["downloaded"]["bytes"]) == ({}, 0, 0), report


@pytest.mark.main_flow
@pytest.mark.scenario("S1")
def test_what_one_device_has_the_other_gets_with_times_bits_and_links(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("notes/today.txt", "milk")
    a.write("run.sh", "#!/bin/sh\n").chmod(0o755)
    a.write("empty", "")
    (a.folder / "link").symlink_to("notes/today.txt")
    (a.folder / "hollow").mkdir()
    os.utime(a.folder / "notes/today.txt", ns=(1, 1_500_000_000_123_456_789))
    report = a.sync()
    assert report["state"] == "settled"
    assert report["uploaded"]["files"] == 3
    assert b.sync()["downloaded"]["files"] == 3
    assert b.tree() == a.tree()
    _quiet(a, b)


def test_holes_and_second_names_arrive_as_what_they_hold(device: Make) -> None:
    a, b = device("A"), device("B")
    with a.write("sparse", b"start").open("r+b") as file:
        file.truncate(40 * 1024 * 1024)
        file.seek(30 * 1024 * 1024)
        file.write(b"middle")
    (a.folder / "other name").hardlink_to(a.write("name", "the same"))
    report = a.sync()
    assert report["uploaded"]["files"] == 3
    assert report["uploaded"]["bytes"] < 100_000
    b.sync()
    assert b.tree() == a.tree()
    a.write("name", "changed by one of its names")
    a.sync()
    b.sync()
    assert (b.folder / "other name").read_text() == "changed by one of its names"
    assert b.tree() == a.tree()
    (b.folder / "other name").unlink()
    b.sync()
    a.sync()
    assert (a.folder / "name").read_text() == "changed by one of its names"
    _quiet(a, b)


@pytest.mark.main_flow
@pytest.mark.scenario("S3")
def test_edits_renames_and_deletions_travel_both_ways(device: Make) -> None:
    a, b = device("A"), device("B")
    for name in ("edited", "renamed", "deleted"):
        a.write(f"d/{name}.txt", name)
    a.sync()
    b.sync()
    b.write("d/edited.txt", "edited on B")
    (b.folder / "d/renamed.txt").rename(b.folder / "moved.txt")
    (b.folder / "d/deleted.txt").unlink()
    report = b.sync()
    assert report["operations"] == {"update": 1, "move": 1, "delete": 1}
    assert a.sync()["downloaded"]["files"] == 1
    assert a.tree() == b.tree()
    _quiet(a, b)


@pytest.mark.main_flow
@pytest.mark.scenario("S21")
def test_two_edits_of_one_file_are_both_kept(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("report.docx", "first")
    a.sync()
    b.sync()
    a.write("report.docx", "by A, longer")
    b.write("report.docx", "by B")
    a.sync()
    assert b.sync()["conflicts"] != []
    a.sync()
    assert a.tree() == b.tree()
    assert (a.folder / "report.docx").read_text() == "by A, longer"
    copies = [name for name in a.tree() if "B's conflicted copy" in name]
    assert len(copies) == 1
    assert copies[0].endswith(".docx")
    assert (a.folder / copies[0]).read_text() == "by B"
    _quiet(a, b)


@pytest.mark.scenario("S20")
def test_a_first_link_merges_what_is_there_and_deletes_nothing(device: Make) -> None:
    a = device("A")
    a.write("same.txt", "same")
    a.write("other.txt", "A's")
    a.write("only-a.txt", "a")
    a.sync()
    b = device("B")
    b.write("same.txt", "same")
    b.write("other.txt", "B's")
    b.write("only-b.txt", "b")
    report = b.sync()
    assert report["downloaded"]["files"] == 2
    assert len(report["conflicts"]) == 1
    a.sync()
    assert a.tree().keys() == b.tree().keys()
    assert {"same.txt", "other.txt", "only-a.txt", "only-b.txt"} < a.tree().keys()
    assert {(b.folder / name).read_text() for name in b.tree()} == {"same", "A's", "B's", "a", "b"}
    _quiet(a, b)


@pytest.mark.scenario("S41")
def test_a_renamed_folder_is_one_operation_without_bytes(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(300):
        a.write(f"old/{number % 7}/{number}", f"content {number}")
    a.sync()
    b.sync()
    (a.folder / "old").rename(a.folder / "new")
    report = a.sync()
    assert report["operations"] == {"move": 1}
    assert report["uploaded"]["bytes"] == 0
    report = b.sync()
    assert report["operations"] == {"move": 1}
    assert report["downloaded"]["bytes"] == 0
    assert a.tree() == b.tree()


def test_three_devices_end_up_the_same(device: Make) -> None:
    a, b, c = device("A"), device("B"), device("C")
    a.write("a.txt", "a")
    b.write("b.txt", "b")
    c.write("c.txt", "c")
    for each in (a, b, c, a, b):
        each.sync()
    assert a.tree() == b.tree() == c.tree()
    assert len(a.tree()) == 3
    _quiet(a, b, c)


@pytest.mark.timeout(1_800)
def test_a_real_tree_survives_three_hundred_changes_on_both_sides(device: Make) -> None:
    """The installed standard library: thousands of files, symlinks and executables among them."""
    a, b = device("A"), device("B")
    _copy_real_tree(a.folder, least=5_000)
    before = a.tree()
    assert a.sync()["state"] == "settled"
    assert b.sync()["state"] == "settled"
    assert b.tree() == before

    chance = random.Random(20_261_121)
    _change_randomly(a.folder, chance, 150, "A")
    _change_randomly(b.folder, chance, 150, "B")
    for each in (a, b, a, b):
        assert each.sync()["held"] is None
    assert a.tree() == b.tree()
    _quiet(a, b)


_CACHES = shutil.ignore_patterns("__pycache__")  # other processes write into them meanwhile


def _copy_real_tree(target: Path, least: int) -> None:
    """Installed Python packages, until there are enough files; plus symlinks and executables."""
    count = 0
    for source in (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")):
        for package in sorted(Path(source).iterdir()):
            if package.is_dir() and package.name not in {"site-packages", "__pycache__"} and count < least:
                copy = target / package.name
                if not copy.exists():
                    shutil.copytree(package, copy, symlinks=True, ignore=_CACHES)
                    count += sum(len(files) for _, _, files in os.walk(copy))
    assert count >= least
    (target / "link-to-folder").symlink_to(next(p.name for p in target.iterdir() if p.is_dir()))
    (target / "dangling").symlink_to("nowhere")
    for script in list(target.rglob("*.py"))[:20]:
        script.chmod(0o755)


def _change_randomly(folder: Path, chance: random.Random, changes: int, mark: str) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and ".lockstep" not in p.parts)
    for number in range(changes):
        index = chance.randrange(len(files))
        file = files[index]
        match chance.randrange(5):
            case 0:
                file.write_bytes(file.read_bytes() + f"{mark}{number}".encode())
            case 1:
                files[index] = file.rename(file.with_name(f"{mark}{number}-{file.name}"[:200]))
            case 2:
                file.unlink()
                del files[index]
            case 3:
                files[index] = file.rename(chance.choice(files).parent / f"{mark}{number}-moved")
            case 4:
                new = file.parent / f"{mark}{number}-new"
                new.write_bytes(chance.randbytes(chance.randrange(20_000)))
                files.append(new)


@pytest.mark.main_flow
def test_daemons_on_both_sides_pass_changes_on_by_themselves(device: Make) -> None:
    a, b = device("A"), device("B")
    a.start_daemon()
    b.start_daemon()
    a.write("hello.txt", "hello")
    await_that((b.folder / "hello.txt").exists, "the new file arrives")
    assert (b.folder / "hello.txt").read_text() == "hello"
    b.write("deep/er/still.txt", "back")
    await_that((a.folder / "deep/er/still.txt").exists, "and one comes back")
    (a.folder / "hello.txt").unlink()
    await_that(lambda: not (b.folder / "hello.txt").exists(), "a deletion arrives")
    a.await_in_step()
    b.await_in_step()
    assert a.tree() == b.tree()
    assert a.run("stop").code == 0
    assert a.daemons[0].wait(PATIENCE_S) == 0


@pytest.mark.main_flow
def test_a_device_that_is_killed_in_the_middle_goes_on_after_a_restart(device: Make) -> None:
    a, b = device("A"), device("B")
    wanted = _send(a)
    a.end_daemons(signal.SIGKILL)
    _converges(a, b, wanted)


@pytest.mark.main_flow
@pytest.mark.own_server("it is killed")
def test_after_a_server_was_killed_in_the_middle_everything_converges(device: Make, server: RunningServer) -> None:
    a, b = device("A"), device("B")
    wanted = _send(a)
    server.kill()
    with running_server(server.data, port=int(server.url.rsplit(":", 1)[1])):
        _converges(a, b, wanted)


def _send(a: Device) -> dict[str, tuple[Any, ...]]:
    """What it has; a daemon is in the middle of sending it."""
    chance = random.Random(7)
    for number in range(600):
        a.write(f"d{number % 20}/{number}.bin", chance.randbytes(30_000))
    wanted = a.tree()
    assert a.run("config", "set", "bandwidth.up", "6M").code == 0  # 18 MB take a while
    a.start_daemon()
    await_that(lambda: a.daemon_progress().bytes_done > 0, "something is on its way")
    return wanted


def _converges(a: Device, b: Device, wanted: dict[str, tuple[Any, ...]]) -> None:
    a.end_daemons()
    assert a.sync()["state"] == "settled"
    assert b.sync()["state"] == "settled"
    assert a.tree() == wanted
    assert b.tree() == wanted
    _quiet(a, b)
