"""Who asks, and what they may touch: every route of /v1 that is not public carries ``requires_device``.

A device brings an access token; a browser that is signed in brings its cookie, and with it the proof that it was a page
of this server that asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, g, request
from sqlalchemy import select

from server_api.contract.messages import BROWSER_HEADER, NamespaceId
from server_api.errors import ForbiddenError, NotFoundError, NotSignedInError
from server_api.services.server import RANKS, Caller, NamespaceRole, Server
from server_api.services.sessions import authenticate, authenticate_browser
from server_api.storage.tables import membership

P = ParamSpec("P")
R = TypeVar("R")

_COOKIE: Final = "lockstep_session"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def current_server() -> Server:
    """What the services take as their first argument."""
    return cast("Server", current_app.extensions["lockstep"])


def requires_device(view: Callable[P, R]) -> Callable[P, R]:
    """Lets in who holds an access token or a browser's cookie whose session, device and account are all in order.

    Raises: NotSignedInError (refresh and try again), SessionEndedError (sign in again), ForbiddenError (a browser was
    made to ask by what is not the web application).
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.caller = _authenticated()
        return view(*args, **kwargs)

    guarded.__dict__["requires_device"] = True
    return guarded


def _authenticated() -> Caller:
    """A token that is brought is what counts, whatever cookie lies beside it."""
    cookie = browser_cookie()
    if cookie is None or "Authorization" in request.headers:
        return authenticate(current_server(), bearer_token())
    if not _is_from_the_application():
        raise ForbiddenError("A browser may ask this from the web application alone.")
    return authenticate_browser(current_server(), cookie)


def bearer_token() -> str:
    """The access token that the request brings. Raises: NotSignedInError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedInError
    return token.strip()


def caller() -> Caller:
    """Who asks. Only under ``requires_device``."""
    return cast("Caller", g.caller)


# --- browsers --------------------------------------------------------------------------------------------------------


def browser_cookie() -> str | None:
    """What a browser shows of its session, if it has one."""
    return request.cookies.get(_cookie_name())


def keep_cookie(response: Response, cookie: str, lasts_s: int) -> None:
    """Has the browser keep its session; no script can read it."""
    response.set_cookie(
        _cookie_name(), cookie, max_age=lasts_s, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def drop_cookie(response: Response) -> None:
    """Has the browser forget its session."""
    response.delete_cookie(_cookie_name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax")


def _cookie_name() -> str:
    """Over https one that browsers take from this very host alone, and never from a plain http page beside it."""
    return f"__Host-{_COOKIE}" if request.is_secure else _COOKIE


def is_from_elsewhere() -> bool:
    """Whether the browser says that another site had it send this.

    ``Sec-Fetch-Site`` is the browser's own word, which no page can change. Browsers leave it out over plain http; then
    the sender's address has to be this one. What says neither was not sent by a page of another site.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    sender = request.headers.get("Origin")
    return sender is not None and not _is_own(sender)


def _is_from_the_application() -> bool:
    if is_from_elsewhere():
        return False
    if request.method in _SAFE_METHODS:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    is_ours = site == "same-origin" or (site is None and _is_own(request.headers.get("Origin", "")))
    return is_ours and request.headers.get(BROWSER_HEADER) == "1"


def _is_own(sender: str) -> bool:
    """Not parsed: anything may stand there. A page without https is not of a server with it."""
    scheme, _, host = sender.partition("://")
    return host == request.host and (scheme == "https" or not request.is_secure)


# --- namespaces ------------------------------------------------------------------------------------------------------


def member(namespace_id: UUID, at_least: NamespaceRole = "viewer") -> NamespaceId:
    """The namespace's id, if the caller is a member of that rank.

    Raises: NotFoundError for who is no member (and for what does not exist), ForbiddenError for one of a lower rank.
    """
    wanted = NamespaceId(namespace_id.bytes)
    with current_server().database.read() as connection:
        role = connection.scalar(
            select(membership.c.role).where(
                membership.c.namespace_id == wanted, membership.c.account_id == caller().account_id
            )
        )
    if role is None:
        raise NotFoundError
    if RANKS[role] < RANKS[at_least]:
        raise ForbiddenError(f"This needs the role of {at_least}.")
    return wanted
