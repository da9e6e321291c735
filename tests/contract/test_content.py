"""The content half of the server and the store, as devices use it: the fakes and the real ones hold to the same."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from blake3 import blake3

from server_api.contract.messages import ChunkHash, NamespaceId
from sync_engine.adapters.api import Api
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.remote import HttpAccount, HttpRemote
from sync_engine.adapters.session import Session
from sync_engine.adapters.store import HttpStore
from sync_engine.core.packing import Pack, PackBuilder, Unpacker
from sync_engine.errors import EngineError, Unreachable
from sync_engine.ports import Remote, Store
from tests.fakes.device import FakeTime
from tests.fakes.keychain import FakeKeychain
from tests.fakes.remote import FakeRemote
from tests.fakes.store import FakeStore
from tests.fixtures.servers import PASSWORD, running_server


@dataclass
class Content:
    """A device's ways to a server, signed in where that is needed."""

    namespace_id: NamespaceId
    remote: Remote
    store: Store

    def pack(self, *chunks: bytes) -> Pack:
        builder = PackBuilder(self.namespace_id)
        for data in chunks:
            builder.add(name(data), data)
        return builder.finish(with_md5=True)

    def send(self, pack: Pack) -> bytes:
        (registered,) = self.remote.register_packs([pack.declared])
        self.store.put(registered.put, pack.parts, pack.declared.size)
        return registered.pack_id


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Content]:
    directory: Path = tmp_path_factory.mktemp("server")
    client = HttpClient()
    with running_server(directory) as server:
        session = Session(Api(client, server.url), FakeKeychain(), str(directory / "session.lock"), FakeTime())
        account = HttpAccount(session)
        account.register("ada@example.org", PASSWORD)
        namespace_id = NamespaceId(account.sign_in("ada@example.org", PASSWORD, "laptop").account.personal_namespace)
        yield Content(namespace_id, HttpRemote(session, namespace_id), HttpStore(client, server.url))
        client.close()


@pytest.fixture(params=["fake", "real"])
def content(request: pytest.FixtureRequest) -> Content:
    if request.param == "real":
        found = request.getfixturevalue("real")
        assert isinstance(found, Content)
        return found
    store = FakeStore()
    namespace_id = NamespaceId(b"n" * 16)
    return Content(namespace_id, FakeRemote(store, namespace_id), store)


def name(data: bytes) -> ChunkHash:
    return ChunkHash(blake3(data).digest())


def test_a_sealed_pack_gives_its_chunks_back(content: Content) -> None:
    chunks = [b"round trip", random.Random(1).randbytes(900_000), b"compressible " * 50_000]
    names = [name(data) for data in chunks]
    assert content.remote.missing(names).indices == [0, 1, 2]
    pack_id = content.send(content.pack(*chunks))
    assert content.remote.missing(names).indices == [0, 1, 2], "a pack counts once it is sealed"
    assert content.remote.seal_packs([pack_id]).sealed == [pack_id]
    assert content.remote.missing(names).indices == []
    assert content.remote.seal_packs([pack_id]).sealed == [pack_id], "sealing is idempotent"

    located = content.remote.locate(names)
    assert located.gone == []
    assert {location.hash for location in located.chunks} == set(names)
    for location in located.chunks:
        stored = b"".join(content.store.get(located.packs[location.pack], location.offset, location.stored_size))
        plain = Unpacker().unpack(stored, location.codec, location.plain_size, location.hash)
        assert plain == chunks[names.index(ChunkHash(location.hash))]


def test_a_repeated_put_is_success(content: Content) -> None:
    pack = content.pack(b"sent twice")
    (registered,) = content.remote.register_packs([pack.declared])
    for _ in range(2):
        content.store.put(registered.put, pack.parts, pack.declared.size)
    assert content.remote.seal_packs([registered.pack_id]).sealed == [registered.pack_id]


def test_after_a_stop_nothing_begins_until_the_block_is_over(content: Content) -> None:
    pack = content.pack(b"stopped")
    (registered,) = content.remote.register_packs([pack.declared])
    stop, other = threading.Event(), threading.Event()
    with content.store.until(other), content.store.until(stop):
        stop.set()
        content.store.interrupt(stop)
        with pytest.raises(Unreachable):
            content.store.put(registered.put, pack.parts, pack.declared.size)
        with pytest.raises(Unreachable):
            list(content.store.get(registered.put, 0, 10))
    content.store.put(registered.put, pack.parts, pack.declared.size)
    assert content.remote.seal_packs([registered.pack_id]).sealed == [registered.pack_id]


def test_a_pack_that_never_arrived_is_not_sealed(content: Content) -> None:
    pack = content.pack(b"never sent")
    (registered,) = content.remote.register_packs([pack.declared])
    assert content.remote.seal_packs([registered.pack_id]).refused == [registered.pack_id]
    assert content.remote.missing([name(b"never sent")]).indices == [0]


def test_chunks_and_versions_that_are_nowhere_are_gone(content: Content) -> None:
    nowhere = name(b"nowhere")
    assert content.remote.locate([nowhere]).gone == [nowhere]
    assert content.remote.manifests([bytes(16)]).gone == [bytes(16)]


def test_other_bytes_than_declared_do_not_become_a_pack(content: Content) -> None:
    pack = content.pack(b"declared")
    other = content.pack(b"DECLARED")
    (registered,) = content.remote.register_packs([pack.declared])
    with suppress(EngineError):  # a store may notice by itself
        content.store.put(registered.put, other.parts, other.declared.size)
    assert content.remote.seal_packs([registered.pack_id]).refused == [registered.pack_id]
