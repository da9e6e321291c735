from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from server_api.contract.devices import BeginWipe, Device, EndWipe, Refresh, Session, SignIn
from server_api.contract.messages import Wait
from server_api.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    PasswordNeededError,
    SessionEndedError,
    WipeRequestedError,
    WipeUnderWayError,
    WrongCredentialsError,
)
from server_api.services import accounts, devices, mails, sessions, waiting, wipes
from server_api.services.accounts import Origin
from server_api.services.server import Caller, Server
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.fixtures.backends import Backend
from tests.fixtures.servers import PASSWORD, close_server, make_server

HERE = Origin(address="127.0.0.1", is_local=True)
EMAIL = "ada@example.org"


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, backend: Backend, mailer: FakeMailer) -> Iterator[Server]:
    made = make_server(tmp_path / "server", clock=clock)
    made.mailer = mailer
    accounts.add_account(made, EMAIL, PASSWORD)
    yield made
    close_server(made)


def sign_in(server: Server, email: str = EMAIL, name: str = "Laptop", device_id: bytes | None = None) -> Session:
    request = SignIn(email=email, password=PASSWORD, device_name=name, device_id=device_id)
    return sessions.sign_in(server, request, HERE)


@pytest.fixture
def lost(server: Server) -> Session:
    return sign_in(server, name="Lost")


@pytest.fixture
def ada(server: Server, lost: Session) -> Caller:
    return sessions.authenticate(server, sign_in(server, name="Phone").access_token)


def refuses(error: type[ApiError], server: Server, token: str) -> None:
    with pytest.raises(error) as raised:
        sessions.refresh(server, Refresh(refresh_token=token), HERE)
    assert type(raised.value) is error


def begin(server: Server, session: Session) -> bytes:
    return wipes.begin_wipe(server, BeginWipe(refresh_token=session.refresh_token), HERE).proof


def end(server: Server, session: Session, removed: int = 3, kept: int = 1) -> None:
    request = EndWipe(refresh_token=session.refresh_token, removed=removed, kept=kept)
    wipes.end_wipe(server, request, HERE)


def shown(server: Server, ada: Caller, session: Session) -> Device:
    return next(each for each in devices.list_devices(server, ada) if each.device_id == session.device_id)


def recorded(server: Server) -> list[str]:
    with server.database.read() as connection:
        return [
            action
            for action in connection.scalars(select(tables.audit.c.action).order_by(tables.audit.c.audit_id))
            if action.startswith("wipe")
        ]


@pytest.mark.every_database
def test_a_lost_device_is_signed_out_at_once_and_told_at_its_next_contact(
    server: Server, ada: Caller, lost: Session, clock: FakeClock
) -> None:
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, lost.access_token)
    refuses(WipeRequestedError, server, lost.refresh_token)
    device = shown(server, ada, lost)
    assert device.wipe is not None
    assert (device.wipe.requested_at, device.wipe.begun_at, device.wipe.ended_at) == (clock.now_ms(), None, None)
    clock.advance(400 * 24 * 3600)  # much longer than any token is good for
    refuses(WipeRequestedError, server, lost.refresh_token)

    proof = begin(server, lost)
    assert hashlib.sha256(proof).digest() == lost.wipe_check
    assert begin(server, lost) == proof, "an answer may be lost"
    end(server, lost)
    device = shown(server, ada, lost)
    assert device.wipe is not None
    assert (device.wipe.removed, device.wipe.kept, device.wipe.ended_at) == (3, 1, clock.now_ms())
    refuses(SessionEndedError, server, lost.refresh_token)
    with pytest.raises(SessionEndedError):
        end(server, lost)
    assert recorded(server) == ["wipe-requested", "wipe-begun", "wipe-ended"]


def test_who_waits_in_the_lost_device_is_sent_away(server: Server, ada: Caller, lost: Session) -> None:
    waiter = sessions.authenticate(server, lost.access_token)
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    request = Wait(epoch=lost.epoch, namespaces={lost.account.personal_namespace: 0}, timeout_s=0)
    with pytest.raises(SessionEndedError):
        waiting.wait_for_changes(server, waiter, request)


