"""The whole of a self-hosted server: nginx with TLS, the server, PostgreSQL and S3, or a directory that nginx reads."""

from __future__ import annotations

import io
import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from tests.end_to_end.devices import EMAIL, PASSWORD, Device
from tests.fixtures.databases import PostgresqlServer
from tests.fixtures.nginx import Proxy
from tests.fixtures.s3 import S3Server
from tests.fixtures.servers import RunningServer, run_server_command
from tests.fixtures.shared import await_that
from tests.fixtures.stack import fronted_server

pytestmark = [pytest.mark.deployment, pytest.mark.end_to_end, pytest.mark.timeout(600)]
MIB = 1024 * 1024


class Stack:
    """A server behind nginx, with one account."""

    def __init__(self, server: RunningServer, front: Proxy, directory: Path, place: tuple[str, ...]) -> None:
        added = run_server_command(
            server.data, "user", "add", EMAIL, "--password-stdin", *place, text_in=f"{PASSWORD}\n"
        )
        assert added.returncode == 0, added.stderr
        self.server, self.front, self._directory = server, front, directory
        self.http = requests.Session()
        self.http.verify = str(front.authority)
        self.http.trust_env = False

    def device(self, name: str) -> Device:
        """Linked through TLS."""
        home, folder = self._directory / f"{name}-home", self._directory / name
        made = Device(name, home, folder, self.front.url, authority=self.front.authority)
        made.folder.mkdir()
        linked = made.link()
        assert linked.code == 0, linked
        return made

    def logged(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.server.log.read_text().splitlines()]
        return [line for line in lines if line["logger"] == "lockstep.access"]


@pytest.fixture
def with_database_and_bucket(
    postgresql: PostgresqlServer, s3_server: S3Server, s3_credentials: None, tmp_path: Path
) -> Iterator[Stack]:
    store = s3_server.store_url(s3_server.new_bucket(), "lockstep")
    yield from _stack(tmp_path, "--database", postgresql.new_database(), "--store", store)


@pytest.fixture
def with_directory(tmp_path: Path) -> Iterator[Stack]:
    yield from _stack(tmp_path)


def _stack(directory: Path, *place: str) -> Iterator[Stack]:
    with fronted_server(directory, *place) as (server, front):
        yield Stack(server, front, directory, place)


@pytest.mark.s3
@pytest.mark.databases
def test_devices_and_visitors_reach_a_database_and_a_bucket_through_tls(with_database_and_bucket: Stack) -> None:
    stack = with_database_and_bucket
    untrusting = Device("C", stack.server.data / "C", stack.server.data / "C-folder", stack.front.url)
    refused = untrusting.link("--json")  # who does not know the authority sends no password
    assert (refused.code, refused.json["code"]) == (3, "certificate")
    a, b = stack.device("A"), stack.device("B")
    chance = random.Random(20_261_129)
    a.write("small.bin", chance.randbytes(2_000))
    b.write("large.bin", chance.randbytes(20 * MIB))
    a.sync()
    b.sync()
    a.sync()
    assert a.tree() == b.tree()
    assert len(a.tree()) == 2
    _news_comes_within_a_second(stack, a)
    _visitors_send_and_fetch(stack, a)
    _what_a_client_says_of_itself_is_dropped(stack)
    _guessing_is_slowed_down_by_the_proxy(stack)


def _news_comes_within_a_second(stack: Stack, device: Device) -> None:
    session = stack.http.post(
        f"{stack.front.url}/v1/sessions", json={"email": EMAIL, "password": PASSWORD, "device_name": "Waiting"}
    ).json()
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    [namespace] = stack.http.get(f"{stack.front.url}/v1/namespaces", headers=headers).json()["namespaces"]
    body = {"epoch": session["epoch"], "namespaces": {namespace["namespace_id"]: namespace["seq"]}}
    answered: list[tuple[float, Any]] = []

    def wait() -> None:
        answer = stack.http.post(f"{stack.front.url}/v1/wait", json=body, headers=headers, timeout=60)
        answered.append((time.monotonic(), answer.json()))

    waiting = threading.Thread(target=wait)
    waiting.start()
    device.write("news.txt", "news")
    device.sync()
    told = time.monotonic()
    waiting.join(60)
    [(at, moved)] = answered
    assert list(moved["moved"]) == [namespace["namespace_id"]]
    assert at - told < 1.0


