"""What happened in a namespace, told newest first."""

from __future__ import annotations

from typing import Any

import pytest

from server_api.contract.history import ActivityEntry, ActivityPage, ActivityRequest, What
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services import activity
from server_api.services.activity import read_activity
from tests.fixtures.log import Log

pytestmark = pytest.mark.every_database


def page(log: Log, **asked: Any) -> ActivityPage:
    return read_activity(log.server, log.namespace_id, ActivityRequest(**asked))


def whole(log: Log, **asked: Any) -> list[ActivityEntry]:
    """All pages, as one that asks for them gets them."""
    entries: list[ActivityEntry] = []
    found = page(log, **asked)
    entries += found.entries
    while not found.complete:
        reached = found.before
        found = page(log, **(asked | {"before": reached}))
        assert found.before < reached, "each request comes further"
        entries += found.entries
    return entries


def told(log: Log, **asked: Any) -> list[tuple[str, str]]:
    return [(entry.what.value, entry.path) for entry in whole(log, **asked)]


def wait(log: Log) -> int:
    """Some time; and the time then."""
    log.server.clock.advance(60)  # type: ignore[attr-defined]
    return log.server.clock.now_ms()


def test_each_kind_of_change_has_its_word(log: Log) -> None:
    log.folder("d")
    wait(log)
    node = log.file("a", b"1")
    node = log.write(node, b"2")
    node = log.move(node, "b")
    node = log.move(node, "d/b")
    (node,) = log.apply(log.change(node, executable=True))
    log.delete(node)
    log.apply(log.change(log.by_id(node.node_id), place=log.place("d/b"), revive=True))
    found = whole(log)
    assert [entry.what for entry in found] == [
        What.RESTORED, What.DELETED, What.MODE, What.MOVED, What.RENAMED, What.EDITED, What.ADDED, What.ADDED,
    ]  # fmt: skip
    assert [(entry.was_path, entry.path) for entry in found[3:5]] == [("b", "d/b"), ("a", "b")]


def test_it_says_who_and_on_which_device(log: Log) -> None:
    log.file("a")
    at = wait(log)
    phone = log.device("phone")
    log.apply(log.creation("b", b"22"), device=phone)
    newest, oldest = whole(log)
    assert (newest.device, newest.device_id, newest.at, newest.size) == ("phone", phone.device_id, at, 2)
    assert (oldest.device, oldest.person) == ("laptop", f"{log.account_id.hex()}@example.org")


def test_a_commit_of_many_is_one_entry_of_each_kind(log: Log) -> None:
    gone = log.file("gone")
    wait(log)
    log.apply(*(log.creation(f"f{i}", b"x") for i in range(20)), log.deletion(gone))
    found = whole(log)
    assert [(entry.what, entry.count) for entry in found] == [(What.DELETED, 1), (What.ADDED, 20), (What.ADDED, 1)]
    assert (found[1].path, found[1].paths) == ("f19", ["f18", "f17", "f16", "f15", "f14"])


@pytest.mark.scenario("S163")
def test_a_rewind_is_one_entry(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "_SPAN", 7)
    monkeypatch.setattr(activity, "_SPANS", 2)
    log.folder("d")
    kept = log.file("d/kept", b"1")
    seq = log.seq
    wait(log)
    log.apply(*(log.creation(f"d/f{i}", b"x") for i in range(40)))
    wait(log)
    log.write(kept, b"2")
    wait(log)
    log.rewind("d", to_seq=seq)
    newest, edited, *_ = whole(log)
    assert (newest.what, newest.count) == (What.RESTORED, 41)
    assert (edited.what, edited.path) == (What.EDITED, "d/kept")
    wait(log)
    log.rewind("d", to_seq=log.seq - 41)
    assert [(entry.what, entry.count) for entry in whole(log)[:2]] == [(What.RESTORED, 41), (What.RESTORED, 41)]
    assert whole(log, path="d")[0].what is What.RESTORED


