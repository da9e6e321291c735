"""Who may do what: every route of the application, asked by everyone who must not be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

import jwt
import msgspec
import pytest
from sqlalchemy import insert

from server_api.app import create_app
from server_api.contract import messages
from server_api.contract.devices import RevokeDevice, SignIn
from server_api.contract.messages import (
    PROBLEM_JSON,
    ROOT,
    ChangeNode,
    Changes,
    CommitRequest,
    CommitResponse,
    Content,
    CreateNode,
    DeleteNode,
    FoundManifests,
    Kind,
    Located,
    Manifests,
    Missing,
    MissingChunks,
    Namespaces,
    Place,
    Problem,
    RegisteredPacks,
    RegisterPacks,
    SealedPacks,
    SealPacks,
)
from server_api.contract.restoring import RestoreRequest
from server_api.services.accounts import Origin, disable, make_sign_in_link, set_role
from server_api.services.server import RANKS, Server
from server_api.services.sessions import sign_in_browser, use_sign_in_link
from server_api.storage.tables import membership
from tests.fakes.clock import FakeClock
from tests.fixtures.content import declare, pack_of
from tests.fixtures.servers import PASSWORD, Api

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


@pytest.fixture
def api(server: Server) -> Api:
    """Keeps no cookies of its own, and so sends those that a test gives it."""
    made = Api(server, client=create_app(server).test_client(use_cookies=False))
    made.register()
    return made


@pytest.fixture
def ada(api: Api) -> Api:
    return api.sign_in(device="Laptop")


@pytest.fixture
def eve(api: Api) -> Api:
    api.register("eve@example.org")
    return api.sign_in("eve@example.org", device="Eve's")


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


# --- the matrix ------------------------------------------------------------------------------------------------------


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


def forged(device: Api) -> str:
    assert device.token is not None
    claims = jwt.decode(device.token, options={"verify_signature": False})
    return f"Bearer {jwt.encode(claims, b'f' * 32, 'HS256')}"


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


# --- one object after the other --------------------------------------------------------------------------------------


class Kept:
    """A file of Ada's, in a pack, with all its ids."""

    def __init__(self, device: Api) -> None:
        assert device.session is not None
        self.device = device
        device.server.store.check()
        self.namespace = namespace_of(device)
        self.body, index = pack_of(self.namespace.bytes, [b"of Ada's alone"])
        self.chunk = index[0].hash
        registered = self._call("packs", RegisteredPacks, RegisterPacks(packs=[declare(self.body, index)])).packs[0]
        put = registered.put
        assert device.client.put(put.url, data=self.body, headers=put.headers).status_code == 201
        self.pack_id = registered.pack_id
        self.seal()
        self.node_id, self.epoch = b"n" * 16, device.session.epoch
        content = Content(hash=self.chunk, size=len(b"of Ada's alone"), mtime_ns=1, chunks=[self.chunk])
        made = self.commit(
            CreateNode(
                operation_id=b"o" * 16,
                node_id=self.node_id,
                kind=Kind.FILE,
                place=Place(parent_id=ROOT, name="a"),
                content=content,
            )
        )
        applied = made.results[0]
        assert isinstance(applied, messages.Applied)
        self.content, self.revision_id = content, applied.revision_id

    def _call(self, path: str, answer: type[Any], message: msgspec.Struct) -> Any:
        return self.device.call("POST", f"/v1/namespaces/{self.namespace}/{path}", answer, message)

    def seal(self) -> None:
        assert self._call("packs/seal", SealedPacks, SealPacks(packs=[self.pack_id])).sealed == [self.pack_id]

    def commit(self, *operations: messages.Operation) -> CommitResponse:
        request = CommitRequest(epoch=self.epoch, number=1, operations=list(operations))
        answered: CommitResponse = self._call("commits", CommitResponse, request)
        return answered

    def state(self) -> Changes:
        return self.device.call("GET", f"/v1/namespaces/{self.namespace}/changes", Changes)


@pytest.fixture
def kept(ada: Api, backend: object) -> Iterator[Kept]:
    """Still as it was when the test is over."""
    kept = Kept(ada)
    before = kept.state()
    yield kept
    assert kept.state() == before


