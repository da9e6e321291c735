"""Links that are changed, paused, pinned or for looking only, and what their pages say."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server_api.app import create_app
from server_api.contract.shares import CreateShare, EditShare, Share
from server_api.domain.retention import parse_retention
from server_api.errors import UnavailableError
from server_api.routes.slots import Slots
from server_api.services.retention import expire_versions
from server_api.services.server import Server
from server_api.services.shares import forget_withdrawn
from server_api.web import visits
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import Api
from tests.fixtures.sharing import Owner, get, path_of


def edit(api: Api, share: Share, **fields: Any) -> TestResponse:
    return api.send("PATCH", f"/v1/shares/{UUID(bytes=share.share_id)}", EditShare(**fields))


def changed(owner: Owner, share: Share, **fields: Any) -> Share:
    response = edit(owner.api, share, **fields)
    assert response.status_code == 200, response.text
    return msgspec.msgpack.decode(response.data, type=Share)


# --- changed ---------------------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_what_is_left_out_stays_and_null_takes_away(owner: Owner, visitor: FlaskClient, clock: FakeClock) -> None:
    owner.put("a", b"1")
    at = clock.now_ms() + 60_000
    share = owner.share("a", expires_at=at, limit=1, password="open sesame", title="A", note="B")
    only_title = changed(owner, share, title="Other")
    assert (only_title.title, only_title.note, only_title.limit, only_title.expires_at, only_title.has_password) == (
        "Other", "B", 1, at, True
    )  # fmt: skip
    free = changed(owner, share, expires_at=None, limit=None, password=None, note="")
    assert (free.title, free.note, free.limit, free.expires_at, free.has_password) == ("Other", "", None, None, False)
    clock.advance(61)
    for _ in range(2):
        assert get(visitor, share, "/download").data == b"1"
    assert changed(owner, share, limit=2).state == "used-up"
    assert get(visitor, share).status_code == 410
    assert changed(owner, share, limit=3).state == "active"
    assert get(visitor, share).status_code == 200


@pytest.mark.scenario("S165")
def test_a_new_password_ends_what_the_old_one_opened(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("secret name", b"secret")
    share = owner.share("secret name", password="open sesame")
    visitor.post(path_of(share), data={"password": "open sesame"})
    assert get(visitor, share, "/download").data == b"secret"
    changed(owner, share, password="another one")
    assert "secret" not in get(visitor, share).text
    assert get(visitor, share, "/download").status_code == 404
    assert visitor.post(path_of(share), data={"password": "open sesame"}).status_code == 401
    visitor.post(path_of(share), data={"password": "another one"})
    assert get(visitor, share, "/download").data == b"secret"


def test_a_link_that_had_no_password_asks_who_was_there_before(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("a", b"1")
    share = owner.share("a")
    assert get(visitor, share, "/download").status_code == 200
    changed(owner, share, password="now there is one")
    assert get(visitor, share, "/download", headers={"Range": "bytes=0-0"}).status_code == 404


@pytest.mark.scenario("S165")
def test_a_paused_link_leads_to_nothing_until_it_goes_on(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("secret name", b"secret")
    share = owner.share("secret name")
    assert changed(owner, share, paused=True).state == "paused"
    for rest in ("", "/download", "/zip", "/view"):
        response = get(visitor, share, rest)
        assert (response.status_code, "secret" in response.text) == (403, False)
    assert changed(owner, share, paused=False).state == "active"
    assert get(visitor, share, "/download").data == b"secret"


def test_only_who_made_a_link_changes_it_and_not_to_nonsense(owner: Owner, api: Api) -> None:
    owner.put("a", b"1")
    share = owner.share("a")
    api.register("eve@example.org")
    assert edit(api.sign_in("eve@example.org"), share, title="mine").status_code == 404
    assert edit(owner.api, share, expires_at=1).status_code == 400
    path = f"/v1/shares/{UUID(bytes=share.share_id)}"
    for body in ({"limit": 0}, {"title": None}, {"paused": "yes"}, {"token": "x"}, {"password": ""}):
        headers = {"Authorization": f"Bearer {owner.api.token}"}
        response = owner.api.client.patch(path, json=body, headers=headers)
        assert response.status_code == 400, body
    owner.withdraw(share)
    assert edit(owner.api, share, title="again").status_code == 404


# --- over ------------------------------------------------------------------------------------------------------------


@pytest.mark.every_database
@pytest.mark.scenario("S165")
def test_that_a_link_is_over_is_told_for_a_year_and_what_it_was_never(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    owner.put("secret name", b"secret")
    share = owner.share("secret name", password="open sesame", title="secret title")
    owner.withdraw(share)
    assert owner.shares() == []
    response = get(visitor, share, headers={"Accept": "text/html"})
    assert (response.status_code, "secret" in response.text) == (410, False)
    assert "This link is over" in response.text
    assert visitor.post(path_of(share), data={"password": "open sesame"}).status_code == 410
    assert forget_withdrawn(server) == 0
    clock.advance(366 * 24 * 3600)
    assert forget_withdrawn(server) == 1
    assert get(visitor, share).status_code == 404


@pytest.mark.scenario("S165")
def test_no_page_of_a_link_leads_elsewhere(owner: Owner, visitor: FlaskClient) -> None:
    owner.log.folder("album")
    owner.put("album/a.png", b"1")
    open_, locked = owner.share("album"), owner.share("album", password="open sesame")
    looking, gone = owner.share("album", view_only=True), owner.share("album")
    owner.withdraw(gone)
    html = {"Accept": "text/html"}
    links = (open_, locked, looking, gone)
    pages = [get(visitor, share, rest, headers=html) for share in links for rest in ("", "?path=a.png")]
    pages.append(visitor.get("/s/never", headers=html))
    pages.append(visitor.post(path_of(locked), data={"password": "wrong"}, headers=html))
    for page in pages:
        assert page.mimetype == "text/html"
        for target in re.findall(r'(?:href|src|action)="([^"]*)"', page.text):
            assert target.startswith(("/s/", "/web/lockstep.css", "/web/share.css", "/web/mark.svg")), target
        policy = page.headers["Content-Security-Policy"]
        assert "script" not in policy
        assert "default-src 'none'" in policy
        assert not re.search(r"<script|\son\w+=|style=|javascript:", page.text)


# --- pinned ----------------------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_a_pinned_link_shows_its_version_whatever_comes_after(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    node = owner.put("a", b"first")
    first = node.version_id
    now = owner.share("a", pinned=True)
    for later in (b"second one", b"third"):
        owner.sender.upload([later])
        clock.advance(60)
        node = owner.log.write(owner.log.by_id(node.node_id), later)
    assert first is not None
    chosen = owner.share("a", version_id=first)
    newest = owner.share("a")
    assert [get(visitor, share, "/download").data for share in (now, chosen, newest)] == [b"first", b"first", b"third"]
    assert now.version_id == chosen.version_id == first
    clock.advance(2 * 24 * 3600)
    owner.api = owner.api.sign_in()
    list(expire_versions(server, owner.log.namespace_id, parse_retention("1d:all")))
    assert get(visitor, now, "/download").data == b"first", "the rule for old versions does not free it"
    for share in (now, chosen):
        owner.withdraw(share)
    list(expire_versions(server, owner.log.namespace_id, parse_retention("1d:all")))
    response = owner.api.send("POST", owner.shares_path, CreateShare(path="a", version_id=first))
    assert response.status_code == 404
    owner.log.delete(owner.log.by_id(node.node_id))
    assert get(visitor, newest).status_code == 410


def test_only_a_version_of_this_file_can_be_pinned(owner: Owner) -> None:
    owner.log.folder("album")
    owner.put("a", b"1")
    other = owner.put("b", b"2").version_id
    for path, fields in (("album", {"pinned": True}), ("a", {"version_id": other}), ("a", {"version_id": bytes(16)})):
        response = owner.api.send("POST", owner.shares_path, CreateShare(path=path, **fields))
        assert response.status_code in {400, 404}


# --- for looking only ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tag", "type_"),
    [
        ("photo.png", "<img ", "image/png"),
        ("song.mp3", "<audio ", "audio/mpeg"),
        ("film.mp4", "<video ", "video/mp4"),
        ("notes.md", "<iframe ", "text/plain; charset=utf-8"),
        ("paper.pdf", "data-pdf=", "application/octet-stream"),
    ],
)
def test_what_is_for_looking_only_is_shown_and_not_offered(
    owner: Owner, visitor: FlaskClient, name: str, tag: str, type_: str
) -> None:
    owner.put(name, b"<script>alert(1)</script>")
    share = owner.share(name, view_only=True)
    page = get(visitor, share).text
    assert tag in page
    assert "/download" not in page
    assert get(visitor, share, "/download").status_code == 404
    shown = get(visitor, share, "/view")
    assert (shown.status_code, shown.headers["Content-Type"], shown.headers["Content-Disposition"]) == (
        200, type_, "inline"
    )  # fmt: skip
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert owner.shares()[0].downloads == 1


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "tool.exe"])
def test_what_could_run_or_cannot_be_shown_is_not(owner: Owner, visitor: FlaskClient, name: str) -> None:
    owner.put(name, b"<script>alert(1)</script>")
    share = owner.share(name, view_only=True)
    page = get(visitor, share).text
    assert "cannot be shown here" in page
    assert "/view" not in page
    assert get(visitor, share, "/view").status_code == 404


def test_only_a_page_that_draws_a_pdf_may_run_the_server_s_scripts(
    owner: Owner, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.put("paper.pdf", b"%PDF-")
    owner.put("photo.png", b"png")
    seen, kept, photo = (
        get(visitor, owner.share(name, view_only=only))
        for name, only in (("paper.pdf", True), ("paper.pdf", False), ("photo.png", True))
    )
    policy = seen.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:"} & set(policy.replace(";", " ").split())
    assert (seen.headers["Cache-Control"], seen.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    for page in (kept, photo):
        assert "script" not in page.headers["Content-Security-Policy"]
        assert "<script" not in page.text
    monkeypatch.setattr(visits, "_MOST_OF_PDF", 4)
    large = owner.share("paper.pdf", view_only=True)
    assert "cannot be shown here" in get(visitor, large).text
    assert get(visitor, large, "/view").status_code == 404


def test_a_folder_for_looking_only_has_no_zip(owner: Owner, visitor: FlaskClient) -> None:
    owner.log.folder("album")
    owner.put("album/a.png", b"1")
    share = owner.share("album", view_only=True)
    page = get(visitor, share).text
    assert "a.png" in page
    assert "/zip" not in page
    assert get(visitor, share, "/zip").status_code == 404
    assert "/view?path=a.png" in get(visitor, share, "?path=a.png").text
    assert get(visitor, owner.share("album"), "/view?path=a.png").status_code == 404


# --- how many at once ------------------------------------------------------------------------------------------------


@pytest.fixture
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_STREAMS", "_ZIPS"):
        monkeypatch.setattr(visits, name, Slots(1, "Many.", most_each=1))


@pytest.mark.parametrize("rest", ["/zip", "/download?path=a.txt"])
def test_who_is_one_too_many_is_told_to_come_back_and_not_counted(
    owner: Owner, server: Server, one_at_once: None, rest: str
) -> None:
    owner.log.folder("album")
    owner.put("album/a.txt", b"x" * 1_000)
    share = owner.share("album")
    first = create_app(server).test_client().get(path_of(share) + rest, buffered=False)
    assert first.status_code == 200
    other = create_app(server).test_client()
    refused = get(other, share, rest)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "20")
    assert owner.shares()[0].downloads == 1
    first.close()
    for _ in range(3):
        assert get(other, share, rest).status_code == 200
    assert get(other, share, "/download?path=nothing").status_code == 404
    assert get(other, share, rest).status_code == 200


def test_a_place_is_given_back_whatever_happens() -> None:
    slots = Slots(1, "Many.", most_each=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), slots.taken(b"one"):
            raise ValueError("broken")
        with slots.taken(b"one"):
            pass


def test_one_s_visitors_leave_places_for_others() -> None:
    slots = Slots(3, "Many.", most_each=2)
    with slots.taken(b"one"), slots.taken(b"one"):
        with pytest.raises(UnavailableError), slots.taken(b"one"):
            pass
        with slots.taken(b"another"), pytest.raises(UnavailableError), slots.taken(b"third"):
            pass
    with slots.taken(b"one"):
        pass


@pytest.mark.parametrize("change", [{"password": "new"}, {"paused": True}, {"expires_at": 1_790_000_001_000}, None])
def test_a_zip_ends_when_its_link_does(
    owner: Owner, visitor: FlaskClient, clock: FakeClock, change: dict[str, Any] | None
) -> None:
    owner.log.folder("album")
    for name in ("a", "b"):
        owner.log.folder(f"album/{name}")
        owner.put(f"album/{name}/file", name.encode())
    share = owner.share("album")
    pieces = visitor.get(path_of(share) + "/zip", buffered=False).iter_encoded()
    came = [next(pieces)]
    if change is None:
        owner.withdraw(share)
    else:
        changed(owner, share, **change)
        clock.advance(3600)
    owner.put("album/b/new", b"not for who had the link")
    with pytest.raises(ConnectionResetError):
        came += pieces
    assert b"not for who" not in b"".join(came)
