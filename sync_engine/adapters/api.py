"""The API's messages over HTTP: msgpack both ways, problem documents as errors, translated once.

problem                                   error
session-ended                             SignedOut
wipe-requested                            WipeRequested
unknown-cursor                            UnknownCursor
superseded                                Superseded
update-needed                             UpdateNeeded
rate-limited                              RateLimited
unavailable, 502, 503, 504                Unreachable
429 without a problem                     RateLimited
all others (also not-signed-in)           Refused
an answer that is no Lockstep server's    Unreadable
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import msgspec
import zstandard

from server_api.contract.messages import (
    MAX_BODY_BYTES,
    MSGPACK,
    PROBLEM_JSON,
    PROTOCOL,
    PROTOCOL_HEADER,
    ErrorCode,
    Problem,
)
from server_api.contract.reading import from_json, from_msgpack
from sync_engine.adapters.http import Answer, HttpClient
from sync_engine.adapters.sockets import READ_S
from sync_engine.errors import (
    EngineError,
    RateLimited,
    Refused,
    SignedOut,
    Superseded,
    UnknownCursor,
    Unreachable,
    Unreadable,
    UpdateNeeded,
    WipeRequested,
)

T = TypeVar("T")

ANSWER_S: Final = 600.0
"""For the whole of one answer, the wait for its first byte included: else a server could let it trickle for ever."""
_COMPRESS_ABOVE_BYTES: Final = 1024
_MAX_WINDOW_BYTES: Final = 8 * 1024 * 1024
_MAX_PROBLEM_BYTES: Final = 64 * 1024
_LONGEST_RETRY_S: Final = 3600.0
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that mean nothing, are no text, or lie too deep in one another."""


class Api:
    """One server's API. Thread: any."""

    def __init__(self, client: HttpClient, server: str) -> None:
        """``server``: the address that this device linked. Raises: SetupError."""
        client.check_address(server)
        self._client = client
        self._server = server.rstrip("/")

    def call(
        self,
        method: str,
        path: str,
        answer: type[T],
        body: msgspec.Struct | None = None,
        *,
        token: str | None = None,
        read_s: float = READ_S,
    ) -> T:
        """The answer, checked against its type; ``type(None)`` for none.

        Raises: Unreachable, RateLimited, Refused, SignedOut, UnknownCursor, Superseded, UpdateNeeded.
        """
        headers = {
            "Accept": f"{MSGPACK}, {PROBLEM_JSON}",
            "Accept-Encoding": "zstd",
            PROTOCOL_HEADER: str(PROTOCOL),
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        sent = _encoded(body, headers) if body is not None else None
        with self._client.exchange(method, self._server + path, headers, sent, read_s, ANSWER_S) as response:
            if 200 <= response.status < 300:
                return _decoded(response, answer)
            raise _problem(response)

    def interrupt(self) -> None:
        self._client.interrupt()


def _encoded(body: msgspec.Struct, headers: dict[str, str]) -> bytes:
    encoded = msgspec.msgpack.encode(body)
    headers["Content-Type"] = MSGPACK
    if len(encoded) > _COMPRESS_ABOVE_BYTES:
        packed = zstandard.ZstdCompressor(level=1).compress(encoded)
        if len(packed) < len(encoded):
            headers["Content-Encoding"] = "zstd"
            encoded = packed
    headers["Content-Length"] = str(len(encoded))
    return encoded


def _decoded(response: Answer, type_: type[T]) -> T:
    if type_ is type(None):
        response.read(_MAX_PROBLEM_BYTES)
        return None
    if response.headers.get("Content-Type", "").partition(";")[0].strip() != MSGPACK:
        raise Unreadable("something else than a Lockstep server answered")
    try:
        return from_msgpack(_plain(response, MAX_BODY_BYTES), type_)
    except _UNREADABLE as error:
        raise Unreadable(f"the server's answer cannot be read: {error}") from error


def _plain(response: Answer, limit: int) -> bytes:
    """The body, decompressed; nothing beyond the limit is ever allocated. Raises: Unreadable."""
    body = response.read(limit)
    if body is None:
        raise Unreadable("the server's answer is too large")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding != "zstd":
        raise Unreadable(f"the server's answer is encoded as {encoding[:20]!r}")
    decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES)
    try:
        with decompressor.stream_reader(body, read_across_frames=True) as reader:
            plain = reader.read(limit + 1)
    except zstandard.ZstdError as error:
        raise Unreadable("the server's answer cannot be decompressed") from error
    if len(plain) > limit:
        raise Unreadable("the server's answer is too large")
    return plain


def _problem(response: Answer) -> EngineError:
    """What an answer that is no success means."""
    status = response.status
    problem = _problem_document(response)
    wait_s = retry_after_s(response.headers, problem.retry_after_s if problem else None)
    if problem is None and status == 429:
        return RateLimited("too many requests", wait_s)
    if problem is None or status in {502, 503, 504}:
        kind = Unreachable if status >= 500 else Unreadable
        return kind(f"the server answered {status}", wait_s)
    detail = problem.detail or problem.title
    match problem.code:
        case ErrorCode.SESSION_ENDED:
            return SignedOut(detail)
        case ErrorCode.WIPE_REQUESTED:
            return WipeRequested(detail)
        case ErrorCode.UNKNOWN_CURSOR:
            return UnknownCursor(detail)
        case ErrorCode.SUPERSEDED:
            return Superseded(detail)
        case ErrorCode.UPDATE_NEEDED:
            return UpdateNeeded(detail)
        case ErrorCode.UNAVAILABLE:
            return Unreachable(detail, wait_s)
        case ErrorCode.RATE_LIMITED:
            return RateLimited(detail, wait_s)
        case code:
            return Refused(detail, code, status)


def _problem_document(response: Answer) -> Problem | None:
    if response.headers.get("Content-Type", "").partition(";")[0].strip() != PROBLEM_JSON:
        return None
    try:
        return from_json(_plain(response, _MAX_PROBLEM_BYTES), Problem)
    except (*_UNREADABLE, Unreadable):
        return None


def retry_after_s(headers: Mapping[str, str], told: int | None = None) -> float:
    """Seconds that an answer asks to wait before another try; at most an hour, and none where it says nothing sensible.

    Args:
        headers: with Retry-After in seconds or as a date, which is read against the answer's own Date: this device's
            clock may be wrong.
        told: what the answer's body says, for an answer without the header.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:10])
    elif (at := _http_date(text)) is not None:
        seconds = at - (_http_date(headers.get("Date", "")) or time.time())
    else:
        seconds = float(told or 0)
    return min(max(seconds, 0.0), _LONGEST_RETRY_S)


def _http_date(text: str) -> float | None:
    """Seconds since the epoch; ``None`` if it is no date."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
