"""The directory store's addresses against whoever holds, steals or invents a URL."""

from __future__ import annotations

import io
import json
import secrets
import shutil
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import google_crc32c
import pytest
from werkzeug.test import TestResponse

from server_api.config import Limits
from server_api.contract.messages import SignedRequest
from server_api.errors import StoreFullError, UnavailableError
from server_api.storage.directory_store import DirectoryStore
from server_api.storage.signed_urls import PutGrant
from tests.fixtures.content import Content, open_content

BODY = secrets.token_bytes(50_000)
KEY = f"packs/{'a' * 32}/bb/{'c' * 32}"


class Connection(io.BytesIO):
    """Stays open when the request is over."""

    def close(self) -> None:
        pass


def presign(content: Content, body: bytes = BODY, key: str = KEY) -> SignedRequest:
    crc32c = google_crc32c.value(body).to_bytes(4, "big")
    return content.server.store.presign_put(key, size=len(body), crc32c=crc32c, md5=bytes(16), expires_in_s=60)


def code_of(answer: TestResponse) -> str:
    code: str = json.loads(answer.data)["code"]
    return code


def fields_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def stored_files(content: Content) -> list[Path]:
    return [path for path in (content.server.config.data / "objects").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "change",
    [
        {"size": str(len(BODY) + 1)},
        {"size": "0"},
        {"crc32c": "00000000"},
        {"expires": "99999999999"},
        {"expires": "x" * 5_000},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "\u2603" * 64},
        {"size": "\u0665"},
    ],
    ids=str,
)
def test_no_field_of_a_url_can_be_changed(content: Content, change: dict[str, str]) -> None:
    url = presign(content).url
    tampered = f"{urlsplit(url).path}?{urlencode(fields_of(url) | change)}"
    answer = content.http.put(tampered, data=BODY)
    assert answer.status_code == 403
    assert code_of(answer) == "url-invalid"
    assert stored_files(content) == []


@pytest.mark.parametrize("left_out", ["size", "crc32c", "expires", "signature"])
def test_no_field_of_a_url_can_be_left_out(content: Content, left_out: str) -> None:
    url = presign(content).url
    fields = fields_of(url)
    del fields[left_out]
    assert content.http.put(f"{urlsplit(url).path}?{urlencode(fields)}", data=BODY).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "../lockstep.sqlite",
        "packs/../../lockstep.sqlite",
        "packs/%2e%2e/%2e%2e/lockstep.sqlite",
        "..%2flockstep.sqlite",
        "packs//x",
        "/etc/passwd",
        "%00",
        "packs/\n",
        ".unfinished/x",
        "packs/" + "a" * 5_000,
        KEY.upper(),
        KEY + "/",
    ],
)
def test_no_path_leads_out_of_the_store(content: Content, path: str) -> None:
    query = urlsplit(presign(content).url).query
    for method in ("GET", "HEAD", "PUT"):
        answer = content.http.open(f"/v1/store/{path}?{query}", method=method, data=BODY if method == "PUT" else None)
        assert answer.status_code in {403, 404}
    assert stored_files(content) == []


def test_a_url_of_one_key_opens_no_other(content: Content) -> None:
    url = presign(content).url
    other = url.replace("c" * 32, "d" * 32)
    assert content.http.put(other, data=BODY).status_code == 403


def test_a_put_url_reads_nothing_and_a_get_url_writes_nothing(content: Content) -> None:
    put = presign(content)
    assert content.send(put, BODY).status_code == 201
    assert content.get(put).status_code == 403
    get = content.server.store.presign_get(f"packs/{'a' * 32}/bb/{'d' * 32}", expires_in_s=60)
    assert content.http.put(get.url, data=BODY).status_code == 403


def test_a_url_of_another_server_is_worth_nothing(content: Content, tmp_path: Path) -> None:
    other = open_content(tmp_path / "other", seed=2)
    assert content.send(presign(other), BODY).status_code == 403
    other.server.database.close()


def test_a_url_sent_again_after_the_commit_replaces_nothing(content: Content) -> None:
    put = presign(content)
    assert content.send(put, BODY).status_code == 201
    again = content.send(put, BODY)
    assert again.status_code == 412
    assert code_of(again) == "already-stored"


