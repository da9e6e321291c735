"""What goes for good: which contents a purge frees, and which it must not."""

from __future__ import annotations

import secrets
from typing import cast

import pytest
from sqlalchemy import func, select

from server_api.contract.accounts import Purge
from server_api.errors import ForbiddenError, InvalidBodyError, NotFoundError
from server_api.services import mails, purging
from server_api.services.changes import Cursor
from server_api.services.collection import collect
from server_api.services.packs import verify_sealed
from server_api.services.purging import Wisher, cancel_purge, list_purges, purge_due, request_purge
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.fixtures.content import Content
from tests.fixtures.libraries import LONG, Library
from tests.fixtures.log import Log, Reader, content_of

DAY_S = 24 * 3600


def wisher(log: Log) -> Wisher:
    return Wisher(account_id=log.account_id, device_id=log.laptop.device_id)


def request(log: Log, path: str) -> Purge:
    return request_purge(log.server, wisher(log), log.namespace_id, path)


def a_day_later(log: Log) -> None:
    cast("FakeClock", log.server.clock).advance(DAY_S)
    carry_out(log)


def carry_out(log: Log) -> None:
    while purge_due(log.server):
        pass


def contents(log: Log, path: str) -> list[bool]:
    """Of each version of a path, newest first, whether its content is still there."""
    return [not version.expired for version in log.history(path)]


@pytest.mark.every_database
def test_a_folder_goes_with_all_that_was_in_it_and_its_history_a_day_later(own_log: Log) -> None:
    log = own_log
    log.folder("old")
    log.folder("old/deep")
    log.write(log.file("old/deep/a", b"1"), b"22")
    log.delete(log.file("old/b", b"333"))
    log.file("kept", b"4")
    asked = request(log, "old")
    assert (asked.files, asked.versions, asked.size) == (2, 3, 6)
    assert asked.due_at - asked.requested_at == DAY_S * 1000
    cast("FakeClock", log.server.clock).advance(DAY_S - 1)
    assert not purge_due(log.server)
    assert log.paths() == ["kept", "old", "old/deep", "old/deep/a"]
    reader = Reader(log)
    reader.read()
    before = log.seq
    a_day_later(log)
    assert log.seq == before + 1, "one deletion of one folder"
    reader.read()
    assert reader.paths() == {"kept": content_of(b"4").hash}
    assert (contents(log, "old/deep/a"), contents(log, "old/b"), contents(log, "kept")) == (
        [False, False], [False], [True],
    )  # fmt: skip
    with pytest.raises(NotFoundError):
        log.restore("old/b")
    assert list_purges(log.server, log.namespace_id) == []


def test_devices_do_not_hold_what_a_person_let_go(own_log: Log) -> None:
    own_log.file("a")
    seen = own_log.page()
    request(own_log, "a")
    a_day_later(own_log)
    (change,) = own_log.page(Cursor(seen.seq, seen.epoch, seen.revision_id)).changes
    assert (change.deleted, change.approved) == (True, True)
    assert change.device_id == own_log.laptop.device_id


@pytest.mark.every_database
def test_it_can_be_taken_back_until_its_time_has_come(own_log: Log) -> None:
    log = own_log
    log.write(log.file("a", b"1"), b"2")
    request(log, "a")
    assert request(log, "/a/") == list_purges(log.server, log.namespace_id)[0], "asking again changes nothing"
    cancel_purge(log.server, wisher(log), log.namespace_id, "a")
    with pytest.raises(NotFoundError):
        cancel_purge(log.server, wisher(log), log.namespace_id, "a")
    a_day_later(log)
    assert contents(log, "a") == [True, True]
    request(log, "a")
    cast("FakeClock", log.server.clock).advance(DAY_S)
    with pytest.raises(NotFoundError):
        cancel_purge(log.server, wisher(log), log.namespace_id, "a")
    carry_out(log)
    assert contents(log, "a") == [False, False]


