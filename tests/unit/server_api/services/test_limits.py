from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest
from sqlalchemy import select

from server_api.contract.devices import SignIn
from server_api.errors import RateLimitedError, UnavailableError, WrongCredentialsError
from server_api.metrics import DATABASE_RETRIES
from server_api.services import accounts, sessions
from server_api.services.accounts import Origin
from server_api.services.limits import PASSWORD_ANYWHERE, Limit, RateLimiter
from server_api.services.server import Server
from server_api.storage.database import Database
from server_api.storage.tables import attempt
from tests.fakes.clock import FakeClock
from tests.fixtures.meeting import Meeting
from tests.fixtures.servers import PASSWORD

pytestmark = pytest.mark.every_database

THREE = Limit("three", 3, 10.0)
EMAIL = "ada@example.org"


@pytest.fixture
def limiter(server: Server) -> RateLimiter:
    return server.limiter


def test_a_burst_passes_and_then_one_every_so_often(limiter: RateLimiter, clock: FakeClock) -> None:
    for _ in range(3):
        limiter.take(THREE, "a")
    with pytest.raises(RateLimitedError) as limited:
        limiter.take(THREE, "a")
    assert limited.value.retry_after_s == 10
    clock.advance(10)
    limiter.take(THREE, "a")
    with pytest.raises(RateLimitedError):
        limiter.take(THREE, "a")


def test_asking_while_limited_does_not_make_it_longer(limiter: RateLimiter, clock: FakeClock) -> None:
    for _ in range(3):
        limiter.take(THREE, "a")
    for _ in range(100):
        with pytest.raises(RateLimitedError):
            limiter.take(THREE, "a")
    clock.advance(10)
    limiter.take(THREE, "a")


def test_keys_do_not_share_a_limit(limiter: RateLimiter) -> None:
    for key in "abc":
        for _ in range(3):
            limiter.take(THREE, key)


def test_a_guess_that_succeeds_is_not_counted(limiter: RateLimiter) -> None:
    for _ in range(10):
        with limiter.guess((THREE, "a")):
            pass
    for _ in range(3):
        with pytest.raises(ValueError, match="wrong"), limiter.guess((THREE, "a")):
            raise ValueError("wrong")
    with pytest.raises(RateLimitedError), limiter.guess((THREE, "a")):
        pytest.fail("the guess was let through")


def test_a_guess_refused_by_one_limit_costs_nothing_under_another(limiter: RateLimiter) -> None:
    for _ in range(3):
        limiter.take(THREE, "full")
    for _ in range(5):
        with pytest.raises(RateLimitedError), limiter.guess((THREE, "other"), (THREE, "full")):
            pytest.fail("the guess was let through")
    limiter.take(THREE, "other")


@pytest.mark.parametrize("known", ["a", "b", "c", "d"])
def test_who_forgets_what_is_over_waits_for_nobody(limiter: RateLimiter, meeting: Meeting, known: str) -> None:
    """Which key's row is locked first is for their hashes to say."""

    def guess(key: str) -> None:
        with limiter.guess((THREE, key), (THREE, "of all")):
            pass

    guess(known)  # all its tries are back: its row may be forgotten
    numbers = count()
    meeting.try_all(lambda: partial(guess, f"new {next(numbers)}"), lambda: partial(guess, known))


def test_a_guess_that_nobody_could_judge_costs_nothing(limiter: RateLimiter) -> None:
    """Else all who asked while the store was away would have to wait once it is back."""
    for _ in range(10):
        with pytest.raises(UnavailableError), limiter.guess((THREE, "a")):
            raise UnavailableError
    limiter.take(THREE, "a")


def test_what_limits_nothing_any_more_is_forgotten(server: Server, clock: FakeClock) -> None:
    for key in range(20):
        server.limiter.take(THREE, str(key))
    clock.advance(10)
    server.limiter.take(THREE, "another")
    with server.database.read() as connection:
        assert len(connection.execute(select(attempt)).all()) == 1


