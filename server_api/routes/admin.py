"""The server's admins: figures and accounts."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request

from server_api.contract.admin import ChangeUser, Overview, Users
from server_api.errors import (
    ForbiddenError,
    NotFoundError,
    PasswordNeededError,
    RateLimitedError,
    WrongCredentialsError,
)
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.administration import change_user, check_admin, list_users, read_overview

admin = Blueprint("admin", __name__)


@admin.get("/v1/admin/overview")
@requires_device
@documented(answer=Overview, errors=(ForbiddenError,))
def get_overview() -> Response:
    """Accounts, what is stored where, what happened by days, and how the store's care goes. For admins."""
    return answer(read_overview(current_server(), caller()))


@admin.get("/v1/admin/users")
@requires_device
@documented(answer=Users, errors=(ForbiddenError,), query={"after": "the last address of the page before"})
def get_users() -> Response:
    """The accounts, by address. For admins."""
    return answer(list_users(current_server(), caller(), request.args.get("after")))


@admin.patch("/v1/admin/users/<uuid:account_id>")
@requires_device
@documented(
    request=ChangeUser,
    status=HTTPStatus.NO_CONTENT,
    errors=(ForbiddenError, NotFoundError, PasswordNeededError, WrongCredentialsError, RateLimitedError),
)
def patch_user(account_id: UUID) -> Response:
    """Disables or enables an account, sets its quota or its role. For admins, with their password."""
    check_admin(caller())
    change_user(current_server(), caller(), account_id.bytes, read_body(ChangeUser))
    return Response(status=HTTPStatus.NO_CONTENT)
