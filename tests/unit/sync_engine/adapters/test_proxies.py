"""Through an HTTP proxy that wants a name and a password."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_api.contract.messages import SignedRequest
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.store import HttpStore
from sync_engine.errors import ProxyRefused, Unreachable
from tests.fakes.web import Web, serve
from tests.fixtures.forward_proxy import ForwardProxy, forward_proxy
from tests.fixtures.nginx import make_certificate

URL = "http://files.example/pack?signature=s"
PUT = SignedRequest(url=URL, expires_in_s=300)


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def proxy(web: Web) -> Iterator[ForwardProxy]:
    with forward_proxy(web.url, "ada", "p@ss: word/") as proxy:
        yield proxy


@pytest.fixture
def client() -> Iterator[HttpClient]:
    client = HttpClient(proxy="none", insecure_http=True)
    yield client
    client.close()


def address(proxy: ForwardProxy, who: str = "ada:p%40ss%3A%20word%2F@") -> str:
    return f"http://{who}127.0.0.1:{proxy.port}"


def test_name_and_password_are_taken_from_its_address(client: HttpClient, proxy: ForwardProxy, web: Web) -> None:
    client.use_proxy(address(proxy))
    HttpStore(client, "http://files.example").put(PUT, [b"bytes"], 5)
    assert proxy.asked == ["PUT http://files.example/pack?signature=s HTTP/1.1"]
    (seen,) = web.seen
    assert (seen.path, seen.body) == ("/pack?signature=s", b"bytes")


@pytest.mark.parametrize("who", ["", "ada:wrong@", "ada@"])
@pytest.mark.parametrize("url", [URL, "https://files.example/pack"])
def test_a_proxy_that_refuses_is_told_as_that(client: HttpClient, proxy: ForwardProxy, who: str, url: str) -> None:
    client.use_proxy(address(proxy, who))
    with pytest.raises(ProxyRefused), client.exchange("GET", url, {}):
        pass
    with pytest.raises(ProxyRefused):
        HttpStore(client, "http://files.example").put(PUT, [b"bytes"], 5)
    assert proxy.refused == 2
    assert proxy.asked == []


def test_what_is_encrypted_goes_through_a_tunnel(client: HttpClient, proxy: ForwardProxy) -> None:
    client.use_proxy(address(proxy))
    with pytest.raises(Unreachable), client.exchange("GET", "https://files.example/pack", {}):
        pass  # at its end nobody speaks TLS
    (asked,) = proxy.asked
    assert asked.startswith("CONNECT files.example:443 ")


class TlsProxy(ForwardProxy):
    """One that is itself spoken to in TLS."""

    tls: ssl.SSLContext

    def _serve(self, client: socket.socket) -> None:
        super()._serve(self.tls.wrap_socket(client, server_side=True))


def test_what_goes_through_tls_within_tls_can_be_broken_off(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    client, ended = HttpClient(ca_file=str(certificate.authority)), []

    def call() -> None:
        with pytest.raises(Unreachable), client.exchange("GET", "https://localhost./pack", {}):
            pass
        ended.append(True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = TlsProxy(f"https://127.0.0.1:{listener.getsockname()[1]}", "ada", "p")
        proxy.tls = tls
        client.use_proxy(f"https://ada:p@{certificate.name}:{proxy.port}")
        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        with tls.wrap_socket(listener.accept()[0], server_side=True) as server:
            assert server.recv(1)
            client.interrupt()
            thread.join(20)
            assert ended
        proxy.switch_off()
    client.close()


def test_another_proxy_is_used_at_once(client: HttpClient, proxy: ForwardProxy, web: Web) -> None:
    client.use_proxy("http://127.0.0.1:9")
    with pytest.raises(Unreachable), client.exchange("GET", URL, {}):
        pass
    client.use_proxy(address(proxy))
    with client.exchange("GET", URL, {}) as answer:
        assert answer.status == 200
    client.use_proxy("none")
    with client.exchange("GET", web.url, {}) as answer:
        assert answer.status == 200
    assert len(proxy.asked) == 1


def test_a_proxy_of_the_system_that_only_others_can_use_is_left_alone(
    client: HttpClient, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("all_proxy", "socks://127.0.0.1:1080/")
    client.use_proxy("system")
    with (
        pytest.raises(Unreachable, match=r"NameResolution|no connection|Name|resolve"),
        client.exchange("GET", "http://files.invalid/pack", {}),
    ):
        pass
