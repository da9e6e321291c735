"""Looking around and back: listings, histories, manifests, and bringing things back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.messages import (
    FoundManifests,
    History,
    HistoryRequest,
    Listing,
    ListRequest,
    Manifests,
    Restored,
    RestoreRequest,
    RewindRequest,
    Rewound,
)
from server_api.errors import ForbiddenError, NotFoundError, QuotaExceededError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.history import read_history
from server_api.services.listing import list_entries
from server_api.services.manifests import find_manifests
from server_api.services.restore import restore
from server_api.services.rewind import rewind

history = Blueprint("history", __name__)


@history.post("/v1/namespaces/<uuid:namespace_id>/list")
@requires_device
@documented(request=ListRequest, answer=Listing, errors=(NotFoundError,))
def list_below(namespace_id: UUID) -> Response:
    """What is below a path, or was deleted there. A file lists itself."""
    return answer(list_entries(current_server(), member(namespace_id), read_body(ListRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/history")
@requires_device
@documented(request=HistoryRequest, answer=History, errors=(NotFoundError,))
def get_history(namespace_id: UUID) -> Response:
    """Every content that ever lay at a path, newest first."""
    return answer(read_history(current_server(), member(namespace_id), read_body(HistoryRequest).path))


@history.post("/v1/namespaces/<uuid:namespace_id>/restore")
@requires_device
@documented(request=RestoreRequest, answer=Restored, errors=(ForbiddenError, NotFoundError, QuotaExceededError))
def create_restoration(namespace_id: UUID) -> Response:
    """Bring back a version, or a deleted file or folder, whole."""
    namespace = member(namespace_id, at_least="editor")
    return answer(restore(current_server(), caller(), namespace, read_body(RestoreRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/rewind")
@requires_device
@documented(request=RewindRequest, answer=Rewound, errors=(ForbiddenError, NotFoundError, QuotaExceededError))
def create_rewind(namespace_id: UUID) -> Response:
    """Make a folder as it was at a time; or tell what that would change."""
    namespace = member(namespace_id, at_least="editor")
    return answer(rewind(current_server(), caller(), namespace, read_body(RewindRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/manifests")
@requires_device
@documented(request=Manifests, answer=FoundManifests, errors=(NotFoundError,))
def get_manifests(namespace_id: UUID) -> Response:
    """The chunks of the versions that revisions show."""
    return answer(find_manifests(current_server(), member(namespace_id), read_body(Manifests).revisions))
