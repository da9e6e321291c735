"""The way between devices and server: the real HTTP adapters, but the application answers in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from random import Random

import msgspec
from flask.testing import FlaskClient
from urllib3 import HTTPResponse

from server_api.contract import messages
from sync_engine.adapters.http import READ_S, Answer, Body, HttpClient
from sync_engine.errors import Unreachable
from tests.fakes.faults import Faults

ADDRESS = "http://127.0.0.1"


class Network:
    """One for all devices.

    Attributes:
        faults: to be ordered by the last part of a path: ``commits``, ``changes``, ``seal``, ``wait``, ``objects`` ….
        trouble: how likely a call fails, half of them only after it did its work.
        is_down: nothing gets through.
        commits: how many got through: what waiting requests wait for.
    """

    def __init__(self, client: FlaskClient, chance: Random) -> None:
        self.client = client
        self.faults = Faults()
        self.trouble = 0.0
        self.is_down = False
        self.commits = 0
        self._chance = chance

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        if self.is_down:
            raise Unreachable("no network")
        luck = self._chance.random() if self.trouble else 1.0
        if luck < self.trouble / 2:
            raise Unreachable("the server was not reached")
        with self.faults.around(name):
            yield
            self.commits += name == "commits"
        if luck < self.trouble:
            raise Unreachable("the answer was lost")


class InProcessHttp(HttpClient):
    """One device's connections. Its waiting requests wait by the scheduler, so that the server never does."""

    def __init__(self, network: Network, on_interrupt: Callable[[Exception], None]) -> None:
        super().__init__(proxy="none")
        self._network = network
        self._on_interrupt = on_interrupt

    @contextmanager
    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | None = None, read_s: float = READ_S
    ) -> Iterator[Answer]:
        path = url.removeprefix(ADDRESS)
        name = path.partition("?")[0].rpartition("/")[2] if path.startswith("/v1/") else "objects"
        data = b"".join(bytes(part) for part in body) if body is not None and not isinstance(body, bytes) else body
        if name == "wait":
            wait = msgspec.msgpack.decode(data or b"", type=messages.Wait)
            data = msgspec.msgpack.encode(msgspec.structs.replace(wait, timeout_s=0))
            headers = {**headers, "Content-Length": str(len(data))}
        with self._network.around(name):
            response = self._network.client.open(path, method=method, headers=dict(headers), data=data)
            answer = response.get_data()
            response.close()  # also if the answer is lost on its way
        yield Answer(
            HTTPResponse(
                BytesIO(answer),
                headers=dict(response.headers),
                status=response.status_code,
                preload_content=False,
            )
        )

    def interrupt(self) -> None:
        self._on_interrupt(Unreachable("interrupted"))
