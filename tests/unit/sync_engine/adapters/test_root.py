"""The root: whose it is, and what happens when it is swapped, damaged or away."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from sync_engine.adapters.filesystem import root as root_module
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.errors import (
    RootBusy,
    RootForeign,
    RootMissing,
    RootUnreadable,
    SetupError,
)
from tests.unit.sync_engine.adapters.synced import placed, trashed


def test_a_marked_folder_is_private_and_says_whose_it_is(root: Path, files: SyncedFolder) -> None:
    private = root / ".lockstep"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert json.loads((private / "root").read_text())["journal"] == "journal-1"
    prepare_root(str(root), "journal-1")
    files.check_root()


def test_of_two_that_mark_a_folder_at_once_one_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = root_module._lock

    def lock_after_another(private_fd: int, path: str) -> int:
        monkeypatch.setattr(root_module, "_lock", lock)
        prepare_root(path, "journal-2")
        return lock(private_fd, path)

    monkeypatch.setattr(root_module, "_lock", lock_after_another)
    with pytest.raises(RootBusy):
        prepare_root(str(tmp_path / "root"), "journal-1")
    assert json.loads((tmp_path / "root" / ".lockstep" / "root").read_text())["journal"] == "journal-2"


def test_a_file_is_no_root(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SetupError):
        prepare_root(str(tmp_path / "file"), "journal-1")


@pytest.mark.parametrize("damage", ["missing", "no marker", "empty mount", "another's", "nonsense", "a file", "a link"])
def test_a_root_that_is_not_ours_is_refused(tmp_path: Path, damage: str) -> None:
    root = tmp_path / "root"
    prepare_root(str(root), "journal-1")
    marker = root / ".lockstep" / "root"
    expected: type[Exception] = RootForeign
    if damage == "missing":
        root.rename(tmp_path / "elsewhere")
        expected = RootMissing
    elif damage == "no marker":
        marker.unlink()
    elif damage == "empty mount":
        root.rename(tmp_path / "elsewhere")
        root.mkdir()
    elif damage == "another's":
        marker.write_text('{"journal": "journal-2"}')
    elif damage == "nonsense":
        marker.write_bytes(b"\0" * 100)
    elif damage == "a file":
        root.rename(tmp_path / "elsewhere")
        root.write_bytes(b"")
        expected = RootMissing
    else:
        (root / ".lockstep").rename(tmp_path / "private")
        (root / ".lockstep").symlink_to(tmp_path / "private")
    with pytest.raises(expected):
        SyncedFolder(str(root), "journal-1").check_root()


def test_a_root_renamed_while_running_is_missing_and_comes_back(
    tmp_path: Path, root: Path, files: SyncedFolder
) -> None:
    root.rename(tmp_path / "renamed")
    with pytest.raises(RootMissing):
        files.check_root()
    with pytest.raises(RootMissing):
        files.make_folder("folder")
    root.mkdir()
    with pytest.raises(RootForeign):
        files.check_root()
    root.rmdir()
    (tmp_path / "renamed").rename(root)
    files.check_root()
    files.make_folder("folder")


@pytest.mark.parametrize("removed", ["staging", "aside", "trash", "lock"])
def test_a_part_of_the_private_folder_that_somebody_removed_is_made_again(
    removed: str, root: Path, files: SyncedFolder
) -> None:
    part = root / ".lockstep" / removed
    shutil.rmtree(part) if part.is_dir() else part.unlink()
    files.check_root()
    placed(files, "a", b"old")
    moved = files.move(files.park("a"), "b")
    files.trash("b", moved.signature)
    assert trashed(root) == [b"old"]
    with pytest.raises(RootBusy):
        SyncedFolder(str(root), "journal-1").check_root()


@pytest.mark.parametrize("happens", ["a part is removed", "the root goes away and comes back"])
def test_what_was_deleted_is_looked_at_again_whatever_happens_to_the_root(
    happens: str, root: Path, files: SyncedFolder
) -> None:
    file = root / "file"
    file.write_bytes(b"old")
    found = files.look("file")
    assert found is not None
    with file.open("r+b", buffering=0) as held:
        files.trash("file", found.signature)
        if happens == "a part is removed":
            (root / ".lockstep" / "staging").rmdir()
        else:
            root.rename(root.with_name("away"))
            with pytest.raises(RootMissing):
                files.check_root()
            root.with_name("away").rename(root)
        files.check_root()
        held.write(b"written later")
    assert [each.path for each in files.recheck_trash(time.time_ns() + 11 * 10**9)] == ["file"]


def test_a_removed_private_folder_is_not_made_again(root: Path, files: SyncedFolder) -> None:
    shutil.rmtree(root / ".lockstep")
    with pytest.raises(RootForeign):
        files.check_root()


def test_an_error_of_the_disk_at_the_root_is_told(
    root: Path, files: SyncedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "stat", fail)
    with pytest.raises(RootUnreadable):
        files.check_root()


def test_one_lockstep_works_on_a_root(root: Path, files: SyncedFolder) -> None:
    other = SyncedFolder(str(root), "journal-1")
    with pytest.raises(RootBusy):
        other.check_root()
    files.check_root()
    files.close()
    other.check_root()


def test_the_token_of_the_pairing_lies_in_the_marker_and_outlives_the_process(root: Path, files: SyncedFolder) -> None:
    assert files.pairing() == ""
    files.pair("token")
    files.close()
    other = SyncedFolder(str(root), "journal-1")
    other.check_root()
    assert other.pairing() == "token"


def test_a_folder_that_was_marked_anew_has_no_token(root: Path, files: SyncedFolder) -> None:
    files.pair("token")
    files.close()
    shutil.rmtree(root / ".lockstep")
    prepare_root(str(root), "journal-1")
    files.check_root()
    assert files.pairing() == ""


def test_a_folder_of_another_profile_is_taken_over_on_demand_and_when_nobody_works_there(
    root: Path, files: SyncedFolder
) -> None:
    with pytest.raises(RootForeign):
        prepare_root(str(root), "journal-2")
    with pytest.raises(RootBusy):
        prepare_root(str(root), "journal-2", adopt=True)
    files.close()
    files.check_root()
    files.close()
    prepare_root(str(root), "journal-2", adopt=True)
    with pytest.raises(RootForeign):
        files.check_root()
    SyncedFolder(str(root), "journal-2").check_root()