def test_a_body_without_a_length_is_refused(content: Content) -> None:
    answer = content.http.put(
        presign(content).url,
        input_stream=io.BytesIO(BODY),
        environ_overrides={"wsgi.input_terminated": True},
        headers={"Transfer-Encoding": "chunked"},
    )
    assert answer.status_code == 403
    assert stored_files(content) == []


def test_a_body_that_ends_early_leaves_nothing(content: Content) -> None:
    answer = content.http.put(
        presign(content).url, input_stream=io.BytesIO(BODY[:100]), environ_overrides={"CONTENT_LENGTH": str(len(BODY))}
    )
    assert answer.status_code in {400, 403}
    assert stored_files(content) == []


def test_what_follows_the_signed_size_is_not_read(content: Content) -> None:
    stream = Connection(BODY + b"next request")
    answer = content.http.put(
        presign(content).url, input_stream=stream, environ_overrides={"CONTENT_LENGTH": str(len(BODY))}, buffered=True
    )
    assert answer.status_code == 201
    assert stream.read() == b"next request"


def test_a_full_disk_is_said_and_nothing_is_stored(tmp_path: Path) -> None:
    content = open_content(tmp_path, limits=Limits(free_disk_fraction=0.0))
    put = presign(content)
    content.server.database.close()
    full = open_content(tmp_path, limits=Limits(free_disk_fraction=1.0))
    answer = full.send(put, BODY)
    assert answer.status_code == 507
    assert code_of(answer) == "store-full"
    assert stored_files(full) == []
    with pytest.raises(StoreFullError):
        full.server.store.put(KEY, io.BytesIO(b"x"))
    full.server.database.close()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("bytes=0-9", 206),
        ("bytes=-0", 200),
        ("bytes=50000-", 416),
        ("bytes=99999999999999999999-", 416),
        ("bytes=9-0", 200),
        ("bytes=0-1,5-6", 200),
        ("bytes=a-b", 200),
        ("lines=0-1", 200),
        ("bytes=" + "0-1," * 20_000, 200),
        ("bytes=\u0660-\u0661".encode().decode("latin-1"), 200),
    ],
    ids=lambda value: str(value)[:24],
)
def test_ranges_are_kept_or_ignored(content: Content, header: str, status: int) -> None:
    content.server.store.put(KEY, io.BytesIO(BODY))
    signed = content.server.store.presign_get(KEY, expires_in_s=60)
    answer = content.get(signed, {"Range": header})
    assert answer.status_code == status
    if status == 200:
        assert answer.data == BODY


def test_a_range_of_another_object_gets_the_whole(content: Content) -> None:
    content.server.store.put(KEY, io.BytesIO(BODY))
    signed = content.server.store.presign_get(KEY, expires_in_s=60)
    etag = content.get(signed).headers["ETag"]
    assert content.get(signed, {"Range": "bytes=0-9", "If-Range": etag}).data == BODY[:10]
    assert content.get(signed, {"Range": "bytes=0-9", "If-Range": '"other"'}).data == BODY


def test_head_tells_the_size_and_sends_nothing(content: Content) -> None:
    content.server.store.put(KEY, io.BytesIO(BODY))
    answer = content.http.head(content.server.store.presign_get(KEY, expires_in_s=60).url)
    assert answer.status_code == 200
    assert answer.content_length == len(BODY)
    assert answer.data == b""


