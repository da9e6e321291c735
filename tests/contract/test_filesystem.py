"""What every ``FileSystem`` tells: the real folder and the one in memory alike."""

from __future__ import annotations

import pytest

from sync_engine.core.model import Kind
from sync_engine.errors import Changed, NotHoldable, Vanished
from sync_engine.ports import FileSystem
from tests.contract.disks import (
    FOREIGN,
    Disk,
    FakeDisk,
    names,
    on_unix,
    seen,
    staged,
)

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
