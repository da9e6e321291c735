"""Accounts: making one, and looking at one's own."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from server_api.contract.messages import Account, Register
from server_api.errors import (
    AccountExistsError,
    InvitationNeededError,
    RateLimitedError,
    RegistrationClosedError,
    WeakPasswordError,
)
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.routes.origin import origin
from server_api.services.accounts import describe, register

accounts = Blueprint("accounts", __name__)


@accounts.post("/v1/accounts")
@documented(
    request=Register,
    answer=Account,
    status=HTTPStatus.CREATED,
    errors=[
        RegistrationClosedError,
        InvitationNeededError,
        AccountExistsError,
        WeakPasswordError,
        RateLimitedError,
    ],
)
def create_account() -> Response:
    """Makes an account: freely over loopback, else with an invitation, if at all."""
    return answer(register(current_server(), read_body(Register), origin()), HTTPStatus.CREATED)


@accounts.get("/v1/account")
@documented(answer=Account)
@requires_device
def get_account() -> Response:
    """The caller's account, with what it stores."""
    with current_server().database.read() as connection:
        return answer(describe(connection, caller().account_id))
