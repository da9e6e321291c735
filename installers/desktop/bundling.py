"""Makes the bundle: one folder with ``lockstep`` and all that it needs, Python and Qt included."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final

from installers.desktop.contents import ROOT
from installers.desktop.licences import licences
from installers.desktop.pictures import draw_icon

BUILD: Final = ROOT / "build"
DIST: Final = ROOT / "dist"
BUNDLE: Final = BUILD / "dist/lockstep"
LICENCES: Final = "THIRD-PARTY.txt"
_HERE: Final = Path(__file__).parent
_TOOLS: Final = _HERE / "bundler.txt"
_SYMBOLS: Final = (
    "libpython3*.so*",
    "lib-dynload/*.so",
    *(f"{package}/**/*.so" for package in ("gevent", "greenlet", "pyfastcdc", "sqlalchemy", "zstandard")),
)
"""Files with more symbols for debuggers in them than code."""


def make_bundle() -> Path:
    """Its folder. What a run before left there is replaced."""
    python = _environment()
    draw_icon(1024, BUILD / "lockstep.png")
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(BUNDLE.parent), "--workpath", str(BUILD / "work")]
    subprocess.run([*command, *places, str(_HERE / "lockstep.spec")], check=True, cwd=ROOT)
    _strip()
    (BUNDLE / LICENCES).write_text(licences(), "utf-8")
    return BUNDLE


def size_of(folder: Path) -> int:
    """Bytes of all files in it."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _environment() -> Path:
    """The Python that has PyInstaller, and sees all that the tests run with. Made when the tools change."""
    place = BUILD / "bundler"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = place / "made-from.txt"
    wanted = _TOOLS.read_text("utf-8") + sysconfig.get_path("purelib")
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    venv.create(place, clear=True, with_pip=True, symlinks=os.name != "nt")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "--requirement", str(_TOOLS)], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(place)})
    line = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (Path(packages) / "lockstep.pth").write_text(line, "utf-8")
    stamp.write_text(wanted, "utf-8")
    return python


def _strip() -> None:
    strip = shutil.which("strip")
    if strip is None or not sys.platform.startswith("linux"):
        return
    files = [str(path) for pattern in _SYMBOLS for path in BUNDLE.rglob(pattern)]
    subprocess.run([strip, "--strip-debug", *files], check=True)
