"""Scrubbing: what rotted or went in the store is found, told by the file's name, and mended where it can be."""

from __future__ import annotations

import io
import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from click.testing import CliRunner
from sqlalchemy import func, select

from server_api.cli import server as command
from server_api.contract.packs import HEADER_BYTES
from server_api.errors import StartError, StoreUnreachableError, UnavailableError
from server_api.services.collection import collect
from server_api.services.packs import verify_sealed
from server_api.services.retention import set_retention
from server_api.services.rewriting import rewrite_group
from server_api.services.scrub_report import Scrubbed
from server_api.services.scrubbing import read_scrub_note, require_contents, scrub, scrubbing_steps
from server_api.storage import tables
from server_api.storage.stores import pack_key
from tests.fixtures.backends import Backend
from tests.fixtures.content import Content, open_content
from tests.fixtures.effects import lives_through
from tests.fixtures.libraries import LONG, Library
from tests.unit.server_api.services.collecting import arrive

DAY_S = 24 * 3600


def some(length: int = 2_000) -> bytes:
    return secrets.token_bytes(length)


def place_of(library: Library, data: bytes) -> tuple[str, int]:
    """The key and the offset where a chunk lies."""
    chunk = tables.chunk
    with library.server.database.read() as connection:
        row = connection.execute(
            select(chunk.c.pack_id, chunk.c.offset).where(chunk.c.chunk_hash == blake3(data).digest())
        ).one()
    return pack_key(library.namespace_id, row.pack_id), row.offset


def rot(library: Library, key: str, at: int) -> None:
    """One byte of an object becomes another."""
    store = library.server.store
    whole = bytearray(store.read_range(key, 0, 2**25))
    whole[at] ^= 0x55
    store.delete(key)
    store.put(key, io.BytesIO(bytes(whole)))


def again(library: Library, **options: Any) -> Scrubbed:
    """A new pass, a while later."""
    library.server.clock.advance(60)  # type: ignore[attr-defined]
    return scrub(library.server, **options)


def paths(report: Scrubbed) -> list[str]:
    return [broken.path for broken in report.broken.current]


def files(library: Library, count: int) -> list[bytes]:
    """So many files, each in a pack of its own."""
    contents = [some() for _ in range(count)]
    for n, data in enumerate(contents):
        library.save(f"file {n}", data)
    arrive(library)
    return contents


def test_what_is_whole_is_said_to_be(library: Library) -> None:
    files(library, 3)
    report = scrub(library.server)
    assert (report.packs, report.packs_left, report.is_complete, report.is_well) == (3, 0, True, True)
    assert report.bytes > 6_000
    assert "all of it is whole" in str(report)
    with library.server.database.read() as connection:
        note = read_scrub_note(connection)
        assert (note.started_at, note.broken) == (None, 0)
        assert connection.scalar(select(tables.audit.c.action)) == "store-scrubbed"


@pytest.mark.scenario("S177")
@pytest.mark.every_database
def test_a_damaged_chunk_is_told_by_its_file_and_sent_again_by_who_has_it(library: Library) -> None:
    contents = files(library, 3)
    rot(library, *place_of(library, contents[1]))
    report = scrub(library.server)
    assert (report.packs_damaged, report.chunks_hit, paths(report)) == (1, 1, ["file 1"])
    assert not report.is_well
    assert library.missing([contents[1]]) == [], "without --repair nothing changes"

    report = again(library, repair=True)
    assert (report.chunks_salvaged, report.chunks_awaited, paths(report)) == (0, 1, ["file 1"])
    assert library.missing(contents) == [contents[1]]
    assert "ada@example.org" in str(report)
    assert "nothing is lost" not in str(again(library))
    library.upload([contents[1]])
    arrive(library)
    assert scrub(library.server).is_well
    assert library.check_living() == 3


def test_a_pack_that_is_gone_is_as_one_whose_chunks_are_all_damaged(library: Library) -> None:
    contents = files(library, 3)
    key, _ = place_of(library, contents[1])
    library.server.store.delete(key)
    report = scrub(library.server, repair=True)
    assert (report.packs_gone, report.chunks_awaited, paths(report)) == (1, 1, ["file 1"])
    library.upload([contents[1]])
    arrive(library)
    assert scrub(library.server).is_well
    assert library.check_living() == 3


