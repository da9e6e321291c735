"""Ten thousand small files: up, down, once more without a change, and their folder renamed."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks.data import small_files
from benchmarks.measuring import Cost, Failed, await_that
from benchmarks.reporting import Figure, at_most, mib, ratio, seconds, told
from benchmarks.setting import Setting
from benchmarks.subjects import Device, Rclone, Restic, Server, copy_of, s3_server

_TOP = "project"
"""The folder above all the others."""


def up(setting: Setting) -> list[Figure]:
    """The first upload of 10,000 files, beside restic's first backup and rclone's copy to an S3 server."""
    tree = _tree(setting)
    ours: list[Cost] = []
    reports: list[dict[str, Any]] = []
    serving: list[float] = []
    restic: list[Cost] = []
    rclone: list[Cost] = []

    with s3_server(setting.work) if setting.has_rclone else nullcontext() as s3:

        def lockstep_up() -> None:
            with _linked(setting, tree) as (server, device):
                before = server.process.cpu_s()
                cost, report = device.sync()
                serving.append(server.process.cpu_s() - before)
                ours.append(cost)
                reports.append(report)

        def restic_up() -> None:
            restic.append(Restic(setting.work).backup(copy_of(tree, setting.work))[0])

        def rclone_up() -> None:
            assert s3 is not None
            rclone.append(Rclone(setting.work, s3).copy(copy_of(tree, setting.work), s3.new_bucket()))

        warm_up(setting)
        setting.take_turns(
            lockstep_up, *([restic_up] if setting.has_restic else []), *([rclone_up] if setting.has_rclone else [])
        )
    size, count = sum(f.stat().st_size for f in tree.rglob("*") if f.is_file()), setting.small_files
    report = reports[-1]
    _expect(report["uploaded"]["files"] == count, f"{count} files to go up", report)
    figures = [
        at_most(f"{count:,} files of 1-16 KiB up: requests", report["uploaded"]["requests"], 20, ""),
        told("the same: bytes", mib(report["uploaded"]["bytes"]), f"on disk {mib(size)}"),
        told("the same: the server's CPU time", seconds(serving)),
    ]
    if restic:
        figures += _compare("the same", ours, restic, "restic", 0.6)
    if rclone:
        walls = [cost.wall_s for cost in rclone]
        figures.append(ratio("the same: wall time", [c.wall_s for c in ours], walls, "rclone to S3", 0.1, "s"))
    return figures


def down(setting: Setting) -> list[Figure]:
    """A second device's first download, beside restic's restore.

    Nothing is deleted between the turns: for some minutes after ext4 looks at each deleted inode once more for every
    file that is made, which costs more than all the rest.
    """
    tree = _tree(setting)
    ours: list[Cost] = []
    reports: list[dict[str, Any]] = []
    theirs: list[Cost] = []
    with _linked(setting, tree) as (server, device):
        device.sync()

        def lockstep_down() -> None:
            second = Device(setting.work, server, is_first=False)
            cost, report = second.sync()
            _expect(_same_tree(tree, second.folder), "the same tree on both devices", report)
            ours.append(cost)
            reports.append(report)

        turns = [lockstep_down]
        if setting.has_restic:
            restic = Restic(setting.work)
            restic.backup(tree)

            def restic_restore() -> None:
                theirs.append(restic.restore(setting.work / f"restored-{len(theirs)}"))

            turns.append(restic_restore)
        setting.take_turns(*turns)
    report = reports[-1]
    figures = [
        told(
            f"{setting.small_files:,} files down to a second device",
            f"{mib(report['downloaded']['bytes'])}, {report['downloaded']['requests']} requests",
        )
    ]
    return figures + (_compare("the same", ours, theirs, "restic restore", 0.8) if theirs else [])


def nothing_changed(setting: Setting) -> list[Figure]:
    """Another sync of 10,000 files, none of which changed, beside restic and rclone."""
    tree = _tree(setting)
    ours: list[Cost] = []
    restic_costs: list[Cost] = []
    with _linked(setting, tree) as (_, device):
        device.sync()
        restic = Restic(setting.work) if setting.has_restic else None
        if restic:
            restic.backup(tree)

        def lockstep_again() -> None:
            cost, report = device.sync()
            moved = report["uploaded"]["bytes"] + report["downloaded"]["bytes"]
            _expect(not any(report["operations"].values()) and not moved, "no operation and no byte", report)
            ours.append(cost)

        def restic_again() -> None:
            assert restic is not None
            restic_costs.append(restic.backup(tree)[0])

        setting.take_turns(lockstep_again, *([restic_again] if restic else []))
    beside = f"restic {_both(restic_costs)}" if restic_costs else "-"
    return [told("nothing changed: wall, CPU (no operation, 0 bytes)", _both(ours), beside)]


def rename(setting: Setting) -> list[Figure]:
    """The folder above 10,000 files gets another name: what is sent, and when the second device's daemon shows it."""
    tree = _tree(setting)
    with _linked(setting, tree) as (server, device):
        device.sync()
        second = Device(setting.work, server, is_first=False)
        second.sync()
        (device.folder / _TOP).rename(device.folder / "renamed-0")
        _, report = device.sync()
        second.sync()
        taken: list[float] = []
        target = second.folder / "renamed-0"
        with device.daemon(), second.daemon():
            for number in range(1, 4 * setting.runs + 1):
                target = second.folder / f"renamed-{number}"
                (device.folder / f"renamed-{number - 1}").rename(device.folder / target.name)
                taken.append(await_that(target.exists, f"{target} to appear", within_s=60))
                setting.rest()
        _expect(_same_tree(device.folder / target.name, target), "the same tree on both devices", report)
    operations = {kind: count for kind, count in report["operations"].items() if count}
    _expect(operations == {"move": 1}, "one move", report)
    return [
        at_most(f"a folder of {setting.small_files:,} files renamed: operations", sum(operations.values()), 1, ""),
        at_most("the same: bytes of content", report["uploaded"]["bytes"], 0, ""),
        at_most("the same: until the other daemon shows it", statistics.median(taken), 1, "s", detail=_worst(taken)),
    ]


