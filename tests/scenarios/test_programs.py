"""What programs do to files: how editors save, what systems leave behind, what is written slowly, or for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync_engine.core.model import Cursor
from sync_engine.engine.quiet import LONGEST_WAIT_S
from tests.fakes.filesystem import FakeFileSystem
from tests.scenarios.scene import given, settle, sync_all, wait
from tests.simulation.device import Device
from tests.simulation.world import World

Step = Callable[[FakeFileSystem], object]
NEW = b"what was saved"


def write(path: str, data: bytes = NEW) -> Step:
    return lambda disk: disk.write(path, data)


def rename(path: str, to: str) -> Step:
    return lambda disk: disk.rename(path, to)


def remove(path: str) -> Step:
    return lambda disk: disk.remove(path)


def swap(path: str, other: str) -> Step:
    return lambda disk: disk.swap(path, other)


SAVES: dict[str, tuple[str, list[Step]]] = {
    "gedit": ("doc.txt", [write(".goutputstream-X1Y2Z3"), rename(".goutputstream-X1Y2Z3", "doc.txt")]),
    "gedit with a backup": (
        "doc.txt",
        [write(".goutputstream-X1"), rename("doc.txt", "doc.txt~"), rename(".goutputstream-X1", "doc.txt")],
    ),
    "vim": (
        "doc.txt",
        [write(".doc.txt.swp", b"swap"), write("4913", b""), remove("4913"), rename("doc.txt", "doc.txt~"),
         write("doc.txt"), remove("doc.txt~"), remove(".doc.txt.swp")],
    ),
    "emacs": (
        "doc.txt",
        [write("#doc.txt#", b"autosaved"), write(".#doc.txt", b"lock"), rename("doc.txt", "doc.txt~"),
         write("doc.txt"), remove("#doc.txt#"), remove(".#doc.txt")],
    ),
    "LibreOffice": (
        "doc.odt",
        [write(".~lock.doc.odt#", b"me"), write("lu1234abc.tmp"), rename("lu1234abc.tmp", "doc.odt"),
         remove(".~lock.doc.odt#")],
    ),
    "Word": (
        "doc.docx",
        [write("~$doc.docx", b"me"), write("~WRD0001.tmp"), rename("doc.docx", "~WRL0002.tmp"),
         rename("~WRD0001.tmp", "doc.docx"), remove("~WRL0002.tmp"), remove("~$doc.docx")],
    ),
    "Excel": (
        "doc.xlsx",
        [write("~$doc.xlsx", b"me"), write("5A3C2B10.tmp"), rename("doc.xlsx", "1A2B3C4D.tmp"),
         rename("5A3C2B10.tmp", "doc.xlsx"), remove("1A2B3C4D.tmp"), remove("~$doc.xlsx")],
    ),
    "macOS": (
        "doc.txt",
        [write("doc.txt.sb-1a2b3c4d-AbCdEf"), swap("doc.txt.sb-1a2b3c4d-AbCdEf", "doc.txt"),
         remove("doc.txt.sb-1a2b3c4d-AbCdEf")],
    ),
    "in place": ("doc.txt", [write("doc.txt", b""), write("doc.txt")]),
}  # fmt: skip


@pytest.mark.scenario("S101")
@pytest.mark.parametrize("pace", [0, 1, 5, 40])
@pytest.mark.parametrize("program", SAVES)
def test_a_save_is_one_new_version_however_the_program_does_it(program: str, pace: int, watching: World) -> None:
    name, steps = SAVES[program]
    given(watching, {name: b"as it was"})
    laptop, desktop = watching.devices
    for step in steps:
        step(laptop.disk)
        for _ in range(pace):
            watching.step()
    watching.settle()
    assert desktop.disk.tree() == {name: NEW}
    kept = {path: content for path, content in laptop.disk.tree().items() if not path.endswith("~")}
    assert kept == {name: NEW}
    versions = laptop.remote.history(name)
    assert 2 <= len(versions) <= (3 if program == "in place" else 2)
    assert _names_ever(laptop) == {name}


def _names_ever(device: Device) -> set[str]:
    """Of everything that the server ever had."""
    return {change.name for change in device.remote.changes(Cursor(bytes(16))).changes}


@pytest.mark.scenario("S102")
def test_what_systems_leave_behind_goes_nowhere_and_keeps_no_folder(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, {"folder": None, "folder/a": b"some bytes"})
    junk = ["~$doc.xlsx", ".~lock.doc.odt#", ".DS_Store", "desktop.ini", "Thumbs.db"]
    for name in junk:
        laptop.disk.write(f"folder/{name}", b"junk")
        laptop.disk.write(name, b"junk")
    watching.settle()
    assert desktop.disk.tree() == {"folder": None, "folder/a": b"some bytes"}
    desktop.disk.remove("folder")
    watching.settle()
    assert laptop.disk.tree() == dict.fromkeys(junk, b"junk")
    assert laptop.engine.problems() == []


@pytest.mark.scenario("S147")
@pytest.mark.parametrize("pace", [0, 1, 3])
def test_a_file_that_is_gone_at_once_never_was(pace: int, watching: World) -> None:
    laptop = watching.devices[0]
    given(watching, {"a": b"some bytes"})
    laptop.disk.fill("passing", b"half of")
    for _ in range(pace):
        watching.step()
    laptop.disk.fill("passing", b"half of it")
    laptop.disk.remove("passing")
    assert settle(watching) == {"a": b"some bytes"}
    assert _names_ever(laptop) == {"a"}


@pytest.mark.scenario("S148")
def test_a_file_that_changes_while_everything_is_looked_at_is_not_lost(world: World) -> None:
    laptop, desktop = world.devices
    given(world, {"folder": None, "folder/a": b"old", "folder/b": b"old"})
    laptop.disk.before("list_folder", lambda: laptop.disk.write("folder/a", b"during the scan"))
    laptop.disk.before("read", lambda: laptop.disk.write("folder/b", b"during the reading"))
    laptop.disk.write("folder/b", b"before")
    sync_all(world)
    assert settle(world) == {"folder": None, "folder/a": b"during the scan", "folder/b": b"during the reading"}
    assert desktop.disk.read("folder/b") == b"during the reading"


@pytest.mark.scenario("S103")
def test_of_a_file_that_is_written_slowly_the_others_see_the_whole_alone(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, {"a": b"old"})
    data = b""
    for second in range(60):
        data += b"%02d" % second
        laptop.disk.fill("slow", data)
        if second == 20:
            laptop.disk.write("a", b"goes at once")
        wait(watching, 1.0)
        assert not desktop.disk.exists("slow")
        if second == 25:
            assert desktop.disk.read("a") == b"goes at once"
    settle(watching)
    assert desktop.disk.read("slow") == data


@pytest.mark.scenario("S103")
def test_a_log_that_is_always_written_to_goes_up_now_and_then_and_holds_nothing_up(watching: World) -> None:
    laptop, desktop = watching.devices
    given(watching, {"log": b"", "a": b"old"})
    data = b""
    until = watching.clock.monotonic() + 2.2 * LONGEST_WAIT_S
    while (now := watching.clock.monotonic()) < until:
        data += b"%9.1f\n" % now
        laptop.disk.fill("log", data)
        if len(data) % 300 == 0:
            laptop.disk.write("a", data[-20:])
        wait(watching, 1.8)
        assert len(data) % 300 or desktop.disk.read("a") == data[-20:]
    assert len(laptop.remote.history("log")) == 3
    settle(watching)
    assert desktop.disk.read("log") == data
