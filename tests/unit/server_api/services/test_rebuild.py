"""A server comes back from its store alone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from sqlalchemy import Table, select

from server_api.contract import messages
from server_api.contract.messages import (
    ROOT,
    Applied,
    ChangeNode,
    CommitRequest,
    CreateNode,
    DeleteNode,
    Kind,
    NodeId,
    Operation,
    Place,
)
from server_api.errors import StartError
from server_api.services.accounts import disable
from server_api.services.commits import append_batch
from server_api.services.devices import revoke_device
from server_api.services.passwords import is_password
from server_api.services.rebuild import RebuildReport, rebuild_server
from server_api.services.server import Caller
from server_api.services.snapshot import SNAPSHOTS, write_snapshot, write_snapshot_if_due
from server_api.services.state import read_epoch
from server_api.storage import tables
from server_api.workers.jobs import run_due_jobs
from tests.fixtures.content import Content, open_content

pytestmark = pytest.mark.every_database

RESTORED = (
    tables.device,
    tables.membership,
    tables.commit_number,
    tables.revision,
    tables.chunk,
    tables.placement,
)


class World:
    """A server, and a second one that is rebuilt from the first one's store."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.content = open_content(directory / "first")
        self.server = self.content.server
        self.laptop = self.content.caller()
        self._number = 0
        self._opened = [self.content]

    def commit(self, *operations: Operation, caller: Caller | None = None) -> list[Applied]:
        self._number += 1
        caller = caller or self.laptop
        with self.server.database.read() as connection:
            epoch = read_epoch(connection)
        request = CommitRequest(epoch=epoch, number=self._number, operations=list(operations))
        results = append_batch(self.server, caller, self.content.namespace(caller), request).results
        applied = [result for result in results if isinstance(result, Applied)]
        assert len(applied) == len(operations), results
        return applied

    def write(
        self, name: str, data: bytes, parent_id: bytes = ROOT, caller: Caller | None = None
    ) -> tuple[NodeId, bytes]:
        """A file of one chunk; its node and revision."""
        self.content.upload(caller or self.laptop, [data])
        node_id = NodeId(secrets.token_bytes(16))
        hash_ = blake3(data).digest()
        operation = CreateNode(
            operation_id=secrets.token_bytes(16),
            node_id=node_id,
            kind=Kind.FILE,
            place=Place(parent_id=parent_id, name=name),
            content=messages.Content(hash=hash_, size=len(data), mtime_ns=7, chunks=[hash_]),
        )
        return node_id, self.commit(operation, caller=caller)[0].revision_id

    def folder(self, name: str) -> NodeId:
        node_id = NodeId(secrets.token_bytes(16))
        place = Place(parent_id=ROOT, name=name)
        self.commit(CreateNode(operation_id=secrets.token_bytes(16), node_id=node_id, kind=Kind.FOLDER, place=place))
        return node_id

    def rebuilt(self) -> tuple[Content, RebuildReport]:
        """Another server on an empty database and the same store."""
        name = f"rebuilt-{len(self._opened)}"
        content = open_content(
            self.directory / name, store_url=f"dir:{self.directory / 'first' / 'objects'}", seed=len(self._opened) + 1
        )
        content.clock.ms = self.content.clock.ms
        content.accounts = self.content.accounts
        self._opened.append(content)
        return content, rebuild_server(content.server)

    def close(self) -> None:
        for content in self._opened:
            content.server.database.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def rows(content: Content, table: Table) -> list[Any]:
    with content.server.database.read() as connection:
        return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)


def fill(world: World) -> None:
    """Folders, files, a rename, a deletion, a second account."""
    folder = world.folder("Fotos")
    node_id, base = world.write("a.txt", b"a" * 400, folder)
    world.write("b.txt", b"b" * 5_000)
    gone, gone_base = world.write("c.txt", b"c")
    rename = ChangeNode(
        operation_id=secrets.token_bytes(16),
        node_id=node_id,
        base=base,
        place=Place(parent_id=folder, name="älter.txt"),
    )
    delete = DeleteNode(operation_id=secrets.token_bytes(16), node_id=gone, base=gone_base, seen_seq=10)
    world.commit(rename, delete)
    world.write("his", b"bob's", caller=world.content.caller("bob@example.org"))
    world.content.clock.advance(60)
    run_due_jobs(world.server)


