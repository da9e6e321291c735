"""Devices as people have them: a profile, a folder, and the real command line in processes of their own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.reports import EngineState, Progress, State
from tests.fixtures.forked import Ended, SeveralLoaded

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery"
PATIENCE_S = 300.0


_LOCKSTEP = (sys.executable, "-m", "sync_engine.cli.main")
_loaded = SeveralLoaded()


@dataclass
class Device:
    """One profile bound to one folder.

    Attributes:
        url: the server it is linked to.
        email: whose it is.
        authority: of the server's certificate, a PEM file, if the system does not know it.
    """

    name: str
    home: Path
    folder: Path
    url: str
    email: str = EMAIL
    authority: Path | None = None
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *words: str, stdin: str = "", timeout_s: float = PATIENCE_S) -> Ended:
        """The environment names the profile, so that hints are short."""
        env = environment() | {"LOCKSTEP_HOME": str(self.home)}
        with _loaded.one() as loaded:
            return loaded.lockstep(*words, env=env, text_in=stdin, timeout_s=timeout_s)

    def command(self, *words: str) -> list[str]:
        return [*_LOCKSTEP, "--home", str(self.home), *words]

    def another(self, name: str, folder: Path | None = None) -> Device:
        """Of the same account, beside this one; not linked yet."""
        beside = folder or self.folder.with_name(name)
        return Device(name, self.home.with_name(f"{name}-home"), beside, self.url, self.email, self.authority)

    def link(self, *options: str, password: str = PASSWORD, url: str | None = None) -> Ended:
        trusted = ("--ca-file", str(self.authority)) if self.authority else ()
        return self.run(
            "link", url or self.url, "--email", self.email, "--folder", str(self.folder), "--device", self.name,
            "--password-stdin", *trusted, *options,
            stdin=password + "\n",
        )  # fmt: skip

    def sync(self, *options: str, expect: int = 0) -> Any:
        """The report of ``sync --json``."""
        run = self.run("sync", "--json", *options)
        assert run.code == expect, (run.code, run.out, run.err)
        assert "Traceback" not in run.err
        return run.json

    def start_daemon(self) -> subprocess.Popen[bytes]:
        """In the foreground of a child process; ready when this returns."""
        with (self.home / "daemon.out").open("ab") as output:
            process = subprocess.Popen(
                self.command("daemon"), stdout=output, stderr=subprocess.STDOUT, env=environment()
            )
        self.daemons.append(process)
        await_that(lambda: self._answers(process), "the daemon answers")
        return process

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, (self.home / "daemon.out").read_text()
        with contextlib.suppress(Exception):
            client = ControlClient.connect(self.home)
            if client is not None:
                client.close()
                return True
        return False

    def end_daemons(self, number: int = signal.SIGTERM) -> None:
        for process in self.daemons:
            if process.poll() is None:
                process.send_signal(number)
                process.wait(PATIENCE_S)
        self.daemons.clear()

    def await_in_step(self) -> None:
        self.await_state("in-step")

    def await_state(self, state: State, timeout_s: float = PATIENCE_S) -> None:
        """Its daemon says so; asked directly, for a command each time would cost a process."""
        await_that(lambda: self.daemon_state() == state, f"{self.name} is {state}", timeout_s)

    def daemon_state(self) -> State | None:
        """``None`` while none answers."""
        told = self._told_by_daemon()
        return told.state if told else None

    def daemon_progress(self) -> Progress:
        """Nothing done while none answers."""
        told = self._told_by_daemon()
        return told.progress if told else Progress()

    def _told_by_daemon(self) -> EngineState | None:
        client = ControlClient.connect(self.home)
        if client is None:
            return None
        with client:
            answer = client.ask(control.GetStatus())
            assert isinstance(answer, control.Status)
            return answer.state

    def write(self, path: str, data: bytes | str) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def tree(self) -> dict[str, tuple[Any, ...]]:
        return tree_of(self.folder)


def environment() -> dict[str, str]:
    """Of every process: tokens in files, no proxy, nothing of the person's own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LOCKSTEP_") and not k.lower().endswith("_proxy")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # dozens of short processes: each would compile all that it imports
    return kept | {"LOCKSTEP_KEYRING": "file"}


def tree_of(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything but ``.lockstep``: files with SHA-256, mtime and executable bit, folders, symlinks with targets."""
    found: dict[str, tuple[Any, ...]] = {}
    for place, folders, files in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name != ".lockstep"]
        for name in (*folders, *files):
            path = Path(place, name)
            found[str(path.relative_to(folder))] = _described(path)
    return found


def _described(path: Path) -> tuple[Any, ...]:
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        return ("symlink", os.readlink(path))
    if stat.S_ISDIR(info.st_mode):
        return ("folder",)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ("file", digest, info.st_mtime_ns, bool(info.st_mode & stat.S_IXUSR))


def await_that(condition: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait until it is so; fails with what was waited for."""
    until = time.monotonic() + timeout_s
    pause = 0.005
    while not condition():
        assert time.monotonic() < until, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)


@contextlib.contextmanager
def devices_of(
    url: str,
    directory: Path,
    email: str = EMAIL,
    *,
    authority: Path | None = None,
    first_options: Sequence[str] = ("--create-account",),
) -> Iterator[Callable[[str], Device]]:
    """Makes linked devices of one account by name; their daemons end with the block.

    The first makes the account, unless ``first_options`` say otherwise.
    """
    made: list[Device] = []

    def device(name: str) -> Device:
        new = Device(name, directory / f"{name}-home", directory / name, url, email, authority)
        new.folder.mkdir(exist_ok=True)
        linked = new.link(*([] if made else first_options))
        assert linked.code == 0, linked
        made.append(new)
        return new

    try:
        yield device
    finally:
        for each in made:
            each.end_daemons(signal.SIGKILL)
