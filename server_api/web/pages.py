"""The web pages: a one-time link signs a browser in, and one page shows what the account has.

No scripts and no inline styles: the policy in ``_POLICY`` allows neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from shlex import quote
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request

from server_api.contract.messages import Entry, Kind, ListRequest
from server_api.domain.showing import ago, exact, showable
from server_api.domain.sizes import show_size
from server_api.errors import ForbiddenError, NotSignedInError, SessionEndedError
from server_api.routes.access import current_server
from server_api.routes.origin import is_loopback_name, origin
from server_api.services.accounts import describe, personal_namespace
from server_api.services.devices import list_devices
from server_api.services.listing import list_entries
from server_api.services.server import Caller
from server_api.services.sessions import authenticate_browser, check_sign_in_link, sign_out, use_sign_in_link

web = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/web")

COOKIE: Final = "lockstep_session"

_ROWS_A_PAGE: Final = 500
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
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


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file list; the size in bytes, the time in milliseconds."""

    name: str
    path: str
    size: int
    changed_at: int
    is_folder: bool
    is_link: bool


@web.get("/sign-in/<code>")
def show_sign_in(code: str) -> Response:
    """A page with a button. It consumes nothing, for previews of links open them too."""
    try:
        check_sign_in_link(current_server(), code, origin())
    except NotSignedInError:
        return _link_is_over()
    return page("web/sign_in.html", hours=current_server().config.limits.web_session_s // 3600)


@web.post("/sign-in/<code>")
def sign_in(code: str) -> Response:
    """Consumes the link and signs the browser in."""
    refuse_other_sites()
    browser = describe_browser(request.headers.get("User-Agent", ""))
    try:
        cookie = use_sign_in_link(current_server(), code, browser, origin())
    except NotSignedInError:
        return _link_is_over()
    response = make_response(redirect("/", 303))
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=current_server().config.limits.web_session_s,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _link_is_over() -> Response:
    browser = _signed_in()
    response = page("web/link_over.html", email=browser.email if browser is not None else None)
    response.status_code = HTTPStatus.UNAUTHORIZED
    return response


@web.post("/sign-out")
def leave() -> Response:
    """Ends the browser's session."""
    refuse_other_sites()
    browser = _signed_in()
    if browser is not None:
        sign_out(current_server(), browser)
    response = page("web/signed_out.html", has_left=True)
    response.delete_cookie(COOKIE)
    return response


@web.get("/")
def home() -> Response:
    """The account, its files, its devices, and how to link another."""
    browser = _signed_in()
    if browser is None:
        return page("web/signed_out.html", has_left=False)
    server = current_server()
    path, after = request.args.get("path", "").strip("/"), request.args.get("after")
    listing = list_entries(server, personal_namespace(browser.account_id), ListRequest(path=path, after=after))
    entries = listing.entries[:_ROWS_A_PAGE]
    is_whole = listing.complete and len(entries) == len(listing.entries)
    with server.database.read() as connection:
        account = describe(connection, browser.account_id)
    return page(
        "web/home.html",
        account=account,
        devices=list_devices(server, browser),
        entries=[_row(entry) for entry in entries],
        next_after=None if is_whole or not entries else entries[-1].path,
        path=path,
        trail=_trail(path),
        command=_link_command(request.url_root.rstrip("/"), browser.email),
        is_loopback=is_loopback_name(urlsplit(request.url_root).hostname or ""),
    )


def protect(response: Response) -> Response:
    """The policy of every page, and that none is kept."""
    response.headers["Content-Security-Policy"] = _POLICY
    if request.endpoint != "web.static":
        response.headers["Cache-Control"] = "no-store"
    return response


web.after_request(protect)


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


def describe_browser(user_agent: str) -> str:
    """``Firefox on Linux``: what a person calls the browser in the list of devices."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Web browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser


def _link_command(address: str, email: str) -> str:
    """What a person pastes into a terminal, whatever characters address and email bring."""
    return f"lockstep link {quote(address)} --email {quote(email)} --folder ~/Lockstep"


def page(template: str, **values: object) -> Response:
    """The template as an answer."""
    return make_response(render_template(template, **values))


def _signed_in() -> Caller | None:
    cookie = request.cookies.get(COOKIE)
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
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    sender = request.headers.get("Origin")
    # Not parsed: anything may stand there.
    if site not in {"same-origin", "none"} or (sender is not None and sender.partition("://")[2] != request.host):
        raise ForbiddenError("This form was sent from another site.")


def _row(entry: Entry) -> Row:
    return Row(
        name=entry.path.rpartition("/")[2],
        path=entry.path,
        size=entry.size,
        changed_at=entry.committed_at,
        is_folder=entry.kind is Kind.FOLDER,
        is_link=entry.kind is Kind.SYMLINK,
    )


def _trail(path: str) -> list[dict[str, str]]:
    names = [name for name in path.split("/") if name]
    return [{"name": name, "path": "/".join(names[: depth + 1])} for depth, name in enumerate(names)]
