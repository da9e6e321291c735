"""What a server's requests cost, and that it does not grow with the tree or with the number of accounts."""

from __future__ import annotations

import http.client
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from blake3 import blake3
from sqlalchemy import text

from benchmarks.data import MIB
from benchmarks.filling import CHUNK_BYTES, PACK_KEY, chunk_hash, email, fill, folder_id, namespace_of
from benchmarks.measuring import Failed, await_that, cpu_s
from benchmarks.reporting import Figure, at_most, told
from benchmarks.setting import Setting
from benchmarks.subjects import PASSWORD, Server
from server_api.contract import messages
from server_api.contract.devices import Refresh, Session, SignIn
from server_api.contract.packs import HEADER_BYTES, index_bytes
from server_api.storage.database import Database
from tests.fixtures.databases import MariadbServer, PostgresqlServer, start_mariadb, start_postgresql
from tests.fixtures.shared import end_programs

T = TypeVar("T")

DATABASES: Final = ("SQLite", "PostgreSQL")
_DEVICES: Final = 4
_REQUESTS: Final = {"commit": 400, "change feed": 400, "pack registration": 400, "first page": 12}
"""So many a turn."""
_MOST: Final = 1.5
"""How many times the smaller one's cost the larger one's may be. Times of a processor vary by that, too."""


def load(setting: Setting, databases: Sequence[str] = DATABASES) -> list[Figure]:
    """Commits, change feed and pack registrations with 1 to 10,000 accounts and 10,000 or 1,000,000 nodes."""
    figures: list[Figure] = []
    for name in databases:
        with place(name, setting.work) as (new_database, database_pid):
            figures += _on(name, setting, new_database, database_pid)
    return figures


def _on(name: str, setting: Setting, new_database: Callable[[], str], database_pid: int | None) -> list[Figure]:
    (small, large), (some, many) = setting.nodes, setting.accounts
    fillings = {
        f"1 account, {small:,} nodes": [small],
        f"{some:,} accounts of 100 nodes": [100] * some,
        f"{many:,} accounts, one with {large:,} nodes": [large, *[10] * (many - 1)],
    }
    with ExitStack() as stack:
        subjects: dict[str, _Subject] = {}
        figures: list[Figure] = []
        for what, nodes in fillings.items():
            url = new_database()
            began = time.perf_counter()
            fill(url, nodes, PASSWORD)
            took, size = time.perf_counter() - began, _size_bytes(url)
            rows = sum(nodes)
            figures.append(
                told(
                    f"{name}: {what}: database",
                    f"{size / MIB:,.0f} MiB, {size / rows:,.0f} bytes a node ({took:.0f} s to fill)",
                )
            )
            server = Server(setting.work, database=url, store=f"dir:{_store(setting.work)}")
            stack.callback(server.stop)
            subjects[what] = _Subject(server, database_pid, 0, nodes[0])
            if nodes[0] == large:
                subjects[f"{many:,} accounts, one of 10 nodes"] = _Subject(server, database_pid, 1, nodes[1])
        _await_rest([subject.server for subject in subjects.values()])
        for subject in subjects.values():
            stack.callback(subject.close)
            subject.measure(scale=40)  # what comes first costs more
            subject.costs.clear()
        setting.take_turns(*(partial(subject.measure, scale=setting.scale) for subject in subjects.values()))
    first, middle, in_large, in_many = subjects.items()
    base = first[1]
    for kind in _REQUESTS:
        figures.append(told(f"{name}: {kind}: {first[0]}", str(base.cost(kind))))
        for what, subject in (middle, in_large, in_many):
            if kind == "first page" and subject is not in_large[1]:
                continue  # that is of another size
            cost = subject.cost(kind)
            claim = f"the same: {what}: CPU time"
            times = cost.cpu_ms / base.cost(kind).cpu_ms
            figures.append(
                at_most(claim, times, _MOST, "times", detail=f"{cost.server_ms:.2f} + {cost.database_ms:.2f} ms")
            )
    return figures


def _store(work: Path) -> Path:
    """A folder with what a filled database takes to lie in its store."""
    root = Path(tempfile.mkdtemp(prefix="store-", dir=work))
    pack = root / PACK_KEY
    pack.parent.mkdir()
    pack.touch()
    return root


def _await_rest(servers: Sequence[Server]) -> None:
    """Until their jobs have done what is due after a start: snapshots, a first collection."""

    def is_at_rest() -> bool:
        before = sum(server.process.cpu_s() for server in servers)
        time.sleep(1)
        return sum(server.process.cpu_s() for server in servers) - before < 0.2

    await_that(is_at_rest, "the servers to have nothing to do", within_s=600)


class _Cost(msgspec.Struct, frozen=True):
    """Of one request."""

    per_second: float
    server_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return max(self.server_ms + self.database_ms, 0.1)  # a few requests may take less than a clock's tick

    def __str__(self) -> str:
        return f"{self.per_second:,.0f} a second; CPU time {self.server_ms:.2f} ms + database {self.database_ms:.2f} ms"


