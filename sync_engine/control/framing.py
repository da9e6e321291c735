"""Frames on a local socket: a little-endian u32 length, then that many bytes of JSON in ASCII.

Bytes are base64. Names on a disk need not be valid Unicode: what of them is not stands as an escaped lone surrogate,
which neither msgpack nor msgspec's own JSON lets through.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, Final, Generic, TypeVar

import msgspec

from server_api.contract.reading import from_plain
from sync_engine.control.messages import MAX_ANSWER_BYTES, MAX_FRAME_BYTES, Answer, Request

_LENGTH: Final = struct.Struct("<I")
_T = TypeVar("_T")


class FrameError(Exception):
    """The other side does not speak this protocol, or went away in the middle of a frame."""


class Messages(Generic[_T]):
    """What is expected to arrive, and how large it may be."""

    def __init__(self, type_: Any, max_bytes: int) -> None:
        self.type = type_
        self.max_bytes = max_bytes


REQUESTS: Final[Messages[Request]] = Messages(Request, MAX_FRAME_BYTES)
ANSWERS: Final[Messages[Answer]] = Messages(Answer, MAX_ANSWER_BYTES)


def send(connection: socket.socket, message: msgspec.Struct) -> None:
    """Raises: OSError."""
    body = json.dumps(msgspec.to_builtins(message)).encode()
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, expected: Messages[_T]) -> _T | None:
    """The next message; ``None`` when the other side is done. Raises: FrameError, OSError."""
    head = _read(connection, _LENGTH.size)
    if head is None:
        return None
    length = _LENGTH.unpack(head)[0]
    if length > expected.max_bytes:
        raise FrameError("a frame is too long")
    body = _read(connection, length)
    if body is None:
        raise FrameError("a frame is cut")
    try:
        message: _T = from_plain(json.loads(body), expected.type)
    except (ValueError, RecursionError) as error:
        raise FrameError(str(error)) from error
    return message


def _read(connection: socket.socket, size: int) -> bytes | None:
    """So many bytes; ``None`` if the end comes before the first. Memory grows only with what has arrived."""
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 65_536))
        if not part:
            if parts:
                raise FrameError("a frame is cut")
            return None
        parts += part
    return bytes(parts)
