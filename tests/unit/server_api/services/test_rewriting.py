"""Rewriting: small and half-empty packs become others."""

from __future__ import annotations

import io
import secrets
from typing import Any

import pytest
from sqlalchemy import select

from server_api.services.collection import collect
from server_api.services.rewriting import choose
from server_api.storage import tables
from server_api.storage.collecting import Filling
from server_api.storage.packs import PackState
from tests.fixtures.content import Content
from tests.fixtures.libraries import LONG, Library
from tests.unit.server_api.services.collecting import DAY_S, objects, settle, some, used, verify


@pytest.mark.every_database
def test_a_pack_with_much_dead_space_is_rewritten(library: Library, content: Content) -> None:
    kept, first, second = some(), some(LONG), some(LONG)
    library.upload([first, kept, second])
    library.save("kept", kept)
    old = objects(library)
    before = used(library)
    report = settle(library, content, days=2)
    assert report.packs_rewritten == 1
    assert used(library) < before - 2 * LONG + 1_000, "the old pack does not count as soon as it is replaced"
    assert set(old) < set(objects(library)), "it outlives the addresses that were given out"
    library.check_living()
    settle(library, content, days=2)
    assert len(objects(library)) == 1
    assert set(objects(library)).isdisjoint(old)
    library.check_living()


def test_small_packs_become_one(library: Library, content: Content) -> None:
    for n in range(20):
        library.save(f"file {n}", some())
    settle(library, content)
    assert len(objects(library)) == 1
    assert library.check_living() == 20
    assert settle(library, content).packs_rewritten == 0, "what is merged is left alone"


def test_a_rewrite_is_off_if_a_chunk_changed_meanwhile(
    library: Library, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(20):
        library.save(f"file {n}", some())
    verify(library)
    content.clock.advance(DAY_S + 600)
    store, put = content.server.store, content.server.store.put

    def put_and_lose(key: str, source: Any) -> None:
        put(key, source)
        with content.server.database.write() as work:
            chunk = tables.chunk
            one = select(chunk.c.chunk_hash).limit(1).scalar_subquery()
            work.connection.execute(chunk.delete().where(chunk.c.chunk_hash == one))

    with monkeypatch.context() as patched:
        patched.setattr(store, "put", put_and_lose)
        report = collect(content.server)
    assert report.packs_rewritten == 0
    with content.server.database.read() as connection:
        states = set(connection.scalars(select(tables.pack.c.state)))
    assert PackState.FREED.value not in states


def test_a_damaged_pack_is_left_as_it_is_and_told_of(library: Library, content: Content) -> None:
    for n in range(20):
        library.save(f"file {n}", some())
    verify(library)
    key = objects(library)[0]
    whole = bytearray(content.server.store.read_range(key, 0, 2**20))
    whole[100] ^= 1
    content.server.store.delete(key)
    content.server.store.put(key, io.BytesIO(bytes(whole)))
    content.clock.advance(DAY_S + 600)
    report = collect(content.server)
    assert report.packs_rewritten == 0
    assert len(report.failures) == 1
    assert len(objects(library)) == 20


def test_packs_are_chosen_so_that_a_byte_is_written_anew_seldom() -> None:
    def pack(size: int, live: int) -> Filling:
        return Filling(secrets.token_bytes(16), size, 1, live)  # type: ignore[arg-type]

    mib = 1024 * 1024
    assert choose([]) == []
    assert choose([pack(mib, mib)]) == []
    assert choose([pack(mib, mib)] * 3) == [], "three of them are not worth it yet"
    assert [len(group) for group in choose([pack(mib, mib)] * 5)] == [5]
    assert choose([pack(16 * mib, 15 * mib)]) == []
    assert [len(group) for group in choose([pack(16 * mib, 8 * mib)])] == [1]
    assert [len(group) for group in choose([pack(16 * mib, 8 * mib)] * 3)] == [2, 1]
    assert [len(group) for group in choose([pack(200, 100)] * 16)] == [16]
