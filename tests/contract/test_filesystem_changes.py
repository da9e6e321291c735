"""What every ``FileSystem`` makes, replaces and moves: the real folder and the one in memory alike."""

from __future__ import annotations

import pytest

from sync_engine.core.model import Kind
from sync_engine.errors import Changed, DiskError, NotHoldable, Occupied, Vanished
from sync_engine.ports import FileSystem
from tests.contract.disks import (
    FINE_MTIME,
    FOLDING,
    MTIME,
    SECOND,
    Disk,
    names,
    on_unix,
    seen,
    staged,
)

# --- placing ---------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S2")
def test_a_staged_file_comes_to_its_place_with_its_time(disk: Disk, files: FileSystem) -> None:
    files.make_folder("folder")
    found, displaced = files.put_in_place(staged(files, b"bytes", executable=True), "folder/file", None)
    files.sync()
    assert displaced is None
    assert found == seen(files, "folder/file")
    assert (found.signature.mtime_ns, found.signature.size) == (MTIME, 5)
    assert found.executable is files.keeps_executable
    assert disk.read("folder/file") == b"bytes"


@on_unix
@pytest.mark.scenario("S2")
def test_times_are_kept_to_the_nanosecond(files: FileSystem) -> None:
    found, _ = files.put_in_place(staged(files, b"bytes", mtime_ns=FINE_MTIME), "file", None)
    assert found.signature.mtime_ns == FINE_MTIME


def test_a_staged_file_replaces_nothing_it_was_not_meant_to(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"mine")
    file = staged(files, b"theirs")
    with pytest.raises(Occupied):
        files.put_in_place(file, "file", None)
    assert disk.read("file") == b"mine"
    files.put_in_place(file, "other", None)  # and is still there to be placed
    assert disk.read("other") == b"theirs"


