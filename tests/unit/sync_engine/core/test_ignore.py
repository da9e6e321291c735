from __future__ import annotations

import pytest

from sync_engine.core.ignore import Ignored, is_litter, is_temporary, parse

LITTER = [
    ".DS_Store",
    "Icon\r",
    "desktop.ini",
    "Desktop.ini",
    "Thumbs.db",
    ".directory",
    ".Trash-1000",
    ".fuse_hidden0000001a00000001",
    ".nfs000000000012",
    ".~lock.thesis.odt#",
    "~$thesis.docx",
    ".#notes",
]
UNFINISHED = [
    ".goutputstream-ABC123",
    "letter.txt.sb-1a2b3c4d-XyZ",
    "~WRL0001.tmp",
    "1A2B3C4D.tmp",
    "lu1234abcd.tmp",
    "main.py.kate-swp",
    "thesis.tex~",
    "#notes#",
    ".thesis.tex.swp",
    ".thesis.tex.swo",
    "film.mkv.part",
    "film.mkv.crdownload",
]
PEOPLES = [
    "thesis.tex",
    "~",
    "a.tmp",
    "thesis.tmp",
    "notes#",
    "#1 song.mp3",
    "part",
    "my.part.txt",
    "swp",
    ".swp.txt",
    ".lockstepignore",
    ".nfsrc",
    "Thumbs.db.txt",
    "ds_store",
    "4913",
]


@pytest.mark.parametrize("name", LITTER)
def test_litter_is_temporary_and_goes_along_with_its_folder(name: str) -> None:
    assert is_temporary(name)
    assert is_litter(name)


@pytest.mark.parametrize("name", UNFINISHED)
def test_what_programs_have_not_finished_is_temporary_and_keeps_its_folder(name: str) -> None:
    assert is_temporary(name)
    assert not is_litter(name)


@pytest.mark.parametrize("name", PEOPLES)
def test_peoples_own_names_are_synced(name: str) -> None:
    assert not is_temporary(name)
    assert not Ignored().covers(f"folder/{name}", is_folder=False)


@pytest.mark.parametrize("name", ["x" * 200_000, ".~lock." + "#" * 100_000 + "x", "~" * 100_000, "\n" * 100_000])
def test_a_hostile_name_costs_no_time(name: str) -> None:
    is_temporary(name)


def test_patterns_are_gits() -> None:
    ignored = parse(b"# comment\n*.log\n!keep.log\nbuild/\n/top\ndocs/**/draft\n\\#odd\n")
    cases = {
        "a.log": True,
        "deep/b.log": True,
        "deep/keep.log": False,
        "build/x": True,
        "deep/build/x": True,
        "top": True,
        "deep/top": False,
        "docs/a/b/draft": True,
        "docs/draft": True,
        "#odd": True,
        "# comment": False,
    }
    assert {path: ignored.covers(path, is_folder=False) for path in cases} == cases
    assert ignored.covers("build", is_folder=True)
    assert not ignored.covers("build", is_folder=False)


def test_a_line_that_is_no_pattern_spoils_none_of_the_others() -> None:
    ignored = parse(b"[z-a]\n!\n\xff\xfe\n*.log\r\n\0\n")
    assert ignored.covers("a.log", is_folder=False)
    assert not ignored.covers("a.txt", is_folder=False)


def test_rules_are_equal_when_their_lines_are() -> None:
    assert parse(b"*.log\n") == parse(b"*.log\n")
    assert parse(b"*.log\n") != parse(b"*.txt\n")
    assert Ignored() == parse(b"")
