"""Installers for Windows and macOS, by the tools that are usual there."""

from __future__ import annotations

import platform
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from installers.desktop.pictures import draw_windows_icon
from server_api.contract.version import VERSION

_HERE: Final = Path(__file__).parent


def make_windows(bundle: Path, to: Path) -> Path:
    """By NSIS, which runs on Linux as well; the bundle has to come from Windows. Raises: OSError."""
    if not (bundle / "lockstep.exe").exists():
        raise OSError(f"{bundle} was not made on Windows.")
    made = to / f"lockstep-{VERSION}-setup.exe"
    with tempfile.TemporaryDirectory() as place:
        icon = Path(place) / "lockstep.ico"
        draw_windows_icon(icon)
        defined = {"VERSION": VERSION, "BUNDLE": bundle.resolve(), "ICON": icon, "MADE": made.resolve()}
        options = [f"-D{name}={value}" for name, value in defined.items()]
        subprocess.run(["makensis", "-V2", "-WX", *options, str(_HERE / "windows/lockstep.nsi")], check=True)
    return made


def make_macos(bundle: Path, to: Path) -> Path:
    """A disk image; signed and notarised if the environment says by whom. Raises: OSError."""
    if platform.system() != "Darwin":
        raise OSError("A disk image is made on macOS.")
    made = to / f"Lockstep-{VERSION}.dmg"
    subprocess.run([str(_HERE / "macos/make_dmg.sh"), str(bundle.with_name("Lockstep.app")), str(made)], check=True)
    return made
