"""The pages of share links, in a real browser without scripts, as visitors have them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from server_api.contract.shares import CreateShare, Share
from tests.web.conftest import PHONE, Complaints
from tests.web.people import OtherDevice
from tests.web.test_preview import DAMAGED, pdf


def share(device: OtherDevice, path: str, **fields: Any) -> str:
    """The path of a new link's page."""
    namespace = UUID(bytes=device.namespace_id)
    return urlsplit(device.post(f"/v1/namespaces/{namespace}/shares", CreateShare(path=path, **fields), Share).url).path


@pytest.fixture
def visitor(new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=False)


@pytest.fixture
def album(device: OtherDevice) -> OtherDevice:
    device.folder("Lisbon")
    device.folder("Lisbon/Tejo")
    device.file("Lisbon/notes.md", b"Tram 28")
    device.file("Lisbon/page.html", b"<script>document.title = 'taken over'</script>")
    device.file("Lisbon/dot.png", _png())
    return device


def _png() -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"\0" + bytes(3))
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", pixels) + part(b"IEND", b"")


def test_a_folder_is_walked_through_and_its_files_are_saved(album: OtherDevice, visitor: Page) -> None:
    visitor.goto(share(album, "Lisbon", note="As promised"))
    expect(visitor.get_by_role("heading", name="Lisbon")).to_be_visible()
    expect(visitor.get_by_text("As promised")).to_be_visible()
    visitor.get_by_role("link", name="Tejo/").click()
    expect(visitor.get_by_text("This folder is empty.")).to_be_visible()
    visitor.get_by_role("link", name="Lisbon").click()
    with visitor.expect_download() as begun:
        visitor.get_by_role("link", name="Download page.html").click()
    assert begun.value.suggested_filename == "page.html"
    with visitor.expect_download() as begun:
        visitor.get_by_role("link", name="Download all as zip").click()
    assert begun.value.suggested_filename == "Lisbon.zip"


def test_a_password_opens_a_link_and_a_wrong_one_is_told(
    album: OtherDevice, visitor: Page, complaints: Complaints
) -> None:
    complaints.expect("status of 401")
    visitor.goto(share(album, "Lisbon/notes.md", password="open sesame", title="Notes"))
    visitor.get_by_label("Password").fill("open barley")
    visitor.get_by_role("button", name="Open the link").click()
    expect(visitor.get_by_role("alert")).to_have_text("This is not the password.")
    visitor.get_by_label("Password").fill("open sesame")
    visitor.get_by_role("button", name="Open the link").click()
    expect(visitor.get_by_role("heading", name="Notes")).to_be_visible()


def test_what_is_for_looking_only_is_seen(album: OtherDevice, visitor: Page, new_page: Callable[..., Page]) -> None:
    visitor.goto(share(album, "Lisbon/notes.md", view_only=True))
    expect(visitor.frame_locator("iframe").get_by_text("Tram 28")).to_be_visible()
    expect(visitor.get_by_role("link", name="Download")).to_have_count(0)
    looking = new_page()
    looking.goto(share(album, "Lisbon/dot.png", view_only=True))
    assert looking.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


def test_a_pdf_for_looking_only_is_read_and_counted_once(
    album: OtherDevice, new_page: Callable[..., Page], accessible: Callable[[Page], None], complaints: Complaints
) -> None:
    complaints.expect("status of 410")
    album.file("Lisbon/map.pdf", pdf(3))
    path = share(album, "Lisbon", view_only=True, limit=2)
    options: list[dict[str, Any]] = [{}, {**PHONE, "color_scheme": "dark"}]
    for each in options:
        page = new_page(**each)
        page.goto(path)
        page.get_by_role("link", name="map.pdf").click()
        expect(page.get_by_role("group", name="Page 1 of 3")).to_contain_text("The words of page 1")
        page.get_by_role("region", name="Pages").focus()
        page.keyboard.press("End")
        expect(page.get_by_role("group", name="Page 3 of 3")).to_contain_text("The words of page 3")
        assert page.get_by_role("group", name="Page 3 of 3").locator("canvas").evaluate("c => c.width") > 250
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
        expect(page.get_by_role("link", name="Download")).to_have_count(0)
        accessible(page)
    late = new_page()
    late.goto(path)
    expect(late.get_by_role("heading", name="This link")).to_be_visible()


def test_a_pdf_that_cannot_be_read_is_told_without_offering_a_download(
    album: OtherDevice, page: Page, visitor: Page
) -> None:
    album.file("Lisbon/torn.pdf", DAMAGED)
    path = share(album, "Lisbon/torn.pdf", view_only=True)
    page.goto(path)
    expect(
        page.get_by_text("This PDF is damaged, so it cannot be shown here. Ask whoever sent you the link.")
    ).to_be_visible()
    visitor.goto(path)
    expect(visitor.get_by_text("Where none may run, it cannot be shown.")).to_be_visible()


@pytest.mark.scenario("S166")
def test_files_are_sent_by_a_plain_form(album: OtherDevice, visitor: Page) -> None:
    visitor.goto(share(album, "Lisbon", upload=True, title="Your photos", limit=3))
    expect(visitor.get_by_text("notes.md")).to_have_count(0)
    files = [
        {"name": "notes.md", "mimeType": "text/plain", "buffer": b"a visitor's"},
        {"name": "D\u00fcsseldorf.jpg", "mimeType": "image/jpeg", "buffer": bytes(3_000_000)},
    ]
    visitor.get_by_label("Files").set_input_files(files)  # type: ignore[arg-type]
    visitor.get_by_role("button", name="Send the files").click()
    expect(visitor.get_by_role("heading", name="2 files were received")).to_be_visible()
    expect(visitor.get_by_text("One more file at most.")).to_be_visible()
    names = {entry.path for entry in album.entries("Lisbon", recursive=False)}
    assert {"Lisbon/notes.md", "Lisbon/notes (2).md", "Lisbon/D\u00fcsseldorf.jpg"} <= names


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_the_pages_are_accessible(
    album: OtherDevice,
    new_page: Callable[..., Page],
    accessible: Callable[[Page], None],
    complaints: Complaints,
    options: dict[str, Any],
) -> None:
    complaints.expect("status of 404")
    page = new_page(**options)
    for path in (
        share(album, "Lisbon", note="As promised", expires_at=2**45),
        share(album, "Lisbon/notes.md"),
        share(album, "Lisbon/notes.md", password="open sesame"),
        share(album, "Lisbon/dot.png", view_only=True),
        share(album, "Lisbon", upload=True, limit=3, max_file_bytes=1_000_000),
        "/s/never",
    ):
        page.goto(path)
        accessible(page)
