"""Servers that begin anew, end and come back while devices write: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import requests

from server_api.contract import messages
from server_api.contract.accounts import Register
from server_api.contract.devices import Session, SignIn
from tests.end_to_end.devices import EMAIL, PASSWORD, await_that
from tests.fixtures.databases import PostgresqlServer
from tests.fixtures.servers import RunningServer, environment_of, running_server, server_command

pytestmark = [pytest.mark.end_to_end, pytest.mark.databases, pytest.mark.own_server("it is replaced at work")]

HEADERS = {"Content-Type": messages.MSGPACK, "Accept": messages.MSGPACK}
WORKERS = 2
_HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Writer:
    """One device that makes folder after folder, and sends again what was not answered.

    Attributes:
        names: of the folders whose making was answered, each once.
        failures: of connections, and answers that are no success.
    """

    def __init__(self, url: str, number: int, *, keeps_connections: bool) -> None:
        self._url = url
        self._number = number
        self._headers = dict(HEADERS) if keeps_connections else HEADERS | {"Connection": "close"}
        self._http = requests.Session()
        signing_in = SignIn(email=EMAIL, password=PASSWORD, device_name=f"Device {number}")
        answer = self._post("/v1/sessions", signing_in)
        self._session = msgspec.msgpack.decode(answer.content, type=Session)
        self._headers["Authorization"] = f"Bearer {self._session.access_token}"
        self._over = threading.Event()
        self.names: list[str] = []
        self.failures: list[str] = []
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _post(self, path: str, message: msgspec.Struct) -> requests.Response:
        return self._http.post(
            self._url + path, data=msgspec.msgpack.encode(message), headers=self._headers, timeout=60
        )

    def _write(self) -> None:
        path = f"/v1/namespaces/{UUID(bytes=self._session.account.personal_namespace)}/commits"
        number = 0
        while not self._over.is_set():
            name = f"{self._number} {len(self.names)}"
            new = messages.CreateNode(
                operation_id=os.urandom(16),
                node_id=os.urandom(16),
                kind=messages.Kind.FOLDER,
                place=messages.Place(parent_id=messages.ROOT, name=name),
            )
            while len(self.names) == int(name.split()[1]):
                if self._over.is_set() and self.failures:
                    return  # perhaps nobody will ever answer
                number += 1
                batch = messages.CommitRequest(epoch=self._session.epoch, number=number, operations=[new])
                try:
                    answer = self._post(path, batch)
                except requests.RequestException as error:
                    self.failures.append(repr(error))
                    self._over.wait(0.02)
                    continue
                if answer.status_code != 200:
                    self.failures.append(f"{answer.status_code} {answer.text}")
                    continue
                (result,) = msgspec.msgpack.decode(answer.content, type=messages.CommitResponse).results
                assert isinstance(result, messages.Applied), result
                self.names.append(name)

    def listed(self) -> list[str]:
        """What the server has, in the order in which it came."""
        path = f"{self._url}/v1/namespaces/{UUID(bytes=self._session.account.personal_namespace)}/changes"
        page = requests.get(path, headers=self._headers, timeout=60)
        changes = msgspec.msgpack.decode(page.content, type=messages.Changes)
        assert changes.complete
        assert changes.seq == len(changes.changes), "a folder was made twice, or a number was left out"
        return [change.name for change in changes.changes]

    def end(self) -> None:
        self._over.set()
        self._thread.join(120)
        self._http.close()


@contextmanager
def writers(url: str) -> Iterator[list[Writer]]:
    register = Register(email=EMAIL, password=PASSWORD)
    body = msgspec.msgpack.encode(register)
    assert requests.post(f"{url}/v1/accounts", data=body, headers=HEADERS, timeout=60).status_code == 201
    made = [Writer(url, number, keeps_connections=bool(number % 2)) for number in range(4)]
    try:
        yield made
    finally:
        for writer in made:
            writer.end()


def await_more(writing: list[Writer]) -> None:
    """Each has had some more answers."""
    before = [len(writer.names) for writer in writing]
    await_that(lambda: all(len(w.names) > n + 5 for w, n in zip(writing, before, strict=True)), "all write on")


def check(writing: list[Writer]) -> None:
    """Once all have ended: what was answered is there, once, each device's in its order."""
    listed = writing[0].listed()
    for number, writer in enumerate(writing):
        assert [name for name in listed if name.startswith(f"{number} ")] == writer.names


def test_a_reload_of_several_workers_fails_no_commit(postgresql: PostgresqlServer, tmp_path: Path) -> None:
    options = ("--workers", str(WORKERS), "--database", postgresql.new_database())
    with running_server(tmp_path, *options) as running, writers(running.url) as writing:
        await_that(lambda: len(running.children) == WORKERS + 1, "all processes are there")
        for _ in range(3):
            before = running.children
            os.kill(running.pid, signal.SIGHUP)
            await_more(writing)
            await_that(
                lambda before=before: len(running.children - before) == WORKERS == len(running.children) - 1,  # type: ignore[misc]
                "the workers are others",
            )
        for writer in writing:
            writer.end()
        assert [failure for writer in writing for failure in writer.failures] == []
        check(writing)


@contextmanager
def handed_over(listener: socket.socket, data: Path, database: str) -> Iterator[RunningServer]:
    """A server that is started as systemd does it with a socket unit."""
    command = server_command("--workers", str(WORKERS), "--database", database)
    data.mkdir(exist_ok=True)
    log = data / "server.log"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _HAND_OVER, str(listener.fileno()), *command],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment_of(data),
            pass_fds=[listener.fileno()],
        )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on http://"), log.read_text()
            yield RunningServer(line.split()[-1], data, process, log)
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def on_a_port_of_its_own(listener: socket.socket, data: Path, database: str) -> Iterator[RunningServer]:
    """One that cannot be reached until it listens; the first time, it takes the listener's port over."""
    if listener.fileno() >= 0:
        (data.parent / "port").write_text(str(listener.getsockname()[1]))
        listener.close()
    port = int((data.parent / "port").read_text())
    with running_server(data, "--workers", str(WORKERS), "--database", database, port=port) as running:
        yield running


@pytest.mark.parametrize("start", [handed_over, on_a_port_of_its_own])
def test_a_server_that_ends_and_comes_back_makes_no_commit_twice(
    start: Callable[..., Any], postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    """Where a service manager holds the socket, nobody who connects meanwhile is sent away either."""
    database = postgresql.new_database()
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener, ExitStack() as stack:
        with start(listener, tmp_path / "server", database) as running:
            writing = stack.enter_context(writers(running.url))
            await_more(writing)
            assert running.end() == 0
        for _ in range(2):
            with start(listener, tmp_path / "server", database) as running:
                await_more(writing)
                assert running.end() == 0
        with start(listener, tmp_path / "server", database):
            await_more(writing)
            for writer in writing:
                writer.end()
            check(writing)
    failures = [failure for writer in writing for failure in writer.failures]
    if start is handed_over:
        assert not [failure for failure in failures if "refused" in failure], failures
