"""How the benchmarks are run: where, how often, how large."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from benchmarks.data import GIB


class Setting(Struct, frozen=True):
    work: Path
    """An empty directory for everything."""
    runs: int = 3
    scale: int = 1
    """Divides all sizes, to try the benchmarks themselves."""

    @property
    def small_files(self) -> int:
        return 10_000 // self.scale

    @property
    def many_files(self) -> int:
        return 100_000 // self.scale

    @property
    def waiting_devices(self) -> int:
        return 2_000 // self.scale

    @property
    def nodes(self) -> tuple[int, int]:
        """Of a small tree, and of a large one."""
        return 10_000 // self.scale, 1_000_000 // self.scale

    @property
    def accounts(self) -> tuple[int, int]:
        """Of some, and of many."""
        return 100, 10_000 // self.scale

    @property
    def large_bytes(self) -> int:
        return GIB // self.scale

    @property
    def idle_s(self) -> float:
        return 60 / self.scale + 5

    @property
    def has_restic(self) -> bool:
        return shutil.which("restic") is not None

    @property
    def has_rclone(self) -> bool:
        """And an S3 server for it."""
        return all(shutil.which(program) for program in ("rclone", "radosgw", "ceph-osd"))

    def take_turns(self, *subjects: Callable[[], None]) -> None:
        """Each subject once a run, in another order each time, so that what else the machine does hits all alike."""
        chance = random.Random(3)
        for _ in range(self.runs):
            for subject in chance.sample(subjects, len(subjects)):
                subject()

    @staticmethod
    def rest() -> None:
        """Until no file is as young as to be doubted."""
        time.sleep(2.5)
