"""A picture that a device sent is shown small in a browser, whatever happens to who makes it."""

from __future__ import annotations

import io
import os
import signal
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import requests
from PIL import Image

from tests.end_to_end.devices import EMAIL, PASSWORD, Device
from tests.fixtures.servers import RunningServer
from tests.fixtures.shared import await_that

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900), pytest.mark.own_server("its workers are killed")]
Make = Callable[[str], Device]


class _Gallery:
    def __init__(self, server: RunningServer) -> None:
        body = {"email": EMAIL, "password": PASSWORD, "device_name": "Gallery"}
        session = requests.post(f"{server.url}/v1/sessions", json=body, timeout=60).json()
        namespace = UUID(bytes=b64decode(session["account"]["personal_namespace"]))
        self._at = f"{server.url}/v1/namespaces/{namespace}"
        self._headers = {"Authorization": f"Bearer {session['access_token']}"}

    def ask(self, what: str, body: dict[str, Any]) -> Any:
        answer = requests.post(f"{self._at}/{what}", json=body, headers=self._headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def states(self, *revisions: str) -> list[str]:
        found: list[str] = self.ask("thumbnails", {"revisions": list(revisions)})["states"]
        return found

    def picture(self, revision: str) -> Image.Image:
        address = f"{self._at}/thumbnails/{b64decode(revision).hex()}"
        answer = requests.get(address, headers=self._headers, timeout=60)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        return Image.open(io.BytesIO(answer.content))


def test_a_picture_is_shown_small_though_those_who_make_it_are_killed(device: Make, server: RunningServer) -> None:
    a = device("A")
    for name, colour in (("red.png", "red"), ("blue.jpg", "blue")):
        Image.new("RGB", (600, 300), colour).save(a.folder / name)
    (a.folder / "false.png").write_text("<svg/>")
    a.sync()
    gallery = _Gallery(server)
    listed = {entry["path"]: entry["revision_id"] for entry in gallery.ask("list", {})["entries"]}
    wanted = [listed[name] for name in ("red.png", "blue.jpg", "false.png")]
    assert gallery.states(*wanted) == ["making"] * 3
    for child in server.children:
        os.kill(child, signal.SIGKILL)  # the master starts them again

    def are_made() -> bool:
        try:
            return gallery.states(*wanted) == ["ready", "ready", "none"]
        except requests.ConnectionError:
            return False

    await_that(are_made, "the thumbnails to be made")
    assert gallery.picture(wanted[0]).size == (256, 128)
    assert list((server.data / "thumbnails" / "wanted").iterdir()) == []
