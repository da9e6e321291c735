"""What every journal does, real or fake: in what its trees differ."""

from __future__ import annotations

import msgspec
import pytest

from sync_engine.core.agreement import as_synced
from sync_engine.core.model import Kind, LocalNode, RemoteNode, Signature, SyncedNode
from sync_engine.ports import Journal, Prepared
from tests.contract.journals import T, here, node_id, there


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
