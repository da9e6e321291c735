"""The revision log over HTTP: who may do what, and what the answers look like."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import insert, update

from server_api.contract.history import (
    ActivityRequest,
    DeletedRequest,
    DetailsRequest,
    History,
    HistoryRequest,
    Listing,
    ListRequest,
    SearchPage,
    SearchRequest,
)
from server_api.contract.messages import (
    ROOT,
    Applied,
    Changes,
    CommitRequest,
    CommitResponse,
    CreateNode,
    FoundManifests,
    Kind,
    Manifests,
    Namespaces,
    Place,
)
from server_api.contract.restoring import Restored, RestoreRequest
from server_api.storage.tables import membership
from tests.fixtures.log import content_of
from tests.fixtures.servers import Api

Signed = tuple[Api, str]


@pytest.fixture
def signed(api: Api) -> Signed:
    """A device of ada's, and the path of her namespace."""
    device = api.sign_in()
    assert device.session is not None
    return device, f"/v1/namespaces/{UUID(bytes=device.session.account.personal_namespace)}"


def creation(name: str, *, is_empty_file: bool = False) -> CreateNode:
    id_ = name.encode().rjust(16, b"-")
    return CreateNode(
        operation_id=id_,
        node_id=id_,
        kind=Kind.FILE if is_empty_file else Kind.FOLDER,
        place=Place(parent_id=ROOT, name=name),
        content=content_of(b"") if is_empty_file else None,
    )


def commit(device: Api, path: str, *operations: CreateNode, number: int = 1) -> CommitResponse:
    assert device.session is not None
    request = CommitRequest(epoch=device.session.epoch, number=number, operations=list(operations))
    return device.call("POST", f"{path}/commits", CommitResponse, request)


def test_a_commit_comes_out_of_the_feed(signed: Signed) -> None:
    device, path = signed
    (result,) = commit(device, path, creation("a")).results
    assert isinstance(result, Applied)
    changes = device.call("GET", f"{path}/changes", Changes)
    assert [change.name for change in changes.changes] == ["a"]
    query = f"epoch={changes.epoch.hex()}&seq={changes.seq}&revision={result.revision_id.hex()}"
    assert device.call("GET", f"{path}/changes?{query}", Changes).changes == []


def test_what_was_made_is_listed_deleted_and_brought_back(signed: Signed) -> None:
    device, path = signed
    commit(device, path, creation("a", is_empty_file=True))
    (entry,) = device.call("POST", f"{path}/list", Listing, ListRequest()).entries
    assert entry.path == "a"
    (version,) = device.call("POST", f"{path}/history", History, HistoryRequest(path="a")).versions
    assert version.device == "Laptop"
    manifests = device.call("POST", f"{path}/manifests", FoundManifests, Manifests(revisions=[version.revision_id]))
    assert [manifest.chunks for manifest in manifests.manifests] == [[]]
    wish = RestoreRequest(path="a", revision_id=version.revision_id, to="b")
    assert device.call("POST", f"{path}/restore", Restored, wish) == Restored(path="b", revisions=1, files=1)


def test_an_account_sees_its_namespaces(signed: Signed) -> None:
    device, path = signed
    commit(device, path, creation("a"))
    found = device.call("GET", "/v1/namespaces", Namespaces)
    assert device.session is not None
    assert found.epoch == device.session.epoch
    (own,) = found.namespaces
    assert (own.namespace_id, own.role, own.owner, own.seq) == (
        device.session.account.personal_namespace,
        "owner",
        "ada@example.org",
        1,
    )


@pytest.mark.parametrize(
    "query",
    ["seq=x", "seq=-1", "seq=99999999999999999999", "epoch=12", "revision=zz", f"epoch={'0' * 31}g", "seq=\u0661"],
)
def test_a_cursor_that_is_none_is_refused(signed: Signed, query: str) -> None:
    device, path = signed
    assert device.send("GET", f"{path}/changes?{query}").status_code == 400


def test_an_unknown_cursor_has_its_code(signed: Signed) -> None:
    device, path = signed
    response = device.send("GET", f"{path}/changes?seq=5&epoch={'0' * 32}&revision={'0' * 32}")
    assert (response.status_code, response.get_json(force=True)["code"]) == (409, "unknown-cursor")


