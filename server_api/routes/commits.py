"""Commits: how changes get in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.messages import CommitRequest
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.services.commits import append_batch

commits = Blueprint("commits", __name__)


@commits.post("/v1/namespaces/<uuid:namespace_id>/commits")
@requires_device
def create_commit(namespace_id: UUID) -> Response:
    """Append a batch of operations, all in one transaction.

    200 with a ``CommitResponse``. Errors: ``invalid-body`` (400), ``forbidden`` (403), ``not-found`` (404),
    ``unknown-cursor``, ``superseded``, ``operation-reused`` (409).
    """
    namespace = member(namespace_id, at_least="editor")
    return answer(append_batch(current_server(), caller(), namespace, read_body(CommitRequest)))
