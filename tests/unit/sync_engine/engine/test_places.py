"""Where things are on the disk."""

from __future__ import annotations

import pytest

from sync_engine.core.model import ROOT, NodeId
from sync_engine.engine.places import Places
from sync_engine.errors import Vanished

DEEP = 5_000


def node(number: int) -> NodeId:
    return NodeId(number.to_bytes(16, "big"))


def test_folders_may_lie_deeper_in_one_another_than_calls() -> None:
    places = Places({node(n): (node(n - 1) if n > 1 else ROOT, "d") for n in range(1, DEEP + 1)})
    assert places.path(node(DEEP), "file") == "d/" * DEEP + "file"
    assert places.path(node(1), "file") == "d/file"
    assert places.path(ROOT, "file") == "file"


def test_a_folder_below_one_that_is_not_here_has_no_path() -> None:
    places = Places({node(2): (node(1), "below"), node(3): (node(2), "deeper")})
    for _ in range(2):
        with pytest.raises(Vanished):
            places.folder(node(3))


def test_what_is_below_a_folder_goes_where_that_goes() -> None:
    places = Places({node(1): (ROOT, "a"), node(2): (node(1), "b")})
    assert places.folder(node(2)) == "a/b/"
    places.park(node(1), "parked")
    assert places.folder(node(2)) == "parked/b/"
    places.put(node(1), ROOT, "c")
    assert places.folder(node(2)) == "c/b/"
