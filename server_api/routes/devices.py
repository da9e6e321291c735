"""The caller's devices."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.messages import Devices, RevokeDevice
from server_api.errors import NotFoundError, PasswordNeededError, RateLimitedError, WrongCredentialsError
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.devices import list_devices, revoke_device

devices = Blueprint("devices", __name__)


@devices.get("/v1/devices")
@documented(answer=Devices)
@requires_device
def get_devices() -> Response:
    """The account's devices, revoked ones too, and the browsers that are signed in; the latest seen first."""
    return answer(Devices(devices=list_devices(current_server(), caller())))


@devices.post("/v1/devices/<uuid:device_id>/revoke")
@documented(
    request=RevokeDevice,
    status=HTTPStatus.NO_CONTENT,
    errors=[NotFoundError, PasswordNeededError, WrongCredentialsError, RateLimitedError],
)
@requires_device
def revoke(device_id: UUID) -> Response:
    """Signs a device out for good. For another one than the caller's the password is needed."""
    body = read_body(RevokeDevice)
    revoke_device(current_server(), caller(), device_id.bytes, body.password)
    return Response(status=HTTPStatus.NO_CONTENT)
