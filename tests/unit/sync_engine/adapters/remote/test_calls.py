"""What a call to the server is on the wire, and what it comes back with."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest
import zstandard

from server_api.contract import messages
from server_api.contract.history import Entry, Listing, ListRequest
from server_api.contract.messages import MSGPACK, Missing, Waited
from sync_engine.adapters.api import Api
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.remote import HttpRemote
from sync_engine.core.model import Cursor, RevisionId
from sync_engine.errors import SetupError, Unreachable
from tests.fakes.web import Reply, Seen, Web
from tests.unit.sync_engine.adapters.remote.server import EPOCH, NAMESPACE, PATH, FakeServer, told


def test_a_call_speaks_msgpack_as_this_device(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    server.answer = lambda _seen: told(Missing(indices=[1]))
    assert remote.missing([b"a" * 32, b"b" * 32]).indices == [1]
    seen = web.seen[-1]
    assert (seen.method, seen.path) == ("POST", f"{PATH}/chunks/missing")
    assert seen.headers["Authorization"] == "Bearer access-1"
    assert seen.headers["Lockstep-Protocol"] == "1"
    assert seen.headers["Content-Type"] == MSGPACK
    assert msgspec.msgpack.decode(seen.body, type=messages.MissingChunks).chunks == [b"a" * 32, b"b" * 32]


def test_one_connection_and_one_token_serve_many_calls(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    for _ in range(5):
        remote.missing([])
    assert web.connections == 1
    assert server.rotations == 1


def test_large_bodies_are_compressed_both_ways(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    def answer(_seen: Seen) -> Reply:
        reply = told(Missing(indices=list(range(5000))))
        reply.headers["Content-Encoding"] = "zstd"
        reply.body = zstandard.compress(reply.body)
        return reply

    server.answer = answer
    assert len(remote.missing([b"a" * 32] * 5000).indices) == 5000
    assert web.seen[-1].headers["Content-Encoding"] == "zstd"
    assert len(web.seen[-1].body) < 5000
    assert "zstd" in web.seen[-1].headers["Accept-Encoding"]


def test_the_cursor_goes_into_the_address(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    page = messages.Changes(epoch=EPOCH, seq=9, revision_id=b"r" * 16, complete=True, changes=[], commit_number=3)
    server.answer = lambda _seen: told(page)
    assert remote.changes(Cursor(EPOCH, 7, RevisionId(b"q" * 16))) == page
    assert web.seen[-1].path == f"{PATH}/changes?seq=7&epoch={EPOCH.hex()}&revision={(b'q' * 16).hex()}"
    assert remote.changes(Cursor(bytes(16))) == page
    assert web.seen[-1].path == f"{PATH}/changes?seq=0"


def test_waiting_tells_whether_anything_moved(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    server.answer = lambda _seen: told(Waited(moved={NAMESPACE: 8}))
    assert remote.wait(Cursor(EPOCH, 7), 50)
    server.answer = lambda _seen: told(Waited(moved={}))
    assert not remote.wait(Cursor(EPOCH, 7), 500)
    request = msgspec.msgpack.decode(web.seen[-1].body, type=messages.Wait)
    assert request.namespaces == {NAMESPACE: 7}
    assert request.timeout_s == messages.MAX_WAIT_S


def test_a_listing_is_read_page_by_page(remote: HttpRemote, server: FakeServer) -> None:
    def entry(path: str) -> Entry:
        return Entry(
            node_id=b"n" * 16, revision_id=b"r" * 16, path=path, kind=messages.Kind.FILE, seq=1, committed_at=0
        )

    def answer(seen: Seen) -> Reply:
        after = msgspec.msgpack.decode(seen.body, type=ListRequest).after
        if after is None:
            return told(Listing(entries=[entry("a"), entry("b")], complete=False))
        assert after == "b"
        return told(Listing(entries=[entry("c")], complete=True))

    server.answer = answer
    assert [found.path for found in remote.list_all("", recursive=True)] == ["a", "b", "c"]


def test_an_interruption_ends_a_waiting_call(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    arrived = threading.Event()

    def hang(_seen: Seen) -> Reply:
        arrived.set()
        web.release.wait(60)
        return Reply()

    server.answer = hang
    errors: list[Exception] = []

    def wait() -> None:
        try:
            remote.wait(Cursor(EPOCH, 7), 50)
        except Unreachable as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert arrived.wait(60)
    remote.interrupt()
    thread.join(40)
    assert not thread.is_alive(), "it waits for the answer"
    assert len(errors) == 1


def test_an_address_beyond_this_machine_needs_encryption() -> None:
    with pytest.raises(SetupError):
        Api(HttpClient(), "http://files.example.org")


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        HttpClient(ca_file=str(tmp_path / "absent.pem"))
