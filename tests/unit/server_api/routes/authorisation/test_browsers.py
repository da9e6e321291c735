"""Every route, asked by browsers: with a cookie, and from other sites' pages."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from server_api.contract import messages
from server_api.contract.devices import SignIn
from server_api.contract.messages import ROOT, Changes, CommitRequest, CreateNode, Kind, Namespaces, Place
from server_api.services.accounts import Origin, make_sign_in_link
from server_api.services.server import Server
from server_api.services.sessions import sign_in_browser, use_sign_in_link
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import PASSWORD, Api
from tests.unit.server_api.routes.authorisation.access import (
    ACCESS,
    ADMIN,
    GUARDED,
    OF_A_NAMESPACE,
    SOMEBODY,
    ask,
    forged,
    namespace_of,
)

OURS: Final = {"Lockstep-Browser": "1", "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
"""What the web application's own requests bring."""
SAFE: Final = [route for route in GUARDED if route.startswith("GET ")]
CHANGING: Final = [route for route in GUARDED if route not in SAFE]


@pytest.fixture
def cookie(server: Server, ada: Api) -> str:
    """Of Ada's browser."""
    asked = SignIn(email="ada@example.org", password=PASSWORD, device_name="Firefox")
    return sign_in_browser(server, asked, Origin(address="127.0.0.1", is_local=True))


