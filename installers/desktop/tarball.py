"""A tarball of the bundle, with scripts that install it into a person's home and take it away again."""

from __future__ import annotations

import platform
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from installers.desktop.contents import ROOT
from installers.desktop.tree import lay_out
from server_api.contract.version import VERSION

_HERE: Final = Path(__file__).parent


def make_tarball(bundle: Path, to: Path) -> Path:
    """Returns it."""
    name = f"lockstep-{VERSION}"
    made = to / f"{name}-linux-{platform.machine()}.tar.xz"
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / name
        root.mkdir()
        lay_out(bundle, root / "tree")
        shutil.copyfile(ROOT / "LICENSE", root / "LICENSE")
        for script, folder in (("install.sh", root), ("uninstall.sh", root / "tree/lib/lockstep")):
            shutil.copyfile(_HERE / script, folder / script)
            (folder / script).chmod(0o755)
        with tarfile.open(made, "w:xz", preset=4) as archive:
            archive.add(root, name, filter=_nobody)
    return made


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
