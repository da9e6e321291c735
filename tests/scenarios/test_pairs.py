"""Everything that two people can do to one file, folder or link at the same time: all pairs, against the rule."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final

import pytest

from tests.fakes.filesystem import FakeFileSystem
from tests.scenarios.pairs import BASE, Change, changes, expected, programs
from tests.scenarios.scene import given, put, settle, sync_all
from tests.simulation.device import DAEMON, ONCE, Device
from tests.simulation.people import Tree
from tests.simulation.world import World

KINDS = sorted(BASE)
Pairs = dict[str, tuple[Change, Change]]
"""By the folder in which it happens."""


def _pairs(kind: str) -> Pairs:
    laptops, desktops = changes(kind, "Laptop"), changes(kind, "Desktop")
    return {f"{one} + {other}": (laptops[one], desktops[other]) for one in laptops for other in desktops}


def _begin(world: World, kind: str, places: Iterable[str]) -> None:
    tree: Tree = {}
    for at in places:
        tree |= {at: None, f"{at}/to": None} | {f"{at}/{path}": content for path, content in BASE[kind].items()}
    put(world.devices[0], tree)
    settle(world)


def _at(tree: Tree, at: str) -> Tree:
    """What lies in one place, but for the folder that is always there."""
    inside = {path.removeprefix(f"{at}/"): content for path, content in tree.items() if path.startswith(f"{at}/")}
    del inside["to"]
    return inside


def _programs_at(disk: FakeFileSystem, tree: Tree, at: str) -> set[str]:
    found = _at(tree, at)
    return {p for p, content in found.items() if isinstance(content, bytes) and disk.mode(f"{at}/{p}") & 0o100}


@pytest.mark.scenario("S43", "S144")
@pytest.mark.parametrize("kind", KINDS)
def test_two_people_change_one_thing(kind: str) -> None:
    """The laptop's changes come to the server first."""
    pairs = _pairs(kind)
    with World(1, (ONCE, ONCE)) as world:
        _begin(world, kind, pairs)
        laptop, desktop = world.devices
        for at, (one, other) in pairs.items():
            one.do(laptop.disk, at)
            other.do(desktop.disk, at)
        laptop.sync()
        desktop.sync()
        found = settle(world)
        for at, (one, other) in pairs.items():
            assert _at(found, at) == expected(kind, one, other, "Desktop"), at
            assert _programs_at(laptop.disk, found, at) == programs(kind, one, other), at


@pytest.mark.parametrize("kind", KINDS)
def test_two_people_change_one_thing_while_daemons_run(kind: str) -> None:
    """Whose change the server has first is decided anew for each."""
    pairs = _pairs(kind)
    with World(2, (DAEMON, DAEMON)) as world:
        _begin(world, kind, pairs)
        laptop, desktop = world.devices
        for at, (one, other) in pairs.items():
            one.do(laptop.disk, at)
            other.do(desktop.disk, at)
            for _ in range(world.chance.randrange(3)):
                world.step()
        found = settle(world)
        for at, (one, other) in pairs.items():
            either = expected(kind, one, other, "Desktop"), expected(kind, other, one, "Laptop")
            assert _at(found, at) in either, at


SOME: Final = {
    "file": ("delete", "rename", "move", "edit", "move and edit", "make it a folder"),
    "folder": ("delete", "move", "add", "edit below", "make it a file"),
    "link": ("delete", "rename", "make it a file", "make it a folder"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_three_people_change_one_thing(kind: str) -> None:
    """All that was written is kept, and a copy is made only where two wrote."""
    with World(3, (ONCE, ONCE, ONCE)) as world:
        did = [changes(kind, device.name) for device in world.devices]
        triples = {" + ".join(names): names for names in product(SOME[kind], repeat=3)}
        _begin(world, kind, triples)
        for at, names in triples.items():
            for device, name, change in zip(world.devices, names, did, strict=True):
                change[name].do(device.disk, at)
        sync_all(world)
        found = settle(world)
        for at, names in triples.items():
            tree = _at(found, at)
            written = [content for name, change in zip(names, did, strict=True) for content in _written(change[name])]
            assert set(written) <= set(tree.values()), f"{at}: {tree}"
            if len(written) < 2:
                assert not any("conflicted copy" in path for path in tree), f"{at}: {tree}"
            assert len([content for content in tree.values() if content in written]) == len(written), f"{at}: {tree}"


@pytest.mark.scenario("S73")
def test_a_folder_that_outlives_its_deletion_on_two_devices_becomes_one(
    world: World, laptop: Device, desktop: Device, phone: Device
) -> None:
    """One edits below it, and makes it anew for that; the other one's new file has to go into that one."""
    given(world, {"x": None, "x/in": b"in", "x/below": None, "x/below/deep": b"deep"})
    laptop.disk.remove("x")
    desktop.disk.write("x/below/deep", b"edited")
    phone.disk.write("x/new", b"new")
    sync_all(world)
    assert settle(world) == {"x": None, "x/below": None, "x/below/deep": b"edited", "x/new": b"new"}


def _written(change: Change) -> list[bytes | str]:
    return [content for content in (*change.edited.values(), *change.new.values()) if content is not None]