@pytest.mark.parametrize(
    "query",
    ["", "x" * 2**20, "%" * 256, "\u0301" * 255, " "],
    ids=["none", "1 MiB", "long", "accents", "space"],
)
def test_a_query_that_is_none_is_refused(signed: Signed, query: str) -> None:
    device, path = signed
    headers = {"Authorization": f"Bearer {device.token}"}
    answer = device.client.post(f"{path}/search", json={"query": query}, headers=headers)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (400, "invalid-body")


@pytest.mark.parametrize("query", ["%", "_", "\x00", "\x7f\x1b[31m", "\u202e", "'; DROP TABLE node; --", "(?:a+)+$"])
def test_a_hostile_query_finds_nothing_and_harms_nothing(signed: Signed, query: str) -> None:
    device, path = signed
    commit(device, path, creation("a"))
    assert device.call("POST", f"{path}/search", SearchPage, SearchRequest(query=query)).entries == []
    (found,) = device.call("POST", f"{path}/search", SearchPage, SearchRequest(query="A")).entries
    assert found.path == "a"


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("activity", {"limit": 0}),
        ("activity", {"limit": 501}),
        ("activity", {"before": -1}),
        ("activity", {"since_at": 2**53}),
        ("activity", {"person": "a\x00@b.org"}),
        ("activity", {"device_id": "AA=="}),
        ("deleted", {"limit": 10**9}),
        ("deleted", {"path": "../x"}),
        ("details", {"path": ""}),
        ("history", {"path": "a", "limit": 0}),
        ("history", {"path": "a", "after": "AA=="}),
        ("list", {"limit": 10_001}),
        ("thumbnails", {"revisions": []}),
    ],
)
def test_what_the_contract_does_not_allow_is_refused(signed: Signed, route: str, body: dict[str, object]) -> None:
    device, path = signed
    headers = {"Authorization": f"Bearer {device.token}"}
    answer = device.client.post(f"{path}/{route}", json=body, headers=headers)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (400, "invalid-body")


PATHS = [
    ("GET", "/changes", None),
    ("POST", "/list", ListRequest()),
    ("POST", "/history", HistoryRequest(path="a")),
    ("POST", "/activity", ActivityRequest()),
    ("POST", "/deleted", DeletedRequest()),
    ("POST", "/search", SearchRequest(query="a")),
    ("POST", "/details", DetailsRequest(path="a")),
    ("POST", "/manifests", Manifests(revisions=[bytes(16)])),
    ("POST", "/restore", RestoreRequest(path="a")),
    ("POST", "/commits", CommitRequest(epoch=bytes(16), number=1, operations=[creation("a")])),
]


@pytest.mark.parametrize(("method", "route", "body"), PATHS)
def test_who_is_no_member_finds_nothing(signed: Signed, method: str, route: str, body: ListRequest | None) -> None:
    device, path = signed
    device.register("eve@example.org")
    stranger = device.sign_in("eve@example.org")
    assert stranger.send(method, path + route, body).status_code == 404
    assert Api(device.server, client=device.client).send(method, path + route, body).status_code == 401


def test_a_viewer_reads_and_changes_nothing(signed: Signed) -> None:
    device, path = signed
    commit(device, path, creation("a"))
    device.register("eve@example.org")
    viewer = device.sign_in("eve@example.org")
    assert device.session is not None
    assert viewer.session is not None
    namespace_id = device.session.account.personal_namespace
    with device.server.database.write() as work:
        work.connection.execute(
            insert(membership).values(
                namespace_id=namespace_id, account_id=viewer.session.account.account_id, role="viewer"
            )
        )
    assert len(viewer.call("GET", f"{path}/changes", Changes).changes) == 1
    request = CommitRequest(epoch=viewer.session.epoch, number=1, operations=[creation("b")])
    for route, body in (("/commits", request), ("/restore", RestoreRequest(path="a"))):
        assert viewer.send("POST", path + route, body).status_code == 403
    with device.server.database.write() as work:
        work.connection.execute(
            update(membership)
            .where(membership.c.account_id == viewer.session.account.account_id)
            .where(membership.c.namespace_id == namespace_id)
            .values(role="editor")
        )
    commit(viewer, path, creation("b"))


def test_a_batch_that_is_too_large_is_refused(signed: Signed) -> None:
    device, path = signed
    assert device.session is not None
    operations = [creation("a")] * 10_001
    request = CommitRequest(epoch=device.session.epoch, number=1, operations=list(operations))
    assert device.send("POST", f"{path}/commits", request).status_code == 400