@on_unix
def test_replacing_keeps_the_mode_and_puts_the_old_bytes_into_the_trash(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    disk.set_mode("file", 0o600)
    old = seen(files, "file")
    found, displaced = files.put_in_place(staged(files, b"new"), "file", old.signature)
    assert displaced is None
    assert disk.read("file") == b"new"
    assert disk.mode("file") == 0o600
    assert found == seen(files, "file")
    assert files.recheck_trash(disk.now_ns() + 11 * SECOND) == []


@on_unix
def test_replacing_a_plain_file_by_a_program_makes_it_executable(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    found, _ = files.put_in_place(staged(files, b"new", executable=True), "file", seen(files, "file").signature)
    assert found.executable


def test_a_file_that_changed_before_the_exchange_is_left_alone(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    old = seen(files, "file").signature
    disk.write("file", b"edited")
    with pytest.raises(Changed):
        files.put_in_place(staged(files, b"new"), "file", old)
    assert disk.read("file") == b"edited"


@pytest.mark.parametrize("by", ["write", "save"])
def test_an_edit_in_the_very_moment_of_the_exchange_comes_out_and_lives(disk: Disk, files: FileSystem, by: str) -> None:
    disk.write("file", b"old")
    old = seen(files, "file").signature
    disk.before_exchange(lambda: getattr(disk, by)("file", b"a fresh edit"))
    _, displaced = files.put_in_place(staged(files, b"new"), "file", old)
    assert disk.read("file") == b"new"
    assert displaced is not None
    found = files.move(displaced.kept_at, "conflicted copy")
    assert found.signature.inode == displaced.found.signature.inode
    assert disk.read("conflicted copy") == b"a fresh edit"
    assert files.recheck_trash(disk.now_ns() + 11 * SECOND) == []


def test_a_file_that_goes_away_in_the_moment_of_the_exchange_is_not_replaced(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"old")
    file = staged(files, b"new")
    disk.before_exchange(lambda: disk.rename("file", "moved"))
    with pytest.raises(Vanished):
        files.put_in_place(file, "file", seen(files, "file").signature)
    assert not disk.exists("file")
    assert disk.read("moved") == b"old"
    files.put_in_place(file, "file", None)  # nothing has happened to the staged one
    assert disk.read("file") == b"new"


def test_nothing_is_placed_in_a_folder_that_is_not_there(files: FileSystem) -> None:
    with pytest.raises(Vanished):
        files.put_in_place(staged(files, b"x"), "absent/file", None)


def test_a_discarded_file_is_gone_and_discarding_again_is_harmless(disk: Disk, files: FileSystem) -> None:
    file = staged(files, b"x")
    file.discard()
    file.discard()
    with pytest.raises(Vanished):
        files.put_in_place(file, "file", None)
    placed = staged(files, b"y")
    files.put_in_place(placed, "file", None)
    placed.discard()
    assert disk.read("file") == b"y"


# --- making, moving --------------------------------------------------------------------------------------------------


@on_unix
def test_folders_and_links_are_made_where_nothing_is(disk: Disk, files: FileSystem) -> None:
    assert files.make_folder("folder") == seen(files, "folder")
    assert files.make_symlink("folder/link", "/etc/passwd")[0].link_target == "/etc/passwd"
    with pytest.raises(Occupied):
        files.make_folder("folder")
    with pytest.raises(Occupied):
        files.make_symlink("folder/link", "x")


def test_a_move_keeps_the_object_and_replaces_nothing(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"x")
    disk.make("folder")
    disk.write("folder/there", b"y")
    inode = seen(files, "file").signature.inode
    with pytest.raises(Occupied):
        files.move("file", "folder/there")
    with pytest.raises(Occupied):
        files.move("file", "folder")
    with pytest.raises(Vanished):
        files.move("absent", "other")
    assert files.move("file", "folder/file").signature.inode == inode
    assert names(files, "folder") == {"file", "there"}


def test_a_folder_moves_with_all_it_holds_but_never_into_itself(disk: Disk, files: FileSystem) -> None:
    disk.make("a/b")
    disk.write("a/b/file", b"x")
    files.look("a/b/file")
    with pytest.raises(Changed):
        files.move("a", "a/b/c")
    files.move("a", "c")
    assert disk.read("c/b/file") == b"x"
    assert files.look("a/b/file") is None


def test_two_names_swap_by_way_of_the_parking_place(disk: Disk, files: FileSystem) -> None:
    disk.write("a", b"a")
    disk.write("b", b"b")
    parked = files.park("a")
    assert seen(files, parked).kind is Kind.FILE
    files.move("b", "a")
    files.move(parked, "b")
    assert (disk.read("a"), disk.read("b")) == (b"b", b"a")


def test_what_a_crash_left_parked_returns_to_its_place(disk: Disk, files: FileSystem) -> None:
    disk.make("folder/below")
    files.park("folder")
    disk.restart()
    disk.filesystem.clean_up(disk.now_ns())
    assert disk.exists("folder/below")
    assert disk.filesystem.recheck_trash(disk.now_ns()) == []


def test_what_a_crash_left_parked_is_told_if_its_place_is_taken(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"parked")
    files.park("file")
    disk.write("file", b"another")
    disk.restart()
    disk.filesystem.clean_up(disk.now_ns())
    (left,) = disk.filesystem.recheck_trash(disk.now_ns())
    assert left.path == "file"
    disk.filesystem.move(left.kept_at, "copy")
    assert disk.read("copy") == b"parked"
    assert disk.filesystem.recheck_trash(disk.now_ns()) == []


@pytest.mark.parametrize("disk", FOLDING, indirect=True)
def test_a_disk_that_does_not_tell_case_shows_each_thing_by_one_name(disk: Disk, files: FileSystem) -> None:
    assert not files.naming.tells_case
    disk.write("Fotos.txt", b"x")
    (shown,) = names(files)
    for spelling in ("Fotos.txt", "fotos.txt", "FOTOS.TXT"):
        assert seen(files, spelling).name == shown
    assert (shown == "Fotos.txt") is files.naming.keeps_case
    with pytest.raises(Occupied):
        files.put_in_place(staged(files, b"y"), "FOTOS.txt", None)
    with pytest.raises(Occupied):
        files.make_folder("FOTOS.txt")
    disk.write("other", b"y")
    with pytest.raises(Occupied):
        files.move("other", "FOTOS.txt")
    assert disk.read("Fotos.txt") == b"x"


@pytest.mark.scenario("S58")
@pytest.mark.parametrize("disk", FOLDING, indirect=True)
def test_a_name_may_change_in_case_alone(disk: Disk, files: FileSystem) -> None:
    disk.write("readme", b"x")
    disk.make("folder/below")
    files.move("readme", "ReadMe")
    files.move("folder", "Folder")
    expected = {"ReadMe", "Folder"} if files.naming.keeps_case else {"readme", "folder"}
    assert names(files) == expected
    assert names(files, "Folder") == {"below"}
    assert disk.read("readme") == b"x"


@on_unix
def test_a_link_to_what_no_path_can_be_changes_nothing(disk: Disk, files: FileSystem) -> None:
    disk.link_to("link", "old")
    old = seen(files, "link")
    for path, replaces in (("new", None), ("link", old.signature)):
        with pytest.raises(NotHoldable):
            files.make_symlink(path, "a\0b", replaces)
    assert names(files) == {"link"}
    assert seen(files, "link") == old


@on_unix
def test_a_link_is_replaced_as_a_file_is(disk: Disk, files: FileSystem) -> None:
    disk.link_to("link", "old")
    old = seen(files, "link").signature
    found, displaced = files.make_symlink("link", "new", old)
    assert (found.link_target, displaced) == ("new", None)
    assert found == seen(files, "link")
    with pytest.raises(Changed):
        files.make_symlink("link", "newer", old)
    fresh = seen(files, "link").signature
    disk.before_exchange(lambda: disk.save("link", b"a file by now"))
    found, displaced = files.make_symlink("link", "newest", fresh)
    assert found.link_target == "newest"
    assert displaced is not None
    files.move(displaced.kept_at, "copy")
    assert disk.read("copy") == b"a file by now"
    assert files.recheck_trash(disk.now_ns() + 11 * SECOND) == []


# --- modes, restarts ------------------------------------------------------------------------------------------------


@on_unix
def test_the_executable_bit_changes_on_the_expected_file_alone(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"x")
    disk.set_mode("file", 0o640)
    before = seen(files, "file").signature
    found = files.set_executable("file", True, before)
    assert found.executable
    assert disk.mode("file") == 0o750
    with pytest.raises(Changed):
        files.set_executable("file", False, before)
    assert files.set_executable("file", False, found.signature).executable is False
    assert disk.mode("file") == 0o640


def test_staging_is_empty_after_a_restart(disk: Disk, files: FileSystem) -> None:
    file = staged(files, b"half")
    disk.restart()
    disk.filesystem.clean_up(disk.now_ns())
    with pytest.raises((Vanished, DiskError)):
        disk.filesystem.put_in_place(file, "file", None)
    assert names(disk.filesystem) == set()