@pytest.mark.every_database
def test_it_can_be_taken_back_until_the_device_has_begun(server: Server, ada: Caller, lost: Session) -> None:
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    wipes.cancel_wipe(server, ada, lost.device_id, PASSWORD)
    wipes.cancel_wipe(server, ada, lost.device_id, PASSWORD)
    assert shown(server, ada, lost).wipe is None
    refuses(SessionEndedError, server, lost.refresh_token)
    with pytest.raises(SessionEndedError):
        begin(server, lost)
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    begin(server, lost)
    with pytest.raises(WipeUnderWayError):
        wipes.cancel_wipe(server, ada, lost.device_id, PASSWORD)


def test_a_device_that_was_revoked_first_or_lost_its_session_to_a_new_password_is_told_too(
    server: Server, ada: Caller, lost: Session
) -> None:
    devices.revoke_device(server, ada, lost.device_id, PASSWORD)
    refuses(SessionEndedError, server, lost.refresh_token)
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    accounts.set_password(server, EMAIL, "another one 1")
    refuses(WipeRequestedError, server, lost.refresh_token)
    begin(server, lost)


def test_only_the_accounts_password_makes_a_wish(server: Server, ada: Caller, lost: Session) -> None:
    for password, error in ((None, PasswordNeededError), ("wrong", WrongCredentialsError)):
        with pytest.raises(error):
            wipes.request_wipe(server, ada, lost.device_id, password)
        with pytest.raises(error):
            wipes.cancel_wipe(server, ada, lost.device_id, password)
    accounts.add_account(server, "eve@example.org", PASSWORD)
    eve = sessions.authenticate(server, sign_in(server, "eve@example.org").access_token)
    for device_id in (lost.device_id, b"?" * 16):
        with pytest.raises(NotFoundError):
            wipes.request_wipe(server, eve, device_id, PASSWORD)
        with pytest.raises(NotFoundError):
            wipes.cancel_wipe(server, eve, device_id, PASSWORD)
    with pytest.raises(ForbiddenError):
        wipes.request_wipe(server, ada, ada.device_id, PASSWORD)
    assert sessions.authenticate(server, lost.access_token).device_id == lost.device_id
    assert recorded(server) == []


def test_nobody_gets_an_order_or_reports_without_the_token_of_a_device_that_is_to_be_wiped(
    server: Server, ada: Caller, lost: Session
) -> None:
    other = sign_in(server, name="Other")
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    for token in ("lsr_" + "x" * 43, other.refresh_token, lost.access_token[:200]):
        with pytest.raises(SessionEndedError):
            wipes.begin_wipe(server, BeginWipe(refresh_token=token), HERE)
        with pytest.raises(SessionEndedError):
            wipes.end_wipe(server, EndWipe(refresh_token=token, removed=0, kept=0), HERE)
    with pytest.raises(SessionEndedError):
        end(server, lost)  # it has not begun


def test_a_device_is_no_device_again_while_it_is_to_be_wiped(server: Server, ada: Caller, lost: Session) -> None:
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    with pytest.raises(WipeUnderWayError):
        sign_in(server, device_id=lost.device_id)
    begin(server, lost)
    end(server, lost)
    again = sign_in(server, device_id=lost.device_id)
    assert again.device_id == lost.device_id
    assert shown(server, ada, lost).wipe is None
    assert sessions.refresh(server, Refresh(refresh_token=again.refresh_token), HERE).device_id == lost.device_id


def test_its_owner_is_told_by_mail(server: Server, ada: Caller, lost: Session, mailer: FakeMailer) -> None:
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    wipes.request_wipe(server, ada, lost.device_id, PASSWORD)
    begin(server, lost)
    end(server, lost)
    while mails.send_due(server):
        pass
    told = [mail for mail in mailer.sent if "wipe" in mail.subject]
    assert [mail.subject for mail in told] == ["A Lockstep device is to be wiped", "A Lockstep device was wiped"]
    assert {mail.recipient for mail in told} == {EMAIL}
    assert "“Lost”" in told[0].text
    assert "--cancel" in told[0].text
    assert "3 files" in told[1].text
    assert "\n1 stayed" in told[1].text
