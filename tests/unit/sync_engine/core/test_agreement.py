"""The rule by which the synced tree moves."""

from __future__ import annotations

from msgspec.structs import replace

from sync_engine.core.agreement import agreed, as_synced, is_in_step
from sync_engine.core.model import ROOT, ContentHash, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature

_SIGNATURE = Signature(1, 2, None, 3, 4, 5)
_OLD, _NEW = ContentHash(b"o" * 32), ContentHash(b"n" * 32)
_LOCAL = LocalNode(NodeId(b"n" * 16), ROOT, "a.txt", Kind.FILE, _SIGNATURE, _OLD)
_REMOTE = RemoteNode(NodeId(b"n" * 16), ROOT, "a.txt", Kind.FILE, RevisionId(b"1" * 16), 1, _OLD)


def test_what_is_equal_in_everything_is_agreed_whole() -> None:
    assert agreed(_LOCAL, _REMOTE, None) == as_synced(_REMOTE)


def test_names_that_differ_in_unicode_form_alone_are_equal() -> None:
    local = replace(_LOCAL, name="e\u0301")
    remote = replace(_REMOTE, name="\u00e9")
    assert agreed(local, remote, None) == as_synced(remote)


def test_nothing_is_agreed_for_the_first_time_while_something_differs() -> None:
    assert agreed(replace(_LOCAL, name="b.txt"), _REMOTE, None) is None


def test_a_file_that_has_to_be_read_agrees_in_place_but_not_in_content() -> None:
    synced = as_synced(_REMOTE)
    remote = replace(_REMOTE, name="b.txt", content=_NEW, revision_id=RevisionId(b"2" * 16))
    local = replace(_LOCAL, name="b.txt", content=None)
    after = agreed(local, remote, synced)
    assert after is not None
    assert (after.name, after.content, after.revision_id) == ("b.txt", _OLD, synced.revision_id)


def test_aspects_move_apart_and_the_revision_follows_when_all_of_them_have() -> None:
    synced = as_synced(_REMOTE)
    remote = replace(_REMOTE, content=_NEW, revision_id=RevisionId(b"2" * 16))
    moved_here = replace(_LOCAL, name="b.txt", content=_NEW)
    after = agreed(moved_here, remote, synced)
    assert after == replace(synced, content=_NEW, revision_id=remote.revision_id)
    assert not is_in_step(moved_here, remote, after)
    assert is_in_step(replace(moved_here, name="a.txt"), remote, after)
