"""Several processes and threads that write to one namespace at once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from server_api.building import SystemIds
from server_api.domain.revisions import NO_DIGEST
from server_api.services.server import Server
from server_api.storage import tables
from tests.fixtures.backends import Backend
from tests.fixtures.log import Log, Reader
from tests.fixtures.servers import make_server
from tests.fixtures.writers import start_writers

pytestmark = pytest.mark.every_database

PROCESSES = 2
DEVICES_EACH = 4
ROUNDS = 5


@pytest.fixture
def log(tmp_path: Path, backend: Backend) -> Iterator[Log]:
    server = make_server(tmp_path, ids=SystemIds(), store_url=f"dir:{tmp_path / 'objects'}")
    server.store.check()
    yield Log(server)
    server.database.close()


def test_eight_writers_in_two_processes_leave_a_log_without_a_gap(log: Log) -> None:
    devices = [log.device(f"device {i}") for i in range(PROCESSES * DEVICES_EACH)]
    processes = [start_writers(log, devices[i::PROCESSES], ROUNDS) for i in range(PROCESSES)]
    reader = Reader(log)
    try:
        seen = 0
        while any(is_writing(process) for process in processes):
            seen = read_on(log.server, log.namespace_id, seen)
            reader.read()
    finally:
        outputs = [process.communicate() for process in processes]
    assert [errors for _, errors in outputs] == ["", ""]
    reader.read()
    read_on(log.server, log.namespace_id, seen)
    with log.server.database.read() as connection:
        # Those without a digest tell of what a folder brought back with it: they answer no operation.
        answers = select(tables.revision.c.revision_id).where(tables.revision.c.operation_digest != NO_DIGEST)
        made = {revision_id.hex() for revision_id in connection.scalars(answers)}
    assert made == {revision_id for output, _ in outputs for revision_id in output.split()}
    assert sorted(reader.paths()) == sorted(log.paths())


def is_writing(process: subprocess.Popen[str]) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.05)
    return process.poll() is None


def read_on(server: Server, namespace_id: bytes, seen: int) -> int:
    """The namespace's seq, up to which every revision is there, once."""
    with server.database.read() as connection:
        seq = connection.execute(
            select(tables.namespace.c.seq).where(tables.namespace.c.namespace_id == namespace_id)
        ).scalar_one()
        in_log = (tables.revision.c.namespace_id == namespace_id, tables.revision.c.seq > seen)
        found = connection.scalars(select(tables.revision.c.seq).where(*in_log).order_by(tables.revision.c.seq)).all()
    assert list(found) == list(range(seen + 1, seq + 1)), "a reader saw a gap"
    return int(seq)
