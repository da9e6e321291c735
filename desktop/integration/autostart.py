"""Starting with the person's session: an entry where the system looks for such, which is all there is to know of it."""

from __future__ import annotations

import hashlib
import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from sync_engine.control.address import default_home

ENTRY: Final = "lockstep"
_RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
_AGENT: Final = "org.lockstep.desktop"


class Autostart(Protocol):
    """One system's way, for one profile."""

    def is_on(self) -> bool:
        """Whether this profile is what is started."""

    def turn_on(self, command: Sequence[str]) -> None:
        """Raises: OSError."""

    def turn_off(self) -> None:
        """Raises: OSError."""


def autostart(home: Path, platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Autostart:
    """This system's way, for the profile at ``home``."""
    if platform == "win32":
        return RunKey(home)
    person = Path(environment.get("HOME") or Path.home())
    if platform == "darwin":
        return LaunchAgent(person / "Library/LaunchAgents", home)
    configured = environment.get("XDG_CONFIG_HOME", "")
    return DesktopEntry((Path(configured) if configured.startswith("/") else person / ".config") / "autostart", home)


class DesktopEntry:
    """Linux: a file in ``autostart`` (freedesktop.org's Desktop Application Autostart Specification)."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._home = home
        self._path = folder / f"{_named(ENTRY, home)}.desktop"

    def is_on(self) -> bool:
        try:
            text = self._path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return False
        command = re.search(r"^Exec=(.*)$", text, re.MULTILINE)
        if command is None or not _starts(command[1], self._home, quoted_for_exec):
            return False
        return re.search(r"^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$", text, re.MULTILINE) is None

    def turn_on(self, command: Sequence[str]) -> None:
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Lockstep",
            "Comment=Keeps your folder in step on every device you own",
            "Exec=" + " ".join(map(quoted_for_exec, command)),
            "TryExec=" + command[0].replace("\\", "\\\\"),  # once it is uninstalled, nothing is started, nor said
            "Icon=lockstep",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(".new")
        written.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
        written.replace(self._path)

    def turn_off(self) -> None:
        self._path.unlink(missing_ok=True)


class LaunchAgent:
    """macOS: a property list that launchd reads at login."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._home = home
        self._label = _named(_AGENT, home)
        self._path = folder / f"{self._label}.plist"

    def is_on(self) -> bool:
        try:
            found = plistlib.loads(self._path.read_bytes())
        except (OSError, plistlib.InvalidFileException, ValueError):
            return False
        command = subprocess.list2cmdline(map(str, found.get("ProgramArguments", ())))
        is_run = bool(found.get("RunAtLoad")) and not found.get("Disabled")
        return is_run and _starts(command, self._home, _quoted_for_windows)

    def turn_on(self, command: Sequence[str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        agent = {
            "Label": self._label,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        written = self._path.with_suffix(".new")
        written.write_bytes(plistlib.dumps(agent))
        written.replace(self._path)

    def turn_off(self) -> None:
        self._path.unlink(missing_ok=True)


class RunKey:
    """Windows: a value below the person's own ``Run`` key. ``registry``: the module ``winreg``."""

    def __init__(self, home: Path, registry: Any = None) -> None:
        if registry is None:
            import winreg as registry
        self._registry = registry
        self._home = home
        self._name = _named(ENTRY, home)

    def is_on(self) -> bool:
        r = self._registry
        try:
            with r.OpenKey(r.HKEY_CURRENT_USER, _RUN_KEY) as key:
                command = str(r.QueryValueEx(key, self._name)[0])
        except FileNotFoundError:
            return False
        return _starts(command, self._home, _quoted_for_windows)

    def turn_on(self, command: Sequence[str]) -> None:
        r = self._registry
        with r.CreateKey(r.HKEY_CURRENT_USER, _RUN_KEY) as key:
            r.SetValueEx(key, self._name, 0, r.REG_SZ, subprocess.list2cmdline(command))

    def turn_off(self) -> None:
        r = self._registry
        try:
            with r.OpenKey(r.HKEY_CURRENT_USER, _RUN_KEY, 0, r.KEY_SET_VALUE) as key:
                r.DeleteValue(key, self._name)
        except FileNotFoundError:
            return


def _named(name: str, home: Path) -> str:
    """A name of its own for each profile; the usual one has the plain name, which installers know too."""
    if home == default_home():
        return name
    return f"{name}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:8]}"


def _starts(command: str, home: Path, quoted: Callable[[str], str]) -> bool:
    """Whether a command is of this profile. One that names none is of the usual one."""
    if " --home " in command:
        return f" --home {quoted(str(home))} " in f"{command} "
    return home == default_home()


def _quoted_for_windows(word: str) -> str:
    return subprocess.list2cmdline([word])


def quoted_for_exec(word: str) -> str:
    """One argument of ``Exec``: quoted where the specification wants it, with field codes taken for what they are.

    A backslash is doubled twice: the value is a string of the file's format first, and an argument then.
    """
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word
    escaped = re.sub(r'(["`$\\])', r"\\\1", word).replace("\\", "\\\\")
    escaped = escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{escaped}"'
