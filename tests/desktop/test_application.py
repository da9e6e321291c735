"""The whole application beside a real daemon and a real server, used by its tray."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import requests

from tests.desktop.application import Application
from tests.desktop.desk import DELETED
from tests.end_to_end.devices import Device
from tests.fixtures.accessible import BUTTON, Reader
from tests.fixtures.screen import Screen

Start = Callable[..., Application]


def test_it_pauses_resumes_and_copies_the_link_of_a_recent_file(start: Start, screen: Screen, device: Device) -> None:
    application = start("--in-tray")
    application.icon()
    application.open_menu()
    screen.press("Up", "Up", "Up", "Right", "Up", "Return")  # past "Quit" and "Preferences"; the last way to pause
    device.await_state("paused")
    application.open_menu()
    screen.press("Up", "Up", "Up", "Return")
    device.await_in_step()
    screen.clear_clipboard()
    application.open_menu()
    screen.press("Up", "Up", "Up", "Up", "Right", "Right", "Up", "Return")
    link = screen.until(screen.clipboard, "the link")
    assert "report.txt" in requests.get(link, timeout=30).text
    screen.await_notification()


def test_a_click_opens_the_window_and_a_second_call_shows_it_again(
    start: Start, screen: Screen, device: Device
) -> None:
    application = start("--in-tray")
    assert not screen.windows(name="Lockstep")
    application.click()
    window = screen.await_window(name="Lockstep")
    screen.until(lambda: screen.box(window).width > 400, "the whole window")
    command = device.command("desktop", "versions", str(device.folder / "report.txt"))
    again = subprocess.run(command, env=screen.env, capture_output=True, timeout=60, check=False)
    assert again.returncode == 0
    assert application.program.poll() is None


def test_quitting_leaves_the_daemon_at_work(start: Start, screen: Screen, device: Device) -> None:
    application = start("--in-tray")
    application.open_menu()
    screen.press("Up", "Return")
    assert application.program.wait(30) == 0
    assert device.daemon_state() == "in-step"
    assert "".join(application.said) == ""


def test_restarted_in_another_language_it_is_where_it_was(start: Start, screen: Screen, reader: Reader) -> None:
    application = start()
    reader.await_thing("report.txt, file")
    screen.press(f"ctrl+{DELETED}", "ctrl+comma")
    reader.click("General")
    reader.await_thing("Start Lockstep when I log in")
    screen.press("alt+a", "End", "Return")  # the last language
    reader.click("Restart now", BUTTON)
    reader.await_thing("Lockstep beim Anmelden starten")
    screen.press("Escape")
    reader.await_thing("Nichts wurde gelöscht")
    assert application.program.poll() is None
    assert "".join(application.said) == ""