def asked_by(api: Api, ada: Api, routes: list[str], cookie: str, **headers: str) -> set[tuple[int, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    every = {"Cookie": f"lockstep_session={cookie}"} | named
    return {ask(api, route, namespace_of(ada), **every) for route in routes}


def test_the_web_application_gets_past_the_guard_everywhere(api: Api, ada: Api, cookie: str) -> None:
    of_account = [route for route in GUARDED if "/wipe" not in route and "current" not in route]
    of_account = [route for route in of_account if ACCESS[route] != ADMIN]
    answers = asked_by(api, ada, of_account, cookie, **OURS)
    assert not {(status, code) for status, code in answers if status in {401, 403}}


FORGED: Final[list[dict[str, str]]] = [
    {},
    {"Lockstep-Browser": "1"},
    {"Lockstep-Browser": "1", "Sec-Fetch-Site": "none"},
    {"Lockstep-Browser": "1", "Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Lockstep-Browser": "1", "Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Lockstep-Browser": "1", "Sec-Fetch-Site": "", "Origin": "http://localhost"},
    {"Lockstep-Browser": "1", "Origin": "null"},
    {"Lockstep-Browser": "1", "Origin": ""},
    {"Lockstep-Browser": "1", "Origin": "http://localhost.evil.example"},
    {"Lockstep-Browser": "1", "Origin": "http://evil.example://localhost"},
    {"Lockstep-Browser": "1", "Origin": "http://localhost:8080"},
    {"Lockstep-Browser": "1", "Origin": "http://localhost@evil.example"},
    {"Lockstep-Browser": "1", "Referer": "http://localhost/"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost", "Lockstep-Browser": "0"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost", "Lockstep-Browser": ""},
]


def test_what_another_site_can_have_a_browser_send_changes_nothing(api: Api, ada: Api, cookie: str) -> None:
    for headers in FORGED:
        every = {"Cookie": f"lockstep_session={cookie}"} | headers
        answers = {route: ask(api, route, namespace_of(ada), **every) for route in CHANGING}
        assert answers == dict.fromkeys(CHANGING, (403, "forbidden")), headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_reads_nothing_with_a_browsers_cookie(api: Api, ada: Api, cookie: str, site: str) -> None:
    assert asked_by(api, ada, SAFE, cookie, **{"Sec-Fetch-Site": site}) == {(403, "forbidden")}
    assert asked_by(api, ada, SAFE, cookie, Origin="https://evil.example") == {(403, "forbidden")}


def test_over_plain_http_the_address_of_the_page_is_enough(api: Api, ada: Api, cookie: str) -> None:
    headers = {"Lockstep-Browser": "1", "Origin": "http://localhost"}
    answers = asked_by(api, ada, ["POST /v1/namespaces/<uuid:namespace_id>/list"], cookie, **headers)
    assert answers == {(415, "unsupported-media")}


def test_over_https_neither_a_plain_cookie_nor_a_plain_page_counts(api: Api, ada: Api, cookie: str) -> None:
    def status(name: str, **headers: str) -> int:
        every = {"Cookie": f"{name}={cookie}", "Lockstep-Browser": "1"} | headers
        path = f"/v1/namespaces/{namespace_of(ada)}/list"
        return api.client.post(path, base_url="https://localhost", headers=every, json={"path": ""}).status_code

    assert status("__Host-lockstep_session", Origin="https://localhost") == 200
    assert status("__Host-lockstep_session", Origin="http://localhost") == 403
    assert status("lockstep_session", Origin="https://localhost") == 401
    over_http = {"Cookie": f"__Host-lockstep_session={cookie}"} | OURS
    assert ask(api, "GET /v1/account", SOMEBODY, **over_http) == (401, "not-signed-in")


def test_a_token_is_what_counts_beside_a_cookie(api: Api, ada: Api, cookie: str) -> None:
    for token in ("Bearer", "Bearer x.y.z", "", f"Bearer {cookie}"):
        headers = OURS | {"Authorization": token}
        assert asked_by(api, ada, GUARDED, cookie, **headers) == {(401, "not-signed-in")}
    headers = {"Authorization": f"Bearer {ada.token}"}
    for_all = [route for route in SAFE if ACCESS[route] != ADMIN]
    assert asked_by(api, ada, for_all, cookie, **headers) <= {(200, ""), (404, "not-found")}


def test_a_browsers_session_is_no_devices(api: Api, server: Server, ada: Api) -> None:
    code = make_sign_in_link(server, "ada@example.org")
    cookie = use_sign_in_link(server, code, "Firefox", Origin(address="127.0.0.1", is_local=True))
    headers = {"Authorization": f"Bearer {cookie}", "Cookie": f"lockstep_session={cookie}"}
    assert {ask(api, route, namespace_of(ada), **headers) for route in GUARDED} == {(401, "not-signed-in")}


def test_a_devices_token_is_no_browsers_cookie(api: Api, ada: Api) -> None:
    for value in (ada.token or "", "", "x", "eyJhbGciOiJub25lIn0.e30.", forged(ada).removeprefix("Bearer ")):
        assert asked_by(api, ada, GUARDED, value, **OURS) == {(401, "not-signed-in")}


def test_a_browser_that_was_revoked_or_has_left_is_let_in_nowhere(api: Api, ada: Api, cookie: str) -> None:
    assert asked_by(api, ada, ["DELETE /v1/sessions/current"], cookie, **OURS) == {(204, "")}
    assert asked_by(api, ada, GUARDED, cookie, **OURS) == {(401, "session-ended")}


def test_a_browsers_session_ends_in_time(api: Api, ada: Api, cookie: str) -> None:
    assert isinstance(api.server.clock, FakeClock)
    api.server.clock.advance(api.server.config.limits.web_session_s + 1)
    assert asked_by(api, ada, GUARDED, cookie, **OURS) == {(401, "not-signed-in")}


def test_a_browser_is_as_far_from_anothers_namespace_as_a_device(api: Api, ada: Api, eve: Api, cookie: str) -> None:
    assert asked_by(api, eve, OF_A_NAMESPACE, cookie, **OURS) == {(404, "not-found")}


def test_a_page_without_memory_commits_from_what_the_server_tells_it(api: Api, ada: Api, cookie: str) -> None:
    headers = {"Cookie": f"lockstep_session={cookie}"} | OURS

    def told() -> messages.Namespace:
        found = api.client.get("/v1/namespaces", headers=headers)
        return msgspec.json.decode(found.data, type=Namespaces).namespaces[0]

    def commit(name: str) -> Any:
        assert ada.session is not None
        place = Place(parent_id=ROOT, name=name)
        made = CreateNode(operation_id=name.encode() * 16, node_id=name.encode() * 16, kind=Kind.FOLDER, place=place)
        before = told()
        number = before.commit_number + 1
        body = CommitRequest(
            epoch=ada.session.epoch, number=number, operations=[made], seen_revision=before.revision_id
        )
        path = f"/v1/namespaces/{namespace_of(ada)}/commits"
        sent = api.client.post(path, data=msgspec.json.encode(body), content_type=messages.JSON, headers=headers)
        return sent.get_json()["results"][0][0]

    assert (told().seq, told().commit_number, told().revision_id) == (0, 0, None)
    assert [commit("a"), commit("b")] == ["applied", "applied"]
    assert (told().seq, told().commit_number) == (2, 2)
    changes = ada.call("GET", f"/v1/namespaces/{namespace_of(ada)}/changes", Changes)
    assert told().revision_id == changes.revision_id
