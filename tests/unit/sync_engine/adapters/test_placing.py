"""Placing files: what follows them, what the system lacks, crashes between two steps."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from sync_engine.adapters.filesystem import abilities, syscalls
from sync_engine.adapters.filesystem import folder as folder_module
from sync_engine.adapters.filesystem import trash as trash_module
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.core.model import Kind
from sync_engine.core.platform_names import Naming
from sync_engine.errors import DiskFull, Occupied
from tests.unit.sync_engine.adapters.synced import placed, trashed


def test_owner_and_attributes_follow_but_special_bits_do_not(root: Path, files: SyncedFolder) -> None:
    signature = placed(files, "file", b"old")
    os.chmod(root / "file", 0o4750)
    if os.geteuid() == 0:
        os.chown(root / "file", 1234, 5678)
        os.chmod(root / "file", 0o4750)
    has_attributes = True
    try:
        os.setxattr(root / "file", "user.colour", b"blue")
    except OSError:
        has_attributes = False  # this file system keeps none
    found = files.look("file")
    assert found is not None
    assert found.signature != signature
    file = files.stage()
    file.write(b"new")
    file.finish(None, executable=True)
    files.put_in_place(file, "file", found.signature)
    after = (root / "file").stat()
    assert stat.S_IMODE(after.st_mode) == 0o750
    if os.geteuid() == 0:
        assert (after.st_uid, after.st_gid) == (1234, 5678)
    if has_attributes:
        assert os.getxattr(root / "file", "user.colour") == b"blue"


@pytest.fixture
def no_renameat2(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.EINVAL, "not on this file system")

    monkeypatch.setattr(syscalls, "rename", unsupported)


@pytest.mark.usefixtures("no_renameat2")
def test_without_renameat2_nothing_is_replaced_unasked(root: Path, files: SyncedFolder) -> None:
    placed(files, "file", b"one")
    with pytest.raises(Occupied):
        placed(files, "file", b"two")
    files.make_folder("folder")
    files.make_folder("other")
    with pytest.raises(Occupied):
        files.move("folder", "other")
    with pytest.raises(Occupied):
        files.move("folder", "file")
    assert files.move("folder", "moved").kind is Kind.FOLDER
    assert (root / "file").read_bytes() == b"one"


@pytest.mark.usefixtures("no_renameat2")
def test_without_renameat2_a_file_is_replaced_in_steps(root: Path, files: SyncedFolder) -> None:
    old = placed(files, "file", b"old")
    file = files.stage()
    file.write(b"new")
    file.finish(None, executable=False)
    _, displaced = files.put_in_place(file, "file", old)
    assert displaced is None
    assert (root / "file").read_bytes() == b"new"
    assert trashed(root) == [b"old"]


@pytest.mark.usefixtures("no_renameat2")
def test_a_crash_between_the_steps_is_mended_before_any_scan(
    root: Path, files: SyncedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = placed(files, "file", b"old")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder_module, "rename_without_replacing", die)
    file = files.stage()
    file.finish(None, executable=False)
    with pytest.raises(KeyboardInterrupt):
        files.put_in_place(file, "file", old)
    assert not (root / "file").exists()
    monkeypatch.undo()
    files.close()
    again = SyncedFolder(str(root), "journal-1")
    again.check_root()
    again.clean_up(1_900_000_000_000_000_000)
    assert (root / "file").read_bytes() == b"old"
    assert again.recheck_trash(1_900_000_000_000_000_000) == []


def test_what_was_parked_waits_for_room_before_anything_is_looked_at(
    root: Path, files: SyncedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be missing, which is a deletion."""
    placed(files, "file", b"old")
    files.park("file")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(folder_module, "rename_without_replacing", refuse)
    with pytest.raises(DiskFull):
        files.clean_up(files._now_ns())
    monkeypatch.undo()
    files.clean_up(files._now_ns())
    assert (root / "file").read_bytes() == b"old"
    assert files.recheck_trash(files._now_ns()) == []


