"""The real folder where the contract does not reach: links swapped in, roots swapped out, what the system lacks."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sync_engine.adapters.filesystem import abilities, syscalls
from sync_engine.adapters.filesystem import folder as folder_module
from sync_engine.adapters.filesystem import trash as trash_module
from sync_engine.adapters.filesystem import walk as walk_module
from sync_engine.adapters.filesystem.faults import translate
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.ledger import Entry, Ledger, entries_of
from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.core.model import Kind, Signature
from sync_engine.core.platform_names import Naming
from sync_engine.errors import (
    Changed,
    DiskError,
    DiskFault,
    DiskFull,
    Locked,
    NotHoldable,
    NotPermitted,
    Occupied,
    RootBusy,
    RootForeign,
    RootMissing,
    RootUnreadable,
    SetupError,
    Vanished,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    prepare_root(str(root), "journal-1")
    return root


@pytest.fixture(params=["openat2", "by component"])
def files(request: pytest.FixtureRequest, root: Path, monkeypatch: pytest.MonkeyPatch) -> SyncedFolder:
    if request.param == "by component":
        monkeypatch.setattr(syscalls, "has_open_beneath", lambda: False)
    monkeypatch.setattr(walk_module, "KEPT_S", 0.0)  # each call walks anew
    files = SyncedFolder(str(root), "journal-1")
    files.check_root()
    return files


def placed(files: SyncedFolder, path: str, data: bytes = b"data") -> Signature:
    file = files.stage()
    file.write(data)
    file.finish(None, executable=False)
    return files.put_in_place(file, path, None)[0].signature


# --- nothing outside is reached ------------------------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path: Path, root: Path, files: SyncedFolder) -> Path:
    """A folder outside, which has taken the place of a parent inside by a link."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_bytes(b"precious")
    (outside / "below").mkdir()
    files.make_folder("parent")
    files.make_folder("parent/below")
    placed(files, "parent/victim")
    os.rename(root / "parent", root / "real")
    os.symlink(outside, root / "parent")
    return outside


def attempts(files: SyncedFolder) -> list[Callable[[], object]]:
    signature = Signature(0, 0, None, 8, 0, 0)
    staged = files.stage()
    staged.finish(None, executable=False)
    return [
        lambda: files.list_folder("parent"),
        lambda: files.list_folder("parent/below"),
        lambda: files.open_file("parent/victim"),
        lambda: files.make_folder("parent/new"),
        lambda: files.make_folder("parent/below/new"),
        lambda: files.make_symlink("parent/new", "x"),
        lambda: files.put_in_place(staged, "parent/new", None),
        lambda: files.put_in_place(staged, "parent/victim", signature),
        lambda: files.move("parent/victim", "stolen"),
        lambda: files.move("real/victim", "parent/planted"),
        lambda: files.park("parent/victim"),
        lambda: files.trash("parent/victim", signature),
        lambda: files.trash("parent/below", None),
        lambda: files.set_executable("parent/victim", True, signature),
    ]


def test_no_operation_goes_through_a_link_that_took_a_parents_place(
    root: Path, files: SyncedFolder, outside: Path
) -> None:
    for attempt in attempts(files):
        with pytest.raises(DiskError):
            attempt()
    assert files.look("parent/victim") is None
    assert sorted(os.listdir(outside)) == ["below", "victim"]
    assert (outside / "victim").read_bytes() == b"precious"
    assert (root / "real" / "victim").exists()


