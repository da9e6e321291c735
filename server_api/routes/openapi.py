"""The OpenAPI document: each route says what it takes and gives, right where it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from server_api.errors import ApiError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation:
    """What one route says of itself."""

    request: type | None = None
    answer: type | None = None
    status: int = HTTPStatus.OK
    errors: Sequence[type[ApiError]] = ()
    query: Mapping[str, str] = field(default_factory=dict)


def documented(
    *,
    request: type | None = None,
    answer: type | None = None,
    status: int = HTTPStatus.OK,
    errors: Sequence[type[ApiError]] = (),
    query: Mapping[str, str] | None = None,
) -> Callable[[F], F]:
    """Declares a route of /v1: message types in and out, the refusals of its own, and its query (name to meaning).

    The view's docstring is its description. What every route may answer (a bad body, no sign-in …) need not be said.
    """
    documentation = Documentation(request=request, answer=answer, status=status, errors=errors, query=query or {})

    def mark(view: F) -> F:
        view.__dict__["documentation"] = documentation
        return view

    return mark
