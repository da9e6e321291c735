"""Commands that are called at the same time, on one profile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sync_engine.cli import background, linking
from sync_engine.cli.background import start_in_background
from sync_engine.cli.commands import lockstep
from sync_engine.control import messages as control
from sync_engine.control.address import socket_path
from sync_engine.control.server import ControlServer
from sync_engine.profile import Profile, Settings
from tests.unit.sync_engine.cli.linked import link_to

WAITS_S = 0.1
"""It would be done by then if it did not wait."""


class Welcoming:
    def handle(self, request: control.Request, answer: Callable[[control.Answer], None]) -> None:
        answer(control.Welcome("1.0", control.PROTOCOL, os.getpid()))


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    return Profile.open(tmp_path / "home")


class Called:
    """A command in a thread of its own."""

    def __init__(self, profile: Profile, *words: str) -> None:
        self._results: list[Result] = []
        self.thread = threading.Thread(target=self._run, args=[["--home", str(profile.home), *words]])
        self.thread.start()

    def _run(self, words: list[str]) -> None:
        self._results.append(CliRunner().invoke(lockstep, words))

    def result(self) -> Result:
        self.thread.join()
        return self._results[0]


def test_patterns_that_two_add_are_kept(profile: Profile, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    profile.write_settings(Settings(link_to(folder)))
    with profile.alone_with_rules():
        adding = Called(profile, "ignore", "add", "*.iso")
        adding.thread.join(WAITS_S)
        (folder / ".lockstepignore").write_text("*.tmp\n")
    assert adding.result().exit_code == 0
    assert (folder / ".lockstepignore").read_text() == "*.tmp\n*.iso\n"


def test_one_that_is_started_while_the_password_is_asked_for_is_not_linked(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def ask_password(**_: object) -> str:
        asked.set()
        return "a password"

    monkeypatch.setattr(linking, "ask_password", ask_password)
    with profile.alone():
        words = ("link", "http://127.0.0.1:1", "--email", "ada@example.org", "--folder", str(tmp_path / "folder"))
        called = Called(profile, *words)
        asked.wait()
        called.thread.join(WAITS_S)
        started = ControlServer(socket_path(profile.home), Welcoming())
    result = called.result()
    started.close()
    assert str(result.exception).startswith("Lockstep runs in the background for this profile.")


def test_what_is_brought_up_waits_for_who_starts_it(profile: Profile) -> None:
    with profile.alone():
        called = Called(profile, "up", "--no-gui")
        called.thread.join(WAITS_S)
        started = ControlServer(socket_path(profile.home), Welcoming())
    result = called.result()
    started.close()
    assert result.stderr.startswith("lockstep: It runs already for this profile.")


def test_who_came_too_late_does_not_wait_for_the_other_one_to_end(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would get the folder when the other one is stopped, and sync on."""
    waits = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(background, "lockstep", lambda *_: waits)
    late: list[Popen[bytes]] = []

    def start(*command: Any, **options: Any) -> Popen[bytes]:
        late.append(Popen(*command, **options))
        return late[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    quicker = ControlServer(socket_path(profile.home), Welcoming())
    start_in_background(profile)
    quicker.close()
    is_over = late[0].poll() is not None
    late[0].kill()
    late[0].wait()
    assert is_over
