"""The directory store's own addresses. There is no session here: the signature in the URL is the right."""

from __future__ import annotations

from http import HTTPStatus
from typing import BinaryIO, Final, cast

from flask import Blueprint, Response, request
from werkzeug.http import parse_range_header

from server_api.contract.messages import MAX_PACK_BYTES
from server_api.domain.media import attachment
from server_api.errors import AlreadyStoredError, ApiError, NotFoundError, StoreFullError, UrlInvalidError
from server_api.routes.access import current_server
from server_api.routes.openapi import documented
from server_api.storage.directory_store import DirectoryStore
from server_api.storage.metered_store import MeteredStore
from server_api.storage.signed_urls import PATH, GetGrant
from server_api.storage.stores import ObjectMissingError

store = Blueprint("store", __name__)

_INLINE: Final = ("audio/", "video/", "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp")
"""What a browser shows rather than saves: nothing that runs scripts (SVG does)."""
_DRAINED_BYTES: Final = 1024 * 1024
_MAX_RANGE_HEADER: Final = 200


@store.put(f"{PATH}<path:key>")
@documented(status=HTTPStatus.CREATED, errors=(UrlInvalidError, AlreadyStoredError, StoreFullError))
def put_object(key: str) -> Response:
    """Create the object that the URL was signed for: once, of that size and checksum."""
    try:
        grant = _directory_store().grant_put(key, request.args)
        if request.content_length != grant.size:
            raise UrlInvalidError("Content-Length is not the size that was signed")
        _directory_store().receive(grant, cast("BinaryIO", request.stream))
    except ApiError:
        _drain()
        raise
    return Response(status=HTTPStatus.CREATED)


@store.get(f"{PATH}<path:key>")
@documented(errors=(UrlInvalidError, NotFoundError), query={"type": "of the answer", "name": "to save it under"})
def get_object(key: str) -> Response:
    """Read the object that the URL was signed for, whole or one range of it. HEAD tells its size."""
    grant = _directory_store().grant_get(key, request.args)
    try:
        file = _directory_store().open_object(key)
    except ObjectMissingError:
        raise NotFoundError from None
    size = file.seek(0, 2)
    etag = f'"{key.rpartition("/")[2]}"'  # a key is never written twice
    response = Response(status=HTTPStatus.OK, headers=_headers(grant, etag))
    if prefix := current_server().config.accel_redirect:
        file.close()
        response.headers["X-Accel-Redirect"] = prefix + key  # the proxy sees to ranges and length
        return response
    start, stop = 0, size
    if request.headers.get("If-Range", etag) == etag and (wanted := _wanted_range(size)):
        start, stop = wanted
        if start >= stop:
            file.close()
            response.status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            response.headers["Content-Range"] = f"bytes */{size}"
            return response
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.content_length = stop - start
    if request.method == "HEAD":
        file.close()
        return response
    response.call_on_close(file.close)
    response.response = _directory_store().blocks(file, start, stop)
    return response


def _directory_store() -> DirectoryStore:
    """Raises: NotFoundError, where objects live elsewhere and have no address here."""
    found = current_server().store
    if isinstance(found, MeteredStore):
        found = found.inner
    if not isinstance(found, DirectoryStore):
        raise NotFoundError
    return found


def _drain() -> None:
    """Read what the client is still sending, up to a pack: else it might see a broken connection and no answer."""
    left = MAX_PACK_BYTES
    while left > 0 and (block := request.stream.read(_DRAINED_BYTES)):
        left -= len(block)


def _wanted_range(size: int) -> tuple[int, int] | None:
    """Start and stop of the one range that is asked for; equal or crossed if there is nothing there.

    ``None`` stands for the whole: no range, several, or one that cannot be read, all of which may be ignored.
    """
    header = request.headers.get("Range", "")
    wanted = parse_range_header(header) if len(header) <= _MAX_RANGE_HEADER else None
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    start, stop = wanted.ranges[0]
    if start < 0:
        return max(size + start, 0), size
    return start, size if stop is None else min(stop, size)


def _headers(grant: GetGrant, etag: str) -> dict[str, str]:
    disposition = "inline" if grant.content_type.startswith(_INLINE) else "attachment"
    if grant.filename:
        disposition = attachment(grant.filename)
    return {
        "Content-Type": grant.content_type,
        "Content-Disposition": disposition,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-transform",
        "ETag": etag,
    }
