"""Where a request comes from: what a client writes into its headers counts only if a trusted proxy passed it on."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import request

from server_api.domain.hosts import Address, address_of, is_loopback_name
from server_api.routes.access import current_server
from server_api.services.accounts import Origin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network

_FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
_ALL_FORWARDED: Final = (
    *_FORWARDED,
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
)
_VIA_PROXY: Final = "lockstep.via_proxy"


class TrustedProxies:
    """WSGI middleware: the client's address and scheme from X-Forwarded-*, hop by hop, as far as proxies are trusted.

    From anyone else the headers are dropped.
    """

    def __init__(self, app: WSGIApplication, trusted: Iterable[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said: dict[str, str] = {name: environ.pop(name) for name in _ALL_FORWARDED if name in environ}
        environ[_VIA_PROXY] = bool(said)
        if said and self._is_trusted(address_of(environ.get("REMOTE_ADDR", ""))):
            self._believe(environ, said)
        return self._app(environ, start_response)

    def _believe(self, environ: WSGIEnvironment, said: dict[str, str]) -> None:
        hops = [hop.strip() for hop in said.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        for hop in reversed(hops):
            address = address_of(hop)
            if address is None:
                break
            environ["REMOTE_ADDR"] = str(address)
            if not self._is_trusted(address):
                break
        scheme = said.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        host = said.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip()
        if host:
            environ["HTTP_HOST"] = host

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def origin() -> Origin:
    """Where the current request comes from.

    Local is only what came over loopback, to a server that listens on nothing else and is known by no other name: not
    through a proxy, whether trusted or not, and not from a web page that pretends to be of this server.
    """
    config = current_server().config
    address = address_of(request.remote_addr or "")
    is_local = (
        address is not None
        and address.is_loopback
        and is_loopback_name(config.host)
        and not request.environ.get(_VIA_PROXY, False)
        and is_loopback_name(urlsplit(f"//{request.host}").hostname or "")
        and (config.public_url is None or is_loopback_name(urlsplit(config.public_url).hostname or ""))
    )
    return Origin(address=_limit_key(address), is_local=is_local)


def _limit_key(address: Address | None) -> str:
    """The address; of IPv6 the network that one customer has, or a guesser would have 2^64 of them."""
    if isinstance(address, IPv6Address) and not address.is_loopback:
        return str(IPv6Network((address, 64), strict=False))
    return str(address) if address is not None else "unknown"
