"""Share links, as visitors meet them and as their owners make them."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask.testing import FlaskClient

from server_api.app import create_app
from server_api.contract.messages import Kind, NamespaceId
from server_api.contract.shares import CreateShare, Share, Shares
from server_api.domain.media import attachment
from server_api.services.accounts import disable
from server_api.services.server import Server
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import Api
from tests.fixtures.sharing import Owner, get, path_of

LARGE = [bytes([number]) * 300_000 for number in range(3)]


# --- what a visitor sees ---------------------------------------------------------------------------------------------


def test_a_file_has_a_page_and_its_bytes(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("report.pdf", b"the report")
    share = owner.share("report.pdf", note="as promised")
    page = get(visitor, share)
    assert (page.status_code, "report.pdf" in page.text, "as promised" in page.text) == (200, True, True)
    assert f'download href="{path_of(share)}/download"' in page.text
    response = get(visitor, share, "/download")
    assert (response.status_code, response.data) == (200, b"the report")
    assert response.headers["Content-Disposition"] == "attachment; filename=report.pdf"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    for headers in (page.headers, response.headers):
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert headers["X-Robots-Tag"].startswith("noindex")
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.every_database
def test_a_folder_is_listed_and_its_files_come_one_by_one_or_as_a_zip(owner: Owner, visitor: FlaskClient) -> None:
    owner.log.folder("album")
    owner.log.folder("album/sub")
    owner.log.folder("album/empty")
    owner.put("album/one.txt", b"one")
    owner.put("album/sub/two.txt", b"two")
    owner.put("secret.txt", b"secret")
    share = owner.share("album")
    page = get(visitor, share)
    assert "one.txt" in page.text
    assert "sub/" in page.text
    assert "secret" not in page.text
    assert "two.txt" in get(visitor, share, "?path=sub").text
    assert get(visitor, share, "/download?path=sub/two.txt").data == b"two"
    with zipfile.ZipFile(io.BytesIO(get(visitor, share, "/zip").data)) as archive:
        assert archive.testzip() is None
        names = {name: archive.read(name) for name in archive.namelist()}
    assert names == {"empty/": b"", "one.txt": b"one", "sub/": b"", "sub/two.txt": b"two"}
    with zipfile.ZipFile(io.BytesIO(get(visitor, share, "/zip?path=sub").data)) as archive:
        assert archive.namelist() == ["two.txt"]


@pytest.mark.parametrize(
    "path", ["../secret.txt", "secret.txt", "/secret.txt", "sub/../../secret.txt", "%00", ".lockstep"]
)
def test_nothing_beside_what_is_shared_is_reached(owner: Owner, visitor: FlaskClient, path: str) -> None:
    owner.log.folder("album")
    owner.put("secret.txt", b"secret")
    share = owner.share("album")
    for page in ("", "/download", "/zip"):
        response = get(visitor, share, f"{page}?path={path}")
        assert response.status_code in {400, 404}
        assert "secret" not in response.text.replace(path, "")


def test_a_page_shows_names_as_text(owner: Owner, visitor: FlaskClient) -> None:
    owner.log.folder("album")
    owner.put("album/<script>alert(1)<script>\u202etxt.exe", b"1")
    page = get(visitor, owner.share("album", title="<b>", note="<i>")).text
    assert "<script>" not in page
    assert "\u202e" not in page
    assert "<b>" not in page
    assert "<i>" not in page


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.txt", "attachment; filename=a.txt"),
        ('a"b\\c.txt', "attachment; filename=a_b_c.txt; filename*=UTF-8''a%22b%5Cc.txt"),
        (
            "M\u00fcnchen \u65e5\u672c.pdf",
            "attachment; filename=\"M?nchen ??.pdf\"; filename*=UTF-8''M%C3%BCnchen%20%E6%97%A5%E6%9C%AC.pdf",
        ),
        ("a\r\nSet-Cookie: x", "attachment; filename=\"a__Set-Cookie: x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"),
    ],
)  # fmt: skip
def test_the_name_to_save_under_is_right_in_any_script(name: str, header: str) -> None:
    assert attachment(name) == header


@pytest.mark.every_database
def test_a_link_goes_along_with_a_file_shows_its_newest_content_and_dies_with_it(
    owner: Owner, visitor: FlaskClient
) -> None:
    node = owner.put("a", b"1")
    share = owner.share("a")
    owner.log.folder("elsewhere")
    owner.log.move(node, "elsewhere/b")
    owner.sender.upload([b"2"])
    node = owner.log.write(owner.log.by_id(node.node_id), b"2")
    assert get(visitor, share, "/download").data == b"2"
    owner.log.delete(owner.log.at("elsewhere"))
    for rest in ("", "/download"):
        response = get(visitor, share, rest)
        assert response.status_code == 410
        assert "elsewhere" not in response.text
    (listed,) = owner.api.call("GET", "/v1/shares", Shares).shares
    assert (listed.state, listed.path) == ("gone", None)


# --- what is asked for in parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-9", 0, 10), ("299990-300009", 299_990, 300_010), ("-5", 899_995, 900_000), ("-900001", 0, 900_000)],
)
def test_parts_of_a_file(owner: Owner, visitor: FlaskClient, asked: str, start: int, end: int) -> None:
    whole = b"".join(LARGE)
    owner.put("large", *_pieces(whole))
    response = get(visitor, owner.share("large"), "/download", headers={"Range": f"bytes={asked}"})
    assert (response.status_code, response.data) == (206, whole[start:end])
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(whole)}"


def _pieces(whole: bytes) -> list[bytes]:
    size = 64 * 1024  # as the log's fixture cuts
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def test_what_is_not_there_cannot_be_asked_for(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("a", b"12345")
    response = get(visitor, owner.share("a"), "/download", headers={"Range": "bytes=5-"})
    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */5")


# --- what counts ------------------------------------------------------------------------------------------------------


def downloads(owner: Owner) -> int:
    (share,) = owner.api.call("GET", "/v1/shares", Shares).shares
    return share.downloads


@pytest.mark.scenario("S165")
def test_the_page_a_look_at_the_headers_and_going_on_are_free(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("a", b"12345")
    share = owner.share("a", limit=2)
    get(visitor, share)
    visitor.head(path_of(share) + "/download")
    assert downloads(owner) == 0
    assert get(visitor, share, "/download", headers={"Range": "bytes=0-1"}).data == b"12"
    assert get(visitor, share, "/download", headers={"Range": "bytes=2-"}).data == b"345"
    assert downloads(owner) == 1
    other = create_app(owner.log.server).test_client()
    assert get(other, share, "/download", headers={"Range": "bytes=2-"}).data == b"345"
    assert downloads(owner) == 2
    for rest in ("", "/download"):
        assert get(create_app(owner.log.server).test_client(), share, rest).status_code == 410
    assert get(visitor, share, "/download", headers={"Range": "bytes=4-"}).data == b"5"
    assert downloads(owner) == 2


@pytest.mark.every_database
def test_a_limit_is_exact_however_many_come_at_once(owner: Owner, server: Server) -> None:
    owner.put("a", b"12345")
    share = owner.share("a", limit=3)
    app = create_app(server)  # Python 3.11 cannot compile its routes in several threads at once

    def come(_: int) -> int:
        return get(app.test_client(), share, "/download").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(come, range(8)))
    assert answers == [200] * 3 + [410] * 5


def test_who_downloads_many_files_one_by_one_is_not_stopped_by_cookies(
    owner: Owner, visitor: FlaskClient, clock: FakeClock
) -> None:
    """A server takes headers of 8 kB. The latest can be gone on with."""
    owner.log.folder("album")
    share = owner.share("album")
    for number in range(90):
        owner.put(f"album/{number}", b"12345")
        assert get(visitor, share, f"/download?path={number}").status_code == 200
        clock.advance(1)
    assert len(get(visitor, share).request.headers["Cookie"]) < 5_000
    for number in (60, 89):
        assert get(visitor, share, f"/download?path={number}", headers={"Range": "bytes=2-"}).data == b"345"
    assert downloads(owner) == 90


# --- when a link is over ----------------------------------------------------------------------------------------------


@pytest.mark.scenario("S165")
def test_a_link_that_is_over_tells_nothing(owner: Owner, visitor: FlaskClient, clock: FakeClock) -> None:
    owner.put("secret name", b"secret")
    expiring = owner.share("secret name", expires_at=clock.now_ms() + 60_000)
    withdrawn = owner.share("secret name")
    assert get(visitor, expiring).status_code == get(visitor, withdrawn).status_code == 200
    clock.advance(61)
    owner.api.send("DELETE", f"/v1/shares/{UUID(bytes=withdrawn.share_id)}")
    for share, status in ((expiring, 410), (withdrawn, 410)):
        for rest in ("", "/download", "/zip"):
            response = get(visitor, share, rest)
            assert response.status_code == status
            assert "secret" not in response.text


@pytest.mark.parametrize("view_only", [False, True])
def test_a_link_that_is_used_up_tells_nothing_to_who_was_not_counted(
    owner: Owner, visitor: FlaskClient, server: Server, *, view_only: bool
) -> None:
    owner.log.folder("album")
    owner.put("album/there.txt", b"12345")
    share = owner.share("album", limit=1, view_only=view_only)
    rest = "/view" if view_only else "/download"
    assert get(visitor, share, f"{rest}?path=there.txt").status_code == 200
    stranger = create_app(server).test_client()
    for path in ("there.txt", "not-there.txt", "", "there.txt/below"):
        for range_ in ("bytes=0-", "bytes=2-", "bytes=99-"):
            for client, method in ((stranger, "GET"), (stranger, "HEAD")):
                response = client.open(f"{path_of(share)}{rest}?path={path}", method=method, headers={"Range": range_})
                assert (response.status_code, "Content-Disposition" in response.headers) == (410, False), (path, method)
        for method in ("GET", "HEAD"):
            response = stranger.open(f"{path_of(share)}/zip?path={path}", method=method)
            assert (response.status_code, "Content-Disposition" in response.headers) == (
                404 if view_only else 410,
                False,
            )
    going_on = {"path": path_of(share) + f"{rest}?path=there.txt", "headers": {"Range": "bytes=2-"}}
    assert visitor.get(**going_on).data == b"345"
    assert visitor.head(**going_on).status_code == 206


def test_links_of_a_disabled_account_lead_to_nothing(owner: Owner, visitor: FlaskClient, server: Server) -> None:
    owner.put("a", b"1")
    share = owner.share("a")
    disable(server, "ada@example.org")
    assert get(visitor, share).status_code == 410


def test_tokens_cannot_be_tried_for_ever(visitor: FlaskClient) -> None:
    answers = {visitor.get(f"/s/{number:022}").status_code for number in range(60)}
    assert answers == {404, 429}


# --- passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S165")
def test_a_password_is_asked_for_before_anything_is_told(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("secret name", b"secret")
    share = owner.share("secret name", password="open sesame")
    page = get(visitor, share)
    assert (page.status_code, "secret" in page.text, 'type="password"' in page.text) == (200, False, True)
    assert get(visitor, share, "/download").status_code == 404
    wrong = visitor.post(path_of(share), data={"password": "open barley"})
    assert (wrong.status_code, "secret" in wrong.text) == (401, False)
    right = visitor.post(path_of(share), data={"password": "open sesame"})
    assert (right.status_code, right.headers["Location"]) == (303, path_of(share))
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Path={path_of(share)}" in cookie
    assert "secret name" in get(visitor, share).text
    assert get(visitor, share, "/download").data == b"secret"


def test_what_one_link_was_opened_with_opens_no_other(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("a", b"1")
    first, second = (owner.share("a", password="the same one") for _ in range(2))
    opened = visitor.post(path_of(first), data={"password": "the same one"})
    value = opened.headers["Set-Cookie"].partition(";")[0]
    stranger = create_app(owner.log.server).test_client(use_cookies=False)
    assert stranger.get(path_of(first) + "/download", headers={"Cookie": value}).status_code == 200
    assert stranger.get(path_of(second) + "/download", headers={"Cookie": value}).status_code == 404
    forged = value[:-1] + ("0" if value[-1] != "0" else "1")
    for cookie in (
        forged,
        "lockstep_share=",
        "lockstep_share=zz.zz",
        "lockstep_share=-1.0",
        "lockstep_share=" + "f" * 5000,
    ):
        assert stranger.get(path_of(first) + "/download", headers={"Cookie": cookie}).status_code == 404


def test_passwords_cannot_be_tried_for_ever(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("a", b"1")
    share = owner.share("a", password="open sesame")
    answers = [visitor.post(path_of(share), data={"password": "wrong"}).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert visitor.post(path_of(share), data={"password": "open sesame"}).status_code == 429


def test_a_form_of_another_site_is_refused(owner: Owner, visitor: FlaskClient) -> None:
    owner.put("a", b"1")
    share = owner.share("a", password="open sesame")
    headers = {"Origin": "https://evil.example"}
    assert visitor.post(path_of(share), data={"password": "open sesame"}, headers=headers).status_code == 403


# --- making them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [("", {}, 400), ("nowhere", {}, 404), ("a", {"expires_at": 1}, 400), ("link", {}, 400)],
)
def test_what_cannot_be_shared(owner: Owner, path: str, fields: dict[str, Any], status: int) -> None:
    owner.put("a", b"1")
    owner.log.apply(owner.log.creation("link", kind=Kind.SYMLINK, link_target="a"))
    response = owner.api.send("POST", owner.shares_path, CreateShare(path=path, **fields))
    assert response.status_code == status


@pytest.mark.every_database
def test_another_account_neither_sees_nor_withdraws_a_link(owner: Owner, api: Api) -> None:
    owner.put("a", b"1")
    share = owner.share("a")
    api.register("eve@example.org")
    eve = api.sign_in("eve@example.org")
    assert eve.call("GET", "/v1/shares", Shares).shares == []
    assert eve.send("DELETE", f"/v1/shares/{UUID(bytes=share.share_id)}").status_code == 404
    assert eve.send("POST", owner.shares_path, CreateShare(path="a")).status_code == 404
    assert NamespaceId(share.namespace_id) == owner.log.namespace_id


def test_an_address_that_others_cannot_reach_is_told(owner: Owner) -> None:
    owner.put("a", b"1")
    made = {
        host: owner.api.send("POST", owner.shares_path, CreateShare(path="a"), headers={"Host": host})
        for host in ("localhost", "192.168.1.5", "nas.local", "files.example.org")
    }
    reach = {host: msgspec.msgpack.decode(response.data, type=Share).reach for host, response in made.items()}
    assert reach == {
        "localhost": "computer", "192.168.1.5": "network", "nas.local": "network", "files.example.org": "anywhere"
    }  # fmt: skip
