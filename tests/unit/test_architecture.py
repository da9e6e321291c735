"""The page on the architecture names every module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _named() -> dict[str, set[str]]:
    """By folder, the modules in its row."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*/`) \| (.*) \|$", page.partition("## Every module")[2], re.MULTILINE)
    return {
        folder.strip("/"): set(re.findall(r"`(\w+)`", modules))
        for folders, modules in rows
        for folder in re.findall(r"`([^`]+)`", folders)
    }


def _there(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}


def _folders() -> list[str]:
    packages = ("sync_engine", "server_api", "desktop")
    found = {path.parent for package in packages for path in (ROOT / package).rglob("*.py")}
    folders = {str(folder.relative_to(ROOT)) for folder in found}
    return sorted(folder for folder in folders if _there(folder) and not folder.endswith("/versions"))


@pytest.mark.parametrize("folder", _folders())
def test_a_folder_has_a_row_with_all_its_modules_and_no_others(folder: str) -> None:
    assert _named().get(folder) == _there(folder)
