"""What people do to files on the disk. Nothing is replaced, whatever is in the way."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QFile

from desktop.integration import renaming
from desktop.models import acts
from desktop.models.outcomes import ActError, Copying, Moved, Steps


@pytest.fixture(params=["renameat2", "without"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of renaming: as the system does it, and where a file system cannot."""
    if request.param == "without":
        monkeypatch.setattr(renaming, "_rename_no_replace", lambda *_: errno.EINVAL)


def _steps() -> Steps:
    return Steps("delete", 1)


def _file(path: Path, text: str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.usefixtures("ways")
def test_a_file_gets_another_name(tmp_path: Path) -> None:
    moved = acts.rename(_file(tmp_path / "a.txt"), "b.txt", at_root=False)
    assert moved == Moved.between(tmp_path / "a.txt", tmp_path / "b.txt")
    assert os.listdir(tmp_path) == ["b.txt"]
    acts.move_back([moved], _steps())
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_has_the_name_already_stays(tmp_path: Path, kind: str) -> None:
    _file(tmp_path / "a/inside" if kind == "folder" else tmp_path / "a", "mine")
    _file(tmp_path / "b/inside" if kind == "folder" else tmp_path / "b", "theirs")
    with pytest.raises(ActError, match="already something called “b”"):
        acts.rename(tmp_path / "a", "b", at_root=False)
    assert (tmp_path / "b/inside" if kind == "folder" else tmp_path / "b").read_text() == "theirs"
    assert (tmp_path / "a").exists()


@pytest.mark.usefixtures("ways")
def test_a_folder_moves_with_all_in_it(tmp_path: Path) -> None:
    _file(tmp_path / "a/x/y")
    (tmp_path / "to").mkdir()
    acts.move_into([tmp_path / "a"], tmp_path / "to")
    assert (tmp_path / "to/a/x/y").read_text() == "text"
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 300, ".lockstep"])
def test_a_name_that_no_device_takes_is_refused(tmp_path: Path, name: str) -> None:
    _file(tmp_path / "a")
    with pytest.raises(ActError):
        acts.rename(tmp_path / "a", name, at_root=True)
    assert os.listdir(tmp_path) == ["a"]


def test_of_a_name_that_is_too_long_that_is_said(tmp_path: Path) -> None:
    acts.check_name("ü" * 127, at_root=False)
    with pytest.raises(ActError, match="too long"):
        acts.check_name("ü" * 128, at_root=False)


def test_of_several_the_others_move_though_one_cannot(tmp_path: Path) -> None:
    to = tmp_path / "to"
    _file(to / "a", "theirs")
    outcome = acts.move_into([_file(tmp_path / "a"), _file(tmp_path / "b"), to], to)
    assert [each.target.name for each in outcome.moved] == ["b"]
    assert "“a”" in outcome.problem
    assert (to / "a").read_text() == "theirs"


def test_a_folder_is_not_moved_or_copied_into_itself(tmp_path: Path) -> None:
    _file(tmp_path / "a/b/c")
    assert "itself" in acts.move_into([tmp_path / "a"], tmp_path / "a/b").problem
    assert "itself" in acts.copy_into([tmp_path / "a"], tmp_path / "a/b", Copying(Event())).problem
    assert os.listdir(tmp_path / "a/b") == ["c"]


def test_a_new_folder_is_numbered(tmp_path: Path) -> None:
    made = [acts.make_folder(tmp_path, "New folder").name for _ in range(3)]
    assert made == ["New folder", "New folder (2)", "New folder (3)"]


def test_copies_are_whole_and_numbered(tmp_path: Path) -> None:
    source, to = tmp_path / "source", tmp_path / "to"
    _file(source / "report.pdf", "new")
    _file(source / "album/one.jpg", "1")
    (source / "album/link").symlink_to("one.jpg")
    _file(to / "report.pdf", "old")
    os.utime(source / "report.pdf", (1_000, 1_000))
    copying = Copying(Event())
    outcome = acts.copy_into([source / "report.pdf", source / "album"], to, copying)
    assert [each.target.name for each in outcome.moved] == ["report (2).pdf", "album"]
    assert (to / "report.pdf").read_text() == "old"
    assert (to / "report (2).pdf").read_text() == "new"
    assert (to / "report (2).pdf").stat().st_mtime == 1_000
    assert (to / "album/link").readlink() == Path("one.jpg")
    assert (copying.all_files, copying.done_bytes) == (3, 4)
    assert sorted(os.listdir(to)) == ["album", "report (2).pdf", "report.pdf"]


