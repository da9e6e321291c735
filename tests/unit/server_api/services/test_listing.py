"""Listings of what is there and of what was deleted."""

from __future__ import annotations

import pytest

from server_api.contract.history import ListRequest
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services import listing
from server_api.services.listing import list_entries
from tests.fixtures.log import Log

pytestmark = pytest.mark.every_database


@pytest.fixture
def tree(log: Log) -> Log:
    for path in ("b", "b/deep", "a", "empty"):
        log.folder(path)
    for path in ("b/deep/x", "b/deep/y", "b.txt", "a/1", "a/2", "b/z"):
        log.file(path, path.encode())
    return log


def test_a_folder_s_children_in_order(tree: Log) -> None:
    assert tree.paths("", recursive=False) == ["a", "b", "b.txt", "empty"]
    assert tree.paths("b", recursive=False) == ["b/deep", "b/z"]
    assert tree.paths("empty") == []


def test_a_whole_tree_is_in_the_order_of_names_and_not_of_text(tree: Log) -> None:
    assert tree.paths() == [
        "a", "a/1", "a/2", "b", "b/deep", "b/deep/x", "b/deep/y", "b/z", "b.txt", "empty",
    ]  # fmt: skip


def test_a_file_lists_itself(tree: Log) -> None:
    (entry,) = tree.ls("b/z")
    node = tree.at("b/z")
    assert (entry.path, entry.node_id, entry.revision_id, entry.size) == ("b/z", node.node_id, node.revision_id, 3)
    assert (entry.committed_at, entry.deleted_at) == (node.committed_at, None)


@pytest.mark.parametrize("path", ["nothing", "a/nothing", "b.txt/below", "a/1/2"])
def test_what_is_not_there_is_not_found(tree: Log, path: str) -> None:
    with pytest.raises(NotFoundError):
        tree.ls(path)


@pytest.mark.parametrize("path", ["a//b", "../a", "a/./b", "\0", "x" * 300, "/".join("d" * 600)])
def test_what_cannot_be_a_path_is_refused(tree: Log, path: str) -> None:
    with pytest.raises(InvalidBodyError):
        tree.ls(path)


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_make_up_the_whole(tree: Log, monkeypatch: pytest.MonkeyPatch, size: int, deleted: bool) -> None:
    if deleted:
        for path in ("a", "b", "b.txt", "empty"):
            tree.delete(tree.at(path))
    whole = tree.paths(deleted=deleted)
    assert len(whole) == 10
    monkeypatch.setattr(listing, "PAGE_CHANGES", size)
    paths: list[str] = []
    while True:
        request = ListRequest(path="", recursive=True, deleted=deleted, after=paths[-1] if paths else None)
        page = list_entries(tree.server, tree.namespace_id, request)
        assert len(page.entries) <= size
        paths += [entry.path for entry in page.entries]
        if page.complete:
            break
    assert paths == whole


def test_a_page_goes_on_after_a_path_that_is_gone_by_now(tree: Log) -> None:
    tree.delete(tree.at("b/deep/x"))
    assert tree.paths(after="b/deep/x")[0] == "b/deep/y"
    tree.delete(tree.at("b"))
    assert tree.paths(after="b/deep/y") == ["b.txt", "empty"]


def test_among_the_deleted_are_roots_and_what_they_held(tree: Log) -> None:
    clock = tree.server.clock
    tree.delete(tree.at("b/deep/x"))
    first = tree.by_id(tree.ls("b/deep", deleted=True)[0].node_id).committed_at
    clock.advance(60)  # type: ignore[attr-defined]
    gone = tree.delete(tree.at("b"))
    assert tree.paths("", deleted=True, recursive=False) == ["b"]
    entries = {entry.path: entry.deleted_at for entry in tree.ls("", deleted=True, recursive=True)}
    assert entries == {
        "b": gone.committed_at,
        "b/deep": gone.committed_at,
        "b/deep/x": first,
        "b/deep/y": gone.committed_at,
        "b/z": gone.committed_at,
    }
    assert tree.paths("b/deep", deleted=True) == ["b/deep/x", "b/deep/y"]
    assert tree.paths() == ["a", "a/1", "a/2", "b.txt", "empty"]


def test_of_several_that_died_at_one_path_the_last_one_is_listed(log: Log) -> None:
    log.delete(log.file("a", b"1"))
    last = log.delete(log.file("a", b"22"))
    log.file("a", b"333")
    (entry,) = log.ls(deleted=True)
    assert (entry.node_id, entry.size) == (last.node_id, 2)


def test_what_died_in_earlier_folders_of_the_same_path_is_listed_with_the_rest(log: Log) -> None:
    log.folder("d")
    log.file("d/old")
    log.delete(log.at("d"))
    log.folder("d")
    log.delete(log.file("d/new", b"2"))
    log.file("d/alive", b"3")
    assert log.paths(deleted=True) == ["d", "d/new", "d/old"]
    assert log.paths("d", deleted=True) == ["d/new", "d/old"]


def test_nothing_deleted_is_no_error(log: Log) -> None:
    log.folder("d")
    assert log.paths("d", deleted=True) == []
    with pytest.raises(NotFoundError):
        log.paths("never", deleted=True)
