"""A mail server on loopback that takes what it is given, or refuses it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SmtpServer(socketserver.ThreadingTCPServer):
    """Attributes:
    taken: each mail as it came, headers and body.
    refusal: the answer to RCPT in place of yes.
    said: each command's first word.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[str] = []
        self.said: list[str] = []
        self.refusal: str | None = None

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            command = line.split(b":")[0].split()[0].decode().upper()
            self.server.said.append(command)
            if command == "QUIT":
                self._say("221 bye")
                return
            if command == "RCPT" and self.server.refusal is not None:
                self._say(self.server.refusal)
            elif command == "DATA":
                self._say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line.decode())
                self.server.taken.append("".join(lines))
                self._say("250 taken")
            else:
                self._say("250 yes")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """One that listens until the block ends."""
    with SmtpServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
