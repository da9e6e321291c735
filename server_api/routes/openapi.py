"""The OpenAPI document: each route says what it takes and gives, right where it is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from server_api.contract.messages import BROWSER_HEADER, JSON, MSGPACK, PROBLEM_JSON, Problem
from server_api.contract.version import VERSION
from server_api.errors import (
    ApiError,
    BodyTooLargeError,
    ForbiddenError,
    InternalError,
    InvalidBodyError,
    NotSignedInError,
    SessionEndedError,
    UnavailableError,
    UnsupportedMediaError,
    UpdateNeededError,
)

F = TypeVar("F", bound=Callable[..., Any])

_REFERENCE: Final = "#/components/schemas/{name}"
_VARIABLE: Final = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_SCHEMAS: Final = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}

openapi = Blueprint("openapi", __name__)


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


@openapi.get("/v1/openapi.json")
@documented()
def get_openapi() -> Response:
    """This document."""
    if "lockstep-openapi" not in current_app.extensions:
        current_app.extensions["lockstep-openapi"] = msgspec.json.encode(describe_api(current_app))
    return Response(current_app.extensions["lockstep-openapi"], content_type=JSON)


def describe_api(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of all that the application serves under /v1."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    types: set[type] = {Problem}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith("/v1/"):
            continue
        view = app.view_functions[rule.endpoint]
        documentation = view.__dict__.get("documentation", Documentation())
        types |= {used for used in (documentation.request, documentation.answer) if used is not None}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths[_VARIABLE.sub(r"{\2}", rule.rule)][method.lower()] = _operation(rule, view, documentation)
    _, components = msgspec.json.schema_components(
        sorted(types, key=lambda used: used.__name__), ref_template=_REFERENCE
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lockstep",
            "version": VERSION,
            "description": "Bodies are JSON, where bytes are base64, or msgpack, where they are raw; both carry the "
            "same types. Larger answers are compressed with zstd if the request accepts it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": dict(paths),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "browser": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-lockstep_session",
                    "description": "The session of the web application, of its pages alone: what changes something "
                    f"also needs the header {BROWSER_HEADER}: 1, and Sec-Fetch-Site or Origin of this server. Over "
                    "plain http the cookie is called lockstep_session.",
                },
            },
        },
    }


def _operation(rule: Rule, view: Callable[..., Any], documentation: Documentation) -> dict[str, Any]:
    needs_device = bool(view.__dict__.get("requires_device"))
    lines = (view.__doc__ or rule.endpoint).strip().splitlines()
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": lines[0],
        "description": "\n".join(line.strip() for line in lines[1:]).strip(),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _SCHEMAS.get(kind, {"type": "string"})}
            for kind, name in _VARIABLE.findall(rule.rule)
        ]
        + [
            {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
            for name, meaning in documentation.query.items()
        ],
        "responses": _responses(documentation, needs_device=needs_device),
        "security": [{"device": []}, {"browser": []}] if needs_device else [],
    }
    if documentation.request is not None:
        described["requestBody"] = {"required": True, "content": _content(documentation.request)}
    return described


def _responses(documentation: Documentation, *, needs_device: bool) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(documentation.status).phrase}
    if documentation.answer is not None:
        success["content"] = _content(documentation.answer)
    errors: list[type[ApiError]] = [*documentation.errors, UpdateNeededError, UnavailableError, InternalError]
    if needs_device:
        errors += [NotSignedInError, SessionEndedError, ForbiddenError]
    if documentation.request is not None or documentation.query:
        errors += [InvalidBodyError, BodyTooLargeError, UnsupportedMediaError]
    return {str(int(documentation.status)): success} | _problems(errors)


def _problems(errors: Iterable[type[ApiError]]) -> dict[str, Any]:
    codes: dict[str, set[str]] = defaultdict(set)
    for error in errors:
        codes[str(int(error.status))].add(error.code.value)
    reference = {"$ref": _REFERENCE.format(name="Problem")}
    return {
        status: {"description": ", ".join(sorted(some)), "content": {PROBLEM_JSON: {"schema": reference}}}
        for status, some in sorted(codes.items())
    }


@cache
def _content(type_: type) -> dict[str, Any]:
    reference = {"$ref": _REFERENCE.format(name=type_.__name__)}
    return {JSON: {"schema": reference}, MSGPACK: {"schema": reference}}
