"""Results as the Markdown table of docs/performance.md, with the machine they are from."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

_MIB: Final = 1024 * 1024


class Figure(Struct, frozen=True):
    """One line of the table."""

    claim: str
    lockstep: str
    beside: str
    """What it is compared with, or ``-``."""
    target: str
    holds: bool | None
    """``None``: told, but nothing was promised."""


def at_most(claim: str, value: float, limit: float, unit: str, beside: str = "-", detail: str = "") -> Figure:
    """A figure with a limit of its own."""
    said = f"{_number(value)} {unit}".strip() + (f" ({detail})" if detail else "")
    return Figure(claim, said, beside, f"at most {_number(limit)} {unit}".strip(), value <= limit)


def ratio(claim: str, ours: Sequence[float], theirs: Sequence[float], whose: str, limit: float, unit: str) -> Figure:
    """Medians of runs that took turns, and what ours is of theirs."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    said = f"{_number(mine)} {unit}, {_number(mine / other)} of it"
    return Figure(
        claim, said, f"{whose} {_number(other)} {unit}", f"at most {_number(limit)} of it", mine / other <= limit
    )


def told(claim: str, lockstep: str, beside: str = "-") -> Figure:
    return Figure(claim, lockstep, beside, "-", None)


def table(figures: Iterable[Figure]) -> str:
    """Markdown."""
    rows = [("what", "Lockstep", "beside it", "promised", "holds"), ("---",) * 5]
    marks = {True: "yes", False: "**no**", None: ""}
    rows += [(f.claim, f.lockstep, f.beside, f.target, marks[f.holds]) for f in figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def machine() -> str:
    """One paragraph: what ran where."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = os.getloadavg()[0]
    programs = [_processor(), f"{os.cpu_count()} cores", f"{memory:.0f} GiB of memory"]
    programs += [f"{platform.system()} {platform.release()}", f"Python {platform.python_version()}"]
    programs += filter(None, (_version("restic", "version"), _version("rclone", "version")))
    return f"{', '.join(programs)}; load when it began: {load:.1f}."


def mib(size_bytes: float) -> str:
    return f"{size_bytes / _MIB:.1f} MiB"


def seconds(values: Sequence[float]) -> str:
    """The median of them."""
    return f"{_number(statistics.median(values))} s"


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    return f"{name} ({'with' if 'sha_ni' in flags else 'without'} instructions for SHA-256)"


def _version(program: str, argument: str) -> str:
    if shutil.which(program) is None:
        return ""
    said = subprocess.run([program, argument], capture_output=True, text=True, check=False, timeout=30).stdout
    return " ".join(said.split()[:2])
