"""A server that is told to begin anew, or to end, while requests come in."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.fixtures.servers import RunningServer, running_server, until

pytestmark = pytest.mark.end_to_end


class Load:
    """Clients that ask again and again, on new connections and on kept ones, until they are told to end."""

    def __init__(self, running: RunningServer) -> None:
        self._url = f"{running.url}/v1/server"
        self._over = threading.Event()
        self.answers = 0
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._ask, args=(kept,)) for kept in (True, False) * 3]
        for thread in self._threads:
            thread.start()

    def _ask(self, kept: bool) -> None:
        with requests.Session() as session:
            while not self._over.is_set():
                try:
                    response = session.get(self._url, timeout=60, headers={} if kept else {"Connection": "close"})
                    if response.status_code != 200:
                        self.failures.append(f"{kept=} {response.status_code}")
                    self.answers += 1
                except requests.RequestException as error:
                    self.failures.append(f"{kept=} {error!r}")

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)


@contextlib.contextmanager
def under_load(running: RunningServer) -> Iterator[Load]:
    load = Load(running)
    try:
        yield load
    finally:
        load.end()


def test_a_reload_replaces_the_worker_and_fails_no_request(tmp_path: Path) -> None:
    with running_server(tmp_path) as running, under_load(running) as load:
        until(lambda: len(running.children) == 2)
        for _ in range(4):
            before, answered = running.children, load.answers
            os.kill(running.pid, signal.SIGHUP)
            until(lambda: len(running.children - before) == 1 and len(running.children) == 2)  # noqa: B023
            until(lambda: load.answers > answered + 50)  # noqa: B023
        load.end()
        assert load.failures == []
        assert running.end() == 0


def test_who_is_connected_and_asks_nothing_is_hung_up_without_an_error(tmp_path: Path) -> None:
    with running_server(tmp_path) as running:
        host, _, port = running.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(b"GET /v1/server HTTP/1.1\r\nHost: here\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            os.kill(running.pid, signal.SIGHUP)
            while connection.recv(65536):
                """What was left of the answer."""
        assert running.end() == 0
    assert '"level": "error"' not in (tmp_path / "server.log").read_text()
