"""Bringing back versions, files and folders."""

from __future__ import annotations

import dataclasses

import pytest

from server_api.contract.messages import MAX_DEPTH, Kind
from server_api.domain.paths import restored_names
from server_api.errors import InvalidBodyError, NotFoundError, QuotaExceededError
from server_api.services import appending
from server_api.services import restore as restore_module
from server_api.services.manifests import find_manifests
from tests.fixtures.log import Log, Reader, content_of, tree_of

pytestmark = pytest.mark.every_database


@pytest.fixture
def reader(log: Log) -> Reader:
    """Follows the feed from the start; what it sees is what a fresh reader sees."""
    return Reader(log)


def hash_of(data: bytes) -> bytes:
    return content_of(data).hash


# --- versions ---------------------------------------------------------------------------------------------------------


def test_an_old_version_becomes_the_newest_one(log: Log) -> None:
    node = log.file("a", b"1")
    log.write(node, b"2")
    restored = log.restore("a", revision_id=node.revision_id)
    assert (restored.path, restored.revisions) == ("a", 1)
    after = log.at("a")
    assert (after.node_id, after.content_hash, after.version_id) == (node.node_id, hash_of(b"1"), after.revision_id)
    assert [version.is_current for version in log.history("a")] == [True, False, False]
    (manifest,) = find_manifests(log.server, log.namespace_id, [after.revision_id]).manifests
    assert manifest.chunks == content_of(b"1").chunks


def test_asking_again_changes_nothing(log: Log) -> None:
    node = log.file("a", b"1")
    log.write(node, b"2")
    log.restore("a", revision_id=node.revision_id)
    seq = log.seq
    assert log.restore("a", revision_id=node.revision_id).revisions == 0
    assert log.seq == seq


def test_a_version_goes_elsewhere_as_a_new_node_and_makes_its_folders(log: Log) -> None:
    node = log.file("a", b"1")
    log.write(node, b"2")
    restored = log.restore("a", revision_id=node.revision_id, to="x/y/old")
    assert (restored.path, restored.revisions) == ("x/y/old", 3)
    assert tree_of(log) == {"a": hash_of(b"2"), "x": None, "x/y": None, "x/y/old": hash_of(b"1")}
    assert log.at("x/y/old").node_id != node.node_id


def test_a_version_of_another_file_that_lay_there_goes_into_the_one_that_lies_there_now(log: Log) -> None:
    old = log.file("a", b"1")
    log.delete(old)
    now = log.file("a", b"2")
    log.restore("a", revision_id=old.revision_id)
    assert (log.at("a").node_id, log.at("a").content_hash) == (now.node_id, hash_of(b"1"))


def test_a_version_of_a_deleted_file_revives_it(log: Log) -> None:
    node = log.file("a", b"1")
    gone = log.delete(log.write(node, b"2"))
    log.restore("a", revision_id=node.revision_id)
    assert (log.at("a").node_id, log.at("a").content_hash) == (gone.node_id, hash_of(b"1"))


def test_a_version_of_a_file_that_moved_away_comes_back_as_a_new_one(log: Log) -> None:
    node = log.file("a", b"1")
    log.move(node, "b")
    log.restore("a", revision_id=node.revision_id)
    assert log.at("a").node_id != node.node_id
    assert tree_of(log) == {"a": hash_of(b"1"), "b": hash_of(b"1")}


def test_a_folder_in_the_way_of_a_version_stays(log: Log) -> None:
    node = log.file("a.txt", b"1")
    log.delete(node)
    log.folder("a.txt")
    assert log.restore("a.txt", revision_id=node.revision_id).path == "a (restored).txt"


def test_a_version_of_a_file_that_never_lay_there_is_refused(log: Log) -> None:
    other = log.file("b", b"2")
    log.file("a", b"1")
    for to in (None, "c"):
        with pytest.raises(NotFoundError, match="another file"):
            log.restore("a", revision_id=other.revision_id, to=to)
    with pytest.raises(NotFoundError):
        log.restore("never", revision_id=other.revision_id)
    assert tree_of(log) == {"a": hash_of(b"1"), "b": hash_of(b"2")}


def test_a_file_takes_back_a_version_that_it_had_under_another_name(log: Log) -> None:
    node = log.file("a", b"1")
    log.write(node, b"2")
    log.move(log.at("a"), "b")
    log.restore("b", revision_id=node.revision_id)
    assert log.at("b").content_hash == hash_of(b"1")


def test_a_version_that_never_was_is_not_found(log: Log) -> None:
    folder = log.folder("d")
    log.file("a")
    for revision_id in (log.new_id(), folder.revision_id):
        with pytest.raises(NotFoundError):
            log.restore("a", revision_id=revision_id)


# --- deleted ----------------------------------------------------------------------------------------------------------


def test_a_deleted_file_comes_back_as_itself(log: Log, reader: Reader) -> None:
    node = log.file("a", b"1")
    reader.read()
    log.delete(node)
    reader.read()
    assert log.restore("a").path == "a"
    reader.read()
    assert reader.paths() == tree_of(log) == {"a": hash_of(b"1")}
    assert log.at("a").node_id == node.node_id
    assert log.paths(deleted=True) == []


