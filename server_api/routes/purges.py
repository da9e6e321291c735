"""What is to go for good: paths with their history, and accounts. A day later, and until then it can be taken back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.accounts import (
    AccountDeletion,
    CancelPurge,
    PasswordAgain,
    Purge,
    Purges,
    RequestPurge,
)
from server_api.errors import (
    ForbiddenError,
    NotFoundError,
    PasswordNeededError,
    RateLimitedError,
    WrongCredentialsError,
)
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.deletion import cancel_deletion, request_deletion
from server_api.services.passwords import check_again
from server_api.services.purging import Wisher, cancel_purge, list_purges, request_purge

purges = Blueprint("purges", __name__)

_PASSWORD_AGAIN: Final = (PasswordNeededError, WrongCredentialsError, RateLimitedError)


@purges.post("/v1/namespaces/<uuid:namespace_id>/purges")
@requires_device
@documented(request=RequestPurge, answer=Purge, errors=[*_PASSWORD_AGAIN, ForbiddenError, NotFoundError])
def create_purge(namespace_id: UUID) -> Response:
    """What is at a path, and was deleted there, goes for good a day from now. Needs the password."""
    namespace = member(namespace_id, at_least="owner")
    body = read_body(RequestPurge)
    check_again(current_server(), caller(), body.password)
    return answer(request_purge(current_server(), _wisher(), namespace, body.path))


@purges.get("/v1/namespaces/<uuid:namespace_id>/purges")
@requires_device
@documented(answer=Purges, errors=[NotFoundError])
def get_purges(namespace_id: UUID) -> Response:
    """What waits to be purged."""
    return answer(Purges(purges=list_purges(current_server(), member(namespace_id))))


@purges.post("/v1/namespaces/<uuid:namespace_id>/purges/cancel")
@requires_device
@documented(request=CancelPurge, status=HTTPStatus.NO_CONTENT, errors=[ForbiddenError, NotFoundError])
def take_purge_back(namespace_id: UUID) -> Response:
    """Nothing goes there."""
    namespace = member(namespace_id, at_least="owner")
    cancel_purge(current_server(), _wisher(), namespace, read_body(CancelPurge).path)
    return Response(status=HTTPStatus.NO_CONTENT)


@purges.post("/v1/account/deletion")
@documented(request=PasswordAgain, answer=AccountDeletion, errors=_PASSWORD_AGAIN)
@requires_device
def create_deletion() -> Response:
    """The caller's account, with all that it stores, goes for good a day from now. Needs the password."""
    check_again(current_server(), caller(), read_body(PasswordAgain).password)
    return answer(request_deletion(current_server(), _wisher()))


@purges.post("/v1/account/deletion/cancel")
@documented(status=HTTPStatus.NO_CONTENT, errors=[NotFoundError])
@requires_device
def take_deletion_back() -> Response:
    """The account stays."""
    cancel_deletion(current_server(), _wisher())
    return Response(status=HTTPStatus.NO_CONTENT)


def _wisher() -> Wisher:
    return Wisher(account_id=caller().account_id, device_id=caller().device_id)
