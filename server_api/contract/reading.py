"""Reads what was encoded into the types that it is expected to be of. Nothing else does so.

msgspec looks at a type when it is first read, and lets other threads see it half looked at meanwhile, which ends the
process: so only one thread at a time makes a decoder. What was looked at once is read by any number of them.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec

T = TypeVar("T")

_looking: Final = threading.Lock()


def from_msgpack(encoded: bytes | bytearray | memoryview, type_: type[T]) -> T:
    """Raises: msgspec.MsgspecError, UnicodeDecodeError, RecursionError."""
    read: T = _msgpack(cast("Any", type_)).decode(encoded)
    return read


def from_json(encoded: bytes | bytearray | memoryview | str, type_: type[T]) -> T:
    """Raises: msgspec.MsgspecError, UnicodeDecodeError, RecursionError."""
    read: T = _json(cast("Any", type_)).decode(encoded)
    return read


def from_plain(value: object, type_: type[T]) -> T:
    """From lists, dicts, strings and numbers. Raises: msgspec.ValidationError, RecursionError."""
    _json(cast("Any", type_))
    return msgspec.convert(value, type_)


@cache
def _msgpack(type_: Any) -> msgspec.msgpack.Decoder[Any]:
    with _looking:
        return msgspec.msgpack.Decoder(type_)


@cache
def _json(type_: Any) -> msgspec.json.Decoder[Any]:
    with _looking:
        return msgspec.json.Decoder(type_)