def test_a_deleted_folder_comes_back_whole_and_every_reader_hears_of_each_node(log: Log, reader: Reader) -> None:
    folder = log.folder("d")
    log.folder("d/sub")
    log.file("d/sub/x", b"1")
    log.file("d/y", b"2")
    log.delete(log.file("d/gone before", b"3"))
    log.move(log.file("d/moved out", b"4"), "outside")
    reader.read()
    log.delete(log.at("d"))
    reader.read()
    assert set(reader.paths()) == {"outside"}
    restored = log.restore("d")
    assert (restored.path, restored.revisions, restored.files, restored.expired) == ("d", 5, 3, 0)
    reader.read()
    assert reader.nodes.keys() == {change.node_id for change in log.page().changes}
    assert set(reader.paths()) == {"outside", "d", "d/sub", "d/sub/x", "d/y", "d/gone before"}
    assert log.at("d").node_id == folder.node_id
    assert log.paths("d", deleted=True) == []


def test_all_that_was_deleted_in_a_living_folder_comes_back_as_it_was_last(log: Log, reader: Reader) -> None:
    folder = log.folder("d")
    log.folder("d/sub")
    log.folder("d/old")
    log.file("d/old/with it", b"1")
    log.delete(log.file("d/old/before it", b"2"))
    log.delete(log.at("d/old"))
    log.delete(log.write(log.file("d/sub/x", b"first"), b"last"))
    log.delete(log.file("d/again", b"3"))
    there = log.file("d/again", b"now")
    log.delete(log.file("d/twice", b"once"))
    log.delete(log.file("d/twice", b"twice"))
    log.delete(log.file("elsewhere", b"4"))
    reader.read()
    restored = log.restore("d")
    assert (restored.path, restored.revisions, restored.files) == ("d", 5, 4)
    reader.read()
    assert (
        reader.paths()
        == tree_of(log)
        == {
            "d": None,
            "d/sub": None,
            "d/sub/x": hash_of(b"last"),
            "d/old": None,
            "d/old/with it": hash_of(b"1"),
            "d/old/before it": hash_of(b"2"),
            "d/again": hash_of(b"now"),
            "d/twice": hash_of(b"twice"),
        }
    )
    assert (log.at("d").node_id, log.at("d/again").node_id) == (folder.node_id, there.node_id)
    assert log.at("d").subtree_seq == log.seq
    with pytest.raises(NotFoundError):
        log.restore("d")


def test_what_was_in_folders_that_another_took_the_place_of_comes_back_in_that_one(log: Log) -> None:
    for data in (b"1", b"2"):
        log.folder("d")
        log.folder("d/sub")
        log.file("d/sub/" + data.decode(), data)
        log.delete(log.at("d"))
    last = log.folder("d")
    assert log.restore("d").files == 2
    assert tree_of(log) == {"d": None, "d/sub": None, "d/sub/1": hash_of(b"1"), "d/sub/2": hash_of(b"2")}
    assert log.at("d").node_id == last.node_id


def test_what_was_deleted_in_a_living_folder_goes_elsewhere_without_what_is_there(log: Log) -> None:
    log.folder("d")
    log.folder("d/sub")
    log.folder("d/full")
    log.file("d/full/stays", b"1")
    log.delete(log.file("d/sub/x", b"2"))
    restored = log.restore("d", to="found")
    assert (restored.path, restored.files) == ("found", 1)
    there = {"d": None, "d/sub": None, "d/full": None, "d/full/stays": hash_of(b"1")}
    assert tree_of(log) == there | {"found": None, "found/sub": None, "found/sub/x": hash_of(b"2")}


def test_a_file_out_of_a_deleted_folder_comes_back_in_a_new_folder(log: Log, reader: Reader) -> None:
    folder = log.folder("d")
    log.folder("d/sub")
    node = log.file("d/sub/x", b"1")
    log.file("d/y", b"2")
    log.delete(folder if folder.seq == log.seq else log.at("d"))
    reader.read()
    restored = log.restore("d/sub/x")
    assert (restored.path, restored.revisions) == ("d/sub/x", 3)
    reader.read()
    assert reader.paths() == tree_of(log) == {"d": None, "d/sub": None, "d/sub/x": hash_of(b"1")}
    assert log.at("d/sub/x").node_id == node.node_id
    assert log.at("d").node_id != folder.node_id
    assert log.paths("d", deleted=True) == ["d/sub", "d/y"]


def test_a_folder_out_of_a_deleted_folder_comes_back_whole(log: Log, reader: Reader) -> None:
    log.folder("d")
    inner = log.folder("d/sub")
    log.file("d/sub/x", b"1")
    log.delete(log.at("d"))
    reader.read()
    log.restore("d/sub")
    reader.read()
    assert reader.paths() == tree_of(log) == {"d": None, "d/sub": None, "d/sub/x": hash_of(b"1")}
    assert log.at("d/sub").node_id == inner.node_id


