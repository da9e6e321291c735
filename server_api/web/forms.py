"""Files that a form brings, as they come: little of them is in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from server_api.errors import InvalidBodyError
from server_api.services.receiving import Sent

_READ_BYTES: Final = 256 * 1024
_HEADER_BYTES: Final = 2 * _READ_BYTES
_MOST_PARTS: Final = 2_000
_CUT: Final = "The upload ended before it was complete. Nothing of it was kept."


def sent_files(read: Callable[[int], bytes], boundary: str) -> Iterator[Sent]:
    """The files of a multipart body, each to be read before the next; empty choices and other fields are left out.

    Raises: InvalidBodyError, where the body is not what it should be, or ends early.
    """
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), _HEADER_BYTES, max_parts=_MOST_PARTS)
    events = _events(decoder, read)
    for event in events:
        if isinstance(event, File):
            yield from _file(event.filename, events)
        elif isinstance(event, Epilogue):
            return
        elif not isinstance(event, Field | Data):
            continue
    raise InvalidBodyError(_CUT)


def _file(name: str, events: Iterator[object]) -> Iterator[Sent]:
    pieces = _pieces(events)
    first = next(pieces, b"")
    if name:  # a form without a file sends an empty one of no name
        yield Sent(name, _chained(first, pieces))
    for _ in pieces:
        pass


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _pieces(events: Iterator[object]) -> Iterator[bytes]:
    for event in events:
        if not isinstance(event, Data):
            raise InvalidBodyError(_CUT)
        if event.data:
            yield bytes(event.data)
        if not event.more_data:
            return
    raise InvalidBodyError(_CUT)


def _events(decoder: MultipartDecoder, read: Callable[[int], bytes]) -> Iterator[object]:
    try:
        while True:
            event = decoder.next_event()
            if not isinstance(event, NeedData):
                yield event
                if isinstance(event, Epilogue):
                    return
                continue
            if decoder.complete:
                raise InvalidBodyError(_CUT)
            decoder.receive_data(_read(read) or None)
    except (ValueError, AttributeError, RequestEntityTooLarge) as error:
        raise InvalidBodyError("The form cannot be read.") from error


def _read(read: Callable[[int], bytes]) -> bytes:
    try:
        return read(_READ_BYTES)
    except (OSError, ClientDisconnected) as error:
        raise InvalidBodyError(_CUT) from error