@pytest.mark.parametrize(
    ("content_type", "disposition"),
    [
        ("application/octet-stream", "attachment"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/pdf", "attachment"),
        ("image/png", "inline"),
        ("video/mp4", "inline"),
    ],
)
def test_a_browser_shows_only_what_runs_no_scripts(content: Content, content_type: str, disposition: str) -> None:
    content.server.store.put(KEY, io.BytesIO(BODY))
    signed = content.server.store.presign_get(KEY, expires_in_s=60, content_type=content_type)
    headers = content.get(signed).headers
    assert headers["Content-Type"] == content_type
    assert headers["Content-Disposition"] == disposition
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_what_has_a_name_is_saved_under_it(content: Content) -> None:
    content.server.store.put(KEY, io.BytesIO(BODY))
    name = 'räk\r\nSet-Cookie: "x".png'
    signed = content.server.store.presign_get(KEY, expires_in_s=60, content_type="image/png", filename=name)
    headers = content.get(signed).headers
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert headers["Content-Disposition"].endswith(f"; filename*=UTF-8''{quote(name, safe='')}")
    assert "Set-Cookie" not in headers


def test_the_type_and_name_are_signed(content: Content) -> None:
    content.server.store.put(KEY, io.BytesIO(BODY))
    url = content.server.store.presign_get(KEY, expires_in_s=60).url
    for change in ({"type": "text/html"}, {"name": "invoice.exe"}):
        tampered = f"{urlsplit(url).path}?{urlencode(fields_of(url) | change)}"
        assert content.http.get(tampered).status_code == 403


def test_huge_headers_and_queries_do_no_harm(content: Content) -> None:
    url = presign(content).url
    assert content.http.put(url + "&x=" + "y" * 100_000, data=BODY, headers={"X-Long": "z" * 100_000}).status_code in {
        201,
        414,
        431,
    }


def test_unfinished_files_of_a_killed_server_are_cleared_away_after_a_day(content: Content) -> None:
    store = content.server.store
    assert isinstance(store, DirectoryStore)
    left = content.server.config.data / "objects" / ".unfinished" / "left"
    left.write_bytes(b"half")
    store.check()
    assert left.exists()
    content.clock.ms = int(left.stat().st_mtime * 1_000) + 25 * 3600 * 1_000
    store.check()
    assert not left.exists()


def test_other_methods_are_not_taken(content: Content) -> None:
    url = presign(content).url
    for method in ("POST", "DELETE", "PATCH"):
        assert content.http.open(url, method=method).status_code == 405


def test_a_body_that_comes_with_an_expired_address_is_read_to_its_end(content: Content) -> None:
    put = presign(content)
    content.clock.advance(61)
    stream = Connection(BODY)
    answer = content.http.put(put.url, input_stream=stream, environ_overrides={"CONTENT_LENGTH": str(len(BODY))})
    assert (answer.status_code, code_of(answer)) == (403, "url-invalid")
    assert stream.read() == b""


def test_an_object_that_the_disk_does_not_give_back_is_no_mistake_of_the_server(content: Content) -> None:
    """As after a fault of the disk, or of the rights to a file; here by a folder in the object's place."""
    (content.server.config.data / "objects" / KEY).mkdir(parents=True)
    get = content.server.store.presign_get(KEY, expires_in_s=60)
    answer = content.http.get(get.url)
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")
    with pytest.raises(UnavailableError):
        content.server.store.read_range(KEY, 0, 1)
    with pytest.raises(UnavailableError):
        content.server.store.delete(KEY)
    (content.server.config.data / "objects" / "published").write_text("no folder")
    with pytest.raises(UnavailableError):
        list(content.server.store.list("published/"))


def test_a_store_whose_folder_is_gone_is_unavailable(content: Content) -> None:
    put = presign(content)
    objects = content.server.config.data / "objects"
    objects.rename(objects.with_name("elsewhere"))
    answer = content.send(put, BODY)
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")


def test_uploads_that_are_on_their_way_together_leave_the_disk_its_free_part(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is room for one of them."""
    size = len(BODY)
    usage = shutil.disk_usage(content.server.config.data)._replace(total=100 * size, free=6 * size + 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    store = content.server.store
    assert isinstance(store, DirectoryStore)
    receive = store.receive
    crc32c = google_crc32c.value(BODY).to_bytes(4, "big")
    first, second = PutGrant(KEY, size, crc32c), PutGrant(KEY.replace("b", "d"), size, crc32c)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            with pytest.raises(StoreFullError):
                receive(second, io.BytesIO(BODY))
            return super().read(size)

    receive(first, Slow(BODY))
    receive(second, io.BytesIO(BODY))
    assert len(stored_files(content)) == 2
