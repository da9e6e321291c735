"""The history of paths, and the manifests of versions."""

from __future__ import annotations

from typing import Any

import pytest
from blake3 import blake3

from server_api.contract.history import History, HistoryRequest
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services import manifests
from server_api.services.history import read_history
from server_api.services.manifests import find_manifests
from server_api.storage import lives
from tests.fixtures.log import Log, content_of, pieces_of

pytestmark = pytest.mark.every_database

LARGE = bytes(range(256)) * 1_200


def contents(log: Log, path: str) -> list[bytes]:
    return [version.content_hash for version in log.history(path)]


def hashes(*data: bytes) -> list[bytes]:
    return [blake3(each).digest() for each in data]


def test_versions_are_newest_first_and_say_where_they_come_from(log: Log) -> None:
    node = log.file("a", b"1")
    log.server.clock.advance(5)  # type: ignore[attr-defined]
    phone = log.device("phone")
    after = log.apply(log.change(node, content=log.offer(b"22")), device=phone)[0]
    newest, oldest = log.history("a")
    assert (newest.content_hash, newest.size, newest.device, newest.is_current) == (*hashes(b"22"), 2, "phone", True)
    assert (oldest.content_hash, oldest.size, oldest.device, oldest.is_current) == (*hashes(b"1"), 1, "laptop", False)
    assert (newest.revision_id, newest.node_id, newest.seq) == (after.revision_id, node.node_id, after.seq)
    assert newest.created_at == oldest.created_at + 5_000


def test_renames_and_modes_are_no_versions(log: Log) -> None:
    node = log.file("a", b"1")
    node = log.move(log.move(node, "b"), "a")
    log.apply(log.change(node, executable=True))
    assert contents(log, "a") == hashes(b"1")


def test_another_file_that_lay_there_is_in_it_too(log: Log) -> None:
    log.delete(log.file("a", b"1"))
    log.move(log.file("a", b"2"), "elsewhere")
    log.file("a", b"3")
    assert contents(log, "a") == hashes(b"3", b"2", b"1")
    assert [version.is_current for version in log.history("a")] == [True, False, False]
    assert len({version.node_id for version in log.history("a")}) == 3


def test_what_was_written_elsewhere_and_moved_here_lay_here(log: Log) -> None:
    node = log.write(log.file("draft", b"1"), b"2")
    log.write(log.move(node, "final"), b"3")
    assert contents(log, "final") == hashes(b"3", b"2")
    assert contents(log, "draft") == hashes(b"2", b"1")


def test_the_folders_above_may_have_been_others(log: Log) -> None:
    first = log.folder("d")
    node = log.file("d/x", b"1")
    log.move(first, "old")
    log.write(log.at("old/x"), b"2")
    log.folder("d")
    log.file("d/x", b"3")
    assert contents(log, "d/x") == hashes(b"3", b"1")
    assert contents(log, "old/x") == hashes(b"2", b"1")
    assert node.node_id in {version.node_id for version in log.history("d/x")}


def test_a_deleted_folder_s_files_keep_their_history(log: Log) -> None:
    log.folder("d")
    log.write(log.file("d/x", b"1"), b"2")
    log.delete(log.at("d"))
    assert contents(log, "d/x") == hashes(b"2", b"1")
    assert not any(version.is_current for version in log.history("d/x"))


def test_a_path_is_found_in_any_unicode_form(log: Log) -> None:
    log.file("cafe\u0301", b"1")
    assert contents(log, "caf\u00e9") == hashes(b"1")


def test_a_folder_has_no_versions_and_what_never_was_is_not_found(log: Log) -> None:
    log.folder("d")
    assert log.history("d") == []
    for path in ("never", "d/never", "never/x"):
        with pytest.raises(NotFoundError):
            log.history(path)
    with pytest.raises(InvalidBodyError):
        log.history("")


def page(log: Log, path: str, **asked: Any) -> History:
    return read_history(log.server, log.namespace_id, HistoryRequest(path=path, **asked))


