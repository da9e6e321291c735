"""The window beside a real daemon and a real server, with another device of the same person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.desktop.desk import CONFLICTS, FILES, PROBLEMS, Desk
from tests.fixtures.accessible import BUTTON
from tests.fixtures.screen import Box

NEMO = Box(790, 30, 480, 700)
FIRST_FILE = (250, 145)
BESIDE_FILES = (250, 520)
"""In Nemo's window."""


def test_a_file_from_another_device_appears_and_its_copied_link_opens(desk: Desk) -> None:
    desk.show(FILES)
    desk.phone.write("arrived.txt", "from the phone")
    desk.phone.sync()
    desk.reader.await_thing("arrived.txt, file, In step")
    desk.screen.clear_clipboard()
    desk.screen.press("ctrl+f", "Escape")  # the keyboard is at the files then
    desk.screen.type("a")  # of more, a busy machine may take each for the first of another name
    desk.reader.await_focus("arrived.txt, file")
    desk.screen.press("ctrl+shift+c")
    link = desk.screen.until(desk.screen.clipboard, "the link")
    assert "arrived.txt" in requests.get(link, timeout=30).text
    desk.reader.await_thing("Link copied")


def test_an_older_version_is_restored_from_the_side_panel(desk: Desk) -> None:
    desk.same("letter.txt", "as it was")
    desk.same("letter.txt", "as it is, and longer")
    desk.show(FILES, chosen="letter.txt")
    desk.screen.press("alt+Return")
    desk.reader.click("Restore the version of", BUTTON)
    letter = desk.laptop.folder / "letter.txt"
    desk.screen.until(lambda: letter.read_text() == "as it was", "the older version on the disk")
    desk.laptop.sync()
    desk.phone.sync()
    assert (desk.phone.folder / "letter.txt").read_text() == "as it was"


def test_a_conflict_is_resolved_and_no_content_is_lost(desk: Desk) -> None:
    desk.same("notes.txt", "before")
    desk.laptop.write("notes.txt", "written on the laptop")
    desk.phone.write("notes.txt", "on the phone")
    desk.laptop.sync()
    desk.phone.sync()
    desk.laptop.sync()
    desk.show(CONFLICTS)
    desk.reader.await_thing("notes.txt")
    desk.reader.click("Keep the one from Phone", BUTTON)
    notes = desk.laptop.folder / "notes.txt"
    desk.screen.until(lambda: notes.read_text() == "on the phone", "the phone's content")
    desk.reader.await_thing("No conflicts")
    desk.laptop.sync()
    versions = desk.laptop.run("versions", "notes.txt", "--json").json
    assert [version["size"] for version in versions] == [
        len("on the phone"),
        len("written on the laptop"),
        len("before"),
    ]


def test_a_held_deletion_is_undone(desk: Desk) -> None:
    photos = [desk.laptop.write(f"photos/{number}.jpg", f"photo {number}") for number in range(201)]
    desk.laptop.sync()
    for photo in photos:
        photo.unlink()
    desk.show(PROBLEMS)
    desk.reader.click("Bring them back", BUTTON)
    desk.screen.until(lambda: all(photo.exists() for photo in photos), "the photos")
    desk.laptop.await_in_step()
    assert photos[7].read_text() == "photo 7"


@pytest.fixture
def outside(desk: Desk) -> Iterator[Path]:
    """A folder that is not synced, with a file in it, in a file manager beside the window."""
    folder = desk.screen.home / "outside"
    folder.mkdir()
    (folder / "come.txt").write_text("from outside")
    desk.show(FILES)  # while it is the window that keys go to
    desk.screen.place(desk.screen.await_window(name="Lockstep"), Box(0, 30, 760, 700))
    program = desk.screen.start("nemo", "--no-desktop", folder)
    desk.screen.place(desk.screen.await_window(name="outside"), NEMO)
    yield folder
    desk.screen.end(program)
    shutil.rmtree(folder)


def test_a_file_is_dragged_in_and_another_one_out(desk: Desk, outside: Path) -> None:
    leave = desk.laptop.write("leave.txt", "from the folder")
    here = desk.reader.await_box("leave.txt, file, In step")
    nemo = desk.screen.box(desk.screen.await_window(name="outside"))
    desk.screen.drag((nemo.x + FIRST_FILE[0], nemo.y + FIRST_FILE[1]), (here.x + 40, here.y + 250))
    desk.reader.await_thing("come.txt, file, In step")
    desk.phone.sync()
    assert (desk.phone.folder / "come.txt").read_text() == "from outside"
    assert (outside / "come.txt").exists()
    here = desk.reader.await_box("leave.txt, file, In step")
    desk.screen.drag((here.x + 40, here.middle[1]), (nemo.x + BESIDE_FILES[0], nemo.y + BESIDE_FILES[1]))
    left = outside / "leave.txt"
    desk.screen.until(lambda: left.exists() and left.read_text() == "from the folder", "the file in the other folder")
    assert leave.exists()  # or it would be deleted on all devices


def test_a_file_is_dragged_onto_a_folder_and_is_in_it(desk: Desk) -> None:
    desk.show(FILES)
    desk.laptop.write("Drawer/something.txt", "there before")
    moved = desk.laptop.write("moved.txt", "to the drawer")
    start = desk.reader.await_box("moved.txt, file, In step")
    end = desk.reader.await_box("Drawer, folder, In step")
    desk.screen.drag((start.x + 40, start.middle[1]), (end.x + 40, end.middle[1]))
    desk.screen.until((desk.laptop.folder / "Drawer/moved.txt").exists, "the file in the folder")
    assert not moved.exists()
    desk.reader.await_thing("Moved 1 item to “Drawer”.")
    beside = (0, desk.screen.box(desk.screen.await_window(name="Lockstep")).y - 25)
    start = desk.reader.await_box("Drawer, folder, In step")
    desk.screen.drag((start.x + 40, start.middle[1]), beside)  # nobody takes it there
    assert desk.laptop.tree().keys() >= {"Drawer/moved.txt", "Drawer/something.txt"}
