"""Who asks, and what they may touch: every route of /v1 that is not public carries ``requires_device``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from uuid import UUID

from flask import current_app, g, request
from sqlalchemy import select

from server_api.contract.messages import NamespaceId
from server_api.errors import ForbiddenError, NotFoundError, NotSignedInError
from server_api.services.server import RANKS, Caller, NamespaceRole, Server
from server_api.services.sessions import authenticate
from server_api.storage.tables import membership

P = ParamSpec("P")
R = TypeVar("R")


def current_server() -> Server:
    """What the services take as their first argument."""
    return cast("Server", current_app.extensions["lockstep"])


def requires_device(view: Callable[P, R]) -> Callable[P, R]:
    """Lets in who holds a valid access token whose session, device and account are all in order.

    Raises: NotSignedInError (refresh and try again), SessionEndedError (sign in again).
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.caller = authenticate(current_server(), bearer_token())
        return view(*args, **kwargs)

    guarded.__dict__["requires_device"] = True
    return guarded


def bearer_token() -> str:
    """The access token that the request brings. Raises: NotSignedInError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedInError
    return token.strip()


def caller() -> Caller:
    """Who asks. Only under ``requires_device``."""
    return cast("Caller", g.caller)


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
