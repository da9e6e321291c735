"""What a window is shown of folders, on a real journal and a real disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.adapters.journal.journal import SqlJournal, open_journal
from sync_engine.browsing import Browser
from sync_engine.control.messages import Item
from sync_engine.core.agreement import as_synced
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature
from sync_engine.core.reports import STOPPED
from sync_engine.errors import Refused
from sync_engine.ports import Problem
from tests.fakes.device import FakeTime

MTIME_NS = 1_700_000_000_123_000_000


def node_id(number: int) -> NodeId:
    return NodeId(number.to_bytes(16, "big"))


class Library:
    """A journal with what a test says is here and there, and a disk on which that lies or not."""

    def __init__(self, directory: Path) -> None:
        self.folder = directory / "Synced"
        self.folder.mkdir()
        prepare_root(str(self.folder), "j")
        self.disk = SyncedFolder(str(self.folder), "j")
        self.disk.check_root()
        self.journal: SqlJournal = open_journal(directory / "journal.db", b"n" * 16)
        self.looks_take_s = 0.0
        self.clock = FakeTime()
        self.browser = Browser(self.disk, directory / "journal.db", b"n" * 16, self._tick)
        self._count = 0

    def close(self) -> None:
        self.browser.close()
        self.journal.close()
        self.disk.close()

    def local(self, name: str, parent: NodeId = ROOT, kind: Kind = Kind.FILE, known_as: NodeId | None = None) -> NodeId:
        number, known_as = self._number(known_as)
        content: Any = number.to_bytes(32, "big") if kind is Kind.FILE else None
        signature = Signature(1, 1000 + number, None, 7, MTIME_NS, MTIME_NS)
        with self.journal.transaction():
            self.journal.put_local([LocalNode(known_as, parent, name, kind, signature, content)])
        return known_as

    def remote(self, name: str, parent: NodeId = ROOT, kind: Kind = Kind.FILE, size: int = 7) -> NodeId:
        number, known_as = self._number(None)
        content: Any = number.to_bytes(32, "big") if kind is Kind.FILE else None
        node = RemoteNode(known_as, parent, name, kind, RevisionId(known_as), number, content, size, MTIME_NS)
        with self.journal.transaction():
            self.journal.put_remote([node])
        return known_as

    def both(self, name: str, parent: NodeId = ROOT, kind: Kind = Kind.FILE) -> NodeId:
        """In step."""
        known_as = self.local(name, parent, kind, self.remote(name, parent, kind))
        with self.journal.transaction():
            self.journal.put_synced([as_synced(self.journal.remote([known_as])[known_as])])
        return known_as

    def change(self, known_as: NodeId) -> None:
        """Somebody has written to it here."""
        with self.journal.transaction():
            self.journal.put_local([replace(self.journal.local([known_as])[known_as], content=None)])

    def delete_there(self, known_as: NodeId) -> None:
        with self.journal.transaction():
            self.journal.put_remote([replace(self.journal.remote([known_as])[known_as], is_deleted=True)])

    def shown(self, path: str = "", **moving: Any) -> dict[str, Item]:
        parts = list(self.browser.list_folder(path, moving.get("moving", {})))
        items = [item for part in parts for item in part.items]
        assert len({item.name for item in items}) == len(items)
        return {item.name: item for item in items}

    def states(self, path: str = "") -> dict[str, str]:
        return {name: item.state for name, item in self.shown(path).items()}

    def found(self, text: str, limit: int = 100) -> list[str]:
        return sorted(item.name for item in self.browser.find(text, limit, {}).items)

    def _tick(self) -> float:
        """What takes time is what happens between two looks at the clock."""
        now = self.clock.monotonic()
        self.clock.advance(self.looks_take_s)
        return now

    def _number(self, known_as: NodeId | None) -> tuple[int, NodeId]:
        if known_as is not None:
            return int.from_bytes(known_as, "big"), known_as
        self._count += 1
        return self._count, node_id(self._count)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path)) as made:
        yield made


def test_it_tells_what_is_here_and_what_is_on_the_server(library: Library) -> None:
    library.both("both.txt")
    library.local("here.txt")
    library.remote("there.txt", size=9)
    library.both("Docs", kind=Kind.FOLDER)
    library.remote("link", kind=Kind.SYMLINK)
    library.delete_there(library.remote("gone.txt"))
    assert library.shown() == {
        item.name: item
        for item in (
            Item("both.txt", "file", 7, MTIME_NS // 10**6, "in-step", True, True),
            Item("here.txt", "file", 7, MTIME_NS // 10**6, "pending", True, False),
            Item("there.txt", "file", 9, MTIME_NS // 10**6, "pending", False, True),
            Item("Docs", "folder", 0, None, "in-step", True, True),
            Item("link", "symlink", 0, None, "pending", False, True),
        )
    }


def test_deleted_on_the_server_and_still_here_is_here_alone(library: Library) -> None:
    library.delete_there(library.both("a.txt"))
    item = library.shown()["a.txt"]
    assert (item.state, item.is_here, item.is_on_server) == ("pending", True, False)


def test_what_was_moved_here_is_shown_where_it_is_here(library: Library) -> None:
    old, new = library.both("Old", kind=Kind.FOLDER), library.both("New", kind=Kind.FOLDER)
    moved = library.both("a.txt", old)
    library.local("a.txt", new, known_as=moved)
    assert (library.states("Old"), library.states("New")) == ({}, {"a.txt": "pending"})


def test_a_folder_that_is_two_nodes_before_both_are_one_is_one_and_shows_all(library: Library) -> None:
    here = library.local("Docs", kind=Kind.FOLDER)
    there = library.remote("Docs", kind=Kind.FOLDER)
    library.local("mine.txt", here)
    library.remote("theirs.txt", there)
    assert library.states() == {"Docs": "pending"}
    assert library.states("Docs") == {"mine.txt": "pending", "theirs.txt": "pending"}


def test_a_folder_that_was_renamed_there_is_listed_by_its_name_here(library: Library) -> None:
    docs = library.both("Docs", kind=Kind.FOLDER)
    library.both("a.txt", docs)
    library.remote("b.txt", docs)
    with library.journal.transaction():
        library.journal.put_remote([replace(library.journal.remote([docs])[docs], name="Papers")])
    assert library.states() == {"Docs": "pending"}
    assert library.states("Docs") == {"a.txt": "in-step", "b.txt": "pending"}


def test_a_folder_waits_while_something_deep_below_does_and_not_longer(library: Library) -> None:
    a = library.both("a", kind=Kind.FOLDER)
    b = library.both("b", a, Kind.FOLDER)
    leaf = library.both("leaf.txt", b)
    library.both("other", kind=Kind.FOLDER)
    assert set(library.states().values()) == {"in-step"}
    library.change(leaf)
    assert library.states() == {"a": "pending", "other": "in-step"}
    assert library.states("a") == {"b": "pending"}
    library.local("leaf.txt", b, known_as=leaf)
    assert set(library.states().values()) == {"in-step"}
    library.remote("new.txt", b)
    assert library.states() == {"a": "pending", "other": "in-step"}


def test_while_much_changes_in_a_large_library_the_last_look_at_it_serves_and_a_newer_one_is_announced(
    library: Library,
) -> None:
    leaf = library.both("leaf.txt", library.both("a", kind=Kind.FOLDER))
    library.looks_take_s = 1.0
    assert library.states() == {"a": "in-step"}
    library.looks_take_s = 0.0
    library.change(leaf)
    assert library.states() == {"a": "in-step"}
    before = library.browser.renewals()
    library.clock.advance(5)
    assert library.browser.renewals() == before
    library.clock.advance(5)
    assert library.browser.renewals() == library.browser.renewals() == before + 1
    assert library.states() == {"a": "pending"}


def test_problems_are_told_of_their_paths_and_the_folders_above_wait(library: Library) -> None:
    a = library.both("a", kind=Kind.FOLDER)
    library.both("ab", kind=Kind.FOLDER)
    library.both("x.txt", a)
    with library.journal.transaction():
        library.journal.put_problems([Problem("a/x.txt", "locked"), Problem("a/bad\udcff", "invalid-utf8")])
    assert library.states() == {"a": "pending", "ab": "in-step"}
    (library.folder / "a").mkdir()
    Path(os.fsdecode(b"%s/a/bad\xff" % os.fsencode(library.folder))).touch()
    assert library.states("a") == {"x.txt": "problem", "bad\udcff": "problem"}


def test_what_the_person_stopped_waits(library: Library) -> None:
    a = library.both("a", kind=Kind.FOLDER)
    library.local("new.txt", a)
    library.remote("far.txt", a)
    with library.journal.transaction():
        library.journal.put_problems([Problem("a/new.txt", STOPPED), Problem("a/far.txt", STOPPED)])
    assert library.states("a") == {"new.txt": "pending", "far.txt": "pending"}
    assert library.browser.find("new", 10, {}).items[0].state == "pending"


def test_transfers_and_conflicted_copies_are_told(library: Library) -> None:
    up, down = library.local("up.txt"), library.remote("down.txt")
    library.both("a (Laptop's conflicted copy 2026-11-05).txt")
    library.both("not a (Laptop's conflicted copy of nothing).txt")
    items = library.shown(moving={up: "uploading", down: "downloading"})
    assert {name: item.state for name, item in items.items()} == {
        "up.txt": "uploading",
        "down.txt": "downloading",
        "a (Laptop's conflicted copy 2026-11-05).txt": "conflict",
        "not a (Laptop's conflicted copy of nothing).txt": "in-step",
    }


def test_excluded_is_what_is_and_what_lies_below_and_that_waits_for_nothing(library: Library) -> None:
    big = library.remote("Big", kind=Kind.FOLDER)
    deep = library.remote("Deep", big, Kind.FOLDER)
    library.remote("film.mkv", deep)
    with library.journal.transaction():
        library.journal.set_excluded({big: "Big"})
    assert library.states() == {"Big": "excluded"}
    assert library.states("Big") == {"Deep": "excluded"}
    assert library.states("Big/Deep") == {"film.mkv": "excluded"}
    above = library.both("above", kind=Kind.FOLDER)
    part = library.remote("part", above, Kind.FOLDER)
    library.remote("x", part)
    with library.journal.transaction():
        library.journal.set_excluded({big: "Big", part: "above/part"})
    assert library.states()["above"] == "in-step"


def test_what_is_on_the_disk_alone_is_ignored_or_has_just_come(library: Library) -> None:
    docs = library.both("Docs", kind=Kind.FOLDER)
    library.both("kept.iso", docs)
    (library.folder / ".lockstepignore").write_text("*.iso\n/build/\n")
    for name in ("Docs/build", "build/deep"):
        (library.folder / name).mkdir(parents=True)
    for name in ("Docs/big.iso", "Docs/kept.iso", "Docs/new.txt", "Docs/.~lock.a#", "build/deep/x.txt"):
        (library.folder / name).write_bytes(b"12345")
    os.mkfifo(library.folder / "Docs/pipe")
    assert library.states() == {"Docs": "in-step", ".lockstepignore": "pending", "build": "ignored"}
    assert library.states("Docs") == {
        "kept.iso": "in-step",
        "big.iso": "ignored",
        "new.txt": "pending",
        ".~lock.a#": "ignored",
        "build": "pending",
        "pipe": "problem",
    }
    assert library.states("build") == {"deep": "ignored"}
    assert library.states("build/deep") == {"x.txt": "ignored"}
    item = library.shown("build/deep")["x.txt"]
    assert (item.kind, item.size, item.is_here, item.is_on_server) == ("file", 5, True, False)


@pytest.mark.parametrize(
    "path", ["nowhere", "a.txt", "Docs/nowhere", ".lockstep", ".lockstep/trash", "..", "Docs/..", "link", "\0", "Docs/"]
)
def test_where_there_is_no_folder_that_is_said(library: Library, path: str) -> None:
    library.both("a.txt")
    library.both("Docs", kind=Kind.FOLDER)
    (library.folder / "link").symlink_to("/etc")
    with pytest.raises(Refused) as refused:
        library.shown(path)
    assert refused.value.problem_code == "not-found"


def test_a_folder_of_many_comes_in_parts(library: Library) -> None:
    with library.journal.transaction():
        for number in range(4_500):
            library.remote(f"{number}.txt")
    parts = list(library.browser.list_folder("", {}))
    assert [len(part.items) for part in parts] == [2_000, 2_000, 500]


def test_names_are_found_whatever_their_case_and_accents_are(library: Library) -> None:
    docs = library.both("Résumés", kind=Kind.FOLDER)
    library.both("RESUME old.odt", docs)
    library.remote("re\u0301sume\u0301.txt", docs)
    library.local("straße.txt")
    assert library.found("resume") == ["Résumés", "Résumés/RESUME old.odt", "Résumés/re\u0301sume\u0301.txt"]
    assert library.found("RÉSUMÉ O") == ["Résumés/RESUME old.odt"]
    assert library.found("STRASSE") == library.found("straße") == ["straße.txt"]
    library.local("bad\udcff.txt")
    assert library.found("BAD\udcff") == ["bad\udcff.txt"]
    assert library.found("%") == library.found("") == library.found("\ud800") == []


def test_what_lies_below_a_deleted_folder_is_not_found_and_excluded_things_are(library: Library) -> None:
    gone, away = library.remote("gone", kind=Kind.FOLDER), library.remote("away", kind=Kind.FOLDER)
    library.remote("film 1.mkv", gone)
    library.remote("film 2.mkv", away)
    library.delete_there(gone)
    with library.journal.transaction():
        library.journal.set_excluded({away: "away"})
    (item,) = library.browser.find("film", 10, {}).items
    assert (item.name, item.state) == ("away/film 2.mkv", "excluded")


def test_no_more_are_found_than_were_asked_for_and_that_is_told(library: Library) -> None:
    for number in range(5):
        library.both(f"{number}.txt")
    assert len((found := library.browser.find("txt", 3, {})).items) == 3
    assert found.is_cut
    assert not library.browser.find("txt", 5, {}).is_cut


def test_sizes_are_of_all_that_the_server_has_below(library: Library) -> None:
    a = library.both("a", kind=Kind.FOLDER)
    b = library.remote("b", a, Kind.FOLDER)
    library.remote("1", b, size=100)
    library.remote("2", a, size=10)
    library.delete_there(library.remote("3", a, size=1))
    library.local("here alone", kind=Kind.FOLDER)
    library.remote("empty", kind=Kind.FOLDER)
    assert library.browser.sizes("").sizes == {"a": 110, "empty": 0}
    assert library.browser.sizes("a").sizes == {"b": 100}
    with pytest.raises(Refused, match="nowhere"):
        library.browser.sizes("nowhere")
