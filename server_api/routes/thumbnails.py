"""Thumbnails of pictures, for the members of a namespace."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request

from server_api.contract.history import Thumbnails, ThumbnailsRequest
from server_api.contract.messages import RevisionId
from server_api.errors import NotFoundError
from server_api.routes.access import current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.thumbnails import read_thumbnail, want_thumbnails

thumbnails = Blueprint("thumbnails", __name__)

_ID_BYTES: Final = 16
_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=86400, immutable",
}


@thumbnails.post("/v1/namespaces/<uuid:namespace_id>/thumbnails")
@requires_device
@documented(request=ThumbnailsRequest, answer=Thumbnails, errors=(NotFoundError,))
def create_thumbnails(namespace_id: UUID) -> Response:
    """Has thumbnails made, and says which are ready."""
    namespace = member(namespace_id)
    revisions = [RevisionId(id_) for id_ in read_body(ThumbnailsRequest).revisions]
    return answer(Thumbnails(states=want_thumbnails(current_server(), namespace, revisions)))


@thumbnails.get("/v1/namespaces/<uuid:namespace_id>/thumbnails/<revision>")
@requires_device
@documented(errors=(NotFoundError,))
def get_thumbnail(namespace_id: UUID, revision: str) -> Response:
    """The thumbnail of the picture at a revision (hexadecimal): a WebP of at most 256 by 256 pixels."""
    namespace = member(namespace_id)
    try:
        revision_id = RevisionId(bytes.fromhex(revision))
    except ValueError:
        raise NotFoundError from None
    if len(revision_id) != _ID_BYTES:
        raise NotFoundError
    version_id, data = read_thumbnail(current_server(), namespace, revision_id)
    response = Response(data, content_type="image/webp", headers=_HEADERS)
    response.set_etag(version_id.hex())
    response.make_conditional(request)
    return response
