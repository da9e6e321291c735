"""The process of the tray and the window."""

from __future__ import annotations

from pathlib import Path


def main(home: Path, *, show: str | None = None, versions: bool = False, in_tray: bool = False) -> int:
    """Run until the person quits; gives the exit status."""
    raise NotImplementedError
