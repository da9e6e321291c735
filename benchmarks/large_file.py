"""A file of 1 GiB: one byte changed, one inserted, and the memory that its upload takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.data import MIB, change_one_byte, insert_one_byte, large_file
from benchmarks.measuring import await_that
from benchmarks.reporting import Figure, at_most, mib, told
from benchmarks.setting import Setting
from benchmarks.subjects import Device, Restic, Server

_NAME = "large.bin"


def one_byte(setting: Setting) -> list[Figure]:
    """One byte changed in, and one inserted at the start of, a file of 1 GiB: what is sent, beside restic."""
    figures: list[Figure] = []
    with _device(setting) as device:
        path = device.folder / _NAME
        large_file(path, setting.large_bytes)
        setting.rest()
        cost, report = device.sync()
        size = mib(setting.large_bytes)
        figures.append(
            told(f"{size} up: bytes, requests", f"{mib(report['uploaded']['bytes'])}, {report['uploaded']['requests']}")
        )
        figures.append(told("the same: wall, CPU", f"{cost.wall_s:.1f} s, {cost.cpu_s:.1f} s"))
        restic = Restic(setting.work) if setting.has_restic else None
        if restic:
            restic.backup(device.folder)
        changes: list[tuple[str, Callable[[Path], None]]] = [
            (f"one byte changed in {size}", change_one_byte),
            (f"one byte inserted at the start of {size}", insert_one_byte),
        ]
        for claim, change in changes:
            change(path)
            setting.rest()
            cost, report = device.sync()
            beside = "-"
            if restic:
                theirs, summary = restic.backup(device.folder)
                beside = f"restic {mib(summary['data_added'])} in {theirs.wall_s:.1f} s"
            sent = report["uploaded"]["bytes"] / MIB
            figures.append(at_most(f"{claim}: sent", sent, 8, "MiB", beside, f"in {cost.wall_s:.1f} s"))
    return figures


def upload_memory(setting: Setting) -> list[Figure]:
    """The daemon's peak memory while it uploads 1 GiB."""
    outside = setting.work / _NAME
    large_file(outside, setting.large_bytes)
    with _device(setting) as device, device.daemon() as daemon:
        before = daemon.peak_bytes()
        outside.rename(device.folder / _NAME)
        took = await_that(lambda: device.lists(_NAME), "the file on the server", within_s=900, every_s=1)
        peak = daemon.peak_bytes()
    claim = f"the daemon's memory while it uploads {mib(setting.large_bytes)}: peak"
    return [at_most(claim, peak / MIB, 150, "MiB", detail=f"{mib(before)} before; {took:.0f} s")]


@contextmanager
def _device(setting: Setting) -> Iterator[Device]:
    server = Server(setting.work)
    try:
        yield Device(setting.work, server)
    finally:
        server.stop()
