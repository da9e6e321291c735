"""What every journal does, real or fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from server_api.contract import messages
from sync_engine.adapters.journal.journal import open_journal
from sync_engine.core.agreement import as_synced
from sync_engine.core.model import ROOT, Cursor, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature, SyncedNode
from sync_engine.errors import JournalError
from sync_engine.ports import Activity, Journal, Outbox, Prepared, Problem
from tests.fakes.journal import MemoryJournal

OpenJournal = Callable[[bool], Journal]
T = 1_700_000_000_000_000_000


@pytest.fixture(params=["memory", "sqlite"])
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenJournal]:
    opened: list[Journal] = []

    def open_it(case_sensitive: bool) -> Journal:
        journal: Journal = (
            MemoryJournal(case_sensitive=case_sensitive)
            if request.param == "memory"
            else open_journal(tmp_path / "journal.db", bytes(16), ignores_case=not case_sensitive)
        )
        opened.append(journal)
        return journal

    yield open_it
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(open_one: OpenJournal) -> Journal:
    return open_one(True)


def node_id(number: int) -> NodeId:
    return NodeId(number.to_bytes(16, "big"))


def here(number: int, parent: NodeId = ROOT, name: str = "", kind: Kind = Kind.FILE, **fields: object) -> LocalNode:
    signature = Signature(7, 1000 + number, T, 5, T + number, T)
    node = LocalNode(node_id(number), parent, name or f"n{number}", kind, signature)
    if kind == Kind.FILE:
        fields = {"content": number.to_bytes(32, "big"), **fields}
    return msgspec.structs.replace(node, **fields)


def there(number: int, parent: NodeId = ROOT, name: str = "", kind: Kind = Kind.FILE, **fields: object) -> RemoteNode:
    node = RemoteNode(node_id(number), parent, name or f"n{number}", kind, RevisionId(node_id(number)), number)
    if kind == Kind.FILE:
        fields = {"content": number.to_bytes(32, "big"), **fields}
    return msgspec.structs.replace(node, **fields)


def told(node: RemoteNode, **fields: object) -> messages.Change:
    change = messages.Change(
        node_id=node.node_id,
        seq=node.seq,
        revision_id=node.revision_id,
        kind=node.kind,
        parent_id=node.parent_id,
        name=node.name,
        committed_at=0,
        deleted=node.is_deleted,
        content_hash=node.content,
        size=node.size,
        mtime_ns=node.mtime_ns,
        executable=node.executable,
        link_target=node.link_target,
        approved=node.is_approved,
    )
    return msgspec.structs.replace(change, **fields)


CURSOR = Cursor(b"e" * 16, 100, RevisionId(b"r" * 16))

# --- the trees -----------------------------------------------------------------------------------------------------


def test_what_the_remote_tree_has_at_a_revision_is_agreed(journal: Journal) -> None:
    changed = msgspec.structs.replace(there(2), revision_id=RevisionId(bytes(16)))
    before = as_synced(there(4))
    with journal.transaction():
        journal.put_remote([there(1), changed, there(3, is_deleted=True), there(5, kind=Kind.FOLDER)])
        journal.put_synced([before, as_synced(there(5, name="old", kind=Kind.FOLDER))])
        told = journal.agree({node_id(n): RevisionId(node_id(n)) for n in range(1, 6)})
    assert told == {node_id(1), node_id(5)}
    assert journal.synced(map(node_id, range(1, 6))) == {
        node_id(1): as_synced(there(1)),
        node_id(4): before,
        node_id(5): as_synced(there(5, kind=Kind.FOLDER)),
    }


def test_many_nodes_are_agreed_at_once(journal: Journal) -> None:
    nodes = [there(number) for number in range(1, 1_001)]
    with journal.transaction():
        journal.put_remote(nodes)
        assert journal.agree({node.node_id: node.revision_id for node in nodes}) == {node.node_id for node in nodes}
    assert journal.synced(node.node_id for node in nodes) == {node.node_id: as_synced(node) for node in nodes}
    assert journal.agree({}) == set()


def test_nodes_come_back_as_they_were_put(journal: Journal) -> None:
    nodes = [
        here(1, executable=True, recheck=True),
        here(2, name="bad \udcff name", content=None),
        here(3, name="link", kind=Kind.SYMLINK, link_target="../\udc80/x"),
        here(4, name="folder", kind=Kind.FOLDER, signature=Signature(2**64 - 1, 2**127 + 3, None, 0, -(2**70), 2**65)),
        here(5, name="Ünïcode 😀"),
        here(6, signature=Signature(1, 2**63 - 1, -1, 2**53, -(2**63), 2**63)),
    ]
    journal.put_local(nodes)
    assert journal.local(node.node_id for node in nodes) == {node.node_id: node for node in nodes}
    remotes = [there(1, size=2**53, mtime_ns=-5, executable=True), there(2, is_deleted=True, is_approved=True)]
    remotes.append(there(3, kind=Kind.SYMLINK, link_target="é"))
    journal.put_remote(remotes)
    assert journal.remote([node_id(1), node_id(2), node_id(3)]) == {node.node_id: node for node in remotes}
    synced = [as_synced(node) for node in remotes]
    journal.put_synced(synced)
    assert journal.synced([node_id(1), node_id(2), node_id(3)]) == {node.node_id: node for node in synced}


def test_a_put_replaces_and_a_drop_removes_that_node_only(journal: Journal) -> None:
    journal.put_local([here(1, kind=Kind.FOLDER), here(2, node_id(1))])
    journal.put_local([here(2, node_id(1), "renamed")])
    assert journal.local([node_id(2)])[node_id(2)].name == "renamed"
    journal.drop_local([node_id(1), node_id(9)])
    assert set(journal.local([node_id(1), node_id(2)])) == {node_id(2)}
    journal.put_remote([there(3)])
    journal.put_synced([as_synced(there(3))])
    journal.drop_remote([node_id(3)])
    journal.drop_synced([node_id(3)])
    assert journal.counts() == {"local": 1, "remote": 0, "tombstones": 0, "synced": 0}


def test_unknown_ids_are_absent_and_repeated_ones_are_answered_once(journal: Journal) -> None:
    journal.put_local([here(1)])
    assert set(journal.local([node_id(1), node_id(2), node_id(1)])) == {node_id(1)}
    assert journal.local([]) == {}
    assert len(journal.local_named([(ROOT, "n1"), (ROOT, "n1")])) == 1


def test_thousands_are_read_at_once(journal: Journal) -> None:
    nodes = [here(number, node_id(number % 7 + 1)) for number in range(100, 2600)]
    journal.put_local(nodes)
    assert len(journal.local(node.node_id for node in nodes)) == 2500
    assert len(journal.local_named((node.parent_id, node.name) for node in nodes)) == 2500
    assert len(journal.local_inodes(1000 + number for number in range(100, 2600))) == 2500
    assert len(journal.local_children(node_id(number) for number in range(1, 8))) == 2500


def test_children_are_those_of_the_named_folders(journal: Journal) -> None:
    journal.put_local([here(1, kind=Kind.FOLDER), here(2, node_id(1)), here(3)])
    assert {node.node_id for node in journal.local_children([ROOT])} == {node_id(1), node_id(3)}
    assert {node.node_id for node in journal.local_children([ROOT, node_id(1)])} == {node_id(1), node_id(2), node_id(3)}
    journal.put_remote([there(1), there(2, is_deleted=True)])
    assert [node.node_id for node in journal.remote_children([ROOT])] == [node_id(1)]
    journal.put_synced([as_synced(there(1)), as_synced(there(2))])
    assert {node.node_id for node in journal.synced_children([ROOT])} == {node_id(1), node_id(2)}


def test_names_compare_in_every_unicode_form(journal: Journal) -> None:
    journal.put_local([here(1, name="Cafe\u0301")])
    journal.put_remote([there(2, name="Caf\u00e9"), there(3, name="Cafe\u0301", is_deleted=True)])
    assert [node.node_id for node in journal.local_named([(ROOT, "Caf\u00e9")])] == [node_id(1)]
    assert journal.local_named([(ROOT, "cafe\u0301"), (node_id(1), "Caf\u00e9")]) == []
    assert [node.node_id for node in journal.remote_named([(ROOT, "Cafe\u0301")])] == [node_id(2)]


def test_where_the_disk_ignores_case_local_names_do_and_remote_ones_do_not(open_one: OpenJournal) -> None:
    journal = open_one(False)
    journal.put_local([here(1, name="ÄRGER.TXT"), here(2, name="\udcff")])
    journal.put_remote([there(1, name="ÄRGER.TXT")])
    assert [node.node_id for node in journal.local_named([(ROOT, "ärger.txt")])] == [node_id(1)]
    assert journal.remote_named([(ROOT, "ärger.txt")]) == []


def test_inodes_find_their_nodes(journal: Journal) -> None:
    journal.put_local([here(1), here(2, signature=Signature(2**64 - 1, 2**100, None, 0, 0, 0))])
    assert [node.node_id for node in journal.local_inodes([1001])] == [node_id(1)]
    assert [node.node_id for node in journal.local_inodes([2**100])] == [node_id(2)]


def test_paths_follow_folders_that_move(journal: Journal) -> None:
    journal.put_local([here(1, name="a", kind=Kind.FOLDER), here(2, node_id(1), "b", Kind.FOLDER)])
    journal.put_local([here(3, node_id(2), "c"), here(4, name="z", kind=Kind.FOLDER)])
    assert journal.local_path(ROOT) == ""
    assert journal.local_path(node_id(3)) == "a/b/c"
    assert journal.local_at("a/b/c") == here(3, node_id(2), "c")
    assert journal.local_at("a/b") == here(2, node_id(1), "b", Kind.FOLDER)
    journal.put_local([here(1, node_id(4), "A", Kind.FOLDER)])
    assert journal.local_path(node_id(3)) == "z/A/b/c"
    assert journal.local_path(node_id(2)) == "z/A/b"
    assert journal.local_at("a/b/c") is None
    assert journal.local_at("z/A/b/c") == here(3, node_id(2), "c")
    journal.drop_local([node_id(1)])
    assert journal.local_path(node_id(3)) is None
    assert journal.local_at("z/A/b/c") is None
    assert journal.local_at("") is None


def test_paths_are_of_exact_names(journal: Journal) -> None:
    journal.put_local([here(1, name="Cafe\u0301"), here(2, name="\udcff", kind=Kind.FOLDER), here(3, node_id(2), "x")])
    assert journal.local_at("Caf\u00e9") is None
    assert journal.local_at("Cafe\u0301") == here(1, name="Cafe\u0301")
    assert journal.local_at("\udcff/x") == here(3, node_id(2), "x")
    assert journal.local_at("Cafe\u0301/x") is None


def test_a_tombstone_or_a_circle_has_no_remote_path(journal: Journal) -> None:
    journal.put_remote([there(1, name="a", kind=Kind.FOLDER), there(2, node_id(1), "b")])
    assert journal.remote_path(node_id(2)) == "a/b"
    journal.put_remote([there(1, name="a", kind=Kind.FOLDER, is_deleted=True)])
    assert journal.remote_path(node_id(2)) is None
    journal.put_remote([there(3, node_id(4), kind=Kind.FOLDER), there(4, node_id(3), kind=Kind.FOLDER)])
    assert journal.remote_path(node_id(4)) is None


def test_everything_below_a_folder_comes_parents_first(journal: Journal) -> None:
    journal.put_local([here(1, kind=Kind.FOLDER), here(2, node_id(1), kind=Kind.FOLDER), here(3, node_id(2)), here(4)])
    assert journal.below_local(node_id(1)) == [node_id(2), node_id(3)]
    assert set(journal.below_local(ROOT)) == {node_id(number) for number in (1, 2, 3, 4)}
    assert journal.below_local(node_id(9)) == []
    journal.put_local([here(5, node_id(6), kind=Kind.FOLDER), here(6, node_id(5), kind=Kind.FOLDER)])
    assert journal.below_local(node_id(5)) == [node_id(6)]


def test_a_rebound_folder_keeps_its_children(journal: Journal) -> None:
    journal.put_local([here(1, name="a", kind=Kind.FOLDER), here(2, node_id(1), "b")])
    assert journal.local_path(node_id(2)) == "a/b"
    journal.rebind_local(node_id(1), node_id(9))
    assert journal.local([node_id(1), node_id(9)]).keys() == {node_id(9)}
    assert journal.local([node_id(2)])[node_id(2)].parent_id == node_id(9)
    assert journal.local_path(node_id(2)) == "a/b"
    assert journal.local_path(node_id(9)) == "a"
    journal.rebind_local(node_id(7), node_id(8))
    with pytest.raises(JournalError):
        journal.rebind_local(node_id(9), node_id(2))


def test_conflicted_copies_are_found_by_their_names(journal: Journal) -> None:
    journal.put_local([here(1, name="d", kind=Kind.FOLDER)])
    journal.put_local([here(2, node_id(1), "x (Ann's laptop's conflicted copy 2026-11-05).txt")])
    journal.put_local([here(3, node_id(1), "y (pc's conflicted copy 2026-11-05 2)"), here(4, name="conflicted copy")])
    journal.put_local([here(5, name="Ann's conflicted copy of it")])
    assert journal.conflicted_copies() == [
        "d/x (Ann's laptop's conflicted copy 2026-11-05).txt",
        "d/y (pc's conflicted copy 2026-11-05 2)",
    ]


def test_forgotten_contents_have_to_be_read_again(journal: Journal) -> None:
    journal.put_local([here(1), here(2, kind=Kind.FOLDER)])
    assert journal.forget_contents() == {node_id(1)}
    assert journal.local([node_id(1)])[node_id(1)].content is None


# --- what differs --------------------------------------------------------------------------------------------------


def test_what_was_read_is_the_content_of_a_file_that_is_still_the_same(journal: Journal) -> None:
    wide = Signature(2**64 - 1, 2**100, None, 5, T, T)
    journal.put_local([here(1, content=None), here(2, content=None), here(3, content=None, signature=wide)])
    read = {n: Prepared(node_id(n), here(n).signature, bytes([n]) * 32, 5, [], recheck=n == 1) for n in (1, 2, 4)}  # type: ignore[arg-type]
    read[2] = msgspec.structs.replace(read[2], signature=msgspec.structs.replace(read[2].signature, mtime_ns=T + 9))
    read[3] = msgspec.structs.replace(read[1], node_id=node_id(3), signature=wide)
    journal.put_contents(read.values())
    assert journal.local(map(node_id, range(1, 5))) == {
        node_id(1): here(1, content=bytes([1]) * 32, recheck=True),
        node_id(2): here(2, content=None),
        node_id(3): here(3, content=bytes([1]) * 32, recheck=True, signature=wide),
    }


def test_what_agrees_does_not_differ(journal: Journal) -> None:
    pairs = [
        (here(1, name="Cafe\u0301"), there(1, name="Caf\u00e9")),
        (here(2, kind=Kind.FOLDER, executable=True), there(2, kind=Kind.FOLDER)),
        (here(3, kind=Kind.SYMLINK, link_target="x"), there(3, kind=Kind.SYMLINK, link_target="x")),
        (here(5, recheck=True), there(5)),
    ]
    for local, remote in pairs:
        journal.put_local([local])
        journal.put_remote([remote])
        journal.put_synced([as_synced(remote)])
    journal.put_remote([there(4, is_deleted=True)])
    assert journal.differing() == set()


@pytest.mark.parametrize(
    ("local", "remote", "synced"),
    [
        (here(1), None, None),
        (None, there(1), None),
        (None, None, as_synced(there(1))),
        (here(1), there(1), None),
        (None, there(1), as_synced(there(1))),
        (here(1), None, as_synced(there(1))),
        (here(1, name="other"), there(1), as_synced(there(1))),
        (here(1, node_id(5)), there(1), as_synced(there(1))),
        (here(1, content=bytes(32)), there(1), as_synced(there(1))),
        (here(1, content=None), there(1), as_synced(there(1))),
        (here(1, executable=True), there(1), as_synced(there(1))),
        (here(1), there(1), as_synced(there(1, revision_id=b"old"))),
        (here(1), there(1, is_deleted=True), as_synced(there(1))),
        (None, there(1, is_deleted=True), as_synced(there(1))),
        (here(1), there(1), as_synced(there(1, name="other"))),
        (
            here(1, kind=Kind.SYMLINK, link_target="a"),
            there(1, kind=Kind.SYMLINK, link_target="b"),
            as_synced(there(1, kind=Kind.SYMLINK, link_target="b")),
        ),
    ],
)
def test_any_disagreement_makes_a_node_differ(
    journal: Journal, local: LocalNode | None, remote: RemoteNode | None, synced: SyncedNode | None
) -> None:
    journal.put_local([local] if local else [])
    journal.put_remote([remote] if remote else [])
    journal.put_synced([synced] if synced else [])
    assert journal.differing() == {node_id(1)}


def test_what_is_excluded_and_not_here_does_not_differ(journal: Journal) -> None:
    folder, deep = there(1, kind=Kind.FOLDER), there(2, node_id(1))
    journal.put_remote([folder, deep, there(3), there(4, node_id(1))])
    journal.put_synced([as_synced(there(4, node_id(1)))])
    assert journal.differing() == {node_id(number) for number in (1, 2, 3, 4)}
    journal.set_excluded({node_id(1): "n1"})
    assert journal.differing() == {node_id(3), node_id(4)}
    journal.put_local([here(2, node_id(1))])
    assert journal.differing() == {node_id(2), node_id(3), node_id(4)}
    journal.set_excluded({})
    assert node_id(1) in journal.differing()


def test_files_that_are_not_here_as_they_are_there_are_lacking(journal: Journal) -> None:
    gone = there(5, is_deleted=True)
    journal.put_remote([there(1), there(2), there(3), there(4), gone, there(6, kind=Kind.FOLDER)])
    journal.put_local([here(1, name="moved"), here(2, content=bytes(32)), here(3, content=None), here(7)])
    assert set(journal.lacking(3) or ()) == {node_id(2), node_id(3), node_id(4)}
    assert journal.lacking(2) is None
    journal.put_local([here(2), here(3), here(4)])
    assert journal.lacking(0) == []


def test_what_is_excluded_is_not_lacking_wherever_it_is(journal: Journal) -> None:
    journal.put_remote(
        [there(1, kind=Kind.FOLDER), there(2, node_id(1), kind=Kind.FOLDER), there(3, node_id(2)), there(4)]
    )
    assert set(journal.lacking(2) or ()) == {node_id(3), node_id(4)}
    journal.set_excluded({node_id(1): "n1"})
    assert journal.lacking(2) == [node_id(4)]
    journal.set_excluded({node_id(1): "n1", node_id(4): "n4"})
    assert journal.lacking(0) == []


def test_exclusions_are_undone_with_their_transaction_and_outlive_starting_over(journal: Journal) -> None:
    journal.set_excluded({node_id(1): "a/\udcff"})
    with suppress(_Stopped), journal.transaction(durable=True):
        journal.set_excluded({})
        raise _Stopped
    journal.start_over()
    assert journal.excluded() == {node_id(1): "a/\udcff"}


# --- transactions --------------------------------------------------------------------------------------------------


class _Stopped(Exception):
    pass


def test_an_error_undoes_the_whole_transaction(journal: Journal) -> None:
    journal.put_local([here(1, name="a", kind=Kind.FOLDER), here(2, node_id(1), "b")])

    def fail_midway() -> None:
        with journal.transaction(durable=True):
            journal.put_local([here(1, name="moved", kind=Kind.FOLDER)])
            assert journal.local_path(node_id(2)) == "moved/b"
            journal.set_setting("k", "v")
            journal.add_activity([Activity(1, "made", "a")])
            raise _Stopped

    with pytest.raises(_Stopped):
        fail_midway()
    assert journal.local_path(node_id(2)) == "a/b"
    assert journal.setting("k") is None
    assert journal.activity(10) == []


def test_an_error_in_a_joined_transaction_undoes_the_whole_even_if_it_is_caught(journal: Journal) -> None:

    def go_on_after_a_failure() -> None:
        with journal.transaction():
            journal.put_local([here(1)])
            with suppress(_Stopped), journal.transaction():
                raise _Stopped

    with pytest.raises(JournalError):
        go_on_after_a_failure()
    assert journal.counts()["local"] == 0
    with journal.transaction():
        journal.put_local([here(1)])
    assert journal.counts()["local"] == 1


# --- the change feed -----------------------------------------------------------------------------------------------


def test_gathered_pages_are_unseen_until_they_are_switched_in(journal: Journal) -> None:
    assert journal.cursor() is None
    journal.gather([told(there(1, kind=Kind.FOLDER))])
    journal.gather([told(there(2, node_id(1), size=9, mtime_ns=T, executable=True))])
    assert journal.remote([node_id(1), node_id(2)]) == {}
    assert journal.switch(CURSOR, whole=True) == {node_id(1), node_id(2)}
    assert journal.remote([node_id(1), node_id(2)]) == {
        node_id(1): there(1, kind=Kind.FOLDER),
        node_id(2): there(2, node_id(1), size=9, mtime_ns=T, executable=True),
    }
    assert journal.cursor() == CURSOR
    assert journal.switch(CURSOR, whole=False) == set()


def test_discarded_pages_leave_no_trace(journal: Journal) -> None:
    journal.gather([told(there(1))])
    journal.discard_gathered()
    assert journal.switch(CURSOR, whole=False) == set()
    assert journal.counts()["remote"] == 0


def test_only_what_really_changed_is_told(journal: Journal) -> None:
    journal.put_remote([there(1), there(2)])
    journal.gather([told(there(1)), told(there(2), name="new", seq=50)])
    assert journal.switch(CURSOR, whole=False) == {node_id(2)}


def test_a_later_page_wins_and_an_older_state_does_not_replace_a_newer_one(journal: Journal) -> None:
    journal.put_remote([there(1, seq=90, name="newest")])
    journal.gather([told(there(2), seq=3, name="first"), told(there(1), seq=80)])
    journal.gather([told(there(2), seq=4, name="second")])
    assert journal.switch(CURSOR, whole=False) == {node_id(2)}
    assert journal.remote([node_id(1)])[node_id(1)].name == "newest"
    assert journal.remote([node_id(2)])[node_id(2)].name == "second"


def test_a_whole_listing_replaces_all_even_by_lower_numbers(journal: Journal) -> None:
    journal.put_remote([there(1, seq=90), there(2), there(3)])
    journal.put_local([here(3)])
    journal.gather([told(there(1), seq=5), told(there(2))])
    assert journal.switch(CURSOR, whole=True) == {node_id(1), node_id(3)}
    assert journal.remote([node_id(1)])[node_id(1)].seq == 5
    assert journal.remote([node_id(3)]) == {}


def test_a_tombstone_stays_while_this_device_has_the_node(journal: Journal) -> None:
    journal.put_remote([there(number) for number in (1, 2, 3)])
    journal.put_local([here(1)])
    journal.put_synced([as_synced(there(2))])
    journal.gather([told(there(number), deleted=True, approved=True, seq=50) for number in (1, 2, 3, 4)])
    assert journal.switch(CURSOR, whole=False) == {node_id(1), node_id(2), node_id(3)}
    kept = journal.remote(node_id(number) for number in (1, 2, 3, 4))
    assert kept == {
        node_id(1): there(1, is_deleted=True, is_approved=True, seq=50),
        node_id(2): there(2, is_deleted=True, is_approved=True, seq=50),
    }
    journal.drop_local([node_id(1)])
    assert journal.switch(CURSOR, whole=False) == {node_id(1)}
    assert journal.remote([node_id(1)]) == {}


def test_what_lies_below_a_deleted_folder_leaves_the_tree(journal: Journal) -> None:
    folder, deep = there(1, kind=Kind.FOLDER), there(2, node_id(1), kind=Kind.FOLDER)
    journal.put_remote([folder, deep, there(3, node_id(2)), there(4, node_id(2)), there(5, node_id(1))])
    journal.put_local([here(number, kind=Kind.FOLDER) for number in (1, 2)] + [here(3), here(5)])
    moved_out, moved_in = told(there(4), seq=49), told(there(6, node_id(2)), seq=49)
    own_deletion = told(there(5, node_id(1)), seq=49, deleted=True)
    journal.gather([moved_out, moved_in, own_deletion, told(folder, deleted=True, seq=50)])
    changed = journal.switch(CURSOR, whole=False)
    assert changed == {node_id(number) for number in (1, 2, 3, 4, 5)}
    left = journal.remote(node_id(number) for number in range(1, 7))
    assert left.keys() == {node_id(1), node_id(4), node_id(5)}
    assert left[node_id(1)].is_deleted
    assert left[node_id(5)].is_deleted
    assert not left[node_id(4)].is_deleted


def test_a_circle_in_the_feed_is_taken_as_it_comes(journal: Journal) -> None:
    journal.gather([told(there(1, node_id(2), kind=Kind.FOLDER)), told(there(2, node_id(1), kind=Kind.FOLDER))])
    assert len(journal.switch(CURSOR, whole=False)) == 2
    journal.put_local([here(1)])
    journal.gather([told(there(1, node_id(2), kind=Kind.FOLDER), deleted=True, seq=9)])
    assert journal.switch(CURSOR, whole=False) == {node_id(1), node_id(2)}
    assert journal.remote([node_id(1), node_id(2)]).keys() == {node_id(1)}


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
