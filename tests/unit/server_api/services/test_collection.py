"""Collection: what goes, when, and what must not."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path

import pytest
from blake3 import blake3
from sqlalchemy import func, select

from server_api.contract.messages import Applied, PackId, Refusal, Refused
from server_api.domain.packs import check_pack
from server_api.errors import UnavailableError
from server_api.services.collection import collect, collecting_steps
from server_api.services.collection_report import Collected
from server_api.services.retention import set_retention
from server_api.storage import tables
from server_api.storage.packs import NewPack, PackState, insert_packs
from server_api.storage.stores import incoming_key, pack_key
from server_api.workers.jobs import run_due_jobs
from tests.fixtures.content import Content, open_content, pack_of
from tests.fixtures.effects import lives_through
from tests.fixtures.libraries import LONG, Library
from tests.unit.server_api.services.collecting import DAY_S, count, objects, settle, some, used, verify


@pytest.mark.every_database
def test_what_no_version_names_goes_and_the_rest_stays(library: Library, content: Content) -> None:
    library.save("thesis", some())
    library.upload([some(), some()])
    before = used(library)
    report = settle(library, content)
    assert (report.chunks_freed, report.packs_freed, report.failures) == (2, 1, [])
    assert len(objects(library)) == 1
    assert used(library) < before
    library.check_living()


@pytest.mark.scenario("S172")
def test_what_was_uploaded_for_a_commit_to_come_is_kept_for_a_day_and_then_for_another(
    library: Library, content: Content
) -> None:
    data = some()
    library.upload([data])
    verify(library)
    content.clock.advance(DAY_S - 60)
    assert collect(content.server).chunks_condemned == 0
    content.clock.advance(120)
    assert collect(content.server).chunks_condemned == 1
    content.clock.advance(DAY_S - 60)
    assert collect(content.server).chunks_freed == 0
    assert isinstance(library.write("late", [data]), Applied)
    content.clock.advance(30 * DAY_S)
    assert collect(content.server).chunks_freed == 0
    library.check_living()


@pytest.mark.scenario("S171")
@pytest.mark.every_database
def test_a_commit_of_what_was_freed_is_told_what_to_send_again(library: Library, content: Content) -> None:
    data = some()
    library.upload([data])
    settle(library, content, days=2)
    refused = library.write("late", [data])
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.missing) == (Refusal.MISSING, [blake3(data).digest()])
    library.save("late", data)
    settle(library, content)
    library.check_living()


def test_a_seal_keeps_what_lies_elsewhere_already(library: Library, content: Content) -> None:
    data = some()
    library.upload([data])
    verify(library)
    content.clock.advance(DAY_S + 60)
    assert collect(content.server).chunks_condemned == 1
    content.clock.advance(DAY_S - 60)
    library.upload([data, some()])
    content.clock.advance(120)
    assert collect(content.server).chunks_freed == 0


def test_a_commit_between_looking_and_condemning_counts(library: Library, content: Content) -> None:
    """Whatever step of a pass it comes after."""
    contents = [some() for _ in range(12)]
    library.upload(contents)
    verify(library)
    content.clock.advance(DAY_S + 60)
    collect(content.server)
    content.clock.advance(DAY_S + 60)
    for n, _ in enumerate(collecting_steps(content.server, Collected())):
        if n < len(contents):
            name, data = f"file {n}", contents[n]
            if not isinstance(library.write(name, [data]), Applied):
                library.save(name, data)
            library.check_living()
    settle(library, content)
    library.check_living()


@pytest.mark.scenario("S174")
def test_two_collections_at_once_do_no_harm(library: Library, content: Content) -> None:
    for n in range(30):
        library.save(f"file {n}", some())
        library.upload([some()])
    for _ in range(6):
        content.clock.advance(DAY_S + 600)
        verify(library)
        one, two = (collecting_steps(content.server, Collected()) for _ in range(2))
        for _ in zip_longest(one, two):
            pass
    assert library.check_living() == 30
    assert count(library, tables.chunk) == 30


@pytest.mark.scenario("S174")
@pytest.mark.every_database
def test_one_process_collects_at_a_time(library: Library, content: Content) -> None:
    server = content.server
    library.upload([some()])
    verify(library)
    content.clock.advance(DAY_S + 600)
    with server.database.alone("collecting") as mine:
        assert mine is not None
        mine()
        with server.database.alone("collecting") as others:
            assert others is None
        with pytest.raises(UnavailableError, match="Another process collects"):
            collect(server)
        assert collect(server, dry_run=True).chunks_condemned == 1
        while not run_due_jobs(server):
            pass
        mine()
    with server.database.read() as connection:
        assert connection.scalar(select(func.count()).where(tables.chunk.c.condemned_at.is_not(None))) == 0
    assert collect(server).chunks_condemned == 1


def test_a_server_that_found_another_collecting_does_so_later_by_itself(library: Library, content: Content) -> None:
    library.upload([some()])
    verify(library)
    content.clock.advance(DAY_S + 600)
    with content.server.database.alone("collecting"):
        while not run_due_jobs(content.server):
            pass
    content.clock.advance(61)
    while not run_due_jobs(content.server):
        pass
    assert collect(content.server).chunks_condemned == 0, "it was done"


def test_a_dry_run_tells_and_changes_nothing(library: Library, content: Content) -> None:
    set_retention(content.server, library.namespace_id, "1d:all")
    library.save("thesis", some())
    library.save("thesis", some())
    library.upload([some()])
    verify(library)
    content.clock.advance(2 * DAY_S)
    told = collect(content.server, dry_run=True)
    assert (told.versions_expired, told.chunks_condemned) == (1, 1)
    done = collect(content.server)
    assert (done.versions_expired, done.chunks_condemned) == (1, 2), "the expired version's chunk is found at once"


def test_a_server_collects_by_itself(library: Library, content: Content) -> None:
    library.save("thesis", some())
    library.upload([some()])
    for _ in range(5):
        content.clock.advance(DAY_S + 600)
        while not run_due_jobs(content.server):
            pass
    assert len(objects(library)) == 1
    assert count(library, tables.chunk) == 1


# --- the store -------------------------------------------------------------------------------------------------------


def test_an_object_that_the_database_does_not_know_goes_after_the_grace(library: Library, content: Content) -> None:
    library.save("thesis", some())
    own = pack_key(library.namespace_id, secrets.token_bytes(16))
    foreign = pack_key(secrets.token_bytes(16), secrets.token_bytes(16))
    for key in (own, foreign):
        content.server.store.put(key, io.BytesIO(b"lost"))
    report = collect(content.server)
    assert (report.orphans, report.orphans_deleted, report.foreign) == (1, 0, 1)
    assert settle(library, content).orphans_deleted == 1
    assert own not in objects(library)
    assert foreign in objects(library), "another server's tree is left alone"


def test_what_lies_where_nothing_stays_goes_after_the_grace(library: Library, content: Content) -> None:
    """Uploads that were used again or never sealed, shared files of nobody, what a killed start left."""
    store = content.server.store
    _, index = pack_of(library.namespace_id, [some()])
    awaited = secrets.token_bytes(16)
    with content.server.database.write() as work:
        insert_packs(
            work.connection,
            [
                NewPack(
                    pack_id=PackId(awaited),
                    size=10,
                    crc32c=bytes(4),
                    md5=b"",
                    chunks=index,
                    object_key=incoming_key(library.namespace_id, awaited),
                )
            ],
            namespace_id=library.namespace_id,
            device_id=library.caller.device_id,
            state=PackState.REGISTERED,
            store=store.name,
            now_ms=content.clock.now_ms(),
            expires_at=content.clock.now_ms() + 30 * DAY_S * 1000,
        )
    sealed = library.upload([some()])
    stays = [
        incoming_key(library.namespace_id, awaited),
        incoming_key(secrets.token_bytes(16), secrets.token_bytes(16)),
    ]
    goes = [
        incoming_key(library.namespace_id, sealed),
        incoming_key(library.namespace_id, secrets.token_bytes(16)),
        f"published/{secrets.token_hex(16)}",
        f"probe/{secrets.token_hex(16)}",
    ]
    for key in stays + goes:
        store.put(key, io.BytesIO(b"sent"))
    report = collect(content.server)
    assert (report.orphans, report.orphans_deleted, report.foreign) == (4, 0, 1)
    content.clock.advance(DAY_S - 60)
    assert collect(content.server).orphans_deleted == 0
    content.clock.advance(120)
    assert collect(content.server).orphans_deleted == 4
    assert [key for key in stays + goes if store.head(key) is not None] == stays


@pytest.mark.scenario("S176")
def test_the_clock_of_the_store_does_not_count(library: Library, content: Content) -> None:
    """Ages are told by the database alone: an object that looks a year old to the store's disk stays its day."""
    key = pack_key(library.namespace_id, secrets.token_bytes(16))
    content.server.store.put(key, io.BytesIO(b"lost"))
    for found in Path(content.server.config.data).rglob(key.rpartition("/")[2]):
        os.utime(found, (1_000_000_000, 1_000_000_000))
    collect(content.server)
    content.clock.advance(DAY_S - 60)
    assert collect(content.server).orphans_deleted == 0
    assert key in objects(library)