def test_what_changes_moves_or_comes_back_until_then_stays_without_its_history(own_log: Log) -> None:
    log = own_log
    log.folder("d")
    edited = log.write(log.file("d/edited", b"e1"), b"e2")
    moved = log.write(log.file("d/moved", b"m1"), b"m2")
    deleted = log.write(log.file("d/deleted", b"d1"), b"d2")
    log.delete(deleted)
    log.file("d/untouched", b"u")
    log.file("elsewhere", b"x1")
    request(log, "d")
    log.write(edited, b"e3")
    log.move(moved, "moved")
    log.restore("d/deleted")
    log.file("d/new", b"n")
    log.move(log.at("elsewhere"), "d/elsewhere")
    a_day_later(log)
    assert log.paths() == ["d", "d/deleted", "d/edited", "d/elsewhere", "d/new", "moved"]
    assert contents(log, "d/edited") == [True, False, False]
    assert contents(log, "d/deleted") == [True, False]
    assert contents(log, "d/new") == contents(log, "d/elsewhere") == [True]
    assert contents(log, "d/untouched") == [False]
    assert [(version.is_current, version.expired) for version in log.history("moved")] == [(True, False)]


def test_a_folder_that_was_moved_away_or_in_keeps_what_is_in_it(own_log: Log) -> None:
    log = own_log
    log.folder("d")
    log.folder("d/leaves")
    log.file("d/leaves/a")
    log.file("d/stays")
    log.folder("comes")
    log.file("comes/b")
    request(log, "d")
    log.move(log.at("d/leaves"), "left")
    log.move(log.at("comes"), "d/comes")
    a_day_later(log)
    assert log.paths() == ["d", "d/comes", "d/comes/b", "left", "left/a"]
    assert contents(log, "d/comes/b") == contents(log, "left/a") == [True]


def test_a_file_that_was_deleted_there_and_one_that_lies_there_now_both_go(own_log: Log) -> None:
    log = own_log
    log.delete(log.file("a", b"first"))
    log.file("a", b"second")
    log.move(log.file("away", b"third"), "here")
    assert request(log, "a").versions == 2
    a_day_later(log)
    assert contents(log, "a") == [False, False]
    assert contents(log, "here") == [True]


def test_many_go_in_pieces_each_of_which_may_be_cut_off(own_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log = own_log
    monkeypatch.setattr(purging, "_NODES_AT_ONCE", 2)
    monkeypatch.setattr(purging, "_DELETED_AT_ONCE", 2)
    log.folder("d")
    for number in range(7):
        log.file(f"d/{number}", b"%d" % number)
    request(log, "d")
    log.file("d/new")
    a_day_later(log)
    assert log.paths() == ["d", "d/new"]
    assert [contents(log, f"d/{number}") for number in range(7)] == [[False]] * 7
    with log.server.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.purge_node)) == 0


def test_there_has_to_be_something_and_there_is_a_limit(own_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log = own_log
    for path, error in (("nothing", NotFoundError), ("", InvalidBodyError), ("../x", InvalidBodyError)):
        with pytest.raises(error):
            request(log, path)
    monkeypatch.setattr(purging, "MAX_WAITING", 1)
    log.file("a")
    log.file("b")
    request(log, "a")
    with pytest.raises(ForbiddenError):
        request(log, "b")


def test_it_is_recorded_and_told_by_mail(own_log: Log) -> None:
    log = own_log
    log.server.mailer = mailer = FakeMailer()
    log.file("a")
    request(log, "a")
    a_day_later(log)
    while mails.send_due(log.server):
        pass
    assert [mail.subject for mail in mailer.sent] == [
        "Something of yours is to go for good", "Something of yours is gone for good",
    ]  # fmt: skip
    assert all("“a”" in mail.text for mail in mailer.sent)
    with log.server.database.read() as connection:
        actions = connection.scalars(select(tables.audit.c.action).order_by(tables.audit.c.audit_id)).all()
    assert [action for action in actions if action.startswith("purge")] == ["purge-requested", "purged"]


def test_the_collector_frees_what_was_purged_and_nothing_that_something_else_needs(content: Content) -> None:
    library = Library(content.server, content.caller())
    shared, own = secrets.token_bytes(LONG), secrets.token_bytes(LONG)
    library.save("goes", shared, own)
    library.save("stays", shared)
    asked = request_purge(content.server, Wisher(account_id=library.caller.account_id), library.namespace_id, "goes")
    assert asked.files == 1
    content.clock.advance(DAY_S)
    while purge_due(content.server):
        pass
    del library.files["goes"]
    for _ in range(4):
        content.clock.advance(DAY_S + 600)
        while verify_sealed(content.server):
            pass
        collect(content.server)
    with content.server.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.chunk)) == 1
    assert library.check_living() == 1
