"""The window beside a real daemon and a real server, with another device of the same person."""

from __future__ import annotations

import requests

from tests.desktop.desk import CONFLICTS, FILES, PROBLEMS, Desk
from tests.fixtures.accessible import BUTTON


def test_a_file_from_another_device_appears_and_its_copied_link_opens(desk: Desk) -> None:
    desk.show(FILES)
    desk.phone.write("arrived.txt", "from the phone")
    desk.phone.sync()
    desk.reader.await_thing("arrived.txt, file, In step")
    desk.screen.clear_clipboard()
    desk.screen.press("ctrl+f", "Escape")  # the keyboard is at the files then
    desk.screen.type("arrived")
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
