"""Another name for what is on the disk; what has the name already: ``test_acts``."""

from __future__ import annotations

import gc
from pathlib import Path

from desktop.integration.renaming import move_without_replacing


def test_moving_many_leaves_nothing_to_be_collected_beside_the_window(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    places = [tmp_path / "file", tmp_path / "other"]
    move_without_replacing(*places)
    gc.collect()
    gc.disable()
    try:
        for turn in range(1, 51):
            move_without_replacing(places[turn % 2], places[1 - turn % 2])
        assert gc.collect() < 50
    finally:
        gc.enable()
