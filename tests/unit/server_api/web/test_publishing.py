"""Shared files as one object in the store: when they come to be, who is sent to them, and when they are gone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask.testing import FlaskClient
from sqlalchemy import select, update

from server_api.app import create_app
from server_api.contract.shares import EditShare, Share
from server_api.domain.nodes import Node
from server_api.errors import UnavailableError
from server_api.services.accounts import disable
from server_api.services.collection import collect
from server_api.services.publishing import publish_due
from server_api.services.server import Server
from server_api.storage import stores
from server_api.storage.cdn import Cdn
from server_api.storage.tables import published, share
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import close_server, make_server
from tests.fixtures.sharing import Owner, follow, get, objects, path_of, work

WHOLE = bytes(range(256)) * 1_200


@pytest.fixture(autouse=True)
def small_files_too(server: Server) -> None:
    allow(server, publish_from_bytes=1)


def allow(server: Server, **limits: Any) -> None:
    server.config = replace(server.config, limits=replace(server.config.limits, **limits))


def put(owner: Owner, path: str, whole: bytes = WHOLE) -> Node:
    size = 64 * 1024  # as the log's fixture cuts
    return owner.put(path, *(whole[at : at + size] for at in range(0, len(whole), size)))


def publish(owner: Owner, visitor: FlaskClient, share: Share, rest: str = "/download") -> str:
    """Have what the link leads to published; its key."""
    before = set(objects(owner.log.server))
    assert get(visitor, share, rest).status_code == 200
    work(owner.log.server)
    (key,) = set(objects(owner.log.server)) - before
    return key


@pytest.mark.every_database
@pytest.mark.scenario("S165")
def test_the_first_visitor_is_streamed_to_and_the_next_are_sent_to_the_store(
    owner: Owner, visitor: FlaskClient, server: Server
) -> None:
    name = 'M\u00fcnchen "\u65e5\u672c" 50%.pdf'
    put(owner, name)
    share = owner.share(name)
    assert objects(server) == []
    assert get(visitor, share, "/download").data == WHOLE
    assert get(visitor, share, "/download").status_code == 200, "until it is there"
    work(server)
    (key,) = objects(server)
    assert len(key.removeprefix("published/")) == 32
    sent = get(visitor, share, "/download")
    assert (sent.headers["Cache-Control"], sent.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    status, headers, data = follow(visitor, sent)
    assert (status, data == WHOLE) == (200, True)
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"M?nchen _??_ 50_.pdf\"; filename*=UTF-8''"
        "M%C3%BCnchen%20%22%E6%97%A5%E6%9C%AC%22%2050%25.pdf"
    )
    assert owner.shares()[0].downloads == 3


def test_with_a_content_network_visitors_are_sent_there(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    put(owner, "film.mp4")
    share = owner.share("film.mp4")
    key = publish(owner, visitor, share)
    server.cdn = Cdn("https://cdn.example.org/lockstep", "K1", generate_private_key(65537, 2048), clock)
    sent = get(visitor, share, "/download")
    assert (sent.status_code, sent.headers["Cache-Control"]) == (302, "no-store")
    assert sent.headers["Location"].startswith(
        f"https://cdn.example.org/lockstep/{key}?response-content-type=video%2Fmp4"
    )
    assert f"&Expires={clock.now_ms() // 1000 + server.config.limits.get_url_s}&" in sent.headers["Location"]


@pytest.mark.scenario("S165")
def test_later_ranges_of_what_was_counted_are_free_from_the_store_too(owner: Owner, visitor: FlaskClient) -> None:
    put(owner, "a.bin")
    share = owner.share("a.bin", limit=4)
    publish(owner, visitor, share)
    for asked, part, downloads in (
        ("bytes=0-9", WHOLE[:10], 2),
        ("bytes=10-19", WHOLE[10:20], 2),
        ("bytes=-5", WHOLE[-5:], 2),
        ("bytes=0-", WHOLE, 3),
    ):
        sent = get(visitor, share, "/download", headers={"Range": asked})
        status, headers, data = follow(visitor, sent, Range=asked)
        assert (status, data == part, headers["Content-Range"].split("/")[1]) == (206, True, str(len(WHOLE)))
        assert owner.shares()[0].downloads == downloads
    head = visitor.head(path_of(share) + "/download")
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(WHOLE)))
    assert owner.shares()[0].downloads == 3
    stranger = create_app(owner.log.server).test_client()
    assert get(stranger, share, "/download", headers={"Range": "bytes=10-"}).status_code == 302
    assert owner.shares()[0].downloads == 4
    assert get(stranger, share, "/download").status_code == 410
    assert get(visitor, share, "/download", headers={"Range": "bytes=10-"}).status_code == 302


def test_who_was_streamed_to_goes_on_with_the_same_bytes(owner: Owner, visitor: FlaskClient) -> None:
    put(owner, "a.bin")
    share = owner.share("a.bin")
    tag = get(visitor, share, "/download").headers["ETag"]
    work(owner.log.server)
    again = get(visitor, share, "/download", headers={"Range": "bytes=100-", "If-Range": tag})
    assert (again.status_code, again.data == WHOLE[100:]) == (206, True)
    theirs = follow(visitor, get(visitor, share, "/download"))[1]["ETag"]
    asked = {"Range": "bytes=100-", "If-Range": theirs}
    assert follow(visitor, get(visitor, share, "/download", headers=asked), **asked)[2] == WHOLE[100:]
    assert owner.shares()[0].downloads == 2


@pytest.mark.every_database
@pytest.mark.scenario("S165")
def test_a_limit_is_exact_however_many_are_sent_to_the_store_at_once(
    owner: Owner, visitor: FlaskClient, server: Server
) -> None:
    put(owner, "a.bin")
    share = owner.share("a.bin", limit=4)
    publish(owner, visitor, share)
    app = create_app(server)  # Python 3.11 cannot compile its routes in several threads at once

    def come(_: int) -> int:
        return get(app.test_client(), share, "/download").status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(come, range(8))) == [302] * 3 + [410] * 5
    assert owner.shares()[0].downloads == 4


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("page.html", "application/octet-stream"),
        ("drawing.svg", "application/octet-stream"),
        ("feed.xml", "application/octet-stream"),
        ("script.js", "application/octet-stream"),
        ("photo.JPG", "image/jpeg"),
        ("noextension", "application/octet-stream"),
    ],
)
def test_nothing_is_sent_as_what_a_browser_would_run(owner: Owner, visitor: FlaskClient, name: str, type_: str) -> None:
    put(owner, name, b"<script>alert(1)</script>")
    share = owner.share(name)
    streamed = get(visitor, share, "/download")
    work(owner.log.server)
    _, stored, _ = follow(visitor, get(visitor, share, "/download"))
    for headers in (streamed.headers, stored):
        assert headers["Content-Type"] == type_
        assert headers["Content-Disposition"].startswith("attachment")


def test_one_file_of_a_shared_folder_is_published_by_itself(owner: Owner, visitor: FlaskClient, server: Server) -> None:
    owner.log.folder("album")
    put(owner, "album/a.bin")
    put(owner, "album/b.bin", b"b")
    share = owner.share("album")
    publish(owner, visitor, share, "/download?path=a.bin")
    assert get(visitor, share, "/download?path=a.bin").status_code == 302
    assert get(visitor, share, "/download?path=b.bin").status_code == 200


# --- when it is over -------------------------------------------------------------------------------------------------


def patch(owner: Owner, share: Share, **fields: Any) -> None:
    response = owner.api.send("PATCH", f"/v1/shares/{UUID(bytes=share.share_id)}", EditShare(**fields))
    assert response.status_code == 200, response.text


@pytest.mark.every_database
@pytest.mark.scenario("S165")
def test_a_withdrawn_link_is_refused_at_once_also_by_an_address_that_was_signed_already(
    owner: Owner, visitor: FlaskClient, server: Server
) -> None:
    put(owner, "a.bin")
    share = owner.share("a.bin")
    publish(owner, visitor, share)
    signed = get(visitor, share, "/download")
    assert follow(visitor, signed)[0] == 200
    owner.withdraw(share)
    assert follow(visitor, signed)[0] == 404, "no worker has run"
    assert get(visitor, share, "/download").status_code == 410
    assert objects(server) == []


@pytest.mark.parametrize("fields", [{"password": "another"}, {"paused": True}], ids=["password", "paused"])
def test_a_new_password_or_a_pause_takes_back_what_was_signed(
    owner: Owner, visitor: FlaskClient, fields: dict[str, Any]
) -> None:
    put(owner, "a.bin")
    share = owner.share("a.bin")
    publish(owner, visitor, share)
    signed = get(visitor, share, "/download")
    patch(owner, share, **fields)
    assert follow(visitor, signed)[0] == 404


def _delete(owner: Owner, node: Node, clock: FakeClock) -> None:
    owner.log.delete(owner.log.by_id(node.node_id))


def _delete_folder(owner: Owner, node: Node, clock: FakeClock) -> None:
    owner.log.delete(owner.log.at("album"))


def _overwrite(owner: Owner, node: Node, clock: FakeClock) -> None:
    owner.sender.upload([b"new"])
    owner.log.write(owner.log.by_id(node.node_id), b"new")


def _move_out(owner: Owner, node: Node, clock: FakeClock) -> None:
    owner.log.move(owner.log.by_id(node.node_id), "elsewhere.bin")


def _expire(owner: Owner, node: Node, clock: FakeClock) -> None:
    clock.advance(3601)


def _disable(owner: Owner, node: Node, clock: FakeClock) -> None:
    disable(owner.log.server, "ada@example.org")


def _suspend(owner: Owner, node: Node, clock: FakeClock) -> None:
    with owner.log.server.database.write() as transaction:
        transaction.connection.execute(update(share).values(is_suspended=True))


def _leave_unused(owner: Owner, node: Node, clock: FakeClock) -> None:
    with owner.log.server.database.write() as transaction:
        transaction.connection.execute(update(share).values(expires_at=None))
    clock.advance(25 * 3600)


@pytest.mark.scenario("S165")
@pytest.mark.parametrize(
    "end",
    [_delete, _delete_folder, _overwrite, _move_out, _expire, _disable, _suspend, _leave_unused],
    ids=lambda end: end.__name__.strip("_"),
)
def test_a_worker_deletes_what_nobody_may_read_any_more(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock, end: Callable[[Owner, Node, FakeClock], None]
) -> None:
    owner.log.folder("album")
    node = put(owner, "album/a.bin")
    link = owner.share("album", expires_at=clock.now_ms() + 3_600_000)
    publish(owner, visitor, link, "/download?path=a.bin")
    clock.advance(3)
    work(server)
    assert len(objects(server)) == 1
    end(owner, node, clock)
    clock.advance(3)
    work(server)
    assert objects(server) == []
    with server.database.read() as connection:
        assert connection.execute(select(published)).all() == []


def test_a_change_elsewhere_leaves_it_alone(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    node = put(owner, "a.bin")
    link = owner.share("a.bin")
    publish(owner, visitor, link)
    put(owner, "other", b"x")
    owner.log.move(owner.log.by_id(node.node_id), "renamed.txt")
    clock.advance(3)
    work(server)
    _, headers, data = follow(visitor, get(visitor, link, "/download"))
    assert (data == WHOLE, headers["Content-Type"]) == (True, "text/plain; charset=utf-8")
    assert "renamed.txt" in headers["Content-Disposition"]


def test_a_pinned_link_goes_on_with_its_version(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    node = put(owner, "a.bin")
    link = owner.share("a.bin", pinned=True)
    publish(owner, visitor, link)
    _overwrite(owner, node, clock)
    clock.advance(3)
    work(server)
    assert follow(visitor, get(visitor, link, "/download"))[2] == WHOLE


def test_it_is_gone_before_the_buckets_own_rule_comes(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    put(owner, "a.bin")
    link = owner.share("a.bin")
    publish(owner, visitor, link)
    for _ in range(4):
        clock.advance(20 * 3600)
        assert get(visitor, link, "/download").status_code in {200, 302}
        publish_due(server)
    assert get(visitor, link, "/download").status_code == 200


# --- bounds ----------------------------------------------------------------------------------------------------------


def _come(owner: Owner, visitor: FlaskClient, server: Server, link: Share) -> int:
    status = get(visitor, link, "/download").status_code
    work(server)
    return status


def test_they_are_bounded_in_number_and_bytes_and_the_longest_unused_goes_first(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    allow(server, published_most=2, published_bytes=20_000)
    links = []
    for number in range(3):
        put(owner, str(number), bytes([number]) * 8_000)
        links.append(owner.share(str(number)))
    first, second, third = links
    assert [_come(owner, visitor, server, link) for link in (first, second, third)] == [200, 200, 200]
    assert len(objects(server)) == 2, "the others were asked for just now"
    clock.advance(600)
    assert get(visitor, first, "/download").status_code == 302
    assert _come(owner, visitor, server, third) == 200
    assert len(objects(server)) == 2
    assert [get(visitor, link, "/download").status_code for link in links] == [302, 200, 302]


def test_what_would_take_up_too_much_or_is_small_is_streamed(
    owner: Owner, visitor: FlaskClient, server: Server
) -> None:
    allow(server, publish_from_bytes=1_000, published_bytes=100_000)
    for name, size in (("small", 999), ("large", 50_001), ("right", 50_000)):
        put(owner, name, b"x" * size)
        get(visitor, owner.share(name), "/download")
    work(server)
    assert len(objects(server)) == 1


def test_the_last_download_that_there_may_be_publishes_nothing(
    owner: Owner, visitor: FlaskClient, server: Server
) -> None:
    put(owner, "a.bin")
    assert _come(owner, visitor, server, owner.share("a.bin", limit=1)) == 200
    assert objects(server) == []


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.fixture
def other_worker(server: Server, clock: FakeClock, tmp_path: Path) -> Iterator[Server]:
    """Another process on the same database and store."""
    made = make_server(tmp_path / "server", clock=clock)
    made.config = server.config
    yield made
    close_server(made)


def _begin(server: Server) -> None:
    """A worker claims one and has written some of it when the time of its turn is over."""
    reading, ticks = server.clock.monotonic, iter(range(10))
    server.clock.monotonic = lambda: reading() + 10 * next(ticks)  # type: ignore[method-assign]
    try:
        assert publish_due(server)
    finally:
        server.clock.monotonic = reading  # type: ignore[method-assign]
    assert server.publishing is not None


@pytest.mark.every_database
def test_a_worker_that_dies_leaves_nothing_for_good(
    owner: Owner, visitor: FlaskClient, server: Server, other_worker: Server, clock: FakeClock
) -> None:
    put(owner, "a.bin")
    link = owner.share("a.bin")
    get(visitor, link, "/download")
    _begin(server)
    dead, server.publishing = server.publishing, None
    work(other_worker)
    assert get(visitor, link, "/download").status_code == 200, "it is still believed to be at work"
    clock.advance(200)
    work(other_worker)
    assert _unfinished(server) == 0
    assert get(visitor, link, "/download").status_code == 200
    work(other_worker)
    (key,) = objects(server)
    # It was not dead, only slow: what it built is not its any more.
    assert dead is not None
    for _ in dead:
        pass
    assert objects(server) == [key]
    assert follow(visitor, get(visitor, link, "/download"))[2] == WHOLE


def _unfinished(server: Server) -> int:
    folder = Path(server.config.data) / "objects" / ".unfinished"
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


@pytest.mark.every_database
def test_two_workers_build_each_file_once(
    owner: Owner, visitor: FlaskClient, server: Server, other_worker: Server
) -> None:
    links = []
    for number in range(6):
        put(owner, str(number), bytes([number]) * 5_000)
        links.append(owner.share(str(number)))
        get(visitor, links[-1], "/download")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (server, other_worker)))
    work(server)
    assert len(objects(server)) == 6
    assert all(get(visitor, link, "/download").status_code == 302 for link in links)


def test_a_link_that_ends_while_its_file_is_assembled_leaves_nothing(
    owner: Owner, visitor: FlaskClient, server: Server
) -> None:
    put(owner, "a.bin")
    link = owner.share("a.bin")
    get(visitor, link, "/download")
    _begin(server)
    owner.withdraw(link)
    work(server)
    assert (objects(server), _unfinished(server)) == ([], 0)


def test_a_store_that_fails_is_no_harm_to_visitors(
    owner: Owner, visitor: FlaskClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(owner, "a.bin")
    link = owner.share("a.bin")
    get(visitor, link, "/download")

    def fail(*_: object) -> Any:
        raise UnavailableError

    with monkeypatch.context() as failing:
        failing.setattr(server.store, "begin", fail)
        with pytest.raises(UnavailableError):
            publish_due(server)
    work(server)
    assert objects(server) == []
    assert _come(owner, visitor, server, link) == 200
    assert get(visitor, link, "/download").status_code == 302


def test_what_cannot_be_read_is_not_published(owner: Owner, visitor: FlaskClient, server: Server) -> None:
    put(owner, "a.bin", b"a" * 5_000)
    link = owner.share("a.bin")
    get(visitor, link, "/download")
    for found in list(server.store.list("packs/")):
        server.store.delete(found.key)
    work(server)
    assert (objects(server), _unfinished(server)) == ([], 0)


@pytest.mark.every_database
def test_collection_finds_what_no_link_has_and_what_the_store_has_lost(
    owner: Owner, visitor: FlaskClient, server: Server, clock: FakeClock
) -> None:
    put(owner, "a.bin")
    link = owner.share("a.bin")
    key = publish(owner, visitor, link)
    litter = stores.published_key(bytes(16))
    server.store.put(litter, io.BytesIO(b"of a worker that died"))
    collect(server)
    clock.advance(25 * 3600)
    get(visitor, link, "/download")
    collect(server)
    assert objects(server) == [key]
    server.store.delete(key)
    collect(server)
    assert get(visitor, link, "/download").status_code == 200


def test_it_lives_through_whatever_rewrites_the_packs(owner: Owner, visitor: FlaskClient, server: Server) -> None:
    put(owner, "a.bin")
    link = owner.share("a.bin")
    publish(owner, visitor, link)
    for found in list(server.store.list("packs/")):
        server.store.delete(found.key)
    assert follow(visitor, get(visitor, link, "/download"))[2] == WHOLE