def test_everything_committed_before_the_snapshot_comes_back(world: World) -> None:
    fill(world)
    again, report = world.rebuilt()
    for table in RESTORED:
        assert rows(again, table) == rows(world.content, table), table.name
    with world.server.database.read() as before, again.server.database.read() as after:
        for columns in (
            [tables.node.c.node_id, tables.node.c.parent_id, tables.node.c.live_name_key, tables.node.c.seq],
            [tables.namespace.c.namespace_id, tables.namespace.c.seq, tables.namespace.c.last_at],
            [tables.account.c.account_id, tables.account.c.email, tables.account.c.role],
            [tables.pack.c.pack_id, tables.pack.c.state, tables.pack.c.size, tables.pack.c.md5],
        ):
            assert sorted(map(tuple, after.execute(select(*columns))), key=repr) == sorted(
                map(tuple, before.execute(select(*columns))), key=repr
            )
    assert (report.accounts, report.namespaces, report.revisions) == (2, 2, 7)
    assert (report.gone.count, report.warnings) == (0, [])
    assert "älter.txt" not in str(report)
    assert "password" in str(report)


def test_the_rebuilt_server_takes_commits_and_has_a_new_epoch(world: World) -> None:
    fill(world)
    again, _ = world.rebuilt()
    with world.server.database.read() as before, again.server.database.read() as after:
        assert read_epoch(before) != read_epoch(after)
    world.server, world.content = again.server, again
    world.write("new.txt", b"after the rebuild")
    assert write_snapshot(again.server)
    third, report = world.rebuilt()
    assert report.revisions == 8
    assert rows(third, tables.revision) == rows(again, tables.revision)


def test_no_password_hash_is_in_the_store_and_none_fits_afterwards(world: World) -> None:
    fill(world)
    for found in world.server.store.list("meta/"):
        assert b"argon2" not in world.server.store.read_range(found.key, 0, found.size)
    again, _ = world.rebuilt()
    with again.server.database.read() as connection:
        for stored in connection.scalars(select(tables.account.c.password_hash)):
            for guess in ("", "!", stored, "correct horse battery"):
                assert not is_password(again.server, stored, guess)


def test_packs_that_came_after_the_snapshot_are_found_by_their_own_index(world: World) -> None:
    fill(world)
    data = secrets.token_bytes(3_000)
    world.content.upload(world.laptop, [data])
    again, report = world.rebuilt()
    with again.server.database.read() as connection:
        found = connection.execute(
            select(tables.chunk.c.plain_size, tables.pack.c.state)
            .join(tables.pack, tables.pack.c.pack_id == tables.chunk.c.pack_id)
            .where(tables.chunk.c.chunk_hash == blake3(data).digest())
        ).one()
    assert tuple(found) == (3_000, "verified")
    assert report.warnings == []


def test_a_false_pack_that_came_after_the_snapshot_is_left_out(world: World) -> None:
    fill(world)
    pack_id = world.content.upload(world.laptop, [secrets.token_bytes(3_000)])
    path = next(Path(world.directory, "first", "objects", "packs").rglob(pack_id.hex()))
    damaged = bytearray(path.read_bytes())
    damaged[100] ^= 1
    path.write_bytes(damaged)
    _, report = world.rebuilt()
    assert any("cannot be read" in warning for warning in report.warnings)


def test_versions_whose_content_is_gone_are_listed(world: World) -> None:
    fill(world)
    lost = world.content.upload(world.laptop, [b"b" * 5_000])
    with world.server.database.read() as connection:
        pack_id = connection.scalar(
            select(tables.chunk.c.pack_id).where(tables.chunk.c.chunk_hash == blake3(b"b" * 5_000).digest())
        )
    assert pack_id is not None
    for pack in (lost, pack_id):
        next(Path(world.directory, "first", "objects", "packs").rglob(pack.hex())).unlink()
    _, report = world.rebuilt()
    assert [version.path for version in report.gone.current] == ["b.txt"]
    assert "b.txt" in str(report)
    assert any("not in the store" in warning for warning in report.warnings)


def test_changes_in_several_logs_come_back(world: World) -> None:
    for number in range(4):
        world.write(f"{number}", secrets.token_bytes(100 + number))
        world.content.clock.advance(3_700)
        assert write_snapshot_if_due(world.server)
    assert len(list(world.server.store.list("meta/log/"))) == 4
    again, report = world.rebuilt()
    assert report.revisions == 4
    assert rows(again, tables.revision) == rows(world.content, tables.revision)


