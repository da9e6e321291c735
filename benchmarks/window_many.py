"""What is done with 100,000 files in the window, and how long that holds it up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.reporting import Figure, at_most
from benchmarks.setting import Setting
from benchmarks.window import Window
from benchmarks.window_daemon import FolderDaemon

PAUSE_MS: Final = 50
_CHANGED, _SIZE = 2, 3


class _Acts:
    """Done one after the other, each a figure if something is ``said`` of it."""

    def __init__(self, window: Window) -> None:
        self.figures: list[Figure] = []
        self._window = window

    def __call__(self, said: str, name: str, *arguments: object) -> None:
        told = self._window.act(name, *arguments)
        if said:
            detail = f"{told['thread_s'] * 1_000:.0f} ms of CPU time"
            self.figures.append(at_most(said, told["block_s"] * 1_000, PAUSE_MS, "ms", detail=detail))


def many_in_window(setting: Setting) -> list[Figure]:
    """The longest pause of each thing that people do with 100,000 files in the window, or 10,000 of them."""
    count, some = setting.many_files, setting.many_files // 10
    folder = setting.work / "Lockstep"
    _fill(folder / "many", [f"IMG_{number:06}.txt" for number in range(count)])
    for number in range(some):
        (folder / "folders" / f"Folder {number}").mkdir(parents=True)
    with _shown(setting, folder) as (window, daemon):
        act = _Acts(window)
        act("", "open_folder", "many", count)
        act(f"{count:,} files in the window: opened again", "open_folder", "many", count)
        _look_through(act, count, some)
        _change(act, count, some, folder / "many", daemon)
        _change_folders(act, some, folder / "folders", daemon)
    return act.figures


def _look_through(act: _Acts, count: int, some: int) -> None:
    act("all chosen", "choose_all")
    act("all copied", "copy")
    act("a name typed", "type_name", "IMG_000")
    act("sorted by size, all chosen", "sort", _SIZE)
    act(f"{some:,} others chosen by name", "choose_every_tenth")
    act("sorted by time, those chosen", "sort", _CHANGED)
    act("all chosen after those", "choose_all")
    act("sorted by name", "sort", 0)
    act("searched", "search", "IMG_000")
    act("and back", "leave_search", count)
    act("scrolled", "scroll")
    act("shown as gallery", "show_gallery")
    act("scrolled there", "scroll")
    act("shown as list", "show_list")


def _change(act: _Acts, count: int, some: int, files: Path, daemon: FolderDaemon) -> None:
    act("", "choose_every_tenth")
    come = [f"IMG_{number * 10:06} again.txt" for number in range(some)]
    _fill(files, come[:1])
    daemon.touch()
    act(f"one more came, {some:,} chosen", "await_rows", count + 1)
    _fill(files, come[1:])
    daemon.touch()
    act(f"{some:,} more came", "await_rows", count + some)
    for name in come:
        (files / name).unlink()
    daemon.touch()
    act(f"{some:,} went", "await_rows", count)
    act("", "choose_every_tenth")
    act(f"{some:,} deleted", "delete", count - some)
    act("and brought back", "undo", count)


def _change_folders(act: _Acts, some: int, folders: Path, daemon: FolderDaemon) -> None:
    act("dark", "choose_theme", "dark")
    act("light", "choose_theme", "light")
    act(f"a folder of {some:,} folders opened in the tree", "open_in_tree", 0, some)
    for number in range(0, some, 2):
        (folders / f"Folder {number}").rmdir()
    daemon.touch()
    act("every other one of them went", "open_in_tree", 0, some // 2)
    act("dark, with that tree", "choose_theme", "dark")


@contextmanager
def _shown(setting: Setting, folder: Path) -> Iterator[tuple[Window, FolderDaemon]]:
    with TemporaryDirectory(prefix="lockstep-") as place:  # of a short path, which a socket needs
        home = Path(place) / "profile"
        home.mkdir()
        daemon = FolderDaemon(home, folder)
        window = Window(setting.work, home)
        try:
            yield window, daemon
        finally:
            window.stop()
            daemon.close()


def _fill(folder: Path, names: list[str]) -> None:
    """In no order, of different sizes."""
    chance = random.Random(len(names))
    folder.mkdir(parents=True, exist_ok=True)
    for name in chance.sample(names, len(names)):
        (folder / name).write_bytes(bytes(chance.randrange(9)))
