"""Running programs and reading what they cost: wall time, CPU time and memory of whole process trees."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

TIMEOUT_S: Final = 1_800.0
"""Of any one program: a benchmark that hangs ends."""
STOP_S: Final = 15.0
_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


class Cost(Struct, frozen=True):
    """What a program that ended has used, with all that it started and waited for."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    """Of the largest single process."""
    output: bytes


class Failed(Exception):
    """A program ended with an unexpected code, or something did not come about in time."""


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    stdin: bytes = b"",
    expects: frozenset[int] = frozenset({0}),
    directory: Path | None = None,
) -> Cost:
    """Raises: Failed."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), env=environment, stdin=given, stdout=output, stderr=errors, cwd=directory
        )
        guard = threading.Timer(TIMEOUT_S, process.kill)
        guard.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            guard.cancel()
        wall_s = time.perf_counter() - started
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if code not in expects:
            said = errors.read()[-2_000:].decode(errors="replace")
            raise Failed(f"{' '.join(map(str, command))} ended with {code}: {said}")
        return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output.read())


class Running:
    """A program in the background, with what it starts."""

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                list(map(str, command)),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.pid = self._process.pid
        self._command = " ".join(map(str, command))

    def check(self) -> None:
        """Raises: Failed if it has ended."""
        code = self._process.poll()
        if code is not None:
            raise Failed(f"{self._command} ended with {code}: {self.log.read_bytes()[-2_000:].decode()}")

    def cpu_s(self) -> float:
        """Used so far by all of its processes that live, and those that they waited for."""
        self.check()
        return cpu_s(self.pid)

    def peak_bytes(self) -> int:
        """The largest resident sizes of its living processes, added up."""
        self.check()
        return sum(peak_bytes(pid) for pid in tree(self.pid))

    def stop(self) -> None:
        """By SIGTERM; by SIGKILL if that takes long."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def cpu_s(pid: int) -> float:
    """Used so far by a process, all below it that live, and those that they waited for."""
    return sum(_cpu_s(each) for each in tree(pid))


def await_that(condition: Callable[[], bool], what: str, *, within_s: float, every_s: float = 0.002) -> float:
    """Seconds until it was so. Raises: Failed."""
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > within_s:
            raise Failed(f"waited {within_s:.0f} s for {what}")
        time.sleep(every_s)
    return time.perf_counter() - started


def tree(pid: int) -> list[int]:
    """A process and its living descendants."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS_A_SECOND


def peak_bytes(pid: int) -> int:
    """The largest resident size that a process has had; 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)
