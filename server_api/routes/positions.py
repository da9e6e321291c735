"""How far the caller's device has come."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.positions import PositionTold, TellPosition
from server_api.errors import ForbiddenError, NotFoundError, RateLimitedError, UnknownCursorError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.positions import take_position

positions = Blueprint("positions", __name__)


@positions.put("/v1/namespaces/<uuid:namespace_id>/position")
@requires_device
@documented(
    request=TellPosition,
    answer=PositionTold,
    errors=(NotFoundError, ForbiddenError, UnknownCursorError, RateLimitedError),
)
def tell_position(namespace_id: UUID) -> Response:
    """What the caller's device has of the files that were there at a revision, in place of what it told before."""
    namespace = member(namespace_id)
    return answer(take_position(current_server(), caller(), namespace, read_body(TellPosition)))
