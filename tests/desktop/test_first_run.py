"""From a profile that is linked to nothing to the window, by the keyboard alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.application import Application
from tests.desktop.conftest import household
from tests.end_to_end.devices import PASSWORD, Device
from tests.fixtures.accessible import BUTTON, Reader
from tests.fixtures.screen import Screen
from tests.fixtures.servers import RunningServer


@pytest.fixture
def new(screen: Screen, reader: Reader) -> Iterator[Device]:
    """Its application runs, and knows nothing yet."""
    with tempfile.TemporaryDirectory(prefix="lst-", ignore_cleanup_errors=True) as place:
        made = Device("New", Path(place, "home"), Path(place, "Lockstep"), "")
        Application(screen, *made.command("desktop"))
        screen.await_window(name="Lockstep")
        yield made
        made.run("stop")


def _choose_folder(screen: Screen, reader: Reader, folder: Path) -> None:
    reader.await_focus("Folder")
    screen.press("ctrl+a")
    screen.type(str(folder))
    screen.until(lambda: reader.text(reader.await_focus("Folder")) == str(folder), "the path to be typed")
    reader.await_thing("Continue", BUTTON)


def test_this_computer_s_own_server_and_a_way_back(screen: Screen, reader: Reader, new: Device) -> None:
    reader.await_focus("On this computer")
    screen.press("Return")
    _choose_folder(screen, reader, new.folder)
    screen.press("alt+b")
    assert reader.await_focus("On this computer").is_checked
    screen.press("Return")
    assert reader.text(reader.await_focus("Folder")) == str(new.folder)
    reader.await_thing("Continue", BUTTON)
    screen.press("Return")
    assert reader.await_thing("Start Lockstep when I log in").is_checked
    screen.press("alt+f")
    reader.await_thing("This folder is empty")
    new.write("first.txt", "the first one")
    reader.await_thing("first.txt, file, In step")


def test_an_account_on_a_server(screen: Screen, reader: Reader, server: RunningServer, new: Device) -> None:
    with household(server) as make:
        other = make("Laptop")
        other.write("Letters/letter.txt", "what was there before")
        other.sync()
        reader.await_focus("On this computer")
        screen.press("Down", "Return")
        reader.await_focus("Address of the server")
        screen.type(server.url)
        screen.press("Return")
        reader.await_focus("Email")
        screen.press("alt+b")
        assert reader.text(reader.await_focus("Address of the server")) == server.url
        screen.press("Return")
        reader.await_focus("Email")
        screen.type(other.email)
        screen.press("Tab")
        reader.await_focus("Password")
        screen.type(PASSWORD)
        screen.press("Return")
        _choose_folder(screen, reader, new.folder)
        screen.press("Return")
        reader.await_thing("What is wanted on this device?")
        screen.press("alt+c")
        reader.await_thing("Start Lockstep when I log in")
        screen.press("alt+f")
        reader.await_thing("Letters, folder, In step")
        screen.until((new.folder / "Letters/letter.txt").exists, "the letter")
