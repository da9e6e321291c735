"""Bytes that rot in the store: told by the file's name, never placed, and mended by whoever has the file."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server_api.contract.messages import MAX_CHUNK_BYTES
from server_api.contract.packs import HEADER_BYTES
from server_api.storage import tables
from tests.end_to_end.devices import await_that
from tests.fixtures import backends
from tests.fixtures.servers import RunningServer, run_server_command, running_server
from tests.fixtures.wired_device import WiredDevice, wired_devices

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
    pytest.mark.own_server("objects are damaged and removed in its store"),
]
MIB = 1024 * 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def devices(server: RunningServer, tmp_path: Path) -> Iterator[list[WiredDevice]]:
    with wired_devices(server.url, tmp_path, "A", "B") as made:
        yield made


def rot(server: RunningServer, at: int) -> None:
    """One byte of every pack becomes another, after the server has looked at all of them."""
    await_that(lambda: _unverified(server) == 0, "every pack is verified", 60)
    store = backends.current().store(server.data)
    for pack in list(store.list("packs/")):
        if pack.size > at:
            data = bytearray(store.read_range(pack.key, 0, pack.size))
            data[at] ^= 0x55
            store.delete(pack.key)
            store.put(pack.key, io.BytesIO(data))


def _unverified(server: RunningServer) -> int:
    with backends.current().database(server.data) as database, database.read() as connection:
        unverified = select(func.count()).select_from(tables.pack).where(tables.pack.c.state != "verified")
        return connection.scalar(unverified) or 0


@pytest.mark.scenario("S124")
@pytest.mark.parametrize(("size", "packs"), [(300, 1), (3 * MIB, 1), (20 * MIB, 2)])
def test_a_file_of_which_bytes_rot_in_the_store_is_sent_again_by_who_has_it(
    size: int, packs: int, server: RunningServer, devices: list[WiredDevice]
) -> None:
    a, b = devices
    data = random.Random(size).randbytes(size)
    a.disk.make("folder")
    a.disk.write("folder/f", data)
    a.sync()
    rot(server, HEADER_BYTES + 100)
    report = b.sync()
    assert report.state == "partial"
    assert [problem.path for problem in report.problems] == ["folder/f"]
    assert report.problems[0].reason in {"corrupt-transfer", "object-gone"}
    assert b.files() == {}
    assert b.staging() == []

    for _ in range(packs):  # one may be found only once another is mended
        again = a.engine.run_until_settled(full=True)
        assert again.state == "settled"
        assert 0 < again.uploaded.bytes <= 2 * MAX_CHUNK_BYTES + 10_000
        if b.sync().state == "settled":
            break
    assert len(a.versions("folder/f")) == 1
    b.go_on_until(lambda: b.engine.state().state == "in-step")
    assert b.files() == a.files() == {"folder/f": data}
    quiet = a.engine.run_until_settled(full=True)
    assert (quiet.uploaded.bytes, quiet.operations) == (0, {})


def test_what_is_gone_from_the_store_is_sent_again_once_a_scrub_has_found_it(
    server: RunningServer, devices: list[WiredDevice]
) -> None:
    a, b = devices
    data = random.Random(5).randbytes(3 * MIB)
    a.disk.write("thesis", data)
    a.disk.write("small", b"small")
    a.sync()
    await_that(lambda: _unverified(server) == 0, "every pack is verified", 60)
    assert run_server_command(server.data, "scrub").returncode == 0
    store = backends.current().store(server.data)
    for pack in list(store.list("packs/")):
        store.delete(pack.key)
    told = run_server_command(server.data, "scrub", "--repair", "--force")
    assert told.returncode == 1
    assert "2 files cannot be read in the current version:" in told.stdout
    assert "thesis" in told.stdout
    assert b.sync().state == "partial"
    again = a.engine.run_until_settled(full=True)
    assert again.state == "settled"
    assert again.uploaded.bytes >= len(data)
    b.go_on_until(lambda: b.engine.state().state == "in-step")
    assert b.files() == a.files() == {"thesis": data, "small": b"small"}
    await_that(lambda: _unverified(server) == 0, "every pack is verified", 60)
    whole = run_server_command(server.data, "scrub")
    assert whole.returncode == 0, whole.stdout
