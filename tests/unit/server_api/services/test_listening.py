"""Processes that share a PostgreSQL hear of each other at once; nobody sleeps through a lost connection."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from server_api.services.listening import tell_ended, tell_moved
from server_api.services.server import Server
from tests.fixtures.backends import Backend, using
from tests.fixtures.databases import PostgresqlServer
from tests.fixtures.log import Log
from tests.fixtures.servers import close_server, make_server
from tests.fixtures.shared import await_that

pytestmark = pytest.mark.databases

OTHER = b"another namespace"[:16]


@pytest.fixture
def on_postgresql(postgresql: PostgresqlServer) -> Iterator[Backend]:
    with using(Backend("postgresql+directory", postgresql, None)) as backend:
        yield backend


@pytest.fixture
def log(tmp_path: Path, on_postgresql: Backend) -> Iterator[Log]:
    """Of one of the processes, whose listener has a connection while somebody waits."""
    made = Log(make_server(tmp_path))
    yield made
    close_server(made.server)


@pytest.fixture
def elsewhere(log: Log) -> Iterator[Server]:
    made = make_server(log.server.config.data)
    yield made
    made.database.close()


def listen(log: Log) -> None:
    log.server.listener.ensure()
    await_that(lambda: log.server.listener.is_listening, "the listener to listen")


def cut_listeners_off(server: Server) -> None:
    with server.database.write() as work:
        work.connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        )


def test_a_commit_elsewhere_wakes_at_once(log: Log, elsewhere: Server) -> None:
    with log.server.hub.watch([log.namespace_id]) as watch:
        listen(log)
        watch.wait(0)
        with elsewhere.database.write() as work:
            tell_moved(elsewhere, work, log.namespace_id, 1)
        assert watch.wait(60)


def test_what_was_rolled_back_wakes_nobody(log: Log, elsewhere: Server) -> None:
    with log.server.hub.watch([log.namespace_id]) as watch, log.server.hub.watch([OTHER]) as later:
        listen(log)
        watch.wait(0)

        def fail() -> None:
            with elsewhere.database.write() as work:
                tell_moved(elsewhere, work, log.namespace_id, 1)
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError):
            fail()
        with elsewhere.database.write() as work:
            tell_moved(elsewhere, work, OTHER, 1)
        assert later.wait(60)
        assert not watch.wait(0)


def test_what_comes_while_the_connection_is_lost_is_not_slept_through(
    log: Log, elsewhere: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with log.server.hub.watch([log.namespace_id]), log.server.hub.watch([log.namespace_id]) as watch:
        listen(log)
        watch.wait(0)
        with caplog.at_level(logging.WARNING, "lockstep.listening"):
            cut_listeners_off(elsewhere)
            await_that(lambda: not log.server.listener.is_listening, "the loss to be noticed")
        assert "making another one" in caplog.text
        other = Log(elsewhere, account_id=log.account_id)
        other.send(other.creation("folder"), device=log.laptop)
        assert watch.wait(60)
        await_that(lambda: log.server.listener.is_listening, "another connection")
        other.send(other.creation("folder again"), device=log.laptop)
        assert watch.wait(60)


def test_a_lost_connection_wakes_who_leads_so_that_it_looks_by_itself(log: Log, elsewhere: Server) -> None:
    with log.server.hub.watch([log.namespace_id]) as leader:
        listen(log)
        leader.wait(0)
        cut_listeners_off(elsewhere)
        assert leader.wait(60)


def test_sessions_that_end_elsewhere_are_heard_of(log: Log, elsewhere: Server) -> None:
    sessions = [bytes([n]) * 16 for n in range(250)]
    with log.server.hub.watch([sessions[-1]]) as watch:
        listen(log)
        watch.wait(0)
        with elsewhere.database.write() as work:
            tell_ended(elsewhere, work, sessions)
        assert watch.wait(60)


def test_nobody_listens_once_nobody_waits(log: Log, elsewhere: Server) -> None:
    with log.server.hub.watch([log.namespace_id]):
        listen(log)
    await_that(lambda: not log.server.listener.is_listening, "the listener to end")
    with log.server.hub.watch([log.namespace_id]) as watch:
        listen(log)
        watch.wait(0)
        with elsewhere.database.write() as work:
            tell_moved(elsewhere, work, log.namespace_id, 1)
        assert watch.wait(60)
