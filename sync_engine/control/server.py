"""The daemon's side of the control socket: a thread a client, few clients, small frames."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from sync_engine.control import framing
from sync_engine.control.address import is_same_user
from sync_engine.control.messages import Answer, Done, Failed, Request
from sync_engine.errors import EngineError, Refused

MAX_CLIENTS: Final = 32
"""Who comes then waits until another one goes."""
ACCEPT_AGAIN_S: Final = 0.2
SEND_TIMEOUT_S: Final = 10.0
"""A client that does not read its answers is dropped; it must not hold up anything."""


_log = logging.getLogger(__name__)


class Handler(Protocol):
    """Answers requests. Called in a client's thread, several at a time."""

    def handle(self, request: Request, answer: Callable[[Answer], None]) -> None:
        """``answer`` raises OSError when the client is gone. Raises: EngineError, told as ``Failed``."""


class ControlServer:
    """Listens until ``close``; existing for as long as the daemon holds the profile's lock."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self._path = path
        self._handler = handler
        self._clients: set[socket.socket] = set()
        self._places = threading.Semaphore(MAX_CLIENTS)
        self._lock = threading.Lock()
        self._is_closed = False
        with contextlib.suppress(FileNotFoundError):  # left by a crash: the profile's lock says that nobody uses it
            path.unlink()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._listener.bind(os.fspath(path))
        finally:
            os.umask(before)
        self._listener.listen(socket.SOMAXCONN)
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def close(self) -> None:
        """Stop listening and hang up."""
        with self._lock:
            self._is_closed = True
            clients = list(self._clients)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _accept(self) -> None:
        while True:
            self._places.acquire()
            try:
                client, _ = self._listener.accept()
            except OSError:  # also if there are too many open files just now
                self._places.release()
                if self._is_closed:
                    return
                time.sleep(ACCEPT_AGAIN_S)
                continue
            with self._lock:
                is_welcome = not self._is_closed and is_same_user(client)
                if is_welcome:
                    self._clients.add(client)
            if is_welcome:
                threading.Thread(target=self._serve, args=(client,), name="control-client", daemon=True).start()
            else:
                client.close()
                self._places.release()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(None)
        try:
            while (request := framing.receive(client, framing.REQUESTS)) is not None:
                self._answer(client, request)
        except (OSError, framing.FrameError):
            pass
        finally:
            with self._lock:
                self._clients.discard(client)
            client.close()
            self._places.release()

    def _answer(self, client: socket.socket, request: Request) -> None:
        is_gone = False

        def answer(message: Answer) -> None:
            nonlocal is_gone
            is_gone = True
            client.settimeout(SEND_TIMEOUT_S)
            framing.send(client, message)
            client.settimeout(None)
            is_gone = False

        try:
            self._handler.handle(request, answer)
        except EngineError as error:
            code = error.problem_code if isinstance(error, Refused) else error.code
            answer(Failed(code, str(error)))
        except Exception as error:
            if is_gone:
                raise
            _log.exception("a request could not be answered: %s", type(request).__name__)
            answer(Failed("internal", str(error)))
        else:
            answer(Done())
