"""What every ``FileSystem`` does: the real folder and the one in memory alike."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_engine.core.model import Found, Kind
from sync_engine.core.platform_names import Naming
from sync_engine.errors import Changed, DiskError, NotHoldable, Occupied, Vanished
from sync_engine.ports import FileSystem, Staged
from tests.contract.disks import Disk, FakeDisk, RealDisk
from tests.fixtures.mounts import available_kinds, fresh_folder, own_mount, remount

SECOND = 1_000_000_000
MTIME = 1_234_567_890_000_000_000
FINE_MTIME = 1_234_567_890_123_456_789


UNIX = ["real", "fake", "fake that folds case"]
FOREIGN = [*available_kinds(), "fake that follows Windows"]
FOLDING = [*FOREIGN, "fake that folds case"]
"""Disks that do not tell case."""
on_unix = pytest.mark.parametrize("disk", UNIX, indirect=True)
"""For what other file systems do not have: links, modes, FIFOs, names of any bytes."""
NAMINGS = {
    "fake": Naming(),
    "fake that folds case": Naming(tells_case=False),
    "fake that follows Windows": Naming(tells_case=False, rules="windows"),
}


@pytest.fixture(params=[*UNIX, *FOREIGN])
def disk(request: pytest.FixtureRequest, folder_on_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    kind: str = request.param
    made: Disk
    if kind in NAMINGS:
        made = FakeDisk(naming=NAMINGS[kind])
    else:
        made = RealDisk(str(folder_on_disk / "folder" if kind == "real" else fresh_folder(kind)), monkeypatch)
    yield made
    made.close()


@pytest.fixture
def files(disk: Disk) -> FileSystem:
    return disk.filesystem


def staged(files: FileSystem, data: bytes, *, executable: bool = False, mtime_ns: int = MTIME) -> Staged:
    file = files.stage()
    file.write(data)
    file.finish(mtime_ns, executable=executable)
    return file


def seen(files: FileSystem, path: str) -> Found:
    found = files.look(path)
    assert found is not None
    return found


def names(files: FileSystem, path: str = "") -> set[str]:
    return {found.name for found in files.list_folder(path)}


# --- looking ---------------------------------------------------------------------------------------------------------


def test_the_room_on_the_disk_is_told(files: FileSystem) -> None:
    assert files.free_bytes() > 0
    staged(files, b"taken").discard()
    assert files.free_bytes() > 0


@on_unix
def test_a_listing_tells_what_each_object_is(disk: Disk, files: FileSystem) -> None:
    disk.make("folder/below")
    disk.write("folder/file", b"12345")
    disk.write("folder/program", b"")
    disk.set_mode("folder/program", 0o755)
    disk.link_to("folder/link", "../elsewhere")
    disk.special("folder/fifo")
    listing = {found.name: found for found in files.list_folder("folder")}
    assert {name: found.kind for name, found in listing.items()} == {
        "below": Kind.FOLDER,
        "file": Kind.FILE,
        "program": Kind.FILE,
        "link": Kind.SYMLINK,
        "fifo": None,
    }
    assert listing["file"].signature.size == 5
    assert [listing["file"].executable, listing["program"].executable] == [False, True]
    assert listing["link"].link_target == "../elsewhere"
    assert all(files.look(f"folder/{name}") == found for name, found in listing.items())


def test_the_private_folder_is_in_no_listing(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"")
    assert names(files) == {"file"}


def test_a_folders_signature_stays_while_its_children_change(disk: Disk, files: FileSystem) -> None:
    disk.make("folder")
    before = seen(files, "folder")
    disk.write("folder/file", b"")
    assert files.look("folder") == before


def test_a_files_signature_tells_writing_renaming_and_replacing(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"one")
    one = seen(files, "file").signature
    disk.write("file", b"three")
    three = seen(files, "file").signature
    assert three.inode == one.inode
    assert three != one
    disk.save("file", b"three")
    assert seen(files, "file").signature.inode != one.inode
    assert seen(files, "file").signature.size == 5


@on_unix
def test_hard_links_share_their_inode(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"x")
    disk.hard_link("file", "twin")
    assert seen(files, "file").signature == seen(files, "twin").signature


@pytest.mark.parametrize("path", ["absent", "absent/file", "file/below"])
def test_what_is_certainly_absent_is_seen_as_nothing(disk: Disk, files: FileSystem, path: str) -> None:
    disk.write("file", b"")
    assert files.look(path) is None


@pytest.mark.parametrize("path", ["absent", "file"])
def test_only_a_folder_can_be_listed(disk: Disk, files: FileSystem, path: str) -> None:
    disk.write("file", b"")
    with pytest.raises(Vanished):
        files.list_folder(path)


@on_unix
def test_a_link_leads_nowhere(disk: Disk, files: FileSystem) -> None:
    disk.make("folder")
    disk.write("folder/file", b"")
    disk.link_to("link", "folder")
    assert files.look("link/file") is None
    with pytest.raises(Vanished):
        files.list_folder("link")


@on_unix
@pytest.mark.parametrize("name", ["new\nline", "\x1b[31m", "caf\udce9", "a:b*?<>|", " x ", "x."])
def test_any_name_that_the_disk_has_can_be_worked_with(disk: Disk, files: FileSystem, name: str) -> None:
    _work_with(name, files)


@pytest.mark.scenario("S99")
@pytest.mark.parametrize("name", ["ünïcode", "e\u0301", " x", "ß" * 127, "n" * 255])
def test_long_names_and_those_of_any_script_can_be_worked_with(disk: Disk, files: FileSystem, name: str) -> None:
    _work_with(name, files)


@pytest.mark.scenario("S93")
@pytest.mark.parametrize("disk", [kind for kind in FOREIGN if kind != "ntfs"], indirect=True)
@pytest.mark.parametrize("name", ["a:b", "new\nline", 'what?<*>|"', "back\\slash", "CON", "x.", "y ", "LONGNA~1"])
def test_a_name_that_windows_does_not_take_is_refused_where_its_rules_go(
    disk: Disk, files: FileSystem, name: str
) -> None:
    disk.make("folder")
    for attempt in (
        lambda: files.make_folder(name),
        lambda: files.put_in_place(staged(files, b"x"), name, None),
        lambda: files.move("folder", name),
    ):
        with pytest.raises(NotHoldable):
            attempt()
    assert names(files) == {"folder"}


@pytest.mark.parametrize("disk", [kind for kind in FOREIGN if kind == "exfat"] or ["fake"], indirect=True)
def test_a_file_system_without_links_says_so(files: FileSystem, disk: Disk) -> None:
    if isinstance(disk, FakeDisk):
        disk.fail("make_symlink", "link", NotHoldable)
    with pytest.raises(NotHoldable):
        files.make_symlink("link", "target")


def _work_with(name: str, files: FileSystem) -> None:
    files.put_in_place(staged(files, b"x"), name, None)
    assert names(files) == {name}
    assert seen(files, name).name == name
    files.move(name, "plain")
    files.make_folder(name)
    files.move("plain", f"{name}/below")
    assert names(files, name) == {"below"}
    files.trash(f"{name}/below", seen(files, f"{name}/below").signature)
    files.trash(name, None)
    assert names(files) == set()


@pytest.mark.parametrize("path", ["n" * 256, "a/..", "..", ".", "nul\0", "folder/"])
def test_a_name_that_is_none_is_refused(disk: Disk, files: FileSystem, path: str) -> None:
    disk.make("folder")
    with pytest.raises((NotHoldable, Vanished)):
        files.make_folder(path)


@pytest.mark.parametrize("name", [".lockstep", ".LockStep", ".lockstep.", ".lock\u200bstep", "LOCKST~1"])
def test_nothing_is_made_in_the_private_folders_name(files: FileSystem, name: str) -> None:
    for attempt in (
        lambda: files.make_folder(name),
        lambda: files.make_folder(f"{name}/below"),
        lambda: files.make_symlink(name, "x"),
        lambda: files.put_in_place(staged(files, b""), name, None),
    ):
        with pytest.raises(NotHoldable):
            attempt()


# --- reading ---------------------------------------------------------------------------------------------------------


def test_an_open_file_stays_what_it_was_wherever_its_name_goes(disk: Disk, files: FileSystem) -> None:
    disk.write("file", b"hello world")
    file = files.open_file("file")
    assert file.read(5) == b"hello"
    disk.rename("file", "other")
    assert file.read(100) == b" world"
    assert file.read(100) == b""
    assert file.read_at(6, 5) == b"world"
    assert file.size() == 11
    after = seen(files, "other").signature
    assert file.is_as(after)
    disk.write("other", b"hello")
    assert file.size() == 5
    assert not file.is_as(after)
    file.close()
    file.close()


@on_unix
@pytest.mark.parametrize("path", ["folder", "fifo", "link"])
def test_only_a_regular_file_opens(disk: Disk, files: FileSystem, path: str) -> None:
    disk.make("folder")
    disk.special("fifo")
    disk.write("file", b"")
    disk.link_to("link", "file")
    with pytest.raises((Changed, Vanished)):
        files.open_file(path)


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


# --- deleting --------------------------------------------------------------------------------------------------------


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


# --- the rest --------------------------------------------------------------------------------------------------------


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
