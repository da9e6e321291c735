from __future__ import annotations

import msgspec
import pytest

from sync_engine.core.model import ROOT, Found, Kind, LocalNode, NodeId, Signature
from sync_engine.core.moves import has_same_bytes, is_moved, is_same_object

BEFORE = Signature(device=1, inode=7, birth_ns=100, size=5, mtime_ns=200, ctime_ns=300)


def node(kind: Kind = Kind.FILE, signature: Signature = BEFORE, target: str | None = None) -> LocalNode:
    return LocalNode(NodeId(bytes(15) + b"\1"), ROOT, "old", kind, signature, link_target=target)


def found(kind: Kind | None = Kind.FILE, target: str | None = None, **changes: int | None) -> Found:
    return Found("new", kind, msgspec.structs.replace(BEFORE, **changes), link_target=target)


def no() -> bool:
    return False


def never() -> bool:
    raise AssertionError("asked without need")


def test_a_rename_changes_the_ctime_alone_and_is_a_move() -> None:
    assert is_moved(node(), found(ctime_ns=999), never)
    assert has_same_bytes(BEFORE, found(ctime_ns=999).signature)


def test_one_birth_proves_one_object_even_when_it_was_edited() -> None:
    assert is_moved(node(), found(size=9, mtime_ns=999, ctime_ns=999), never)
    assert is_moved(node(Kind.FOLDER), found(Kind.FOLDER), never)


@pytest.mark.parametrize("kind", [Kind.FILE, Kind.FOLDER, Kind.SYMLINK])
def test_another_birth_is_another_object_on_the_same_inode(kind: Kind) -> None:
    assert not is_moved(node(kind), found(kind, birth_ns=101), lambda: True)
    assert not is_same_object(node(kind), found(kind, birth_ns=101))


def test_another_inode_or_kind_is_no_move() -> None:
    assert not is_moved(node(), found(inode=8), never)
    assert not is_moved(node(), found(Kind.FOLDER), never)
    assert not is_moved(node(), found(None), never)


def test_without_births_a_file_needs_equal_size_and_time() -> None:
    born_silently = msgspec.structs.replace(BEFORE, birth_ns=None)
    assert is_moved(node(signature=born_silently), found(birth_ns=None), never)
    assert is_moved(node(signature=born_silently), found(), never)
    assert not is_moved(node(signature=born_silently), found(birth_ns=None, size=6), never)
    assert not is_moved(node(signature=born_silently), found(birth_ns=None, mtime_ns=201), never)


def test_without_births_a_folder_needs_a_child_in_common_and_a_link_its_target() -> None:
    born_silently = msgspec.structs.replace(BEFORE, birth_ns=None)
    assert is_moved(node(Kind.FOLDER, born_silently), found(Kind.FOLDER), lambda: True)
    assert not is_moved(node(Kind.FOLDER, born_silently), found(Kind.FOLDER), no)
    assert is_moved(node(Kind.SYMLINK, born_silently, "x"), found(Kind.SYMLINK, "x"), never)
    assert not is_moved(node(Kind.SYMLINK, born_silently, "x"), found(Kind.SYMLINK, "y"), never)


def test_a_device_number_may_change_between_starts() -> None:
    assert is_same_object(node(), found(device=2))