def test_what_comes_back_with_a_commit_is_part_of_no_restore(log: Log) -> None:
    log.folder("d")
    log.file("d/x", b"1")
    wait(log)
    log.delete(log.at("d"))
    wait(log)
    log.restore("d")
    wait(log)
    log.file("after")
    assert told(log)[:3] == [("added", "after"), ("restored", "d/x"), ("deleted", "d")]


def test_by_device_and_person(log: Log) -> None:
    log.file("a")
    phone = log.device("phone")
    log.apply(log.creation("b", b"x"), device=phone)
    log.file("c")
    assert told(log, device_id=phone.device_id) == [("added", "b")]
    assert [path for _, path in told(log, person=f"{log.account_id.hex()}@EXAMPLE.org")] == ["c", "b", "a"]
    assert told(log, person="nobody@example.org") == told(log, device_id=bytes(16)) == []
    assert told(log, person="nobody@example.org", device_id=phone.device_id) == []


@pytest.mark.parametrize("person", ["a\x00b@example.org", "nobody", "a@b\udcff.org"])
def test_what_is_no_address_is_refused(log: Log, person: str) -> None:
    with pytest.raises(InvalidBodyError):
        page(log, person=person)


def test_one_device_s_changes_are_told_as_they_were_between_those_of_others(log: Log) -> None:
    """What came before a change is what any device left."""
    phone = log.device("phone")
    node = log.file("a", b"1")
    log.apply(log.change(node, place=log.place("b")))
    log.apply(log.change(log.at("b"), place=log.place("c")), device=phone)
    (entry,) = whole(log, device_id=phone.device_id)
    assert (entry.what, entry.was_path, entry.path) == (What.RENAMED, "b", "c")


def test_by_time(log: Log) -> None:
    times = []
    for name in "abcd":
        times.append(wait(log))
        log.file(name)
    assert told(log, since_at=times[1], until_at=times[2]) == [("added", "c"), ("added", "b")]
    assert told(log, since_at=times[3] + 1) == told(log, until_at=times[0] - 1) == []
    assert len(told(log, since_at=0, until_at=2**47)) == 4


def test_below_a_folder_and_of_one_file(log: Log) -> None:
    for path in ("d", "d/e"):
        log.folder(path)
        wait(log)
    node = log.file("d/e/x", b"1")
    log.file("elsewhere")
    wait(log)
    log.move(node, "out")
    assert told(log, path="d") == [("moved", "out"), ("added", "d/e/x"), ("added", "d/e"), ("added", "d")]
    assert [what for what, _ in told(log, path="out")] == ["moved", "added"]
    wait(log)
    log.delete(log.at("d"))
    assert told(log, path="d")[0] == ("deleted", "d")
    for path in ("nothing", "d/nothing"):
        with pytest.raises(NotFoundError):
            page(log, path=path)
    with pytest.raises(InvalidBodyError):
        page(log, path="a//b")


@pytest.mark.parametrize("asked", [{}, {"device": True}, {"path": "d"}])
def test_pages_and_short_looks_make_up_the_whole(
    log: Log, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    phone = log.device("phone")
    if asked.pop("device", False):
        asked = {"device_id": phone.device_id}
    log.folder("d")
    for i in range(12):
        wait(log)
        log.apply(log.creation(f"d/{i}" if i % 3 else str(i), b"x"), device=phone if i % 4 == 0 else None)
    everything = [entry.seq for entry in whole(log, **asked)]
    assert len(everything) >= 3
    assert [entry.seq for entry in whole(log, **asked, limit=1)] == everything
    for name, value in (("_SPAN", 2), ("_SPANS", 1), ("_LEAP", 2), ("_LEAPS", 1)):
        monkeypatch.setattr(activity, name, value)
    assert [entry.seq for entry in whole(log, **asked, limit=2)] == everything


def test_nothing_is_told_of_another_namespace(log: Log) -> None:
    other = Log(log.server)
    other.file("theirs")
    assert whole(log) == []
    assert page(log) == ActivityPage(entries=[], before=1, complete=True)
