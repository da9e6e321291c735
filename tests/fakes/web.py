"""A small real HTTP server on loopback whose answers a test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any, Literal


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Reply:
    """What to answer.

    Attributes:
        cut: close the connection after so many bytes of the body.
        trickles: this part of it comes byte by byte, and never ends.
        stalls: after so many bytes of the body nothing more comes, and the connection stays.
        bytes_a_second: how fast the body comes; 0: as fast as it can.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    omits_length: bool = False
    trickles: Literal["", "head", "body"] = ""
    stalls: int | None = None
    bytes_a_second: int = 0


class Web:
    """Attributes: url; seen, in order; connections, accepted so far; stalled, answers that do; answer, decides."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[Seen] = []
        self.connections = self.stalled = 0
        self.answer: Callable[[Seen], Reply] = lambda _seen: Reply()
        self.release = threading.Event()
        """Set at the end, so that an answer that waits for it never outlives its test."""


def _trickle(out: BufferedIOBase, reply: Reply, part: str, release: threading.Event) -> None:
    """If this part is to."""
    if reply.trickles == part:
        out.write(b"HTTP/1.1 200 OK\r\nX-Slow: " if part == "head" else b"")
        while not release.wait(0.02):
            out.write(b"x")


@contextmanager
def serve() -> Iterator[Web]:
    web: Web

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            web.connections += 1

        def log_message(self, *_args: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            seen = Seen(self.command, self.path, dict(self.headers), body)
            web.seen.append(seen)
            reply = web.answer(seen)
            _trickle(self.wfile, reply, "head", web.release)
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not reply.omits_length:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            _trickle(self.wfile, reply, "body", web.release)
            if reply.stalls is not None:
                self.wfile.write(reply.body[: reply.stalls])
                web.stalled += 1
                web.release.wait()
            body = reply.body if reply.cut is None else reply.body[: reply.cut]
            at_once = reply.bytes_a_second // 50 or len(body) or 1
            for start in range(0, len(body), at_once):
                web.release.wait(0.02 if reply.bytes_a_second else 0)
                self.wfile.write(body[start : start + at_once])
            if reply.cut is not None or reply.omits_length:
                self.close_connection = True

        do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - as the standard library names them

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web = Web(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
