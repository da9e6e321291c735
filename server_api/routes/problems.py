"""Problem documents: what a refused request answers, whatever refused it. No internals leave the server."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

import msgspec
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from server_api.contract.messages import PROBLEM_JSON, ErrorCode, Problem
from server_api.errors import (
    ApiError,
    BodyTooLargeError,
    InternalError,
    InvalidBodyError,
    MethodNotAllowedError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
    UnsupportedMediaError,
)

_BY_STATUS: Final[dict[int, type[ApiError]]] = {
    error.status: error
    for error in (
        NotFoundError,
        MethodNotAllowedError,
        BodyTooLargeError,
        UnsupportedMediaError,
        RateLimitedError,
        UnavailableError,
    )
}
_LOG: Final = logging.getLogger("lockstep.errors")


def register_problems(app: Flask) -> None:
    """Answers every error of the application with a problem document, or a page to a person's browser."""
    app.register_error_handler(ApiError, answer_problem)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_bug)


def answer_problem(error: ApiError) -> Response:
    """The error as an answer."""
    problem = Problem(
        status=int(error.status),
        code=error.code.value,
        title=error.title,
        detail=error.detail,
        request_id=g.get("request_id", ""),
        retry_after_s=error.retry_after_s,
    )
    g.problem = problem
    response = _page(problem) if _is_for_a_person() else _document(problem)
    if error.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer_http(error: HTTPException) -> Response:
    """Werkzeug's own refusals, in our words."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status in _BY_STATUS:
        response = answer_problem(_BY_STATUS[status]())
    elif HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        response = answer_problem(InvalidBodyError())
    else:
        response = answer_problem(InternalError())
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _answer_bug(error: Exception) -> Response:
    _LOG.error("unexpected error", exc_info=error, extra={"request_id": g.get("request_id")})
    return answer_problem(InternalError())


def _is_for_a_person() -> bool:
    is_api = request.path.startswith("/v1/")
    return not is_api and request.accept_mimetypes.best_match([PROBLEM_JSON, "text/html"]) == "text/html"


def _document(problem: Problem) -> Response:
    return Response(msgspec.json.encode(problem), problem.status, content_type=PROBLEM_JSON)


def _page(problem: Problem) -> Response:
    is_missing = problem.code == ErrorCode.NOT_FOUND
    page = render_template("web/problem.html", problem=problem, is_missing=is_missing)
    return Response(page, problem.status, content_type="text/html; charset=utf-8")