def eves(eve: Api, path: str, answer: type[Any], message: msgspec.Struct) -> Any:
    """The same, asked in Eve's own namespace."""
    return eve.call("POST", f"/v1/namespaces/{namespace_of(eve)}/{path}", answer, message)


@pytest.mark.embedded
def test_anothers_chunks_are_missing_and_lie_nowhere(kept: Kept, eve: Api) -> None:
    assert eves(eve, "chunks/missing", Missing, MissingChunks(chunks=[kept.chunk])).indices == [0]
    located = eves(eve, "chunks/locate", Located, messages.LocateChunks(chunks=[kept.chunk]))
    assert (located.packs, located.chunks, located.gone) == ([], [], [kept.chunk])


@pytest.mark.embedded
def test_anothers_pack_is_not_sealed(kept: Kept, eve: Api) -> None:
    sealed = eves(eve, "packs/seal", SealedPacks, SealPacks(packs=[kept.pack_id]))
    assert (sealed.sealed, sealed.refused) == ([], [kept.pack_id])


@pytest.mark.embedded
def test_anothers_versions_are_not_found(kept: Kept, eve: Api) -> None:
    found = eves(eve, "manifests", FoundManifests, Manifests(revisions=[kept.revision_id]))
    assert (found.manifests, found.gone) == ([], [kept.revision_id])
    path = f"/v1/namespaces/{namespace_of(eve)}/restore"
    for to in (None, "stolen"):
        response = eve.send("POST", path, RestoreRequest(path="a", revision_id=kept.revision_id, to=to))
        assert response.status_code == 404


@pytest.mark.embedded
def test_anothers_nodes_and_chunks_make_nothing_of_ones_own(kept: Kept, eve: Api) -> None:
    assert eve.session is not None
    operations: list[messages.Operation] = [
        ChangeNode(
            operation_id=b"1" * 16,
            node_id=kept.node_id,
            base=kept.revision_id,
            place=Place(parent_id=ROOT, name="b"),
        ),
        DeleteNode(operation_id=b"2" * 16, node_id=kept.node_id, base=kept.revision_id, seen_seq=1),
        CreateNode(
            operation_id=b"3" * 16,
            node_id=b"e" * 16,
            kind=Kind.FILE,
            place=Place(parent_id=ROOT, name="c"),
            content=kept.content,
        ),
    ]
    request = CommitRequest(epoch=eve.session.epoch, number=1, operations=operations)
    answered = eves(eve, "commits", CommitResponse, request)
    assert all(isinstance(result, messages.Refused) for result in answered.results)
    assert answered.results[2].reason is messages.Refusal.MISSING


@pytest.mark.embedded
def test_nobody_waits_for_anothers_namespace(kept: Kept, eve: Api) -> None:
    wait = messages.Wait(epoch=kept.epoch, namespaces={kept.namespace.bytes: 0}, timeout_s=0)
    assert eve.send("POST", "/v1/wait", wait).status_code == 404
    mine = eve.call("GET", "/v1/namespaces", Namespaces)
    assert kept.namespace.bytes not in [each.namespace_id for each in mine.namespaces]


@pytest.mark.embedded
def test_anothers_device_is_not_revoked_and_not_taken_over(kept: Kept, eve: Api, api: Api) -> None:
    assert kept.device.session is not None
    theirs = kept.device.session.device_id
    path = f"/v1/devices/{UUID(bytes=theirs)}/revoke"
    assert eve.send("POST", path, RevokeDevice(password=PASSWORD)).status_code == 404
    again = api.sign_in("eve@example.org", device_id=theirs)
    assert again.session is not None
    assert again.session.device_id != theirs


def test_a_browsers_session_is_no_devices(api: Api, server: Server, ada: Api) -> None:
    code = make_sign_in_link(server, "ada@example.org")
    cookie = use_sign_in_link(server, code, "Firefox", Origin(address="127.0.0.1", is_local=True))
    headers = {"Authorization": f"Bearer {cookie}", "Cookie": f"lockstep_session={cookie}"}
    assert {ask(api, route, namespace_of(ada), **headers) for route in GUARDED} == {(401, "not-signed-in")}


# --- browsers --------------------------------------------------------------------------------------------------------

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
