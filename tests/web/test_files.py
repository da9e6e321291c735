"""The file browser, in a real browser: looking around, and all that can be done with what is there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.conftest import PHONE, Complaints
from tests.web.people import OtherDevice

HOSTILE = [
    "a\u202egpj.exe",
    "bell\u0007and\u001b[31m.txt",
    "<img src=x onerror=alert(1)>.txt",
    "line\u2028break",
    "'\"&amp;`${1}",
    "%2e%2e%2fetc",
]


@pytest.fixture
def files(device: OtherDevice, sign_in: Callable[[Page], Page], page: Page) -> Page:
    """The application, of somebody who has some files."""
    for folder in ("Photos/2026", "Papers"):
        device.folder(folder)
    for number, name in enumerate(("notes.txt", "b.txt", "a10.txt", "a9.txt")):
        device.file(name, b"x" * (number + 1) * 100)
    device.file("Photos/2026/lisbon.txt", b"by the sea")
    sign_in(page)
    expect(row(page, "notes.txt")).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("option").filter(has=page.get_by_title(name, exact=True))


def names(page: Page) -> list[str]:
    return page.locator(".row .name").all_text_contents()


def toast(page: Page) -> Locator:
    return page.locator(".toast p")


def test_folders_are_gone_into_and_back_from(files: Page) -> None:
    row(files, "Photos").dblclick()
    row(files, "2026").click()
    files.keyboard.press("Enter")
    expect(row(files, "lisbon.txt")).to_be_visible()
    assert files.url.endswith("#/files/Photos/2026")
    expect(files).to_have_title("2026 – Lockstep")
    files.go_back()
    expect(row(files, "2026")).to_be_visible()
    files.go_forward()
    expect(row(files, "lisbon.txt")).to_be_visible()
    files.reload()
    row(files, "lisbon.txt").dblclick()
    expect(files.get_by_role("textbox", name="Content")).to_be_visible()
    files.go_back()
    expect(files.get_by_role("dialog")).to_have_count(0)
    files.go_forward()
    expect(row(files, "lisbon.txt")).to_be_visible()
    files.keyboard.press("Backspace")
    expect(row(files, "2026")).to_have_attribute("aria-selected", "true")
    files.get_by_role("navigation", name="Folder").get_by_role("link", name="All files").click()
    expect(row(files, "notes.txt")).to_be_visible()


def test_a_folder_that_cannot_be_read_says_so_and_is_read_later(files: Page, complaints: Complaints) -> None:
    complaints.expect("net::ERR_INTERNET_DISCONNECTED")
    files.context.set_offline(True)
    row(files, "Photos").dblclick()
    expect(files.locator(".empty").get_by_text("The server cannot be reached.")).to_be_visible()
    expect(files.get_by_role("option")).to_have_count(0)
    files.get_by_role("button", name="Try again").click()
    files.get_by_role("button", name="New folder").click()
    expect(files.get_by_role("dialog")).to_have_count(0)
    files.context.set_offline(False)
    expect(row(files, "2026")).to_be_visible()


def test_entries_are_sorted_by_name_time_and_size_folders_first(files: Page) -> None:
    assert names(files) == ["Papers", "Photos", "a9.txt", "a10.txt", "b.txt", "notes.txt"]
    files.get_by_role("button", name="Size").click()
    assert names(files)[2:] == ["a9.txt", "a10.txt", "b.txt", "notes.txt"]
    files.get_by_role("button", name="Size").click()
    assert names(files)[2:] == ["notes.txt", "b.txt", "a10.txt", "a9.txt"]
    files.get_by_role("button", name="Changed").click()
    assert names(files)[2:] == ["a9.txt", "a10.txt", "b.txt", "notes.txt"]
    files.reload()
    expect(files.get_by_role("button", name="Changed")).to_have_attribute("aria-pressed", "true")


def test_what_a_device_does_is_seen_at_once(files: Page, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("status of 404")
    device.file("from the phone.txt", b"new")
    expect(row(files, "from the phone.txt")).to_be_visible()
    device.move("from the phone.txt", "renamed.txt")
    expect(row(files, "renamed.txt")).to_be_visible()
    expect(row(files, "from the phone.txt")).to_have_count(0)
    device.write("b.txt", b"y" * 12_345)
    expect(row(files, "b.txt")).to_contain_text("12.3 kB")
    device.move("renamed.txt", "Papers/renamed.txt")
    expect(row(files, "renamed.txt")).to_have_count(0)
    device.delete("b.txt")
    expect(row(files, "b.txt")).to_have_count(0)
    row(files, "Papers").dblclick()
    expect(row(files, "renamed.txt")).to_be_visible()
    device.delete("Papers")
    expect(files.get_by_text("This folder is not here any more.")).to_be_visible()


def test_folders_are_made_and_renamed(files: Page, device: OtherDevice) -> None:
    files.get_by_role("button", name="New folder").click()
    name = files.get_by_label("Name", exact=True)
    name.fill("Photos")
    name.press("Enter")
    expect(files.get_by_role("alert")).to_have_text("Something called “Photos” is there already.")
    name.fill(".lockstep")
    name.press("Enter")
    expect(files.get_by_role("alert")).to_contain_text("reserved")
    name.fill("Plans")
    name.press("Enter")
    expect(row(files, "Plans")).to_have_attribute("aria-selected", "true")
    expect(files.get_by_role("dialog")).to_have_count(0)
    files.keyboard.press("F2")
    files.get_by_label("New name").fill("Plans of 2027")
    files.keyboard.press("Enter")
    expect(row(files, "Plans of 2027")).to_have_attribute("aria-selected", "true")
    assert "Plans of 2027" in device.paths()
    assert "Plans" not in device.paths()


def test_a_new_name_keeps_the_ending_unless_it_is_typed(files: Page, device: OtherDevice) -> None:
    row(files, "notes.txt").click()
    files.keyboard.press("F2")
    files.keyboard.type("letters")
    files.keyboard.press("Enter")
    expect(row(files, "letters.txt")).to_be_visible()
    assert "letters.txt" in device.paths()


def test_what_is_deleted_comes_back_by_undo(files: Page, device: OtherDevice) -> None:
    device.file("Photos/old.txt", b"deleted before")
    device.delete("Photos/old.txt")
    before = device.paths()
    row(files, "Photos").click()
    row(files, "notes.txt").click(modifiers=["Control"])
    files.keyboard.press("Delete")
    expect(toast(files)).to_have_text("2 items are deleted, on every device.")
    expect(row(files, "Photos")).to_have_count(0)
    assert device.paths() == before - {"Photos", "Photos/2026", "Photos/2026/lisbon.txt", "notes.txt"}
    files.get_by_role("button", name="Undo").click()
    expect(toast(files)).to_have_text("Everything is back.")
    expect(row(files, "Photos")).to_be_visible()
    assert device.paths() == before, "and nothing besides"


def test_entries_are_moved_by_a_dialog_and_by_dragging(files: Page, device: OtherDevice) -> None:
    row(files, "notes.txt").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Move").click()
    tree = files.get_by_role("tree")
    tree.get_by_text("Photos").click()
    tree.get_by_text("2026").click()
    files.get_by_role("button", name="Move here").click()
    expect(toast(files)).to_have_text("“notes.txt” is in “2026” now.")
    row(files, "a9.txt").click()
    row(files, "b.txt").click(modifiers=["Shift"])
    row(files, "a10.txt").drag_to(row(files, "Papers"))
    expect(row(files, "a9.txt")).to_have_count(0)
    moved = {"Papers/a9.txt", "Papers/a10.txt", "Papers/b.txt", "Photos/2026/notes.txt"}
    assert moved <= device.paths()
    row(files, "Papers").dblclick()
    crumb = files.get_by_role("navigation", name="Folder").get_by_role("link", name="All files")
    row(files, "b.txt").drag_to(crumb)
    expect(row(files, "b.txt")).to_have_count(0)
    assert "b.txt" in device.paths()


def test_a_folder_cannot_go_into_itself_nor_a_name_onto_another(files: Page, device: OtherDevice) -> None:
    device.file("Papers/notes.txt", b"another")
    row(files, "notes.txt").drag_to(row(files, "Papers"))
    expect(toast(files)).to_have_text("Something called “notes.txt” is there already.")
    expect(row(files, "notes.txt")).to_be_visible()
    row(files, "Photos").click()
    files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Move").click()
    expect(files.get_by_role("tree").get_by_text("Papers")).to_be_visible()
    expect(files.get_by_role("tree").get_by_text("Photos")).to_have_count(0)


def test_many_files_are_deleted_once_somebody_was_asked(files: Page, device: OtherDevice) -> None:
    device.folder("Photos/many")
    device.many("Photos/many", [f"{number}.jpg" for number in range(200)])
    before = device.changes()
    row(files, "Photos").click()
    files.keyboard.press("Delete")
    expect(files.get_by_role("heading", name="Delete 201 files?")).to_be_visible()
    files.keyboard.press("Escape")
    expect(row(files, "Photos")).to_be_visible()
    files.keyboard.press("Delete")
    files.get_by_role("button", name="Delete 201 files everywhere").click()
    expect(toast(files)).to_have_text("“Photos” is deleted, on every device.")
    gone = {change.name: change.approved for change in device.changes(before).changes if change.deleted}
    assert gone["Photos"], "devices need not ask again"


def test_what_was_changed_elsewhere_is_not_deleted_unseen(
    files: Page, device: OtherDevice, complaints: Complaints
) -> None:
    hold_news(files)
    device.write("notes.txt", b"their words")
    device.file("Photos/2026/new.txt", b"new below")
    row(files, "notes.txt").click()
    files.keyboard.press("Delete")
    expect(toast(files)).to_contain_text("“notes.txt” was changed elsewhere meanwhile, so it was left as it is.")
    row(files, "Photos").click()
    files.keyboard.press("Delete")
    expect(toast(files).last).to_contain_text("“Photos” was changed elsewhere meanwhile")
    assert {"notes.txt", "Photos/2026/new.txt"} <= device.paths()


def test_a_commit_whose_answer_is_lost_happens_once(files: Page, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("net::ERR_FAILED")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    files.route("**/commits", lose)
    row(files, "notes.txt").click()
    files.keyboard.press("Delete")
    expect(toast(files)).to_have_text("“notes.txt” is deleted, on every device.")
    assert "applied" in lost[0]
    assert "notes.txt" not in device.paths()


def test_two_tabs_take_turns(files: Page, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("status of 409")
    other = files.context.new_page()
    other.goto("/")
    for number, tab in enumerate([files, files, files, other, files, other]):
        tab.bring_to_front()
        tab.keyboard.press("Escape")
        tab.get_by_role("button", name="New folder").click()
        tab.get_by_label("Name", exact=True).fill(f"of tab {number}")
        tab.keyboard.press("Enter")
        expect(row(tab, f"of tab {number}")).to_be_visible()
        expect(tab.get_by_role("dialog")).to_have_count(0)
    assert {f"of tab {number}" for number in range(6)} <= device.paths()


def test_everything_can_be_done_by_keyboard(files: Page) -> None:
    files.keyboard.press("ArrowDown")
    files.keyboard.press("ArrowDown")
    expect(row(files, "Photos")).to_have_attribute("aria-selected", "true")
    files.keyboard.press("Shift+ArrowDown")
    expect(files.get_by_role("option", selected=True)).to_have_count(2)
    files.keyboard.press("Control+a")
    expect(files.get_by_role("option", selected=True)).to_have_count(6)
    files.keyboard.press("Escape")
    expect(files.get_by_role("option", selected=True)).to_have_count(0)
    files.keyboard.press("End")
    expect(row(files, "notes.txt")).to_have_attribute("aria-selected", "true")
    files.keyboard.type("a1")
    expect(row(files, "a10.txt")).to_have_attribute("aria-selected", "true")
    files.keyboard.press("Shift+F10")
    files.keyboard.press("Escape")
    files.keyboard.press("Home")
    files.keyboard.press("Enter")
    expect(files.get_by_text("This folder is empty.")).to_be_visible()
    expect(files.get_by_role("button", name="Upload files")).to_be_focused()
    files.keyboard.press("Backspace")
    expect(row(files, "Papers")).to_have_attribute("aria-selected", "true")
    files.keyboard.press("/")
    files.keyboard.type("lisb")
    expect(row(files, "lisbon.txt")).to_be_visible()
    files.keyboard.press("Escape")
    expect(row(files, "notes.txt")).to_be_visible()


def test_names_are_found_wherever_they_are(files: Page) -> None:
    files.get_by_label("Search by name").fill("LISBON")
    expect(row(files, "lisbon.txt")).to_contain_text("Photos/2026")
    row(files, "lisbon.txt").click()
    files.keyboard.press("Delete")
    expect(toast(files)).to_have_text("“lisbon.txt” is deleted, on every device.")
    files.get_by_role("button", name="Undo").click()
    expect(toast(files)).to_have_text("Everything is back.")
    files.get_by_label("Search by name").fill("no such name")
    expect(files.get_by_text("Nothing has no such name in its name.")).to_be_visible()


def test_a_search_that_has_not_looked_at_everything_says_so_and_goes_on(
    page: Page, device: OtherDevice, sign_in: Callable[[Page], Page]
) -> None:
    device.many("Many", [f"needle {number:03}" for number in range(600)])
    sign_in(page)
    page.get_by_label("Search by name").fill("needle")
    expect(page.get_by_text("There may be more: not all names were looked at.")).to_be_visible()
    expect(page.get_by_text("500 files")).to_be_visible()
    page.get_by_role("button", name="Look further").click()
    expect(page.get_by_text("600 files")).to_be_visible()
    expect(page.get_by_role("button", name="Look further")).to_be_hidden()
    page.get_by_label("Search by name").fill("needle 00")
    expect(page.get_by_text("10 files")).to_be_visible()
    expect(page.get_by_role("button", name="Look further")).to_be_hidden()


def test_what_a_search_found_can_be_put_in_another_order(
    page: Page, device: OtherDevice, sign_in: Callable[[Page], Page]
) -> None:
    device.many("Many", ["needle b", "needle a", "needle c"])
    sign_in(page)
    page.get_by_label("Search by name").fill("needle")
    expect(page.get_by_text("3 files")).to_be_visible()
    by_name = page.get_by_role("button", name="Name", exact=True)
    by_name.click()
    expect(page.locator(".row .name")).to_have_text(["needle a", "needle b", "needle c"])
    by_name.click()
    expect(page.locator(".row .name")).to_have_text(["needle c", "needle b", "needle a"])
    page.get_by_label("Search by name").fill("")
    expect(by_name).to_have_attribute("aria-pressed", "true")  # the folder's own order stays as it was


def test_ten_thousand_entries_are_no_trouble(page: Page, device: OtherDevice, sign_in: Callable[[Page], Page]) -> None:
    device.many("Many", [f"{number:05}.txt" for number in range(10_000)])
    sign_in(page)
    row(page, "Many").dblclick()
    expect(page.get_by_text("10,000 files")).to_be_visible()
    assert page.locator(".row").count() < 100
    took_ms = page.evaluate(
        """async () => {
            const list = document.querySelector('.rows');
            const frames = [];
            for (let step = 0; step < 40; step++) {
                const began = performance.now();
                list.scrollTop += 7000;
                await new Promise(requestAnimationFrame);
                frames.push(performance.now() - began);
            }
            return frames.sort((a, b) => a - b)[20];
        }"""
    )
    print(f"a frame while scrolling: {took_ms:.1f} ms")
    page.keyboard.press("End")
    expect(row(page, "09999.txt")).to_have_attribute("aria-selected", "true")
    expect(row(page, "09999.txt")).to_have_attribute("aria-setsize", "10000")
    assert page.locator(".row").count() < 100
    page.keyboard.press("Control+a")
    expect(page.get_by_text("10,000 selected")).to_be_visible()
    device.delete("Many/09999.txt")
    expect(page.locator(".chosen").get_by_text("9,999 selected")).to_be_visible()
    page.get_by_role("navigation", name="Folder").get_by_role("link", name="All files").click()
    expect(row(page, "Many")).to_be_visible()
    page.go_back()
    expect(row(page, "09998.txt")).to_be_visible()


def test_hostile_names_are_shown_and_do_nothing(
    page: Page, device: OtherDevice, sign_in: Callable[[Page], Page]
) -> None:
    for name in HOSTILE:
        device.file(f"{name}/{name}" if name == HOSTILE[2] else name, b"x")
    sign_in(page)
    expect(page.locator(".row")).to_have_count(len(HOSTILE))
    shown = "".join(names(page))
    assert not re.search("[\u202e\u0007\u001b\u2028]", shown)
    assert "\ufffd" in shown
    page.locator(".row", has_text="<img").dblclick()
    expect(page.locator(".row")).to_have_count(1)
    assert page.locator("main img").count() == 0
    page.keyboard.press("Backspace")
    page.locator(".row", has_text="%2e").click()
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("%2e%2e%2fetc")
    assert "%2e%2e%2fetc" not in device.paths()


def test_the_gallery_goes_by_rows_and_columns(files: Page) -> None:
    files.get_by_role("button", name="Show as a gallery").click()
    files.locator(".rows").focus()
    files.keyboard.press("Home")
    files.keyboard.press("ArrowRight")
    expect(row(files, "Photos")).to_have_attribute("aria-selected", "true")
    files.keyboard.press("ArrowDown")
    expect(row(files, "Photos")).to_have_attribute("aria-selected", "false")
    files.reload()
    expect(files.get_by_role("button", name="Show as a list")).to_be_visible()


def test_on_a_phone_a_tap_opens_and_a_tap_on_the_circle_chooses(
    new_page: Callable[..., Page], device: OtherDevice, sign_in: Callable[[Page], Page]
) -> None:
    page = new_page(**PHONE, has_touch=True, is_mobile=True)
    device.file("Photos/a.txt", b"x")
    device.file("Photos/b.txt", b"x")
    sign_in(page)
    row(page, "Photos").locator(".tick").tap()
    bar = page.get_by_role("toolbar", name="Selection")
    for name in ("Clear the selection", "Download", "Share", "Rename", "Move", "Delete", "More"):
        expect(bar.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    bar.get_by_role("button", name="Clear the selection").tap()
    row(page, "Photos").tap()
    row(page, "a.txt").locator(".tick").tap()
    row(page, "b.txt").tap()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Details").tap()
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("2 items")
    page.go_back()
    expect(details).to_be_hidden()
    page.get_by_role("toolbar", name="Folder").get_by_role("button", name="More").tap()
    expect(page.get_by_role("menuitem", name="Go back to an earlier time")).to_be_visible()
    page.keyboard.press("Escape")
    places = page.get_by_role("navigation", name="Places")
    page.get_by_role("button", name="Places").tap()
    expect(places).to_be_visible()
    page.touchscreen.tap(PHONE["width"] - 20, 500)
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Places").tap()
    page.keyboard.press("Escape")
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Places").tap()
    page.get_by_role("link", name="Activity").tap()
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()


def test_details_name_the_devices_that_have_a_file(files: Page, device: OtherDevice) -> None:
    row(files, "notes.txt").click()
    details = files.get_by_role("tabpanel")
    expect(details).to_contain_text("None has said that it has it as it is now.")
    device.tell_position(1)
    row(files, "b.txt").click()
    expect(details).to_contain_text("Laptop (as of ")


def test_who_is_signed_out_elsewhere_is_led_to_the_way_in(
    files: Page, device: OtherDevice, complaints: Complaints
) -> None:
    complaints.expect("status of 401")
    files.request.post("/sign-out")
    expect(files.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_browser_is_accessible(
    new_page: Callable[..., Page],
    device: OtherDevice,
    sign_in: Callable[[Page], Page],
    accessible: Callable[[Page], None],
    scheme: str,
) -> None:
    device.file("Photos/a.txt", b"x")
    device.file("notes.txt", b"x")
    page = sign_in(new_page(color_scheme=scheme))
    row(page, "notes.txt").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("On the server since")
    accessible(page)
    page.get_by_role("button", name="Rename").click()
    accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Move").click()
    expect(page.get_by_role("tree").get_by_text("Photos")).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show as a gallery").click()
    row(page, "notes.txt").click(button="right")
    accessible(page)
    page.keyboard.press("Escape")
    page.get_by_label("Search by name").fill("a.txt")
    expect(row(page, "a.txt")).to_be_visible()
    accessible(page)


def hold_news(page: Page) -> None:
    """From now on this page hears nothing of what others do."""
    page.route("**/v1/wait", lambda route: None)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
