"""``lockstep`` as a process that starts at once: forked off one that has loaded everything, and numbered in its steps.

The one that has loaded is a process of its own (this module run as a program): it has one thread, so that it may fork.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from tests.end_to_end.devices import environment

_LONGEST_S = 60


class Ended(Struct):
    """How one ``lockstep`` ended."""

    code: int
    """Its exit code; negative: of which signal it died."""
    out: str
    err: str
    steps: list[str]
    """Those that it came to, in order; the last one was not done if it was killed there."""

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Loaded:
    """Use it in a ``with`` block; one command at a time."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.failpoints.forked"]
        env = environment() | {"PYTHONPATH": str(Path(__file__).parents[2])}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def lockstep(self, home: Path, *words: str, die_at: int | None = None, text_in: str = "") -> Ended:
        """Run ``lockstep --home HOME WORDS``; it is killed when it comes to that step, counted from 1."""
        order = {"words": ["--home", str(home), *words], "die_at": die_at, "in": text_in}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


def _serve() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_carry_out(json.loads(line))) + "\n")
        sys.stdout.flush()


def _carry_out(order: dict[str, Any]) -> dict[str, Any]:
    files = [os.memfd_create(name) for name in ("in", "out", "err", "steps")]
    os.write(files[0], order["in"].encode())
    os.lseek(files[0], 0, os.SEEK_SET)
    pid = os.fork()
    if pid == 0:
        _become_lockstep(order, files)
    _, status = os.waitpid(pid, 0)
    _, out, err, steps = (_take(file) for file in files)
    return {"code": os.waitstatus_to_exitcode(status), "out": out, "err": err, "steps": steps.splitlines()}


def _become_lockstep(order: dict[str, Any], files: list[int]) -> None:
    from sync_engine.cli.main import main
    from tests.failpoints.steps import Steps, watch

    code = 1
    try:
        signal.alarm(_LONGEST_S)
        for number in range(3):
            os.dup2(files[number], number)
        watch(Steps(files[3], order["die_at"]))
        main(order["words"])
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _take(file: int) -> str:
    with os.fdopen(file, "rb") as opened:
        opened.seek(0)
        return opened.read().decode(errors="backslashreplace")


def _load() -> None:
    """All that the commands would load when they are called."""
    import sync_engine.cli.health
    import sync_engine.cli.linking
    import sync_engine.cli.sync
    import sync_engine.composition
    import sync_engine.engine.verifying  # noqa: F401

    gc.collect()
    gc.freeze()  # or each fork would copy nearly all of it at its first collection


if __name__ == "__main__":
    _load()
    _serve()
