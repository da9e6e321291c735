"""Finding what is there by a part of its name."""

from __future__ import annotations

from typing import Any

import pytest

from server_api.contract.history import SearchPage, SearchRequest
from server_api.errors import InvalidBodyError
from server_api.services import search as searching
from server_api.services.search import search
from tests.fixtures.log import Log

pytestmark = pytest.mark.every_database


def page(log: Log, query: str, **asked: Any) -> SearchPage:
    return search(log.server, log.namespace_id, SearchRequest(query=query, **asked))


def paths(log: Log, query: str, **asked: Any) -> list[str]:
    found = page(log, query, **asked)
    paths = [entry.path for entry in found.entries]
    while not found.complete:
        reached = found.before
        found = page(log, query, **(asked | {"before": reached}))
        assert found.before < reached
        paths += [entry.path for entry in found.entries]
    return paths


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Report.PDF", "report.pdf"),
        ("report", "EPOR"),
        ("Résumé.odt", "resume"),
        ("resume", "RÉSUMÉ"),
        ("re\u0301sume\u0301", "r\u00e9sum\u00e9"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("Ωμέγα", "ΩΜΕΓΑ"),
        ("日本語のファイル", "語のフ"),
        ("100%_done", "%_"),
        ("a'b\"c;--", "'b\"c;--"),
        ("back\\slash", "k\\s"),
        ("two words", "  two words "),
        ("ﬁle", "file"),
    ],
)
def test_neither_case_nor_accents_count(log: Log, name: str, query: str) -> None:
    log.file(name)
    log.file("another")
    assert paths(log, query) == [name]


def test_no_character_has_a_meaning_of_its_own(log: Log) -> None:
    log.file("plain")
    for query in ("%", "_", "*", "pl%", "p_ain", ".*", "[a-z]", "\\", "\x00", "\x1b[2J", "\u202e", "\ud800"):
        assert paths(log, query) == []


@pytest.mark.parametrize("query", [" ", "\u0301", "\n\t"])
def test_there_has_to_be_something_to_look_for(log: Log, query: str) -> None:
    with pytest.raises(InvalidBodyError):
        page(log, query)


def test_only_what_is_alive_is_found_with_its_path_and_what_changed_last_first(log: Log) -> None:
    log.folder("d")
    log.folder("d/notes")
    first = log.file("d/notes/Notes 1")
    log.file("notes 2")
    log.delete(log.file("notes 3"))
    log.folder("dead")
    log.file("dead/notes 4")
    log.delete(log.at("dead"))
    log.write(first, b"new")
    assert paths(log, "notes") == ["d/notes/Notes 1", "notes 2", "d/notes"]
    (entry, *_) = page(log, "notes 1").entries
    assert (entry.node_id, entry.size) == (first.node_id, 3)


def test_pages_and_short_looks_make_up_the_whole(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(11):
        log.file(f"{'hit' if i % 2 else 'other'} {i}")
    everything = ["hit 9", "hit 7", "hit 5", "hit 3", "hit 1"]
    assert paths(log, "hit") == everything
    assert paths(log, "hit", limit=2) == everything
    monkeypatch.setattr(searching, "_READ", 2)
    monkeypatch.setattr(searching, "_READS", 2)
    assert paths(log, "hit", limit=1) == everything
    short = page(log, "other 0")
    assert (short.entries, short.complete) == ([], False)


def test_what_something_was_called_once_is_not_found(log: Log) -> None:
    node = log.file("old name")
    log.move(log.write(log.move(node, "new name"), b"2"), "newer name")
    assert paths(log, "old") == []
    assert paths(log, "name") == ["newer name"]


def test_nothing_of_another_namespace_is_found(log: Log) -> None:
    Log(log.server).file("secret")
    assert paths(log, "secret") == []