def test_a_copy_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    copying = Copying(Event())
    copying.stop.set()
    outcome = acts.copy_into([_file(tmp_path / "a")], tmp_path / "to", copying)
    assert not outcome.moved
    assert not os.listdir(tmp_path / "to")


def test_a_copy_that_fails_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    outcome = acts.copy_into([tmp_path / "gone"], tmp_path / "to", Copying(Event()))
    assert outcome.problem == "“gone” is not there any more."
    assert not os.listdir(tmp_path / "to")


def test_a_socket_is_no_file_to_keep(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    _file(tmp_path / "folder/a")
    os.mkfifo(tmp_path / "folder/pipe")
    (tmp_path / "to").mkdir()
    acts.copy_into([tmp_path / "folder"], tmp_path / "to", Copying(Event()))
    assert os.listdir(tmp_path / "to/folder") == ["a"]


def test_what_goes_into_the_trash_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = _file(tmp_path / "a.txt")
    outcome = acts.put_into_trash([path], _steps())
    assert not path.exists()
    assert outcome.moved[0].target.read_text() == "text"
    acts.move_back(outcome.moved, _steps())
    assert path.read_text() == "text"
    assert not list((tmp_path / "data").rglob("*.trashinfo"))


def test_there_is_a_trash_also_where_no_program_has_kept_anything_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "fresh/.local/share"))
    path = tmp_path / "a.txt"
    path.write_text("a")
    outcome = acts.put_into_trash([path], _steps())
    assert not outcome.left
    assert outcome.moved[0].target.read_text() == "a"


def test_what_is_gone_cannot_go_into_the_trash(tmp_path: Path) -> None:
    outcome = acts.put_into_trash([tmp_path / "gone"], _steps())
    assert not outcome.moved
    assert outcome.problem == "“gone” is not there any more."


class NoTrash(QFile):
    def moveToTrash(self) -> bool:  # noqa: N802 - Qt's
        return False


def test_where_there_is_no_trash_files_stay_and_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "QFile", NoTrash)
    path = _file(tmp_path / "a")
    assert acts.put_into_trash([path], _steps()).left == [path]


def test_what_lies_below_another_one_goes_with_that(tmp_path: Path) -> None:
    _file(tmp_path / "a/b/c")
    _file(tmp_path / "ab")
    (tmp_path / "to").mkdir()
    paths = [tmp_path / "a/b/c", tmp_path / "a", tmp_path / "ab", tmp_path / "a/b"]
    assert acts.topmost(paths) == [tmp_path / "a", tmp_path / "ab"]
    outcome = acts.move_into(paths, tmp_path / "to")
    assert (len(outcome.moved), outcome.problem) == (2, "")
    assert (tmp_path / "to/a/b/c").exists()


def test_files_are_counted_below_folders_until_it_is_enough(tmp_path: Path) -> None:
    for at in range(5):
        _file(tmp_path / f"a/{at}/x")
    assert acts.count_files([tmp_path / "a", _file(tmp_path / "b")], 100) == 6
    assert acts.count_files([tmp_path / "a"], 3) == 4


def test_a_name_that_could_not_be_given_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    _file(tmp_path / "a/inside")
    _file(tmp_path / "b")
    monkeypatch.setattr(renaming, "_rename_no_replace", lambda *_: errno.EPERM)
    monkeypatch.setattr(Path, "rename", refuse)
    for name in ("a", "b"):
        with pytest.raises(ActError, match="permissions"):
            acts.rename(tmp_path / name, "c", at_root=False)
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_a_folder_is_not_put_into_itself_by_another_name_of_it(tmp_path: Path) -> None:
    _file(tmp_path / "real/a/b/file")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    inside = tmp_path / "real/a/b"
    assert "into itself" in acts.copy_into([tmp_path / "link/a"], inside, Copying(Event())).problem
    assert "into itself" in acts.move_into([tmp_path / "link/a"], inside).problem
    assert os.listdir(inside) == ["file"]


def test_what_can_go_back_does_though_another_one_cannot(tmp_path: Path) -> None:
    paths = [_file(tmp_path / name) for name in ("a", "b", "c")]
    (tmp_path / "to").mkdir()
    moved = acts.move_into(paths, tmp_path / "to").moved
    _file(tmp_path / "b", "another")
    with pytest.raises(ActError, match="“b”"):
        acts.move_back(moved, _steps())
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "c", "to"]
    assert os.listdir(tmp_path / "to") == ["b"]
    assert (tmp_path / "b").read_text() == "another"
