from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from server_api.config import Registration
from server_api.contract.accounts import ChangePassword, Register
from server_api.contract.devices import SignIn
from server_api.errors import (
    AccountExistsError,
    InvalidBodyError,
    InvitationNeededError,
    NotFoundError,
    RegistrationClosedError,
    SessionEndedError,
    WeakPasswordError,
    WrongCredentialsError,
)
from server_api.services import accounts, passwords, sessions
from server_api.services.accounts import Origin
from server_api.services.server import Server
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import PASSWORD, make_server

pytestmark = pytest.mark.every_database

HERE = Origin(address="127.0.0.1", is_local=True)
ELSEWHERE = Origin(address="203.0.113.9", is_local=False)


def request(email: str = "ada@example.org", password: str = PASSWORD, invite: str | None = None) -> Register:
    return Register(email=email, password=password, invite=invite)


def test_an_account_comes_with_its_personal_namespace(server: Server) -> None:
    made = accounts.register(server, request(), HERE)
    with server.database.read() as connection:
        role = connection.scalar(
            select(tables.membership.c.role).where(
                tables.membership.c.namespace_id == made.personal_namespace,
                tables.membership.c.account_id == made.account_id,
            )
        )
    assert role == "owner"
    assert (made.role, made.used_bytes, made.quota_bytes) == ("member", 0, None)


def test_open_registration_is_open_on_loopback_only(server: Server) -> None:
    assert accounts.registration_policy(server, HERE) is Registration.OPEN
    assert accounts.registration_policy(server, ELSEWHERE) is Registration.INVITE
    with pytest.raises(InvitationNeededError):
        accounts.register(server, request(), ELSEWHERE)


def test_an_invitation_lets_one_in_from_elsewhere_and_only_once(server: Server) -> None:
    code = accounts.make_invitation(server, None)
    assert accounts.register(server, request(invite=code), ELSEWHERE).email == "ada@example.org"
    with pytest.raises(InvitationNeededError):
        accounts.register(server, request("eve@example.org", invite=code), ELSEWHERE)


def test_an_invitation_for_an_address_is_for_no_other(server: Server) -> None:
    code = accounts.make_invitation(server, "Ada@Example.org")
    with pytest.raises(InvitationNeededError):
        accounts.register(server, request("eve@example.org", invite=code), ELSEWHERE)
    assert accounts.register(server, request(invite=code), ELSEWHERE).email == "ada@example.org"


def test_an_invitation_expires(server: Server, clock: FakeClock) -> None:
    code = accounts.make_invitation(server, None)
    clock.advance(server.config.limits.invitation_s + 1)
    with pytest.raises(InvitationNeededError):
        accounts.register(server, request(invite=code), ELSEWHERE)


def test_a_closed_server_takes_nobody(tmp_path: Path) -> None:
    closed = make_server(tmp_path, registration=Registration.CLOSED)
    code = accounts.make_invitation(closed, None)
    for origin in (HERE, ELSEWHERE):
        with pytest.raises(RegistrationClosedError):
            accounts.register(closed, request(invite=code), origin)
    closed.database.close()


def test_an_address_has_one_account_whatever_its_case(server: Server) -> None:
    accounts.register(server, request("Ada@Example.org"), HERE)
    with pytest.raises(AccountExistsError):
        accounts.register(server, request(" ada@example.ORG "), HERE)


@pytest.mark.parametrize(
    "password", ["short", "1234567", "ada@example.org", "ADA@EXAMPLE.ORG"], ids=["short", "seven", "email", "case"]
)
def test_a_weak_password_is_refused(server: Server, password: str) -> None:
    with pytest.raises(WeakPasswordError):
        accounts.register(server, request(password=password), HERE)


@pytest.mark.parametrize(
    "email", ["ada", "@example.org", "a@b@c", "a b@c.d", "a\n@b.c", "a\u202e@b.c", "@", "a@" + "b" * 300]
)
def test_what_is_no_address_is_refused(server: Server, email: str) -> None:
    with pytest.raises(InvalidBodyError):
        accounts.register(server, request(email), HERE)


def test_passwords_are_kept_as_argon2id_and_checked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real cost
    hashed = passwords.hash_password(server, PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_password(server, hashed, PASSWORD)
    assert not passwords.is_password(server, hashed, "something else")


def test_an_unknown_account_costs_a_check_as_well(server: Server) -> None:
    checked: list[object] = []

    def offload(function: object, /, *args: object, **kwargs: object) -> bool:
        checked.append(args)
        return bool(function(*args, **kwargs))  # type: ignore[operator]

    server.offload = offload  # type: ignore[assignment]
    assert not passwords.is_password(server, None, PASSWORD)
    assert len(checked) == 1


def test_the_operator_lists_accounts_with_their_state(server: Server) -> None:
    accounts.add_account(server, "eve@example.org", PASSWORD, role=accounts.ADMIN, quota_bytes=1000)
    accounts.add_account(server, "ada@example.org", PASSWORD)
    accounts.disable(server, "eve@example.org")
    with server.database.read() as connection:
        listed = [(made.email, made.role, off) for made, off in accounts.list_accounts(connection)]
    assert listed == [("ada@example.org", "member", False), ("eve@example.org", "admin", True)]


def test_an_unknown_account_is_said_to_be_unknown(server: Server) -> None:
    with pytest.raises(NotFoundError):
        accounts.disable(server, "nobody@example.org")
    with pytest.raises(NotFoundError):
        accounts.make_sign_in_link(server, "nobody@example.org")


def test_a_person_changes_the_password_and_keeps_only_this_device(server: Server) -> None:
    accounts.add_account(server, "ada@example.org", PASSWORD)

    def sign_in(password: str) -> str:
        asked = SignIn(email="ada@example.org", password=password, device_name="Laptop")
        return sessions.sign_in(server, asked, HERE).access_token

    here, other = sign_in(PASSWORD), sign_in(PASSWORD)
    caller = sessions.authenticate(server, here)
    with pytest.raises(WrongCredentialsError):
        accounts.change_password(server, caller, ChangePassword(password="not this", new_password="another one 1"))
    with pytest.raises(WeakPasswordError):
        accounts.change_password(server, caller, ChangePassword(password=PASSWORD, new_password="short"))
    accounts.change_password(server, caller, ChangePassword(password=PASSWORD, new_password="another one 1"))
    assert sessions.authenticate(server, here).email == "ada@example.org"
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, other)
    with pytest.raises(WrongCredentialsError):
        sign_in(PASSWORD)
    assert sign_in("another one 1")
