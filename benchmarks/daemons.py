"""What daemons do all day: bring a saved file to the other device, and wait, with 100,000 files."""

from __future__ import annotations

import random
import statistics
import time

from benchmarks.data import KIB, MIB, many_files
from benchmarks.measuring import await_that
from benchmarks.reporting import Figure, at_most, told
from benchmarks.setting import Setting
from benchmarks.subjects import Device, Server

_SAVES = 20


def latency(setting: Setting) -> list[Figure]:
    """From the close of a new file of 1 KiB until it lies complete on the other device."""
    server = Server(setting.work)
    try:
        one, other = Device(setting.work, server), Device(setting.work, server, is_first=False)
        chance = random.Random(2)
        taken: list[float] = []
        with one.daemon(), other.daemon():
            for number in range(_SAVES + 1):
                content = chance.randbytes(KIB)
                here, there = (device.folder / f"note-{number}.bin" for device in (one, other))
                here.write_bytes(content)
                took = await_that(lambda: there.exists() and there.read_bytes() == content, f"{there}", within_s=60)  # noqa: B023
                taken.append(took)
                time.sleep(chance.uniform(0.3, 0.7))
    finally:
        server.stop()
    taken = sorted(taken[1:])  # the first one warms up
    p95 = taken[int(len(taken) * 0.95) - 1]
    claim = f"a saved file of 1 KiB on the other device: median of {len(taken)}"
    return [at_most(claim, statistics.median(taken), 0.3, "s", detail=f"95 % within {p95:.2f} s")]


def many(setting: Setting) -> list[Figure]:
    """The daemon with 100,000 files: its peak memory from the first scan on, and what it uses when nothing happens."""
    server = Server(setting.work)
    try:
        folder = setting.work / "many-files"
        many_files(folder, setting.many_files)
        setting.rest()
        device = Device(setting.work, server, folder=folder)
        started = time.perf_counter()
        with device.daemon() as daemon:
            took = time.perf_counter() - started
            time.sleep(15)  # what follows a sync: a checkpoint, a closed connection
            before, since = daemon.cpu_s(), time.perf_counter()
            time.sleep(setting.idle_s)
            share = (daemon.cpu_s() - before) / (time.perf_counter() - since) * 100
            peak = daemon.peak_bytes()
        with device.daemon() as daemon:
            again = daemon.peak_bytes()
    finally:
        server.stop()
    count = f"{setting.many_files:,} files"
    return [
        at_most(f"the daemon's memory with {count}: peak", peak / MIB, 250, "MiB", detail="from the first upload on"),
        told("the same, started again", f"{again / MIB:.0f} MiB"),
        told("the same: in step after", f"{took:.0f} s"),
        at_most(f"the daemon's CPU time with {count} when nothing happens", share, 0.5, "% of a core"),
    ]
