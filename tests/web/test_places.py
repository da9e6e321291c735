"""What lies beside the files: links, what was deleted, what was done, devices, the account; in a real browser."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from server_api.contract.messages import ChangeNode, CreateNode, Kind, Place
from tests.fixtures.servers import PASSWORD, RunningServer
from tests.web.conftest import ELSEWHERE, Complaints
from tests.web.people import OtherDevice, Person
from tests.web.test_files import row, toast


@pytest.fixture
def files(device: OtherDevice, sign_in: Callable[[Page], Page], page: Page) -> Page:
    device.folder("Photos")
    device.file("Photos/lisbon.txt", b"by the sea")
    device.file("notes.txt", b"Milk")
    sign_in(page)
    expect(row(page, "notes.txt")).to_be_visible()
    return page


def go(page: Page, place: str) -> None:
    page.get_by_role("navigation", name="Places").get_by_role("link", name=place, exact=True).click()
    expect(page.get_by_role("heading", name=place, exact=True)).to_be_visible()


def test_a_folder_is_shared_and_the_link_withdrawn(
    files: Page, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    complaints.expect("status of 4(04|10)")
    row(files, "Photos").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Share").click()
    expect(files.get_by_text("What is put into this folder later is shared with it.")).to_be_visible()
    files.get_by_label("Password").fill("sesame")
    files.get_by_label("Downloads at most").fill("3")
    files.get_by_label("Title").fill("By the sea")
    files.get_by_role("button", name="Make the link").click()
    link = files.get_by_role("textbox", name="The link").input_value()
    files.get_by_role("button", name="Copy the link").click()
    expect(toast(files)).to_have_text("The link is copied.")
    visitor = new_page()
    visitor.goto(link)
    visitor.get_by_label("Password").fill("sesame")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="By the sea")).to_be_visible()
    visitor.get_by_role("link", name="lisbon.txt", exact=True).wait_for()
    go(files, "Shared")
    expect(files.get_by_role("listitem").filter(has_text="0 of 3 downloads, with a password")).to_be_visible()
    on_link(files, "Withdraw")
    expect(files.get_by_text("Nothing is shared.")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("lisbon.txt")).to_have_count(0)


def on_link(page: Page, item: str) -> None:
    page.get_by_role("button", name="More for the link").click()
    page.get_by_role("menuitem", name=item).click()


def test_others_add_files_through_a_link_that_is_changed_and_paused(
    files: Page, device: OtherDevice, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    complaints.expect("status of 4(03|04|10)")
    row(files, "Photos").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Share").click()
    files.get_by_label("add files to it").check()
    expect(files.get_by_text("What is put into this folder later is shared with it.")).to_be_hidden()
    files.get_by_label("A file at most, in MB").fill("0.01")
    files.get_by_label("Note for whoever opens it").fill("Your pictures, please")
    files.get_by_role("button", name="Make the link").click()
    link = files.get_by_role("textbox", name="The link").input_value()
    files.keyboard.press("Escape")
    visitor = new_page()
    visitor.goto(link)
    expect(visitor.get_by_text("Your pictures, please")).to_be_visible()
    expect(visitor.get_by_text("lisbon.txt")).to_have_count(0)
    visitor.locator("input[type=file]").set_input_files({"name": "sea.txt", "mimeType": "", "buffer": b"blue"})
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("heading", name="One file was received")).to_be_visible()
    assert "Photos/sea.txt" in device.paths()
    go(files, "Shared")
    expect(files.get_by_role("listitem")).to_contain_text("others add files, until")
    expect(files.get_by_role("listitem")).to_contain_text("1 file, 4 bytes")
    on_link(files, "Change")
    files.get_by_label("Files at most").fill("2")
    files.get_by_label("Password").fill("sesame")
    files.get_by_role("button", name="Change it").click()
    expect(files.get_by_role("listitem")).to_contain_text("1 of 2 files, 4 bytes, with a password")
    visitor.goto(link)
    expect(visitor.get_by_label("Password")).to_be_visible()
    on_link(files, "Change")
    files.get_by_label("Take the password away").check()
    files.get_by_role("button", name="Change it").click()
    expect(files.get_by_role("listitem")).not_to_contain_text("password")
    on_link(files, "Pause")
    expect(files.get_by_role("listitem")).to_contain_text("paused")
    visitor.goto(link)
    expect(visitor.locator("input[type=file]")).to_have_count(0)
    on_link(files, "Have it go on")
    expect(files.get_by_role("listitem")).not_to_contain_text("paused")


def test_a_file_is_shown_as_it_is_now_without_a_download(
    files: Page, device: OtherDevice, new_page: Callable[..., Page]
) -> None:
    row(files, "notes.txt").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Share").click()
    files.get_by_label("Go on showing the file as it is now").check()
    files.get_by_label("Show it without a download").check()
    files.get_by_role("button", name="Make the link").click()
    link = files.get_by_role("textbox", name="The link").input_value()
    expect(files.get_by_text("without a download, as the file was")).to_be_visible()
    device.write("notes.txt", b"Bread")
    visitor = new_page()
    visitor.goto(link)
    expect(visitor.frame_locator("iframe").get_by_text("Milk")).to_be_visible()
    expect(visitor.get_by_role("link", name="Download")).to_have_count(0)


def test_the_password_of_a_link_can_be_given_over_plain_http(
    files: Page, new_page: Callable[..., Page], site: RunningServer, complaints: Complaints
) -> None:
    complaints.expect("Cross-Origin-Opener-Policy header has been ignored")
    complaints.expect("favicon")
    row(files, "notes.txt").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Share").click()
    files.get_by_label("Password").fill("sesame")
    files.get_by_role("button", name="Make the link").click()
    link = urlsplit(files.get_by_role("textbox", name="The link").input_value()).path
    visitor = new_page()
    visitor.goto(f"http://{ELSEWHERE}:{urlsplit(site.url).port}{link}")
    visitor.get_by_label("Password").fill("sesame")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_text("notes.txt").first).to_be_visible()


def test_what_was_deleted_is_brought_back(files: Page, device: OtherDevice) -> None:
    go(files, "Deleted")
    expect(files.get_by_text("Nothing is deleted.")).to_be_visible()
    before = device.paths()
    device.delete("Photos")
    device.delete("notes.txt")
    for name in ("Photos", "notes.txt"):
        files.get_by_role("button", name=f"Bring it back: {name}").click()
        expect(toast(files).last).to_have_text(f"“{name}” is back.")
    assert device.paths() == before
    files.get_by_role("button", name="Show it").last.click()
    expect(row(files, "notes.txt")).to_be_visible()


def test_a_folder_is_rewound_and_that_taken_back(files: Page, device: OtherDevice) -> None:
    device.write("Photos/lisbon.txt", b"in the hills, that is longer")
    device.file("Photos/new.txt", b"new")
    row(files, "Photos").click(button="right")
    files.get_by_role("menuitem", name="Go back to an earlier time").click()
    moments = files.get_by_role("radio")
    expect(moments.first).to_be_visible()
    files.get_by_label("As it was at").fill("2099-01-01T12:00")
    expect(files.get_by_text("Nothing would change.")).to_be_visible()
    files.get_by_role("radio", name=re.compile("changed lisbon.txt")).check()
    expect(files.get_by_text("1 file gets the content of then")).to_be_visible()
    files.get_by_role("button", name="Make it as it was").click()
    expect(toast(files)).to_contain_text("“Photos” is as it was")
    assert device.entry("Photos/lisbon.txt").size == len(b"by the sea")
    assert "Photos/new.txt" not in device.paths()
    files.get_by_role("button", name="Undo").click()
    expect(toast(files)).to_contain_text("“Photos” is as it was before that.")
    assert device.entry("Photos/lisbon.txt").size == len(b"in the hills, that is longer")
    assert "Photos/new.txt" in device.paths()


def test_what_was_done_at_once_is_undone_at_once(files: Page, device: OtherDevice) -> None:
    old, photos = device.entry("Photos/lisbon.txt"), device.folder("Photos")
    device.commit(
        CreateNode(
            operation_id=secrets.token_bytes(16),
            node_id=secrets.token_bytes(16),
            kind=Kind.FOLDER,
            place=Place(parent_id=photos, name="2026"),
        ),
        ChangeNode(
            operation_id=secrets.token_bytes(16),
            node_id=old.node_id,
            base=old.revision_id,
            place=Place(parent_id=photos, name="sea.txt"),
        ),
    )
    row(files, "Photos").click(button="right")
    files.get_by_role("menuitem", name="Go back to an earlier time").click()
    files.get_by_role("radio", name=re.compile("renamed sea.txt")).check()
    expect(files.get_by_text("1 item goes back to its place; 1 item that is newer is deleted")).to_be_visible()


def test_what_was_done_is_told_as_it_happens(files: Page, device: OtherDevice) -> None:
    go(files, "Activity")
    first = files.get_by_role("listitem").first
    device.move("notes.txt", "letters.txt")
    expect(files.get_by_role("listitem").first).to_contain_text(
        "Laptop renamed letters.txt from notes.txt in All files"
    )
    device.delete("letters.txt")
    expect(first).to_contain_text("Laptop deleted letters.txt")


def test_a_device_is_revoked_with_the_password(files: Page, person: Person, complaints: Complaints) -> None:
    complaints.expect("status of 401")
    person.device("Lost phone").close()
    go(files, "Devices")
    expect(files.get_by_label("Command")).to_contain_text(f"--email {person.email}")
    files.get_by_role("button", name="Revoke Lost phone").click()
    password = files.get_by_label("Your password")
    password.fill("wrong")
    password.press("Enter")
    expect(files.get_by_role("alert")).to_have_text("The password is wrong.")
    password.fill(PASSWORD)
    password.press("Enter")
    expect(toast(files)).to_have_text("“Lost phone” is signed out.")
    expect(files.get_by_role("listitem").filter(has_text="Lost phone")).to_contain_text("signed out")


def test_the_password_is_changed(files: Page, person: Person) -> None:
    go(files, "Account")
    files.get_by_role("button", name="Change the password").first.click()
    new = secrets.token_hex(8)
    files.get_by_label("The password of now").fill(PASSWORD)
    files.get_by_label("The new one").fill(new)
    files.keyboard.press("Enter")
    expect(toast(files)).to_contain_text("The password is changed.")
    files.get_by_role("button", name="Sign out", exact=True).click()
    files.get_by_role("link", name="Sign in again").click()
    files.get_by_label("Email address").fill(person.email)
    files.get_by_label("Password").fill(new)
    files.get_by_role("button", name="Sign in").click()
    expect(row(files, "notes.txt")).to_be_visible()


def test_the_second_factor_is_turned_on_and_off(files: Page) -> None:
    go(files, "Account")
    files.get_by_role("button", name="Turn it on").click()
    files.get_by_label("Your password").fill(PASSWORD)
    files.keyboard.press("Enter")
    expect(files.get_by_role("img", name="QR code")).to_be_visible()
    secret = files.get_by_label("Secret").inner_text().replace(" ", "")
    files.get_by_label("The code that it shows").fill(pyotp.TOTP(secret).now())
    files.keyboard.press("Enter")
    assert len(files.locator(".codes").inner_text().split("\n")) == 10
    files.keyboard.press("Escape")
    expect(files.get_by_role("dialog", name="Have you kept the codes?")).to_be_visible()
    files.keyboard.press("Enter")
    expect(files.get_by_role("dialog")).to_have_count(1)
    files.get_by_role("button", name="I have kept them").click()
    expect(files.get_by_text("10 recovery codes are left")).to_be_visible()
    files.get_by_role("button", name="Turn it off").click()
    files.get_by_label("Your password").fill(PASSWORD)
    files.keyboard.press("Enter")
    expect(files.get_by_role("button", name="Turn it on")).to_be_visible()


def test_the_places_are_accessible(files: Page, device: OtherDevice, accessible: Callable[[Page], None]) -> None:
    device.delete("notes.txt")
    row(files, "Photos").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Share").click()
    accessible(files)
    files.get_by_role("button", name="Make the link").click()
    expect(files.get_by_role("textbox", name="The link")).to_be_visible()
    files.keyboard.press("Escape")
    for place in ("Shared", "Deleted", "Activity", "Devices", "Account"):
        go(files, place)
        expect(files.get_by_role("listitem").first).to_be_visible()
        accessible(files)
