"""Content in the web application: up, down, looked into and written, in a real browser."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import Complaints
from tests.web.people import OtherDevice
from tests.web.test_files import row, toast

ACTIVE = b"<!doctype html><script>document.title = 'ran'; fetch('/v1/account')</script><h1>Hello</h1>"
PICTURE = (Path(__file__).parents[2] / "server_api/web/static/mark.svg").read_bytes()


@pytest.fixture
def files(device: OtherDevice, sign_in: Callable[[Page], Page], page: Page) -> Page:
    device.file("notes.txt", b"Milk\r\nBread\r\n")
    device.folder("Papers")
    sign_in(page)
    expect(row(page, "notes.txt")).to_be_visible()
    return page


def choose(page: Page, what: str, paths: list[Path]) -> None:
    page.get_by_role("button", name="Upload", exact=True).click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("menuitem", name=what).click()
    chosen.value.set_files(paths)


def test_files_that_are_picked_go_up_and_a_device_has_them(files: Page, device: OtherDevice, tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_bytes(name.encode() * 1000)
    choose(files, "Upload files", [tmp_path / "one.txt", tmp_path / "two.txt"])
    expect(row(files, "two.txt")).to_contain_text("7.0 kB")
    expect(files.get_by_role("region", name="Transfers")).to_contain_text("2 files done")
    assert {"one.txt", "two.txt"} <= device.paths()


def test_a_folder_goes_up_whole(files: Page, device: OtherDevice, tmp_path: Path) -> None:
    for path in ("Trip/day one/a.txt", "Trip/b.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())
    files.get_by_role("button", name="Upload", exact=True).click()
    with files.expect_file_chooser() as chosen:
        files.get_by_role("menuitem", name="Upload a folder").click()
    chosen.value.set_files(tmp_path / "Trip")
    expect(row(files, "Trip")).to_be_visible()
    expect(files.get_by_role("region", name="Transfers")).to_contain_text("2 files done")
    assert {"Trip/day one/a.txt", "Trip/b.txt"} <= device.paths()


def drop(page: Page, onto: str, name: str, text: str) -> None:
    """As if a person dragged a file from elsewhere onto it; the browser itself must not open it."""
    is_taken = page.evaluate(
        """([selector, name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name));
            const target = document.querySelector(selector);
            for (const kind of ['dragover', 'drop']) {
                const event = new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
                if (target.dispatchEvent(event)) return false;
            }
            return true;
        }""",
        [onto, name, text],
    )
    assert is_taken


def test_files_are_dropped_onto_the_list_and_onto_a_folder(files: Page, device: OtherDevice) -> None:
    row(files, "Papers").dblclick()
    expect(files.get_by_role("heading", name="Papers")).to_be_attached()
    drop(files, ".empty", "first.txt", "into an empty folder")
    expect(row(files, "first.txt")).to_be_visible()
    drop(files, "nav", "nowhere.txt", "beside")
    files.go_back()
    expect(row(files, "notes.txt")).to_be_visible()
    drop(files, ".rows", "dropped.txt", "here")
    expect(row(files, "dropped.txt")).to_be_visible()
    drop(files, ".row.folder", "below.txt", "there")
    expect(files.get_by_role("region", name="Transfers")).to_contain_text("done")
    row(files, "Papers").dblclick()
    expect(row(files, "below.txt")).to_be_visible()
    assert {"dropped.txt", "Papers/below.txt", "Papers/first.txt"} <= device.paths()
    assert "nowhere.txt" not in {path.rpartition("/")[2] for path in device.paths()}


def test_of_a_name_that_is_taken_both_are_kept_or_the_new_one_is_a_version(files: Page, device: OtherDevice) -> None:
    drop(files, ".rows", "notes.txt", "another")
    files.get_by_role("button", name="Keep both").click()
    expect(row(files, "notes (2).txt")).to_be_visible()
    before = device.entry("notes.txt")
    drop(files, ".rows", "notes.txt", "newer words")
    files.get_by_role("button", name="Put the new one in its place").click()
    expect(row(files, "notes.txt")).to_contain_text("11 bytes")
    after = device.entry("notes.txt")
    assert (after.node_id, after.size) == (before.node_id, 11)
    drop(files, ".rows", "notes.txt", "no")
    expect(files.get_by_role("button", name="Keep both")).to_be_visible()
    files.keyboard.press("Escape")
    expect(files.get_by_role("dialog")).to_have_count(0)
    assert device.entry("notes.txt").revision_id == after.revision_id


def test_a_file_is_downloaded_under_its_name(files: Page) -> None:
    row(files, "notes.txt").click()
    with files.expect_download() as download:
        files.get_by_role("toolbar", name="Selection").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "notes.txt"
    assert Path(download.value.path()).read_bytes() == b"Milk\r\nBread\r\n"


def test_a_text_is_edited_in_place_and_keeps_its_line_ends(files: Page, device: OtherDevice) -> None:
    row(files, "notes.txt").dblclick()
    editor = files.get_by_role("textbox", name="Content")
    expect(editor).to_have_value("Milk\nBread\n")
    editor.fill("Milk\nBread\nEggs\n")
    files.get_by_role("button", name="Save").click()
    expect(toast(files)).to_contain_text("“notes.txt” is saved.")
    assert device.entry("notes.txt").size == len(b"Milk\r\nBread\r\nEggs\r\n")


def test_a_text_that_changed_meanwhile_is_not_overwritten(
    files: Page, device: OtherDevice, complaints: Complaints
) -> None:
    row(files, "notes.txt").dblclick()
    editor = files.get_by_role("textbox", name="Content")
    expect(editor).to_have_value("Milk\nBread\n")
    device.write("notes.txt", b"theirs")
    editor.fill("mine")
    files.get_by_role("button", name="Save").click()
    expect(files.get_by_role("alert")).to_contain_text("was changed elsewhere while you wrote")
    expect(editor).to_have_value("mine")
    assert device.entry("notes.txt").size == len(b"theirs")


def test_what_was_written_is_not_lost_by_leaving(files: Page) -> None:
    files.goto("/#/files/Papers")
    expect(files).to_have_title("Papers – Lockstep")
    files.go_back()
    row(files, "notes.txt").dblclick()
    editor = files.get_by_role("textbox", name="Content")
    expect(editor).to_be_focused()
    files.keyboard.type("Eggs ")
    leaving = files.get_by_role("dialog", name="Leave without saving?")
    for leave in (lambda: files.keyboard.press("Escape"), files.go_forward, lambda: files.mouse.click(4, 400)):
        leave()
        expect(leaving).to_be_visible()
        files.keyboard.press("Enter")
        expect(leaving).to_be_hidden()
        expect(editor).to_have_value("Eggs Milk\nBread\n")
    files.keyboard.press("Escape")
    leaving.get_by_role("button", name="Drop what I wrote").click()
    expect(editor).to_have_count(0)


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "no ending"])
def test_what_could_run_is_shown_as_text(files: Page, device: OtherDevice, name: str) -> None:
    device.file(name, ACTIVE + PICTURE)
    row(files, name).dblclick()
    expect(files.get_by_role("textbox", name="Content")).to_have_value((ACTIVE + PICTURE).decode())
    assert files.title() != "ran"


def picture(page: Page) -> bytes:
    drawn = page.evaluate(
        """() => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 30});
            canvas.getContext('2d').fillRect(0, 0, 40, 30);
            return canvas.toDataURL('image/png').split(',')[1];
        }"""
    )
    return b64decode(drawn)


def test_the_gallery_shows_pictures_small(files: Page, device: OtherDevice) -> None:
    device.file("real.png", picture(files))
    device.file("fake.png", ACTIVE)
    files.get_by_role("button", name="Show as a gallery").click()
    shown = row(files, "real.png").locator("img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 40
    expect(row(files, "fake.png").locator("img")).to_have_count(0)


def test_a_picture_is_shown_and_what_is_none_is_not(files: Page, device: OtherDevice) -> None:
    device.file("real.png", picture(files))
    device.file("fake.png", ACTIVE)
    row(files, "real.png").click()
    shown = files.locator(".preview img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 40
    row(files, "fake.png").click()
    expect(files.get_by_role("heading", name="fake.png")).to_be_visible()
    expect(shown).to_have_count(0)
    row(files, "real.png").dblclick()
    expect(files.locator("dialog img")).to_be_visible()
    assert str(files.locator("dialog img").get_attribute("src")).startswith("blob:")


def test_versions_are_told_and_brought_back(files: Page, device: OtherDevice) -> None:
    device.write("notes.txt", b"the second")
    expect(row(files, "notes.txt")).to_contain_text("10 bytes")
    late: list[Route] = []
    files.route("**/details", lambda route: late.append(route))  # noqa: PLW0108 - its attributes are set
    row(files, "notes.txt").click()
    files.get_by_role("tab", name="Versions").click()
    versions = files.get_by_role("tabpanel").get_by_role("listitem")
    expect(versions).to_have_count(2)
    with files.expect_event("requestfinished", lambda request: request.url.endswith("/details")):
        late[0].continue_()
    files.evaluate("() => new Promise(requestAnimationFrame)")
    files.unroute("**/details")
    with files.expect_download() as download:
        versions.last.get_by_role("button", name="Download").click()
    assert Path(download.value.path()).read_bytes() == b"Milk\r\nBread\r\n"
    versions.last.get_by_role("button", name="Open").click()
    before = files.get_by_role("textbox", name="Content")
    expect(before).to_have_value("Milk\nBread\n")
    expect(before).not_to_be_editable()
    files.keyboard.press("Escape")
    versions.last.get_by_role("button", name="Restore").click()
    expect(toast(files).last).to_contain_text("The version before is kept.")
    expect(versions).to_have_count(3)
    assert device.entry("notes.txt").size == len(b"Milk\r\nBread\r\n")


def test_nothing_that_gets_into_the_page_runs(files: Page, complaints: Complaints) -> None:
    complaints.expect("Content Security Policy|violates the following")
    files.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = "document.title = 'ran'";
            const button = document.createElement('button');
            button.setAttribute('onclick', "document.title = 'ran'");
            document.body.append(script, button);
            button.click();
        }"""
    )
    assert files.title() != "ran"
    loaded = files.evaluate(
        """() => new Promise((resolve) => {
            const script = document.createElement('script');
            script.src = 'https://files.example/evil.js';
            script.onload = () => resolve(true);
            script.onerror = () => resolve(false);
            document.body.append(script);
        })"""
    )
    assert loaded is False
    assert files.evaluate("fetch('https://files.example/').then(() => true, () => false)") is False