def test_a_log_that_was_written_without_its_snapshot_counts(world: World) -> None:
    fill(world)
    world.write("late", b"late")
    latest = write_snapshot(world.server)
    world.server.store.delete(latest)
    again, report = world.rebuilt()
    assert report.revisions == 8
    assert rows(again, tables.revision) == rows(world.content, tables.revision)


def test_a_damaged_snapshot_gives_way_to_the_one_before(world: World) -> None:
    fill(world)
    world.content.clock.advance(10)
    latest = write_snapshot(world.server)
    path = world.directory / "first" / "objects" / latest
    path.write_bytes(path.read_bytes()[:-20])
    _, report = world.rebuilt()
    assert report.revisions == 7
    assert any("cannot be used" in warning for warning in report.warnings)


def test_a_damaged_log_ends_its_tree_before_it_and_says_so(world: World) -> None:
    fill(world)
    world.write("late", b"late")
    write_snapshot(world.server)
    log = sorted(world.server.store.list("meta/log/"), key=lambda found: found.key)
    late = next(found.key for found in log if found.key.split("/")[-1].startswith("0000000000000006"))
    path = world.directory / "first" / "objects" / late
    path.write_bytes(path.read_bytes()[:-9])
    again, report = world.rebuilt()
    assert report.revisions == 7
    assert any("are lost" in warning for warning in report.warnings)
    world.server, world.content = again.server, again
    world.write("another history", b"other")
    world.content.clock.advance(10)
    write_snapshot(again.server)
    third, second_report = world.rebuilt()
    assert rows(third, tables.revision) == rows(again, tables.revision)
    assert not any("are lost" in warning for warning in second_report.warnings)


def test_a_database_that_is_not_empty_is_left_alone(world: World) -> None:
    fill(world)
    with pytest.raises(StartError, match="not empty"):
        rebuild_server(world.server)


def test_a_store_without_a_snapshot_says_so_and_leaves_the_database_empty(world: World) -> None:
    with pytest.raises(StartError, match="nothing to rebuild"):
        world.rebuilt()
    assert rows(world._opened[-1], tables.account) == []


def test_snapshots_come_soon_then_seldom_and_only_for_changes(world: World) -> None:
    assert not write_snapshot_if_due(world.server)
    world.write("a", b"a")
    assert not write_snapshot_if_due(world.server)
    world.content.clock.advance(10)
    assert write_snapshot_if_due(world.server)
    world.content.clock.advance(5_000)
    assert not write_snapshot_if_due(world.server)
    world.write("b", b"b")
    assert write_snapshot_if_due(world.server)
    world.write("c", b"c")
    world.content.clock.advance(3_500)
    assert not write_snapshot_if_due(world.server)
    world.content.clock.advance(100)
    assert write_snapshot_if_due(world.server)
    assert len(list(world.server.store.list(SNAPSHOTS))) == 3


def test_a_revoked_device_and_a_disabled_account_are_worth_a_snapshot(world: World) -> None:
    world.write("a", b"a")
    world.content.clock.advance(10)
    assert write_snapshot_if_due(world.server)
    revoke_device(world.server, world.laptop, world.laptop.device_id, None)
    world.content.clock.advance(3_700)
    assert write_snapshot_if_due(world.server)
    disable(world.server, world.laptop.email)
    world.content.clock.advance(3_700)
    assert write_snapshot_if_due(world.server)
    again, _ = world.rebuilt()
    assert rows(again, tables.device) == rows(world.content, tables.device)
    with again.server.database.read() as connection:
        assert connection.scalars(select(tables.account.c.is_disabled)).all() == [True]


def test_old_snapshots_are_deleted_and_logs_are_kept(world: World) -> None:
    world.content.clock.ms = 1_790_035_200_000  # midnight
    for number in range(10):
        world.write(f"{number}", secrets.token_bytes(50))
        world.content.clock.advance(600)
        write_snapshot(world.server)
    assert len(list(world.server.store.list(SNAPSHOTS))) == 7
    assert len(list(world.server.store.list("meta/log/"))) == 10
    again, _ = world.rebuilt()
    assert rows(again, tables.revision) == rows(world.content, tables.revision)
