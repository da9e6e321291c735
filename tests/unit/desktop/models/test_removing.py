"""What is deleted without the trash: counted, stopped between two files, and nothing but what was meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.models.outcomes import Steps
from desktop.models.removing import delete_for_good


@pytest.fixture
def steps() -> Steps:
    return Steps("delete", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With three folders of three files each in it: thirteen things."""
    made = tmp_path / "folder"
    for place in "abc":
        (made / place).mkdir(parents=True)
        for name in "123":
            (made / place / name).write_text(name)
    return made


@pytest.fixture
def before_each(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], None]], None]:
    """What is done before a file is deleted; it is given the name."""
    really = os.unlink

    def patch(act: Callable[[Any], None]) -> None:
        def unlink(name: Any, **where: Any) -> None:
            act(name)
            really(name, **where)

        monkeypatch.setattr(os, "unlink", unlink)

    return patch


def _left(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*"))


def test_all_below_a_folder_counts(folder: Path, tmp_path: Path, steps: Steps) -> None:
    (tmp_path / "file").touch()
    outcome = delete_for_good([folder, tmp_path / "file"], steps)
    assert (outcome.deleted, outcome.problem) == (14, "")
    assert (steps.all, steps.done) == (14, 14)
    assert not os.listdir(tmp_path)


def test_where_folders_cannot_be_held_open_all_goes_by_its_path(
    folder: Path, tmp_path: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "1").touch()
    (folder / "a/link").symlink_to(outside)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "fwalk")
    outcome = delete_for_good([folder], steps)
    assert (outcome.deleted, outcome.problem) == (14, "")
    assert not folder.exists()
    assert os.listdir(outside) == ["1"]


def test_it_stops_within_a_folder_and_what_is_left_stays(
    folder: Path, steps: Steps, before_each: Callable[[Callable[[Any], None]], None]
) -> None:
    seen: list[str] = []

    def stop_at_the_fourth(name: Any) -> None:
        seen.append(name)
        if len(seen) == 4:
            steps.stop.set()

    before_each(stop_at_the_fourth)
    outcome = delete_for_good([folder], steps)
    assert outcome.deleted == steps.done == 5  # three files, the folder that was empty then, and a file
    assert steps.all == 13
    assert _left(folder) == 12 - 5


def test_what_cannot_be_deleted_stays_with_its_folders_and_the_rest_goes(
    folder: Path, steps: Steps, before_each: Callable[[Callable[[Any], None]], None]
) -> None:
    def refuse(name: Any) -> None:
        if name == "2":
            raise PermissionError(1, "no", name)

    before_each(refuse)
    outcome = delete_for_good([folder], steps)
    assert outcome.problem == "You may not change “2”: its permissions do not allow it."
    assert (outcome.deleted, steps.all) == (6, 13)
    assert sorted(path.name for path in folder.rglob("*")) == ["2", "2", "2", "a", "b", "c"]


def test_what_is_gone_by_then_is_no_trouble(
    folder: Path, steps: Steps, before_each: Callable[[Callable[[Any], None]], None]
) -> None:
    before_each(lambda name: os.remove(folder / "a" / name) if (folder / "a" / name).exists() else None)
    outcome = delete_for_good([folder, folder / "gone"], steps)
    assert outcome.problem == ""
    assert not folder.exists()


def test_what_came_meanwhile_stays(
    folder: Path, steps: Steps, before_each: Callable[[Callable[[Any], None]], None]
) -> None:
    before_each(lambda _: (folder / "a/came").touch())
    outcome = delete_for_good([folder], steps)
    assert outcome.problem == "“a” is not empty any more, so it stays."
    assert [path.name for path in folder.rglob("*")] == ["a", "came"]


def test_no_link_leads_out_of_what_is_deleted(
    folder: Path, tmp_path: Path, steps: Steps, before_each: Callable[[Callable[[Any], None]], None]
) -> None:
    """Not even one that comes while it is deleted, in the place of a folder."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in "123":
        (outside / name).touch()
    (folder / "link").symlink_to(outside)
    (tmp_path / "chosen").symlink_to(outside)

    def meddle(_: Any) -> None:
        for place in "abc":
            if not (folder / place).is_symlink() and (folder / place).exists():
                (folder / place).rename(tmp_path / f"was-{place}")
                (folder / place).symlink_to(outside)

    before_each(meddle)
    delete_for_good([tmp_path / "chosen", folder], steps)
    assert sorted(os.listdir(outside)) == ["1", "2", "3"]
    assert not folder.exists()
