"""HTTP as both the API and the store need it: kept-alive connections, capped answers, calls that can be broken off.

Everything that can go wrong on the way is an ``Unreachable``; what a status means is for the callers.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakSet

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse

from server_api.contract.version import VERSION
from sync_engine.errors import ProxyRefused, SetupError, Unencrypted, Unreachable, Untrusted, WrongUsage

CONNECT_S: Final = 10.0
READ_S: Final = 60.0
"""Without a byte."""
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
        self._live = _LiveSockets()
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

    def interrupt(self) -> None:
        """From any thread: everything under way ends with ``Unreachable``, at once."""
        self._live.shut_down()

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
                if scheme == "https":
                    options["ssl_context"] = _tls(self._ca_file)
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

    def pieces(self, size: int) -> Iterator[bytes]:
        """The body as it came, in pieces of that size but the last."""
        while piece := self._read(size):
            yield piece
        self.is_read = True

    def read(self, limit: int) -> bytes | None:
        """The whole body as it came; ``None`` if it is longer than the limit."""
        parts: list[bytes] = []
        size = 0
        for piece in self.pieces(min(limit + 1, 256 * 1024)):
            size += len(piece)
            if size > limit:
                return None
            parts.append(piece)
        return b"".join(parts)

    def _read(self, size: int) -> bytes:
        try:
            return self._response.read(size, decode_content=False)
        except ValueError as error:  # the library trusts the sizes of a chunked answer
            raise Unreachable("the answer is no HTTP") from error


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class _LiveSockets:
    """Knows every socket, also one that is still connecting, so that they can be shut down from another thread."""

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._bounded: dict[int, socket.socket | None] = {}
        """By thread, of those whose time is bounded: what it uses now."""
        self._lock = threading.Lock()

    def add(self, sock: socket.socket) -> None:
        """This thread uses it now."""
        with self._lock:
            self._sockets.add(sock)
        me = threading.get_ident()
        if me in self._bounded:
            self._bounded[me] = sock

    def shut_down(self) -> None:
        with self._lock:
            live = list(self._sockets)
        for sock in live:
            _shut_down(sock)

    @contextmanager
    def bounded(self, seconds: float | None) -> Iterator[None]:
        """What this thread has under way in the block is shut down if that takes longer."""
        if seconds is None:
            yield
            return
        me = threading.get_ident()

        def end() -> None:
            if sock := self._bounded.get(me):
                _shut_down(sock)

        self._bounded[me] = None
        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            del self._bounded[me]

    def pool_classes(self) -> dict[str, Any]:
        """What urllib3 makes its connections by."""
        live = self

        class Watched:
            """Mixed into connections."""

            def _new_conn(self) -> socket.socket:
                connection = cast("HTTPConnection", self)
                return _connect(connection, live.add)

            def send(self, data: Any) -> None:
                """With the time for reading: the time for connecting would be short for a piece on a slow line."""
                connection = cast("HTTPConnection", self)
                if connection.sock is None:
                    connection.connect()
                connection.sock.settimeout(READ_S)
                live.add(connection.sock)
                super().send(data)  # type: ignore[misc]

            def connect(self) -> None:
                super().connect()  # type: ignore[misc]
                live.add(cast("HTTPConnection", self).sock)  # over TLS another object than the one that connected

        class PlainConnection(Watched, HTTPConnection):
            pass

        class TlsConnection(Watched, HTTPSConnection):
            pass

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = PlainConnection

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        return {"http": PlainPool, "https": TlsPool}


def _shut_down(sock: socket.socket) -> None:
    """Past TLS, whose own shutdown is not for other threads: the descriptor is what blocks."""
    with suppress(OSError):  # closed by itself
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _connect(connection: HTTPConnection, opened: Callable[[socket.socket], None]) -> socket.socket:
    """As urllib3 does it, but each socket is known before it connects."""
    try:
        addresses = socket.getaddrinfo(connection._dns_host, connection.port, 0, socket.SOCK_STREAM)  # noqa: SLF001
    except (socket.gaierror, UnicodeError) as error:
        raise NameResolutionError(connection.host, connection, cast("socket.gaierror", error)) from error
    failure: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        opened(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(CONNECT_S)
            sock.connect(address)
        except OSError as error:
            failure = error
            sock.close()
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection in {CONNECT_S:.0f} s") from failure
    raise NewConnectionError(connection, f"no connection: {failure}") from failure


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


def _tls(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
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
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **options)
