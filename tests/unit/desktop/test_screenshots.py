"""The user guide shows pictures of the application as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.screenshots.__main__ import ALL, GUIDE, PICTURES, main, names_in_guide
from tests.screenshots.scenes import SCENES

LARGEST_BYTES = 3_000_000
"""Of all pictures together: each clone of the repository has them."""


def test_the_guide_names_every_picture_that_is_kept_and_no_other() -> None:
    assert names_in_guide() == {picture.stem for picture in PICTURES.iterdir()}
    assert {picture.suffix for picture in PICTURES.iterdir()} == {".webp"}


def test_every_picture_of_the_guide_can_be_made() -> None:
    assert {name.removesuffix("-dark") for name in names_in_guide()} <= set(SCENES)


def test_they_are_small() -> None:
    assert sum(picture.stat().st_size for picture in PICTURES.iterdir()) < LARGEST_BYTES


def test_every_window_is_kept_light_and_dark_at_both_sizes() -> None:
    kept = {picture.stem for picture in (GUIDE / "every-window").glob("*.webp")}
    assert kept == {scene + way.ending for scene in SCENES for way in ALL[:4]}


def test_its_pages_are_reached_from_the_first_and_lead_somewhere() -> None:
    linked = set()
    for page in GUIDE.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]*\.md)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)
            linked |= {target} if page.name == "README.md" else set()
    assert {page.name for page in GUIDE.glob("*.md")} - linked == {"README.md"}


def test_pictures_are_made_light_and_dark_and_the_same_each_time(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        assert main(["--into", str(tmp_path / folder), "window-menu", "window-menu-dark"]) == 0
    light, dark = (Image.open(tmp_path / "first" / f"window-menu{ending}.webp") for ending in ("", "-dark"))
    assert light.size == dark.size
    assert light.getpixel((20, 2)) > (200, 200, 200) > (60, 60, 60) > dark.getpixel((20, 2))  # type: ignore[operator]
    for name in ("window-menu.webp", "window-menu-dark.webp"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_a_name_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no-such-window"):
        main(["--into", str(tmp_path), "no-such-window"])
