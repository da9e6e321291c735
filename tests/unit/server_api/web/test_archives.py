"""Folders, and several things at once, as one zip, for those who may read them."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from server_api.app import create_app
from server_api.contract.messages import PROBLEM_JSON, Kind
from server_api.domain.nodes import Node
from server_api.routes import archives
from server_api.routes.slots import Slots
from server_api.services.reading import ContentGoneError
from server_api.services.server import Server
from server_api.services.sessions import authenticate
from tests.fixtures.log import Log
from tests.fixtures.servers import Api
from tests.fixtures.sharing import Owner


def ask(
    owner: Owner, *nodes: Node | str, api: Api | None = None, method: str = "GET", buffered: bool = True
) -> TestResponse:
    ids = [node if isinstance(node, str) else node.node_id.hex() for node in nodes]
    query = "&".join(f"node={id_}" for id_ in ids)
    path = f"/v1/namespaces/{UUID(bytes=owner.log.namespace_id)}/zip?{query}"
    return (api or owner.api).send(method, path, buffered=buffered)


def unzipped(response: TestResponse) -> dict[str, bytes]:
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def album(owner: Owner) -> Node:
    album = owner.log.folder("album")
    owner.log.folder("album/sub")
    owner.log.folder("album/empty")
    owner.put("album/one.txt", b"one")
    owner.put("album/sub/two.txt", b"two, " * 40_000)
    owner.put("beside.txt", b"beside")
    return album


@pytest.mark.every_database
def test_a_folder_comes_with_all_that_is_below_it(owner: Owner, album: Node) -> None:
    response = ask(owner, album)
    two = b"two, " * 40_000
    assert unzipped(response) == {"empty/": b"", "sub/": b"", "one.txt": b"one", "sub/two.txt": two}
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == "attachment; filename=album.zip"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_several_things_lie_beside_each_other(owner: Owner, album: Node) -> None:
    response = ask(owner, album, owner.log.at("beside.txt"), album)
    assert list(unzipped(response)) == [
        "album/",
        "beside.txt",
        "album/empty/",
        "album/sub/",
        "album/one.txt",
        "album/sub/two.txt",
    ]
    assert response.headers["Content-Disposition"] == "attachment; filename=Lockstep.zip"
    inside = ask(owner, owner.log.at("album/sub"), owner.log.at("album/one.txt"))
    assert list(unzipped(inside)) == ["sub/", "one.txt", "sub/two.txt"]
    assert inside.headers["Content-Disposition"] == "attachment; filename=album.zip"


def test_what_has_one_name_in_two_places_is_numbered_with_all_that_is_below_it(owner: Owner) -> None:
    for above in ("a", "b"):
        owner.log.folder(above)
        owner.log.folder(f"{above}/same")
        owner.put(f"{above}/same/file", above.encode())
    came = unzipped(ask(owner, owner.log.at("a/same"), owner.log.at("b/same")))
    assert came.keys() == {"same/", "same/file", "same (2)/", "same (2)/file"}
    assert {came["same/file"], came["same (2)/file"]} == {b"a", b"b"}


def test_symbolic_links_are_left_out(owner: Owner, album: Node) -> None:
    link = owner.log.creation("album/link", kind=Kind.SYMLINK, link_target="../beside.txt")
    (made,) = owner.log.apply(link)
    assert "link" not in unzipped(ask(owner, album))
    assert list(unzipped(ask(owner, made, owner.log.at("beside.txt")))) == ["beside.txt"]
    assert ask(owner, made).status_code == 404


def test_what_is_not_there_is_told_like_what_never_was(owner: Owner, album: Node) -> None:
    below = owner.log.at("album/one.txt")
    gone = owner.log.delete(owner.log.at("beside.txt"))
    owner.api.register("eve@example.org")
    eve = owner.api.sign_in("eve@example.org")
    refused = [
        ask(owner, "0" * 32),
        ask(owner, "ab" * 16),
        ask(owner, gone),
        ask(owner, album, gone),
        ask(owner),
        ask(owner, album, api=eve),
    ]
    owner.log.delete(album)
    refused += [ask(owner, album), ask(owner, below)]
    assert {(response.status_code, response.content_type) for response in refused} == {(404, PROBLEM_JSON)}
    # No id of another's namespace leads there from one's own.
    assert eve.session is not None
    theirs = f"/v1/namespaces/{UUID(bytes=eve.session.account.personal_namespace)}/zip"
    assert eve.send("GET", f"{theirs}?node={album.node_id.hex()}").status_code == 404


@pytest.mark.parametrize("query", ["node=", "node=xyz", "node=" + "ab" * 15, "&".join(["node=" + "ab" * 16] * 101)])
def test_what_is_no_id_or_too_much_is_refused(owner: Owner, query: str) -> None:
    response = owner.api.send("GET", f"/v1/namespaces/{UUID(bytes=owner.log.namespace_id)}/zip?{query}")
    assert response.status_code == 400


def test_names_become_such_as_every_system_can_hold(owner: Owner) -> None:
    folder = owner.log.folder("\u202egpj.exe")
    owner.put("\u202egpj.exe/a:b?.txt", b"1")
    response = ask(owner, folder)
    assert list(unzipped(response)) == ["a_b_.txt"]
    assert "\u202e" not in response.headers["Content-Disposition"]


def test_so_many_at_once_and_a_look_at_the_headers_takes_none(
    owner: Owner, server: Server, album: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_ZIPS", Slots(1, "Many.", most_each=1))
    for _ in range(3):
        seen = ask(owner, album, method="HEAD")
        assert (seen.status_code, seen.data) == (200, b"")
    other = Api(server, token=owner.api.token, client=create_app(server).test_client())
    first = ask(owner, album, api=other, buffered=False)
    assert first.status_code == 200
    for method in ("GET", "HEAD"):
        refused = ask(owner, album, method=method)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "20")
    first.close()
    assert ask(owner, album).status_code == 200


def test_nobody_takes_all_the_places(
    owner: Owner, server: Server, album: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_ZIPS", Slots(3, "Many.", most_each=2))
    app = create_app(server)
    mine = [Api(server, token=owner.api.token, client=app.test_client()) for _ in range(3)]
    begun = [ask(owner, album, api=api, buffered=False) for api in mine]
    assert [response.status_code for response in begun] == [200, 200, 503]
    begun[2].close()
    owner.api.register("eve@example.org")
    eve = owner.api.sign_in("eve@example.org")
    caller = authenticate(server, eve.token or "")
    theirs = Log(server, account_id=caller.account_id)
    theirs.laptop = caller
    path = f"/v1/namespaces/{UUID(bytes=theirs.namespace_id)}/zip?node={theirs.folder('own').node_id.hex()}"
    assert eve.send("GET", path).status_code == 200
    for response in begun[:2]:
        response.close()


def test_what_is_deleted_or_moved_away_meanwhile_does_not_come(owner: Owner, album: Node) -> None:
    for name in ("gone", "moved", "stays"):
        owner.log.folder(f"album/{name}")
        owner.put(f"album/{name}/file", name.encode())
    owner.log.folder("private")
    response = ask(owner, album, buffered=False)
    pieces = response.iter_encoded()
    came = [next(pieces)]
    owner.log.delete(owner.log.at("album/gone"))
    owner.log.move(owner.log.at("album/moved"), "private/moved")
    owner.put("private/moved/new", b"not for this reader")
    owner.put("album/stays/new", b"as it is then")
    whole = b"".join([*came, *pieces])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
    assert {"gone/", "moved/", "stays/", "stays/file", "stays/new", "one.txt"} <= names
    assert not {"gone/file", "moved/file", "moved/new"} & names


def test_a_zip_ends_with_the_session_that_asked_for_it(owner: Owner, album: Node) -> None:
    owner.put("album/sub/private", b"not for a thief")
    pieces = ask(owner, album, buffered=False).iter_encoded()
    came = [next(pieces)]
    assert owner.api.send("DELETE", "/v1/sessions/current").status_code == 204
    with pytest.raises(ConnectionResetError):
        came += pieces
    assert b"thief" not in b"".join(came)


def test_what_cannot_be_made_to_its_end_is_no_zip(owner: Owner, server: Server, album: Node) -> None:
    owner.put("album/zzz.txt", b"gone from the store")
    whole = ask(owner, album).data
    for found in list(server.store.list("packs/")):
        if b"gone from the store" in server.store.read_range(found.key, 0, 10_000):
            server.store.delete(found.key)
    came: list[bytes] = []
    with pytest.raises(ContentGoneError):  # what serves breaks the connection then
        came.extend(ask(owner, album, buffered=False).iter_encoded())
    assert 0 < sum(map(len, came)) < len(whole)
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(came)))
