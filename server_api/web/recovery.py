"""The pages that mails lead to: a new password, a new address. Plain forms, without scripts and cookies."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from server_api.contract.accounts import RequestReset, UseReset
from server_api.errors import InvalidBodyError, WeakPasswordError
from server_api.routes.access import current_server
from server_api.routes.origin import origin
from server_api.services import mails
from server_api.services.recovery import confirm_email, request_reset, use_reset
from server_api.web.pages import page, protect, refuse_other_sites

recovery = Blueprint("recovery", __name__)
recovery.after_request(protect)

_MAX_PASSWORD: Final = 1024


@recovery.get("/reset")
def show_request() -> Response:
    """Asks for the email address."""
    mails.require_links(current_server())
    return page("web/reset_request.html", is_sent=False, problem="")


@recovery.post("/reset")
def send_request() -> Response:
    """Has the link sent, and says the same whether there is such an account or not."""
    refuse_other_sites()
    try:
        request_reset(current_server(), RequestReset(email=request.form.get("email", "")), origin())
    except InvalidBodyError as error:
        return page("web/reset_request.html", is_sent=False, problem=error.detail)
    return page("web/reset_request.html", is_sent=True, problem="")


@recovery.get("/reset/<code>")
def show_reset(code: str) -> Response:
    """Asks for the new password. It consumes nothing, for previews of links open them too."""
    del code
    return page("web/reset.html", is_done=False, problem="")


@recovery.post("/reset/<code>")
def reset(code: str) -> Response:
    """Consumes the link and sets the password."""
    refuse_other_sites()
    password = request.form.get("password", "")
    try:
        if password != request.form.get("again", ""):
            raise WeakPasswordError("The two passwords differ.")
        if len(password) > _MAX_PASSWORD:
            raise WeakPasswordError(f"It may have at most {_MAX_PASSWORD} characters.")
        use_reset(current_server(), UseReset(code=code, new_password=password), origin())
    except WeakPasswordError as error:
        return page("web/reset.html", is_done=False, problem=error.detail)
    return page("web/reset.html", is_done=True, problem="")


@recovery.get("/confirm/<code>")
def show_confirm(code: str) -> Response:
    """A page with a button."""
    del code
    return page("web/confirm.html", email=None)


@recovery.post("/confirm/<code>")
def confirm(code: str) -> Response:
    """Consumes the link and gives the account its new address."""
    refuse_other_sites()
    return page("web/confirm.html", email=confirm_email(current_server(), code, origin()))
