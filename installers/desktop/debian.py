"""A Debian package of the bundle, made by ``dpkg-deb`` alone."""

from __future__ import annotations

import email.utils
import gzip
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import dev
from installers.desktop.bundling import size_of
from installers.desktop.tree import add_to_file_managers, lay_out
from server_api.contract.version import VERSION

MAINTAINER: Final = "The Lockstep developers <lockstep@lists.example.org>"
MANAGED: Final = "installed-by-package"
"""Beside the program: a package manager looks after its versions."""
_WAYLAND: Final = ("libwayland-client0", "libwayland-cursor0")
_RECOMMENDS: Final = ("gnome-keyring | kwalletmanager | keepassxc", "default-dbus-session-bus | dbus-session-bus")
_SUGGESTS: Final = ("python3-nautilus", "nemo-python", "python3-caja")
_COPYRIGHT: Final = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Lockstep
Comment: The licences of the works of others that this package holds are in THIRD-PARTY.txt, beside this file.

Files: *
Copyright: 2026 The Lockstep developers
License: Apache-2.0
 On Debian systems, the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0.
"""
_CHANGES: Final = """\
lockstep ({version}) unstable; urgency=medium

  * What is new is told in CHANGELOG.md of the sources.

 -- {maintainer}  {date}
"""


def depends() -> list[str]:
    """What the bundle takes from the system: its C library, what draws on its screen, the authorities it trusts."""
    libc = (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 2.36").split()[1]
    return [f"libc6 (>= {libc})", *sorted([*dev.QT_LIBRARIES.values(), *_WAYLAND]), "ca-certificates"]


def control(architecture: str, installed_bytes: int) -> str:
    """The package's description of itself."""
    lines = [
        "Package: lockstep",
        f"Version: {VERSION}",
        f"Architecture: {architecture}",
        f"Maintainer: {MAINTAINER}",
        f"Installed-Size: {-(-installed_bytes // 1024)}",
        f"Depends: {', '.join(depends())}",
        f"Recommends: {', '.join(_RECOMMENDS)}",
        f"Suggests: {', '.join(_SUGGESTS)}",
        "Section: net",
        "Priority: optional",
        "Description: keeps a folder in step on every device you own",
        " Lockstep watches a folder and keeps it the same on all devices of a person, by",
        " way of a server and a store that this person controls. Every version of a file",
        " is kept for a while, and what is deleted can be brought back.",
        " .",
        " This package has the window and the tray, the command line, and the server,",
        " with the Python and Qt that they need.",
    ]
    return "\n".join(lines) + "\n"


def make_deb(bundle: Path, to: Path) -> Path:
    """Returns the package."""
    asked = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True)
    architecture = asked.stdout.strip()
    made = to / f"lockstep_{VERSION}_{architecture}.deb"
    made_at = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        _lay_out(root, bundle, made_at)
        (root / "DEBIAN").mkdir(mode=0o755)
        (root / "DEBIAN/control").write_text(control(architecture, size_of(root / "usr")), "utf-8")
        (root / "DEBIAN/md5sums").write_text(_sums(root), "utf-8")
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(made)],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(made_at)},
        )
    return made


def _lay_out(root: Path, bundle: Path, made_at: int) -> None:
    usr = root / "usr"
    usr.mkdir(parents=True)
    lay_out(bundle, usr)
    add_to_file_managers(usr)
    (usr / "lib/lockstep" / MANAGED).write_text("dpkg\n", "utf-8")
    documents = usr / "share/doc/lockstep"
    (documents / "copyright").write_text(_COPYRIGHT, "utf-8")
    changes = _CHANGES.format(version=VERSION, maintainer=MAINTAINER, date=email.utils.formatdate(made_at))
    (documents / "changelog.gz").write_bytes(gzip.compress(changes.encode(), 9, mtime=0))
    overrides = usr / "share/lintian/overrides/lockstep"
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(Path(__file__).with_name("lintian-overrides"), overrides)
    for path in [root, *root.rglob("*")]:  # whatever the umask was
        if path.is_dir():
            path.chmod(0o755)
        elif not path.is_symlink() and not os.access(path, os.X_OK):
            path.chmod(0o644)


def _sums(root: Path) -> str:
    files = [str(path.relative_to(root)) for path in sorted((root / "usr").rglob("*")) if _is_plain(path)]
    return subprocess.run(["md5sum", "--", *files], check=True, capture_output=True, text=True, cwd=root).stdout


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
