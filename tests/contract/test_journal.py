"""What every journal does, real or fake: its trees."""

from __future__ import annotations

import msgspec
import pytest

from sync_engine.core.agreement import as_synced
from sync_engine.core.model import ROOT, Kind, RevisionId, Signature
from sync_engine.errors import JournalError
from sync_engine.ports import Journal
from tests.contract.journals import OpenJournal, here, node_id, there


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
