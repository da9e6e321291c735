"""The object store through signed requests: no credentials, no redirects, nothing but what was signed.

status            error
412               none: the object is there; whether it is the right one is the seal's to tell
403               UrlExpired
404, 410, 416     ObjectGone
400               CorruptTransfer for a PUT (a checksum that did not hold)
409, 500, 502, 504    Unreachable
429, 503          RateLimited
others            Refused
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from time import monotonic
from typing import Final
from urllib.parse import urljoin, urlsplit

from server_api.contract.messages import ErrorCode, SignedRequest
from sync_engine.adapters.api import retry_after_s
from sync_engine.adapters.http import Answer, HttpClient, is_loopback
from sync_engine.errors import (
    CorruptTransfer,
    ObjectGone,
    RateLimited,
    Refused,
    RemoteError,
    SetupError,
    Unreachable,
    UrlExpired,
)
from sync_engine.ports import TransferCounts

INSECURE: Final = "insecure-store"
REFUSED: Final = "store-refused"
"""Codes of refusals that are the store's own."""
_SENT_AT_ONCE: Final = 128 * 1024
_TAKEN_AT_ONCE: Final = 2 * 1024
"""Of a limited bandwidth: between one and the next an interruption is noticed."""
_LEAST_RECEIVED: Final = 4 * 1024
_RECEIVED_AT_FIRST: Final = 16 * 1024
_MOST_RECEIVED: Final = 1024 * 1024
_PIECE_S: Final = 0.25
"""How long a piece of what is received takes, as far as those sizes allow: people see it grow."""
_GROWTH: Final = 4
"""How much larger the next piece is at most: what lay in a buffer says nothing of the line."""
_MAX_REMARK_BYTES: Final = 64 * 1024
_SIGNED_NAME: Final = re.compile(r"x-amz-[a-z0-9-]{1,60}|content-md5|content-type|if-none-match", re.IGNORECASE)
_SIGNED_VALUE: Final = re.compile(r"[!-~](?:[ -~]{0,1022}[!-~])?")
_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


