"""Uploading: packs are registered, sent to the store, and sealed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.messages import RegisteredPacks, RegisterPacks, SealedPacks, SealPacks
from server_api.errors import (
    ForbiddenError,
    NotFoundError,
    PackRefusedError,
    QuotaExceededError,
    RateLimitedError,
    UnavailableError,
)
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.packs import register_packs, seal_packs

packs = Blueprint("packs", __name__)


@packs.post("/v1/namespaces/<uuid:namespace_id>/packs")
@requires_device
@documented(
    request=RegisterPacks,
    answer=RegisteredPacks,
    errors=(NotFoundError, ForbiddenError, PackRefusedError, QuotaExceededError, RateLimitedError),
)
def register(namespace_id: UUID) -> Response:
    """Reserve quota for packs and get a signed PUT for each."""
    namespace = member(namespace_id, "editor")
    body = read_body(RegisterPacks)
    return answer(register_packs(current_server(), caller(), namespace, body.packs))


@packs.post("/v1/namespaces/<uuid:namespace_id>/packs/seal")
@requires_device
@documented(request=SealPacks, answer=SealedPacks, errors=(NotFoundError, ForbiddenError, UnavailableError))
def seal(namespace_id: UUID) -> Response:
    """Say that packs are up; from now on this device's commits may name their chunks. Idempotent."""
    namespace = member(namespace_id, "editor")
    body = read_body(SealPacks)
    return answer(seal_packs(current_server(), caller(), namespace, body.packs))
