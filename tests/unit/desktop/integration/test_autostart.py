"""Starting with the person's session, on three systems."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.integration.autostart import (
    Autostart,
    DesktopEntry,
    LaunchAgent,
    RunKey,
    autostart,
    quoted_for_exec,
)
from sync_engine.control.address import default_home

HOME = Path('/home/ada/a "b" $c `d` \\e 100%')
COMMAND = ["/opt/My Lockstep/lockstep", "--home", str(HOME), "desktop", "--in-tray"]
Ways = Callable[[Path], Autostart]


class FakeRegistry:
    """``winreg``, with one key."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = 1, 2, 1

    def __init__(self) -> None:
        self.values: dict[str, str] | None = None

    @contextmanager
    def OpenKey(self, _hive: int, _path: str, *_: int) -> Iterator[dict[str, str]]:  # noqa: N802 - the name is the module's
        if self.values is None:
            raise FileNotFoundError
        yield self.values

    @contextmanager
    def CreateKey(self, _hive: int, _path: str) -> Iterator[dict[str, str]]:  # noqa: N802 - the name is the module's
        self.values = self.values or {}
        yield self.values

    def SetValueEx(self, key: dict[str, str], name: str, _reserved: int, _kind: int, value: str) -> None:  # noqa: N802 - the name is the module's
        key[name] = value

    def QueryValueEx(self, key: dict[str, str], name: str) -> tuple[str, int]:  # noqa: N802 - the name is the module's
        if name not in key:
            raise FileNotFoundError
        return key[name], 1

    def DeleteValue(self, key: dict[str, str], name: str) -> None:  # noqa: N802 - the name is the module's
        self.QueryValueEx(key, name)
        del key[name]


@pytest.fixture(params=["linux", "darwin", "win32"])
def way_of(request: pytest.FixtureRequest, tmp_path: Path) -> Ways:
    """One system's, for each profile."""
    registry = FakeRegistry()
    ways: dict[str, Ways] = {
        "linux": lambda home: DesktopEntry(tmp_path / "autostart", home),
        "darwin": lambda home: LaunchAgent(tmp_path / "LaunchAgents", home),
        "win32": lambda home: RunKey(home, registry),
    }
    return ways[request.param]


def test_it_is_turned_on_and_off_and_either_again(way_of: Ways) -> None:
    way = way_of(HOME)
    assert not way.is_on()
    for _ in range(2):
        way.turn_on(COMMAND)
        assert way.is_on()
    for _ in range(2):
        way.turn_off()
        assert not way.is_on()


def command_of(home: Path) -> list[str]:
    return ["/usr/bin/lockstep", "--home", str(home), "desktop", "--in-tray"]


def test_each_profile_has_an_entry_of_its_own(way_of: Ways) -> None:
    homes = [default_home(), HOME, HOME.with_name("other")]
    for home in homes:
        assert not way_of(home).is_on()
        way_of(home).turn_on(command_of(home))
    assert all(way_of(home).is_on() for home in homes)
    way_of(HOME).turn_off()
    assert [way_of(home).is_on() for home in homes] == [True, False, True]


def test_an_entry_that_starts_another_profile_is_not_on(way_of: Ways) -> None:
    home = default_home()
    way_of(home).turn_on(command_of(home.with_name(home.name + " of another")))
    assert not way_of(home).is_on()
    way_of(home).turn_on(["/usr/bin/lockstep", "desktop", "--in-tray"])  # as installers write it
    assert way_of(home).is_on()


def test_each_system_has_its_place(tmp_path: Path) -> None:
    home, configured = str(tmp_path), str(tmp_path / "config")
    for platform, environment, place in (
        ("linux", {"HOME": home}, ".config/autostart/lockstep.desktop"),
        ("linux", {"HOME": home, "XDG_CONFIG_HOME": configured}, "config/autostart/lockstep.desktop"),
        ("darwin", {"HOME": home}, "Library/LaunchAgents/org.lockstep.desktop.plist"),
    ):
        autostart(default_home(), platform, environment).turn_on(COMMAND)
        assert (tmp_path / place).exists()


def as_launched(value: str) -> list[str]:
    """``Exec`` as the specification has it read: the file's escapes first, then quotes, then codes."""
    text = value.replace("\\\\", "\\")
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', text)
    return [re.sub(r'\\(["`$\\])', r"\1", quoted or plain).replace("%%", "%") for quoted, plain in words]


def test_an_entry_starts_what_it_was_told_to(tmp_path: Path) -> None:
    DesktopEntry(tmp_path, default_home()).turn_on(COMMAND)
    lines = (tmp_path / "lockstep.desktop").read_text().splitlines()
    assert lines[0] == "[Desktop Entry]"
    (line,) = [line for line in lines if line.startswith("Exec=")]
    assert as_launched(line.removeprefix("Exec=")) == COMMAND


def test_plain_words_are_not_quoted() -> None:
    assert quoted_for_exec("/usr/bin/lockstep") == "/usr/bin/lockstep"
    assert quoted_for_exec("") == '""'


@pytest.mark.parametrize("switch", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_an_entry_that_was_switched_off_elsewhere_is_off(tmp_path: Path, switch: str) -> None:
    (tmp_path / "lockstep.desktop").write_text(f"[Desktop Entry]\nType=Application\nExec=lockstep\n{switch}\n")
    assert not DesktopEntry(tmp_path, default_home()).is_on()


def test_an_agent_starts_what_it_was_told_to(tmp_path: Path) -> None:
    LaunchAgent(tmp_path, default_home()).turn_on(COMMAND)
    agent: dict[str, Any] = plistlib.loads((tmp_path / "org.lockstep.desktop.plist").read_bytes())
    assert (agent["ProgramArguments"], agent["RunAtLoad"]) == (COMMAND, True)


def test_windows_gets_one_line() -> None:
    registry = FakeRegistry()
    RunKey(default_home(), registry).turn_on(["C:\\Program Files\\Lockstep\\lockstep.exe", "desktop"])
    assert registry.values == {"lockstep": '"C:\\Program Files\\Lockstep\\lockstep.exe" desktop'}


def test_a_program_that_was_uninstalled_is_not_started(tmp_path: Path) -> None:
    DesktopEntry(tmp_path, default_home()).turn_on(["/opt/Lock step/lockstep", "desktop"])
    assert "TryExec=/opt/Lock step/lockstep\n" in (tmp_path / "lockstep.desktop").read_text()
