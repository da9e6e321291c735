"""What every journal does, real or fake: transactions and the change feed."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sync_engine.core.agreement import as_synced
from sync_engine.core.model import Kind
from sync_engine.errors import JournalError
from sync_engine.ports import Activity, Journal
from tests.contract.journals import CURSOR, T, here, node_id, there, told

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


def test_exclusions_are_undone_with_their_transaction_and_outlive_starting_over(journal: Journal) -> None:
    journal.set_excluded({node_id(1): "a/\udcff"})
    with suppress(_Stopped), journal.transaction(durable=True):
        journal.set_excluded({})
        raise _Stopped
    journal.start_over()
    assert journal.excluded() == {node_id(1): "a/\udcff"}


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
