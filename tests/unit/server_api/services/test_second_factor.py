from __future__ import annotations

import threading

import pyotp
import pytest
from sqlalchemy import select

from server_api.contract.devices import Session, SignIn
from server_api.errors import (
    ApiError,
    ForbiddenError,
    PasswordNeededError,
    RateLimitedError,
    SecondFactorNeededError,
    WrongCredentialsError,
    WrongSecondFactorError,
)
from server_api.services import accounts, second_factor, sessions
from server_api.services.accounts import Origin
from server_api.services.server import Caller, Server
from server_api.storage import tables
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import PASSWORD

pytestmark = pytest.mark.every_database

HERE = Origin(address="127.0.0.1", is_local=True)
EMAIL = "ada@example.org"


def sign_in(server: Server, totp: str | None = None, password: str = PASSWORD) -> Session:
    request = SignIn(email=EMAIL, password=password, device_name="Laptop", totp=totp)
    return sessions.sign_in(server, request, HERE)


@pytest.fixture
def ada(server: Server) -> Caller:
    accounts.add_account(server, EMAIL, PASSWORD)
    return sessions.authenticate(server, sign_in(server).access_token)


class Phone:
    """An authenticator application."""

    def __init__(self, secret: str, clock: FakeClock) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = clock

    def code(self, steps_ahead: int = 0) -> str:
        return self._totp.at(self._clock.ms // 1000 + 30 * steps_ahead)


@pytest.fixture
def codes() -> list[str]:
    """The recovery codes that ``phone`` was given."""
    return []


@pytest.fixture
def phone(server: Server, clock: FakeClock, ada: Caller, codes: list[str]) -> Phone:
    """The factor is on, and its present code is not used yet."""
    made = Phone(second_factor.enrol(server, ada, PASSWORD).secret, clock)
    codes += second_factor.confirm(server, ada, made.code()).codes
    clock.advance(60)
    return made


def test_what_is_enrolled_asks_for_nothing_before_it_is_confirmed(server: Server, ada: Caller) -> None:
    second_factor.enrol(server, ada, PASSWORD)
    assert sign_in(server).account.email == EMAIL
    assert not second_factor.describe(server, ada).is_on


def test_a_code_is_needed_once_it_is_on(server: Server, ada: Caller, phone: Phone) -> None:
    with pytest.raises(SecondFactorNeededError):
        sign_in(server)
    assert sign_in(server, phone.code()).account.email == EMAIL
    found = second_factor.describe(server, ada)
    assert (found.is_on, found.recovery_codes_left) == (True, 10)


def test_a_wrong_password_says_nothing_of_the_factor(server: Server, phone: Phone) -> None:
    for totp in (None, "000000", phone.code()):
        with pytest.raises(WrongCredentialsError):
            sign_in(server, totp, password="not this one")


def test_a_code_works_once(server: Server, phone: Phone) -> None:
    code = phone.code()
    sign_in(server, code)
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, code)


def test_the_code_that_confirmed_lets_nobody_in(server: Server, clock: FakeClock, ada: Caller) -> None:
    phone = Phone(second_factor.enrol(server, ada, PASSWORD).secret, clock)
    code = phone.code()
    second_factor.confirm(server, ada, code)
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, code)


def test_an_earlier_code_is_refused_after_a_later_one(server: Server, phone: Phone) -> None:
    sign_in(server, phone.code())
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, phone.code(-1))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(server: Server, phone: Phone, steps: int) -> None:
    assert sign_in(server, phone.code(steps)).account.email == EMAIL


@pytest.mark.parametrize("steps", [-2, 2, 1000])
def test_other_codes_are_refused(server: Server, phone: Phone, steps: int) -> None:
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, phone.code(steps))


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "١٢٣٤٥٦", "' or 1=1", "\ud800"])
def test_what_is_no_code_is_refused(server: Server, phone: Phone, code: str) -> None:
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, code)


def test_a_recovery_code_works_once_however_it_is_typed(
    server: Server, ada: Caller, phone: Phone, codes: list[str]
) -> None:
    assert len(set(codes)) == 10
    sign_in(server, f" {codes[0].upper().replace('-', ' ')} ")
    assert second_factor.describe(server, ada).recovery_codes_left == 9
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, codes[0])
    assert sign_in(server, codes[1]).account.email == EMAIL


