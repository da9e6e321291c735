"""Signing in, going on, signing out."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from server_api.contract.devices import Refresh, Session, SignIn
from server_api.errors import (
    ForbiddenError,
    RateLimitedError,
    SecondFactorNeededError,
    SessionEndedError,
    WipeRequestedError,
    WipeUnderWayError,
    WrongCredentialsError,
    WrongSecondFactorError,
)
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.routes.origin import origin
from server_api.services.sessions import refresh, sign_in, sign_out

sessions = Blueprint("sessions", __name__)


@sessions.post("/v1/sessions")
@documented(
    request=SignIn,
    answer=Session,
    status=HTTPStatus.CREATED,
    errors=[
        WrongCredentialsError,
        SecondFactorNeededError,
        WrongSecondFactorError,
        ForbiddenError,
        WipeUnderWayError,
        RateLimitedError,
    ],
)
def create_session() -> Response:
    """Signs a device in. One that names the id it had stays that device."""
    return answer(sign_in(current_server(), read_body(SignIn), origin()), HTTPStatus.CREATED)


@sessions.post("/v1/sessions/refresh")
@documented(request=Refresh, answer=Session, errors=[SessionEndedError, WipeRequestedError, RateLimitedError])
def refresh_session() -> Response:
    """Exchanges a refresh token for the next tokens. The old one works until the new one is first used."""
    return answer(refresh(current_server(), read_body(Refresh), origin()))


@sessions.delete("/v1/sessions/current")
@documented(status=HTTPStatus.NO_CONTENT)
@requires_device
def delete_session() -> Response:
    """Signs the caller's device out. It stays the device it is when it signs in again."""
    sign_out(current_server(), caller())
    return Response(status=HTTPStatus.NO_CONTENT)
