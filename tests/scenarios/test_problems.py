"""What is told as a problem, and when it is none any more; what is in the way."""

from __future__ import annotations

import pytest

from sync_engine.core.model import NodeId
from sync_engine.errors import DiskFault
from sync_engine.ports import Problem
from tests.scenarios.scene import settle
from tests.simulation.device import Device
from tests.simulation.world import World


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
    assert desktop.engine.state().state == "in-step"
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


def test_what_finds_its_place_occupied_is_not_fetched_again_to_find_it_so(watching: World) -> None:
    laptop, desktop = watching.devices
    settle(watching)
    desktop.disk.special("taken")
    laptop.disk.write("taken", b"some bytes")
    watching.run(lambda: [problem.code for problem in desktop.engine.problems()] == ["occupied"])
    watching.run(lambda: not any(device.is_awake() for device in watching.devices))
    for _ in range(3):
        desktop.ask_to_sync()
        watching.run(lambda: not desktop.engine._runs)
        report = desktop.reports[-1]
        assert [problem.reason for problem in report.problems] == ["occupied"]
        assert report.downloaded.bytes == 0
    laptop.disk.rename("taken", "free")
    watching.run(lambda: desktop.disk.exists("free") and desktop.disk.read("free") == b"some bytes")
    watching.run(lambda: [problem.code for problem in desktop.engine.problems()] == ["special-file"])


def test_what_comes_in_the_place_of_a_folder_is_not_fetched_before_that_is_gone(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("name")
    settle(watching)
    desktop.disk.write("name/draft~", b"ignored here")
    watching.run(desktop.is_settled)
    laptop.disk.remove("name")
    laptop.disk.write("name", b"some bytes")
    watching.run(lambda: [problem.code for problem in desktop.engine.problems()] == ["name-occupied"])
    watching.run(lambda: not any(device.is_awake() for device in watching.devices))
    desktop.ask_to_sync()
    watching.run(lambda: not desktop.engine._runs)
    assert desktop.reports[-1].downloaded.bytes == 0
    desktop.disk.remove("name/draft~")
    watching.run(lambda: desktop.disk.tree() == {"name": b"some bytes"})
    settle(watching)


def test_what_comes_into_a_folder_that_is_none_any_more_is_not_fetched_again(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    settle(watching)
    desktop.disk.remove("folder")
    desktop.disk.special("folder")
    laptop.disk.write("folder/new", b"some bytes")
    watching.run(lambda: "vanished" in [problem.code for problem in desktop.engine.problems()])
    watching.run(lambda: not any(device.is_awake() for device in watching.devices))
    desktop.ask_to_sync()
    watching.run(lambda: not desktop.engine._runs)
    assert desktop.reports[-1].downloaded.bytes == 0
    desktop.disk.remove("folder")
    desktop.disk.make("folder")
    watching.run(lambda: desktop.disk.tree() == {"folder": None, "folder/new": b"some bytes"})
    settle(watching)


def test_what_is_in_a_folder_that_has_no_room_here_is_not_fetched_before_it_has(watching: World) -> None:
    laptop, desktop = watching.devices
    desktop.disk.special("folder")
    laptop.disk.make("folder/inner")
    laptop.disk.write("folder/inner/new", b"some bytes")
    watching.run(lambda: "occupied" in [problem.code for problem in desktop.engine.problems()])
    watching.run(lambda: not any(device.is_awake() for device in watching.devices))
    for _ in range(2):
        desktop.ask_to_sync()
        watching.run(lambda: not desktop.engine._runs)
        assert desktop.reports[-1].downloaded.bytes == 0
    desktop.disk.remove("folder")
    before = desktop.clock.monotonic()
    watching.run(lambda: desktop.disk.tree() == laptop.disk.tree())
    assert desktop.clock.monotonic() - before < 60, "it goes with its folder, and waits for no retry of its own"
    settle(watching)


def test_what_comes_in_the_place_of_what_cannot_go_from_it_is_not_fetched_before_it_has(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("place")
    settle(watching)
    desktop.disk.special("aside")
    laptop.disk.rename("place", "aside")
    laptop.disk.write("place", b"some bytes")
    watching.run(lambda: ("aside", "occupied") in [(each.path, each.code) for each in desktop.engine.problems()])
    watching.run(lambda: not any(device.is_awake() for device in watching.devices))
    for _ in range(2):
        desktop.ask_to_sync()
        watching.run(lambda: not desktop.engine._runs)
        assert desktop.reports[-1].downloaded.bytes == 0
        assert {problem.path: problem.code for problem in desktop.engine.problems()} == {
            "aside": "occupied",
            "place": "occupied",
        }
    desktop.disk.remove("aside")
    before = desktop.clock.monotonic()
    watching.run(lambda: desktop.disk.tree() == laptop.disk.tree())
    assert desktop.clock.monotonic() - before < 60, "it comes as soon as its place is free"
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


def test_a_problem_follows_what_has_it_to_another_name(watching: World) -> None:
    laptop, desktop = watching.devices
    for name in ("one", "other"):
        laptop.disk.write(name, b"theirs")
    settle(watching)
    for name in ("one", "other"):
        desktop.engine.exclude(name)
    watching.settle()
    desktop.disk.write("one", b"ours")
    watching.run(lambda: [problem.path for problem in desktop.engine.problems()] == ["one"])
    desktop.disk.rename("one", "other")
    watching.run(lambda: [problem.path for problem in desktop.engine.problems()] == ["other"])
    desktop.disk.remove("other")
    watching.run(lambda: not desktop.engine.problems())
