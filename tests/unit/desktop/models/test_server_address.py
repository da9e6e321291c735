"""Addresses as people type them, and what answers there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest

from desktop.models.server_address import check, is_unprotected, tidied
from server_api.contract.messages import PROTOCOL, ServerInfo
from tests.fixtures.ports import free_port


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("files.example.org", "https://files.example.org"),
        (" https://files.example.org/ ", "https://files.example.org"),
        ("files.example.org:8443/lockstep", "https://files.example.org:8443/lockstep"),
        ("http://files.example.org", "http://files.example.org"),
        ("localhost:8700", "http://localhost:8700"),
        ("127.0.0.1:8700", "http://127.0.0.1:8700"),
        ("https://localhost", "https://localhost"),
        ("[::1]:8700", "http://[::1]:8700"),
        ("", ""),
        ("two words", ""),
        ("ftp://files.example.org", ""),
        ("https://files.example.org:port", ""),
        ("https://ada:secret@files.example.org", ""),
        ("https://files.example.org/?a", ""),
    ],
)
def test_what_is_typed_becomes_an_address(typed: str, address: str) -> None:
    assert tidied(typed) == address


@pytest.mark.parametrize(
    ("address", "is_so"),
    [("http://files.example.org", True), ("https://files.example.org", False), ("http://127.0.0.1:8700", False)],
)
def test_plain_http_beyond_this_computer_is_unprotected(address: str, is_so: bool) -> None:
    assert is_unprotected(address) is is_so


class Answering(BaseHTTPRequestHandler):
    status, body, location = 200, b"", ""

    def do_GET(self) -> None:
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("status", "body", "location"):
        monkeypatch.setattr(Answering, name, getattr(Answering, name))
    with HTTPServer(("127.0.0.1", 0), Answering) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def info(oldest: int = 1) -> bytes:
    told = ServerInfo(
        product="lockstep", version="1", protocol=PROTOCOL, oldest_protocol=oldest, registration="invite", time_at=0
    )
    return msgspec.json.encode(told)


def test_a_server_says_who_may_make_an_account(server: str) -> None:
    Answering.body = info()
    found = check(server)
    assert (found.code, found.registration) == ("", "invite")


def test_a_server_that_wants_a_newer_device_is_no_use(server: str) -> None:
    Answering.body = info(oldest=PROTOCOL + 1)
    assert check(server).code == "update-needed"


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (404, b""), (302, b"")])
def test_what_is_no_lockstep_server_is_told(server: str, status: int, body: bytes) -> None:
    Answering.status, Answering.body = status, body
    Answering.location = f"{server}/elsewhere" if status == 302 else ""
    assert check(server).code == "no-lockstep"


def test_nobody_there() -> None:
    assert check(f"http://127.0.0.1:{free_port()}").code == "unreachable"
