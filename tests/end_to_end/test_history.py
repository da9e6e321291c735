"""What the server keeps can be looked at and brought back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.devices import Device

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


@pytest.mark.main_flow
@pytest.mark.scenario("S161")
def test_an_old_version_is_listed_read_and_restored(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(1, 4):
        a.write("thesis.txt", f"draft {number}")
        a.sync()
    versions = a.run("versions", "thesis.txt", "--json").json
    assert [version["current"] for version in versions] == [True, False, False]
    oldest = versions[-1]["version"]
    assert a.run("cat", "thesis.txt", "--version", oldest).out == "draft 1"
    assert a.run("restore", "thesis.txt", "--version", oldest).code == 0
    assert a.sync()["conflicts"] == []
    b.sync()
    assert (a.folder / "thesis.txt").read_text() == (b.folder / "thesis.txt").read_text() == "draft 1"
    assert len(a.run("versions", "thesis.txt", "--json").json) == 4
    a.write("notes.txt", "not the thesis")
    a.sync()
    run = a.run("restore", "notes.txt", "--version", oldest)
    assert (run.code, "notes.txt: That is a version of another file." in run.err) == (1, True), run.err


@pytest.mark.main_flow
@pytest.mark.scenario("S162")
def test_a_deleted_folder_comes_back_whole(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(20):
        a.write(f"album/{number % 3}/{number}", f"photo {number}")
    a.sync()
    b.sync()
    before = a.tree()
    shutil.rmtree(a.folder / "album")
    assert a.sync()["operations"] == {"delete": 1}
    b.sync()
    assert b.tree() == {}
    assert "album" in [entry["path"] for entry in b.run("ls", "--deleted", "--json").json]
    assert b.run("restore", "album").out == "Restored as album: 20 files.\n"
    a.sync()
    b.sync()
    assert a.tree() == b.tree() == before
    for path in ("album/0/0", "album/1/1"):
        (a.folder / path).unlink()
    a.sync()
    assert a.run("restore", "album").out == "Restored as album: 2 files.\n"
    a.sync()
    assert a.tree() == before
    run = a.run("restore", "album")
    assert (run.code, run.err) == (
        1,
        "lockstep: album: Nothing there was deleted. `lockstep ls --deleted` shows what was.\n",
    )
    run = a.run("restore", "album/0/0")
    told = (
        "album/0/0: Nothing there was deleted. `lockstep versions` lists a file's old contents, "
        "`lockstep restore PATH --version ID` brings one back."
    )
    assert (run.code, run.err) == (1, f"lockstep: {told}\n")


@pytest.mark.scenario("S163")
def test_a_folder_is_rewound_on_every_device_and_that_is_taken_back(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(6):
        a.write(f"work/{number % 2}/{number}.txt", f"draft {number}")
    a.sync()
    b.sync()
    before = a.tree()
    at_ms = a.run("rewind", "work", "--to", "0s ago", "--dry-run", "--json").json["to"]
    then = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()
    b.write("work/0/0.txt", "edited")
    (b.folder / "work/0/2.txt").unlink()
    (b.folder / "work/1").rename(b.folder / "work/renamed")
    b.write("work/new.txt", "made since")
    b.sync()
    changed = b.tree()
    dry = a.run("rewind", "work", "--to", then, "--dry-run", "--json").json
    assert (dry["restored"], dry["changed"], dry["moved"], dry["deleted"]) == (1, 1, 1, 1)
    would = {(change["what"], change["path"]) for change in dry["changes"]}
    assert would == {("restored", "0/2.txt"), ("changed", "0/0.txt"), ("moved", "1"), ("deleted", "new.txt")}
    assert "    goes back        1, was renamed\n" in a.run("rewind", "work", "--to", then, "--dry-run").out
    b.sync()
    assert b.tree() == changed
    done = a.run("rewind", "work", "--to", then)
    assert done.code == 0
    a.sync()
    b.sync()
    assert a.tree() == b.tree() == before
    undo = done.out.splitlines()[-1].removeprefix("`lockstep ").partition("`")[0].split()
    assert a.run(*undo).code == 0
    a.sync()
    b.sync()
    assert a.tree() == b.tree() == changed
    told = a.run("activity", "--everyone", "--json").json
    assert {entry["device"] for entry in told} == {"A", "B"}
    assert {entry["device"] for entry in a.run("activity", "--device", "b", "--json").json} == {"B"}
    wrong = a.run("activity", "--device", "Toaster")
    assert (wrong.code, "There is no device called Toaster." in wrong.err) == (2, True)
    assert [(line["action"], line["count"]) for line in told[:2]] == [("restored", 4), ("restored", 4)]
    assert "deleted             work/0/2.txt" in a.run("activity", "work", "--since", "1h").out


def test_a_time_that_cannot_be_rewound_to_is_refused(device: Make) -> None:
    a = device("A")
    a.write("work/a.txt", "draft")
    a.sync()
    for path, to, code in (("work", "9999h ago", 1), ("nowhere", "1s ago", 1), ("work", "soon", 2), ("work", "ago", 2)):
        run = a.run("rewind", path, "--to", to)
        assert (run.code, run.out, run.err.count("\n")) == (code, "", 1), run
    assert "as it was then" in a.run("rewind", "work", "--to", "2999-01-01").out


def test_everything_can_be_exported_as_plain_files(device: Make, tmp_path: Path) -> None:
    a = device("A")
    a.write("d/one.txt", "old")
    a.sync()
    a.write("d/one.txt", "new")
    (a.folder / "l").symlink_to("d/one.txt")
    a.sync()
    assert a.run("export", str(tmp_path / "plain")).code == 0
    assert (tmp_path / "plain/d/one.txt").read_text() == "new"
    assert (tmp_path / "plain/l").is_symlink()
    assert not (tmp_path / "plain/.lockstep").exists()
    assert a.run("export", str(tmp_path / "all"), "--all-versions").code == 0
    texts = [path.read_text() for path in (tmp_path / "all/versions").rglob("*.txt") if path.is_file()]
    assert sorted(texts) == ["new", "old"]


def test_the_folder_is_verified_against_the_server(device: Make) -> None:
    a = device("A")
    a.write("a.txt", "a")
    a.sync()
    run = a.run("verify", "--json")
    assert run.code == 0
    assert run.json["files"] == 1
    a.write("a.txt", "b")
    assert a.run("verify").code == 1


def test_what_is_on_the_disk_alone_is_found_by_verifying(device: Make) -> None:
    a, b = device("A"), device("B")
    for path in ("folder/one.txt", "both.txt"):
        a.write(path, "a")
    a.sync()
    b.write("both.txt", "b")
    first = b.run("verify", "--json").json["differences"]
    assert [each["path"] for each in first] == ["both.txt", "folder", "folder/one.txt"]
    assert [each["what"].partition(";")[0] for each in first] == [
        "is not in the journal",
        *["is not on this device"] * 2,
    ]
    b.sync()
    for path in ("folder/new.txt", "new/below.txt", "folder/ignored~"):
        b.write(path, "new")
    found = b.run("verify", "--json").json["differences"]
    assert sorted(each["path"] for each in found) == ["folder/new.txt", "new"]
    b.sync()
    assert b.run("verify").code == 0
