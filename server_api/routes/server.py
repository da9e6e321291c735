"""What the server says of itself, to anyone."""

from __future__ import annotations

from flask import Blueprint, Response

from server_api.contract.messages import PROTOCOL, ServerInfo
from server_api.contract.version import VERSION
from server_api.domain.protocol import oldest_served
from server_api.routes.access import current_server
from server_api.routes.bodies import answer
from server_api.routes.openapi import documented
from server_api.routes.origin import origin
from server_api.services.accounts import registration_policy

server = Blueprint("server", __name__)


@server.get("/v1/server")
@documented(answer=ServerInfo)
def get_server() -> Response:
    """Which Lockstep this is, what it speaks, and who may make an account here."""
    current = current_server()
    return answer(
        ServerInfo(
            product="lockstep",
            version=VERSION,
            protocol=PROTOCOL,
            oldest_protocol=oldest_served(PROTOCOL),
            registration=registration_policy(current, origin()).value,
            time_at=current.clock.now_ms(),
        )
    )
