"""Addresses as people type them, and what answers there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from desktop.models.server_address import check, is_unprotected, tidied
from server_api.contract.messages import PROTOCOL, ServerInfo
from tests.fakes.web import Reply, Web, serve
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


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


def info(oldest: int = 1) -> bytes:
    told = ServerInfo(
        product="lockstep", version="1", protocol=PROTOCOL, oldest_protocol=oldest, registration="invite", time_at=0
    )
    return msgspec.json.encode(told)


def test_a_server_says_who_may_make_an_account(web: Web) -> None:
    web.answer = lambda _: Reply(body=info())
    found = check(web.url)
    assert (found.code, found.registration) == ("", "invite")


def test_a_server_that_wants_a_newer_device_is_no_use(web: Web) -> None:
    web.answer = lambda _: Reply(body=info(oldest=PROTOCOL + 1))
    assert check(web.url).code == "update-needed"


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (404, b""), (302, b"")])
def test_what_is_no_lockstep_server_is_told(web: Web, status: int, body: bytes) -> None:
    headers = {"Location": f"{web.url}/elsewhere"} if status == 302 else {}
    web.answer = lambda _: Reply(status, headers, body)
    assert check(web.url).code == "no-lockstep"


def test_nobody_there() -> None:
    assert check(f"http://127.0.0.1:{free_port()}").code == "unreachable"