@pytest.mark.parametrize("of_file", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5, 7])
def test_pages_make_up_the_whole(log: Log, limit: int, of_file: bool) -> None:
    node = log.file("a", b"0")
    for i in range(1, 5):
        node = log.write(node, b"%d" % i)
    found = page(log, "a", limit=limit, of_file=of_file)
    seen = [version.content_hash for version in found.versions]
    while not found.complete:
        assert len(found.versions) == limit
        found = page(log, "a", limit=limit, of_file=of_file, after=found.versions[-1].revision_id)
        seen += [version.content_hash for version in found.versions]
    assert seen == hashes(b"4", b"3", b"2", b"1", b"0")


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_pages_are_of_what_lay_there_however_little_is_read_at_once(
    log: Log, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lives, "_AT_ONCE", at_once)
    folder = log.folder("elsewhere")
    node = log.write(log.file("elsewhere/x", b"1, never there"), b"2, came with its folder")
    log.apply(log.change(node, executable=True))
    first = log.move(folder, "d")
    log.write(log.at("d/x"), b"3")
    log.move(log.at("d/x"), "d/y")
    log.write(log.at("d/y"), b"4, under another name")
    log.move(log.at("d/y"), "d/x")
    log.write(log.at("d/x"), b"5")
    log.move(first, "old")
    log.write(log.at("old/x"), b"6, in a folder that was moved away")
    log.folder("d")
    log.file("d/x", b"7")
    log.move(log.at("d/x"), "d/z")
    log.file("d/x", b"8")
    expected = [b"8", b"7", b"5", b"4, under another name", b"3", b"2, came with its folder"]
    for limit in (1, 2, 6):
        found = page(log, "d/x", limit=limit)
        seen = [version.content_hash for version in found.versions]
        while not found.complete:
            found = page(log, "d/x", limit=limit, after=found.versions[-1].revision_id)
            seen += [version.content_hash for version in found.versions]
        assert seen == hashes(*expected)


def test_a_file_takes_its_versions_along_when_that_is_asked(log: Log) -> None:
    log.delete(log.file("final", b"another's"))
    node = log.write(log.file("draft", b"1"), b"2")
    log.write(log.move(node, "final"), b"3")
    log.file("draft", b"new")
    found = page(log, "final", of_file=True)
    assert [version.content_hash for version in found.versions] == hashes(b"3", b"2", b"1")
    assert [version.is_current for version in found.versions] == [True, False, False]
    oldest = found.versions[-1].revision_id
    assert log.restore("final", revision_id=oldest).path == "final"
    assert page(log, "final", of_file=True).versions[0].content_hash == hashes(b"1")[0]
    for path in ("nothing", "draft/x"):
        with pytest.raises(NotFoundError):
            page(log, path, of_file=True)


# --- manifests --------------------------------------------------------------------------------------------------------


def test_a_revision_shows_the_manifest_of_its_version(log: Log) -> None:
    node = log.file("a", LARGE)
    moved = log.move(node, "b")
    empty = log.file("empty", b"")
    found = find_manifests(log.server, log.namespace_id, [moved.revision_id, node.revision_id, empty.revision_id])
    content = content_of(LARGE)
    assert [manifest.revision_id for manifest in found.manifests] == [
        moved.revision_id,
        node.revision_id,
        empty.revision_id,
    ]
    assert found.manifests[0].chunks == found.manifests[1].chunks == content.chunks
    assert (found.manifests[0].hash, found.manifests[0].size) == (content.hash, content.size)
    assert (found.manifests[2].chunks, found.manifests[2].size) == ([], 0)
    assert found.gone == []


def test_what_is_no_revision_of_a_file_is_gone(log: Log) -> None:
    folder = log.folder("d")
    other = Log(log.server).file("a")
    forged = folder.revision_id[:8] + bytes(8)
    asked = [log.new_id(), folder.revision_id, forged, other.revision_id, b"\xff" * 16]
    assert find_manifests(log.server, log.namespace_id, asked).gone == asked


def test_large_manifests_come_in_several_answers(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_ANSWER_BYTES", 32 * len(pieces_of(LARGE)))
    wanted = [log.file(name, name.encode() + LARGE).revision_id for name in "abc"]
    seen: list[bytes] = []
    while len(seen) < 3:
        found = find_manifests(log.server, log.namespace_id, wanted[len(seen) :])
        assert len(found.manifests) == 1
        assert found.gone == []
        seen.append(found.manifests[0].revision_id)
    assert seen == wanted
