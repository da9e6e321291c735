"""A real Chromium, a real server, and people who use both."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.fixtures.servers import PASSWORD, RunningServer, running_server
from tests.fixtures.wired_device import WiredDevice
from tests.web.content import Contents
from tests.web.people import OtherDevice, Person

expect.set_options(timeout=30_000)

AXE = (Path(__file__).parent / "axe-core/axe.min.js").read_text("utf-8")
PHONE = {"width": 390, "height": 844}
ELSEWHERE = "files.example"
"""A name that leads to this computer, and that browsers do not trust as they trust localhost."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One for all tests of a worker."""
    # It keeps its profile's lock and cannot make a sandbox as root, which containers run tests as.
    is_root = os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            chromium_sandbox=not is_root,
            args=[f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of a worker; each has an account of its own."""
    with running_server(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def person(site: RunningServer) -> Person:
    site.forget_tries()
    return Person.registered(site.url)


@pytest.fixture
def device(person: Person) -> Iterator[OtherDevice]:
    """A device of that person's."""
    made = person.device()
    yield made
    made.close()


class Complaints:
    """What the browser complains of: errors of scripts, what a content policy refused, requests that failed."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        # What is chosen may be gone by the time that its details are asked for.
        self._expected: list[str] = [r"status of 404 .*/details\)"]

    def expect(self, pattern: str) -> None:
        """One that matches is part of the test."""
        self._expected.append(pattern)

    def hear(self, complaint: str) -> None:
        self._heard.append(complaint)

    def unexpected(self) -> list[str]:
        return [said for said in self._heard if not any(re.search(pattern, said) for pattern in self._expected)]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def new_page(chromium: Browser, site: RunningServer, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser that was never here; what any of them complains of fails the test."""
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.hear(f"{message.text} ({message.location.get('url', '')})")

    def make(width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.hear(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints.unexpected() == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Of somebody who is not signed in."""
    return new_page()


@pytest.fixture
def sign_in(person: Person) -> Callable[[Page], Page]:
    """Signs that person in, in the page's browser, and opens the application."""

    def enter(page: Page) -> Page:
        sent = page.request.post("/sign-in", form={"email": person.email, "password": PASSWORD})
        assert sent.ok
        page.goto("/")
        return page

    return enter


@pytest.fixture
def app(page: Page, sign_in: Callable[[Page], Page]) -> Page:
    """The application, of that person."""
    return sign_in(page)


@pytest.fixture
def contents(app: Page) -> Contents:
    """That person's content, as a page handles it."""
    return Contents(app)


@pytest.fixture
def engine(person: Person, tmp_path: Path) -> WiredDevice:
    """A device of that person's that really syncs, on a disk in memory."""
    return WiredDevice("desk", person.url, tmp_path / "desk", person.email, is_first=False)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Shows that axe finds nothing serious on a page as it is now."""

    def check(page: Page) -> None:
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{violation['id']}: {violation['help']}: {[node['html'] for node in violation['nodes']][:3]}"
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]
        assert serious == []

    return check
