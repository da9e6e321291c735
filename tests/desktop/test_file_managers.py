"""Real file managers, a real daemon and a real server: from the menu of a file to its page in a browser."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
import requests

from tests.end_to_end.devices import Device
from tests.fixtures.screen import Screen

IN_STEP = bytes.fromhex("128a86")
"""The colour of its emblem, which is nothing else's."""
# How each is started, and where in its window the first file is.
MANAGERS = {
    "nautilus": (["nautilus", "--new-window"], (337, 141)),
    "nemo": (["nemo", "--no-desktop"], (235, 137)),
}


@pytest.fixture
def integrated(screen: Screen, device: Device) -> Iterator[Device]:
    _lockstep(screen, device, "integrate")
    yield device
    _lockstep(screen, device, "remove")


def _lockstep(screen: Screen, device: Device, act: str) -> None:
    command = device.command("desktop", act, "nautilus", "nemo")
    subprocess.run(command, env=screen.env, check=True, capture_output=True)


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_link_from_the_menu_of_a_file_opens(screen: Screen, integrated: Device, manager: str) -> None:
    command, (right, down) = MANAGERS[manager]
    program = screen.start(*command, integrated.folder)
    window = screen.await_window(name=integrated.folder.name)
    screen.until(lambda: IN_STEP in screen.colours(screen.box(window)), "the emblem of what is in step")
    screen.clear_clipboard()
    box = screen.box(window)
    before = set(screen.windows(pid=program.pid))
    screen.click(box.x + right, box.y + down, button=3)
    screen.until(lambda: set(screen.windows(pid=program.pid)) - before, "the menu")
    screen.press("Up", "Up", "Up", "Up", "Return")  # past "Properties", "Show in Lockstep" and "Versions"
    link = screen.until(screen.clipboard, "the link")
    page = requests.get(link, timeout=30)
    assert page.status_code == 200
    assert "report.txt" in page.text
    screen.await_notification()
