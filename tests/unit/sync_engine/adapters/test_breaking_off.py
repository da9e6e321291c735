"""Calls that nobody wants any more, on connections over which nothing comes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from server_api.contract.messages import SignedRequest
from sync_engine.adapters import sockets
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.store import HttpStore
from sync_engine.errors import Unreachable
from tests.fakes.web import Reply, Seen, Web, serve

SOON_S = 20.0
"""Much less than the minute that a connection may be silent."""
SIZE = 200_000


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpClient]:
    monkeypatch.setattr(sockets, "CONNECT_S", sockets.READ_S)
    client = HttpClient()
    yield client
    client.close()


@pytest.fixture
def store(client: HttpClient, web: Web) -> HttpStore:
    web.answer = half
    return HttpStore(client, web.url)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


def half(_seen: Seen) -> Reply:
    return Reply(206, {"Content-Range": f"bytes 0-{SIZE - 1}/{SIZE}"}, bytes(SIZE), stalls=SIZE // 2)


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/"


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + SOON_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


class Caller:
    """A call in a thread of its own, which goes until ``stop`` is set. ``result``: how it ended."""

    def __init__(self, store: HttpStore, call: Callable[[], object]) -> None:
        self.stop = threading.Event()
        self.result: object = None
        self._store = store
        self._call = call
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            with self._store.until(self.stop):
                self.result = self._call()
        except Unreachable as error:
            self.result = error

    def check_it_ends(self) -> None:
        self.thread.join(SOON_S)
        assert isinstance(self.result, Unreachable)


def fetch(store: HttpStore) -> Callable[[], bytes]:
    return lambda: b"".join(store.get(SignedRequest(url="/pack", expires_in_s=300), 0, SIZE))


def test_only_what_goes_until_the_same_ends(store: HttpStore, web: Web) -> None:
    callers = [Caller(store, fetch(store)) for _ in range(2)]
    wait_until(lambda: web.stalled == 2)
    callers[0].stop.set()
    store.interrupt(callers[0].stop)
    callers[0].check_it_ends()
    assert callers[1].thread.is_alive()
    store.interrupt()
    callers[1].check_it_ends()


def test_whoever_took_a_connection_over_keeps_it(store: HttpStore, web: Web) -> None:
    web.answer = lambda _seen: Reply(206, {"Content-Range": f"bytes 0-{SIZE - 1}/{SIZE}"}, bytes(SIZE))
    is_going_on = threading.Event()

    def fetch_and_stay() -> bytes:
        fetched = fetch(store)()
        is_going_on.wait(SOON_S)
        return fetched

    first = Caller(store, fetch_and_stay)
    wait_until(lambda: store.counts.downloaded_bytes == SIZE)
    web.answer = half
    other = Caller(store, fetch(store))
    wait_until(lambda: web.stalled == 1)
    first.stop.set()
    store.interrupt(first.stop)
    is_going_on.set()
    first.thread.join(SOON_S)
    assert first.result == bytes(SIZE)
    assert (web.connections, other.result) == (1, None)
    store.interrupt()
    other.check_it_ends()


def test_a_connection_that_was_given_back_is_left_alone(store: HttpStore, web: Web) -> None:
    web.answer = lambda _seen: Reply(206, {"Content-Range": f"bytes 0-{SIZE - 1}/{SIZE}"}, bytes(SIZE))
    stop = threading.Event()
    with store.until(stop):
        fetch(store)()
        stop.set()
        store.interrupt(stop)
    fetch(store)()
    assert web.connections == 1


def test_nothing_begins_any_more(store: HttpStore, web: Web) -> None:
    stop = threading.Event()
    stop.set()
    with store.until(stop), pytest.raises(Unreachable):
        fetch(store)()
    assert web.seen == []


def test_it_ends_in_the_middle_of_greeting_each_other(
    store: HttpStore, client: HttpClient, listener: socket.socket
) -> None:
    listener.listen()
    caller = Caller(store, lambda: client.exchange("GET", url_of(listener, "https"), {}).__enter__())
    accepted, _ = listener.accept()
    with accepted:
        assert accepted.recv(1)
        caller.stop.set()
        store.interrupt(caller.stop)
        caller.check_it_ends()


def test_it_ends_while_nobody_takes_the_call(store: HttpStore, client: HttpClient, listener: socket.socket) -> None:
    listener.listen(0)
    with full(listener):
        caller = Caller(store, lambda: client.exchange("GET", url_of(listener), {}).__enter__())
        wait_until(lambda: len(client._live._sockets) == 1)
        time.sleep(0.1)
        assert caller.thread.is_alive()
        caller.stop.set()
        store.interrupt(caller.stop)
        caller.check_it_ends()


@contextmanager
def full(listener: socket.socket) -> Iterator[None]:
    """Whoever connects gets no answer."""
    waiting = [socket.socket() for _ in range(4)]
    try:
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield
    finally:
        for each in waiting:
            each.close()


def test_it_ends_while_it_waits_for_bandwidth(client: HttpClient, web: Web) -> None:
    taken, may_go_on = threading.Event(), threading.Event()

    def take(_size: int) -> None:
        taken.set()
        may_go_on.wait(SOON_S)

    store = HttpStore(client, web.url, take_down=take)
    web.answer = lambda _seen: Reply(206, {"Content-Range": "bytes 0-199999/200000"}, bytes(SIZE))
    caller = Caller(store, fetch(store))
    assert taken.wait(SOON_S)
    caller.stop.set()
    store.interrupt(caller.stop)
    may_go_on.set()
    caller.check_it_ends()
    assert store.counts.downloaded_bytes == 0
