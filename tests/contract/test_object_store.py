"""What every object store does, the fake and the real ones."""

from __future__ import annotations

import hashlib
import io
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c
import pytest
import requests

from server_api.contract.messages import SignedRequest
from server_api.domain.media import attachment
from server_api.errors import AlreadyStoredError
from server_api.storage.stores import ObjectMissingError, ObjectStore, open_for_reading, open_store
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore
from tests.fixtures.content import open_content
from tests.fixtures.s3 import S3Server, set_credentials

BODY = secrets.token_bytes(70_000)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Place:
    """A store with the world in which its URLs work."""

    store: ObjectStore
    request: Callable[[str, str, bytes, dict[str, str]], Answer]
    let_expire: Callable[[], None]

    def put(self, signed: SignedRequest, body: bytes, **headers: str) -> int:
        return self.request("PUT", signed.url, body, signed.headers | headers).status

    def get(self, signed: SignedRequest, **headers: str) -> Answer:
        return self.request("GET", signed.url, b"", signed.headers | headers)

    def presign(self, key: str, body: bytes = BODY, expires_in_s: int = 60) -> SignedRequest:
        return self.store.presign_put(
            key,
            size=len(body),
            crc32c=google_crc32c.value(body).to_bytes(4, "big"),
            md5=hashlib.md5(body, usedforsecurity=False).digest(),
            expires_in_s=expires_in_s,
        )


def memory_place() -> Place:
    clock = FakeClock()
    store = MemoryStore(clock)
    return Place(store, lambda *request: Answer(*store.request(*request)), lambda: clock.advance(61))