class _Subject:
    """One account's devices on one server, each with a connection of its own.

    Attributes:
        costs: of each kind of request, one a turn.
    """

    def __init__(self, server: Server, database_pid: int | None, number: int, nodes: int) -> None:
        self.server = server
        self._database_pid = database_pid
        self._number = number
        self._nodes = nodes
        self._devices = [_Device(server.url, number) for _ in range(_DEVICES)]
        self.costs: dict[str, list[_Cost]] = {}

    def close(self) -> None:
        for device in self._devices:
            device.close()

    def measure(self, scale: int) -> None:
        """One turn of each kind."""
        for device in self._devices:
            device.renew()
        does: dict[str, Callable[[_Device], None]] = {
            "commit": lambda device: device.commit(self._nodes),
            "change feed": lambda device: device.read_on(),
            "pack registration": lambda device: device.register(),
            "first page": lambda device: device.read_first(),
        }
        for kind, do in does.items():
            times = max(_REQUESTS[kind] // min(scale, 40) // _DEVICES, 1)
            self.costs.setdefault(kind, []).append(self._cost(do, times))

    def cost(self, kind: str) -> _Cost:
        """The median turn."""
        return sorted(self.costs[kind], key=lambda cost: cost.cpu_ms)[len(self.costs[kind]) // 2]

    def _cost(self, do: Callable[[_Device], None], times: int) -> _Cost:
        server, database = self.server.process.cpu_s(), self._database_s()
        began = time.perf_counter()
        failures: list[BaseException] = []
        threads = [threading.Thread(target=_repeat, args=(do, device, times, failures)) for device in self._devices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        took, count = time.perf_counter() - began, times * len(self._devices)
        return _Cost(
            count / took,
            (self.server.process.cpu_s() - server) / count * 1000,
            (self._database_s() - database) / count * 1000,
        )

    def _database_s(self) -> float:
        return 0.0 if self._database_pid is None else cpu_s(self._database_pid)


def _repeat(do: Callable[[_Device], None], device: _Device, times: int, failures: list[BaseException]) -> None:
    try:
        for _ in range(times):
            do(device)
    except BaseException as error:  # noqa: BLE001 - told to the thread that waits
        failures.append(error)


class _Device:
    """Speaks as a device does, over one connection."""

    def __init__(self, url: str, number: int) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self._headers = {"Accept": messages.MSGPACK, "Content-Type": messages.MSGPACK}
        self._number = number
        request = SignIn(email=email(number), password=PASSWORD, device_name="bench")
        self._session = self._signed_in("/v1/sessions", request)
        self._path = f"/v1/namespaces/{UUID(bytes=namespace_of(number))}"
        self._commits = 0
        self._applied: list[messages.Applied] = []

    def close(self) -> None:
        self._connection.close()

    def renew(self) -> None:
        """After a time in which connections were closed and access tokens expired."""
        self.close()  # the next request connects again
        self._session = self._signed_in("/v1/sessions/refresh", Refresh(refresh_token=self._session.refresh_token))

    def _signed_in(self, path: str, request: SignIn | Refresh) -> Session:
        session = self._send("POST", path, Session, request)
        self._headers["Authorization"] = f"Bearer {session.access_token}"
        return session

    def commit(self, nodes: int) -> None:
        """One new file in a folder that has others, of a content that is there."""
        self._commits += 1
        seq = 2 + self._commits % min(nodes - 1, 900)
        chunk = chunk_hash(self._number, seq)
        content = messages.Content(hash=chunk, size=CHUNK_BYTES, mtime_ns=1, chunks=[chunk])
        name = os.urandom(8).hex()
        place = messages.Place(parent_id=folder_id(self._number, 0), name=name)
        operation = messages.CreateNode(
            operation_id=os.urandom(16), node_id=os.urandom(16), kind=messages.Kind.FILE, place=place, content=content
        )
        request = messages.CommitRequest(epoch=self._session.epoch, number=self._commits, operations=[operation])
        answer = self._send("POST", f"{self._path}/commits", messages.CommitResponse, request)
        (result,) = answer.results
        if not isinstance(result, messages.Applied):
            raise Failed(f"a commit was refused: {result}")
        self._applied.append(result)

    def read_on(self) -> None:
        """What came since a commit of its own, not long ago."""
        known = self._applied[-3:][0]
        cursor = f"seq={known.seq}&epoch={self._session.epoch.hex()}&revision={known.revision_id.hex()}"
        self._send("GET", f"{self._path}/changes?{cursor}", messages.Changes)

    def read_first(self) -> None:
        """What a new device asks for first."""
        self._send("GET", f"{self._path}/changes", messages.Changes)

    def register(self) -> None:
        """The right to send one pack of one chunk."""
        hash_ = blake3(os.urandom(16)).digest()
        chunk = messages.PackedChunk(hash_, HEADER_BYTES, CHUNK_BYTES, CHUNK_BYTES, messages.Codec.RAW)
        size = HEADER_BYTES + CHUNK_BYTES + index_bytes(1)
        pack = messages.DeclaredPack(size=size, crc32c=os.urandom(4), chunks=[chunk])
        self._send("POST", f"{self._path}/packs", messages.RegisteredPacks, messages.RegisterPacks(packs=[pack]))

    def _send(self, method: str, path: str, answer: type[T], message: Any = None) -> T:
        body = None if message is None else msgspec.msgpack.encode(message)
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise Failed(f"{method} {path} was answered {response.status}: {data[:500]!r}")
        return msgspec.msgpack.decode(data, type=answer)


@contextmanager
def place(name: str, work: Path) -> Iterator[tuple[Callable[[], str], int | None]]:
    """What makes databases there, and the process that keeps them, if it is one of its own."""
    if name == "SQLite":
        files = (work / f"large-{number}.sqlite" for number in range(100))
        yield lambda: f"sqlite:///{next(files)}", None
        return
    start, kind = (start_postgresql, PostgresqlServer) if name == "PostgreSQL" else (start_mariadb, MariadbServer)
    started = start()
    try:
        yield kind(started.directory).empty_database, started.pids[0]
    finally:
        end_programs(started.pids, started.end_by)


def _size_bytes(url: str) -> int:
    database = Database(url)
    try:
        with database.read() as connection:
            if connection.dialect.name == "sqlite":
                asked = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            else:
                asked = "SELECT pg_database_size(current_database())"
            return int(connection.scalar(text(asked)) or 0)
    finally:
        database.close()
