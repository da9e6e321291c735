"""The window that ``up`` brings along."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path
from typing import Any

import pytest

from sync_engine.cli import up
from sync_engine.profile import Profile
from tests.fixtures.shared import await_that

TELLS = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); "


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    made = Profile.open(tmp_path / "profile")
    made.log_directory.mkdir()
    return made


@pytest.fixture
def window_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """The program that stands for the window; gives where it tells its number."""

    def choose(code: str) -> Path:
        pid = tmp_path / "pid"
        monkeypatch.setattr(up, "lockstep", lambda *words: [sys.executable, "-c", TELLS + code, str(pid), *words])
        return pid

    return choose


def number_in(pid: Path) -> int:
    await_that(lambda: pid.exists() and bool(pid.read_text()), "the window to start")
    return int(pid.read_text())


def is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("code", ["time.sleep(60)", "import signal; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
def test_it_ends_with_up_if_need_be_by_force(
    profile: Profile, window_does: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(up, "WINDOW_ENDS_WITHIN_S", 0.2)
    pid = window_does(code)
    with up._window(profile):
        number = number_in(pid)
        assert is_there(number)
        assert (
            Path(f"/proc/{number}/cmdline")
            .read_bytes()
            .endswith(b"--home\0%s\0desktop\0--until-input-ends\0" % bytes(profile.home))
        )
    assert not is_there(number)


def test_it_hears_of_the_end_of_up(profile: Profile, window_does: Callable[[str], Path]) -> None:
    window_does("os.read(0, 1); print('so it ended')")
    with up._window(profile) as process:
        assert process.stdin is not None
        process.stdin.close()
        await_that(lambda: (profile.log_directory / "desktop.out").read_text() == "so it ended\n", "it to hear of it")


def test_whoever_quits_it_ends_nothing_else(profile: Profile, window_does: Callable[[str], Path]) -> None:
    pid = window_does("print('so much for that')")
    with up._window(profile):
        number = number_in(pid)
        await_that(lambda: "\nState:\tZ" in Path(f"/proc/{number}/status").read_text(), "it to end")
    assert (profile.log_directory / "desktop.out").read_text() == "so much for that\n"


def test_without_the_application_or_what_it_needs_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(util, "find_spec", nothing)
        assert not up._can_show_windows()
    monkeypatch.setattr(metadata, "entry_points", nothing)
    assert not up._can_show_windows()


@pytest.mark.parametrize(("name", "shows"), [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("OTHER", False)])
def test_a_display_is_one_of_either_kind(monkeypatch: pytest.MonkeyPatch, name: str, shows: bool) -> None:
    for each in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, ":1")
    assert up._has_display() is shows