def test_a_link_that_comes_between_opening_and_working_is_not_followed(
    tmp_path: Path, root: Path, files: SyncedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    files.make_folder("parent")
    rename = syscalls.rename

    def swap_first(*arguments: int | str) -> None:
        monkeypatch.setattr(syscalls, "rename", rename)
        os.rename(root / "parent", root / "real")
        os.symlink(outside, root / "parent")
        rename(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(syscalls, "rename", swap_first)
    file = files.stage()
    file.finish(None, executable=False)
    files.put_in_place(file, "parent/file", None)
    assert files.look("parent/file") is None
    assert os.listdir(outside) == []  # it lies in the folder that was meant, wherever that is by now
    assert os.listdir(root / "real") == ["file"]


@pytest.mark.parametrize("path", ["../outside/file", "a/../../outside/file", "/etc/passwd", "..", "a//b", "./a"])
def test_no_path_climbs_out(tmp_path: Path, files: SyncedFolder, path: str) -> None:
    (tmp_path / "outside").mkdir()
    files.make_folder("a")
    with pytest.raises((NotHoldable, Vanished)):
        files.make_folder(path)
    assert os.listdir(tmp_path / "outside") == []


def test_a_fifo_is_not_waited_for_and_a_locked_file_is_told(root: Path, files: SyncedFolder) -> None:
    os.mkfifo(root / "fifo")
    with pytest.raises(Changed):
        files.open_file("fifo")
    placed(files, "file")
    with (root / "file").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Locked):
            files.open_file("file")
    files.open_file("file").close()


def test_the_sockets_and_devices_kind_is_none(files: SyncedFolder) -> None:
    walk = files._ours().walk
    device = syscalls.Stat(stat.S_IFCHR | 0o600, 1, walk.device, 1, 0, 0, 0, None, 0, 0, is_mount=False)
    mount = syscalls.Stat(stat.S_IFDIR | 0o700, 1, walk.device, 1, 0, 0, 0, None, 0, 0, is_mount=True)
    other = syscalls.Stat(stat.S_IFREG | 0o600, 1, walk.device + 1, 1, 0, 0, 0, None, 0, 0, is_mount=False)
    assert [walk.kind(each) for each in (device, mount, other)] == [None, None, None]


# --- the root --------------------------------------------------------------------------------------------------------


def test_a_marked_folder_is_private_and_says_whose_it_is(root: Path, files: SyncedFolder) -> None:
    private = root / ".lockstep"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert json.loads((private / "root").read_text())["journal"] == "journal-1"
    prepare_root(str(root), "journal-1")
    files.check_root()


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


# --- placing ---------------------------------------------------------------------------------------------------------


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


def trashed(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in (root / ".lockstep" / "trash").glob("*/*") if path.name != "index.jsonl"]


# --- under load, and the small parts ---------------------------------------------------------------------------------


def test_threads_share_a_folder(root: Path, files: SyncedFolder) -> None:
    for number in range(4):
        files.make_folder(f"{number}")

    def work(number: int) -> None:
        for index in range(50):
            signature = placed(files, f"{number}/{index}", b"x")
            files.trash(f"{number}/{index}", signature)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(trashed(root)) == 200


def test_no_descriptor_is_left_open(root: Path, files: SyncedFolder) -> None:
    files.make_folder("folder")
    placed(files, "folder/first")
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        files.make_folder(f"folder/{number}")
        signature = placed(files, f"folder/{number}/file")
        files.list_folder(f"folder/{number}")
        files.open_file(f"folder/{number}/file").close()
        files.trash(f"folder/{number}/file", signature)
    assert len(os.listdir("/proc/self/fd")) <= before + walk_module._KEPT


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOENT, Vanished),
        (errno.EEXIST, Occupied),
        (errno.EACCES, NotPermitted),
        (errno.EROFS, NotPermitted),
        (errno.EXDEV, NotPermitted),
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.ENAMETOOLONG, NotHoldable),
        (errno.EIO, DiskFault),
        (errno.ESTALE, DiskFault),
        (errno.EMFILE, DiskFault),
        (None, DiskFault),
    ],
)
def test_each_errno_becomes_one_error(number: int | None, expected: type[DiskError]) -> None:
    error = OSError(number, "why") if number is not None else OSError("why")
    assert type(translate(error, "path")) is expected


def test_an_error_while_looking_is_no_absence(files: SyncedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    placed(files, "file")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(walk_module.Walk, "found", fail)
    with pytest.raises(DiskFault):
        files.look("file")
    with pytest.raises(DiskFault):
        files.list_folder("")


def test_a_ledger_survives_what_a_crash_cut_off_and_what_others_wrote_into_it(tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert list(entries_of(fd)) == []
        ledger = Ledger(fd)
        ledger.add(Entry("1", "new\nline/caf\udce9", 5, 6, 7, 8, 9))
        with (tmp_path / "index.jsonl").open("ab") as file:
            file.write(b'nonsense\n{"entry": "../up", "path": "", "at": 1}\n[]\n{"entry": "2"}\n\xff\n')
            file.write(b"x" * 3_000_000 + b"\n")
        ledger.add(Entry("3", "", 1), durable=True)
        with (tmp_path / "index.jsonl").open("ab") as file:
            file.write(b'{"entry": "cut of')
        ledger.close()
        assert [entry.entry for entry in entries_of(fd)] == ["1", "3"]
        assert next(iter(entries_of(fd))).path == "new\nline/caf\udce9"
    finally:
        os.close(fd)
