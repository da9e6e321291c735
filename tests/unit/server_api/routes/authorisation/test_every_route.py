"""Who may do what: every route of the application, asked by everyone who must not be answered."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import jwt
import msgspec
import pytest
from sqlalchemy import insert

from server_api.app import create_app
from server_api.contract.devices import RevokeDevice
from server_api.contract.messages import Problem
from server_api.services.accounts import disable, set_role
from server_api.services.server import RANKS, Server
from server_api.storage.tables import membership
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import Api
from tests.unit.server_api.routes.authorisation.access import (
    ACCESS,
    ADMIN,
    EDITOR,
    GUARDED,
    OF_A_NAMESPACE,
    PAGE,
    SOMEBODY,
    VIEWER,
    ask,
    forged,
    namespace_of,
)


def test_every_route_has_its_place_in_the_matrix(server: Server) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in create_app(server).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == ACCESS.keys()


def test_exactly_those_that_need_a_device_are_guarded(server: Server) -> None:
    app = create_app(server)
    guarded = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if app.view_functions[rule.endpoint].__dict__.get("requires_device")
    }
    assert guarded == set(GUARDED)


def unsigned(device: Api) -> str:
    assert device.token is not None
    claims = jwt.decode(device.token, options={"verify_signature": False})
    return f"Bearer {jwt.encode(claims, '', 'none')}"


def signed_for_browsers(device: Api) -> str:
    assert device.token is not None
    claims = jwt.decode(device.token, options={"verify_signature": False})
    return f"Bearer {jwt.encode(claims, device.server.secrets['browser'], 'HS256')}"


def expired(device: Api) -> str:
    assert isinstance(device.server.clock, FakeClock)
    device.server.clock.advance(device.server.config.limits.access_token_s + 1)
    return f"Bearer {device.token}"


def refresh_token(device: Api) -> str:
    assert device.session is not None
    return f"Bearer {device.session.refresh_token}"


def revoked(device: Api) -> str:
    assert device.session is not None
    path = f"/v1/devices/{UUID(bytes=device.session.device_id)}/revoke"
    assert device.send("POST", path, RevokeDevice()).status_code == 204
    return f"Bearer {device.token}"


def signed_out(device: Api) -> str:
    assert device.send("DELETE", "/v1/sessions/current").status_code == 204
    return f"Bearer {device.token}"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (lambda _: None, "not-signed-in"),
        (lambda _: "", "not-signed-in"),
        (lambda _: "Bearer", "not-signed-in"),
        (lambda _: "Bearer x.y.z", "not-signed-in"),
        (lambda device: f"Basic {device.token}", "not-signed-in"),
        (forged, "not-signed-in"),
        (unsigned, "not-signed-in"),
        (signed_for_browsers, "not-signed-in"),
        (refresh_token, "not-signed-in"),
        (expired, "not-signed-in"),
        (revoked, "session-ended"),
        (signed_out, "session-ended"),
    ],
    ids=[
        "nobody", "empty", "no token", "no JWT", "another scheme", "forged", "unsigned", "a browser's secret",
        "a refresh token", "expired", "revoked", "signed out",
    ],
)  # fmt: skip
def test_without_a_token_that_holds_no_guarded_route_does_anything(
    api: Api, ada: Api, token: Callable[[Api], str | None], code: str
) -> None:
    given = token(ada)
    headers = {} if given is None else {"Authorization": given}
    answers = {route: ask(api, route, namespace_of(ada), **headers) for route in GUARDED}
    assert answers == dict.fromkeys(GUARDED, (401, code))


def test_a_disabled_account_is_let_in_nowhere(api: Api, ada: Api) -> None:
    disable(api.server, "ada@example.org")
    headers = {"Authorization": f"Bearer {ada.token}"}
    assert {ask(api, route, namespace_of(ada), **headers) for route in GUARDED} == {(401, "session-ended")}


@pytest.mark.parametrize("route", OF_A_NAMESPACE)
def test_anothers_namespace_is_as_good_as_none(api: Api, ada: Api, eve: Api, route: str) -> None:
    headers = {"Authorization": f"Bearer {eve.token}"}
    assert ask(api, route, namespace_of(ada), **headers) == (404, "not-found")
    assert ask(api, route, SOMEBODY, **headers) == (404, "not-found")


def test_who_is_no_admin_of_the_server_sees_and_does_nothing_as_one(api: Api, server: Server, ada: Api) -> None:
    routes = [route for route, who in ACCESS.items() if who == ADMIN]
    headers = {"Authorization": f"Bearer {ada.token}"}
    assert {ask(api, route, namespace_of(ada), **headers) for route in routes} == {(403, "forbidden")}
    set_role(server, "ada@example.org", "admin")
    assert {ask(api, route, namespace_of(ada), **headers)[0] for route in routes} == {200, 415}
    set_role(server, "ada@example.org", "member")
    assert {ask(api, route, namespace_of(ada), **headers) for route in routes} == {(403, "forbidden")}


@pytest.mark.parametrize("role", [VIEWER, EDITOR])
def test_a_member_gets_no_further_than_its_role(api: Api, server: Server, ada: Api, eve: Api, role: str) -> None:
    assert eve.session is not None
    with server.database.write() as work:
        row = {"namespace_id": namespace_of(ada).bytes, "account_id": eve.session.account.account_id, "role": role}
        work.connection.execute(insert(membership).values(**row))
    headers = {"Authorization": f"Bearer {eve.token}"}
    answers = {route: ask(api, route, namespace_of(ada), **headers) for route in OF_A_NAMESPACE}
    for route, answered in answers.items():
        if RANKS[ACCESS[route]] > RANKS[role]:
            assert answered == (403, "forbidden"), route
        else:
            past = {200, 415, 404} if "<revision>" in route or route.endswith("/zip") else {200, 415}
            assert answered[0] in past, f"{route}: past the guard, to the body that is missing"


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.embedded
def test_no_token_stands_in_for_a_signed_address(api: Api, ada: Api, method: str) -> None:
    headers = {"Authorization": f"Bearer {ada.token}"}
    response = api.client.open("/v1/store/packs/a/b/c", method=method, headers=headers)
    assert (response.status_code, msgspec.json.decode(response.data, type=Problem).code) == (403, "url-invalid")


def test_pages_show_nothing_of_anybody_to_who_is_not_signed_in(api: Api, ada: Api) -> None:
    for cookie in ("", "x", ada.token or ""):
        for route in (route for route, who in ACCESS.items() if who == PAGE):
            method, _, path = route.partition(" ")
            response = api.client.open(path, method=method, headers={"Cookie": f"lockstep_session={cookie}"})
            assert "ada@example.org" not in response.text
