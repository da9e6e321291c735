"""A server of several processes on PostgreSQL, and servers whose database goes away and comes back."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import requests

from server_api.contract import messages
from server_api.contract.devices import Session
from tests.fixtures.databases import (
    DatabaseServer,
    MariadbServer,
    PostgresqlServer,
    start_mariadb,
    start_postgresql,
)
from tests.fixtures.servers import RunningServer, running_server, until
from tests.fixtures.shared import Started, end_programs
from tests.unit.server_api.workers.test_serving import WaitingDevice, sign_in, sign_up

pytestmark = [pytest.mark.end_to_end, pytest.mark.databases]


def make_folder(running: RunningServer, session: Session, headers: dict[str, str], number: int) -> None:
    id_ = bytes([number]) * 16
    place = messages.Place(parent_id=messages.ROOT, name=f"folder {number}")
    new = messages.CreateNode(operation_id=id_, node_id=id_, kind=messages.Kind.FOLDER, place=place)
    body = messages.CommitRequest(epoch=session.epoch, number=number, operations=[new])
    url = f"{running.url}/v1/namespaces/{UUID(bytes=session.account.personal_namespace)}/commits"
    response = requests.post(url, data=msgspec.msgpack.encode(body), headers=headers, timeout=60)
    assert response.status_code == 200, response.text


def test_a_commit_in_one_process_wakes_those_who_wait_in_the_others(
    postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    name = "several_processes"
    with running_server(tmp_path, "--workers", "2", "--database", postgresql.new_database(name)) as running:
        until(lambda: len(running.children) == 3)
        sign_up(running)
        session, headers = sign_in(running)
        waiting: list[WaitingDevice] = []

        def both_listen() -> bool:
            if len(waiting) < 40:
                waiting.append(WaitingDevice(running))
            return listeners(postgresql, name) == 2

        until(both_listen, timeout_s=60)
        make_folder(running, session, headers, 1)
        for device in waiting:
            status, body = device.answer()
            assert status == 200
            assert list(msgspec.msgpack.decode(body, type=messages.Waited).moved.values()) == [1]
        assert running.end() == 0


def listeners(server: PostgresqlServer, database: str) -> int:
    listening = server.rows("SELECT datname FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    return listening.count((database,))


@contextmanager
def own(start: Callable[[], Started]) -> Iterator[Started]:
    started = start()
    try:
        yield started
    finally:
        end_programs(started.pids)
        shutil.rmtree(started.directory)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(start_postgresql, PostgresqlServer), (start_mariadb, MariadbServer)],
    ids=["postgresql", "mariadb"],
)
def test_while_the_database_is_away_the_server_says_when_to_ask_again(
    start: Callable[..., Started], kind: type[DatabaseServer], tmp_path: Path
) -> None:
    with own(start) as started:
        url = kind(started.directory).new_database()
        with running_server(tmp_path, "--database", url) as running:
            sign_up(running)
            session, headers = sign_in(running)
            waiting = WaitingDevice(running)
            account = f"{running.url}/v1/account"
            for _ in range(20):  # in one process after the other: the wait has begun
                assert requests.get(account, headers=headers, timeout=60).status_code == 200
            end_programs(started.pids, signal.SIGTERM if start is start_mariadb else signal.SIGINT)
            for _ in range(3):
                answer = requests.get(account, headers=headers, timeout=60)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
                assert answer.json()["code"] == "unavailable"
            started.pids[:] = start(started.directory).pids
            until(lambda: requests.get(account, headers=headers, timeout=60).status_code == 200)
            make_folder(running, session, headers, 1)
            status, body = waiting.answer()
            assert status == 200
            assert list(msgspec.msgpack.decode(body, type=messages.Waited).moved.values()) == [1]
            assert "unexpected error" not in running.log.read_text()
            assert running.end() == 0
