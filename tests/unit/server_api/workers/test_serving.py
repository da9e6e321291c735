"""Real server processes on loopback: how they start, serve, end and die."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import requests

from server_api.contract import messages
from server_api.contract.devices import Session, SignIn
from tests.fixtures import servers
from tests.fixtures.ports import free_port
from tests.fixtures.servers import (
    PASSWORD,
    RunningServer,
    environment_of,
    run_server_command,
    running_server,
    server_command,
    until,
)
from tests.web.people import OtherDevice, Person

pytestmark = pytest.mark.end_to_end
EMAIL = "ada@example.org"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server for the tests that leave it as it is."""
    with running_server(tmp_path_factory.mktemp("shared")) as running:
        sign_up(running)
        yield running


def sign_up(running: RunningServer) -> None:
    body = {"email": EMAIL, "password": PASSWORD}
    assert requests.post(f"{running.url}/v1/accounts", json=body, timeout=60).status_code == 201


def sign_in(running: RunningServer) -> tuple[Session, dict[str, str]]:
    body = SignIn(email=EMAIL, password=PASSWORD, device_name="Laptop")
    headers = {"Content-Type": messages.MSGPACK, "Accept": messages.MSGPACK}
    response = requests.post(
        f"{running.url}/v1/sessions", data=msgspec.msgpack.encode(body), headers=headers, timeout=60
    )
    assert response.status_code == 201, response.text
    session = msgspec.msgpack.decode(response.content, type=Session)
    return session, headers | {"Authorization": f"Bearer {session.access_token}"}


class WaitingDevice:
    """A device whose waiting request has reached the server."""

    def __init__(self, running: RunningServer) -> None:
        self.session, self.headers = sign_in(running)
        namespaces = {self.session.account.personal_namespace: 0}
        body = messages.Wait(epoch=self.session.epoch, namespaces=namespaces, timeout_s=55)
        self._connection = HTTPConnection(running.url.removeprefix("http://"), timeout=100)
        self._connection.request("POST", "/v1/wait", msgspec.msgpack.encode(body), self.headers)
        for _ in range(2):  # what comes later is answered later, so the wait has begun
            requests.get(f"{running.url}/v1/server", timeout=60)

    def answer(self) -> tuple[int, bytes]:
        """Status and body, once it answers."""
        try:
            response = self._connection.getresponse()
            return response.status, response.read()
        finally:
            self._connection.close()


def connected(running: RunningServer) -> socket.socket:
    host, _, port = running.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def code_of(body: bytes) -> str:
    return msgspec.json.decode(body, type=messages.Problem).code


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_says_where_it_listens_in_one_line_and_ends_cleanly(tmp_path: Path) -> None:
    with running_server(tmp_path) as running:
        assert requests.get(f"{running.url}/v1/server", timeout=60).json()["product"] == "lockstep"
        processes = [running.pid, *running.children]
        assert running.end() == 0
        assert running.process.stdout is not None
        assert running.process.stdout.read() == "", "one line and no more"
    until(lambda: not any(is_running(pid) for pid in processes))


def test_it_ends_within_seconds_although_devices_wait(tmp_path: Path) -> None:
    with running_server(tmp_path) as running:
        sign_up(running)
        waiting = [WaitingDevice(running) for _ in range(3)]
        with requests.Session() as kept_open:
            kept_open.get(f"{running.url}/v1/server", timeout=60)
            started = time.monotonic()
            assert running.end() == 0
            assert time.monotonic() - started < 40, "it waited for those who wait"
        for device in waiting:
            status, body = device.answer()
            assert status == 200
            assert msgspec.msgpack.decode(body, type=messages.Waited).moved == {}


def test_with_threads_it_serves_and_ends_as_well(tmp_path: Path) -> None:
    with running_server(tmp_path, "--serve-with", "threads") as running:
        sign_up(running)
        device = WaitingDevice(running)
        assert running.end() == 0
        status, body = device.answer()
        assert (status, msgspec.msgpack.decode(body, type=messages.Waited).moved) == (200, {})


