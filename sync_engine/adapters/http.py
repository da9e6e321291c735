"""HTTP as both the API and the store need it: kept-alive connections, capped answers, calls that can be broken off.

Everything that can go wrong on the way is an ``Unreachable``; what a status means is for the callers.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, ProxyError, SSLError
from urllib3.response import BaseHTTPResponse

from server_api.contract.version import VERSION
from sync_engine.adapters.sockets import CONNECT_S, READ_S, LiveSockets
from sync_engine.errors import ProxyRefused, SetupError, Unencrypted, Unreachable, Untrusted, WrongUsage

_KEPT_CONNECTIONS: Final = 16
_PROXY_SCHEMES: Final = ("http://", "https://")
_USER_AGENT: Final = f"Lockstep/{VERSION}"

Body = bytes | Iterable[bytes | memoryview]


class HttpClient:
    """A pool of connections. Thread: any; calls run at the same time."""

    def __init__(self, *, ca_file: str | None = None, proxy: str = "system", insecure_http: bool = False) -> None:
        """Trusts the system's authorities and those in ``ca_file``.

        Args:
            ca_file: PEM.
            proxy: ``http://NAME:PASSWORD@HOST:PORT``, ``system`` (environment, system settings) or ``none``.
            insecure_http: allow plain http beyond this machine.

        Raises: SetupError.
        """
        self._insecure_http = insecure_http
        self._proxy = proxy
        self._ca_file = ca_file
        self._live = LiveSockets()
        self._pools: dict[tuple[str, str | None], urllib3.PoolManager] = {}
        """By scheme and proxy, each made when it is first needed: reading the authorities takes its time."""
        self._lock = threading.Lock()
        if ca_file is not None:
            self._pools_of("https", None)

    def use_proxy(self, proxy: str) -> None:
        """From now on; what is under way ends with ``Unreachable`` if that makes a difference. See ``__init__``."""
        before, self._proxy = self._proxy, proxy
        if proxy != before:
            self.interrupt()

    def check_address(self, url: str) -> None:
        """Raises: SetupError unless it is https, or http to this machine, or plain http was allowed."""
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in {"http", "https"} and parts.port != 0
        except ValueError:
            parts, is_address = urlsplit(""), False
        if not is_address or not parts.hostname:
            raise WrongUsage(f"“{url}” is no address of a server; write https://HOST.")
        if parts.scheme == "http" and not self._insecure_http and not is_loopback(parts.hostname):
            raise Unencrypted(
                f"{parts.hostname} would be spoken to without encryption. Use https, or allow it with --insecure-http."
            )

    @contextmanager
    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Body | None = None,
        read_s: float = READ_S,
        total_s: float | None = None,
    ) -> Iterator[Answer]:
        """Send a request; the answer can be read inside the block. Redirects are answers like others.

        An answer that was not read to its end costs the connection. ``total_s``: after so long it ends with
        ``Unreachable``, however much of it comes. Raises: Unreachable, ProxyRefused, Untrusted; SetupError.
        """
        with self._live.bounded(total_s), self._exchange(method, url, headers, body, read_s) as answer:
            yield answer

    @contextmanager
    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | None, read_s: float
    ) -> Iterator[Answer]:
        self.check_address(url)
        headers = {"User-Agent": _USER_AGENT, **headers}
        timeout = urllib3.Timeout(connect=CONNECT_S, read=read_s)
        pools = self._pools_for(url)
        with _translated():
            try:
                response = pools.urlopen(
                    method, url, body=cast("Any", body), headers=headers, redirect=False, retries=False,
                    preload_content=False, decode_content=False, timeout=timeout,
                )  # fmt: skip
            except ValueError as error:  # part of the headers are the server's own words
                raise Unreachable("the server wants something sent that is no HTTP") from error
        answer = Answer(response)
        try:
            if response.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                raise ProxyRefused("the proxy answered 407")
            with _translated():
                yield answer
        finally:
            if not answer.is_read:
                response.close()
            response.release_conn()

    def interrupt(self, stop: threading.Event | None = None) -> None:
        """From any thread: everything under way ends with ``Unreachable``, at once; or what goes ``until`` this."""
        self._live.shut_down(stop)

    def until(self, stop: threading.Event) -> AbstractContextManager[None]:
        """In the block, this thread begins nothing once ``stop`` is set, and ``interrupt`` ends what it has begun."""
        return self._live.until(stop)

    def is_stopped(self) -> bool:
        """What this thread does need not go on."""
        return self._live.is_stopped()

    def close(self) -> None:
        self.interrupt()
        with self._lock:
            for pools in self._pools.values():
                pools.clear()

    def _pools_for(self, url: str) -> urllib3.PoolManager:
        return self._pools_of(urlsplit(url).scheme, self._proxy_for(url))

    def _pools_of(self, scheme: str, proxy: str | None) -> urllib3.PoolManager:
        with self._lock:
            pools = self._pools.get((scheme, proxy))
            if pools is None:
                options: dict[str, Any] = {"maxsize": _KEPT_CONNECTIONS, "block": False}
                if "https" in {scheme, urlsplit(proxy or "").scheme}:
                    options["ssl_context"] = _tls(self._ca_file, self._live.tls_class())
                pools = urllib3.PoolManager(**options) if proxy is None else _proxied(proxy, options)
                pools.pool_classes_by_scheme = self._live.pool_classes()
                self._pools[scheme, proxy] = pools
            return pools

    def _proxy_for(self, url: str) -> str | None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._proxy in {"", "none"} or is_loopback(host):
            return None
        if self._proxy != "system":
            return self._proxy
        proxies = getproxies()
        if proxy_bypass(host):
            return None
        named = proxies.get(parts.scheme) or proxies.get("all") or ""
        return named if named.startswith(_PROXY_SCHEMES) else None


class Answer:
    """A response: status, headers, and a body that is read as far as the caller wants.

    Attributes:
        is_read: to its end, so that the connection can serve again.
    """

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.is_read = False

    def piece(self, size: int) -> bytes:
        """The next bytes of the body as it came, so many if there are; none at its end."""
        try:
            piece = self._response.read(size, decode_content=False)
        except ValueError as error:  # the library trusts the sizes of a chunked answer
            raise Unreachable("the answer is no HTTP") from error
        self.is_read = not piece
        return piece

    def read(self, limit: int) -> bytes | None:
        """The whole body as it came; ``None`` if it is longer than the limit."""
        parts: list[bytes] = []
        size = 0
        while piece := self.piece(min(limit + 1, 256 * 1024)):
            size += len(piece)
            if size > limit:
                return None
            parts.append(piece)
        return b"".join(parts)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@contextmanager
def _translated() -> Iterator[None]:
    """Foreign exceptions end here; what they say holds no address of a signed request."""
    try:
        yield
    except HTTPError as error:
        if isinstance(error, ProxyError) and "407" in str(error.original_error):
            raise ProxyRefused("the proxy answered 407") from error
        if isinstance(error, SSLError) and isinstance(failure := error.args[0], ssl.SSLCertVerificationError):
            raise Untrusted(failure.verify_message) from error
        raise Unreachable(_describe(error)) from error
    except OSError as error:
        raise Unreachable(error.strerror or type(error).__name__) from error


def _describe(error: HTTPError) -> str:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return type(error).__name__


def _tls(ca_file: str | None, socket_class: type[ssl.SSLSocket]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.sslsocket_class = socket_class
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SetupError(f"The authorities in {ca_file} cannot be read: {error}.") from error
    return context


def _proxied(proxy: str, options: Mapping[str, Any]) -> urllib3.PoolManager:
    if not proxy.startswith(_PROXY_SCHEMES):
        raise SetupError("The proxy that is set cannot be used: only http and https proxies can.")
    parts = urlsplit(proxy)
    headers = None
    if parts.username is not None:
        headers = urllib3.make_headers(proxy_basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}")
    tls = options.get("ssl_context")
    return urllib3.ProxyManager(proxy, proxy_headers=headers, proxy_ssl_context=tls, **options)
