"""What every journal does, real or fake: what it keeps of commits, and for people."""

from __future__ import annotations

from server_api.contract import messages
from sync_engine.core.agreement import as_synced
from sync_engine.core.model import ROOT, Kind, LocalNode, Signature, SyncedNode
from sync_engine.ports import Activity, Journal, Outbox, Problem
from tests.contract.journals import CURSOR, here, node_id, there, told

# --- commits -------------------------------------------------------------------------------------------------------


def test_commit_numbers_only_rise(journal: Journal) -> None:
    assert journal.commit_number() == 0
    assert journal.next_commit_number() == 1
    journal.set_commit_number(40)
    journal.set_commit_number(7)
    assert journal.commit_number() == 40
    assert journal.next_commit_number() == 41


def test_the_outbox_comes_back_as_it_was(journal: Journal) -> None:
    assert journal.outbox() is None
    place = messages.Place(parent_id=ROOT, name="x")
    content = messages.Content(hash=bytes(32), size=5, mtime_ns=-(2**63), chunks=[bytes(32)])
    request = messages.CommitRequest(
        epoch=bytes(16),
        number=3,
        operations=[
            messages.CreateNode(
                operation_id=b"o" * 16, node_id=node_id(1), kind=Kind.FILE, place=place, content=content
            ),
            messages.DeleteNode(operation_id=b"p" * 16, node_id=node_id(2), base=bytes(16), seen_seq=9),
        ],
    )
    odd = here(1, signature=Signature(2**64 - 1, 2**100, None, 5, -(2**80), 0))
    nodes: list[LocalNode | SyncedNode] = [odd, as_synced(there(2))]
    journal.put_outbox(Outbox(request, nodes))
    assert journal.outbox() == Outbox(request, nodes)
    journal.clear_outbox()
    assert journal.outbox() is None


def test_packs_are_under_way_until_they_end(journal: Journal) -> None:
    for pack in (b"b" * 16, b"a" * 16, b"c" * 16, b"a" * 16):
        journal.begin_pack(pack)
    assert journal.packs_under_way() == [b"b" * 16, b"a" * 16, b"c" * 16]
    journal.end_packs([b"b" * 16, b"x" * 16])
    assert journal.packs_under_way() == [b"a" * 16, b"c" * 16]


def test_starting_over_forgets_agreements_and_keeps_what_was_seen(journal: Journal) -> None:
    journal.put_local([here(1)])
    journal.put_remote([there(1)])
    journal.put_synced([as_synced(there(1))])
    journal.next_commit_number()
    journal.set_cursor(CURSOR)
    journal.gather([told(there(2))])
    delete = messages.DeleteNode(operation_id=bytes(16), node_id=node_id(1), base=bytes(16), seen_seq=9)
    journal.put_outbox(Outbox(messages.CommitRequest(epoch=bytes(16), number=1, operations=[delete]), []))
    journal.start_over()
    assert journal.counts() == {"local": 1, "remote": 1, "tombstones": 0, "synced": 0}
    assert journal.cursor() is None
    assert journal.outbox() is None
    assert journal.commit_number() == 1
    assert journal.switch(CURSOR, whole=False) == set()


# --- for people ----------------------------------------------------------------------------------------------------


def test_activity_is_told_newest_first(journal: Journal) -> None:
    journal.add_activity([Activity(1, "created", "a"), Activity(1, "moved", "\udcff", "from é")])
    journal.add_activity([Activity(2, "deleted", "b")])
    assert [line.action for line in journal.activity(2)] == ["deleted", "moved"]
    assert journal.activity(9)[1] == Activity(1, "moved", "\udcff", "from é")


def test_there_is_one_problem_a_path(journal: Journal) -> None:
    journal.put_problems([Problem("b", "locked"), Problem("\udcff", "invalid-name", "é", node_id(1))])
    journal.put_problems([Problem("b", "not-permitted")])
    assert journal.problems() == [Problem("b", "not-permitted"), Problem("\udcff", "invalid-name", "é", node_id(1))]
    journal.clear_problems(["b", "unknown"])
    assert [problem.path for problem in journal.problems()] == ["\udcff"]


def test_settings_are_kept_until_removed(journal: Journal) -> None:
    journal.set_setting("guard", "1")
    journal.set_setting("guard", "2")
    assert journal.setting("guard") == "2"
    journal.set_setting("guard", None)
    assert journal.setting("guard") is None


def test_changes_grow_with_what_is_written_and_files_are_those_that_live_on_the_server(journal: Journal) -> None:
    with journal.transaction():
        journal.put_remote([there(1), there(2, kind=Kind.FOLDER), there(3, is_deleted=True), there(4)])
    before = journal.changes()
    assert journal.files() == 2
    assert journal.changes() == before
    with journal.transaction():
        journal.drop_remote([node_id(1)])
    assert journal.changes() > before
    assert journal.files() == 1
