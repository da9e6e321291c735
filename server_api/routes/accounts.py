"""Accounts: making one, and looking at one's own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request

from server_api.contract.accounts import (
    Account,
    AuditPage,
    ChangeEmail,
    ChangePassword,
    ConfirmFactor,
    EnrolledFactor,
    PasswordAgain,
    RecoveryCodes,
    Register,
    RequestReset,
    SecondFactor,
    UseReset,
)
from server_api.errors import (
    AccountExistsError,
    ForbiddenError,
    InvalidBodyError,
    InvitationNeededError,
    PasswordNeededError,
    RateLimitedError,
    RegistrationClosedError,
    UrlInvalidError,
    WeakPasswordError,
    WrongCredentialsError,
    WrongSecondFactorError,
)
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.routes.origin import origin
from server_api.services import audit, recovery, second_factor
from server_api.services.accounts import change_password, describe, register

accounts = Blueprint("accounts", __name__)

_PASSWORD_AGAIN: Final = (PasswordNeededError, WrongCredentialsError, RateLimitedError)


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


@accounts.post("/v1/account/password")
@documented(
    request=ChangePassword,
    status=HTTPStatus.NO_CONTENT,
    errors=[WrongCredentialsError, WeakPasswordError, RateLimitedError],
)
@requires_device
def set_password() -> Response:
    """Changes the password and signs all other devices out."""
    change_password(current_server(), caller(), read_body(ChangePassword))
    return Response(status=HTTPStatus.NO_CONTENT)


@accounts.get("/v1/account/second-factor")
@documented(answer=SecondFactor)
@requires_device
def get_second_factor() -> Response:
    """Whether signing in needs a code as well, and how many recovery codes are left."""
    return answer(second_factor.describe(current_server(), caller()))


@accounts.post("/v1/account/second-factor/enrol")
@documented(request=PasswordAgain, answer=EnrolledFactor, errors=[*_PASSWORD_AGAIN, ForbiddenError])
@requires_device
def enrol_second_factor() -> Response:
    """A new secret for an authenticator application; it counts once a code of it is confirmed."""
    return answer(second_factor.enrol(current_server(), caller(), read_body(PasswordAgain).password))


@accounts.post("/v1/account/second-factor/confirm")
@documented(request=ConfirmFactor, answer=RecoveryCodes, errors=[WrongSecondFactorError, RateLimitedError])
@requires_device
def confirm_second_factor() -> Response:
    """Turns the second factor on, and gives the recovery codes."""
    return answer(second_factor.confirm(current_server(), caller(), read_body(ConfirmFactor).code))


@accounts.post("/v1/account/second-factor/recovery-codes")
@documented(request=PasswordAgain, answer=RecoveryCodes, errors=[*_PASSWORD_AGAIN, ForbiddenError])
@requires_device
def renew_recovery_codes() -> Response:
    """New recovery codes; those before are good for nothing any more."""
    return answer(second_factor.renew_recovery_codes(current_server(), caller(), read_body(PasswordAgain).password))


@accounts.post("/v1/account/second-factor/off")
@documented(request=PasswordAgain, status=HTTPStatus.NO_CONTENT, errors=_PASSWORD_AGAIN)
@requires_device
def turn_second_factor_off() -> Response:
    """Signing in needs the password alone again."""
    second_factor.turn_off(current_server(), caller(), read_body(PasswordAgain).password)
    return Response(status=HTTPStatus.NO_CONTENT)


@accounts.get("/v1/account/audit")
@documented(answer=AuditPage, query={"before": "The last entry's id of the page before."})
@requires_device
def list_audit() -> Response:
    """What was recorded of the caller's account: sign-ins, devices, passwords, mails; newest first."""
    before = request.args.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) <= 18):
        raise InvalidBodyError("before is the id of an entry")
    return answer(audit.read_own(current_server(), caller(), None if before is None else int(before)))


@accounts.post("/v1/account/email")
@documented(request=ChangeEmail, status=HTTPStatus.ACCEPTED, errors=[*_PASSWORD_AGAIN, ForbiddenError])
@requires_device
def change_email() -> Response:
    """Sends a link to the new address, which the account has once the link is used."""
    recovery.request_email_change(current_server(), caller(), read_body(ChangeEmail))
    return Response(status=HTTPStatus.ACCEPTED)


@accounts.post("/v1/password-resets")
@documented(request=RequestReset, status=HTTPStatus.ACCEPTED, errors=[ForbiddenError, RateLimitedError])
def request_reset() -> Response:
    """Sends a link to a new password, if the address has an account; the answer does not tell."""
    recovery.request_reset(current_server(), read_body(RequestReset), origin())
    return Response(status=HTTPStatus.ACCEPTED)


@accounts.post("/v1/password-resets/use")
@documented(
    request=UseReset,
    status=HTTPStatus.NO_CONTENT,
    errors=[UrlInvalidError, WeakPasswordError, RateLimitedError],
)
def use_reset() -> Response:
    """Sets the password by the code of a link, once, and signs every device out."""
    recovery.use_reset(current_server(), read_body(UseReset), origin())
    return Response(status=HTTPStatus.NO_CONTENT)
