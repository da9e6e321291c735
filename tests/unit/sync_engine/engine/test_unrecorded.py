"""After a crash: what was placed and not written down is known for what it is, and nothing else is taken for it."""

from __future__ import annotations

import msgspec
import pytest
from blake3 import blake3

from sync_engine.core.model import ROOT, ContentHash, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature
from sync_engine.core.operations import MakeFolder, MakeSymlink, MoveLocal, PlaceFile, Plan
from sync_engine.engine.recording import record_decided, record_done, record_unrecorded
from tests.fakes.device import FakeTime
from tests.fakes.filesystem import FakeFileSystem
from tests.fakes.journal import MemoryJournal

AT_NS = 1_700_000_000_123_456_789
FOLDER, FILE, LINK = (NodeId(letter * 16) for letter in (b"d", b"f", b"l"))


def _there(node_id: NodeId, name: str, kind: Kind = Kind.FILE, **fields: object) -> RemoteNode:
    node = RemoteNode(node_id, ROOT, name, kind, RevisionId(b"r" * 16), 1)
    return msgspec.structs.replace(node, **fields)


FILE_THERE = _there(FILE, "a", content=ContentHash(blake3(b"new").digest()), size=3, mtime_ns=AT_NS)


@pytest.fixture
def disk() -> FakeFileSystem:
    disk = FakeFileSystem(FakeTime().now_ns)
    disk.check_root()
    return disk


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


def _decide(journal: MemoryJournal, *operations: object) -> None:
    journal.put_remote([each.node for each in operations if isinstance(each.node, RemoteNode)])  # type: ignore[attr-defined]
    record_decided(journal, Plan([], list(operations), [], [], [], [], []))  # type: ignore[arg-type]


def test_what_was_made_is_agreed_as_it_was_announced_and_a_file_is_read_again(
    disk: FakeFileSystem, journal: MemoryJournal
) -> None:
    inside = _there(FILE, "a", parent_id=FOLDER, content=FILE_THERE.content, size=3, mtime_ns=AT_NS)
    link = _there(LINK, "link", Kind.SYMLINK, link_target="a/b")
    _decide(journal, MakeFolder(_there(FOLDER, "d", Kind.FOLDER)), PlaceFile(inside), MakeSymlink(link))
    disk.make("d")
    disk.write("d/a", b"new", mtime_ns=AT_NS)
    disk.link_to("link", "a/b")
    record_unrecorded(journal, disk)
    local = journal.local([FOLDER, FILE, LINK])
    assert [local[node_id].name for node_id in (FOLDER, FILE, LINK)] == ["d", "a", "link"]
    assert (local[FILE].content, local[FILE].recheck, local[FOLDER].recheck) == (inside.content, True, False)
    assert journal.synced([FOLDER, FILE, LINK]).keys() == {FOLDER, FILE, LINK}


def test_a_file_that_was_moved_is_agreed_where_it_is(disk: FakeFileSystem, journal: MemoryJournal) -> None:
    disk.write("old", b"new", mtime_ns=AT_NS)
    found = disk.look("old")
    assert found is not None
    before = LocalNode(FILE, ROOT, "old", Kind.FILE, found.signature, FILE_THERE.content)
    journal.put_local([before])
    journal.put_remote([FILE_THERE])
    _decide(journal, MoveLocal(before, ROOT, "a"))
    disk.rename("old", "a")
    record_unrecorded(journal, disk)
    assert journal.local([FILE])[FILE].name == "a"
    assert journal.synced([FILE])[FILE].name == "a"


@pytest.mark.parametrize("content", [b"other", b"mine"])
def test_what_somebody_else_put_there_is_left_to_the_scan(
    content: bytes, disk: FakeFileSystem, journal: MemoryJournal
) -> None:
    _decide(journal, PlaceFile(FILE_THERE))
    disk.write("a", content)
    record_unrecorded(journal, disk)
    assert (journal.local([FILE]), journal.synced([FILE])) == ({}, {})


def test_nothing_comes_to_a_place_that_another_node_has(disk: FakeFileSystem, journal: MemoryJournal) -> None:
    journal.put_local([LocalNode(LINK, ROOT, "a", Kind.FILE, Signature(1, 1, None, 1, 1, 1))])
    _decide(journal, PlaceFile(FILE_THERE))
    disk.write("a", b"new", mtime_ns=AT_NS)
    record_unrecorded(journal, disk)
    assert journal.local([FILE]) == {}


def test_what_was_not_done_and_what_was_recorded_changes_nothing(disk: FakeFileSystem, journal: MemoryJournal) -> None:
    _decide(journal, PlaceFile(FILE_THERE))
    record_unrecorded(journal, disk)
    assert journal.local([FILE]) == {}
    record_done(journal, [], {})
    disk.write("a", b"new", mtime_ns=AT_NS)
    record_unrecorded(journal, disk)
    assert journal.local([FILE]) == {}