@pytest.mark.parametrize("way", ["greenlets", "threads"])
def test_it_ends_with_who_holds_its_input_if_told_to(way: str, tmp_path: Path) -> None:
    command = server_command("--port", "0", "--serve-with", way, "--until-input-ends")
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment_of(tmp_path)
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"listening on ")
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(60) == 0, (tmp_path / "log").read_text()


def test_killed_it_leaves_nothing_behind_and_starts_again_at_once(tmp_path: Path) -> None:
    port = free_port()
    with running_server(tmp_path, port=port) as running:
        sign_up(running)
        session, headers = sign_in(running)
        processes = running.children
        assert processes
        running.kill()
        until(lambda: not any(is_running(pid) for pid in processes))
    with running_server(tmp_path, port=port) as again:
        assert requests.get(f"{again.url}/v1/account", headers=headers, timeout=60).status_code == 200
        assert sign_in(again)[0].epoch == session.epoch


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with running_server(tmp_path) as running:
        until(lambda: len(running.children) == 2)  # the worker says that it listens before the jobs' process is made
        before = running.children
        for pid in before:
            os.kill(pid, 9)
        until(lambda: len(running.children - before) == 2)
        assert requests.get(f"{running.url}/v1/server", timeout=60).status_code == 200
        assert running.end() == 0


def test_waiting_devices_do_not_slow_others_down(shared: RunningServer) -> None:
    waiting = [WaitingDevice(shared) for _ in range(8)]
    with requests.Session() as session:
        for _ in range(20):
            assert session.get(f"{shared.url}/v1/server", timeout=60).status_code == 200
    _, headers = sign_in(shared)
    for device in waiting:
        path = f"{shared.url}/v1/sessions/current"
        assert requests.delete(path, headers=device.headers, timeout=60).status_code == 204
        status, body = device.answer()
        assert (status, code_of(body)) == (401, "session-ended")
    assert requests.get(f"{shared.url}/v1/account", headers=headers, timeout=60).status_code == 200


def test_an_operators_command_reaches_waiting_devices(tmp_path: Path) -> None:
    with running_server(tmp_path) as running:
        sign_up(running)
        device = WaitingDevice(running)
        assert run_server_command(tmp_path, "user", "disable", EMAIL).returncode == 0
        status, body = device.answer()
        assert (status, code_of(body)) == (401, "session-ended")


