"""Bodies in and out: msgpack for devices, JSON for people, each capped before it is allocated."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
import zstandard
from flask import Response, request

from server_api.contract.messages import JSON, MAX_BODY_BYTES, MSGPACK
from server_api.contract.reading import from_json, from_msgpack
from server_api.errors import BodyTooLargeError, InvalidBodyError, UnsupportedMediaError

T = TypeVar("T")

_PIECE_BYTES: Final = 256 * 1024
_MAX_WINDOW_BYTES: Final = 8 * 1024 * 1024
_COMPRESS_ABOVE_BYTES: Final = 1024
_READERS: Final[dict[str, Callable[..., Any]]] = {MSGPACK: from_msgpack, JSON: from_json}


def read_body(type_: type[T]) -> T:
    """The request's body, decoded and checked against the contract.

    Raises: UnsupportedMediaError, BodyTooLargeError, InvalidBodyError (with the first thing that is wrong).
    """
    read = _READERS.get(request.mimetype)
    if read is None:
        raise UnsupportedMediaError(f"Send {MSGPACK} or {JSON}.")
    plain = _plain_body()
    try:
        message: T = read(plain, type_)
    except msgspec.MsgspecError as error:
        raise InvalidBodyError(str(error)) from error
    except (RecursionError, ValueError) as error:
        raise InvalidBodyError("The body cannot be decoded.") from error
    return message


def answer(message: msgspec.Struct, status: int = HTTPStatus.OK) -> Response:
    """The message as the caller likes it: msgpack if it accepts that by name, else JSON; zstd for larger ones."""
    is_msgpack = MSGPACK in request.headers.get("Accept", "")
    encoded = msgspec.msgpack.encode(message) if is_msgpack else msgspec.json.encode(message)
    response = Response(encoded, status, content_type=MSGPACK if is_msgpack else JSON)
    if len(encoded) > _COMPRESS_ABOVE_BYTES and request.accept_encodings["zstd"] > 0:
        response.set_data(zstandard.ZstdCompressor(level=1).compress(encoded))
        response.headers["Content-Encoding"] = "zstd"
    response.headers["Vary"] = "Accept, Accept-Encoding"
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain_body() -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BodyTooLargeError(f"At most {MAX_BODY_BYTES} bytes.")
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"identity", ""}:
        return _gather(_pieces())
    if encoding == "zstd":
        return _gather(_unzstd(_gather(_pieces())))
    if encoding == "gzip":
        return _gather(_gunzip(_gather(_pieces())))
    raise UnsupportedMediaError("Send the body plain, or compressed with zstd or gzip.")


def _gather(pieces: Iterator[bytes]) -> bytes:
    gathered = bytearray()
    for piece in pieces:
        if len(gathered) + len(piece) > MAX_BODY_BYTES:
            raise BodyTooLargeError(f"At most {MAX_BODY_BYTES} bytes.")
        gathered += piece
    return bytes(gathered)


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(_PIECE_BYTES):
        yield piece


def _unzstd(packed: bytes) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES)
    try:
        with decompressor.stream_reader(io.BytesIO(packed), read_across_frames=True) as reader:
            while piece := reader.read(_PIECE_BYTES):
                yield piece
    except zstandard.ZstdError as error:
        raise InvalidBodyError("The body is not valid zstd.") from error


def _gunzip(packed: bytes) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=31)
    try:
        while not inflater.eof:
            piece = inflater.decompress(packed, _PIECE_BYTES)
            packed = inflater.unconsumed_tail
            if not piece and not packed and not inflater.eof:
                raise InvalidBodyError("The body's gzip data ends early.")
            yield piece
    except zlib.error as error:
        raise InvalidBodyError("The body is not valid gzip.") from error
    if inflater.unused_data:
        raise InvalidBodyError("There is something after the body's gzip data.")
