"""Invitations: which hold, which were taken back, and how they come by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server_api.config import Registration
from server_api.contract.accounts import Register
from server_api.errors import AccountExistsError, ForbiddenError, InvalidBodyError, InvitationNeededError, NotFoundError
from server_api.services import accounts, mails
from server_api.services.accounts import Origin, make_invitation
from server_api.services.invitations import invite_by_mail, list_invitations, withdraw_invitation
from server_api.services.server import Server
from server_api.storage.mailer import MailError
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.fixtures.backends import Backend
from tests.fixtures.servers import PASSWORD, make_server

AWAY = Origin(address="203.0.113.7", is_local=False)
EMAIL = "ada@example.org"


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, backend: Backend, mailer: FakeMailer) -> Iterator[Server]:
    made = make_server(tmp_path / "server", clock=clock, public_url="https://files.example.org")
    made.mailer = mailer
    yield made
    made.database.close()


def register(server: Server, code: str, email: str = EMAIL) -> None:
    accounts.register(server, Register(email=email, password=PASSWORD, invite=code), AWAY)


def send_all(server: Server) -> None:
    while mails.send_due(server):
        pass


def code_in(text: str) -> str:
    found = re.search(r"--invite ([\w-]+)\n", text)
    assert found is not None
    return found[1]


@pytest.mark.every_database
def test_those_that_hold_are_listed_and_can_be_withdrawn(server: Server, clock: FakeClock) -> None:
    old = make_invitation(server, None)
    clock.advance(server.config.limits.invitation_s)
    anyones, adas, eves = (make_invitation(server, email) for email in (None, EMAIL, "eve@example.org"))
    register(server, eves, "eve@example.org")
    found = list_invitations(server)
    assert sorted(str(each.email) for each in found) == ["None", EMAIL]
    assert all(code not in str(found) for code in (old, anyones, adas, eves))
    withdraw_invitation(server, "ADA@example.org")
    with pytest.raises(InvitationNeededError):
        register(server, adas)
    (left,) = list_invitations(server)
    assert left.invitation_id is not None
    withdraw_invitation(server, left.invitation_id)
    with pytest.raises(InvitationNeededError):
        register(server, anyones)
    for which in (left.invitation_id, EMAIL, "", "%", "None"):
        with pytest.raises(NotFoundError):
            withdraw_invitation(server, which)


def test_a_new_code_for_an_address_replaces_the_one_before(server: Server) -> None:
    first, second = make_invitation(server, EMAIL), make_invitation(server, EMAIL)
    with pytest.raises(InvitationNeededError):
        register(server, first)
    register(server, second)
    assert list_invitations(server) == []


def test_one_that_comes_by_mail_says_what_to_do_and_lets_its_reader_in(server: Server, mailer: FakeMailer) -> None:
    invite_by_mail(server, EMAIL)
    assert [(each.invitation_id, each.email) for each in list_invitations(server)] == [(None, EMAIL)]
    send_all(server)
    (mail,) = mailer.sent
    assert mail.recipient == EMAIL
    assert f"lockstep link https://files.example.org --email {EMAIL} " in mail.text
    (made,) = list_invitations(server)
    assert made.invitation_id is not None
    register(server, code_in(mail.text))


def test_a_mail_that_has_to_be_tried_again_leaves_one_invitation(
    server: Server, mailer: FakeMailer, clock: FakeClock
) -> None:
    invite_by_mail(server, EMAIL)
    mailer.failure = MailError("later")
    for _ in range(3):
        send_all(server)
        clock.advance(600)
    mailer.failure = None
    send_all(server)
    (mail,) = mailer.sent
    assert len(list_invitations(server)) == 1
    register(server, code_in(mail.text))


def test_one_that_was_withdrawn_is_not_sent(server: Server, mailer: FakeMailer) -> None:
    invite_by_mail(server, EMAIL)
    withdraw_invitation(server, EMAIL)
    send_all(server)
    assert mailer.sent == []
    assert list_invitations(server) == []


def test_nobody_is_invited_who_could_not_come(server: Server, tmp_path: Path, clock: FakeClock) -> None:
    accounts.add_account(server, EMAIL, PASSWORD)
    with pytest.raises(AccountExistsError):
        invite_by_mail(server, EMAIL)
    with pytest.raises(InvalidBodyError):
        invite_by_mail(server, "nobody")
    configs: list[dict[str, Any]] = [{}, {"public_url": "https://x.example", "registration": Registration.CLOSED}]
    for config in configs:
        other = make_server(tmp_path / "other", clock=clock, **config)
        with pytest.raises(ForbiddenError):
            invite_by_mail(other, EMAIL)
        other.database.close()