class HttpStore:
    """``ports.Store``. Thread: any.

    Attributes:
        counts: bytes and requests so far; they move while a transfer goes on.
    """

    def __init__(
        self,
        client: HttpClient,
        server: str,
        counts: TransferCounts | None = None,
        take_up: Callable[[int], None] | None = None,
        take_down: Callable[[int], None] | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            client: its connections; no header but those signed goes out.
            server: the address that this device linked: what relative URLs are relative to.
            counts: where to count.
            take_up: called with bytes before they go up; waits while that is too fast.
            take_down: the same for the other direction.
        """
        self._client = client
        self._server = server
        self.counts = counts if counts is not None else TransferCounts()
        self._take_up = take_up
        self._take_down = take_down
        self._counting = threading.Lock()
        self._interruptions = 0

    def put(self, request: SignedRequest, body: Iterable[bytes | memoryview], size: int) -> None:
        with self._counting:
            self.counts.upload_requests += 1
        headers = {**_signed_headers(request), "Content-Length": str(size)}
        with self._client.exchange("PUT", self._address(request), headers, self._outgoing(body)) as answer:
            answer.read(_MAX_REMARK_BYTES)
            if not (200 <= answer.status < 300 or answer.status == 412):
                raise _error(answer, is_put=True)

    def get(self, request: SignedRequest, start: int, size: int) -> Iterator[bytes]:
        with self._counting:
            self.counts.download_requests += 1
        interruptions = self._interruptions
        wanted = {"Range": f"bytes={start}-{start + size - 1}", "Accept-Encoding": "identity"}
        headers = {**_signed_headers(request), **wanted}
        with self._client.exchange("GET", self._address(request), headers) as answer:
            _check_range(answer, start, size)
            received, at_once, began = 0, _RECEIVED_AT_FIRST, monotonic()
            while piece := answer.piece(at_once):
                received += len(piece)
                if received > size:
                    raise CorruptTransfer("more bytes than were asked for")
                self._take(self._take_down, len(piece), interruptions)
                with self._counting:
                    self.counts.downloaded_bytes += len(piece)
                fitting = int(len(piece) * _PIECE_S / max(monotonic() - began, 1e-6))
                at_once = min(max(fitting, _LEAST_RECEIVED), _GROWTH * at_once, _MOST_RECEIVED)
                yield piece
                began = monotonic()
        if received != size:
            raise CorruptTransfer(f"{received} bytes instead of {size}")

    def until(self, stop: threading.Event) -> AbstractContextManager[None]:
        return self._client.until(stop)

    def interrupt(self, stop: threading.Event | None = None) -> None:
        if stop is None:
            self._interruptions += 1
        self._client.interrupt(stop)

    def _take(self, take: Callable[[int], None] | None, size: int, interruptions: int) -> None:
        """Wait until so many bytes may move. Raises: Unreachable, when it was interrupted meanwhile."""
        while take is not None and size > 0:
            if self._interruptions != interruptions or self._client.is_stopped():
                raise Unreachable("interrupted")
            take(min(size, _TAKEN_AT_ONCE))
            size -= _TAKEN_AT_ONCE

    def _address(self, request: SignedRequest) -> str:
        """Raises: Refused unless it may be spoken to; this device's own services may if the linked server is one."""
        try:
            url = urljoin(self._server.rstrip("/") + "/", request.url)
            self._client.check_address(url)
        except ValueError as error:
            raise Refused("a signed request without an address", REFUSED, 0) from error
        except SetupError as error:
            raise Refused(str(error), INSECURE, 0) from error
        if is_loopback(urlsplit(url).hostname or "") and not is_loopback(urlsplit(self._server).hostname or ""):
            raise Refused("a signed request to a service of this device", REFUSED, 0)
        return url

    def _outgoing(self, body: Iterable[bytes | memoryview]) -> Iterator[memoryview]:
        interruptions = self._interruptions
        for part in body:
            view = memoryview(part)
            for offset in range(0, len(view), _SENT_AT_ONCE):
                piece = view[offset : offset + _SENT_AT_ONCE]
                self._take(self._take_up, len(piece), interruptions)
                yield piece
                with self._counting:
                    self.counts.uploaded_bytes += len(piece)


def _signed_headers(request: SignedRequest) -> dict[str, str]:
    """Those that bind what is sent; who else is spoken to and how, no server decides. Raises: Refused."""
    for name, value in request.headers.items():
        if not (_SIGNED_NAME.fullmatch(name) and _SIGNED_VALUE.fullmatch(value)):
            raise Refused("a signed request with a header that binds nothing", REFUSED, 0)
    return request.headers


def _check_range(answer: Answer, start: int, size: int) -> None:
    """Raises: RemoteError unless exactly these bytes follow."""
    if answer.status == 206:
        told = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if told is None or (int(told[1]), int(told[2])) != (start, start + size - 1):
            raise CorruptTransfer("another range than was asked for")
    elif answer.status == 200:
        if start or answer.headers.get("Content-Length") != str(size):
            raise CorruptTransfer("the whole object instead of a range")
    else:
        answer.read(_MAX_REMARK_BYTES)
        raise _error(answer, is_put=False)
    if answer.headers.get("Content-Encoding", "identity") not in {"", "identity"}:
        raise CorruptTransfer("an object that was encoded on its way")


def _error(answer: Answer, *, is_put: bool) -> RemoteError:
    match answer.status:
        case 403:
            return UrlExpired("the store refused the signed request")
        case 404 | 410 | 416:
            return ObjectGone(f"the store answered {answer.status}")
        case 400 if is_put:
            return CorruptTransfer("the store refused the bytes")
        case 409 | 500 | 502 | 504:
            return Unreachable(f"the store answered {answer.status}")
        case 429 | 503:
            return RateLimited(f"the store answered {answer.status}", retry_after_s(answer.headers))
        case 507:
            return Refused("the store is full", ErrorCode.STORE_FULL, 507)
        case status:
            return Refused(f"the store answered {status}", REFUSED, status)
