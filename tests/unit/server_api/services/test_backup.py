"""A backup is of one moment and whole, and a server comes back from it in whichever database."""

from __future__ import annotations

import json
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from blake3 import blake3
from click.testing import CliRunner
from sqlalchemy import Connection, Table, func, insert, select

from server_api.cli import server as command
from server_api.contract.shares import CreateShare
from server_api.domain.metadata import BACKUP, BackupHeader, MetadataWriter
from server_api.errors import LinkOverError, StartError, UnavailableError
from server_api.services import backup as backup_module
from server_api.services import reinstating
from server_api.services.audit import record_alone
from server_api.services.backup import LEFT_OUT, check_backup, open_backup, tables_in_backup, write_backup
from server_api.services.collection import collect
from server_api.services.deletion import delete_due, request_deletion
from server_api.services.purging import Wisher, purge_due, request_purge
from server_api.services.reinstating import reinstate_server
from server_api.services.rewriting import rewrite_group
from server_api.services.scrubbing import scrub
from server_api.services.server import Server
from server_api.services.shares import confirm_links, create_share
from server_api.services.state import read_epoch
from server_api.services.visits import visit
from server_api.storage import tables
from server_api.storage.schema import SCHEMA
from server_api.storage.tables import metadata
from server_api.workers.jobs import run_due_jobs
from tests.fakes.clock import SeededIds
from tests.fixtures.content import Content, pack_of
from tests.fixtures.libraries import Library
from tests.fixtures.servers import make_server
from tests.unit.server_api.services.collecting import arrive

DAY_S = 24 * 3600


def some(length: int = 2_000) -> bytes:
    return secrets.token_bytes(length)


@pytest.fixture
def library(content: Content) -> Library:
    """With files of two people, an old version, a deletion, and what is in few databases."""
    ada = Library(content.server, content.caller())
    ada.save("thesis", some())
    ada.save("thesis", some())
    ada.save("long", some(300_000), some(300_000))
    ada.save("gone", some())
    ada.delete("gone")
    Library(content.server, content.caller("bob@example.org")).save("älter", some())
    with content.server.database.write() as work:
        account_id = ada.caller.account_id
        work.connection.execute(
            insert(tables.second_factor).values(account_id=account_id, secret=b"totp", is_on=True, last_step=7)
        )
        work.connection.execute(insert(tables.recovery_code).values(code_hash=bytes(32), account_id=account_id))
        work.connection.execute(
            insert(tables.session).values(session_id=bytes(16), device_id=ada.caller.device_id, created_at=1)
        )
        work.connection.execute(insert(tables.invitation).values(code_hash=bytes(32), created_at=1, expires_at=2))
    record_alone(content.server, "remembered", account_id=ada.caller.account_id)
    arrive(ada)
    return ada