@pytest.mark.scenario("S189")
def test_a_store_that_refuses_deletions_is_told_of_and_the_rest_goes_on(
    library: Library, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        library.upload([some()])
    library.save("thesis", some())
    verify(library)
    for _ in range(2):
        content.clock.advance(DAY_S + 600)
        assert collect(content.server).failures == []
    content.clock.advance(DAY_S + 600)

    def refuse(_key: str) -> None:
        raise UnavailableError("The store refuses the server.")

    with monkeypatch.context() as patched:
        patched.setattr(content.server.store, "delete", refuse)
        report = collect(content.server)
    assert len(objects(library)) == 21
    assert report.failures
    library.save("more", some())
    settle(library, content, days=1)
    assert len(objects(library)) == 2
    library.check_living()


# --- a database or a store that is not what it was -------------------------------------------------------------------


def forget_rows(library: Library, *chunks: bytes) -> None:
    with library.server.database.write() as work:
        for data in chunks:
            work.connection.execute(tables.chunk.delete().where(tables.chunk.c.chunk_hash == blake3(data).digest()))


def in_packs(library: Library) -> set[bytes]:
    """The chunks whose bytes lie in some object."""
    found: set[bytes] = set()
    for key in objects(library):
        whole = library.server.store.read_range(key, 0, 2**24)
        found |= {chunk.hash for chunk in check_pack(whole, library.namespace_id)}
    return found


@pytest.mark.scenario("S177")
@pytest.mark.parametrize("fault", ["rows missing", "a used row missing", "a used row missing beside others"])
def test_what_the_database_forgot_is_not_deleted_from_the_store(library: Library, content: Content, fault: str) -> None:
    used_one, used_two, unused = some(), some(LONG), some(LONG)
    if fault.endswith("others"):
        library.upload([used_one, used_two, unused])
    library.save("one", used_one)
    library.save("two", used_two)
    verify(library)
    forget_rows(library, used_one)
    if fault == "rows missing":
        forget_rows(library, used_two)
    report = settle(library, content)
    assert report.failures
    assert {blake3(used_one).digest(), blake3(used_two).digest()} <= in_packs(library)
    # A device that has the bytes sends them again, and collection goes on.
    library.save("again one", used_one)
    library.save("again two", used_two)
    assert settle(library, content).failures == []
    library.check_living()


@pytest.mark.scenario("S177")
def test_a_used_object_that_is_gone_stops_nothing_else(library: Library, content: Content) -> None:
    library.save("lost", some())
    verify(library)
    content.server.store.delete(objects(library)[0])
    for n in range(17):
        library.save(f"file {n}", some())
    library.upload([some()])
    report = settle(library, content)
    assert report.failures, "it is told"
    assert report.chunks_freed == 1
    del library.files["lost"]
    assert library.check_living() == 17


@pytest.mark.scenario("S177")
def test_an_unused_object_that_is_gone_is_no_loss(library: Library, content: Content) -> None:
    library.upload([some()])
    library.save("thesis", some())
    verify(library)
    unused = set(objects(library)) - {library.key(pack_id) for pack_id in packs_of(library, "thesis")}
    for key in unused:
        content.server.store.delete(key)
    report = settle(library, content)
    assert (report.packs_freed, report.failures) == (1, [])
    library.check_living()


@pytest.mark.scenario("S177")
def test_a_row_that_nothing_needs_goes(library: Library, content: Content) -> None:
    """As an obsolete index, and an unreferenced blob."""
    library.upload([some(), some()])
    library.save("thesis", some())
    report = settle(library, content)
    assert (report.chunks_freed, report.failures) == (2, [])
    assert count(library, tables.pack) == 1


@pytest.mark.scenario("S177")
def test_a_chunk_that_lies_in_two_packs_lies_in_one_afterwards(library: Library, content: Content) -> None:
    twice, other = some(LONG), some()
    library.upload([twice])
    library.upload([twice, other])
    library.save("twice", twice)
    library.save("other", other)
    assert settle(library, content).failures == []
    library.check_living()
    assert used(library) < 2 * LONG


@pytest.mark.scenario("S177")
def test_packs_of_used_and_unused_chunks_keep_what_is_used(library: Library, content: Content) -> None:
    contents = [some(LONG // 10) for _ in range(30)]
    for start in range(0, 30, 3):
        library.upload(contents[start : start + 3])
    for n in range(0, 30, 2):
        library.save(f"file {n}", contents[n])
    assert settle(library, content).failures == []
    assert library.check_living() == 15
    assert len(in_packs(library)) == 15


def packs_of(library: Library, name: str) -> list[bytes]:
    hashes = [blake3(data).digest() for data in library.files[name].chunks]
    with library.server.database.read() as connection:
        return list(connection.scalars(select(tables.chunk.c.pack_id).where(tables.chunk.c.chunk_hash.in_(hashes))))


# --- killed ----------------------------------------------------------------------------------------------------------


def _lived(directory: Path) -> Iterator[tuple[Content, Library]]:
    """A namespace in which there is something to do for every part of a pass."""
    content = open_content(directory)
    library = Library(content.server, content.caller())
    set_retention(content.server, library.namespace_id, "1d:all")
    kept = some()
    library.upload([some(LONG), kept, some(LONG)])
    library.save("kept", kept)
    for n in range(17):
        library.save(f"file {n}", some())
    library.save("file 1", some())
    library.upload([some()])
    library.server.store.put(pack_key(library.namespace_id, secrets.token_bytes(16)), io.BytesIO(b"lost"))
    yield content, library
    content.server.database.close()


@pytest.mark.scenario("S173")
def test_a_collection_that_is_killed_at_any_step_is_made_good_by_the_next(tmp_path: Path) -> None:
    for content, library in _lived(tmp_path):
        content.server.database.close()
        step, day, tries = 0, 0, 0
        while day < 6:
            tries += 1
            step += 1
            is_through = lives_through(content.server, step, partial(collects, library))
            assert library.check_living() == 18
            content.server.database.close()
            if is_through:
                day, step = day + 1, 0
                content.clock.advance(DAY_S + 600)
        assert tries > 20
        assert len(objects(library)) == 1
        assert count(library, tables.chunk) == 18
        assert count(library, tables.pack) == 1


def collects(library: Library) -> bool:
    """Whether all went well."""
    verify(library)
    return not collect(library.server).failures