def test_other_bytes_at_the_second_look_only_are_no_damage(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    files(library, 1)
    read = library.server.store.read_range
    seen: list[str] = []

    def read_badly_first(key: str, start: int, length: int) -> bytes:
        seen.append(key)
        data = read(key, start, length)
        return data if len(seen) > 1 else b"\0" * len(data)

    monkeypatch.setattr(library.server.store, "read_range", read_badly_first)
    assert scrub(library.server).is_well
    assert len(seen) == 2


@pytest.mark.every_database
def test_a_chunk_of_which_there_is_another_copy_is_whole_again(library: Library) -> None:
    """It was sent twice: as when two devices sent the same file at once."""
    twice, beside = some(), some()
    library.upload([twice, beside])
    library.upload([some(), twice])
    library.save("twice", twice)
    library.save("beside", beside)
    arrive(library)
    rot(library, *place_of(library, twice))
    report = scrub(library.server, repair=True)
    assert (report.chunks_hit, report.chunks_salvaged, report.chunks_awaited) == (1, 1, 0)
    assert report.packs_rewritten == 1
    assert report.is_well
    assert library.missing([twice, beside]) == []
    assert library.check_living() == 2
    assert again(library).is_well


def test_a_chunk_that_the_database_forgot_is_found_again(library: Library) -> None:
    contents = files(library, 3)
    with library.server.database.write() as work:
        chunk = tables.chunk
        work.connection.execute(chunk.delete().where(chunk.c.chunk_hash == blake3(contents[1]).digest()))
    report = scrub(library.server)
    assert (report.chunks_lacking, report.packs_damaged, paths(report)) == (1, 0, ["file 1"])
    assert again(library, repair=True).chunks_salvaged == 1
    assert again(library).is_well
    assert library.check_living() == 3


def test_what_is_lost_in_a_rewrite_that_was_not_read_right_lies_in_the_old_pack(library: Library) -> None:
    """An old pack outlives its rewrite by a day."""
    contents = files(library, 3)
    old = [key.key for key in library.server.store.list("packs/")]
    with library.server.database.read() as connection:
        pack_ids = list(connection.scalars(select(tables.pack.c.pack_id)))
    assert rewrite_group(library.server, library.namespace_id, pack_ids, grace_ms=DAY_S * 1000)
    arrive(library)
    key, at = place_of(library, contents[1])
    assert key not in old
    rot(library, key, at)
    assert again(library, repair=True).chunks_salvaged == 1
    assert again(library).is_well
    assert library.check_living() == 3


def test_damage_that_hits_no_chunk_is_found_and_written_anew(library: Library) -> None:
    [data] = files(library, 1)
    key, offset = place_of(library, data)
    rot(library, key, offset + len(data) + 5)
    report = scrub(library.server)
    assert (report.packs_damaged, report.chunks_hit, report.is_well) == (1, 0, False)
    assert paths(report) == []
    assert str(report).splitlines()[1:] == [
        "1 pack is damaged and 0 are gone, with 0 chunks that the database counts on",
        "nothing is lost by that: `lockstep server scrub --repair` writes anew what is whole",
    ]
    assert again(library, repair=True).packs_rewritten == 1
    assert again(library).is_well
    assert library.check_living() == 1


def test_old_and_deleted_versions_are_told_after_what_is_current(library: Library) -> None:
    old, deleted, current = some(), some(), some()
    library.save("thesis", old)
    library.save("thesis", some())
    library.save("deleted", deleted)
    library.delete("deleted")
    library.save("current", current)
    arrive(library)
    for data in (old, deleted, current):
        rot(library, *place_of(library, data))
    report = scrub(library.server)
    assert paths(report) == ["current"]
    assert [broken.path for broken in report.broken.old] == ["thesis", "deleted"]
    told = report.as_json()
    assert (told["versions_broken"], told["files_broken"]) == (3, 1)
    assert [each["is_current"] for each in told["versions"]] == [True, False, False]
    lines = str(report).splitlines()
    current_line = lines.index("1 file cannot be read in the current version:")
    assert current_line < lines.index("2 old or deleted versions cannot be read:")


def test_the_bytes_that_nobody_else_has_stay_until_a_device_sends_them(library: Library, content: Content) -> None:
    """Damaged they may be, and yet all that is left."""
    lost, beside = some(LONG), some(LONG)
    library.upload([lost, beside])
    library.save("lost", lost)
    library.save("beside", beside)
    arrive(library)
    key, at = place_of(library, lost)
    rot(library, key, at)
    for _ in range(4):
        again(library, repair=True)
        content.clock.advance(DAY_S + 600)
        collect(content.server)
    assert content.server.store.head(key) is not None
    library.upload([lost])
    for _ in range(4):
        arrive(library)
        again(library, repair=True)
        content.clock.advance(DAY_S + 600)
        assert collect(content.server).failures == []
    assert content.server.store.head(key) is None
    assert library.check_living() == 2


# --- in pieces, and beside others -------------------------------------------------------------------------------------


def test_a_pass_that_was_stopped_goes_on_where_it_was(library: Library) -> None:
    contents = files(library, 20)
    rot(library, *place_of(library, contents[7]))
    report = Scrubbed()
    steps = scrubbing_steps(library.server, report)
    next(steps)
    steps.close()
    assert (report.packs, report.packs_left, report.is_complete) == (8, 12, False)
    library.server.clock.advance(60)  # type: ignore[attr-defined]
    rest = scrub(library.server)
    assert rest.is_complete
    assert 12 <= rest.packs <= 13, "what was whole is not read again, what was not is"
    assert paths(rest) == ["file 7"]
    assert again(library).packs == 20


def test_a_pass_leaves_off_when_it_has_read_enough(library: Library) -> None:
    files(library, 20)
    seen = []
    while not (report := scrub(library.server, at_most_bytes=10_000)).is_complete:
        seen.append(report.packs)
        assert "goes on there" in str(report)
    assert [*seen, report.packs] == [8, 8, 4]


def test_one_process_scrubs_at_a_time(library: Library) -> None:
    files(library, 1)
    with library.server.database.alone("scrubbing"), pytest.raises(UnavailableError, match="Another process"):
        scrub(library.server)


@pytest.mark.parametrize("step", range(4))
def test_uploads_commits_and_collection_go_on_beside_it(library: Library, content: Content, step: int) -> None:
    contents = files(library, 20)
    content.clock.advance(DAY_S + 600)
    rot(library, *place_of(library, contents[3]))
    for n, _ in enumerate(scrubbing_steps(content.server, Scrubbed(), repair=True)):
        if n == step:
            library.save("new", some())
            library.save("file 5", some())
            library.delete("file 6")
            while verify_sealed(content.server):
                pass
            set_retention(content.server, library.namespace_id, "1d:all")
            collect(content.server, grace_ms=0)
            content.clock.advance(600)
            collect(content.server, grace_ms=0)
    library.save("file 3", contents[3])
    arrive(library)
    assert again(library).is_well
    assert library.check_living() == 20


def test_a_store_that_cannot_be_read_is_not_taken_for_damaged(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = files(library, 12)

    def refuse_some(key: str, start: int, length: int) -> bytes:
        if key == odd:
            raise UnavailableError
        return read(key, start, length)

    odd, _ = place_of(library, contents[0])
    read = library.server.store.read_range
    with monkeypatch.context() as patched:
        patched.setattr(library.server.store, "read_range", refuse_some)
        report = scrub(library.server, repair=True)
    assert (report.packs, report.packs_unread, report.is_complete, report.is_well) == (11, 1, False, False)
    assert library.missing(contents) == []
    rest = scrub(library.server)
    assert (rest.packs, rest.is_well) == (1, True)


def test_a_store_that_does_not_answer_ends_the_pass(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = files(library, 12)

    def refuse(*_: Any) -> bytes:
        raise UnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(library.server.store, "read_range", refuse)
        with pytest.raises(StoreUnreachableError, match="remembered"):
            scrub(library.server, repair=True)
    assert library.missing(contents) == []


def test_a_disk_that_is_away_is_not_repaired(library: Library) -> None:
    contents = files(library, 5)
    store = library.server.store
    away = {key.key: store.read_range(key.key, 0, 2**20) for key in store.list("packs/")}
    for key in away:
        store.delete(key)
    report = scrub(library.server, repair=True)
    assert (report.packs_gone, report.chunks_awaited) == (5, 0)
    assert "--force" in report.failures[0]
    assert library.missing(contents) == []
    for key, data in away.items():
        store.put(key, io.BytesIO(data))
    assert again(library).is_well
    for key in away:
        store.delete(key)
    assert again(library, repair=True, force=True).chunks_awaited == 5
    assert library.missing(contents) == contents


def test_a_server_does_not_start_on_a_store_that_has_nothing_of_what_its_database_knows(library: Library) -> None:
    store = library.server.store
    require_contents(library.server)  # there is nothing yet
    keys = [place_of(library, data)[0] for data in files(library, 5)]
    arrive(library)
    away = {key: store.read_range(key, 0, 10_000) for key in keys}
    for key in keys[1:]:
        store.delete(key)
    require_contents(library.server)
    store.delete(keys[0])
    with pytest.raises(StartError, match="is --store the one"):
        require_contents(library.server)
    store.put(keys[0], io.BytesIO(away[keys[0]]))
    require_contents(library.server)
    store.delete(keys[0])
    scrub(library.server, repair=True, force=True)
    require_contents(library.server)


@pytest.mark.embedded  # its files are copied, so that every death is one of the same pass
@pytest.mark.scenario("S173")
def test_a_repair_that_is_killed_at_any_step_is_made_good_by_the_next(tmp_path: Path) -> None:
    content = open_content(tmp_path / "server")
    server, library = content.server, Library(content.server, content.caller())
    contents = files(library, 12)
    twice, gone, forgotten = contents[:3]
    library.upload([some(), twice])
    arrive(library)
    rot(library, *place_of(library, twice))
    server.store.delete(place_of(library, gone)[0])
    with server.database.write() as work:
        chunk = tables.chunk
        work.connection.execute(chunk.delete().where(chunk.c.chunk_hash == blake3(forgotten).digest()))
    server.database.close()
    shutil.copytree(tmp_path / "server", tmp_path / "before")
    lost = library.files.pop("file 1")
    whole = {name: file for name, file in library.files.items() if file.chunks not in ([twice], [forgotten])}
    step, is_through = 0, False
    while not is_through:
        step += 1
        shutil.rmtree(tmp_path / "server")
        shutil.copytree(tmp_path / "before", tmp_path / "server")
        # What is told of the file that is lost does not count here: it stays so.
        is_through = lives_through(server, step, lambda: scrub(server, repair=True).is_complete)
        assert replace(library, files=whole).check_living() == 9
        assert scrub(server, repair=True).is_complete
        assert library.check_living() == 11
        assert library.missing(contents) == [gone]
        server.database.close()
    assert step > 15
    library.upload([gone])
    arrive(library)
    library.files["file 1"] = lost
    again(library, repair=True)
    assert again(library).is_well
    assert library.check_living() == 12
    server.database.close()


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[], Library]:
    content = open_content(tmp_path)
    library = Library(content.server, content.caller())
    files(library, 3)
    content.server.database.close()
    return lambda: library


@pytest.mark.embedded  # the command is told a directory only
def test_the_command_tells_and_ends_with_what_it_found(
    on_disk: Callable[[], Library], tmp_path: Path, backend: Backend
) -> None:
    library = on_disk()

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(
            command, ["scrub", *arguments], env={"LOCKSTEP_SERVER_DATA": str(tmp_path)}, prog_name="lockstep server"
        )

    done = run()
    assert (done.exit_code, done.stderr) == (0, "")
    assert "all of it is whole" in done.stdout
    key, at = place_of(library, library.files["file 1"].chunks[0])
    assert at == HEADER_BYTES
    rot(library, key, at)
    found = run("--json", "--repair")
    assert (found.exit_code, found.stderr) == (1, "")
    told = json.loads(found.stdout)
    assert (told["complete"], told["repair"], told["packs"], told["chunks_awaited"]) == (True, True, 3, 1)
    assert [each["path"] for each in told["versions"]] == ["file 1"]
    assert run("--at-most", "much").exit_code == 2
    with library.server.database.read() as connection:
        assert connection.scalar(select(func.count()).where(tables.audit.c.action == "store-scrubbed")) == 2
    library.server.database.close()


@pytest.mark.embedded  # the same
def test_the_command_can_be_interrupted(
    on_disk: Callable[[], Library], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server_api.services import scrubbing

    library = on_disk()

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(scrubbing, "_look", interrupt)
        done = CliRunner().invoke(command, ["scrub"], env={"LOCKSTEP_SERVER_DATA": str(tmp_path)})
    assert done.exit_code == 130, done.output
    assert "goes on there" in done.stdout
    assert scrub(library.server).packs == 3
    library.server.database.close()
