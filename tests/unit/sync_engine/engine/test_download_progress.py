"""Which files are arriving, as people are told."""

from __future__ import annotations

from tests.unit.sync_engine.engine.test_downloader import World
from tests.unit.sync_engine.engine.test_uploader import MIB, noise


def test_a_file_is_told_as_soon_as_its_first_bytes_come() -> None:
    world = World()
    world.publish({"large": noise(20 * MIB)})
    told: list[tuple[str, int]] = []
    world.store.on_piece = lambda: told.extend((each.path, each.done) for each in world.downloader.transfers())
    world.download()
    assert told[0] == ("large", 0)
    assert told[-1][1] > 0


def test_what_only_waits_its_turn_is_not_told() -> None:
    world = World()
    world.publish({"first": noise(3 * MIB), "second": noise(3 * MIB, seed=1)})
    told: list[int] = []
    world.store.on_piece = lambda: told.append(len(world.downloader.transfers()))
    world.download()
    assert told[0] == 1
