"""The waiting request."""

from __future__ import annotations

from flask import Blueprint, Response

from server_api.contract.messages import Wait, Waited
from server_api.errors import NotFoundError, SessionEndedError, UnknownCursorError
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.waiting import wait_for_changes

wait = Blueprint("wait", __name__)


@wait.post("/v1/wait")
@documented(request=Wait, answer=Waited, errors=[UnknownCursorError, NotFoundError, SessionEndedError])
@requires_device
def create_wait() -> Response:
    """Answers as soon as one of the namespaces is past the seq that the caller has, or when the time is up."""
    return answer(wait_for_changes(current_server(), caller(), read_body(Wait)))
