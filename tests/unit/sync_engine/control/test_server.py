"""The control socket goes on whatever it is asked, and whatever becomes of an answer."""

from __future__ import annotations

import errno
import socket
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync_engine.control import messages as control
from sync_engine.control import server as server_module
from sync_engine.control.address import socket_path
from sync_engine.control.client import ControlClient, DaemonFailed
from sync_engine.control.server import ControlServer
from sync_engine.core.reports import PathProblem


class Handler:
    """Welcomes everybody; anything else is answered by ``call``."""

    call: Callable[[], control.Answer]

    def handle(self, request: control.Request, answer: Callable[[control.Answer], None]) -> None:
        answer(control.Welcome("1.0", control.PROTOCOL, 1) if isinstance(request, control.Hello) else self.call())


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def home(handler: Handler) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lst-") as place:
        server = ControlServer(Path(place, "control.sock"), handler)
        yield Path(place)
        server.close()


def _client(home: Path) -> ControlClient:
    client = ControlClient.connect(home)
    assert client is not None
    return client


def test_what_was_not_foreseen_is_an_answer_as_well(home: Path, handler: Handler) -> None:
    def fail() -> Any:
        raise TimeoutError("too busy")

    handler.call = fail
    with _client(home) as client:
        for _ in range(2):
            with pytest.raises(DaemonFailed, match="too busy") as failed:
                client.ask(control.GetProblems())
            assert failed.value.code == "internal"


def test_a_long_list_arrives(home: Path, handler: Handler) -> None:
    problems = [
        PathProblem(f"{at}/" + "\N{CJK UNIFIED IDEOGRAPH-6587}" * 200, "not-holdable", "") for at in range(20_000)
    ]
    handler.call = lambda: control.Problems(problems)
    with _client(home) as client:
        assert client.ask(control.GetProblems()) == control.Problems(problems)


def test_who_comes_when_there_are_many_waits_for_one_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_CLIENTS", 1)
    server = ControlServer(socket_path(tmp_path), Handler())
    with ThreadPoolExecutor() as threads:
        with _client(tmp_path):
            coming = threads.submit(_client, tmp_path)
            with pytest.raises(TimeoutError):
                coming.result(0.1)
        coming.result().close()
    server.close()


def test_one_that_hangs_up_on_who_comes_runs_no_more(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as ending, ThreadPoolExecutor() as threads:
        ending.bind(str(socket_path(tmp_path)))
        ending.listen()
        coming = threads.submit(ControlClient.connect, tmp_path)
        ending.accept()[0].close()
        assert coming.result() is None


def test_it_listens_again_after_a_time_without_free_descriptors(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accept, failures = socket.socket.accept, iter([OSError(errno.EMFILE, "too many open files")])

    def fail_once(listener: socket.socket) -> Any:
        connection = accept(listener)
        for failure in failures:
            connection[0].close()
            raise failure
        return connection

    monkeypatch.setattr(socket.socket, "accept", fail_once)
    _client(home).close()  # was waited for before
    with pytest.raises(Exception):  # noqa: B017, PT011 - one is lost
        _client(home)
    _client(home).close()
