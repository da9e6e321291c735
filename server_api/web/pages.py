"""What all pages share: their frame, their policies, and who is signed in; and the shell of the web application.

Content policies: pages for visitors allow no script at all; those of the application allow its own modules, and
requests to this server and to the bucket that its files lie in. None allows anything inline.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import PurePosixPath
from shlex import quote
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, make_response, render_template, request

from server_api.domain.hosts import is_loopback_name
from server_api.domain.showing import ago, exact, showable
from server_api.domain.sizes import show_size
from server_api.errors import ForbiddenError, NotSignedInError, SessionEndedError, UnavailableError
from server_api.routes.access import browser_cookie, current_server, is_from_elsewhere
from server_api.services import mails
from server_api.services.accounts import ADMIN
from server_api.services.server import Caller
from server_api.services.sessions import authenticate_browser

web = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/web")

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_APPLICATION: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; "
    "media-src blob:; worker-src 'self'; connect-src 'self'{store}; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SCRIPT: Final = _APPLICATION.replace("connect-src 'self'", "connect-src 'self' data:")
"""Beside a script, for it is a worker's: WebAssembly comes as data."""
_STORE: Final = "lockstep-store-origin"
_TYPES: Final = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
"""What browsers insist on, whatever this machine takes them for."""


@web.get("/")
def home() -> Response:
    """The web application for who is signed in, and the way in for who is not."""
    browser = signed_in()
    if browser is None:
        return application_page("web/sign_in.html", email="", problem="", asks_code=False)
    address = current_server().config.public_url or request.url_root
    return application_page(
        "web/app.html",
        email=browser.email,
        command=_link_command(address.rstrip("/"), browser.email),
        is_admin=browser.role == ADMIN,
        is_loopback=is_loopback_name(urlsplit(address).hostname or ""),
    )


def page(template: str, **values: object) -> Response:
    """The template as an answer."""
    return make_response(render_template(template, **values))


def application_page(template: str, **values: object) -> Response:
    """The same, of a page that runs the application's scripts."""
    response = page(template, **values)
    response.headers["Content-Security-Policy"] = _APPLICATION.format(store=_store_origin())
    return response


def protect(response: Response) -> Response:
    """The policy of every page, and that none is kept. What a worker may do is said beside its script."""
    if request.endpoint == "web.static":
        response.headers["Content-Security-Policy"] = _SCRIPT.format(store=_store_origin())
        response.headers["Cache-Control"] = "no-cache"
        type_ = _TYPES.get(PurePosixPath(request.path).suffix)
        if type_ and response.status_code < HTTPStatus.BAD_REQUEST:
            response.mimetype = type_
        return response
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    # With "no-referrer" browsers would hide from this server, too, that its own page sent a form.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Cache-Control"] = "no-store"
    return response


web.after_request(protect)


def _store_origin() -> str:
    """Where browsers find contents, if that is not this server; with a blank before it."""
    known: str | None = current_app.extensions.get(_STORE)
    if known is None:
        try:
            url = urlsplit(current_server().store.presign_get("packs/any", expires_in_s=60).url)
        except UnavailableError:
            return ""
        known = f" {url.scheme}://{url.netloc}" if url.netloc else ""
        current_app.extensions[_STORE] = known
    return known


@web.app_template_global("mails_reach_people")
def _mails_reach_people() -> bool:
    return mails.reach_people(current_server())


@web.app_template_filter("showable")
def _showable(name: str) -> str:
    return showable(name)


@web.app_template_filter("size")
def _size(size_bytes: int) -> str:
    return show_size(size_bytes)


@web.app_template_filter("ago")
def _ago(at_ms: int) -> str:
    return ago(at_ms, current_server().clock.now_ms())


@web.app_template_filter("exact")
def _exact(at_ms: int) -> str:
    return exact(at_ms)


def signed_in() -> Caller | None:
    """Whose browser this is."""
    cookie = browser_cookie()
    if cookie is None:
        return None
    try:
        g.caller = authenticate_browser(current_server(), cookie)
    except (NotSignedInError, SessionEndedError):
        return None
    found: Caller = g.caller
    return found


def refuse_other_sites() -> None:
    """A form on another site must not sign this browser in or out."""
    if is_from_elsewhere():
        raise ForbiddenError("This form was sent from another site.")


def _link_command(address: str, email: str) -> str:
    """What a person pastes into a terminal, whatever characters address and email bring."""
    return f"lockstep link {quote(address)} --email {quote(email)} --folder ~/Lockstep"
