"""The pages of links through which others add files: a plain form, and nothing of what is there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from server_api.contract.messages import JSON
from server_api.errors import ApiError, InvalidBodyError, LinkOverError, NotFoundError
from server_api.routes.access import current_server
from server_api.routes.origin import origin
from server_api.routes.slots import Slots
from server_api.services.receiving import receive
from server_api.services.visits import Visit
from server_api.web.forms import sent_files
from server_api.web.pages import page

_UPLOADS: Final = Slots(4, "Many send files just now.", most_each=2)
"""In this process at once; each may hold 40 MiB."""
_STALLED_S: Final = 30.0
"""So long nothing may come."""
_PATIENCE_S: Final = 60.0
_SLOWEST_BYTES: Final = 16 * 1024
"""A second, once the patience is over."""
_DRAINED_BYTES: Final = 32 * 1024 * 1024


def upload_page(token: str, found: Visit) -> Response:
    """The form, after an upload with what was received. Raises: LinkOverError."""
    received = min(max(request.args.get("received", 0, type=int), 0), 1_000_000)
    if found.is_used_up and not received:
        raise LinkOverError
    share = found.share
    left = None if share.download_limit is None else share.download_limit - share.downloads
    return page(
        "web/share_upload.html", token=token, share=share, received=received, left=left, is_over=found.is_used_up
    )


def take_upload(token: str, found: Visit) -> Response:
    """What the form brings, all of it or nothing. Back to the page, or a count for programs."""
    if not found.share.is_upload:
        raise NotFoundError
    if found.is_used_up:
        raise LinkOverError
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise InvalidBodyError("Send a form with files (multipart/form-data).")
    request.max_content_length = sys.maxsize  # it is counted as it comes, and never held; None is the usual limit
    with _UPLOADS.taken(found.share.account_id), _unhurried(), _heard_out():
        count = receive(current_server(), found, origin().address, sent_files(_steadily(), boundary))
    if request.accept_mimetypes.best_match(["text/html", JSON]) == JSON:
        return Response(f'{{"received":{count}}}', HTTPStatus.CREATED, content_type=JSON)
    return make_response(redirect(f"/s/{token}?received={count}" if count else f"/s/{token}", HTTPStatus.SEE_OTHER))


def _steadily() -> Callable[[int], bytes]:
    """Reads the body, and gives up on who sends hardly anything: there are few places."""
    monotonic = current_server().clock.monotonic
    began, total = monotonic(), 0

    def read(size: int) -> bytes:
        nonlocal total
        piece = request.stream.read(size)
        total += len(piece)
        if monotonic() - began > _PATIENCE_S + total / _SLOWEST_BYTES:
            raise InvalidBodyError("The upload came too slowly. Nothing of it was kept.")
        return piece

    return read


@contextmanager
def _unhurried() -> Iterator[None]:
    """A connection on which nothing comes is not waited on for ever, where the server tells which it is."""
    connection: Any = request.environ.get("gunicorn.socket")
    if connection is None:
        yield
        return
    before = connection.gettimeout()
    connection.settimeout(_STALLED_S)
    try:
        yield
    finally:
        connection.settimeout(before)


@contextmanager
def _heard_out() -> Iterator[None]:
    """Who is refused is listened to for a while: a browser that is still sending would not see the answer."""
    try:
        yield
    except ApiError:
        left = _DRAINED_BYTES
        with suppress(OSError, HTTPException):  # the visitor is gone
            while left > 0 and (piece := request.stream.read(min(left, 1024 * 1024))):
                left -= len(piece)
        raise