def warm_up(setting: Setting) -> None:
    """One sync of a few files, so that no run pays for compiling Python's modules."""
    folder = setting.work / "one-file"
    folder.mkdir()
    (folder / "file").write_bytes(random.Random(1).randbytes(1000))
    server = Server(setting.work)
    try:
        Device(setting.work, server, folder=folder).sync()
    finally:
        server.stop()


# --- how -----------------------------------------------------------------------------------------------------------


def _tree(setting: Setting) -> Path:
    tree = setting.work / "small-files"
    if not tree.exists():
        small_files(tree / _TOP, setting.small_files, setting.small_files // 50)
    return tree


@contextmanager
def _linked(setting: Setting, tree: Path) -> Iterator[tuple[Server, Device]]:
    server = Server(setting.work)
    try:
        yield server, Device(setting.work, server, folder=copy_of(tree, setting.work))
    finally:
        server.stop()


def _compare(claim: str, ours: list[Cost], theirs: list[Cost], whose: str, limit: float) -> list[Figure]:
    measures: list[tuple[str, Callable[[Cost], float]]] = [
        ("CPU time", lambda cost: cost.cpu_s),
        ("wall time", lambda cost: cost.wall_s),
    ]
    return [
        ratio(f"{claim}: {name}", [of(cost) for cost in ours], [of(cost) for cost in theirs], whose, limit, "s")
        for name, of in measures
    ]


def _both(costs: list[Cost]) -> str:
    return f"{seconds([cost.wall_s for cost in costs])}, {seconds([cost.cpu_s for cost in costs])}"


def _worst(taken: list[float]) -> str:
    return f"worst of {len(taken)}: {max(taken):.2f} s"


def _same_tree(one: Path, other: Path) -> bool:
    return _listing(one) == _listing(other)


def _listing(tree: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(tree)): (stat.st_size, stat.st_mtime_ns)
        for path in tree.rglob("*")
        if path.is_file() and ".lockstep" not in path.relative_to(tree).parts and (stat := path.stat())
    }


def _expect(holds: bool, what: str, report: dict[str, Any]) -> None:
    if not holds:
        raise Failed(f"expected {what}: {str(report)[:2_000]}")
