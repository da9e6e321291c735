"""Stands for the daemon of a device that is always in step: it tells of what is on the disk."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from sync_engine.control import messages as control
from sync_engine.control.messages import Item
from sync_engine.core.reports import EngineState
from tests.fakes.daemon import FakeDaemon

_AT_ONCE: Final = 2_000
"""As the daemon does."""


class FolderDaemon(FakeDaemon):
    """``touch`` says that something has changed."""

    def __init__(self, home: Path, folder: Path) -> None:
        super().__init__(home, EngineState(state="in-step"))
        self.profile = msgspec.structs.replace(self.profile, folder=str(folder))
        self.answers[control.ListFolder] = lambda request: _parts(folder / request.path)
        self.answers[control.FindItems] = lambda request: _found(folder, request)


def _parts(folder: Path) -> list[control.Items]:
    items = list(_items(folder))
    return [control.Items(items[at : at + _AT_ONCE]) for at in range(0, len(items), _AT_ONCE)]


def _items(folder: Path, below: str = "") -> Iterator[Item]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # it goes just now
                status = entry.stat(follow_symlinks=False)
                is_file = not stat.S_ISDIR(status.st_mode)
                size, changed_at = (status.st_size, status.st_mtime_ns // 1_000_000) if is_file else (0, None)
                kind: Literal["file", "folder"] = "file" if is_file else "folder"
                yield Item(below + entry.name, kind, size, changed_at, "in-step", is_here=True, is_on_server=True)


def _found(folder: Path, request: control.FindItems) -> control.Items:
    found: list[Item] = []
    for place in [folder, *(each for each in folder.iterdir() if each.is_dir())]:
        below = "" if place == folder else f"{place.name}/"
        found += [item for item in _items(place, below) if request.text in item.name]
    return control.Items(found[: request.limit], is_cut=len(found) > request.limit)
