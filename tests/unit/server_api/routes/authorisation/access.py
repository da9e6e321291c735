"""Who may use each route, and asking them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import jwt
import msgspec

from server_api.contract.messages import PROBLEM_JSON, Problem
from server_api.services.server import RANKS
from tests.fixtures.servers import Api

PUBLIC: Final = "public"
"""Anyone may ask; what is secret is in the body or the address."""
PAGE: Final = "page"
"""For browsers: without a session it shows nothing of anybody."""
SIGNED: Final = "signed"
"""The address itself is the right."""
DEVICE: Final = "device"
"""A signed-in device, or browser, about its own account."""
ADMIN: Final = "admin"
"""The same, of an admin of the server."""
VIEWER: Final = "viewer"
"""A signed-in device, of a member of the namespace."""
EDITOR: Final = "editor"
"""The same, of one who may write."""
OWNER: Final = "owner"
"""The same, of the one whose it is."""
ACCESS: Final[dict[str, str]] = {
    "GET /": PAGE,
    "GET /confirm/<code>": PUBLIC,
    "POST /confirm/<code>": PUBLIC,
    "GET /health": PUBLIC,
    "GET /ready": PUBLIC,
    "GET /register": PUBLIC,
    "POST /register": PUBLIC,
    "GET /reset": PUBLIC,
    "POST /reset": PUBLIC,
    "GET /reset/<code>": PUBLIC,
    "POST /reset/<code>": PUBLIC,
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "GET /sign-in/<code>": PUBLIC,
    "POST /sign-in/<code>": PUBLIC,
    "POST /sign-out": PAGE,
    "GET /s/<token>": PUBLIC,
    "POST /s/<token>": PUBLIC,
    "POST /s/<token>/upload": PUBLIC,
    "GET /s/<token>/download": PUBLIC,
    "GET /s/<token>/view": PUBLIC,
    "GET /s/<token>/zip": PUBLIC,
    "GET /v1/account": DEVICE,
    "GET /v1/account/audit": DEVICE,
    "POST /v1/account/deletion": DEVICE,
    "POST /v1/account/deletion/cancel": DEVICE,
    "POST /v1/account/email": DEVICE,
    "POST /v1/account/password": DEVICE,
    "GET /v1/account/second-factor": DEVICE,
    "POST /v1/account/second-factor/confirm": DEVICE,
    "POST /v1/account/second-factor/enrol": DEVICE,
    "POST /v1/account/second-factor/off": DEVICE,
    "POST /v1/account/second-factor/recovery-codes": DEVICE,
    "POST /v1/accounts": PUBLIC,
    "GET /v1/admin/overview": ADMIN,
    "GET /v1/admin/users": ADMIN,
    "PATCH /v1/admin/users/<uuid:account_id>": ADMIN,
    "GET /v1/devices": DEVICE,
    "POST /v1/devices/<uuid:device_id>/revoke": DEVICE,
    "POST /v1/devices/<uuid:device_id>/wipe": DEVICE,
    "POST /v1/devices/<uuid:device_id>/wipe/cancel": DEVICE,
    "GET /v1/namespaces": DEVICE,
    "GET /v1/namespaces/<uuid:namespace_id>/changes": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/activity": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/chunks/damaged": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/chunks/locate": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/chunks/missing": EDITOR,
    "POST /v1/namespaces/<uuid:namespace_id>/commits": EDITOR,
    "POST /v1/namespaces/<uuid:namespace_id>/deleted": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/details": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/history": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/list": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/manifests": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/packs": EDITOR,
    "POST /v1/namespaces/<uuid:namespace_id>/packs/seal": EDITOR,
    "PUT /v1/namespaces/<uuid:namespace_id>/position": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/purges": OWNER,
    "GET /v1/namespaces/<uuid:namespace_id>/purges": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/purges/cancel": OWNER,
    "POST /v1/namespaces/<uuid:namespace_id>/restore": EDITOR,
    "POST /v1/namespaces/<uuid:namespace_id>/rewind": EDITOR,
    "POST /v1/namespaces/<uuid:namespace_id>/search": VIEWER,
    "POST /v1/namespaces/<uuid:namespace_id>/shares": EDITOR,
    "POST /v1/namespaces/<uuid:namespace_id>/thumbnails": VIEWER,
    "GET /v1/namespaces/<uuid:namespace_id>/thumbnails/<revision>": VIEWER,
    "GET /v1/namespaces/<uuid:namespace_id>/zip": VIEWER,
    "GET /v1/openapi.json": PUBLIC,
    "POST /v1/password-resets": PUBLIC,
    "POST /v1/password-resets/use": PUBLIC,
    "GET /v1/server": PUBLIC,
    "POST /v1/sessions": PUBLIC,
    "DELETE /v1/sessions/current": DEVICE,
    "POST /v1/sessions/refresh": PUBLIC,
    "GET /v1/shares": DEVICE,
    "PATCH /v1/shares/<uuid:share_id>": DEVICE,
    "DELETE /v1/shares/<uuid:share_id>": DEVICE,
    "GET /v1/store/<path:key>": SIGNED,
    "PUT /v1/store/<path:key>": SIGNED,
    "POST /v1/wait": DEVICE,
    "POST /v1/wipe/begin": PUBLIC,
    "POST /v1/wipe/end": PUBLIC,
    "GET /web/<path:filename>": PUBLIC,
}
"""Who may use each route. A new one has to be given its place here."""
GUARDED: Final = [route for route, who in ACCESS.items() if who in {DEVICE, ADMIN} or who in RANKS]
OF_A_NAMESPACE: Final = [route for route, who in ACCESS.items() if who in RANKS]
SOMEBODY: Final = UUID(int=7)


def namespace_of(device: Api) -> UUID:
    assert device.session is not None
    return UUID(bytes=device.session.account.personal_namespace)


def ask(api: Api, route: str, namespace: UUID = SOMEBODY, **headers: str) -> tuple[int, str]:
    """Status and code of what a request without a body is answered."""
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:namespace_id>", str(namespace))
    for one in ("<uuid:device_id>", "<uuid:share_id>", "<uuid:account_id>"):
        path = path.replace(one, str(SOMEBODY))
    response = api.client.open(path, method=method, headers=headers)
    code = msgspec.json.decode(response.data, type=Problem).code if response.content_type == PROBLEM_JSON else ""
    return response.status_code, code


def forged(device: Api) -> str:
    assert device.token is not None
    claims = jwt.decode(device.token, options={"verify_signature": False})
    return f"Bearer {jwt.encode(claims, b'f' * 32, 'HS256')}"
