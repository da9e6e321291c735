"""What is not wanted on one device, and what is ignored: no setting ever deletes anything elsewhere."""

from __future__ import annotations

import pytest

from tests.scenarios.scene import given, put, settle, sync_all, wait
from tests.simulation.device import Device
from tests.simulation.people import Tree
from tests.simulation.world import World

BASE: Tree = {"photos": None, "photos/2019": None, "photos/2019/a": b"a", "photos/b": b"b", "notes": b"notes"}
HERE = {"notes": b"notes"}


@pytest.mark.scenario("S151")
def test_an_excluded_folder_leaves_and_comes_back(watching: World, laptop: Device, desktop: Device) -> None:
    given(watching, BASE)
    laptop.engine.exclude("photos")
    watching.settle()
    assert (laptop.disk.tree(), desktop.disk.tree()) == (HERE, dict(sorted(BASE.items())))
    desktop.disk.write("photos/new", b"new")
    watching.settle()
    assert laptop.disk.tree() == HERE
    laptop.engine.include("photos")
    assert settle(watching) == dict(sorted({**BASE, "photos/new": b"new"}.items()))


@pytest.mark.scenario("S152")
def test_what_was_not_sent_of_an_excluded_folder_is_sent_first(
    watching: World, laptop: Device, desktop: Device
) -> None:
    given(watching, BASE)
    watching.network.is_down = True
    laptop.remote.interrupt()
    laptop.disk.write("photos/b", b"edited")
    laptop.disk.write("photos/2019/new", b"new")
    wait(watching, 10)
    laptop.engine.exclude("photos")
    wait(watching, 60)
    assert laptop.disk.tree().items() >= {"photos/b": b"edited", "photos/2019/new": b"new"}.items()
    watching.network.is_down = False
    watching.settle()
    assert laptop.disk.tree() == HERE
    assert desktop.disk.tree().items() >= {"photos/b": b"edited", "photos/2019/new": b"new"}.items()


@pytest.mark.scenario("S153")
@pytest.mark.parametrize("steps", range(1, 40, 5))
def test_a_device_killed_while_an_exclusion_is_applied_or_taken_back_deletes_nothing(
    watching: World, laptop: Device, desktop: Device, steps: int
) -> None:
    given(watching, BASE)
    for word in ("exclude", "include"):
        (laptop.engine.exclude if word == "exclude" else laptop.engine.include)("photos")
        for _ in range(steps):
            watching.step()
        laptop.kill()
        laptop.start()
        watching.settle()
        assert desktop.disk.tree() == dict(sorted(BASE.items()))
    assert settle(watching) == dict(sorted(BASE.items()))


@pytest.mark.scenario("S156")
def test_an_exclusion_ends_with_its_folder(watching: World, laptop: Device, desktop: Device) -> None:
    given(watching, BASE)
    laptop.engine.exclude("photos")
    watching.settle()
    desktop.disk.remove("photos")
    watching.settle()
    assert laptop.engine.exclusions() == []
    put(desktop, {"photos": None, "photos/again": b"again"})
    assert settle(watching) == {"notes": b"notes", "photos": None, "photos/again": b"again"}


@pytest.mark.parametrize("journal", ["lost", "damaged"])
def test_exclusions_outlive_the_journal(world: World, journal: str) -> None:
    laptop, desktop = world.devices
    given(world, BASE)
    laptop.engine.exclude("photos")
    sync_all(world)
    assert laptop.disk.tree() == HERE
    laptop.end()
    laptop.put_back_journal(None if journal == "lost" else b"no database" * 1000)
    laptop.start()
    sync_all(world)
    assert laptop.disk.tree() == HERE
    assert [(e.path, e.state) for e in laptop.engine.exclusions()] == [("photos", "excluded")]
    laptop.engine.include("photos")
    sync_all(world)
    assert desktop.disk.tree() == laptop.disk.tree() == dict(sorted(BASE.items()))
    laptop.end()
    laptop.put_back_journal(None)
    laptop.start()
    assert laptop.engine.exclusions() == []
    assert settle(world) == dict(sorted(BASE.items()))


@pytest.mark.scenario("S157")
def test_a_rule_for_what_is_synced_already_takes_it_off_no_device(
    watching: World, laptop: Device, desktop: Device
) -> None:
    """It goes on being synced, as if there were no rule; what is new goes nowhere, and stays where it is."""
    given(watching, BASE)
    laptop.disk.write(".lockstepignore", b"photos/\n")
    synced = dict(sorted({".lockstepignore": b"photos/\n", **BASE}.items()))
    watching.settle()
    assert laptop.disk.tree() == desktop.disk.tree() == synced
    laptop.disk.write("photos/b", b"edited")
    laptop.disk.write("photos/new", b"new")
    watching.settle()
    assert desktop.disk.tree() == {**synced, "photos/b": b"edited"}
    desktop.disk.remove("photos")
    watching.settle()
    assert laptop.disk.tree() == {".lockstepignore": b"photos/\n", **HERE, "photos": None, "photos/new": b"new"}
    laptop.disk.remove(".lockstepignore")
    assert settle(watching) == {**HERE, "photos": None, "photos/new": b"new"}


@pytest.mark.scenario("S102")
def test_litter_goes_nowhere_and_keeps_no_folder(watching: World, laptop: Device, desktop: Device) -> None:
    given(watching, BASE)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "~$report.docx", ".~lock.report.odt#"):
        desktop.disk.write(f"photos/{name}", b"litter")
    watching.settle()
    assert laptop.disk.tree() == dict(sorted(BASE.items()))
    laptop.disk.remove("photos")
    watching.settle()
    assert laptop.disk.tree() == HERE
    assert set(desktop.disk.tree().values()) <= {b"notes", b"litter", None}
