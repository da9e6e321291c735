from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server_api.contract.accounts import ChangeEmail, RequestReset, UseReset
from server_api.contract.devices import Session, SignIn
from server_api.errors import (
    AccountExistsError,
    ApiError,
    ForbiddenError,
    PasswordNeededError,
    RateLimitedError,
    SessionEndedError,
    UrlInvalidError,
    WeakPasswordError,
    WrongCredentialsError,
)
from server_api.services import accounts, mails, recovery, sessions
from server_api.services.accounts import Origin
from server_api.services.server import Caller, Server
from server_api.storage import tables
from server_api.storage.mailer import MailError, RefusedMailError
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.fixtures.backends import Backend
from tests.fixtures.servers import PASSWORD, make_server

pytestmark = pytest.mark.every_database

HERE = Origin(address="127.0.0.1", is_local=True)
EMAIL = "ada@example.org"
NEW = "another one 1"


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, backend: Backend, mailer: FakeMailer) -> Iterator[Server]:
    made = make_server(tmp_path / "server", clock=clock, public_url="https://files.example.org")
    made.mailer = mailer
    accounts.add_account(made, EMAIL, PASSWORD)
    yield made
    made.database.close()


def sign_in(server: Server, email: str = EMAIL, password: str = PASSWORD, device: str = "Laptop") -> Session:
    return sessions.sign_in(server, SignIn(email=email, password=password, device_name=device), HERE)


@pytest.fixture
def ada(server: Server) -> Caller:
    return sessions.authenticate(server, sign_in(server).access_token)


def send_all(server: Server) -> None:
    while mails.send_due(server):
        pass


def ask(server: Server, email: str = EMAIL) -> None:
    recovery.request_reset(server, RequestReset(email=email), HERE)
    send_all(server)


def use(server: Server, code: str, password: str = NEW) -> None:
    recovery.use_reset(server, UseReset(code=code, new_password=password), HERE)


def code_of(text: str) -> str:
    found = re.search(r"https://files\.example\.org/(?:reset|confirm)/([\w-]+)\n", text)
    assert found is not None
    return found[1]


def waiting(server: Server) -> int:
    with server.database.read() as connection:
        return connection.execute(select(func.count()).select_from(tables.mail)).scalar_one()


def test_a_forgotten_password_is_set_by_the_link_in_a_mail(server: Server, mailer: FakeMailer, ada: Caller) -> None:
    ask(server, " Ada@Example.ORG ")
    [mail] = mailer.sent
    assert mail.recipient == EMAIL
    use(server, code_of(mail.text))
    assert sign_in(server, password=NEW).account.email == EMAIL
    with pytest.raises(WrongCredentialsError):
        sign_in(server)
    with server.database.read() as connection:
        living = select(tables.session).where(tables.session.c.ended_at.is_(None))
        assert len(connection.execute(living).all()) == 1, "the sessions from before are over"
    send_all(server)
    assert any("was changed" in mail.subject for mail in mailer.sent)


