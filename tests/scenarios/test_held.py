"""Deletions that wait for a person's word."""

from __future__ import annotations

import pytest

from tests.scenarios.scene import settle
from tests.simulation.device import Device
from tests.simulation.people import Tree
from tests.simulation.world import World


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


def test_only_what_the_person_was_shown_goes_through(world: World, held: Tree, laptop: Device) -> None:
    laptop.sync()
    shown = laptop.engine.hold()
    laptop.disk.write("folder/7", b"here again")
    assert laptop.sync().state == "held"
    assert laptop.engine.hold_apply(shown) is None
    assert laptop.sync().state == "held"
    now = laptop.engine.hold()
    assert now is not None
    assert laptop.engine.hold_apply(now) == now
    assert laptop.sync().state == "settled"
    settle(world)


def test_who_was_told_all_places_does_not_go_through_with_as_many_others(
    world: World, held: Tree, laptop: Device
) -> None:
    laptop.disk.write("other", b"is deleted last")
    laptop.sync()
    hundred, shown = laptop.engine.hold(), laptop.engine.hold(whole=True)
    assert hundred is not None
    assert shown is not None
    assert (len(hundred.paths), sorted(shown.paths)) == (100, sorted(held.keys() - {"folder"}))
    untold = next(path for path in shown.paths if path not in hundred.paths)
    laptop.disk.write(untold, b"here again")
    laptop.disk.remove("other")
    laptop.sync()
    now = laptop.engine.hold(whole=True)
    assert now is not None
    assert (now.deletions, now.places) == (shown.deletions, shown.places)
    assert laptop.engine.hold_apply(shown) is None
    assert laptop.sync().state == "held"
    assert laptop.engine.hold_apply(now) == now
    assert laptop.sync().state == "settled"
    settle(world)


def test_what_was_edited_elsewhere_survives_an_approved_deletion_and_is_approved_no_more(
    world: World, held: Tree, laptop: Device, desktop: Device
) -> None:
    assert "folder/7" in held
    laptop.sync()
    laptop.engine.hold_apply()
    assert laptop.sync().state == "settled"
    desktop.disk.write("folder/7", b"edited")
    assert desktop.sync().state == "settled"
    settle(world)
    assert laptop.disk.tree() == desktop.disk.tree() == {"folder": None, "folder/7": b"edited"}


@pytest.mark.scenario("S76")
def test_dismissed_deletions_bring_everything_back(world: World, held: Tree, laptop: Device, desktop: Device) -> None:
    laptop.sync()
    laptop.engine.hold_restore()
    report = laptop.sync()
    assert (report.state, report.downloaded.files) == ("settled", 250)
    assert laptop.disk.tree() == desktop.disk.tree() == held
    settle(world)
