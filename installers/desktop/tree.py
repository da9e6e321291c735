"""What is installed below ``/usr`` or a person's ``~/.local``: the bundle, and what systems look for there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from installers.desktop.bundling import LICENCES
from installers.desktop.contents import ROOT
from installers.desktop.manual import write_manual
from installers.desktop.pictures import ICON, draw_icon

_HERE: Final = Path(__file__).parent
_ICON_SIZES_PX: Final = (16, 22, 24, 32, 48, 64, 128, 256)


def lay_out(bundle: Path, prefix: Path) -> None:
    """Put all of it below ``prefix``, which is new."""
    program = prefix / "lib/lockstep"
    shutil.copytree(bundle, program, symlinks=True)
    for path in program.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path.name.startswith("lockstep") and path.parent == program else 0o644)
    documents = prefix / "share/doc/lockstep"
    documents.mkdir(parents=True)
    (program / LICENCES).rename(documents / LICENCES)
    (prefix / "bin").mkdir()
    (prefix / "bin/lockstep").symlink_to("../lib/lockstep/lockstep")
    write_manual(prefix / "share")
    _copy(_HERE / "lockstep.desktop", prefix / "share/applications/lockstep.desktop")
    _copy(ICON, prefix / "share/icons/hicolor/scalable/apps/lockstep.svg")
    for size in _ICON_SIZES_PX:
        draw_icon(size, prefix / f"share/icons/hicolor/{size}x{size}/apps/lockstep.png")


def add_to_file_managers(prefix: Path) -> None:
    """For all who use this computer: each sees it in the folder that is linked, and nowhere else."""
    for name in ("nautilus", "nemo", "caja"):
        extension = "lockstep_file_manager.py"
        _copy(ROOT / "desktop/integration" / extension, prefix / f"share/{name}-python/extensions/{extension}")
    for emblem in (ROOT / "desktop/integration/emblems").glob("*.svg"):
        _copy(emblem, prefix / "share/icons/hicolor/scalable/emblems" / emblem.name)


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)
