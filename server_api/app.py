"""The application: puts the server's parts together and says what holds for every request."""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, g, request

from server_api.contract.messages import MAX_BODY_BYTES, PROTOCOL, PROTOCOL_HEADER
from server_api.domain.protocol import refusal
from server_api.errors import UpdateNeededError
from server_api.metrics import REQUEST_SECONDS, REQUESTS
from server_api.routes.accounts import accounts
from server_api.routes.admin import admin
from server_api.routes.archives import archives
from server_api.routes.changes import changes
from server_api.routes.chunks import chunks
from server_api.routes.commits import commits
from server_api.routes.devices import devices
from server_api.routes.health import health
from server_api.routes.history import history
from server_api.routes.namespaces import namespaces
from server_api.routes.openapi import openapi
from server_api.routes.origin import TrustedProxies
from server_api.routes.packs import packs
from server_api.routes.positions import positions
from server_api.routes.problems import register_problems
from server_api.routes.purges import purges
from server_api.routes.request_ids import REQUEST_ID_HEADER, begin_request, end_request
from server_api.routes.server import server as server_routes
from server_api.routes.sessions import sessions
from server_api.routes.shares import shares
from server_api.routes.store import store as store_routes
from server_api.routes.thumbnails import thumbnails
from server_api.routes.wait import wait
from server_api.services.server import Server
from server_api.web.entry import entry
from server_api.web.pages import web
from server_api.web.recovery import recovery
from server_api.web.visits import visits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""A client may make up others; they are counted together."""
_ACCESS_LOG: Final = logging.getLogger("lockstep.access")
_BLUEPRINTS: Final = (
    server_routes,
    health,
    accounts,
    sessions,
    devices,
    wait,
    chunks,
    packs,
    store_routes,
    commits,
    changes,
    positions,
    history,
    thumbnails,
    archives,
    purges,
    namespaces,
    shares,
    admin,
    openapi,
    web,
    entry,
    recovery,
    visits,
)


def create_app(server: Server) -> Flask:
    """The WSGI application of that server. Starts nothing; several may exist side by side."""
    app = Flask("server_api", static_folder=None, template_folder=None)
    app.extensions["lockstep"] = server
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.url_map.strict_slashes = False  # a redirect would be built on the Host header
    app.url_map.merge_slashes = False
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_problems(app)
    app.before_request(_begin)
    app.after_request(_finish)
    wsgi: WSGIApplication = TrustedProxies(app.wsgi_app, server.config.trusted_proxies)
    app.wsgi_app = wsgi  # type: ignore[method-assign,assignment]
    return app


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = begin_request()
    if request.endpoint != "server.get_server" and (reason := refusal(request.headers.get(PROTOCOL_HEADER), PROTOCOL)):
        raise UpdateNeededError(reason)


def _finish(response: Response) -> Response:
    response.headers[REQUEST_ID_HEADER] = g.get("request_id", "")
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    method = request.method if request.method in _METHODS else "other"
    fields = {
        "method": method,
        "path": request.path,
        "status": response.status_code,
        "address": request.remote_addr,
        "account": g.caller.account_id.hex() if "caller" in g else None,
        "problem": g.problem.code if "problem" in g else None,
        "request_id": g.get("request_id"),
    }
    started = g.get("started", time.perf_counter())
    is_routine = request.blueprint == "health" and response.status_code == HTTPStatus.OK  # every few seconds, for ever

    route = str(request.url_rule) if request.url_rule is not None else "none"

    def tell() -> None:
        took_s = time.perf_counter() - started
        took_ms = round(took_s * 1000, 1)
        REQUESTS.add(route=route, method=method, status=str(response.status_code))
        REQUEST_SECONDS.observe(took_s, route=route)
        _ACCESS_LOG.log(logging.DEBUG if is_routine else logging.INFO, "request", extra={**fields, "ms": took_ms})
        end_request()

    response.call_on_close(tell)
    return response
