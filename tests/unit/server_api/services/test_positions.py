"""Which devices have a file: never one that does not."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from server_api.contract.messages import NamespaceId
from server_api.contract.positions import PositionTold, TellPosition
from server_api.domain.nodes import Node
from server_api.errors import ForbiddenError, RateLimitedError, UnknownCursorError
from server_api.services import passwords, positions, wipes
from server_api.services.accounts import end_sessions
from server_api.services.details import read_details
from server_api.services.limits import POSITION
from server_api.services.server import Caller
from server_api.services.state import renew_epoch
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fixtures.log import Log


@pytest.fixture
def phone(log: Log) -> Caller:
    return log.device("phone")


def tell(
    log: Log, device: Caller, *lacks: Node, number: int | None = None, at: bytes | None = None, many: bool = False
) -> PositionTold:
    """It has all that is there now, but for these."""
    page = log.page()
    with log.server.database.read() as connection:
        known = connection.scalar(
            select(tables.position.c.number).where(tables.position.c.device_id == device.device_id)
        )  # fmt: skip
    told = TellPosition(
        number=number or (known or 0) + 1,
        epoch=page.epoch,
        revision_id=at or page.revision_id or bytes(16),
        without=None if many else [node.node_id for node in lacks],
    )
    return positions.take_position(log.server, device, log.namespace_id, told)


def keepers(log: Log, path: str, asking: Caller | None = None) -> list[str]:
    found = read_details(log.server, asking or log.laptop, log.namespace_id, path).kept_by
    assert found is not None
    return [keeper.name for keeper in found]


def test_a_device_that_has_come_far_enough_has_the_file(log: Log, phone: Caller) -> None:
    log.file("early")
    tell(log, phone)
    log.file("late")
    assert (keepers(log, "early"), keepers(log, "late")) == (["phone"], [])
    tell(log, phone)
    assert keepers(log, "late") == ["phone"]


def test_who_wrote_it_counts_by_the_same_rule(log: Log) -> None:
    log.file("a")
    assert keepers(log, "a") == []
    tell(log, log.laptop)
    (keeper,) = read_details(log.server, log.laptop, log.namespace_id, "a").kept_by or []
    assert (keeper.device_id, keeper.is_current) == (log.laptop.device_id, True)


def test_the_time_is_that_of_the_telling_and_the_latest_comes_first(log: Log, phone: Caller) -> None:
    log.file("a")
    clock = log.server.clock
    assert isinstance(clock, FakeClock)
    tell(log, phone)
    told_at = clock.now_ms()
    clock.advance(60)
    tell(log, log.laptop)
    found = read_details(log.server, log.laptop, log.namespace_id, "a").kept_by
    assert found is not None
    assert [(keeper.name, keeper.told_at) for keeper in found] == [("laptop", clock.now_ms()), ("phone", told_at)]


def test_an_edit_is_on_no_device_before_that_says_so(log: Log, phone: Caller) -> None:
    node = log.file("a")
    tell(log, phone)
    log.write(node, b"new")
    assert keepers(log, "a") == []
    tell(log, phone)
    assert keepers(log, "a") == ["phone"]


def test_what_a_device_lacks_and_what_is_below_is_not_there(log: Log, phone: Caller) -> None:
    films = log.folder("films")
    log.folder("films/old")
    log.file("films/old/a")
    lacking = log.file("b")
    log.file("c")
    tell(log, phone, films, lacking)
    assert [keepers(log, path) for path in ("films/old/a", "b", "c")] == [[], [], ["phone"]]


def test_what_comes_out_of_a_folder_that_a_device_lacks_is_not_there(log: Log, phone: Caller) -> None:
    films = log.folder("films")
    inner = log.folder("films/inner")
    log.file("films/inner/a")
    tell(log, phone, films)
    log.move(inner, "inner")
    assert keepers(log, "inner/a") == []
    tell(log, phone, films)
    assert keepers(log, "inner/a") == ["phone"]


def test_what_is_restored_with_its_folder_is_not_there_before_the_device_says_so(log: Log, phone: Caller) -> None:
    folder = log.folder("d")
    log.file("d/a")
    tell(log, phone)
    log.delete(folder)
    log.restore("d")
    assert keepers(log, "d/a") == []


def test_a_device_that_lacks_too_much_is_named_for_nothing(log: Log, phone: Caller) -> None:
    log.file("a")
    tell(log, phone)
    tell(log, phone, many=True)
    assert keepers(log, "a") == []


def test_what_comes_late_is_not_kept(log: Log, phone: Caller) -> None:
    lacking = log.file("a")
    assert tell(log, phone, lacking, number=2) == PositionTold(is_kept=True, number=2)
    for late in (1, 2):
        assert tell(log, phone, number=late) == PositionTold(is_kept=False, number=2)
    assert keepers(log, "a") == []
    assert tell(log, phone, number=9) == PositionTold(is_kept=True, number=9)
    assert keepers(log, "a") == ["phone"]


@pytest.mark.parametrize("made_up", [bytes(16), b"\xff" * 16, (1).to_bytes(8, "big") + b"\x07" * 8])
def test_a_position_in_another_history_is_not_kept(log: Log, phone: Caller, made_up: bytes) -> None:
    log.file("a")
    with pytest.raises(UnknownCursorError):
        tell(log, phone, at=made_up)
    assert keepers(log, "a") == []


def test_a_restored_server_forgets_what_was_said(own_log: Log) -> None:
    own_log.file("a")
    tell(own_log, own_log.laptop)
    before = own_log.page()
    with own_log.server.database.write() as work:
        renew_epoch(work.connection, own_log.server.ids)
    assert keepers(own_log, "a") == []
    stuck = TellPosition(number=9, epoch=before.epoch, revision_id=before.revision_id or b"", without=[])
    with pytest.raises(UnknownCursorError):
        positions.take_position(own_log.server, own_log.laptop, own_log.namespace_id, stuck)


def test_a_browser_keeps_nothing(log: Log) -> None:
    log.file("a")
    with pytest.raises(ForbiddenError):
        tell(log, replace(log.laptop, device_kind="browser"))


def test_a_device_whose_session_ended_is_not_named_even_once_it_signs_in_again(log: Log, phone: Caller) -> None:
    log.file("a")
    with log.server.database.write() as work:
        values = {"session_id": log.new_id(), "device_id": phone.device_id, "created_at": 0}
        work.connection.execute(insert(tables.session).values(values))
    tell(log, phone)
    tell(log, log.laptop)
    with log.server.database.write() as work:
        end_sessions(log.server, work, device_id=phone.device_id)
    assert keepers(log, "a") == ["laptop"]


def test_a_device_that_was_revoked_is_not_named(log: Log, phone: Caller) -> None:
    log.file("a")
    tell(log, phone)
    with log.server.database.write() as work:
        revoked = update(tables.device).where(tables.device.c.device_id == phone.device_id).values(revoked_at=1)
        work.connection.execute(revoked)
    assert keepers(log, "a") == []


def test_a_device_that_is_to_be_wiped_is_not_named(log: Log, phone: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    log.file("a")
    tell(log, phone)
    monkeypatch.setattr(passwords, "check_again", lambda *_: None)
    wipes.request_wipe(log.server, log.laptop, phone.device_id, "")
    assert keepers(log, "a") == []


def test_devices_of_who_is_no_member_any_more_are_not_named(log: Log) -> None:
    log.file("a")
    other = Log(log.server)
    here = {"namespace_id": log.namespace_id, "account_id": other.account_id}
    with log.server.database.write() as work:
        work.connection.execute(insert(tables.membership).values(here | {"role": "viewer"}))
    tell(log, other.laptop)
    assert keepers(log, "a") == ["laptop"]
    with log.server.database.write() as work:
        gone = tables.membership.c.account_id == other.account_id
        work.connection.execute(
            tables.membership.delete().where(gone, tables.membership.c.namespace_id == log.namespace_id)
        )
    assert keepers(log, "a") == []


def test_namespaces_do_not_mix(log: Log) -> None:
    log.file("a")
    other = Log(log.server)
    other.file("a")
    tell(log, log.laptop)
    assert keepers(other, "a") == []


def test_telling_has_a_limit_of_each_device(log: Log, phone: Caller) -> None:
    log.file("a")
    for number in range(1, POSITION.burst + 1):
        tell(log, phone, number=number)
    with pytest.raises(RateLimitedError):
        tell(log, phone, number=POSITION.burst + 1)
    tell(log, log.laptop)


def test_ids_that_nothing_has_are_taken(log: Log, phone: Caller) -> None:
    log.file("a")
    page = log.page()
    made_up = [secrets.token_bytes(16) for _ in range(1_000)]
    told = TellPosition(number=1, epoch=page.epoch, revision_id=page.revision_id or b"", without=made_up)
    assert positions.take_position(log.server, phone, NamespaceId(log.namespace_id), told).is_kept
    assert keepers(log, "a") == ["phone"]