@pytest.fixture
def empty(content: Content, tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Makes servers with a database of their own and the store of the first one."""
    made: list[Server] = []

    def make(**config: Any) -> Server:
        name = f"other-{len(made)}"
        settings = {"store_url": f"dir:{tmp_path / 'objects'}"} | config  # what ``content`` uses on every backend
        server = make_server(tmp_path / name, clock=content.clock, ids=SeededIds(77 + len(made)), **settings)
        made.append(server)
        return server

    yield make
    for server in made:
        server.database.close()


def taken_over(library: Library, server: Server) -> Library:
    """The same device on another server."""
    return Library(server, library.caller, dict(library.files), dict(library.versions), library.new_id, library.number)


def rows(connection: Connection, table: Table) -> list[Any]:
    return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)


def test_links_that_others_hold_work_again_once_the_operator_says_so(
    library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    path = next(iter(library.files))
    made = create_share(library.server, library.caller, library.namespace_id, CreateShare(path=path))
    write_backup(library.server, tmp_path / "a.backup")
    again = empty()
    reinstate_server(again, tmp_path / "a.backup")
    with pytest.raises(LinkOverError):
        visit(again, made.row.token, "somewhere", None)
    assert confirm_links(again) == 1
    assert visit(again, made.row.token, "somewhere", None).top.name == path


@pytest.mark.every_database
def test_everything_comes_back_as_it_was(library: Library, empty: Callable[[], Server], tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    written = write_backup(library.server, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (written.size, written.schema, written.rows["account"]) == (file.stat().st_size, SCHEMA, 2)
    again = empty()
    report = reinstate_server(again, file)
    assert (report.packs_adopted, report.packs_lost, report.broken.count, report.warnings) == (0, 0, 0, [])
    with library.server.database.read() as before, again.database.read() as after:
        for table in tables_in_backup():
            if table is not tables.audit:
                assert rows(after, table) == rows(before, table), table.name
        assert rows(after, tables.placement) == rows(before, tables.placement)
        assert "remembered" in set(after.scalars(select(tables.audit.c.action)))
        assert read_epoch(before) != read_epoch(after)
        for table in (tables.session, tables.invitation):
            assert rows(before, table)
            assert rows(after, table) == []
    assert taken_over(library, again).check_living() == 2
    assert scrub(again).is_well


def test_what_was_to_go_for_good_then_does_not_go_after_a_restore(
    library: Library, empty: Callable[[], Server], content: Content, tmp_path: Path
) -> None:
    wisher = Wisher(account_id=library.caller.account_id)
    request_purge(library.server, wisher, library.namespace_id, next(iter(library.files)))
    request_deletion(library.server, wisher)
    write_backup(library.server, tmp_path / "a.backup")
    content.clock.advance(2 * 24 * 3600)
    again = empty()
    reinstate_server(again, tmp_path / "a.backup")
    assert not purge_due(again)
    assert not delete_due(again)
    assert taken_over(library, again).check_living() == 2


@pytest.mark.every_database
def test_rows_that_are_numbered_go_on_after_a_restore(
    library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    again = empty()
    reinstate_server(again, tmp_path / "a.backup")
    for _ in range(3):
        record_alone(again, "afterwards")
    with again.database.read() as connection:
        numbers = list(connection.scalars(select(tables.audit.c.audit_id).order_by(tables.audit.c.audit_id)))
        assert len(numbers) == len(set(numbers))
        last = connection.execute(select(tables.audit.c.action).order_by(tables.audit.c.audit_id.desc()).limit(4)).all()
    assert [row.action for row in last] == ["afterwards"] * 3 + ["server-restored"]


@pytest.mark.databases
@pytest.mark.parametrize("way", ["to postgresql", "to mariadb", "from postgresql", "from mariadb"])
def test_a_server_moves_from_one_kind_of_database_to_another(
    way: str, request: pytest.FixtureRequest, library: Library, empty: Callable[..., Server], tmp_path: Path
) -> None:
    direction, _, kind = way.partition(" ")
    other = request.getfixturevalue(kind)
    url = other.new_database()
    write_backup(library.server, tmp_path / "one.backup")
    moved = empty(database_url=url)
    reinstate_server(moved, tmp_path / "one.backup")
    target = moved
    if direction == "from":
        write_backup(moved, tmp_path / "two.backup")
        target = empty()
        reinstate_server(target, tmp_path / "two.backup")
    device = taken_over(library, target)
    assert device.check_living() == 2
    device.save("after the move", some())
    device.delete("long")
    arrive(device)
    assert scrub(target).is_well
    with library.server.database.read() as before, target.database.read() as after:
        for table in (tables.chunk, tables.second_factor, tables.account, tables.membership):
            assert set(rows(before, table)) <= set(rows(after, table)), table.name


@pytest.mark.every_database
def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(
    library: Library, empty: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = backup_module._count
    written: list[str] = []

    def write_first(connection: Connection, table: Table) -> int:
        if not written:
            count(connection, table)  # the transaction has seen something
            written.append("x")
            library.save("meanwhile", some())
            library.save("thesis", some())
        return count(connection, table)

    with monkeypatch.context() as patched:
        patched.setattr(backup_module, "_count", write_first)
        report = write_backup(library.server, tmp_path / "a.backup")
    arrive(library)
    again = empty()
    reinstated = reinstate_server(again, tmp_path / "a.backup")
    assert reinstated.packs_adopted == 2
    assert reinstated.broken.count == 0
    with library.server.database.read() as before, again.database.read() as after:
        seq = select(func.max(tables.revision.c.seq)).where(tables.revision.c.namespace_id == library.namespace_id)
        assert after.scalar(seq) == report.rows["revision"] - 1  # the other one is bob's
        assert before.scalar(seq) == after.scalar(seq) + 2


# --- the store went on ------------------------------------------------------------------------------------------------


def test_what_came_to_the_store_since_is_there_for_devices_to_name(
    library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    late = some()
    library.save("late", late)
    arrive(library)
    again = empty()
    report = reinstate_server(again, tmp_path / "a.backup")
    assert report.packs_adopted == 1
    device = taken_over(library, again)
    assert device.missing([late]) == []
    del device.files["late"]
    device.save("late", late)
    assert device.check_living() == 3


def test_what_was_on_its_way_when_the_backup_was_made_is_taken_in(
    content: Content, library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    """Registered then, in the store and committed now: the old reservation must not delete it."""
    late = some()
    data, index = pack_of(library.namespace_id, [late])
    content.register(library.caller, data, index)
    write_backup(library.server, tmp_path / "a.backup")
    library.save("late", late)
    arrive(library)
    again = empty()
    assert reinstate_server(again, tmp_path / "a.backup").packs_adopted == 1
    content.clock.advance(2 * DAY_S)
    while not run_due_jobs(again):
        pass
    device = taken_over(library, again)
    assert device.missing([late]) == []
    del device.files["late"]
    device.save("late", late)
    assert device.check_living() == 3


def test_what_was_written_anew_since_is_found_where_it_lies_now(
    content: Content, library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    with content.server.database.read() as connection:
        own = tables.pack.c.namespace_id == library.namespace_id
        old = list(connection.scalars(select(tables.pack.c.pack_id).where(own)))
    assert rewrite_group(content.server, library.namespace_id, old, grace_ms=DAY_S * 1000)
    for _ in range(4):
        content.clock.advance(DAY_S + 600)
        assert collect(content.server).failures == []
    again = empty()
    report = reinstate_server(again, tmp_path / "a.backup")
    assert (report.packs_lost, report.packs_adopted, report.broken.count) == (len(old), 1, 0)
    assert taken_over(library, again).check_living() == 2
    assert scrub(again).is_well


def test_what_is_gone_from_the_store_is_told_and_sent_again(
    library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    data = library.files["thesis"].chunks[0]
    with library.server.database.read() as connection:
        pack_id = connection.scalar(
            select(tables.chunk.c.pack_id).where(tables.chunk.c.chunk_hash == blake3(data).digest())
        )
    assert pack_id is not None
    library.server.store.delete(library.key(pack_id))
    again = empty()
    report = reinstate_server(again, tmp_path / "a.backup")
    assert report.packs_lost == 1
    assert [broken.path for broken in report.broken.current] == ["thesis"]
    assert "thesis" in str(report)
    device = taken_over(library, again)
    assert device.missing([data]) == [data]
    device.upload([data])
    assert device.check_living() == 2


@pytest.mark.every_database
def test_nothing_is_collected_until_devices_have_told_what_they_have(
    content: Content, library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    dead = some()
    library.upload([dead])
    arrive(library)
    for _ in range(2):  # condemned when the backup is made
        content.clock.advance(DAY_S - 100)
        collect(content.server)
    write_backup(library.server, tmp_path / "a.backup")
    library.save("not dead after all", dead)
    late = some()
    library.save("late", late)
    arrive(library)
    again = empty()
    report = reinstate_server(again, tmp_path / "a.backup")
    objects = {found.key for found in again.store.list("packs/")}
    for _ in range(6):
        content.clock.advance(DAY_S)
        while not run_due_jobs(again):
            pass
        with pytest.raises(UnavailableError, match="--after-restore"):
            collect(again, grace_ms=0)
    assert {found.key for found in again.store.list("packs/")} == objects
    device = taken_over(library, again)
    assert device.missing([dead, late]) == []
    content.clock.advance(2 * DAY_S)
    assert content.clock.now_ms() > report.held_until
    assert collect(again).chunks_condemned == 2


def test_the_hold_ends_when_the_operator_says_so(library: Library, empty: Callable[[], Server], tmp_path: Path) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    again = empty()
    reinstate_server(again, tmp_path / "a.backup")
    collect(again, ends_hold=True)
    collect(again)


# --- refused ----------------------------------------------------------------------------------------------------------


def test_a_database_that_is_not_empty_is_left_alone(library: Library, tmp_path: Path) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    with pytest.raises(StartError, match="not empty"):
        reinstate_server(library.server, tmp_path / "a.backup")
    assert library.check_living() == 2


def test_a_damaged_or_cut_backup_is_refused_and_the_database_stays_empty(
    library: Library, empty: Callable[[], Server], tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    write_backup(library.server, file)
    whole = file.read_bytes()
    again = empty()
    for n in range(0, len(whole), max(len(whole) // 25, 1)):
        for broken in (whole[:n], whole[:n] + bytes([whole[n] ^ 0x40]) + whole[n + 1 :]):
            file.write_bytes(broken)
            with pytest.raises(StartError, match="no whole backup"):
                reinstate_server(again, file)
    with again.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.account)) == 0
    file.write_bytes(whole)
    reinstate_server(again, file)


def test_a_restore_that_is_killed_half_way_leaves_the_database_empty(
    library: Library, empty: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(library.server, tmp_path / "a.backup")
    again = empty()

    def fail(*_: Any) -> int:
        raise UnavailableError("The store does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(reinstating, "adopt_packs", fail)
        with pytest.raises(UnavailableError):
            reinstate_server(again, tmp_path / "a.backup")
    reinstate_server(again, tmp_path / "a.backup")
    assert taken_over(library, again).check_living() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "9999"}, "newer Lockstep"),
        ({"schema": "0001"}, "older Lockstep"),
        ({"version": 2}, "newer Lockstep"),
        ({"format": "lockstep-snapshot"}, "not a file of this kind"),
        ({"counts": {"account": 1}}, "rows are missing"),
        ({"columns": {"account": ("a",), "of the future": ("a",)}, "counts": {"of the future": 0}}, "Lockstep"),
    ],
)
def test_a_backup_that_this_lockstep_cannot_take_over_is_told_in_a_sentence(
    change: dict[str, Any], said: str, empty: Callable[[], Server], tmp_path: Path
) -> None:
    header = BackupHeader(format=BACKUP, created_at=1, epoch=b"", columns={}, schema=SCHEMA, lockstep="99", counts={})
    file = tmp_path / "a.backup"
    with file.open("wb") as opened:
        writer = MetadataWriter(opened, msgspec.structs.replace(header, **change))
        if "of the future" in change.get("counts", {}):
            writer.write("of the future", [("a",)])
        writer.finish()
    with pytest.raises(StartError, match=said):
        reinstate_server(empty(), file)


def test_a_file_that_is_no_backup_is_neither_read_nor_replaced(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "lockstep.sqlite.important"
    file.write_text("my thesis")
    with pytest.raises(StartError, match="left alone"):
        write_backup(library.server, file)
    assert file.read_text() == "my thesis"
    with pytest.raises(StartError, match=r"cannot be written to .*: File name too long"):
        write_backup(library.server, tmp_path / ("n" * 300))
    with pytest.raises(StartError, match="no folder"):
        write_backup(library.server, tmp_path / "nowhere" / "a.backup")
    with pytest.raises(StartError, match="cannot be read"):
        reinstate_server(library.server, tmp_path / "nowhere.backup")


def test_a_backup_that_fails_leaves_the_older_one_and_nothing_half(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backups" / "a.backup"
    file.parent.mkdir()
    write_backup(library.server, file)
    before = file.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backup_module, "check_backup", fail)
        with pytest.raises(StartError, match="No space left"):
            write_backup(library.server, file)
    assert file.read_bytes() == before
    assert [found.name for found in file.parent.iterdir()] == ["a.backup"]
    library.save("new", some())
    write_backup(library.server, file)
    with file.open("rb") as opened:
        assert check_backup(opened).counts["account"] == 2


def test_every_table_is_in_a_backup_or_left_out_for_a_reason(library: Library, tmp_path: Path) -> None:
    assert LEFT_OUT.keys() <= metadata.tables.keys()
    write_backup(library.server, tmp_path / "a.backup")
    with (tmp_path / "a.backup").open("rb") as file:
        _, header = open_backup(file)
    assert header.columns.keys() == metadata.tables.keys() - LEFT_OUT.keys()


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.mark.embedded  # the commands are told directories only
def test_the_commands_back_up_and_restore(library: Library, tmp_path: Path) -> None:
    def run(data: Path, *arguments: str) -> Any:
        return CliRunner().invoke(
            command, arguments, env={"LOCKSTEP_SERVER_DATA": str(data)}, prog_name="lockstep server"
        )

    file = str(tmp_path / "a.backup")
    done = run(tmp_path, "backup", file)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert "the contents are not in it" in done.stdout
    told = json.loads(run(tmp_path, "backup", file, "--json").stdout)
    assert told["rows"]["account"] == 2
    store = f"dir:{tmp_path / 'objects'}"
    refused = run(tmp_path, "restore", file)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    restored = run(tmp_path / "new", "restore", file, "--store", store, "--json")
    assert restored.exit_code == 0, restored.output
    assert json.loads(restored.stdout)["rows"]["account"] == 2
    assert "nothing is collected until" in run(tmp_path / "new", "gc", "--store", store).stderr
    assert run(tmp_path / "new", "gc", "--store", store, "--after-restore").exit_code == 0
