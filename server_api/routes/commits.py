"""Commits: how changes get in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.messages import CommitRequest, CommitResponse
from server_api.errors import ForbiddenError, NotFoundError, OperationReusedError, SupersededError, UnknownCursorError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.commits import append_batch

commits = Blueprint("commits", __name__)


@commits.post("/v1/namespaces/<uuid:namespace_id>/commits")
@requires_device
@documented(
    request=CommitRequest,
    answer=CommitResponse,
    errors=(ForbiddenError, NotFoundError, OperationReusedError, SupersededError, UnknownCursorError),
)
def create_commit(namespace_id: UUID) -> Response:
    """Append a batch of operations, all in one transaction; each answers for itself."""
    namespace = member(namespace_id, at_least="editor")
    return answer(append_batch(current_server(), caller(), namespace, read_body(CommitRequest)))
