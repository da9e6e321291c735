"""The support bundle: what helps somebody else to find out what is wrong here, and nothing that is private."""

from __future__ import annotations

import json
import os
import platform
import secrets
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

import msgspec
import PySide6
from msgspec import Struct, field
from PySide6.QtCore import QSettings, qVersion

from desktop.models.hiding import Hider, plain, without_secrets
from desktop.models.speeds import without_secret
from server_api.contract.version import VERSION
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, PathProblem

MOST_OF_A_LOG: Final = 2_000_000
"""Bytes, from the end: the newest is what matters."""
_LOGS: Final = ("*.log", "*.log.*", "*.out")


class Known(Struct):
    """What goes in, before anything is taken out. Files of the profile are read by ``make``."""

    home: str
    profile: control.ProfileNow | None = None
    state: EngineState | None = None
    settings: dict[str, str] = field(default_factory=dict)
    problems: list[PathProblem] = field(default_factory=list)


def key_of(choices: QSettings) -> bytes:
    """What stand-ins for names are made with: the same for all bundles of a profile, and known here alone."""
    known = str(choices.value("support/key", ""))
    if len(known) < 32:
        known = secrets.token_hex(32)
        choices.setValue("support/key", known)
    return known.encode()


def make(known: Known, key: bytes, *, hides_names: bool) -> dict[str, str]:
    """Names of files and their text. Reads the logs, so it takes a moment."""
    folder = known.profile.folder if known.profile is not None else ""
    places = {known.home: "[profile]", folder: "[folder]", str(Path.home()): "[home]"}
    names = [problem.path for problem in known.problems]
    names += [transfer.path for transfer in known.state.transfers] if known.state is not None else []
    hider = Hider(key, places, names) if hides_names else None
    files = {
        "versions.txt": _versions(),
        "settings.json": _document(_settings(known, hider)),
        "state.json": _document(_state(known.state, hider)),
        "problems.json": _document(
            [
                {"path": _path(p.path, hider), "reason": p.reason, "detail": _text(p.detail, hider)}
                for p in known.problems
            ]
        ),
    }
    for path in _log_files(Path(known.home) / "logs"):
        files[f"logs/{path.name}"] = _log(path, hider)
    return files


def write(target: str, files: dict[str, str]) -> None:
    """A zip; what was there is replaced once it is whole. Raises: OSError."""
    made = f"{target}.part"
    try:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        Path(made).replace(target)
    finally:
        Path(made).unlink(missing_ok=True)


def _versions() -> str:
    lines = [
        f"Lockstep {VERSION}",
        f"Python {platform.python_version()}, Qt {qVersion()}, PySide {PySide6.__version__}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"File names: {sys.getfilesystemencoding()}",
    ]
    shown = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG", "LC_ALL", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")
    lines += [f"{name}={os.environ[name]}" for name in shown if name in os.environ]
    return "\n".join(lines) + "\n"


def _settings(known: Known, hider: Hider | None) -> dict[str, Any]:
    settings: dict[str, Any] = {
        name: without_secret(value) if name == "proxy" else value for name, value in sorted(known.settings.items())
    }
    profile = known.profile
    if profile is not None:
        settings |= {
            "server": profile.server,
            "runs_server": profile.runs_server,
            "folder": _path(profile.folder, hider),
            "device_id": profile.device_id.hex(),
        }
    return settings


def _state(state: EngineState | None, hider: Hider | None) -> Any:
    if state is None:
        return {"state": "not running"}
    document: dict[str, Any] = msgspec.to_builtins(state)
    for transfer in document["transfers"]:
        transfer["path"] = _path(transfer["path"], hider)
    return document


def _log_files(logs: Path) -> list[Path]:
    found = {path for pattern in _LOGS for path in logs.glob(pattern) if path.is_file() and not path.is_symlink()}
    return sorted(found)


def _log(path: Path, hider: Hider | None) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MOST_OF_A_LOG))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        return f"It could not be read: {error.strerror}\n"
    plain_lines = [without_secrets(line) for line in lines]
    return "".join(f"{line if hider is None else hider.log(line)}\n" for line in plain_lines)


def _path(path: str, hider: Hider | None) -> str:
    return without_secrets(path) if hider is None else hider.path(path)


def _text(text: str, hider: Hider | None) -> str:
    text = without_secrets(text)
    return text if hider is None else hider.text(text)


def _document(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=True, indent=2) + "\n"
