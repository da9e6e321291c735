"""Transfers on connections over which nothing moves any more: whoever stops them gets their threads back at once."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import pytest

from server_api.contract.messages import SignedRequest
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.store import HttpStore
from sync_engine.adapters.workers import ThreadWorkers
from sync_engine.engine.downloader import Downloader
from sync_engine.engine.transfers import Outside
from sync_engine.engine.uploader import Uploader
from tests.fakes.device import FakeTime
from tests.fakes.web import Reply, Seen, Web, serve
from tests.unit.sync_engine.engine.transferring import MIB, NAMESPACE, Fetching, Sending, noise

SOON_S = 15.0
"""Much less than the minute that a connection may be silent."""
FILES = [f"f{number}" for number in range(4)]


class WiredStore(HttpStore):
    """The fake server's objects by HTTP. Attributes: dead_end, the address where they are put instead, if any."""

    def __init__(self, client: HttpClient, url: str) -> None:
        super().__init__(client, url)
        self.dead_end: str | None = None

    def put(self, request: SignedRequest, body: Iterable[bytes | memoryview], size: int) -> None:
        super().put(SignedRequest(url=f"{self.dead_end or ''}/{request.url}", expires_in_s=300), body, size)

    def get(self, request: SignedRequest, start: int, size: int) -> Iterator[bytes]:
        return super().get(SignedRequest(url=f"/{request.url}", expires_in_s=300), start, size)


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def workers() -> Iterator[ThreadWorkers]:
    workers = ThreadWorkers()
    yield workers
    assert workers.close(SOON_S), "a thread still waits"


@pytest.fixture
def store(web: Web, workers: ThreadWorkers) -> Iterator[WiredStore]:
    client = HttpClient()
    yield WiredStore(client, web.url)
    client.close()


@pytest.fixture
def dead_end() -> Iterator[str]:
    """The address of one who accepts connections and reads nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def fetching(web: Web, store: WiredStore, workers: ThreadWorkers) -> Fetching:
    """Four files in packs of their own of which half a chunk comes, and another that comes whole."""
    world = Fetching()
    for number, name in enumerate([*FILES, "other"]):
        world.publish({name: noise(3 * MIB, number)})
    alive = list(world.store.objects)[-1]

    def answer(seen: Seen) -> Reply:
        url = seen.path.removeprefix("/")
        first, last = map(int, seen.headers["Range"].removeprefix("bytes=").split("-"))
        part = world.store.objects[url][first : last + 1]
        headers = {"Content-Range": f"bytes {first}-{last}/{len(world.store.objects[url])}"}
        return Reply(206, headers, part, stalls=None if url == alive else 100_000)

    web.answer = answer
    outside = Outside(world.files.as_filesystem(), world.remote, store, workers, FakeTime(), lambda: 0.5)
    world.downloader = Downloader(outside, world)
    return world


@pytest.fixture
def sending(web: Web, store: WiredStore, workers: ThreadWorkers) -> Sending:
    world = Sending()

    def answer(seen: Seen) -> Reply:
        world.store.objects[seen.path.removeprefix("/")] = seen.body
        return Reply()

    web.answer = answer
    outside = Outside(world.files.as_filesystem(), world.remote, store, workers, FakeTime(), lambda: 0.5)
    world.uploader = Uploader(outside, NAMESPACE, world)
    return world


def collect_until(workers: ThreadWorkers, is_so: Callable[[], bool], within_s: float = SOON_S) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until, "it takes too long"
        workers.collect(0.02)


def stands_still(count: Callable[[], int]) -> Callable[[], bool]:
    """Whether it has been the same for a while."""
    seen = deque([-1], maxlen=10)

    def look() -> bool:
        seen.append(count())
        return len(set(seen)) == 1

    return look


def test_downloads_that_were_stopped_make_room_for_others(fetching: Fetching, workers: ThreadWorkers, web: Web) -> None:
    fetching.fetch(*FILES)
    collect_until(workers, lambda: web.stalled == 4)
    fetching.fetch("other")
    fetching.downloader.stop([fetching.node_of(name, fetching.contents[name]).node_id for name in FILES])
    collect_until(workers, lambda: "other" in fetching.staged)
    assert fetching.failed == {}


def test_a_download_that_was_not_stopped_goes_on_waiting(fetching: Fetching, workers: ThreadWorkers, web: Web) -> None:
    fetching.fetch(*FILES)
    collect_until(workers, lambda: web.stalled == 4)
    fetching.downloader.stop([fetching.node_of(name, fetching.contents[name]).node_id for name in FILES[1:]])
    collect_until(workers, lambda: len(fetching.downloader._run.errands) == 1)
    time.sleep(0.2)
    assert len(web.seen) == 4, "it began anew"
    fetching.downloader.cancel()


def test_what_is_wanted_in_another_version_makes_room_for_it(
    fetching: Fetching, workers: ThreadWorkers, web: Web
) -> None:
    fetching.fetch(*FILES)
    collect_until(workers, lambda: web.stalled == 4)
    fetching.publish(dict.fromkeys(FILES, fetching.contents["other"]))
    fetching.fetch(*FILES)
    collect_until(workers, lambda: len(fetching.staged) == 4)
    assert fetching.failed == {}


def test_a_pause_frees_those_who_receive(fetching: Fetching, workers: ThreadWorkers, web: Web) -> None:
    fetching.fetch(*FILES)
    collect_until(workers, lambda: web.stalled == 4)
    fetching.downloader.cancel()
    fetching.fetch("other")
    collect_until(workers, lambda: "other" in fetching.staged)
    assert fetching.failed == {}


@pytest.mark.parametrize("how", ["stop", "cancel"])
def test_uploads_that_were_stopped_make_room_for_others(
    sending: Sending, store: WiredStore, workers: ThreadWorkers, dead_end: str, how: str
) -> None:
    store.dead_end = dead_end
    sending.files.contents |= {name: noise(15 * MIB, number) for number, name in enumerate(FILES[:3])}
    sending.offer(*FILES[:3])
    collect_until(workers, lambda: store.counts.upload_requests == 3)
    collect_until(workers, stands_still(lambda: store.counts.uploaded_bytes))
    store.dead_end = None
    if how == "stop":
        sending.uploader.stop([sending.node(name).node_id for name in FILES[:3]])
    else:
        sending.uploader.cancel()
    sending.files.contents["other"] = noise(9 * MIB, 9)
    sending.offer("other")
    collect_until(workers, lambda: bool(sending.prepared))
    assert sending.failed == []
