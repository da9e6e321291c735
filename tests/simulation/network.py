"""The way between devices and server: the real HTTP adapters, but the application answers in this process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Final

import msgspec
from flask.testing import FlaskClient
from urllib3 import HTTPResponse

from server_api.contract import messages
from sync_engine.adapters.http import Answer, Body, HttpClient, _translated
from sync_engine.adapters.sockets import READ_S
from sync_engine.errors import Unreachable
from tests.fakes.faults import Faults

ADDRESS = "http://127.0.0.1"

EVERYWHERE: Final = ("unreached", "unanswered", "twice", "late", "busy", "throttled", "bad gateway", "cut off")
TO_THE_STORE: Final = ("expired", "damaged")
"""What goes wrong with a call; see ``Network``."""


@dataclass(frozen=True)
class Request:
    """One call on its way, whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    data: bytes | None

    @property
    def name(self) -> str:
        """The last part of an address of the API; ``objects`` for the store's."""
        if not self.path.startswith("/v1/") or self.path.startswith("/v1/store/"):
            return "objects"
        return self.path.partition("?")[0].rpartition("/")[2]


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    data: bytes


class Network:
    """One for all devices.

    With ``trouble``, calls meet what is in ``kinds``: *unreached*; *unanswered*, after they did their work; *twice*, as
    a proxy that tries again; *late*, long after their caller gave up; *busy* and *throttled*, told when to come again;
    *bad gateway*, with or without having done their work; *cut off* in the middle of the answer; and at the store
    *expired* addresses and bytes that are *damaged* on their way, up or down.

    Attributes:
        faults: to be ordered by the last part of a path: ``commits``, ``changes``, ``seal``, ``wait``, ``objects`` ….
        trouble: how likely something happens to a call.
        kinds: what may happen.
        is_down: nothing gets through.
        commits: how many got through: what waiting requests wait for.
        met: how often each kind of trouble was met.
    """

    def __init__(self, client: FlaskClient, chance: Random) -> None:
        self.client = client
        self.faults = Faults()
        self.trouble = 0.0
        self.kinds: list[str] = [*EVERYWHERE, *TO_THE_STORE]
        self.is_down = False
        self.commits = 0
        self.met: Counter[str] = Counter()
        self._late: list[Request] = []
        self._chance = chance

    def carry(self, request: Request) -> Response:
        """Raises: Unreachable; what was ordered."""
        if self.is_down:
            raise Unreachable("no network")
        with self.faults.around(request.name):
            kind = self._kind(request.name)
            if kind is None:
                return self._reach(request)
            self.met[kind] += 1
            return self._meet(kind, request)

    def deliver_late(self, *, everything: bool = False) -> None:
        """Requests whose callers gave up long ago reach the server now: any of them, in any order."""
        while self._late and (everything or self._chance.random() < 0.2):
            self._reach(self._late.pop(self._chance.randrange(len(self._late))))

    def _kind(self, name: str) -> str | None:
        if not self.trouble or self._chance.random() >= self.trouble:
            return None
        kind = self._chance.choice(self.kinds)
        if kind in TO_THE_STORE and name != "objects":
            return "unreached"
        # A refresh token that comes twice is taken for a stolen one; and nobody waits for a waiting request.
        return "unanswered" if kind in {"late", "twice"} and name in {"refresh", "wait"} else kind

    def _meet(self, kind: str, request: Request) -> Response:
        match kind:
            case "unanswered":
                self._reach(request)
                raise Unreachable("the answer was lost")
            case "twice":
                self._reach(request)
                return self._reach(request)
            case "late":
                self._late.append(request)
                raise Unreachable("the server was not reached in time")
            case "busy":
                return Response(503, {"Retry-After": str(self._chance.choice([1, 30]))}, b"busy")
            case "throttled":
                problem = messages.Problem(title="Not so fast", status=429, code=messages.ErrorCode.RATE_LIMITED)
                headers = {"Retry-After": "5", "Content-Type": messages.PROBLEM_JSON}
                return Response(429, headers, msgspec.json.encode(problem))
            case "bad gateway":
                if self._chance.random() < 0.5:
                    self._reach(request)
                return Response(502, {"Content-Type": "text/html"}, b"<html>bad gateway</html>")
            case "cut off":
                whole = self._reach(request)
                return Response(whole.status, whole.headers, whole.data[: self._chance.randrange(len(whole.data) + 1)])
            case "expired":
                return Response(403, {}, b"<Error>AccessDenied</Error>")
            case "damaged":
                return self._damage(request)
            case _:
                raise Unreachable("the server was not reached")

    def _damage(self, request: Request) -> Response:
        if request.data:
            return self._reach(Request(request.method, request.path, request.headers, self._flipped(request.data)))
        whole = self._reach(request)
        return Response(whole.status, whole.headers, self._flipped(whole.data))

    def _flipped(self, data: bytes) -> bytes:
        at = self._chance.randrange(len(data)) if data else 0
        return data[:at] + bytes([data[at] ^ 1 << self._chance.randrange(8)]) + data[at + 1 :] if data else data

    def _reach(self, request: Request) -> Response:
        response = self.client.open(
            request.path, method=request.method, headers=dict(request.headers), data=request.data
        )
        data = response.get_data()
        response.close()  # also if the answer is lost on its way
        self.commits += request.name in {"commits", "restore"} and response.status_code < 300
        return Response(response.status_code, dict(response.headers), data)


class InProcessHttp(HttpClient):
    """One device's connections. Its waiting requests wait by the scheduler, so that the server never does."""

    def __init__(self, network: Network, on_interrupt: Callable[[Exception], None]) -> None:
        super().__init__(proxy="none")
        self._network = network
        self._on_interrupt = on_interrupt

    @contextmanager
    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Body | None = None,
        read_s: float = READ_S,
        total_s: float | None = None,
    ) -> Iterator[Answer]:
        path = url.removeprefix(ADDRESS)
        data = b"".join(bytes(part) for part in body) if body is not None and not isinstance(body, bytes) else body
        if path == "/v1/wait":
            wait = msgspec.msgpack.decode(data or b"", type=messages.Wait)
            data = msgspec.msgpack.encode(msgspec.structs.replace(wait, timeout_s=0))
            headers = {**headers, "Content-Length": str(len(data))}
        response = self._network.carry(Request(method, path, headers, data))
        with _translated():
            yield Answer(
                HTTPResponse(
                    BytesIO(response.data),
                    headers=dict(response.headers),
                    status=response.status,
                    preload_content=False,
                )
            )

    def interrupt(self, stop: threading.Event | None = None) -> None:
        if stop is None:
            self._on_interrupt(Unreachable("interrupted"))
