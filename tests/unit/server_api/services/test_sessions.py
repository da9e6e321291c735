from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from server_api.contract.devices import Refresh, Session, SignIn
from server_api.errors import (
    ApiError,
    ForbiddenError,
    NotSignedInError,
    RateLimitedError,
    SessionEndedError,
    WrongCredentialsError,
)
from server_api.services import accounts, passwords, sessions
from server_api.services.accounts import Origin
from server_api.services.server import Server
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import PASSWORD

pytestmark = pytest.mark.every_database

HERE = Origin(address="127.0.0.1", is_local=True)
EMAIL = "ada@example.org"


@pytest.fixture(autouse=True)
def account(server: Server) -> bytes:
    return accounts.add_account(server, EMAIL, PASSWORD).account_id


def sign_in(server: Server, password: str = PASSWORD, email: str = EMAIL, device_id: bytes | None = None) -> Session:
    request = SignIn(email=email, password=password, device_name="Laptop", device_id=device_id)
    return sessions.sign_in(server, request, HERE)


def refresh(server: Server, token: str) -> Session:
    return sessions.refresh(server, Refresh(refresh_token=token), HERE)


def living_sessions(server: Server) -> int:
    with server.database.read() as connection:
        return len(connection.execute(select(tables.session).where(tables.session.c.ended_at.is_(None))).all())


def actions(server: Server) -> list[str]:
    with server.database.read() as connection:
        return list(connection.scalars(select(tables.audit.c.action).order_by(tables.audit.c.audit_id)))


def test_an_access_token_names_its_device_and_account(server: Server, account: bytes) -> None:
    session = sign_in(server)
    caller = sessions.authenticate(server, session.access_token)
    assert (caller.account_id, caller.device_id, caller.email) == (account, session.device_id, EMAIL)


def test_an_access_token_expires(server: Server, clock: FakeClock) -> None:
    session = sign_in(server)
    clock.advance(session.expires_in_s + 1)
    with pytest.raises(NotSignedInError):
        sessions.authenticate(server, session.access_token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzaWQiOiIwMCIsImV4cCI6OTk5OTk5OTk5OX0."])
def test_a_forged_access_token_is_refused(server: Server, token: str) -> None:
    with pytest.raises(NotSignedInError):
        sessions.authenticate(server, token)


def test_a_browsers_cookie_is_no_access_token(server: Server) -> None:
    code = accounts.make_sign_in_link(server, EMAIL)
    cookie = sessions.use_sign_in_link(server, code, "Firefox", HERE)
    assert sessions.authenticate_browser(server, cookie).device_kind == "browser"
    with pytest.raises(NotSignedInError):
        sessions.authenticate(server, cookie)


def test_a_wrong_password_and_an_unknown_account_answer_the_same(server: Server) -> None:
    with pytest.raises(WrongCredentialsError) as wrong:
        sign_in(server, password="not this one")
    with pytest.raises(WrongCredentialsError) as unknown:
        sign_in(server, email="nobody@example.org")
    assert (wrong.value.title, wrong.value.detail) == (unknown.value.title, unknown.value.detail)
    assert actions(server).count("sign-in-refused") == 2


def test_wrong_passwords_are_limited_and_the_right_one_waits_too(server: Server, clock: FakeClock) -> None:
    for _ in range(10):
        with pytest.raises(WrongCredentialsError):
            sign_in(server, password="not this one")
    with pytest.raises(RateLimitedError) as limited:
        sign_in(server)
    assert limited.value.retry_after_s is not None
    clock.advance(limited.value.retry_after_s)
    assert sign_in(server).account.email == EMAIL


def test_right_passwords_are_not_limited(server: Server) -> None:
    assert len({sign_in(server).device_id for _ in range(15)}) == 15


def test_signing_in_again_with_its_id_keeps_the_device_and_ends_its_old_session(server: Server) -> None:
    first = sign_in(server)
    second = sign_in(server, device_id=first.device_id)
    assert second.device_id == first.device_id
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, first.access_token)
    assert sessions.authenticate(server, second.access_token).device_id == first.device_id


