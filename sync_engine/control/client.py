"""A face's side of the control socket: used by the command line, the tray and the file managers."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from sync_engine.control import framing
from sync_engine.control.address import is_same_user, socket_path
from sync_engine.control.messages import Answer, Done, Failed, Hello, Request, Welcome

CONNECT_TIMEOUT_S: Final = 2.0


class DaemonGone(Exception):
    """It ended, or was killed, in the middle of a call."""


class DaemonFailed(Exception):
    """It answered with an error: ``code`` as in ``sync_engine.errors``."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


class ControlClient:
    """One connection; a context manager. Thread: one at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        welcome = self.ask(Hello())
        if not isinstance(welcome, Welcome):
            raise DaemonGone("no welcome")
        self.welcome = welcome

    @property
    def is_open(self) -> bool:
        """Whether it was not closed here."""
        return self._connection.fileno() >= 0

    def is_alive(self) -> bool:
        """Whether the daemon has not hung up on a connection that waits for nothing."""
        self._connection.settimeout(0)
        try:
            return bool(self._connection.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def hang_up(self) -> None:
        """From any thread: whoever waits for an answer gets ``DaemonGone``."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    @classmethod
    def connect(cls, home: Path) -> ControlClient | None:
        """``None`` if no daemon runs for this profile, or it ends just now. Raises: DaemonGone if it does not answer,
        SetupError."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_TIMEOUT_S)
        try:
            connection.connect(os.fspath(socket_path(home)))
        except OSError:
            connection.close()
            return None
        if not is_same_user(connection):
            connection.close()
            return None
        try:
            return cls(connection)
        except DaemonGone as error:
            connection.close()
            if isinstance(error.__cause__, TimeoutError):
                raise
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.close()

    def stream(self, request: Request, timeout_s: float | None = None) -> Iterator[Answer]:
        """All answers to one request, as they come. ``timeout_s`` bounds the silence between two.

        Raises: DaemonFailed, DaemonGone.
        """
        self._connection.settimeout(timeout_s)
        try:
            framing.send(self._connection, request)
            while True:
                answer = framing.receive(self._connection, framing.ANSWERS)
                if answer is None:
                    raise DaemonGone
                if isinstance(answer, Done):
                    return
                if isinstance(answer, Failed):
                    raise DaemonFailed(answer.code, answer.detail)
                yield answer
        except (OSError, framing.FrameError) as error:
            raise DaemonGone(str(error)) from error

    def ask(self, request: Request, timeout_s: float | None = 10.0) -> Answer | None:
        """The last answer to one request; ``None`` if there is nothing to say. Raises: DaemonFailed, DaemonGone."""
        last: Answer | None = None
        for answer in self.stream(request, timeout_s):
            last = answer
        return last
