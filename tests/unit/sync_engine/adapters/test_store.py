"""The store's adapter against a real HTTP server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from itertools import pairwise
from time import monotonic

import pytest

from server_api.contract.messages import SignedRequest
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.store import HttpStore
from sync_engine.errors import (
    CorruptTransfer,
    EngineError,
    ObjectGone,
    RateLimited,
    Refused,
    SetupError,
    Unreachable,
    UrlExpired,
)
from tests.fakes.web import Reply, Seen, Web, serve

BODY = [b"first part, ", b"second part " * 100_000, b"the end"]
WHOLE = b"".join(BODY)


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def client() -> Iterator[HttpClient]:
    client = HttpClient()
    yield client
    client.close()


@pytest.fixture
def store(client: HttpClient, web: Web) -> HttpStore:
    return HttpStore(client, web.url)


def signed(url: str = "/v1/store/packs/ab?signature=s", **headers: str) -> SignedRequest:
    return SignedRequest(url=url, headers=headers, expires_in_s=300)


def ranged(seen: Seen) -> Reply:
    """An honest store."""
    first, last = map(int, seen.headers["Range"].removeprefix("bytes=").split("-"))
    part = WHOLE[first : last + 1]
    return Reply(206, {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(WHOLE)}"}, part)


def test_a_put_sends_the_parts_as_one_body_with_exactly_the_signed_headers(store: HttpStore, web: Web) -> None:
    store.put(signed(**{"x-amz-checksum-crc32c": "abcd", "If-None-Match": "*"}), BODY, len(WHOLE))
    (seen,) = web.seen
    assert (seen.method, seen.path) == ("PUT", "/v1/store/packs/ab?signature=s")
    assert seen.body == WHOLE
    assert set(seen.headers) == {
        "Host", "Content-Length", "User-Agent", "x-amz-checksum-crc32c", "If-None-Match", "Accept-Encoding",
    }  # fmt: skip
    assert seen.headers["Content-Length"] == str(len(WHOLE))
    assert store.counts.uploaded_bytes == len(WHOLE)
    assert store.counts.upload_requests == 1


def test_a_get_asks_for_exactly_its_bytes(store: HttpStore, web: Web) -> None:
    web.answer = ranged
    assert b"".join(store.get(signed(), 5, 1_150_000)) == WHOLE[5:1_150_005]
    assert web.seen[0].headers["Range"] == "bytes=5-1150004"
    assert "Authorization" not in web.seen[0].headers
    assert store.counts.downloaded_bytes == 1_150_000


def test_a_connection_serves_again(store: HttpStore, web: Web) -> None:
    web.answer = ranged
    for start in range(5):
        assert b"".join(store.get(signed(), start, 100)) == WHOLE[start : start + 100]
    assert web.connections == 1


def test_a_get_that_is_left_early_leaves_no_connection_behind(store: HttpStore, web: Web) -> None:
    web.answer = ranged
    next(store.get(signed(), 0, len(WHOLE)))
    assert b"".join(store.get(signed(), 0, 10)) == WHOLE[:10]


@pytest.mark.parametrize(
    "url", ["http://[", "file:///etc/passwd", "http://127.0.0.1:99999/", "http://elsewhere/", "//["]
)
def test_an_address_that_is_none_is_refused(store: HttpStore, web: Web, url: str) -> None:
    with pytest.raises(Refused):
        next(store.get(signed(url), 0, 5))
    with pytest.raises(Refused):
        store.put(signed(url), [b"x"], 1)
    assert web.seen == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Meta-A", "a\r\nHost: elsewhere"), ("X-Amz-Meta-A", "\u20ac"), ("X-Amz-Meta-A", "a" * 10_000),
        ("b\r\nc", "x"),
        ("Host", "elsewhere"), ("Transfer-Encoding", "chunked"), ("Content-Length", "5"), ("Range", "bytes=0-1"),
        ("Authorization", "Basic x"), ("Connection", "upgrade"),
    ],
)  # fmt: skip
def test_no_server_decides_who_is_spoken_to_and_how(store: HttpStore, web: Web, name: str, value: str) -> None:
    with pytest.raises(Refused):
        next(store.get(signed(**{name: value}), 0, 5))
    with pytest.raises(Refused):
        store.put(signed(**{name: value}), [b"x"], 1)
    assert web.seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_server_elsewhere_has_nothing_sent_to_services_of_this_device(
    client: HttpClient, web: Web, host: str
) -> None:
    store = HttpStore(client, "https://files.example.org")
    with pytest.raises(Refused):
        store.put(signed(web.url.replace("127.0.0.1", host)), [b"x"], 1)
    assert web.seen == []


@pytest.mark.parametrize("status", [200, 201, 204, 412])
def test_what_is_stored_or_was_before_is_success(store: HttpStore, web: Web, status: int) -> None:
    web.answer = lambda _seen: Reply(status)
    store.put(signed(), [b"x"], 1)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, CorruptTransfer), (403, UrlExpired), (409, Unreachable), (429, RateLimited), (500, Unreachable),
        (502, Unreachable), (503, RateLimited), (504, Unreachable), (507, Refused), (301, Refused), (418, Refused),
    ],
)  # fmt: skip
def test_a_put_that_fails_says_why(store: HttpStore, web: Web, status: int, error: type[EngineError]) -> None:
    web.answer = lambda _seen: Reply(status, {"Retry-After": "17", "Location": web.url + "/elsewhere"}, b"<Error/>")
    with pytest.raises(error) as raised:
        store.put(signed(), [b"x"], 1)
    assert len(web.seen) == 1, "redirects are not followed, nothing is repeated"
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after_s == 17


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, UrlExpired), (404, ObjectGone), (410, ObjectGone), (416, ObjectGone), (503, RateLimited), (302, Refused)],
)
def test_a_get_that_fails_says_why(store: HttpStore, web: Web, status: int, error: type[EngineError]) -> None:
    web.answer = lambda _seen: Reply(status, {"Location": web.url + "/elsewhere"}, b"no")
    with pytest.raises(error):
        list(store.get(signed(), 0, 10))
    assert len(web.seen) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {}, WHOLE),
        Reply(206, {"Content-Range": "bytes 6-15/100"}, WHOLE[6:16]),
        Reply(206, {"Content-Range": "bytes 5-13/100"}, WHOLE[5:14]),
        Reply(206, {}, WHOLE[5:15]),
        Reply(206, {"Content-Range": "bytes 5-14/100"}, WHOLE[5:14]),
        Reply(206, {"Content-Range": "bytes 5-14/100"}, WHOLE[5:17]),
        Reply(206, {"Content-Range": "bytes 5-14/100", "Content-Encoding": "gzip"}, WHOLE[5:15]),
        Reply(206, {"Content-Range": "bytes 5-14/100"}, WHOLE[5:12], omits_length=True),
        Reply(206, {"Content-Range": "bytes 5-14/100"}, WHOLE[5:500], omits_length=True),
    ],
)
def test_other_bytes_than_those_asked_for_are_refused(store: HttpStore, web: Web, reply: Reply) -> None:
    web.answer = lambda _seen: reply
    with pytest.raises(CorruptTransfer):
        list(store.get(signed(), 5, 10))


def test_an_answer_that_breaks_off_is_a_loss(store: HttpStore, web: Web) -> None:
    web.answer = lambda _seen: Reply(206, {"Content-Range": "bytes 0-99/100"}, WHOLE[:100], cut=50)
    with pytest.raises(Unreachable):
        list(store.get(signed(), 0, 100))


def test_the_whole_object_may_come_without_a_range(store: HttpStore, web: Web) -> None:
    web.answer = lambda _seen: Reply(200, {}, WHOLE)
    assert b"".join(store.get(signed(), 0, len(WHOLE))) == WHOLE


def test_a_store_that_is_not_there_is_unreachable(client: HttpClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = HttpStore(client, f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(Unreachable):
            store.put(signed(), [b"x"], 1)


def test_a_store_beyond_this_machine_needs_encryption(store: HttpStore) -> None:
    with pytest.raises(Refused):
        store.put(signed("http://192.0.2.1/pack"), [b"x"], 1)
    with pytest.raises(Refused):
        list(store.get(signed("file:///etc/passwd"), 0, 1))


def test_plain_http_is_for_loopback_unless_allowed(client: HttpClient) -> None:
    client.check_address("http://127.0.0.1:8700")
    client.check_address("http://[::1]:8700")
    client.check_address("http://localhost")
    client.check_address("https://example.org")
    for address in ("http://example.org", "http://127.0.0.1.example.org", "ftp://example.org", "example.org"):
        with pytest.raises(SetupError):
            client.check_address(address)
    HttpClient(insecure_http=True).check_address("http://example.org")


def test_errors_do_not_tell_the_signed_address(client: HttpClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = HttpStore(client, f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(Unreachable) as raised:
            store.put(signed("/pack?signature=secret"), [b"x"], 1)
    assert "secret" not in str(raised.value)


def test_an_interruption_ends_a_transfer_at_once_and_the_next_one_goes(store: HttpStore, web: Web) -> None:
    arrived = threading.Event()

    def hang(seen: Seen) -> Reply:
        arrived.set()
        web.release.wait(60)
        return Reply()

    web.answer = hang
    errors: list[Exception] = []

    def put() -> None:
        try:
            store.put(signed(), [b"x"], 1)
        except Unreachable as error:
            errors.append(error)

    thread = threading.Thread(target=put)
    thread.start()
    assert arrived.wait(60)
    store.interrupt()
    thread.join(40)
    assert not thread.is_alive(), "it waits for the answer"
    assert len(errors) == 1

    web.answer = lambda _seen: Reply()
    store.put(signed(), [b"x"], 1)


def test_limits_are_asked_before_bytes_move(client: HttpClient, web: Web) -> None:
    up: list[int] = []
    down: list[int] = []
    store = HttpStore(client, web.url, take_up=up.append, take_down=down.append)
    store.put(signed(), BODY, len(WHOLE))
    web.answer = ranged
    list(store.get(signed(), 0, 1_000_000))
    assert sum(up) == len(WHOLE)
    assert sum(down) == 1_000_000
    assert max(up + down) <= 8 * 1024


def test_on_a_slow_line_what_came_is_told_while_more_comes(store: HttpStore, web: Web) -> None:
    """Pieces become as small as the line is slow, and large on a fast one."""
    whole = bytes(WHOLE[:1] * 3_000_000)
    web.answer = lambda _seen: Reply(206, {"Content-Range": "bytes 0-2999999/3000000"}, whole, bytes_a_second=400_000)
    began = monotonic()
    came: list[tuple[float, int]] = []
    for piece in store.get(signed(), 0, len(whole)):
        came.append((monotonic() - began, len(piece)))
        if sum(size for _, size in came) > 600_000:
            break
    assert max(after - before for (before, _), (after, _) in pairwise(came)) < 1
    web.answer = lambda _seen: Reply(206, {"Content-Range": "bytes 0-2999999/3000000"}, whole)
    assert len(list(store.get(signed(), 0, len(whole)))) < 10
