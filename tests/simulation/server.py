"""The server of a simulation: the real application with one account, whose devices are signed in from the start."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server_api.app import create_app
from server_api.contract import messages
from server_api.contract.messages import NamespaceId
from server_api.services.server import Server
from tests.fakes.clock import SeededIds
from tests.fakes.device import FakeTime
from tests.fixtures.servers import Api, make_server

DEVICES = ("Laptop", "Desktop", "Phone")


class ServerTime:
    """The devices' time, as the server asks for it."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time

    def now_ms(self) -> int:
        return self._time.now_ns() // 1_000_000

    def monotonic(self) -> float:
        return self._time.monotonic()


@dataclass(frozen=True)
class Prepared:
    """A server's database, and who is signed in there."""

    database: bytes
    namespace_id: NamespaceId
    refresh_tokens: dict[str, str]


def start_server(directory: Path, time: FakeTime, seed: int) -> Server:
    """On a copy of the prepared database."""
    directory.mkdir(parents=True)
    (directory / "lockstep.sqlite").write_bytes(prepared().database)
    server = make_server(directory, clock=ServerTime(time), ids=SeededIds(seed))
    server.store.check()
    return server


@cache
def prepared() -> Prepared:
    """Made once: hashing a password takes as long as a short simulation."""
    directory = Path(tempfile.mkdtemp())
    try:
        server = make_server(directory, clock=ServerTime(FakeTime()), ids=SeededIds(0))
        api = Api(server, client=create_app(server).test_client(use_cookies=False))
        api.register()
        devices = {name: api.sign_in(device=name) for name in DEVICES}
        namespaces = devices[DEVICES[0]].call("GET", "/v1/namespaces", messages.Namespaces).namespaces
        tokens = {name: device.session.refresh_token for name, device in devices.items() if device.session}
        server.database.close()
        database = (directory / "lockstep.sqlite").read_bytes()
        return Prepared(database, NamespaceId(namespaces[0].namespace_id), tokens)
    finally:
        shutil.rmtree(directory)
