"""Benchmarks that take long, small, so that they can be run when they are wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.filling import FOLDER_FILES, chunk_hash, email, fill, folder_id, namespace_of
from benchmarks.server_load import load
from benchmarks.setting import Setting
from benchmarks.window_many import many_in_window
from server_api.contract.devices import SignIn
from server_api.contract.messages import ROOT, DeviceId, Kind
from server_api.services import sessions
from server_api.services.accounts import Origin
from server_api.services.changes import Cursor, read_page
from server_api.storage.chunks import present_chunks
from server_api.storage.nodes import count_living
from tests.fixtures.databases import DatabaseServer
from tests.fixtures.servers import PASSWORD, make_server


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.databases)])
def test_what_is_filled_in_is_as_if_devices_had_committed_it(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'filled.sqlite'}"
    if database != "sqlite":
        server: DatabaseServer = request.getfixturevalue(database)
        url = server.empty_database()
    fill(url, [1_300, 0, 7], PASSWORD)
    made = make_server(tmp_path, database_url=url, store_url=f"dir:{tmp_path / 'objects'}")
    origin = Origin(address="127.0.0.1", is_local=True)
    session = sessions.sign_in(made, SignIn(email=email(0), password=PASSWORD, device_name="New"), origin)
    caller = sessions.authenticate(made, session.access_token)
    page = read_page(made, caller, namespace_of(0), Cursor(0))
    assert page.complete
    assert [change.seq for change in page.changes] == list(range(1, 1_301))
    folders = [change for change in page.changes if change.kind is Kind.FOLDER]
    assert [(folder.node_id, folder.parent_id) for folder in folders] == [(folder_id(0, i), ROOT) for i in (0, 1)]
    assert sum(change.parent_id == folder_id(0, 0) for change in page.changes) == FOLDER_FILES
    with made.database.read() as connection:
        files = [change.seq for change in page.changes if change.kind is Kind.FILE]
        hashes = {chunk_hash(0, seq) for seq in files}
        assert present_chunks(connection, namespace_of(0), DeviceId(caller.device_id), hashes).keys() == hashes
        assert [count_living(connection, namespace_of(number)) for number in range(3)] == [1_300, 0, 7]
    made.database.close()


@pytest.mark.end_to_end
def test_a_server_is_put_under_load(tmp_path: Path) -> None:
    figures = load(Setting(tmp_path, runs=1, scale=100), ["SQLite"])
    assert len(figures) == 3 + 4 + 3 * 3 + 1
    assert all(
        "a second" in figure.lockstep
        for figure in figures
        if "1 account" in figure.claim and ": database" not in figure.claim
    )


@pytest.mark.end_to_end
def test_the_window_is_measured_with_many_files(tmp_path: Path) -> None:
    figures = many_in_window(Setting(tmp_path, runs=1, scale=100))
    assert len(figures) == 25
    assert all("ms of CPU time" in figure.lockstep for figure in figures)
