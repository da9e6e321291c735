"""Whether a folder can be linked, and why it cannot: looked at before anything is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync_engine.cli.commands import run

Look = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def look(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Look:
    """Exit code, JSON document and standard error of ``lockstep link --dry-run --json`` for a folder."""

    def call(folder: Path, *options: str) -> tuple[int, Any, str]:
        words = ["link", "https://files.example.org", "--email", "ada@example.org", "--folder", str(folder)]
        code = run(["--home", str(tmp_path / "home"), *words, "--dry-run", "--json", *options])
        out, err = capfd.readouterr()
        return code, json.loads(out), err

    return call


def test_what_is_in_a_folder_is_counted_and_left_alone(tmp_path: Path, look: Look) -> None:
    folder = tmp_path / "folder"
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/one").write_bytes(b"12345")
    (folder / "two").write_bytes(b"67")
    assert look(folder) == (0, {"folder": str(folder), "exists": True, "files": 2, "bytes": 7}, "")
    assert sorted(path.name for path in folder.rglob("*")) == ["a", "b", "one", "two"]


def test_a_folder_that_is_to_be_made_is_not_made_by_looking(tmp_path: Path, look: Look) -> None:
    folder = tmp_path / "new/folder"
    assert look(folder) == (0, {"folder": str(folder), "exists": False, "files": 0, "bytes": 0}, "")
    assert not folder.exists()


def foreign(folder: Path) -> Path:
    (folder / ".lockstep").mkdir(parents=True)
    (folder / ".lockstep/root").write_text('{"format": 1, "journal": "another"}')
    return folder


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda place: place / "home" / "folder", "folder-overlaps"),
        (lambda place: place, "folder-overlaps"),
        (lambda place: foreign(place / "theirs"), "folder-taken"),
        (lambda place: foreign(place / "theirs") / "below", "folder-inside"),
        (lambda place: Path(__file__), "folder-unusable"),
        (lambda place: Path(__file__) / "below", "folder-unusable"),
    ],
)
def test_why_a_folder_cannot_be_linked_has_a_code(
    tmp_path: Path, look: Look, make: Callable[[Path], Path], why: str
) -> None:
    code, document, err = look(make(tmp_path))
    assert (code, document["code"]) == (1, why)
    assert err == f"lockstep: {document['detail']}\n"


def test_a_folder_of_a_profile_that_is_gone_can_be_taken_over(tmp_path: Path, look: Look) -> None:
    assert look(foreign(tmp_path / "theirs"), "--take-over")[0] == 0