def test_a_clock_that_is_put_back_locks_nobody_out(limiter: RateLimiter, clock: FakeClock) -> None:
    for _ in range(3):
        limiter.take(THREE, "a")
    clock.advance(-3600)
    for _ in range(3):
        limiter.take(THREE, "a")
    with pytest.raises(RateLimitedError):
        limiter.take(THREE, "a")


@pytest.fixture
def other(server: Server) -> Iterator[RateLimiter]:
    """Of another process on the same database."""
    database = Database(server.config.database_url)
    yield RateLimiter(database, server.clock)
    database.close()


def test_processes_count_together(limiter: RateLimiter, other: RateLimiter) -> None:
    limiter.take(THREE, "a")
    other.take(THREE, "a")
    limiter.take(THREE, "a")
    for each in (limiter, other):
        with pytest.raises(RateLimitedError):
            each.take(THREE, "a")


def test_many_at_once_in_two_processes_do_not_get_past_the_limit(limiter: RateLimiter, other: RateLimiter) -> None:
    together = threading.Barrier(8)
    outcomes: list[bool] = []

    def attempt_once(each: RateLimiter) -> None:
        together.wait()
        try:
            each.take(THREE, "a")
            outcomes.append(True)
        except RateLimitedError:
            outcomes.append(False)

    threads = [threading.Thread(target=attempt_once, args=[each]) for each in (limiter, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True] * 3


def sign_in(server: Server, address: str, password: str = PASSWORD, device_id: bytes | None = None) -> bytes:
    request = SignIn(email=EMAIL, password=password, device_name="Laptop", device_id=device_id)
    return sessions.sign_in(server, request, Origin(address=address, is_local=False)).device_id


def guess_from_everywhere(server: Server) -> None:
    """Until strangers are held up."""
    for number in range(PASSWORD_ANYWHERE.burst):
        with pytest.raises(WrongCredentialsError):
            sign_in(server, f"203.0.113.{number}", "not this one")
    with pytest.raises(RateLimitedError):
        sign_in(server, "203.0.113.200", "not this one")


def test_strangers_cannot_lock_an_owner_out(server: Server) -> None:
    accounts.add_account(server, EMAIL, PASSWORD)
    device_id = sign_in(server, "192.0.2.1")
    guess_from_everywhere(server)
    with pytest.raises(RateLimitedError):
        sign_in(server, "198.51.100.7")
    assert sign_in(server, "192.0.2.1"), "at an address where the account signed in before"
    assert sign_in(server, "198.51.100.7", device_id=device_id) == device_id, "with a device that it has"


def test_an_address_is_known_for_as_long_as_it_is_used(server: Server, clock: FakeClock) -> None:
    accounts.add_account(server, EMAIL, PASSWORD)
    sign_in(server, "192.0.2.1")
    clock.advance(91 * 24 * 3600)
    sign_in(server, "192.0.2.2")
    guess_from_everywhere(server)
    with pytest.raises(RateLimitedError):
        sign_in(server, "192.0.2.1")


def test_another_accounts_device_is_not_known(server: Server) -> None:
    accounts.add_account(server, EMAIL, PASSWORD)
    accounts.add_account(server, "eve@example.org", PASSWORD)
    request = SignIn(email="eve@example.org", password=PASSWORD, device_name="Laptop")
    hers = sessions.sign_in(server, request, Origin(address="198.51.100.9", is_local=False)).device_id
    guess_from_everywhere(server)
    with pytest.raises(RateLimitedError):
        sign_in(server, "198.51.100.9", device_id=hers)


def test_many_sign_ins_at_once_from_a_new_address_all_succeed_at_the_first_try(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They used to wait for each other, of which databases make one give way after a second: again and again."""
    accounts.add_account(server, EMAIL, PASSWORD)
    with pytest.raises(WrongCredentialsError):  # the limits' rows, which several may make at once
        sign_in(server, "192.0.2.1", "not this one")
    retries: list[None] = []
    monkeypatch.setattr(DATABASE_RETRIES, "add", lambda: retries.append(None))
    together = threading.Barrier(4)
    devices: list[bytes] = []

    def come() -> None:
        together.wait()
        devices.append(sign_in(server, "192.0.2.1"))

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(devices)) == 4
    assert not retries
