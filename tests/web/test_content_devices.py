"""A browser beside a real daemon of the same account: what is done on one side shows on the other."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.devices import Device, await_that
from tests.fixtures.servers import PASSWORD
from tests.web.content import Contents, random_bytes
from tests.web.people import OtherDevice, Person

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def daemon(person: Person, tmp_path: Path) -> Iterator[Device]:
    """In step, and waiting for what comes."""
    made = Device("desk", tmp_path / "home", tmp_path / "desk", person.url)
    made.folder.mkdir()
    link = ["link", person.url, "--email", person.email, "--folder", str(made.folder), "--device", "desk"]
    linked = made.run(*link, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert linked.code == 0, linked
    try:
        made.start_daemon()
        made.await_in_step()
        yield made
    finally:
        made.end_daemons(signal.SIGKILL)


def test_each_shows_what_the_other_has_made(contents: Contents, daemon: Device, device: OtherDevice, app: Page) -> None:
    data = random_bytes(1_500_000, 1)
    contents.upload({"Photos/from the browser.bin": data})
    arrived = daemon.folder / "Photos/from the browser.bin"
    await_that(arrived.exists, "the browser's file on the device", 60)
    assert arrived.read_bytes() == data
    daemon.write("from the device.txt", "written on the device")
    expect(app.get_by_text("from the device.txt").first).to_be_visible()
    contents.write(device.entry("from the device.txt"), "edited in the browser")
    await_that(lambda: (daemon.folder / "from the device.txt").read_text() == "edited in the browser", "the edit", 60)
