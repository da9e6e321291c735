"""Connections that can be shut down from another thread, at every moment: urllib3's, with sockets that are known."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssltransport import SSLTransport

CONNECT_S: Final = 10.0
READ_S: Final = 60.0
"""Without a byte."""


class LiveSockets:
    """Knows every socket, also one that is still connecting, so that they can be shut down from another thread."""

    def __init__(self) -> None:
        self._sockets: WeakKeyDictionary[socket.socket, int] = WeakKeyDictionary()
        """Each with the thread that uses it; 0: none."""
        self._stops: dict[int, list[threading.Event]] = {}
        """By thread, what ends all that it does."""
        self._lock = threading.RLock()
        """One that can be taken twice: the garbage collector lets go of answers in the midst of anything."""

    def add(self, sock: socket.socket) -> None:
        """This thread uses it now. Raises: OSError, if it need not any more."""
        with self._lock:
            self._sockets[sock] = threading.get_ident()
        if self.is_stopped():
            raise ConnectionAbortedError(errno.ECONNABORTED, "interrupted")

    def give_back(self, sock: socket.socket) -> None:
        """No thread uses it for now."""
        with self._lock:
            self._sockets[sock] = 0

    def is_stopped(self) -> bool:
        return any(stop.is_set() for stop in self._stops.get(threading.get_ident(), ()))

    def shut_down(self, stop: threading.Event | None = None) -> None:
        """All of them, or those of threads that go on ``until`` this."""
        with self._lock:
            for sock, thread in list(self._sockets.items()):
                if stop is None or stop in self._stops.get(thread, ()):
                    _shut_down(sock)

    @contextmanager
    def until(self, stop: threading.Event) -> Iterator[None]:
        """What this thread does in the block."""
        me = threading.get_ident()
        with self._lock:
            self._stops[me] = [*self._stops.get(me, ()), stop]
        try:
            yield
        finally:
            with self._lock:
                self._stops[me].remove(stop)
                if not self._stops[me]:
                    del self._stops[me]

    @contextmanager
    def bounded(self, seconds: float | None) -> Iterator[None]:
        """What this thread does in the block ends if it takes longer."""
        if seconds is None:
            yield
            return
        stop = threading.Event()

        def end() -> None:
            stop.set()
            self.shut_down(stop)

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            with self.until(stop):
                yield
        finally:
            timer.cancel()

    def tls_class(self) -> type[ssl.SSLSocket]:
        """What sockets become over TLS: another object than the one that connected."""
        live = self

        class Watched(ssl.SSLSocket):
            def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base has it
                live.add(self)
                super().do_handshake(block)

        return Watched

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
                live.add(_innermost(connection.sock))
                super().send(data)  # type: ignore[misc]

        class PlainConnection(Watched, HTTPConnection):
            pass

        class TlsConnection(Watched, HTTPSConnection):
            pass

        class GivesBack:
            """Mixed into pools: what lies in one is nobody's, until somebody sends something."""

            def _put_conn(self, conn: Any) -> None:
                if conn is not None and conn.sock is not None:
                    live.give_back(_innermost(conn.sock))
                super()._put_conn(conn)  # type: ignore[misc]

        class PlainPool(GivesBack, HTTPConnectionPool):
            ConnectionCls = PlainConnection

        class TlsPool(GivesBack, HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        return {"http": PlainPool, "https": TlsPool}


def _innermost(sock: socket.socket | SSLTransport) -> socket.socket:
    """Through a proxy that is itself spoken to in TLS, there is TLS within TLS."""
    while isinstance(sock, SSLTransport):
        sock = sock.socket
    return sock


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
        try:
            opened(sock)
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