def test_the_last_one_that_was_deleted_there_comes_back_first(log: Log) -> None:
    log.delete(log.file("a", b"1"))
    log.delete(log.file("a", b"2"))
    log.restore("a")
    assert log.at("a").content_hash == hash_of(b"2")
    assert log.restore("a").path == "a (restored)"
    assert log.at("a (restored)").content_hash == hash_of(b"1")
    with pytest.raises(NotFoundError):
        log.restore("a")


def test_a_taken_name_is_numbered(log: Log) -> None:
    for data in (b"1", b"2", b"3"):
        log.delete(log.file("a.tar.gz", data))
    log.file("a.tar.gz", b"now")
    paths = [log.restore("a.tar.gz").path for _ in range(3)]
    assert paths == ["a.tar (restored).gz", "a.tar (restored 2).gz", "a.tar (restored 3).gz"]


def test_a_file_in_the_way_of_a_missing_folder_stays(log: Log) -> None:
    log.folder("d")
    log.file("d/x", b"1")
    log.delete(log.at("d"))
    log.file("d", b"2")
    assert log.restore("d/x").path == "d (restored)/x"


def test_a_deleted_file_goes_elsewhere_as_a_new_node(log: Log) -> None:
    node = log.delete(log.file("a", b"1"))
    assert log.restore("a", to="b").path == "b"
    assert log.at("b").node_id != node.node_id
    assert log.restore("a").path == "a"


def test_a_deleted_folder_goes_elsewhere_as_new_nodes_with_their_contents(log: Log) -> None:
    log.folder("d")
    log.file("d/x", b"1")
    log.folder("d/sub")
    log.apply(log.creation("d/sub/link", kind=Kind.SYMLINK, link_target="../x"))
    log.delete(log.at("d"))
    restored = log.restore("d", to="copy")
    assert (restored.path, restored.revisions) == ("copy", 4)
    assert set(tree_of(log)) == {"copy", "copy/x", "copy/sub", "copy/sub/link"}
    assert log.at("copy/sub/link").link_target == "../x"
    copied = log.at("copy/x")
    (manifest,) = find_manifests(log.server, log.namespace_id, [copied.revision_id]).manifests
    assert manifest.chunks == content_of(b"1").chunks
    assert log.paths("d", deleted=True) == ["d/sub", "d/sub/link", "d/x"]


def test_a_large_folder_comes_back_in_pieces_of_one_transaction(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore_module, "APPEND_AT_ONCE", 3)
    monkeypatch.setattr(appending, "APPEND_AT_ONCE", 3)
    log.folder("d")
    log.folder("d/sub")
    for i in range(10):
        log.file(f"d/sub/{i}", str(i).encode())
    before = tree_of(log)
    for i in range(5):
        log.delete(log.at(f"d/sub/{i}"))
    log.delete(log.at("d"))
    seq = log.seq
    assert log.restore("d").revisions == 12
    assert log.seq == seq + 12
    assert tree_of(log) == before
    assert log.at("d").subtree_seq == log.at("d/sub").subtree_seq == log.seq


@pytest.mark.parametrize("path", ["never", "d/never", "a"])
def test_nothing_deleted_there_is_not_found(log: Log, path: str) -> None:
    log.folder("d")
    log.file("a")
    with pytest.raises(NotFoundError):
        log.restore(path)


@pytest.mark.parametrize("fields", [{"path": ""}, {"path": "a", "to": ""}, {"path": "a", "to": "x/../y"}])
def test_what_cannot_be_a_place_is_refused(log: Log, fields: dict[str, str]) -> None:
    log.delete(log.file("a"))
    with pytest.raises(InvalidBodyError):
        log.restore(**fields)


def test_a_folder_does_not_come_back_too_deep(log: Log) -> None:
    log.folder("d")
    log.folder("d/sub")
    log.delete(log.at("d"))
    with pytest.raises(InvalidBodyError):
        log.restore("d", to="/".join("x" * (MAX_DEPTH + 1)))


def test_a_full_namespace_takes_nothing_back(own_log: Log) -> None:
    log = own_log
    log.delete(log.file("a", b"1"))
    log.folder("b")
    config = log.server.config
    limits = dataclasses.replace(config.limits, nodes_a_namespace=1)
    log.server.config = dataclasses.replace(config, limits=limits)
    with pytest.raises(QuotaExceededError):
        log.restore("a")
    assert log.paths() == ["b"]


def test_waiting_requests_are_woken(log: Log) -> None:
    log.delete(log.file("a"))
    with log.server.hub.watch([log.namespace_id]) as watch:
        log.restore("a")
        assert watch.wait(0)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "numbered"),
    [
        ("a", "a (restored)"),
        ("a.txt", "a (restored).txt"),
        (".bashrc", ".bashrc (restored)"),
        ("a.", "a (restored)."),
        ("a." + "b" * 40, "a." + "b" * 40 + " (restored)"),
    ],
)
def test_the_number_stands_before_the_extension(name: str, numbered: str) -> None:
    names = restored_names(name)
    assert [next(names), next(names)] == [name, numbered]


def test_a_long_name_is_cut_between_characters() -> None:
    names = restored_names("\u20ac" * 85)
    next(names)
    numbered = next(names)
    assert len(numbered.encode()) <= 255
    assert numbered.startswith("\u20ac" * 70)
