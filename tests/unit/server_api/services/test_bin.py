"""What was deleted and is not back."""

from __future__ import annotations

from typing import Any

import pytest

from server_api.contract.history import DeletedEntry, DeletedRequest
from server_api.errors import NotFoundError
from server_api.services import bin as bin_
from server_api.services.bin import read_deleted
from tests.fixtures.log import Log

pytestmark = pytest.mark.every_database


def whole(log: Log, **asked: Any) -> list[DeletedEntry]:
    entries: list[DeletedEntry] = []
    found = read_deleted(log.server, log.namespace_id, DeletedRequest(**asked))
    entries += found.entries
    while not found.complete:
        reached = found.before
        found = read_deleted(log.server, log.namespace_id, DeletedRequest(**(asked | {"before": reached})))
        assert found.before < reached
        entries += found.entries
    return entries


def paths(log: Log, **asked: Any) -> list[str]:
    return [each.entry.path for each in whole(log, **asked)]


def test_the_latest_comes_first_and_a_folder_is_one(log: Log) -> None:
    log.folder("d")
    log.file("d/x")
    phone = log.device("phone")
    log.delete(log.file("a", b"123"))
    log.server.clock.advance(5)  # type: ignore[attr-defined]
    log.apply(log.deletion(log.at("d")), device=phone)
    folder, file = whole(log)
    assert (folder.entry.path, folder.device, folder.entry.deleted_at) == ("d", "phone", log.server.clock.now_ms())
    assert (file.entry.path, file.device, file.entry.size, file.expired) == ("a", "laptop", 3, False)
    assert file.person.endswith("@example.org")


def test_what_is_back_is_not_in_it(log: Log) -> None:
    log.folder("d")
    log.file("d/x")
    log.delete(log.at("d"))
    assert paths(log) == ["d"]
    log.restore("d")
    assert "d/x" not in paths(log)


def test_each_can_be_brought_back_by_what_its_entry_says(log: Log) -> None:
    """Two that lay at one path, too."""
    log.delete(log.file("a", b"first"))
    log.delete(log.file("a", b"second"))
    newer, older = whole(log)
    assert newer.entry.path == older.entry.path == "a"
    log.restore("a", revision_id=older.entry.revision_id)
    assert log.at("a").size == len(b"first")


def test_below_a_folder(log: Log) -> None:
    log.folder("d")
    log.delete(log.file("d/x"))
    log.delete(log.file("y"))
    assert paths(log, path="d") == ["d/x"]
    with pytest.raises(NotFoundError):
        paths(log, path="nothing")


def test_pages_and_short_looks_make_up_the_whole(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.folder("d")
    for i in range(9):
        node = log.file(f"d/{i}" if i % 2 else str(i))
        if i % 3:
            log.delete(node)
    everything = paths(log)
    assert everything == ["8", "d/7", "d/5", "4", "2", "d/1"]
    assert paths(log, limit=1) == everything
    monkeypatch.setattr(bin_, "_SPAN", 2)
    monkeypatch.setattr(bin_, "_SPANS", 1)
    assert paths(log, limit=2) == everything
    assert paths(log, limit=1, path="d") == ["d/7", "d/5", "d/1"]
