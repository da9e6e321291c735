from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from server_api.contract.devices import Session, SignIn
from server_api.contract.messages import Wait, Waited
from server_api.errors import ApiError, NotFoundError, SessionEndedError, UnknownCursorError
from server_api.services import accounts, devices, sessions, waiting
from server_api.services.accounts import Origin
from server_api.services.hub import Hub
from server_api.services.listening import tell_moved
from server_api.services.server import Caller, Server
from server_api.storage import tables
from tests.fixtures.servers import PASSWORD, close_server, make_server

pytestmark = pytest.mark.every_database

HERE = Origin(address="127.0.0.1", is_local=True)


class SignedIn:
    def __init__(self, server: Server) -> None:
        self.server = server
        request = SignIn(email="ada@example.org", password=PASSWORD, device_name="Laptop")
        self.session: Session = sessions.sign_in(server, request, HERE)
        self.caller: Caller = sessions.authenticate(server, self.session.access_token)

    @property
    def namespace(self) -> bytes:
        return self.session.account.personal_namespace

    def wait(self, seq: int = 0, timeout_s: int = 50) -> Waited:
        request = Wait(epoch=self.session.epoch, namespaces={self.namespace: seq}, timeout_s=timeout_s)
        return waiting.wait_for_changes(self.server, self.caller, request)


@pytest.fixture
def real_server(tmp_path: Any) -> Any:
    made = make_server(tmp_path)
    accounts.add_account(made, "ada@example.org", PASSWORD)
    yield made
    close_server(made)


@pytest.fixture
def device(real_server: Server) -> SignedIn:
    return SignedIn(real_server)


@pytest.fixture
def elsewhere(real_server: Server) -> Iterator[Server]:
    """As another process that serves the same."""
    made = make_server(real_server.config.data)
    yield made
    made.database.close()


@pytest.fixture
def no_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends a wait now, ends it because it was woken."""
    monkeypatch.setattr(waiting, "POLL_INTERVAL_S", 1000.0)


def move(server: Server, namespace_id: bytes, seq: int) -> None:
    with server.database.write() as work:
        moved = update(tables.namespace).where(tables.namespace.c.namespace_id == namespace_id)
        work.connection.execute(moved.values(seq=seq))
        tell_moved(server, work, namespace_id, seq)


class Waiting:
    """A wait in a thread of its own."""

    def __init__(self, wait: Callable[[], Waited], hub: Hub) -> None:
        self.outcome: Waited | ApiError | None = None

        def run() -> None:
            try:
                self.outcome = wait()
            except ApiError as error:
                self.outcome = error

        self.thread = threading.Thread(target=run)
        watched = len(hub.topics())
        self.thread.start()
        deadline = time.monotonic() + 60
        while len(hub.topics()) == watched and self.thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.002)

    def join(self) -> Waited | ApiError | None:
        self.thread.join(40)
        assert not self.thread.is_alive(), "the wait goes on"
        return self.outcome


def test_a_wait_answers_at_once_what_it_does_not_know(device: SignedIn) -> None:
    move(device.server, device.namespace, 7)
    assert device.wait(seq=3).moved == {device.namespace: 7}


def test_a_wait_without_news_ends_empty_when_its_time_is_up(device: SignedIn) -> None:
    started = time.monotonic()
    assert device.wait(timeout_s=1).moved == {}
    assert time.monotonic() - started > 0.9


def test_a_commit_wakes_the_wait(device: SignedIn, no_polls: None) -> None:
    waits = Waiting(device.wait, device.server.hub)
    move(device.server, device.namespace, 1)
    assert waits.join() == Waited(moved={device.namespace: 1})


def test_what_another_process_commits_is_heard_within_seconds(device: SignedIn, elsewhere: Server) -> None:
    waits = Waiting(device.wait, device.server.hub)
    move(elsewhere, device.namespace, 1)
    assert waits.join() == Waited(moved={device.namespace: 1})


def test_revoking_the_device_ends_its_wait_at_once(device: SignedIn, no_polls: None) -> None:
    other = SignedIn(device.server)
    waits = Waiting(device.wait, device.server.hub)
    devices.revoke_device(device.server, other.caller, device.caller.device_id, PASSWORD)
    assert isinstance(waits.join(), SessionEndedError)


def test_disabling_the_account_elsewhere_ends_its_waits(device: SignedIn, elsewhere: Server) -> None:
    waits = Waiting(device.wait, device.server.hub)
    accounts.disable(elsewhere, "ada@example.org")
    assert isinstance(waits.join(), SessionEndedError)


def test_the_servers_end_ends_every_wait(device: SignedIn, no_polls: None) -> None:
    others = [SignedIn(device.server) for _ in range(3)]
    waits = [Waiting(each.wait, device.server.hub) for each in [device, *others]]
    device.server.hub.close()
    assert [each.join() for each in waits] == [Waited(moved={})] * 4


def test_when_the_leading_wait_ends_another_leads(device: SignedIn, elsewhere: Server) -> None:
    first = Waiting(lambda: device.wait(timeout_s=1), device.server.hub)
    second = SignedIn(device.server)
    later = Waiting(second.wait, device.server.hub)
    first.join()
    move(elsewhere, device.namespace, 1)
    assert later.join() == Waited(moved={device.namespace: 1})


def test_many_waits_are_all_woken_by_one_commit(device: SignedIn, no_polls: None) -> None:
    waits = [Waiting(SignedIn(device.server).wait, device.server.hub) for _ in range(20)]
    move(device.server, device.namespace, 1)
    assert [each.join() for each in waits] == [Waited(moved={device.namespace: 1})] * 20
    assert device.server.hub.topics() == frozenset()


def test_another_epoch_is_an_unknown_cursor(device: SignedIn) -> None:
    request = Wait(epoch=bytes(16), namespaces={}, timeout_s=0)
    with pytest.raises(UnknownCursorError):
        waiting.wait_for_changes(device.server, device.caller, request)


def test_a_seq_that_the_server_has_not_come_to_is_an_unknown_cursor(device: SignedIn) -> None:
    request = Wait(epoch=device.session.epoch, namespaces={device.namespace: 1}, timeout_s=0)
    with pytest.raises(UnknownCursorError):
        waiting.wait_for_changes(device.server, device.caller, request)


def test_nobody_waits_for_what_is_not_theirs(device: SignedIn) -> None:
    stranger = accounts.add_account(device.server, "eve@example.org", PASSWORD)
    request = Wait(epoch=device.session.epoch, namespaces={stranger.personal_namespace: 0}, timeout_s=0)
    with pytest.raises(NotFoundError):
        waiting.wait_for_changes(device.server, device.caller, request)


def test_what_happens_just_as_the_time_is_up_is_heard_by_the_next_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    class LateEvent(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            happened = super().wait(timeout)
            if not happened:
                hub.moved(b"namespace", 1)
            return happened

    hub = Hub()
    monkeypatch.setattr("server_api.services.hub.threading.Event", LateEvent)
    with hub.watch([b"namespace"]) as watch:
        watch.wait(0)  # it was woken to lead
        assert not watch.wait(0)
        assert watch.wait(0)
