"""Moves that meet: swaps, chains and cycles, on one device or across several."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.scenarios.scene import given, settle, sync_all
from tests.simulation.people import Tree
from tests.simulation.world import World

FOLDERS: Tree = {
    "A": None, "A/a": b"a", "B": None, "B/b": b"b", "C": None, "C/c": b"c", "C/D": None, "C/D/d": b"d",
}  # fmt: skip
FILES: Tree = {"a": b"a", "b": b"b", "c": b"c", "d": b"d"}

Moves = list[str]
"""``FROM > TO``, or ``rm PATH``, one after another."""

CASES: dict[str, tuple[Tree, Moves, Moves, Moves]] = {
    "two files swap": (FILES, ["a > x", "b > a", "x > b"], [], []),
    "one swap on two devices": (FILES, ["a > x", "b > a", "x > b"], ["a > x", "b > a", "x > b"], []),
    "two swaps that share a file": (FILES, ["a > x", "b > a", "x > b"], ["b > x", "c > b", "x > c"], []),
    "three swaps in a ring": (
        FILES, ["a > x", "b > a", "x > b"], ["b > x", "c > b", "x > c"], ["c > x", "a > c", "x > a"]
    ),
    "a chain": (FILES, ["d > e", "c > d", "b > c", "a > b"], [], []),
    "a chain and its reverse": (FILES, ["d > e", "c > d", "b > c", "a > b"], ["a > 0", "b > a", "c > b", "d > c"], []),
    "a cycle of four": (FILES, ["a > x", "d > a", "c > d", "b > c", "x > b"], [], []),
    "two folders swap": (FOLDERS, ["A > x", "B > A", "x > B"], [], []),
    "folders swap with files moved meanwhile": (FOLDERS, ["A > x", "B > A", "x > B"], ["A/a > B/a"], ["C/c > A/c"]),
    "into one another": (FOLDERS, ["A > B/A"], ["B > A/B"], []),
    "into one another, all three": (FOLDERS, ["A > B/A"], ["B > C/B"], ["C > A/C"]),
    "into a folder that was moved": (FOLDERS, ["A > C/D/A"], ["C/D > B/D"], []),
    "into a folder that was renamed": (FOLDERS, ["A/a > C/a"], ["C > E"], []),
    "two into a folder that was moved": (FOLDERS, ["A > C/A"], ["B > C/B"], ["C > E"]),
    "a child and its parent change places": (FOLDERS, ["C/D > D", "C > D/C"], ["C/D/d > C/D/e"], ["C/c > C/D/c"]),
    "out of a folder that is moved into another": (FOLDERS, ["C/D > D"], ["C > A/C"], ["A > B/A"]),
    "a case is changed": (FOLDERS, ["A > a", "B/b > B/B"], [], []),
    "a case is changed on two": (FOLDERS, ["A > a"], ["A/a > A/A"], ["A > B/A"]),
    "up and down": (FOLDERS, ["C/D > D", "A > D/A"], ["A > C/D/A"], ["B > A/B"]),
}  # fmt: skip

COLLIDE = {"two swaps that share a file", "three swaps in a ring"}
"""Cases in which two people give one name to two files: of those, one is put beside."""


@pytest.mark.scenario("S51", "S54", "S60")
@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("phone")
def test_moves_that_meet_keep_everything_once_and_send_nothing(world: World, name: str) -> None:
    tree, *moves = CASES[name]
    given(world, tree)
    sent = [device.counts.uploaded_bytes for device in world.devices]
    for device, row in zip(world.devices, moves, strict=True):
        for move in row:
            path, _, to = move.partition(" > ")
            device.disk.rename(path, to)
    sync_all(world)
    found = settle(world)
    assert Counter(c for c in found.values() if c) == Counter(c for c in tree.values() if c), found
    assert any("conflicted copy" in path for path in found) == (name in COLLIDE), found
    assert [device.counts.uploaded_bytes for device in world.devices] == sent


@pytest.mark.scenario("S57")
def test_a_file_moved_over_another_takes_its_place(watching: World) -> None:
    laptop = watching.devices[0]
    given(watching, {"a": b"a", "b": b"b"})
    laptop.disk.rename("b", "a")
    assert settle(watching) == {"a": b"b"}


@pytest.mark.scenario("S58")
@pytest.mark.parametrize("is_running", [True, False])
def test_a_change_of_case_is_a_move(watching: World, is_running: bool) -> None:
    laptop = watching.devices[0]
    given(watching, {"folder": None, "folder/a": b"a"})
    sent = laptop.counts.uploaded_bytes
    if not is_running:
        laptop.end()
    laptop.disk.rename("folder", "Folder")
    laptop.disk.rename("Folder/a", "Folder/A")
    if not is_running:
        laptop.start()
    assert settle(watching) == {"Folder": None, "Folder/A": b"a"}
    assert laptop.counts.uploaded_bytes == sent
    assert not any("delete" in line.action for line in laptop.engine.activity(100))


@pytest.mark.parametrize("gone", ["folder", "folder/below"])
def test_what_is_moved_into_a_folder_that_is_deleted_elsewhere_survives(world: World, gone: str) -> None:
    laptop, desktop = world.devices
    given(world, {"folder": None, "folder/old": b"old", "folder/below": None, "a": b"a", "b": None, "b/in": b"in"})
    laptop.disk.remove(gone)
    desktop.disk.rename("a", "folder/below/a")
    desktop.disk.rename("b", "folder/below/b")
    sync_all(world)
    found = settle(world)
    assert {b"a", b"in"} <= set(found.values())
    assert ("folder/old" in found) == (gone != "folder")