def test_the_id_of_another_accounts_device_is_not_kept(server: Server) -> None:
    mine = sign_in(server)
    accounts.add_account(server, "eve@example.org", PASSWORD)
    hers = sign_in(server, email="eve@example.org", device_id=mine.device_id)
    assert hers.device_id != mine.device_id


def test_each_refresh_gives_tokens_that_go_on(server: Server) -> None:
    session = sign_in(server)
    for _ in range(5):
        session = refresh(server, session.refresh_token)
    assert sessions.authenticate(server, session.access_token).device_id == session.device_id


def test_a_lost_answer_does_not_sign_the_device_out(server: Server) -> None:
    first = sign_in(server)
    refresh(server, first.refresh_token)  # the answer never arrived
    again = refresh(server, first.refresh_token)
    assert refresh(server, again.refresh_token).device_id == first.device_id


def test_a_token_used_after_its_successor_ends_the_session(server: Server) -> None:
    stolen = sign_in(server).refresh_token
    second = refresh(server, stolen)
    third = refresh(server, second.refresh_token)
    with pytest.raises(SessionEndedError):
        refresh(server, stolen)
    with pytest.raises(SessionEndedError):
        refresh(server, third.refresh_token)
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, third.access_token)
    assert "refresh-token-reused" in actions(server)


def test_a_thief_who_exchanges_at_the_same_time_is_found_out_when_the_second_goes_on(server: Server) -> None:
    stolen = sign_in(server).refresh_token
    owner, thief = refresh(server, stolen), refresh(server, stolen)
    refresh(server, owner.refresh_token)
    with pytest.raises(SessionEndedError):
        refresh(server, thief.refresh_token)
    assert living_sessions(server) == 0


def test_eight_racing_refreshes_leave_one_family_of_which_one_branch_goes_on(server: Server) -> None:
    token = sign_in(server).refresh_token
    answers = race([lambda: refresh(server, token)] * 8)
    successors = [answer.refresh_token for answer in answers if isinstance(answer, Session)]
    assert len(successors) == 8
    assert living_sessions(server) == 1
    outcomes = race([partial(refresh, server, successor) for successor in successors])
    went_on = [outcome for outcome in outcomes if isinstance(outcome, Session)]
    assert len(went_on) == 1, "only one branch of the family may go on"
    assert living_sessions(server) == 0, "the others gave the theft away"


def test_a_refresh_token_expires(server: Server, clock: FakeClock) -> None:
    session = sign_in(server)
    clock.advance(server.config.limits.refresh_token_s + 1)
    with pytest.raises(SessionEndedError):
        refresh(server, session.refresh_token)


def test_an_unknown_refresh_token_is_refused_and_limited(server: Server) -> None:
    for _ in range(50):
        with pytest.raises(SessionEndedError):
            refresh(server, "lsr_" + "x" * 40)
    with pytest.raises(RateLimitedError):
        refresh(server, "lsr_" + "x" * 40)


def test_old_used_tokens_are_forgotten(server: Server, clock: FakeClock) -> None:
    session = sign_in(server)
    for _ in range(10):
        clock.advance(10 * 24 * 3600)
        session = refresh(server, session.refresh_token)
    with server.database.read() as connection:
        assert len(connection.execute(select(tables.refresh_token)).all()) <= 5


def test_no_token_is_kept_in_the_database(server: Server) -> None:
    session = sign_in(server)
    with server.database.read() as connection:
        kept = [row for table in tables.metadata.sorted_tables for row in connection.execute(select(table)).all()]
    assert kept
    data = repr(kept)
    assert EMAIL in data
    assert session.refresh_token not in data
    assert session.access_token not in data


def test_a_disabled_account_is_out_at_once_and_stays_out(server: Server) -> None:
    session = sign_in(server)
    accounts.disable(server, EMAIL)
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, session.access_token)
    with pytest.raises(SessionEndedError):
        refresh(server, session.refresh_token)
    with pytest.raises(ForbiddenError):
        sign_in(server)
    with pytest.raises(ApiError):
        sessions.use_sign_in_link(server, accounts.make_sign_in_link(server, EMAIL), "Firefox", HERE)


