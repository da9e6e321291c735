"""The caller's namespaces."""

from __future__ import annotations

from flask import Blueprint, Response

from server_api.contract.messages import Namespaces
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer
from server_api.routes.openapi import documented
from server_api.services.namespaces import list_namespaces

namespaces = Blueprint("namespaces", __name__)


@namespaces.get("/v1/namespaces")
@requires_device
@documented(answer=Namespaces)
def get_namespaces() -> Response:
    """The namespaces that the account is a member of, and the server's epoch."""
    return answer(list_namespaces(current_server(), caller()))