def test_nothing_of_a_recovery_code_is_kept_but_a_hash(server: Server, phone: Phone, codes: list[str]) -> None:
    with server.database.read() as connection:
        kept = connection.scalars(select(tables.recovery_code.c.code_hash)).all()
    assert len(kept) == 10
    assert not {code.replace("-", "").encode() for code in codes} & set(kept)


def test_new_recovery_codes_end_the_old_ones(server: Server, ada: Caller, phone: Phone, codes: list[str]) -> None:
    with pytest.raises(PasswordNeededError):
        second_factor.renew_recovery_codes(server, ada, None)
    new = second_factor.renew_recovery_codes(server, ada, PASSWORD).codes
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, codes[0])
    assert sign_in(server, new[0]).account.email == EMAIL


def test_another_accounts_recovery_code_is_refused(server: Server, phone: Phone, codes: list[str]) -> None:
    accounts.add_account(server, "eve@example.org", PASSWORD)
    request = SignIn(email="eve@example.org", password=PASSWORD, device_name="Laptop")
    eve = sessions.authenticate(server, sessions.sign_in(server, request, HERE).access_token)
    secret = second_factor.enrol(server, eve, PASSWORD).secret
    assert isinstance(server.clock, FakeClock)
    hers = second_factor.confirm(server, eve, Phone(secret, server.clock).code()).codes
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, hers[0])


def test_turning_it_off_needs_the_password(server: Server, ada: Caller, phone: Phone, codes: list[str]) -> None:
    with pytest.raises(PasswordNeededError):
        second_factor.turn_off(server, ada, None)
    with pytest.raises(WrongCredentialsError):
        second_factor.turn_off(server, ada, "not this one")
    second_factor.turn_off(server, ada, PASSWORD)
    assert sign_in(server).account.email == EMAIL
    assert second_factor.describe(server, ada).recovery_codes_left == 0


def test_what_is_on_is_not_enrolled_again(server: Server, ada: Caller, phone: Phone) -> None:
    with pytest.raises(ForbiddenError):
        second_factor.enrol(server, ada, PASSWORD)
    with pytest.raises(WrongSecondFactorError):
        second_factor.confirm(server, ada, phone.code())


def test_codes_are_not_guessed(server: Server, clock: FakeClock, phone: Phone) -> None:
    for _ in range(10):
        with pytest.raises(WrongSecondFactorError):
            sign_in(server, "000000" if phone.code() != "000000" else "000001")
    with pytest.raises(RateLimitedError):
        sign_in(server, phone.code())
    clock.advance(300)
    assert sign_in(server, phone.code()).account.email == EMAIL


def _race(tries: int, server: Server, code: str) -> list[str]:
    answers: list[str] = []
    together = threading.Barrier(tries)

    def attempt() -> None:
        together.wait()
        try:
            answers.append(sign_in(server, code).account.email)
        except ApiError as error:
            answers.append(error.code.value)

    threads = [threading.Thread(target=attempt) for _ in range(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_of_two_with_one_code_exactly_one_is_let_in(server: Server, phone: Phone, codes: list[str]) -> None:
    assert _race(2, server, phone.code()) == [EMAIL, "wrong-second-factor"]
    assert _race(2, server, codes[0]) == [EMAIL, "wrong-second-factor"]


def test_what_is_done_with_it_is_recorded(server: Server, ada: Caller, phone: Phone, codes: list[str]) -> None:
    with pytest.raises(WrongSecondFactorError):
        sign_in(server, "abcdef")
    sign_in(server, codes[0])
    second_factor.turn_off(server, ada, PASSWORD)
    with server.database.read() as connection:
        found = list(connection.scalars(select(tables.audit.c.action).order_by(tables.audit.c.audit_id)))
    assert found[-5:] == [
        "second-factor-on",
        "second-factor-refused",
        "recovery-code-used",
        "signed-in",
        "second-factor-off",
    ]
