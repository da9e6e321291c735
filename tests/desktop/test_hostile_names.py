"""A name of markup, escapes and direction marks, in all places of the window where a person meets it."""

from __future__ import annotations

import html
import json
import subprocess

import pytest
import requests

from sync_engine.core.showing import showable
from tests.desktop.desk import ACTIVITY, CONFLICTS, DELETED, FILES, SHARED, Desk
from tests.fixtures.accessible import BUTTON

NAME = "<s>hurt<br>&lt;\u202e\x1b%s{0}\n"
SHOWN = r"<s>hurt<br>&lt;\u{202e}\u{1b}%s{0}\u{a}"
BEGINS = r"<s>hurt<br>&lt;\u{202e}\u{1b}"
"""For this much of it there is room everywhere."""


@pytest.fixture
def named(desk: Desk) -> Desk:
    """With a folder of the name, and in it a file of the name."""
    desk.same(f"{NAME}/{NAME}.txt", "harmless")
    desk.show(FILES)
    desk.screen.press("alt+Up")  # from where another test was
    return desk


def _look(desk: Desk, where: str, *, role: str = "", least: int = 1) -> None:
    """At each text that has the name in it; there have to be so many."""

    def seen() -> list[str]:
        found = [thing.name for thing in desk.reader.things() if "hurt" in thing.name and role in {"", thing.role}]
        return found if len(found) >= least else []

    texts = desk.screen.until(seen, f"the name: {where}") + desk.screen.titles(name="hurt")
    wrong = [text for text in texts if BEGINS not in text or _hidden(text)]
    assert wrong == [], where


def _close(desk: Desk, dialog: str) -> None:
    desk.screen.press("Escape")
    desk.screen.until(lambda: not desk.screen.windows(name=dialog), f"{dialog} to go")


def _hidden(text: str) -> bool:
    """Whether something in it cannot be seen. Tips have lines, and times a narrow space."""
    plain = text.replace("\n", "").replace("\u202f", "")
    return showable(plain) != plain


def test_the_files_and_what_is_told_of_them(named: Desk) -> None:
    desk, screen, reader = named, named.screen, named.reader
    _look(desk, "the list")
    before = screen.windows(pid=desk.application.program.pid)
    reader.click(f"{SHOWN}, folder", button=3)
    screen.until(lambda: screen.windows(pid=desk.application.program.pid) != before, "the menu")
    screen.press("Up", "Up", "Return")  # past "Properties"
    screen.await_window(name="Rewind")
    _look(desk, "rewinding", least=2)
    _close(desk, "Rewind")
    screen.press("Return")
    file = reader.await_thing(f"{SHOWN}.txt, file")
    _look(desk, "the path above the list", least=2)
    screen.click(*reader.box(file).middle)
    screen.press("alt+Return")
    _look(desk, "the side panel", role="label", least=2)
    screen.hover(*reader.box(file).middle)
    _look(desk, "the tooltip", role="tool tip")
    reader.click("Details", "page tab")
    _look(desk, "the details")
    reader.click("Sharing", "page tab")
    reader.click("Share…", BUTTON)
    screen.await_window(name="Share")
    _look(desk, "the share dialog")
    _close(desk, "Share")
    screen.press("ctrl+f")
    screen.type("hurt")
    _look(desk, "what is found", role="cell", least=3)
    screen.press("Escape")


def test_links_and_their_page(named: Desk) -> None:
    desk, screen, reader = named, named.screen, named.reader
    screen.clear_clipboard()
    reader.click(f"{SHOWN}, folder")
    screen.press("ctrl+shift+c")
    link = screen.until(screen.clipboard, "the link")
    page = requests.get(link, timeout=30).text
    assert "&lt;s&gt;hurt&lt;br&gt;&amp;lt;" in page
    assert "<s>hurt" not in page
    desk.show(SHARED)
    _look(desk, "what is shared")


def test_conflicts_activity_and_what_was_deleted(named: Desk) -> None:
    desk, screen, reader = named, named.screen, named.reader
    file = f"{NAME}/{NAME}.txt"
    desk.laptop.write(file, "written on the laptop")
    desk.phone.write(file, "on the phone")
    for device in (desk.laptop, desk.phone, desk.laptop):
        device.sync()
    told = screen.until(lambda: _notified(desk), "the notification")
    assert [text for text in told if BEGINS not in text or _hidden(text)] == []
    desk.show(CONFLICTS)
    _look(desk, "conflicts")
    reader.click("Compare", BUTTON)
    screen.await_window(name="Compare")
    _look(desk, "comparing")
    _close(desk, "Compare")
    reader.click("Keep both", BUTTON)
    reader.await_thing("Both are kept: ")
    _look(desk, "what is said of it")
    desk.show(ACTIVITY)
    _look(desk, "what happened")
    desk.laptop.sync()
    desk.phone.sync()
    for each in desk.phone.folder.glob("*/*hurt*"):
        each.unlink()
    desk.phone.sync()
    desk.laptop.sync()
    desk.show(DELETED)
    _look(desk, "what was deleted")


def _notified(desk: Desk) -> list[str]:
    """What notifications show with the name in it. Those that are closed are remembered; bodies are markup."""
    desk.screen.close_notifications()
    said = subprocess.run(["dunstctl", "history"], env=desk.screen.env, check=True, capture_output=True)
    shown = [each for told in json.loads(said.stdout)["data"] for each in told]
    texts = [each["summary"]["data"] for each in shown] + [html.unescape(each["body"]["data"]) for each in shown]
    return [text for text in texts if "hurt" in text]
