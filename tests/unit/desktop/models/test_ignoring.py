"""What patterns would match, before they are saved."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from desktop.models.ignoring import SHOWN, matched


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.iso", "keep.txt", "build/x", "build/deep/y.iso", "sub/b.iso", ".lockstep/c.iso"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_what_lies_in_an_ignored_folder_is_not_listed(folder: Path) -> None:
    assert matched(str(folder), "*.iso\nbuild/\n", Event()).paths == ["a.iso", "build/", "sub/b.iso"]


def test_a_line_that_takes_back_counts(folder: Path) -> None:
    assert matched(str(folder), "*.iso\n!a.iso\n", Event()).paths == ["build/deep/y.iso", "sub/b.iso"]


def test_a_line_that_is_no_pattern_is_told(folder: Path) -> None:
    found = matched(str(folder), "*.iso\n!\n", Event())
    assert (found.wrong, found.paths) == ("!", [])


def test_many_are_cut_and_a_walk_can_be_ended(folder: Path) -> None:
    for number in range(SHOWN + 10):
        (folder / f"{number}.iso").touch()
    found = matched(str(folder), "*.iso", Event())
    assert (len(found.paths), found.is_cut) == (SHOWN, True)
    ended = Event()
    ended.set()
    assert matched(str(folder), "nothing", ended).is_cut
