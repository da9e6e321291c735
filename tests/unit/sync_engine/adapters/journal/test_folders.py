"""Paths that are remembered between questions."""

from __future__ import annotations

import pytest

from sync_engine.adapters.journal import folders
from sync_engine.adapters.journal.folders import FolderPaths, Place
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, Signature


def _id(name: str) -> NodeId:
    return NodeId(name.encode().rjust(16, b"."))


@pytest.mark.parametrize("remembered", [1, 2, 3, 4, 100])
def test_a_renamed_folder_takes_what_is_below_along_however_much_is_remembered(
    remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_REMEMBERED", remembered)
    places: dict[NodeId, Place] = {
        _id("a"): (ROOT, "a", True),
        _id("b"): (_id("a"), "b", True),
        _id("c"): (_id("b"), "c", True),
    }
    paths = FolderPaths(places.get)
    assert paths.path(_id("c")) == "a/b/c"
    paths.puts(LocalNode(_id("a"), ROOT, "A", Kind.FOLDER, Signature(1, 1, None, 0, 0, 0)))
    places[_id("a")] = (ROOT, "A", True)
    assert paths.path(_id("c")) == "A/b/c"
