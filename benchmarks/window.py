"""The desktop's window: how soon it is there, a large folder in it, and whether it ever hangs while much goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.data import MIB, many_files
from benchmarks.measuring import Failed, await_that
from benchmarks.reporting import Figure, at_most, told
from benchmarks.setting import Setting
from benchmarks.subjects import Device, Server, environment

STARTS: Final = 5
_LARGE: Final = "large"


class Window:
    """The desktop's process. Without a display it draws into memory."""

    def __init__(self, work: Path, home: Path) -> None:
        screen = {"QT_QPA_PLATFORM": "offscreen"} if "DISPLAY" not in os.environ else {"DISPLAY": os.environ["DISPLAY"]}
        started = time.time()
        self._log = home.with_suffix(".window.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.window_probe", str(home)],
            env=environment(work) | screen,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.shown_after_s = self._next()["shown_at"] - started

    def open(self, path: str, count: int) -> dict[str, float]:
        """Show a folder of so many items: ``first_s``, ``all_s``, ``block_s``."""
        return self._ask(f"open {path} {count}")

    def act(self, name: str, *arguments: object) -> dict[str, float]:
        """One of ``window_acts``: ``took_s``, ``block_s``, and the most CPU time that the window's thread took in any
        pause, ``thread_s``."""
        return self._ask(" ".join(["act", name, *map(str, arguments)]))

    def report(self) -> dict[str, float]:
        """Since the last time: ``block_s``; ``peak_bytes``."""
        return self._ask("report")

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.communicate()
        self._log.close()

    def _ask(self, line: str) -> dict[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._next()

    def _next(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"the window ended: {Path(self._log.name).read_text(errors='replace')[-2_000:]}")
        told: dict[str, float] = json.loads(line)
        return told


def window(setting: Setting) -> list[Figure]:
    """A start to the visible window, a folder of 100,000 items, and the longest pause during a sync of 50,000 files."""
    server = Server(setting.work)
    try:
        device = Device(setting.work, server)
        starts = sorted(_start_once(setting, device) for _ in range(STARTS))
        synced = setting.many_files // 2
        with _shown(setting, device) as shown:
            many_files(device.folder / "many", synced)
            shown.report()
            with device.daemon() as daemon:
                during = shown.report()
                _fill(device.folder / _LARGE, setting.many_files)
                last = f"{_LARGE}/{setting.many_files - 1:06}.txt"
                await_that(lambda: device.lists(last), "the server", within_s=900, every_s=5)
                device.await_in_step(daemon)
                shown.report()
                opened = shown.open(_LARGE, setting.many_files)
                again = shown.open(_LARGE, setting.many_files)
                memory = shown.report()["peak_bytes"]
    finally:
        server.stop()
    start = f"{starts[STARTS // 2]:.2f} s (worst {starts[-1]:.2f} s)"
    rows = f"{opened['first_s']:.2f} s, {opened['all_s']:.2f} s"
    paused = max(opened["block_s"], again["block_s"])
    syncing = f"the same: longest pause during the first sync of {synced:,} files"
    return [
        told("the window: from the command to its first picture", start),
        at_most(syncing, during["block_s"] * 1_000, 50, "ms"),
        told("the same: peak memory until then", f"{during['peak_bytes'] / MIB:.0f} MiB"),
        told(f"a folder of {setting.many_files:,} items opened: first rows, all rows", rows),
        at_most("the same: longest pause", paused * 1_000, 50, "ms"),
        told("the same: peak memory", f"{memory / MIB:.0f} MiB"),
    ]


def _start_once(setting: Setting, device: Device) -> float:
    with _shown(setting, device) as shown:
        return shown.shown_after_s


@contextmanager
def _shown(setting: Setting, device: Device) -> Iterator[Window]:
    shown = Window(setting.work, device.home)
    try:
        yield shown
    finally:
        shown.stop()


def _fill(folder: Path, files: int) -> None:
    """One folder, of small files."""
    folder.mkdir()
    for number in range(files):
        (folder / f"{number:06}.txt").write_text(f"{number}\n")
