"""The change feed: how changes get out."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request

from server_api.contract.messages import Changes
from server_api.errors import InvalidBodyError, NotFoundError, UnknownCursorError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer
from server_api.routes.openapi import documented
from server_api.services.changes import Cursor, read_page

changes = Blueprint("changes", __name__)

_MAX_SEQ: Final = 2**62


@changes.get("/v1/namespaces/<uuid:namespace_id>/changes")
@requires_device
@documented(
    answer=Changes,
    errors=(NotFoundError, UnknownCursorError),
    query={
        "seq": "The cursor's seq; 0 or nothing: from the start.",
        "epoch": "The cursor's epoch, 32 hexadecimal digits; needed past seq 0.",
        "revision": "The cursor's revision id, 32 hexadecimal digits; needed past seq 0.",
    },
)
def list_changes(namespace_id: UUID) -> Response:
    """The page of changes after a cursor."""
    return answer(read_page(current_server(), caller(), member(namespace_id), _cursor()))


def _cursor() -> Cursor:
    """Raises: InvalidBodyError."""
    seq = request.args.get("seq", "0")
    if not (seq.isascii() and seq.isdigit() and len(seq) <= 19 and int(seq) <= _MAX_SEQ):
        raise InvalidBodyError("seq is a number from 0 on")
    return Cursor(seq=int(seq), epoch=_id("epoch"), revision_id=_id("revision"))


def _id(name: str) -> bytes | None:
    value = request.args.get(name)
    if not value:
        return None
    try:
        decoded = bytes.fromhex(value)
    except ValueError:
        decoded = b""
    if len(decoded) != 16:
        raise InvalidBodyError(f"{name} is 32 hexadecimal digits")
    return decoded