def test_a_second_server_on_the_same_data_is_refused_in_one_line(tmp_path: Path) -> None:
    with running_server(tmp_path) as running:
        second = run_server_command(tmp_path, "--port", "0")
        assert (second.returncode, second.stdout) == (1, "")
        said = f"another server runs on {tmp_path}. Stop that one first, or give this one another directory: --data DIR"
        assert second.stderr.splitlines()[-1] == f"lockstep server: {said}"
        assert run_server_command(tmp_path, "user", "list", "--json").returncode == 0, "commands go beside it"
        running.process.kill()
        running.process.wait()
        with running_server(tmp_path):
            pass


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_server_command(tmp_path, "--port", str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert f"port {port}" in result.stderr
    assert "--port" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--database", "sqlite:////proc/none/x.sqlite"], 1),
        (["--store", "dir:/proc/none/objects"], 1),
        (["--host", "192.0.2.1"], 1),
        pytest.param(["--workers", "2"], 2, marks=pytest.mark.embedded),  # other databases serve several processes
        (["--database", "oracle://x"], 2),
    ],
)
def test_what_cannot_be_served_is_told_and_nothing_is_left_running(
    tmp_path: Path, arguments: list[str], code: int
) -> None:
    result = run_server_command(tmp_path, "--port", "0", *arguments)
    assert (result.returncode, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
    assert "rror" in result.stderr or result.stderr.startswith("lockstep server: ")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere systems are not told so for one connection")
def test_who_takes_nothing_of_an_answer_is_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may hold memory, or one of few places."""

    def impatient(*arguments: str) -> list[str]:
        python, option, program, *rest = server_command(*arguments)
        return [
            python,
            option,
            f"from server_api.workers import gevent_worker as w; w._UNTAKEN_MS = 1_000; {program}",
            *rest,
        ]

    monkeypatch.setattr(servers, "server_command", impatient)
    with running_server(tmp_path) as running, connected(running) as client:
        ask = b"GET /web/vendor/pdf.worker.min.mjs HTTP/1.1\r\nHost: x\r\n\r\n"
        client.sendall(ask * 30)  # the answers are more than what lies between the two can hold
        assert client.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200"
        assert is_established(client)
        until(lambda: not is_established(client))
        assert requests.get(f"{running.url}/v1/server", timeout=60).status_code == 200
        assert "Traceback" not in running.log.read_text()


def test_a_long_answer_keeps_nobody_waiting(shared: RunningServer) -> None:
    """Neither its database, which is in the process, nor a reader who takes all at once ever lets others go on."""
    person = Person.registered(shared.url)
    device = OtherDevice(shared.url, person.email)
    folder = device.folder("folder")
    device.many("folder", [f"{number}" for number in range(10_000)])
    path = f"/v1/namespaces/{UUID(bytes=device.namespace_id)}/zip?node={folder.hex()}"
    with requests.Session() as browser, requests.Session() as other, ThreadPoolExecutor(1) as pool:
        assert browser.post(f"{shared.url}/sign-in", data={"email": person.email, "password": PASSWORD}).ok
        answer = browser.get(shared.url + path, stream=True, timeout=60)
        pieces = answer.iter_content(1_000_000)
        assert next(pieces).startswith(b"PK")
        rest = pool.submit(lambda: sum(map(len, pieces)))
        for _ in range(3):
            assert other.get(f"{shared.url}/v1/server", timeout=60).ok
        assert not rest.done()
        assert rest.result(60) > 1_000_000
    device.close()


def is_established(client: socket.socket) -> bool:
    """Whether the server still has its end of the connection."""
    ends = [f"0100007F:{port:04X}" for port in (client.getpeername()[1], client.getsockname()[1])]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return [*ends, "01"] in [row[1:4] for row in rows]


def test_nothing_secret_reaches_the_log(shared: RunningServer) -> None:
    session, headers = sign_in(shared)
    requests.get(f"{shared.url}/v1/store/packs/x?signature=very-secret", headers=headers, timeout=60)
    requests.get(f"{shared.url}/sign-in/very-secret", timeout=60)
    until(lambda: "/sign-in/[redacted]" in shared.log.read_text())  # a line follows its answer
    log = shared.log.read_text()
    for secret in ("very-secret", session.access_token, session.refresh_token, PASSWORD):
        assert secret not in log


def test_a_body_beyond_the_limit_is_refused(shared: RunningServer) -> None:
    response = requests.post(
        f"{shared.url}/v1/sessions",
        data=bytes(40 * 1024 * 1024),
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    assert response.status_code == 413


def test_a_body_in_chunks_is_refused_unread(shared: RunningServer) -> None:
    """Reading many tiny ones would keep the process from everything else."""
    head = (
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    for body in (b"2\r\n{}\r\n0\r\n\r\n", b"-1\r\n"):
        with connected(shared) as connection:
            connection.sendall(head + body)
            assert connection.recv(100).startswith(b"HTTP/1.1 411 ")


@pytest.mark.parametrize(
    "raw", [b"GET /\r\n\r\n", b"\x16\x03\x01 TLS?", b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 99_999]
)
def test_what_is_no_http_is_refused_and_the_server_goes_on(shared: RunningServer, raw: bytes) -> None:
    with connected(shared) as connection:
        connection.sendall(raw + b"\r\n\r\n")
        assert b"200 OK" not in connection.recv(4096)
    assert requests.get(f"{shared.url}/v1/server", timeout=60).status_code == 200


def test_the_command_line_is_ready_to_be_run(tmp_path: Path) -> None:
    assert server_command("user", "list")[-2:] == ["user", "list"]
    run_server_command(tmp_path, "migrate")
    assert run_server_command(tmp_path, "user", "list", "--json").stdout == "[]\n"
