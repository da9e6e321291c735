"""How SQLite means to find rows: what devices ask often may read none that do not belong to the answer.

A query that reads all nodes of a namespace, or all packs of a state, answers as quickly as any in a test, and takes a
second where there is a million of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from benchmarks.filling import fill, namespace_of
from server_api.contract.devices import Refresh, Session
from server_api.contract.history import ActivityRequest, DeletedRequest, HistoryRequest, ListRequest, SearchRequest
from server_api.contract.messages import Wait
from server_api.services.accounts import used_bytes
from server_api.services.activity import read_activity
from server_api.services.bin import read_deleted
from server_api.services.changes import Cursor, read_page
from server_api.services.details import read_details
from server_api.services.history import read_history
from server_api.services.listing import list_entries
from server_api.services.packs import register_packs, seal_packs
from server_api.services.search import search
from server_api.services.server import Server
from server_api.storage.database import Database
from server_api.storage.feed import read_changes
from tests.fixtures.content import Content, declare, open_content, pack_of
from tests.fixtures.databases import PostgresqlServer
from tests.fixtures.libraries import Library
from tests.fixtures.log import Log
from tests.fixtures.servers import PASSWORD, Api

pytestmark = pytest.mark.embedded  # the other databases make their plans with statistics

TOO_WIDE = ({"namespace_id"}, {"state"}, set[str]())
"""Conditions that alone choose any number of rows."""
SMALL = {"namespace", "server_state", "mail", "position"}
"""One row for what is asked, some for all; of mails only so many wait; of positions, one a device."""
_STEP = re.compile(r"(?:SCAN|SEARCH) (\w+)(?: USING [^(]*\((.*)\))?")


@pytest.fixture
def content(tmp_path: Path) -> Iterator[Content]:
    made = open_content(tmp_path)
    yield made
    made.server.database.close()


@contextmanager
def plans() -> Iterator[dict[str, list[str]]]:
    """The steps of each statement that is executed meanwhile, by its text."""
    found: dict[str, list[str]] = {}

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE"}:
            first = parameters[0] if isinstance(parameters, list) else parameters
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", first)
            found[statement] = [row[3] for row in rows]

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def too_wide(found: dict[str, list[str]]) -> list[str]:
    """The steps that read more and more rows as a server fills."""
    assert found, "nothing was asked"
    wide = []
    for statement, steps in found.items():
        for step in steps:
            choice = _STEP.match(step)
            if choice is None or choice[1] in SMALL:
                continue  # the other steps are sorts
            if "sum(pack.size)" in statement and "COVERING INDEX" in step:
                continue  # the test below is about it
            if set(re.findall(r"(\w+)[=<>]", choice[2] or "")) in TOO_WIDE:
                wide.append(f"{step}: {statement}")
    return wide


def test_a_step_that_is_too_wide_is_found(content: Content) -> None:
    with plans() as found, content.server.database.read() as connection:
        connection.exec_driver_sql("SELECT node_id FROM node WHERE namespace_id = ? AND kind = 2", (b"",))
        connection.exec_driver_sql("SELECT node_id FROM node")
        connection.exec_driver_sql("SELECT kind FROM node WHERE namespace_id = ? AND node_id = ?", (b"", b""))
    assert len(found) == 3
    assert len(too_wide(found)) == 2


def upload_and_commit(content: Content) -> Callable[[], object]:
    library = Library(content.server, content.caller())
    return lambda: library.save("file", b"content")


def register_and_seal(content: Content) -> Callable[[], object]:
    device = content.caller()
    namespace_id = content.namespace(device)
    data, index = pack_of(namespace_id, [b"chunk"])

    def run() -> None:
        (pack,) = register_packs(content.server, device, namespace_id, [declare(data, index)]).packs
        content.send(pack.put, data)
        assert seal_packs(content.server, device, namespace_id, [pack.pack_id]).sealed

    return run


def change_folders(content: Content) -> Callable[[], object]:
    log = Log(content.server)
    log.folder("a")
    log.folder("a/b")
    log.folder("c")

    def run() -> None:
        log.apply(log.change(log.at("a/b"), place=log.place("c/b")))
        log.delete(log.at("a"))

    return run


def read_the_feed(content: Content) -> Callable[[], object]:
    library = Library(content.server, content.caller())
    library.save("one", b"content")
    library.save("other", b"content")

    def run() -> None:
        first = read_page(content.server, library.caller, library.namespace_id, Cursor(0))
        library.save("third", b"content")
        cursor = Cursor(first.seq, first.epoch, first.revision_id)
        assert len(read_page(content.server, library.caller, library.namespace_id, cursor).changes) == 1

    return run


def look_back(content: Content) -> Callable[[], object]:
    server = content.server
    library = Library(server, content.caller())
    library.save("one", b"content")
    log = Log(server)
    log.folder("d")
    log.apply(log.creation("d/x", b"1"))
    log.write(log.at("d/x"), b"2")
    log.delete(log.at("d/x"))
    namespace_id = log.namespace_id

    def run() -> None:
        read_activity(server, namespace_id, ActivityRequest(device_id=bytes(16), path="d", since_at=1))
        read_activity(server, namespace_id, ActivityRequest())
        read_deleted(server, namespace_id, DeletedRequest(path="d"))
        search(server, namespace_id, SearchRequest(query="o"))
        read_history(server, namespace_id, HistoryRequest(path="d/x"))
        read_history(server, library.namespace_id, HistoryRequest(path="one", of_file=True))
        list_entries(server, namespace_id, ListRequest(path="d", deleted=True))
        read_details(server, library.caller, library.namespace_id, "one")
        log.rewind("d", to_seq=log.seq, dry_run=True)

    return run


def stay_signed_in(content: Content) -> Callable[[], object]:
    api = Api(content.server)
    api.register()
    device = api.sign_in()
    assert device.session is not None
    first = device.session

    def run() -> None:
        assert device.send("GET", "/v1/account").status_code == 200
        assert device.send("GET", "/v1/devices").status_code == 200
        wait = Wait(epoch=first.epoch, namespaces={first.account.personal_namespace: 0}, timeout_s=0)
        assert device.send("POST", "/v1/wait", wait).status_code == 200
        token = first.refresh_token
        for _ in range(2):
            token = device.call("POST", "/v1/sessions/refresh", Session, Refresh(refresh_token=token)).refresh_token
        api.sign_in(device="Phone")

    return run


@pytest.mark.parametrize(
    "prepare", [upload_and_commit, register_and_seal, change_folders, read_the_feed, look_back, stay_signed_in]
)
def test_what_devices_ask_reads_no_more_rows_as_a_server_fills(
    prepare: Callable[[Content], Callable[[], object]], content: Content
) -> None:
    run = prepare(content)
    with plans() as found:
        run()
    assert too_wide(found) == []


def test_what_an_account_stores_is_added_up_in_an_index(server: Server) -> None:
    """All packs of its namespaces, but not their rows, in which an index of chunks may lie."""
    with plans() as found, server.database.read() as connection:
        assert used_bytes(connection, bytes(16)) == 0
    (steps,) = found.values()
    assert any("pack USING COVERING INDEX" in step for step in steps), steps


@pytest.mark.databases
def test_postgresql_reads_no_revision_before_the_cursor(postgresql: PostgresqlServer) -> None:
    """Not with the plan either that it makes once for all cursors, after some requests."""
    url = postgresql.empty_database()
    fill(url, [30_000], PASSWORD)
    database = Database(url)
    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        for _ in range(12):
            assert len(list(read_changes(connection, namespace_of(0), 29_990, 10_001, living_only=False))) == 10
        read = "SELECT relname, idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables"
        rows: dict[str, int] = {row[0]: row[1] for row in connection.exec_driver_sql(read)}
    database.close()
    assert rows["revision"] + rows["node"] < 1_000
