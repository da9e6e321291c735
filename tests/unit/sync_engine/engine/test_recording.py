"""What was done on the disk, written down while the change feed goes on."""

from __future__ import annotations

import msgspec
import pytest

from sync_engine.core.model import (
    ROOT,
    ContentHash,
    Found,
    Kind,
    LocalNode,
    NodeId,
    RemoteNode,
    RevisionId,
    Signature,
    SyncedNode,
)
from sync_engine.core.operations import MoveLocal, PlaceFile, SetExecutable, TrashLocal
from sync_engine.engine.executor import Outcome
from sync_engine.engine.recording import record_done
from tests.fakes.journal import MemoryJournal

NODE = NodeId(b"n" * 16)
SIGNATURE = Signature(1, 2, 3, 4, 5, 6)
OLD, NEW = ContentHash(b"o" * 32), ContentHash(b"n" * 32)


def there(seq: int, **fields: object) -> RemoteNode:
    revision = RevisionId(seq.to_bytes(16, "big"))
    node = RemoteNode(NODE, ROOT, "a", Kind.FILE, revision, seq, content=OLD)
    return msgspec.structs.replace(node, **fields)


def agreed(node: RemoteNode) -> SyncedNode:
    return SyncedNode(node.node_id, node.parent_id, node.name, node.kind, node.revision_id, node.content)


def here(**fields: object) -> LocalNode:
    return msgspec.structs.replace(LocalNode(NODE, ROOT, "a", Kind.FILE, SIGNATURE, OLD), **fields)


def found(name: str = "a", **fields: object) -> Found:
    return msgspec.structs.replace(Found(name, Kind.FILE, SIGNATURE), **fields)


@pytest.fixture
def journal() -> MemoryJournal:
    """A file on both sides, in step."""
    journal = MemoryJournal()
    journal.put_local([here()])
    journal.put_remote([there(1)])
    journal.put_synced([agreed(there(1))])
    return journal


def test_a_new_file_is_agreed_on_as_it_was_placed_though_the_server_has_gone_on() -> None:
    journal = MemoryJournal()
    placed, later = there(1), there(2, content=NEW)
    journal.put_remote([later])
    assert record_done(journal, [Outcome(PlaceFile(placed), "a", found())], {NODE: placed}) == set()
    assert journal.synced([NODE]) == {NODE: agreed(placed)}


def test_a_new_file_is_agreed_on_as_it_was_placed_though_it_was_deleted_since() -> None:
    journal = MemoryJournal()
    placed = there(1)
    journal.put_remote([there(2, is_deleted=True)])
    record_done(journal, [Outcome(PlaceFile(placed), "a", found())], {NODE: placed})
    assert journal.synced([NODE]) == {NODE: agreed(placed)}


def test_a_rename_that_the_server_takes_back_is_no_rename_of_this_device(journal: MemoryJournal) -> None:
    renamed = there(2, name="b")
    journal.put_remote([there(3)])
    record_done(journal, [Outcome(MoveLocal(here(), ROOT, "b"), "b", found("b"))], {NODE: renamed})
    assert journal.local([NODE])[NODE].name == "b"
    assert journal.synced([NODE])[NODE].name == "b"


def test_a_mode_that_the_server_takes_back_is_no_change_of_this_device(journal: MemoryJournal) -> None:
    journal.put_remote([there(3)])
    outcome = Outcome(SetExecutable(here(), True), "a", found(executable=True))
    record_done(journal, [outcome], {NODE: there(2, executable=True)})
    assert journal.synced([NODE])[NODE].executable


def test_a_deletion_that_the_server_takes_back_is_no_deletion_by_this_device(journal: MemoryJournal) -> None:
    journal.put_remote([there(3)])
    record_done(journal, [Outcome(TrashLocal(here()), "a")], {NODE: there(2, is_deleted=True)})
    assert journal.local([NODE]) == {}
    assert journal.synced([NODE]) == {}


def test_a_name_that_was_left_to_another_is_not_agreed_on(journal: MemoryJournal) -> None:
    aside = MoveLocal(here(), ROOT, "a (conflicted)")
    record_done(journal, [Outcome(aside, "a (conflicted)", found("a (conflicted)"))], {NODE: there(1)})
    assert journal.synced([NODE]) == {NODE: agreed(there(1))}