def directory_place(directory: Path) -> Place:
    content = open_content(directory)
    content.server.database.close()  # the store needs none

    def request(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = content.http.open(url, method=method, data=body or None, headers=headers, buffered=True)
        return Answer(answer.status_code, dict(answer.headers), answer.data)

    return Place(content.server.store, request, lambda: content.clock.advance(61))


def send(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    answer = requests.request(method, url, data=body or None, headers=headers, timeout=60)
    return Answer(answer.status_code, dict(answer.headers), answer.content)


@pytest.fixture(scope="module")
def s3_place(s3_server: S3Server) -> Iterator[Place]:
    """One bucket for all tests: their keys are random."""
    with pytest.MonkeyPatch.context() as environment:
        set_credentials(environment)
        url = s3_server.store_url(s3_server.new_bucket(), "some/prefix")
        store = open_store(url, secret=b"", clock=FakeClock())
        store.check()
        yield Place(store, send, lambda: time.sleep(2.1))  # the service's own clock decides


@pytest.fixture(params=["memory", "directory", pytest.param("s3", marks=[pytest.mark.s3, pytest.mark.timeout(400)])])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "memory":
        return memory_place()
    if request.param == "directory":
        return directory_place(tmp_path)
    found: Place = request.getfixturevalue("s3_place")
    return found


def new_key() -> str:
    return f"packs/{secrets.token_hex(16)}/ab/{secrets.token_hex(16)}"


def test_what_a_signed_put_sent_is_there(place: Place) -> None:
    key = new_key()
    assert place.store.head(key) is None
    assert place.put(place.presign(key), BODY) in {200, 201}
    found = place.store.head(key)
    assert found is not None
    assert (found.key, found.size) == (key, len(BODY))
    assert place.store.read_range(key, 0, len(BODY)) == BODY


def test_a_signed_get_reads_the_whole_and_any_range(place: Place) -> None:
    key = new_key()
    place.store.put(key, io.BytesIO(BODY))
    signed = place.store.presign_get(key, expires_in_s=60)
    whole = place.get(signed)
    assert (whole.status, whole.body) == (200, BODY)
    part = place.get(signed, Range="bytes=100-199")
    assert (part.status, part.body) == (206, BODY[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(BODY)}"
    assert place.get(signed, Range="bytes=69990-").body == BODY[69_990:]
    assert place.get(signed, Range="bytes=-10").body == BODY[-10:]
    assert place.get(signed, Range="bytes=69990-80000").body == BODY[69_990:]
    assert place.get(signed, Range=f"bytes={len(BODY)}-").status == 416


def test_a_signed_get_of_nothing_is_not_found(place: Place) -> None:
    assert place.get(place.store.presign_get(new_key(), expires_in_s=60)).status == 404


@pytest.mark.parametrize("sent", [BODY[::-1], BODY[:-1] + bytes([BODY[-1] ^ 1])], ids=["reversed", "last byte"])
def test_another_body_is_not_stored(place: Place, sent: bytes) -> None:
    key = new_key()
    assert 400 <= place.put(place.presign(key), sent) < 500
    assert place.store.head(key) is None


@pytest.mark.parametrize("sent", [BODY[:-1], BODY + b"x", b"x"], ids=["shorter", "longer", "tiny"])
def test_another_size_is_not_stored(place: Place, sent: bytes) -> None:
    key = new_key()
    assert 400 <= place.put(place.presign(key), sent) < 500
    assert place.store.head(key) is None


def test_nothing_is_ever_replaced(place: Place) -> None:
    key = new_key()
    signed = place.presign(key)
    assert place.put(signed, BODY) in {200, 201}
    assert place.put(signed, BODY) == 412
    other = BODY[::-1]
    assert place.put(place.presign(key, other), other) == 412
    assert place.store.read_range(key, 0, len(BODY)) == BODY


def test_an_expired_url_is_worth_nothing(place: Place) -> None:
    key, stored = new_key(), new_key()
    place.store.put(stored, io.BytesIO(BODY))
    put, get = place.presign(key, expires_in_s=1), place.store.presign_get(stored, expires_in_s=1)
    place.let_expire()
    assert place.put(put, BODY) == 403
    assert place.store.head(key) is None
    assert place.get(get).status == 403


def test_a_forged_url_is_worth_nothing(place: Place) -> None:
    key, other = new_key(), new_key()
    place.store.put(other, io.BytesIO(BODY))
    put, get = place.presign(key).url, place.store.presign_get(other, expires_in_s=60).url
    last = "0" if put[-1] != "0" else "1"
    forged = [put[:-1] + last, put.replace(key, new_key()), put + "0"]
    for url in forged:
        if url != put:
            assert 400 <= place.request("PUT", url, BODY, place.presign(key).headers).status < 500
    assert place.request("PUT", get, BODY, {}).status in {403, 405, 400}
    assert place.request("GET", put, b"", {}).status in {403, 404, 405}
    assert place.request("GET", get[:-1] + ("0" if get[-1] != "0" else "1"), b"", {}).status == 403
    assert place.store.head(key) is None


def test_what_is_put_by_the_server_is_not_replaced_either(place: Place) -> None:
    key = f"meta/snapshots/{secrets.randbelow(10**16):016}"
    place.store.put(key, io.BytesIO(b"first"))
    with pytest.raises(AlreadyStoredError):
        place.store.put(key, io.BytesIO(b"second"))
    assert place.store.read_range(key, 0, 100) == b"first"


def test_reading_stops_at_the_end(place: Place) -> None:
    key = new_key()
    place.store.put(key, io.BytesIO(b"0123456789"))
    assert place.store.read_range(key, 3, 4) == b"3456"
    assert place.store.read_range(key, 8, 100) == b"89"
    assert place.store.read_range(key, 10, 100) == b""
    with pytest.raises(ObjectMissingError):
        place.store.read_range(new_key(), 0, 1)


def test_an_object_reads_like_a_file(place: Place) -> None:
    key = new_key()
    body = secrets.token_bytes(5 * 1024 * 1024)
    place.store.put(key, io.BytesIO(body))
    file = open_for_reading(place.store, key)
    read = [file.read(1_000_000)]
    while read[-1]:
        read.append(file.read(1_000_000))
    assert b"".join(read) == body


@pytest.mark.parametrize("size", [0, 1, 70_000, 17 * 1024 * 1024 + 1])
def test_an_object_that_comes_piece_by_piece_is_there_once_it_is_finished(place: Place, size: int) -> None:
    key = f"published/{secrets.token_hex(16)}"
    body = secrets.token_bytes(size)
    writing = place.store.begin(key, size)
    for start in range(0, size, 1_500_000):
        writing.write(body[start : start + 1_500_000])
        assert place.store.head(key) is None
    writing.finish()
    writing.drop()
    assert place.store.read_range(key, 0, size + 1) == body
    assert place.get(place.store.presign_get(key, expires_in_s=60)).body == body


@pytest.mark.parametrize("size", [70_000, 9 * 1024 * 1024])
def test_what_is_dropped_or_left_behind_unfinished_is_gone(place: Place, size: int) -> None:
    for is_left in (False, True):
        key = f"published/{secrets.token_hex(16)}"
        writing = place.store.begin(key, size)
        writing.write(secrets.token_bytes(size))
        if is_left:
            place.store.abandon(key, writing.handle)
            place.store.abandon(key, writing.handle)
        else:
            writing.drop()
            writing.drop()
        assert place.store.head(key) is None
    place.store.abandon(f"published/{secrets.token_hex(16)}", "../../etc/passwd")


def test_a_download_is_saved_under_its_name_and_shown_as_its_type(place: Place) -> None:
    if isinstance(place.store, MemoryStore):
        return  # it gives out no headers
    key = f"published/{secrets.token_hex(16)}"
    place.store.put(key, io.BytesIO(BODY))
    name = 'M\u00fcnchen "\u65e5\u672c" 50%;x.png'
    signed = place.store.presign_get(key, expires_in_s=60, content_type="image/png", filename=name)
    headers = place.get(signed, Range="bytes=0-9").headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"] == attachment(name)


def test_a_copy_is_another_object_and_replaces_nothing(place: Place) -> None:
    source, target = f"incoming/{secrets.token_hex(16)}", new_key()
    place.store.put(source, io.BytesIO(BODY))
    place.store.copy(source, target)
    assert place.store.read_range(target, 0, len(BODY)) == BODY
    with pytest.raises(AlreadyStoredError):
        place.store.copy(source, target)
    with pytest.raises(ObjectMissingError):
        place.store.copy(f"incoming/{secrets.token_hex(16)}", new_key())


def test_deleting_twice_is_as_good_as_once(place: Place) -> None:
    key = new_key()
    place.store.put(key, io.BytesIO(BODY))
    place.store.delete(key)
    place.store.delete(key)
    assert place.store.head(key) is None


def test_a_listing_has_all_below_a_prefix_in_order(place: Place) -> None:
    space = secrets.token_hex(16)
    keys = sorted(f"packs/{space}/{n % 16:02x}/{secrets.token_hex(16)}" for n in range(30))
    for key in keys:
        place.store.put(key, io.BytesIO(key.encode()))
    place.store.put(new_key(), io.BytesIO(b"another namespace's"))
    assert [found.key for found in place.store.list(f"packs/{space}/")] == keys
    assert {found.size for found in place.store.list(f"packs/{space}/")} == {len(keys[0])}
    assert list(place.store.list(f"meta/log/{secrets.token_hex(16)}/")) == []


@pytest.mark.parametrize(
    "key", ["../etc/passwd", "packs/../../x", "packs//x", "other/x", "packs/x/", "packs/X", "packs/a\n"]
)
def test_no_other_key_reaches_the_store(place: Place, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        place.store.head(key)
    with pytest.raises(ValueError, match="key"):
        place.store.put(key, io.BytesIO(b""))


def test_a_store_that_works_answers(place: Place) -> None:
    place.store.check()
    place.store.ping()


def test_a_store_that_was_closed_is_used_again(place: Place) -> None:
    key = new_key()
    place.store.put(key, io.BytesIO(BODY))
    place.store.close()
    assert place.store.read_range(key, 0, len(BODY)) == BODY


def test_a_store_that_was_checked_holds_nothing_more(place: Place) -> None:
    place.store.check()
    assert list(place.store.list("probe/")) == []
