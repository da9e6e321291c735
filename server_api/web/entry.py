"""How a browser gets in and out: by password, by a one-time link, as a new account; and signing out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
from flask import Blueprint, Response, make_response, redirect, request

from server_api.config import Registration
from server_api.contract.accounts import Register
from server_api.contract.devices import SignIn
from server_api.contract.messages import BROWSER_HEADER
from server_api.contract.reading import from_plain
from server_api.errors import (
    ApiError,
    InvalidBodyError,
    InvitationNeededError,
    NotSignedInError,
    RegistrationClosedError,
    SecondFactorNeededError,
    WrongSecondFactorError,
)
from server_api.routes.access import current_server, drop_cookie, keep_cookie
from server_api.routes.origin import origin
from server_api.services.accounts import register, registration_policy
from server_api.services.sessions import check_sign_in_link, sign_in_browser, sign_out, use_sign_in_link
from server_api.web.pages import application_page, page, protect, refuse_other_sites, signed_in

T = TypeVar("T", bound=msgspec.Struct)

entry = Blueprint("entry", __name__)
entry.after_request(protect)

_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@entry.get("/sign-in")
def show_sign_in() -> Response:
    """Asks for the email address and the password."""
    return application_page("web/sign_in.html", email="", problem="", asks_code=False)


@entry.post("/sign-in")
def sign_in() -> Response:
    """Signs the browser in; a script is told of a refusal as the API tells it, a person by the form again."""
    refuse_other_sites()
    email = request.form.get("email", "")
    code = request.form.get("code", "").strip() or None
    try:
        return _let_in(email, request.form.get("password", ""), code)
    except ApiError as error:
        asks_code = isinstance(error, SecondFactorNeededError | WrongSecondFactorError)
        return _again("web/sign_in.html", error, email=email, asks_code=asks_code)


@entry.get("/register")
def show_register() -> Response:
    """Asks for what an account needs. Raises: RegistrationClosedError."""
    policy = registration_policy(current_server(), origin())
    if policy is Registration.CLOSED:
        raise RegistrationClosedError
    needs_invite = policy is Registration.INVITE
    invite = request.args.get("invite", "")[:_MAX_INVITE]
    return application_page("web/register.html", email="", problem="", invite=invite, needs_invite=needs_invite)


@entry.post("/register")
def make_account() -> Response:
    """Makes an account and signs the browser in."""
    refuse_other_sites()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    invite = request.form.get("invite", "").strip()[:_MAX_INVITE]
    try:
        register(current_server(), _message(Register, email=email, password=password, invite=invite or None), origin())
        return _let_in(email, password, None)
    except ApiError as error:
        needs_invite = bool(invite) or isinstance(error, InvitationNeededError)
        return _again("web/register.html", error, email=email, invite=invite, needs_invite=needs_invite)


@entry.get("/sign-in/<code>")
def show_link(code: str) -> Response:
    """A page with a button. It consumes nothing, for previews of links open them too."""
    try:
        check_sign_in_link(current_server(), code, origin())
    except NotSignedInError:
        return _link_is_over()
    return page("web/sign_in_link.html", hours=current_server().config.limits.web_session_s // 3600)


@entry.post("/sign-in/<code>")
def use_link(code: str) -> Response:
    """Consumes the link and signs the browser in."""
    refuse_other_sites()
    try:
        cookie = use_sign_in_link(current_server(), code, _browser(), origin())
    except NotSignedInError:
        return _link_is_over()
    return _go_in(cookie)


@entry.post("/sign-out")
def leave() -> Response:
    """Ends the browser's session."""
    refuse_other_sites()
    browser = signed_in()
    if browser is not None:
        sign_out(current_server(), browser)
    response = page("web/signed_out.html")
    drop_cookie(response)
    return response


def describe_browser(user_agent: str) -> str:
    """``Firefox on Linux``: what a person calls the browser in the list of devices."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Web browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser


_MAX_INVITE: Final = 100


def _browser() -> str:
    return describe_browser(request.headers.get("User-Agent", ""))


def _let_in(email: str, password: str, code: str | None) -> Response:
    asked = _message(SignIn, email=email, password=password, totp=code, device_name=_browser())
    return _go_in(sign_in_browser(current_server(), asked, origin()))


def _go_in(cookie: str) -> Response:
    """With the new session; one that this browser had before ends."""
    if (before := signed_in()) is not None:
        sign_out(current_server(), before)
    response = make_response(redirect("/", HTTPStatus.SEE_OTHER))
    keep_cookie(response, cookie, current_server().config.limits.web_session_s)
    return response


def _message(type_: type[T], **fields: str | None) -> T:
    """What a form brought, as the contract wants it. Raises: InvalidBodyError."""
    if not fields["email"] or not fields["password"]:
        raise InvalidBodyError("Enter an email address and a password.")
    try:
        return from_plain(fields, type_)
    except msgspec.ValidationError as error:
        raise InvalidBodyError("One of these is longer than it may be.") from error


def _again(template: str, error: ApiError, **values: object) -> Response:
    """The form again, with what was wrong. Raises: the error itself, where a script has sent the form."""
    if request.headers.get(BROWSER_HEADER) == "1":
        raise error
    response = application_page(template, problem=error.detail or error.title, **values)
    response.status_code = error.status
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _link_is_over() -> Response:
    browser = signed_in()
    response = page("web/link_over.html", email=browser.email if browser is not None else None)
    response.status_code = HTTPStatus.UNAUTHORIZED
    return response