@pytest.mark.parametrize("way", ["device", "browser"])
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda server: accounts.set_password(server, EMAIL, "a new password, long"), WrongCredentialsError),
        (lambda server: accounts.disable(server, EMAIL), ForbiddenError),
    ],
    ids=["another-password", "disabled"],
)
def test_who_was_checked_before_a_change_is_not_let_in_after_it(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    change: Callable[[Server], None],
    refusal: type[ApiError],
) -> None:
    is_password = passwords.is_password
    changes = iter([change])

    def check(*args: Any) -> bool:
        is_right = is_password(*args)
        for late in changes:
            late(server)
        return is_right

    monkeypatch.setattr(passwords, "is_password", check)
    comes = sessions.sign_in if way == "device" else sessions.sign_in_browser
    with pytest.raises(refusal):
        comes(server, SignIn(email=EMAIL, password=PASSWORD, device_name="Laptop"), HERE)
    assert living_sessions(server) == 0


def test_a_new_password_signs_every_device_out(server: Server) -> None:
    session = sign_in(server)
    accounts.set_password(server, EMAIL, "another long password")
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, session.access_token)
    assert sign_in(server, password="another long password").account.email == EMAIL


def test_a_sign_in_link_works_once(server: Server) -> None:
    code = accounts.make_sign_in_link(server, EMAIL)
    outcomes = race([lambda: sessions.use_sign_in_link(server, code, "Firefox", HERE)] * 4)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NotSignedInError) for outcome in outcomes) == 3


def test_a_sign_in_link_expires_within_the_hour(server: Server, clock: FakeClock) -> None:
    code = accounts.make_sign_in_link(server, EMAIL)
    clock.advance(3601)
    with pytest.raises(NotSignedInError):
        sessions.use_sign_in_link(server, code, "Firefox", HERE)


def race(functions: Sequence[Callable[[], object]]) -> list[object]:
    """Runs them in threads that start together; what each returned or raised."""
    outcomes: list[object] = [None] * len(functions)
    start = threading.Barrier(len(functions))

    def run(index: int) -> None:
        start.wait()
        try:
            outcomes[index] = functions[index]()
        except ApiError as error:
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def take_no_writes(server: Server, switch: str) -> None:
    """The pool gives out this connection again."""
    with server.database.read() as connection:
        by_kind = {
            "sqlite": f"PRAGMA query_only={switch}",
            "postgresql": f"SET default_transaction_read_only = {switch}",
            "mysql": f"SET SESSION tx_read_only = {switch}",
        }
        connection.exec_driver_sql(by_kind[connection.dialect.name])


def test_a_device_was_seen_at_its_last_request_give_or_take_two_minutes(server: Server, clock: FakeClock) -> None:
    session = sign_in(server)

    def seen_ago_s() -> float:
        with server.database.read() as connection:
            return (clock.now_ms() - (connection.scalar(select(tables.device.c.last_seen_at)) or 0)) / 1000

    for _ in range(14):
        clock.advance(50)
        sessions.authenticate(server, session.access_token)
        assert seen_ago_s() < 120
    sessions.authenticate(server, session.access_token)
    assert seen_ago_s() > 0, "not every request writes"


def test_a_database_that_takes_no_writes_still_lets_a_device_read(server: Server, clock: FakeClock) -> None:
    """As on a full disk: that the device was seen cannot be noted, and that is all."""
    session = sign_in(server)
    clock.advance(6 * 60)
    take_no_writes(server, "on")
    assert sessions.authenticate(server, session.access_token).email == EMAIL
    take_no_writes(server, "off")
    sessions.authenticate(server, session.access_token)
    with server.database.read() as connection:
        seen_at = connection.scalar(select(tables.device.c.last_seen_at))
    assert seen_at == clock.now_ms()