def test_the_link_works_once(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    code = code_of(mailer.sent[0].text)
    use(server, code)
    with pytest.raises(UrlInvalidError):
        use(server, code, "another one 2")
    assert sign_in(server, password=NEW).account.email == EMAIL


def test_a_link_that_was_used_ends_the_others(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    ask(server)
    first, second = (code_of(mail.text) for mail in mailer.sent)
    use(server, second)
    with pytest.raises(UrlInvalidError):
        use(server, first, "another one 2")


def test_the_link_works_for_half_an_hour(server: Server, mailer: FakeMailer, clock: FakeClock) -> None:
    ask(server)
    clock.advance(30 * 60)
    with pytest.raises(UrlInvalidError):
        use(server, code_of(mailer.sent[0].text))


def test_a_weak_password_costs_no_link(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    code = code_of(mailer.sent[0].text)
    for weak in ("short", EMAIL):
        with pytest.raises(WeakPasswordError):
            use(server, code, weak)
    use(server, code)


def test_of_two_with_one_link_exactly_one_sets_the_password(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    code = code_of(mailer.sent[0].text)
    together = threading.Barrier(2)
    answers: list[str] = []

    def attempt(password: str) -> None:
        together.wait()
        try:
            use(server, code, password)
            answers.append(password)
        except ApiError as error:
            answers.append(error.code.value)

    threads = [threading.Thread(target=attempt, args=[f"another one {number}"]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [won] = [answer for answer in answers if answer != "url-invalid"]
    assert len(answers) == 2
    assert sign_in(server, password=won).account.email == EMAIL


def test_asking_does_the_same_work_for_an_unknown_address(server: Server, mailer: FakeMailer) -> None:
    """What is asked does not even look whether there is an account: only the worker does."""
    recovery.request_reset(server, RequestReset(email="nobody@example.org"), HERE)
    recovery.request_reset(server, RequestReset(email=EMAIL), HERE)
    with server.database.read() as connection:
        rows = connection.execute(select(tables.mail)).all()
    assert [(row.kind, row.account_id, row.detail) for row in rows] == [("password-reset", None, "")] * 2
    send_all(server)
    assert [mail.recipient for mail in mailer.sent] == [EMAIL]
    assert waiting(server) == 0


def test_a_disabled_account_gets_no_link_and_an_earlier_one_ends(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    accounts.disable(server, EMAIL)
    ask(server)
    assert len(mailer.sent) == 1
    with pytest.raises(UrlInvalidError):
        use(server, code_of(mailer.sent[0].text))


def test_many_requests_send_few_mails_and_answer_the_same(server: Server, mailer: FakeMailer) -> None:
    for _ in range(10):
        ask(server)
    assert len(mailer.sent) == 3
    with pytest.raises(RateLimitedError):
        ask(server)


def test_nothing_that_waits_or_stays_is_the_code(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    code = code_of(mailer.sent[0].text)
    with server.database.read() as connection:
        kept = [repr(row) for table in tables.metadata.sorted_tables for row in connection.execute(select(table))]
    assert not [row for row in kept if code in row]


def test_without_a_public_url_it_is_refused_clearly(tmp_path: Path, ada: Caller, server: Server) -> None:
    other = make_server(tmp_path / "other")
    with pytest.raises(ForbiddenError, match="--public-url"):
        recovery.request_reset(other, RequestReset(email=EMAIL), HERE)
    with pytest.raises(ForbiddenError, match="--public-url"):
        recovery.request_email_change(other, ada, ChangeEmail(password=PASSWORD, new_email="x@example.org"))
    other.database.close()


def test_another_address_is_confirmed_there_and_told_to_the_old(
    server: Server, mailer: FakeMailer, ada: Caller
) -> None:
    with pytest.raises(PasswordNeededError):
        recovery.request_email_change(server, ada, ChangeEmail(new_email="lovelace@example.org"))
    change = ChangeEmail(password=PASSWORD, new_email="lovelace@example.org")
    recovery.request_email_change(server, ada, change)
    send_all(server)
    assert sign_in(server).account.email == EMAIL, "nothing changes before it is confirmed"
    send_all(server)
    asked = next(mail for mail in mailer.sent if mail.recipient == "lovelace@example.org")
    assert recovery.confirm_email(server, code_of(asked.text), HERE) == "lovelace@example.org"
    send_all(server)
    assert mailer.sent[-1].recipient == EMAIL
    assert "lovelace@example.org" in mailer.sent[-1].text
    assert sign_in(server, "lovelace@example.org").account.account_id == ada.account_id
    with pytest.raises(UrlInvalidError):
        recovery.confirm_email(server, code_of(asked.text), HERE)


def test_a_link_of_one_kind_is_not_one_of_the_other(server: Server, mailer: FakeMailer) -> None:
    ask(server)
    with pytest.raises(UrlInvalidError):
        recovery.confirm_email(server, code_of(mailer.sent[0].text), HERE)


def test_an_address_that_has_an_account_is_not_asked(server: Server, mailer: FakeMailer, ada: Caller) -> None:
    accounts.add_account(server, "eve@example.org", PASSWORD)
    recovery.request_email_change(server, ada, ChangeEmail(password=PASSWORD, new_email="eve@example.org"))
    send_all(server)
    assert mailer.sent == []


def test_an_address_that_was_taken_meanwhile_is_refused(server: Server, mailer: FakeMailer, ada: Caller) -> None:
    recovery.request_email_change(server, ada, ChangeEmail(password=PASSWORD, new_email="eve@example.org"))
    send_all(server)
    accounts.add_account(server, "eve@example.org", PASSWORD)
    with pytest.raises(AccountExistsError):
        recovery.confirm_email(server, code_of(mailer.sent[0].text), HERE)
    assert sign_in(server).account.email == EMAIL


def test_a_new_device_is_told_and_the_first_is_not(server: Server, mailer: FakeMailer, ada: Caller) -> None:
    send_all(server)
    assert mailer.sent == []
    sign_in(server, device="Phone\u202e\u200b")
    send_all(server)
    [mail] = mailer.sent
    assert mail.recipient == EMAIL
    assert "“Phone\ufffd\ufffd”" in mail.text
    assert "127.0.0.1" in mail.text


def test_a_mail_that_fails_is_tried_again_less_and_less_often(
    server: Server, mailer: FakeMailer, clock: FakeClock
) -> None:
    mailer.failure = MailError("away")
    ask(server)
    assert not mails.send_due(server), "not at once"
    clock.advance(60)
    assert not mails.send_due(server)
    clock.advance(60)
    mailer.failure = None
    assert not mails.send_due(server), "the second pause is longer"
    clock.advance(60)
    send_all(server)
    assert len(mailer.sent) == 1


def test_others_wait_while_the_mail_server_is_away(server: Server, mailer: FakeMailer, clock: FakeClock) -> None:
    recovery.request_reset(server, RequestReset(email=EMAIL), HERE)
    recovery.request_reset(server, RequestReset(email=EMAIL), HERE)
    mailer.failure = MailError("away")
    mails.send_due(server)
    mailer.failure = None
    assert not mails.send_due(server)
    clock.advance(60)
    send_all(server)
    assert len(mailer.sent) == 2


def test_a_mail_is_given_up_after_a_day_or_when_it_is_refused(
    server: Server, mailer: FakeMailer, clock: FakeClock
) -> None:
    mailer.failure = RefusedMailError("no such mailbox")
    ask(server)
    assert waiting(server) == 0
    mailer.failure = MailError("away")
    ask(server)
    clock.advance(25 * 3600)
    mails.send_due(server)
    assert waiting(server) == 0


def test_the_number_of_mails_that_wait_is_bounded(
    server: Server, monkeypatch: pytest.MonkeyPatch, mailer: FakeMailer
) -> None:
    monkeypatch.setattr(mails, "MAX_WAITING", 5)
    for number in range(10):
        recovery.request_reset(server, RequestReset(email=f"{number}@example.org"), HERE)
    assert waiting(server) == 5


def test_two_workers_send_a_mail_once(server: Server, mailer: FakeMailer) -> None:
    recovery.request_reset(server, RequestReset(email=EMAIL), HERE)
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        mails.send_due(server)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailer.sent) == 1


def test_a_reset_leaves_the_callers_session_ended(server: Server, mailer: FakeMailer) -> None:
    token = sign_in(server).access_token
    ask(server)
    use(server, code_of(mailer.sent[0].text))
    with pytest.raises(SessionEndedError):
        sessions.authenticate(server, token)
