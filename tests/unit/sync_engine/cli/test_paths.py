"""What is meant by a path, wherever the person stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync_engine.cli.paths import did_you_mean, relative_path
from sync_engine.errors import WrongUsage
from sync_engine.profile import Link
from tests.unit.sync_engine.cli.linked import link_to


@pytest.fixture
def link(tmp_path: Path) -> Link:
    (tmp_path / "folder/Docs/sub").mkdir(parents=True)
    (tmp_path / "folder/Docs/a.txt").touch()
    (tmp_path / "alias").symlink_to(tmp_path / "folder")
    return link_to(tmp_path / "folder")


@pytest.mark.parametrize("stands_in", [".", "folder", "folder/Docs"])
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Docs/a.txt", "Docs/a.txt"),
        ("Docs//sub/", "Docs/sub"),
        ("Docs/../b", "b"),
        ("PLACE/folder/Docs", "Docs"),
        ("PLACE/folder", ""),
        ("PLACE/folder/", ""),
        ("PLACE/alias/Docs/a.txt", "Docs/a.txt"),
        ("...", "..."),
        (".hidden", ".hidden"),
    ],
)
def test_it_is_from_the_folder_or_absolute(
    link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stands_in: str, given: str, meant: str
) -> None:
    monkeypatch.chdir(tmp_path / stands_in)
    assert relative_path(link, given.replace("PLACE", str(tmp_path))) == meant


@pytest.mark.parametrize(
    ("stands_in", "given", "meant"),
    [
        ("folder/Docs", ".", "Docs"),
        ("folder/Docs", "./a.txt", "Docs/a.txt"),
        ("folder/Docs/sub", "../a.txt", "Docs/a.txt"),
        ("folder/Docs/sub", "../..", ""),
        ("alias/Docs", "./a.txt", "Docs/a.txt"),
        ("folder", "./Docs", "Docs"),
        (".", "./Docs", "Docs"),
        (".", ".", ""),
    ],
)
def test_with_dots_it_is_from_where_the_person_stands_in_the_folder(
    link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stands_in: str, given: str, meant: str
) -> None:
    monkeypatch.chdir(tmp_path / stands_in)
    assert relative_path(link, given) == meant


@pytest.mark.parametrize("given", ["..", "../x", "Docs/../../x", "/etc", "PLACE/folder-2"])
def test_outside_the_folder_is_wrong_usage(link: Link, tmp_path: Path, given: str) -> None:
    with pytest.raises(WrongUsage, match="is not inside"):
        relative_path(link, given.replace("PLACE", str(tmp_path)))


def test_what_the_current_directory_has_is_offered(link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "folder/Docs")
    assert did_you_mean(link, "a.txt").endswith("did you mean Docs/a.txt?")
    assert did_you_mean(link, "nowhere") == ""
    monkeypatch.chdir(tmp_path / "folder")
    assert did_you_mean(link, "Docs") == ""
    monkeypatch.chdir(tmp_path)
    assert did_you_mean(link, "folder") == ""


def test_a_current_directory_that_was_removed_is_none(
    link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "folder/gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert relative_path(link, "./Docs") == "Docs"
    assert did_you_mean(link, "Docs") == ""
