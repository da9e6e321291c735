"""Each request's id: in its answer, in its problem document, and in every line that is logged on its behalf.

The server makes it up; what a client or a proxy sends under that name is not looked at.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from typing import Final

REQUEST_ID_HEADER: Final = "Lockstep-Request-Id"
_CURRENT: Final = ContextVar("request_id", default="")


def begin_request() -> str:
    """The new request's id."""
    made = secrets.token_hex(8)
    _CURRENT.set(made)
    return made


def end_request() -> None:
    _CURRENT.set("")


def current_request_id() -> str:
    """Of the request that this thread or greenlet answers; empty if there is none."""
    return _CURRENT.get()
