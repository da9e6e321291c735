"""For proxies, load balancers and service managers: whether the server is alive, and whether it can serve."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from server_api.errors import UnavailableError
from server_api.routes.access import current_server

health = Blueprint("health", __name__)

_SENTENCES: Final = {
    "database": "The database does not answer.",
    "schema": "The database is at another version's schema.",
    "store": "The store does not answer.",
    "ending": "The server is about to end.",
}
_RETRY_AFTER_S: Final = 5


@health.get("/health")
def get_health() -> Response:
    """200 while the process answers at all; it asks nothing else."""
    return _said("alive")


@health.get("/ready")
def get_ready() -> Response:
    """200 if requests can be served; else 503 with a problem document that says what is missing."""
    failing = current_server().readiness.failing()
    if failing:
        raise UnavailableError(" ".join(_SENTENCES[part] for part in failing), retry_after_s=_RETRY_AFTER_S)
    return _said("ready")


def _said(word: str) -> Response:
    return Response(f"{word}\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
