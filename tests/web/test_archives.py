"""Folders and several things at once, downloaded as one zip by a real browser."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, Route, expect

from tests.fixtures.servers import RunningServer
from tests.web.conftest import Complaints
from tests.web.people import OtherDevice
from tests.web.test_files import row, toast

LOST = b"bytes that the store will not have any more"


def download(page: Page) -> Download:
    """What the button above the list brings, of what is chosen."""
    with page.expect_download() as begun:
        page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Download").click()
    return begun.value


def unzipped(saved: Download) -> dict[str, bytes]:
    assert saved.failure() is None
    with zipfile.ZipFile(Path(saved.path())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.embedded
def test_a_folder_or_several_things_are_saved_as_one_zip(
    app: Page, site: RunningServer, device: OtherDevice, complaints: Complaints
) -> None:
    device.file("Photos/Ferien in München/a.txt", b"by the sea")
    device.file("notes.txt", b"Milk")
    row(app, "Photos").click()
    saved = download(app)
    assert saved.suggested_filename == "Photos.zip"
    assert unzipped(saved) == {"Ferien in München/": b"", "Ferien in München/a.txt": b"by the sea"}
    row(app, "notes.txt").click(modifiers=["Control"])
    saved = download(app)
    assert saved.suggested_filename == "Lockstep.zip"
    assert unzipped(saved)["notes.txt"] == b"Milk"
    row(app, "Photos").dblclick()
    row(app, "Ferien in München").click()
    assert download(app).suggested_filename == "Ferien in München.zip"
    app.go_back()
    device.file("Photos/zzz.txt", LOST)
    expect(row(app, "notes.txt")).to_be_visible()
    lost = [file for file in site.data.rglob("packs/**/*") if file.is_file() and LOST in file.read_bytes()]
    assert lost
    for file in lost:
        file.unlink()
    row(app, "Photos").click()
    assert download(app).failure(), "no zip that looks whole and is not"
    complaints.expect("status of 404")

    def delete_first(route: Route) -> None:
        device.delete("Photos")
        route.continue_()

    app.route("**/zip?*", delete_first)
    row(app, "Photos").click()
    app.get_by_role("toolbar", name="Selection").get_by_role("button", name="Download").click()
    expect(toast(app)).to_contain_text("Something of this was deleted meanwhile.")
