"""The caller's devices."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint, Response

from server_api.contract.devices import BeginWipe, Devices, EndWipe, RequestWipe, RevokeDevice, Wipe, WipeOrder
from server_api.errors import (
    ForbiddenError,
    NotFoundError,
    PasswordNeededError,
    RateLimitedError,
    SessionEndedError,
    WipeUnderWayError,
    WrongCredentialsError,
)
from server_api.routes.access import caller, current_server, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.routes.origin import origin
from server_api.services.devices import list_devices, revoke_device
from server_api.services.wipes import begin_wipe, cancel_wipe, end_wipe, request_wipe

devices = Blueprint("devices", __name__)

_OF_ANOTHER: Final = (NotFoundError, PasswordNeededError, WrongCredentialsError, RateLimitedError)


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
    errors=_OF_ANOTHER,
)
@requires_device
def revoke(device_id: UUID) -> Response:
    """Signs a device out for good. For another one than the caller's the password is needed."""
    body = read_body(RevokeDevice)
    revoke_device(current_server(), caller(), device_id.bytes, body.password)
    return Response(status=HTTPStatus.NO_CONTENT)


@devices.post("/v1/devices/<uuid:device_id>/wipe")
@documented(request=RequestWipe, answer=Wipe, errors=[*_OF_ANOTHER, ForbiddenError])
@requires_device
def wipe(device_id: UUID) -> Response:
    """Signs another device out and has it remove what it synced when it is heard of next. Needs the password."""
    body = read_body(RequestWipe)
    return answer(request_wipe(current_server(), caller(), device_id.bytes, body.password))


@devices.post("/v1/devices/<uuid:device_id>/wipe/cancel")
@documented(request=RequestWipe, status=HTTPStatus.NO_CONTENT, errors=[*_OF_ANOTHER, WipeUnderWayError])
@requires_device
def take_wipe_back(device_id: UUID) -> Response:
    """Takes that back, until the device has begun. Needs the password."""
    cancel_wipe(current_server(), caller(), device_id.bytes, read_body(RequestWipe).password)
    return Response(status=HTTPStatus.NO_CONTENT)


@devices.post("/v1/wipe/begin")
@documented(request=BeginWipe, answer=WipeOrder, errors=[SessionEndedError, RateLimitedError])
def begin() -> Response:
    """From a device that was told ``wipe-requested``: the order, with its proof."""
    return answer(begin_wipe(current_server(), read_body(BeginWipe), origin()))


@devices.post("/v1/wipe/end")
@documented(request=EndWipe, status=HTTPStatus.NO_CONTENT, errors=[SessionEndedError, RateLimitedError])
def end() -> Response:
    """The device reports that it is done, and how much of it."""
    end_wipe(current_server(), read_body(EndWipe), origin())
    return Response(status=HTTPStatus.NO_CONTENT)
