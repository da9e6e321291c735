from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from server_api.app import create_app
from server_api.routes.origin import TrustedProxies
from tests.fixtures.servers import make_server

PROXIES = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"), ip_network("fd00::/8"))


def seen(peer: str, trusted: Iterable[Any] = PROXIES, **headers: str) -> dict[str, Any]:
    """What the application behind the middleware gets."""
    got: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        got.update(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "internal:8700"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    TrustedProxies(application, trusted)(environ, lambda *_: lambda _: None)
    return got


def test_a_trusted_proxy_tells_client_scheme_and_host() -> None:
    got = seen("10.0.0.1", x_forwarded_for="203.0.113.9", x_forwarded_proto="https", x_forwarded_host="files.example")
    assert (got["REMOTE_ADDR"], got["wsgi.url_scheme"], got["HTTP_HOST"]) == ("203.0.113.9", "https", "files.example")


def test_anyone_else_tells_nothing() -> None:
    got = seen("203.0.113.5", x_forwarded_for="127.0.0.1", x_forwarded_proto="https", x_forwarded_host="evil.example")
    assert (got["REMOTE_ADDR"], got["wsgi.url_scheme"], got["HTTP_HOST"]) == ("203.0.113.5", "http", "internal:8700")


def test_hops_are_believed_only_as_far_as_they_are_trusted() -> None:
    assert seen("10.0.0.1", x_forwarded_for="1.1.1.1, 203.0.113.9, 10.0.0.2")["REMOTE_ADDR"] == "203.0.113.9"
    assert seen("fd00::1", x_forwarded_for="2001:db8::1, fd00::2")["REMOTE_ADDR"] == "2001:db8::1"


@pytest.mark.parametrize("nonsense", ["unknown", "evil", "1.2.3.4.5", "_hidden", ",,", "10.0.0.1:99999999"])
def test_what_is_no_address_ends_the_chain(nonsense: str) -> None:
    assert seen("10.0.0.1", x_forwarded_for=nonsense)["REMOTE_ADDR"] == "10.0.0.1"


@pytest.mark.parametrize("scheme", ["javascript", "", "ftp"])
def test_no_scheme_but_http_and_https_is_taken(scheme: str) -> None:
    assert seen("10.0.0.1", x_forwarded_proto=scheme)["wsgi.url_scheme"] == "http"


def test_no_other_forwarding_header_gets_through() -> None:
    got = seen("10.0.0.1", forwarded="for=1.1.1.1", x_real_ip="1.1.1.1", x_forwarded_prefix="/x")
    assert not [name for name in got if "FORWARDED" in name or "REAL_IP" in name]


@pytest.mark.parametrize(
    ("config", "peer", "headers", "policy"),
    [
        ({}, "127.0.0.1", {}, "open"),
        ({}, "::1", {}, "open"),
        ({"host": "localhost"}, "::ffff:127.0.0.1", {}, "open"),
        ({}, "203.0.113.9", {}, "invite"),
        ({"host": "192.0.2.1"}, "127.0.0.1", {}, "invite"),
        ({}, "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, "invite"),
        ({}, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, "invite"),
        ({}, "127.0.0.1", {"Forwarded": "for=203.0.113.9"}, "invite"),
        ({}, "127.0.0.1", {"Host": "evil.example"}, "invite"),
        ({}, "127.0.0.1", {"Host": "127.0.0.1.evil.example:8700"}, "invite"),
        ({"public_url": "https://files.example"}, "127.0.0.1", {}, "invite"),
        ({"public_url": "http://localhost:8700"}, "127.0.0.1", {}, "open"),
        ({"trusted_proxies": PROXIES}, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, "invite"),
    ],
)
def test_registration_is_open_only_to_who_is_truly_local(
    tmp_path: Path, config: dict[str, Any], peer: str, headers: dict[str, str], policy: str
) -> None:
    server = make_server(tmp_path, **config)
    client = create_app(server).test_client()
    environ = {"REMOTE_ADDR": peer}
    information = client.get(
        "/v1/server", headers={"Host": "localhost", **headers}, environ_overrides=environ
    ).get_json()
    assert information["registration"] == policy
    server.database.close()
