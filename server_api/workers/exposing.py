"""The metrics' own address: everything that is counted, for Prometheus, and nothing else.

No name or password is asked for, so it belongs where only the one who watches can reach it.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from server_api.metrics import ProcessWatch, exposition

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_AT_ONCE: Final = 16
_LOG: Final = logging.getLogger("lockstep.metrics")


def make_shared_directory() -> Path:
    """Where the processes of this server count together."""
    shared = Path(tempfile.mkdtemp(prefix="lockstep-metrics-"))
    atexit.register(shutil.rmtree, shared, ignore_errors=True)  # if it does not come to serving
    return shared


def metrics_app(tell: Callable[[], bytes]) -> WSGIApplication:
    """Answers ``GET /metrics`` with what ``tell`` gives."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        if environ.get("PATH_INFO") != "/metrics":
            start_response("404 Not Found", headers)
            return [b"The metrics are at /metrics.\n"]
        if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            start_response("405 Method Not Allowed", [*headers, ("Allow", "GET, HEAD")])
            return [b""]
        headers[0] = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        body = tell()
        start_response("200 OK", headers)
        return [body]

    return app


def be_metrics(listener: socket.socket, shared: Path, lifeline: int) -> NoReturn:
    """The metrics' process. When the server is gone it takes the shared directory along, and ends."""
    try:
        import gevent  # noqa: PLC0415  (only where there is fork)
        import gevent.socket  # noqa: PLC0415
        from gevent.pywsgi import WSGIServer  # noqa: PLC0415

        gevent.reinit()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it goes last, by the lifeline
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        watch = ProcessWatch("metrics")

        def tell() -> bytes:
            watch.look()
            return exposition(shared=shared)

        server = WSGIServer(listener, metrics_app(tell), log=None, error_log=_LOG, spawn=_AT_ONCE)
        server.start()
        gevent.socket.wait_read(lifeline)
        shutil.rmtree(shared, ignore_errors=True)
    finally:
        os._exit(0)


def expose_in_thread(listener: socket.socket) -> None:
    """The same where one process does everything."""
    import waitress.server  # noqa: PLC0415  (only where it serves)

    watch = ProcessWatch("server")

    def tell() -> bytes:
        watch.look()
        return exposition()

    server: Any = waitress.server.create_server(metrics_app(tell), sockets=[listener], threads=2)
    threading.Thread(target=server.run, name="metrics", daemon=True).start()