def test_a_crash_before_the_exchange_leaves_no_staged_bytes_in_the_trash(
    root: Path, files: SyncedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = placed(files, "file", b"old")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(syscalls, "rename", die)
    file = files.stage()
    file.write(b"new")
    file.finish(None, executable=False)
    with pytest.raises(KeyboardInterrupt):
        files.put_in_place(file, "file", old)
    monkeypatch.undo()
    files.close()
    again = SyncedFolder(str(root), "journal-1")
    again.check_root()
    again.clean_up(files._now_ns())
    assert again.recheck_trash(files._now_ns()) == []
    assert (root / "file").read_bytes() == b"old"
    assert trashed(root) == []


def test_a_trash_that_somebody_emptied_takes_in_what_comes_next(root: Path, files: SyncedFolder) -> None:
    files.trash("a", placed(files, "a", b"emptied"))
    for day in (root / ".lockstep" / "trash").iterdir():
        shutil.rmtree(day)
    files.trash("a", placed(files, "a", b"kept"))
    assert trashed(root) == [b"kept"]
    assert files.recheck_trash(files._now_ns() + 60 * 10**9) == []


def test_what_cannot_be_purged_stays_and_keeps_nothing_else_from_its_end(
    root: Path, files: SyncedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("a", "b"):
        files.trash(path, placed(files, path, path.encode()))
    remove, refused = trash_module.remove, min(os.listdir(next((root / ".lockstep" / "trash").iterdir())))

    def refuse_one(name: str, folder_fd: int) -> None:
        if name == refused:
            raise PermissionError(errno.EPERM, "not yours")
        remove(name, folder_fd)

    monkeypatch.setattr(trash_module, "remove", refuse_one)
    months_later = files._now_ns() + 40 * 24 * 3600 * 10**9
    files.clean_up(months_later)
    assert len(trashed(root)) == 1
    monkeypatch.undo()
    files.clean_up(months_later)
    assert os.listdir(root / ".lockstep" / "trash") == []


def test_a_disk_that_keeps_no_modes_and_refuses_to_is_written_to_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no modes here")

    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(os, "fchmod", refuse)
    files = SyncedFolder(str(root), "journal-1")
    files.check_root()
    assert not files.keeps_executable
    old = placed(files, "file", b"old")
    monkeypatch.undo()
    (root / "file").chmod(0o755)
    found = files.look("file")
    assert found is not None
    assert found.signature.inode == old.inode
    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(os, "fchmod", refuse)
    file = files.stage()
    file.write(b"new")
    file.finish(None, executable=True)
    files.put_in_place(file, "file", found.signature)
    assert (root / "file").read_bytes() == b"new"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_without_room_for_trying_what_it_can_is_taken_for_an_ordinary_one(
    number: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = SyncedFolder(str(root), "journal-1")
    files.check_root()
    placed(files, "file", b"bytes")
    files.close()

    def full(*_: object) -> None:
        raise OSError(number, "no room")

    monkeypatch.setattr(abilities, "_make", full)
    files.check_root()
    assert (files.naming, files.keeps_executable) == (Naming(), True)
    assert files.open_file("file").read(10) == b"bytes"


@pytest.mark.scenario("S99")
def test_paths_longer_than_the_kernel_takes_at_once_can_be_worked_with(root: Path, files: SyncedFolder) -> None:
    path = ""
    while len(path) < 5_000:
        path = f"{path}{'n' * 200}/"
        files.make_folder(path.rstrip("/"))
    old = placed(files, f"{path}file", b"old")
    file = files.stage()
    file.write(b"new")
    file.finish(None, executable=False)
    files.put_in_place(file, f"{path}file", old)
    assert [found.name for found in files.list_folder(path.rstrip("/"))] == ["file"]
    assert files.open_file(f"{path}file").read(10) == b"new"
    files.move(f"{path}file", "short")
    assert (root / "short").read_bytes() == b"new"
    files.move("short", f"{path}file")
    found = files.look(f"{path}file")
    assert found is not None
    files.trash(f"{path}file", found.signature)
    files.trash(path.rstrip("/"), None)
    assert sorted(trashed(root)) == [b"new", b"old"]
