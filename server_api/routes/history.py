"""Looking around and back: listings, searches, histories, manifests, and bringing things back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.history import (
    ActivityPage,
    ActivityRequest,
    DeletedPage,
    DeletedRequest,
    Details,
    DetailsRequest,
    History,
    HistoryRequest,
    Listing,
    ListRequest,
    SearchPage,
    SearchRequest,
)
from server_api.contract.messages import FoundManifests, Manifests
from server_api.contract.restoring import Restored, RestoreRequest, RewindRequest, Rewound
from server_api.errors import ForbiddenError, NotFoundError, QuotaExceededError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.activity import read_activity
from server_api.services.bin import read_deleted
from server_api.services.details import read_details
from server_api.services.history import read_history
from server_api.services.listing import list_entries
from server_api.services.manifests import find_manifests
from server_api.services.restore import restore
from server_api.services.rewind import rewind
from server_api.services.search import search

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
    return answer(read_history(current_server(), member(namespace_id), read_body(HistoryRequest)))


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
    """Make a folder as it was at a time; or, in a dry run, tell what that would change."""
    namespace = member(namespace_id, at_least="editor")
    return answer(rewind(current_server(), caller(), namespace, read_body(RewindRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/manifests")
@requires_device
@documented(request=Manifests, answer=FoundManifests, errors=(NotFoundError,))
def get_manifests(namespace_id: UUID) -> Response:
    """The chunks of the versions that revisions show."""
    return answer(find_manifests(current_server(), member(namespace_id), read_body(Manifests).revisions))


@history.post("/v1/namespaces/<uuid:namespace_id>/activity")
@requires_device
@documented(request=ActivityRequest, answer=ActivityPage, errors=(NotFoundError,))
def get_activity(namespace_id: UUID) -> Response:
    """What happened, newest first: by whom, on which device, when, and where."""
    return answer(read_activity(current_server(), member(namespace_id), read_body(ActivityRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/deleted")
@requires_device
@documented(request=DeletedRequest, answer=DeletedPage, errors=(NotFoundError,))
def get_deleted(namespace_id: UUID) -> Response:
    """What was deleted and is not back, the latest first."""
    return answer(read_deleted(current_server(), member(namespace_id), read_body(DeletedRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/search")
@requires_device
@documented(request=SearchRequest, answer=SearchPage, errors=(NotFoundError,))
def get_found(namespace_id: UUID) -> Response:
    """What is there and has the query in its name."""
    return answer(search(current_server(), member(namespace_id), read_body(SearchRequest)))


@history.post("/v1/namespaces/<uuid:namespace_id>/details")
@requires_device
@documented(request=DetailsRequest, answer=Details, errors=(NotFoundError,))
def get_details(namespace_id: UUID) -> Response:
    """What is known of a file: where its content lies, since when, when it was verified, and which devices have it."""
    return answer(read_details(current_server(), caller(), member(namespace_id), read_body(DetailsRequest).path))
