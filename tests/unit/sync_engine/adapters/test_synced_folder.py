"""The real folder where the contract does not reach: links swapped in, threads, what the system says."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem import walk as walk_module
from sync_engine.adapters.filesystem.faults import translate
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.ledger import Entry, Ledger, entries_of
from sync_engine.core.model import Signature
from sync_engine.errors import (
    Changed,
    DiskError,
    DiskFault,
    DiskFull,
    Locked,
    NotHoldable,
    NotPermitted,
    Occupied,
    Vanished,
)
from tests.unit.sync_engine.adapters.synced import placed, trashed


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
