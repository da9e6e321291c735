"""What every ``FileSystem`` deletes, and what becomes of it: the real folder and the one in memory alike."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from sync_engine.errors import Changed, Vanished
from sync_engine.ports import FileSystem
from tests.contract.disks import (
    SECOND,
    Disk,
    FakeDisk,
    RealDisk,
    names,
    seen,
    staged,
)
from tests.fixtures.mounts import available_kinds, own_mount, remount


def test_what_is_deleted_must_be_what_was_expected(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    old = seen(files, "file").signature
    disk.write("file", b"edited")
    with pytest.raises(Changed):
        files.trash("file", old)
    with pytest.raises(Vanished):
        files.trash("absent", old)
    files.trash("file", seen(files, "file").signature)
    assert names(files) == set()


def test_a_folder_goes_only_when_it_holds_nothing_but_litter(disk: Disk, files: FileSystem) -> None:
    disk.make("empty")
    disk.make("littered")
    disk.write("littered/.DS_Store", b"x")
    disk.make("full")
    disk.write("full/thesis~", b"ignored, and yet somebody's")
    files.trash("empty", None)
    files.trash("littered", None)
    with pytest.raises(Changed):
        files.trash("full", None)
    assert names(files) == {"full"}


def test_a_file_written_to_after_its_deletion_is_told_once(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    write = disk.hold("file")
    disk.write("quiet", b"old")
    files.trash("file", seen(files, "file").signature)
    files.trash("quiet", seen(files, "quiet").signature)
    write(b"written later")
    assert files.recheck_trash(disk.now_ns() + 5 * SECOND) == []
    (disturbed,) = files.recheck_trash(disk.now_ns() + 11 * SECOND)
    assert disturbed.path == "file"
    assert files.recheck_trash(disk.now_ns() + 22 * SECOND) == []
    files.move(disturbed.kept_at, "copy")
    assert disk.read("copy") == b"written later"


def test_a_file_written_to_after_its_deletion_is_told_also_if_the_clock_is_set_back(
    disk: Disk, files: FileSystem
) -> None:
    disk.write("file", b"old")
    write = disk.hold("file")
    files.trash("file", seen(files, "file").signature)
    write(b"written later")
    assert [each.path for each in files.recheck_trash(disk.now_ns() - 3600 * SECOND)] == ["file"]


@pytest.mark.parametrize("later_s", [0, -40 * 24 * 3600])
def test_a_deleted_file_written_to_across_a_crash_is_told_at_the_start(
    disk: Disk, files: FileSystem, later_s: int
) -> None:
    """Also if the clock was set back meanwhile."""
    disk.write("file", b"old")
    write = disk.hold("file")
    files.trash("file", seen(files, "file").signature)
    write(b"written later")
    disk.restart()
    disk.filesystem.clean_up(disk.now_ns() + later_s * SECOND)
    assert [each.path for each in disk.filesystem.recheck_trash(disk.now_ns())] == ["file"]


def test_trash_lies_thirty_days_and_what_was_written_to_stays(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    disk.write("other", b"old")
    write = disk.hold("other")
    for path in ("file", "other"):
        files.trash(path, seen(files, path).signature)
    day = 24 * 3600 * SECOND
    assert files.recheck_trash(disk.now_ns() + 29 * day) == []
    write(b"written weeks later")
    (disturbed,) = files.recheck_trash(disk.now_ns() + 32 * day)
    assert disturbed.path == "other"
    files.move(disturbed.kept_at, "copy")
    assert disk.read("copy") == b"written weeks later"
    assert files.recheck_trash(disk.now_ns() + 64 * day) == []


@pytest.mark.parametrize("kind", available_kinds() or ["fake"])
def test_what_lies_in_the_trash_is_known_again_after_the_disk_was_taken_out_and_in(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inode numbers may be others then."""
    mount = own_mount(kind) if kind != "fake" else Path()
    disk: Disk = FakeDisk() if kind == "fake" else RealDisk(str(mount / "root"), monkeypatch)
    files = disk.filesystem
    for number in range(5):
        disk.write(f"{number}", b"some bytes")
        disk.write(f"z{number}", b"some bytes")
    for number in range(5):
        files.trash(f"{number}", seen(files, f"{number}").signature)
        files.put_in_place(staged(files, b"new"), f"z{number}", seen(files, f"z{number}").signature)
    files.park("z0")
    disk.close()
    if isinstance(disk, RealDisk):
        del files
        disk.forget()
        gc.collect()
        remount(kind, mount)
        disk.write("another", b"to mix the numbers up")
    disk.restart()
    disk.filesystem.clean_up(disk.now_ns())
    assert disk.filesystem.recheck_trash(disk.now_ns() + 11 * SECOND) == []
    assert disk.read("z0") == b"new"
    disk.close()
