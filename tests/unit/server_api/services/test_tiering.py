"""Tiers: which packs the store is told only old versions use."""

from __future__ import annotations

import secrets

import pytest

from server_api.contract.restoring import RestoreRequest
from server_api.errors import UnavailableError
from server_api.services.collection import collect
from server_api.services.packs import verify_sealed
from server_api.services.restore import restore
from server_api.services.retention import set_retention
from tests.fakes.object_store import MemoryStore
from tests.fixtures.content import Content
from tests.fixtures.libraries import Library

DAY_S = 24 * 3600


def some() -> bytes:
    """So much that its pack is not merged with others."""
    return secrets.token_bytes(4 * 1024 * 1024)


@pytest.fixture
def store(content: Content) -> MemoryStore:
    content.server.store = MemoryStore(content.clock)
    return content.server.store


@pytest.fixture
def library(content: Content, store: MemoryStore) -> Library:
    return Library(content.server, content.caller())


def collect_after(content: Content, days: float = 2) -> int:
    """How many packs changed sides."""
    while verify_sealed(content.server):
        pass
    content.clock.advance(int(days * DAY_S))
    report = collect(content.server)
    assert report.failures == []
    return report.tiers_changed


@pytest.mark.every_database
def test_a_pack_is_old_while_no_current_version_needs_it(
    library: Library, content: Content, store: MemoryStore
) -> None:
    first, shared = some(), some()
    version_id = library.save("thesis", first)
    library.save("shared", shared)
    old, both = (key for key in store.objects if key.startswith("packs/"))
    library.save("thesis", some())
    library.save("copy", shared)
    library.delete("shared")
    assert collect_after(content) == 1
    assert store.tiers == {old}
    assert collect_after(content) == 0
    library.delete("copy")
    assert collect_after(content) == 1
    assert store.tiers == {old, both}
    library.save("shared again", shared)
    request = RestoreRequest(path="thesis", revision_id=version_id)
    restore(library.server, library.caller, library.namespace_id, request)
    assert collect_after(content) == 3, "and what was current before the restore is old"
    assert not {old, both} & store.tiers


def test_a_pack_of_today_is_not_old(library: Library, content: Content, store: MemoryStore) -> None:
    library.save("thesis", some())
    library.save("thesis", some())
    assert collect_after(content, days=0.5) == 0
    assert collect_after(content) == 1


def test_what_is_deleted_is_forgotten(library: Library, content: Content, store: MemoryStore) -> None:
    library.save("thesis", some())
    library.save("thesis", some())
    assert collect_after(content) == 1
    set_retention(content.server, library.namespace_id, "1d:all")
    for _ in range(4):
        collect_after(content)
    assert len(store.objects) == 1
    assert collect_after(content) == 0


def test_a_store_without_tiers_is_told_nothing(library: Library, content: Content, store: MemoryStore) -> None:
    store.has_tiers = False
    library.save("thesis", some())
    library.save("thesis", some())
    assert collect_after(content) == 0
    assert store.tiers == set()


def test_a_store_that_refuses_is_told_again(
    library: Library, content: Content, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save("thesis", some())
    library.save("thesis", some())

    def refuse(_key: str, *, is_old: bool) -> None:
        raise UnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(store, "set_tier", refuse)
        while verify_sealed(content.server):
            pass
        content.clock.advance(2 * DAY_S)
        assert collect(content.server).failures
    assert collect_after(content) == 1
    assert library.check_living() == 1