def _visitors_send_and_fetch(stack: Stack, device: Device) -> None:
    device.write("Inbox/first.txt", "first")
    device.sync()
    link = device.run("share", "Inbox", "--upload", "--json").json["url"]
    film = random.Random(7).randbytes(40 * MIB)  # more than any other request may bring
    sent = stack.http.post(
        f"{link}/upload", files={"files": ("film.bin", io.BytesIO(film))}, headers={"Accept": "application/json"}
    )
    assert (sent.status_code, sent.json()) == (201, {"received": 1}), sent.text
    too_much = stack.http.post(f"{stack.front.url}/v1/namespaces", data=bytes(40 * MIB))
    assert (too_much.status_code, "nginx" in too_much.text) == (413, True)
    device.sync()
    assert (device.folder / "Inbox" / "film.bin").read_bytes() == film
    link = device.run("share", "Inbox/film.bin", "--json").json["url"]
    assert link.startswith(stack.front.url)
    assert stack.http.get(f"{link}/download").content == film


def _what_a_client_says_of_itself_is_dropped(stack: Stack) -> None:
    said = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example", "Forwarded": "for=203.0.113.7"}
    page = stack.http.get(f"{stack.front.url}/sign-in", headers=said)
    assert page.headers["Strict-Transport-Security"]  # it came by https, says the proxy
    assert "evil.example" not in page.text + str(page.headers)
    assert {line["address"] for line in stack.logged()} == {"127.0.0.1"}


def _guessing_is_slowed_down_by_the_proxy(stack: Stack) -> None:
    guess = {"email": EMAIL, "password": "wrong", "device_name": "Guesser"}
    before = len(stack.logged())
    answers = [stack.http.post(f"{stack.front.url}/v1/sessions", json=guess) for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429 and "nginx" in answer.text]
    assert 5 <= len(refused) <= 40 - 10
    reached = [line for line in stack.logged()[before:] if line["path"] == "/v1/sessions"]
    assert len(reached) == 40 - len(refused)
    assert stack.http.get(f"{stack.front.url}/sign-in").status_code == 200


def test_nginx_sends_what_lies_in_a_directory(with_directory: Stack) -> None:
    stack = with_directory
    a, b = stack.device("A"), stack.device("B")
    a.write("small.bin", random.Random(1).randbytes(2_000))
    film = random.Random(2).randbytes(200 * MIB)
    a.write("film.bin", film)
    a.sync()
    b.sync()
    assert a.tree() == b.tree()
    link = a.run("share", "film.bin", "--json").json["url"]
    assert stack.http.get(f"{link}/download").content == film

    def sent_away() -> str:
        again = stack.http.get(f"{link}/download", headers={"Range": "bytes=1-1"}, allow_redirects=False)
        return str(urljoin(link, again.headers.get("Location", "")))

    await_that(lambda: "/v1/store/" in sent_away(), "the file to be published")
    signed = sent_away()
    part = stack.http.get(signed, headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content == film[1_000:2_000]) == (206, True)
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(film)}"
    assert part.headers["Content-Disposition"] == "attachment; filename=film.bin"
    assert part.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in part.headers
    key = signed.partition("/v1/store/")[2].partition("?")[0]
    for unsigned in (f"/objects/{key}", f"/v1/store/{key}"):
        assert stack.http.get(stack.front.url + unsigned).status_code in {403, 404}
    bytes_by_the_server = requests.get(signed.replace(stack.front.url, stack.server.url), timeout=60)
    assert (bytes_by_the_server.content, bytes_by_the_server.status_code) == (b"", 200)
