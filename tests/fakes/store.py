"""An object store in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from server_api.contract.messages import SignedRequest
from sync_engine.errors import CorruptTransfer, ObjectGone, Unreachable, UrlExpired
from sync_engine.ports import TransferCounts
from tests.fakes.faults import Faults


class FakeStore:
    """``ports.Store``. Its URLs are ``fake:PACK-ID-IN-HEX``.

    Attributes:
        objects: what was put, by that hex.
        faults: operations ``put`` and ``get``.
        flip: ids of objects of which the next GET delivers one wrong byte; a number says how many GETs.
        truncate: the same for GETs that end early.
        expired: URLs that do not work any more.
        on_piece: called as each piece goes or comes.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.faults = Faults()
        self.flip = 0
        self.truncate = 0
        self.expired: set[str] = set()
        self.on_piece: Callable[[], None] = lambda: None
        self.counts = TransferCounts()
        self.bodies: list[int] = []
        self._stops: dict[int, list[threading.Event]] = {}
        self._lock = threading.Lock()

    def put(self, request: SignedRequest, body: Iterable[bytes | memoryview], size: int) -> None:
        with self._lock:
            self.counts.upload_requests += 1
            self.counts.uploaded_bytes += size
        with self.faults.around("put"):
            self._check(request)
            data = b"".join(piece for piece in body if self.on_piece() is None)
            assert len(data) == size, "the body is not of the size that was signed"
            self.objects.setdefault(request.url, data)
            self.bodies.append(size)

    def get(self, request: SignedRequest, start: int, size: int) -> Iterator[bytes]:
        with self._lock:
            self.counts.download_requests += 1
        with self.faults.around("get"):
            self._check(request)
            if request.url not in self.objects:
                raise ObjectGone(request.url)
            data = self.objects[request.url][start : start + size]
            assert len(data) == size, "beyond the object's end"
        if self.flip:
            self.flip -= 1
            data = data[: size // 2] + bytes([data[size // 2] ^ 0xFF]) + data[size // 2 + 1 :]
        cut_short = self.truncate > 0
        if cut_short:
            self.truncate -= 1
            data = data[: size // 2]
        for offset in range(0, len(data), 100_000):
            self.on_piece()
            piece = data[offset : offset + 100_000]
            with self._lock:
                self.counts.downloaded_bytes += len(piece)
            yield piece
        if cut_short:
            raise CorruptTransfer("fewer bytes than there should be")

    @contextmanager
    def until(self, stop: threading.Event) -> Iterator[None]:
        stops = self._stops.setdefault(threading.get_ident(), [])
        stops.append(stop)
        try:
            yield
        finally:
            stops.remove(stop)

    def interrupt(self, stop: threading.Event | None = None) -> None:
        assert stop is None or stop.is_set()

    def _check(self, request: SignedRequest) -> None:
        if any(stop.is_set() for stop in self._stops.get(threading.get_ident(), ())):
            raise Unreachable("interrupted")
        if request.url in self.expired:
            raise UrlExpired(request.url)
