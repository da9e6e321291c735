from __future__ import annotations

import logging
import threading
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from server_api.contract.messages import PROBLEM_JSON, Problem
from server_api.errors import UnavailableError
from server_api.services.hub import Hub
from server_api.services.readiness import FRESH_S, SLOW_S, Readiness
from server_api.services.server import Server
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore
from tests.fixtures.servers import Api
from tests.fixtures.shared import await_that


class CountingStore(MemoryStore):
    """Counts who asks, and answers once it may."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.pings = 0
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def ping(self) -> None:
        self.pings += 1
        self.asked.set()
        assert self.may_answer.wait(60)
        super().ping()


@pytest.fixture
def store(server: Server, clock: FakeClock) -> CountingStore:
    store = CountingStore(clock)
    server.readiness = Readiness(server.database, store, server.hub, clock)
    return store


def not_ready(api: Api) -> str:
    response = api.client.get("/ready")
    assert (response.status_code, response.content_type) == (503, PROBLEM_JSON)
    assert int(response.headers["Retry-After"]) > 0
    return msgspec.json.decode(response.data, type=Problem).detail


def test_a_server_that_works_is_alive_and_ready(api: Api, server: Server) -> None:
    server.store.check()
    for path, word in (("/health", "alive\n"), ("/ready", "ready\n")):
        response = api.client.get(path)
        assert (response.status_code, response.text) == (200, word)
        assert response.headers["Cache-Control"] == "no-store"


def test_a_store_that_is_away_makes_it_not_ready_until_it_is_back(
    api: Api, store: CountingStore, clock: FakeClock
) -> None:
    store.is_down = True
    assert not_ready(api) == "The store does not answer."
    assert api.client.get("/health").status_code == 200
    store.is_down = False
    clock.advance(FRESH_S)
    assert api.client.get("/ready").status_code == 200


@pytest.mark.embedded
def test_a_directory_that_is_no_longer_mounted_makes_it_not_ready(api: Api, server: Server, clock: FakeClock) -> None:
    server.store.check()
    assert api.client.get("/ready").status_code == 200
    objects = Path(server.config.store_url.removeprefix("dir:"))
    objects.rename(objects.with_name("elsewhere"))
    objects.mkdir()  # an empty mount point
    clock.advance(FRESH_S)
    assert not_ready(api) == "The store does not answer."


def test_a_database_that_is_away_makes_it_not_ready(
    api: Api, server: Server, store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise UnavailableError

    monkeypatch.setattr(server.database, "is_at_head", fail)
    store.is_down = True
    assert not_ready(api) == "The database does not answer. The store does not answer."


def test_a_schema_of_another_version_makes_it_not_ready(api: Api, server: Server, store: CountingStore) -> None:
    with server.database.write() as work:
        work.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not_ready(api) == "The database is at another version's schema."


def test_a_server_that_ends_is_not_ready(api: Api, server: Server) -> None:
    server.hub.close()
    assert not_ready(api) == "The server is about to end."


def test_however_many_ask_it_looks_once_in_a_while(api: Api, store: CountingStore, clock: FakeClock) -> None:
    for _ in range(20):
        assert api.client.get("/ready").status_code == 200
    assert store.pings == 1
    clock.advance(FRESH_S)
    assert api.client.get("/ready").status_code == 200
    assert store.pings == 2


def test_what_takes_too_long_to_answer_does_not_answer(server: Server, clock: FakeClock) -> None:
    store = CountingStore(clock)
    readiness = Readiness(server.database, store, Hub(), clock)
    assert readiness.failing() == ()
    clock.advance(FRESH_S)
    store.asked.clear()
    store.may_answer.clear()
    looking = threading.Thread(target=readiness.failing)
    looking.start()
    try:
        assert store.asked.wait(60)
        assert readiness.failing() == (), "nobody else waits for it"
        clock.advance(SLOW_S)
        assert readiness.failing() == ("store",)
    finally:
        store.may_answer.set()
        looking.join(60)
    await_that(lambda: readiness.failing() == (), "it answers now")


def test_the_first_who_ask_are_told_of_what_takes_too_long(server: Server, clock: FakeClock) -> None:
    store = CountingStore(clock)
    store.may_answer.clear()
    readiness = Readiness(server.database, store, Hub(), clock)
    answers: list[tuple[str, ...]] = []
    asking = [threading.Thread(target=lambda: answers.append(readiness.failing()), daemon=True) for _ in range(3)]
    for each in asking:
        each.start()
    try:
        assert store.asked.wait(60)
        clock.advance(SLOW_S)
        await_that(lambda: answers == [("store",)] * 3, "all have their answer")
        assert store.pings == 1
    finally:
        store.may_answer.set()
        for each in asking:
            each.join(60)
    await_that(lambda: readiness.failing() == (), "it answers now")


def test_who_asks_while_another_has_just_begun_to_look_waits_for_it(server: Server, clock: FakeClock) -> None:
    """Two proxies that ask once a minute, both at the same time, are told the same."""
    store = CountingStore(clock)
    readiness = Readiness(server.database, store, Hub(), clock)
    assert readiness.failing() == ()
    clock.advance(60)
    store.asked.clear()
    store.may_answer.clear()
    answers: list[tuple[str, ...]] = []
    asking = [threading.Thread(target=lambda: answers.append(readiness.failing()), daemon=True) for _ in range(2)]
    asking[0].start()
    assert store.asked.wait(60)
    asking[1].start()
    asking[1].join(0.2)
    store.may_answer.set()
    for each in asking:
        each.join(60)
    assert answers == [(), ()]
    assert store.pings == 2


def test_routine_questions_are_not_in_the_log_and_refusals_are(
    api: Api, store: CountingStore, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "lockstep.access"):
        api.client.get("/ready").close()
        api.client.get("/health").close()
        assert not [record for record in caplog.records if record.name == "lockstep.access"]
        store.is_down = True
        clock.advance(FRESH_S)
        api.client.get("/ready").close()
    assert [vars(record)["status"] for record in caplog.records if record.name == "lockstep.access"] == [503]
