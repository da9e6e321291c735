"""Frames on a local socket: a little-endian u32 length, then that many bytes of msgpack."""

from __future__ import annotations

import socket
import struct
from typing import Final, TypeVar

import msgspec

from sync_engine.control.messages import MAX_FRAME_BYTES

_LENGTH: Final = struct.Struct("<I")
_T = TypeVar("_T")


class FrameError(Exception):
    """The other side does not speak this protocol, or went away in the middle of a frame."""


def send(connection: socket.socket, message: msgspec.Struct) -> None:
    """Raises: OSError."""
    body = msgspec.msgpack.encode(message)
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, decoder: msgspec.msgpack.Decoder[_T]) -> _T | None:
    """The next message; ``None`` when the other side is done. Raises: FrameError, OSError."""
    head = _read(connection, _LENGTH.size)
    if head is None:
        return None
    length = _LENGTH.unpack(head)[0]
    if length > MAX_FRAME_BYTES:
        raise FrameError("a frame is too long")
    body = _read(connection, length)
    if body is None:
        raise FrameError("a frame is cut")
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise FrameError(str(error)) from error


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
