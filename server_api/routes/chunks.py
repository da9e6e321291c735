"""Looking chunks up: which are missing, and where the others lie."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.messages import DamagedChunks, LocateChunks, Located, Missing, MissingChunks
from server_api.errors import ForbiddenError, NotFoundError, UnavailableError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.chunks import locate_chunks, look_at_damaged, missing_chunks

chunks = Blueprint("chunks", __name__)


@chunks.post("/v1/namespaces/<uuid:namespace_id>/chunks/missing")
@requires_device
@documented(request=MissingChunks, answer=Missing, errors=(NotFoundError, ForbiddenError))
def missing(namespace_id: UUID) -> Response:
    """Of these chunks, those that this device has to send."""
    namespace = member(namespace_id, "editor")
    body = read_body(MissingChunks)
    return answer(missing_chunks(current_server(), caller(), namespace, body.chunks))


@chunks.post("/v1/namespaces/<uuid:namespace_id>/chunks/locate")
@requires_device
@documented(request=LocateChunks, answer=Located, errors=(NotFoundError,))
def locate(namespace_id: UUID) -> Response:
    """Where these chunks lie, with signed GETs of their packs."""
    namespace = member(namespace_id)
    body = read_body(LocateChunks)
    return answer(locate_chunks(current_server(), namespace, body.chunks))


@chunks.post("/v1/namespaces/<uuid:namespace_id>/chunks/damaged")
@requires_device
@documented(request=DamagedChunks, answer=Missing, errors=(NotFoundError, UnavailableError))
def damaged(namespace_id: UUID) -> Response:
    """These arrived with other bytes than their names say: find out which are so in the store."""
    namespace = member(namespace_id)
    body = read_body(DamagedChunks)
    return answer(look_at_damaged(current_server(), namespace, body.chunks))
