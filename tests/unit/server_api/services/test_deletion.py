"""An account that goes for good: all of it, and nothing of anybody else's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import func, or_, select

from server_api.contract.devices import SignIn
from server_api.contract.shares import CreateShare
from server_api.errors import ForbiddenError, NotFoundError, SessionEndedError, WrongCredentialsError
from server_api.services import accounts, mails, sessions
from server_api.services.accounts import Origin
from server_api.services.collection import collect
from server_api.services.deletion import cancel_deletion, delete_due, request_deletion
from server_api.services.packs import drop_expired, verify_sealed
from server_api.services.purging import Wisher, request_purge
from server_api.services.server import Caller
from server_api.services.shares import create_share
from server_api.services.snapshot import LOGS, write_snapshot
from server_api.storage import tables
from server_api.storage.stores import ObjectStore
from tests.fakes.mailer import FakeMailer
from tests.fixtures.content import Content
from tests.fixtures.libraries import LONG, Library
from tests.fixtures.servers import PASSWORD

DAY_S = 24 * 3600
HERE = Origin(address="127.0.0.1", is_local=True)
OF_NO_ACCOUNT = {"server_state", "audit", "mail", "attempt", "invitation", "orphan", "tier"}


@pytest.fixture
def ada(content: Content) -> Caller:
    return sign_in(content, "ada@example.org")


@pytest.fixture
def eve(content: Content) -> Iterator[Library]:
    """Somebody else, who still has everything when the test is over."""
    library = Library(content.server, sign_in(content, "eve@example.org"))
    library.save("hers", secrets.token_bytes(2_000))
    library.save("hers", secrets.token_bytes(2_000))
    yield library
    assert library.check_living() == 1
    assert all(library.read(version) for version in library.versions)  # type: ignore[arg-type]


def sign_in(content: Content, email: str, *, is_new: bool = True) -> Caller:
    if is_new:
        accounts.add_account(content.server, email, PASSWORD)
    request = SignIn(email=email, password=PASSWORD, device_name="Laptop")
    return sessions.authenticate(content.server, sessions.sign_in(content.server, request, HERE).access_token)


def wisher(caller: Caller) -> Wisher:
    return Wisher(account_id=caller.account_id, device_id=caller.device_id)


def carry_out(content: Content, days: int = 3) -> None:
    for _ in range(days):
        while delete_due(content.server):
            pass
        while verify_sealed(content.server):
            pass
        collect(content.server)
        content.clock.advance(DAY_S + 600)
        while drop_expired(content.server):
            pass


def rows(content: Content, *, of: bytes) -> dict[str, int]:
    """How many rows each table has, and of how many an account, a namespace or a device of that account is part."""
    counts: dict[str, int] = {}
    with content.server.database.read() as connection:
        devices = connection.scalars(select(tables.device.c.device_id).where(tables.device.c.account_id == of)).all()
        for table in tables.metadata.sorted_tables:
            ids = [table.c[name] for name in ("account_id", "namespace_id", "owner_id") if name in table.c]
            wheres = [column == of for column in ids]
            if "device_id" in table.c:
                wheres.append(table.c.device_id.in_(devices))
            if wheres:
                found = select(func.count()).select_from(table).where(or_(*wheres))
                counts[table.name] = connection.scalar(found) or 0
    return {name: count for name, count in counts.items() if count and name not in OF_NO_ACCOUNT}


def objects_of(store: ObjectStore, namespace_id: bytes) -> list[str]:
    return [found.key for area in ("packs/", LOGS) for found in store.list(area) if namespace_id.hex() in found.key]


@pytest.mark.every_database
def test_an_account_goes_a_day_later_with_all_that_it_has(content: Content, ada: Caller, eve: Library) -> None:
    library = Library(content.server, ada)
    library.save("a", secrets.token_bytes(LONG), secrets.token_bytes(LONG))
    library.save("a", secrets.token_bytes(2_000))
    library.upload([secrets.token_bytes(500)])
    request_purge(content.server, wisher(ada), library.namespace_id, "a")
    create_share(content.server, ada, library.namespace_id, CreateShare(path="a"))
    write_snapshot(content.server)
    asked = request_deletion(content.server, wisher(ada))
    assert (asked.nodes, asked.devices) == (1, 1)
    assert asked.size > 2 * LONG + 2_500
    assert request_deletion(content.server, wisher(ada)) == asked
    content.clock.advance(DAY_S - 1)
    assert not delete_due(content.server)
    library.check_living()
    content.clock.advance(1)
    carry_out(content)
    assert rows(content, of=ada.account_id) == {}
    assert objects_of(content.server.store, ada.account_id) == []
    assert objects_of(content.server.store, eve.caller.account_id)
    with pytest.raises(WrongCredentialsError):
        sign_in(content, "ada@example.org", is_new=False)
    again = sign_in(content, "ada@example.org")
    assert again.account_id != ada.account_id


@pytest.mark.every_database
def test_it_can_be_taken_back_until_its_time_has_come(content: Content, ada: Caller) -> None:
    with pytest.raises(NotFoundError):
        cancel_deletion(content.server, wisher(ada))
    request_deletion(content.server, wisher(ada))
    cancel_deletion(content.server, Wisher(account_id=ada.account_id))
    content.clock.advance(2 * DAY_S)
    assert not delete_due(content.server)
    request_deletion(content.server, wisher(ada))
    content.clock.advance(DAY_S)
    with pytest.raises(NotFoundError):
        cancel_deletion(content.server, wisher(ada))
    carry_out(content)
    assert rows(content, of=ada.account_id) == {}


def test_nobody_is_let_in_any_more_once_it_has_begun(content: Content, ada: Caller) -> None:
    request = SignIn(email="ada@example.org", password=PASSWORD, device_name="Phone")
    session = sessions.sign_in(content.server, request, HERE)
    Library(content.server, ada).save("a", b"1")
    request_deletion(content.server, wisher(ada))
    assert sessions.authenticate(content.server, session.access_token).account_id == ada.account_id
    content.clock.advance(DAY_S)
    session = sessions.sign_in(content.server, request, HERE)
    assert delete_due(content.server)
    with pytest.raises(SessionEndedError):
        sessions.authenticate(content.server, session.access_token)
    with pytest.raises(ForbiddenError):
        sessions.sign_in(content.server, request, HERE)
    accounts.enable(content.server, "ada@example.org")
    carry_out(content)
    assert rows(content, of=ada.account_id) == {}


def test_what_a_request_still_brings_while_it_goes_is_gone_in_the_end(content: Content, ada: Caller) -> None:
    library = Library(content.server, ada)
    library.save("a", secrets.token_bytes(2_000))
    request_deletion(content.server, wisher(ada))
    content.clock.advance(DAY_S)
    while delete_due(content.server):
        pass
    library.upload([secrets.token_bytes(500)])
    library.save("late", secrets.token_bytes(500))
    carry_out(content, days=4)
    assert rows(content, of=ada.account_id) == {}
    assert objects_of(content.server.store, ada.account_id) == []


def test_it_is_recorded_and_told_by_mail(content: Content, ada: Caller) -> None:
    content.server.mailer = mailer = FakeMailer()
    request_deletion(content.server, wisher(ada))
    while mails.send_due(content.server):
        pass
    content.clock.advance(DAY_S)
    carry_out(content)
    while mails.send_due(content.server):
        pass
    assert [(mail.recipient, mail.subject) for mail in mailer.sent] == [
        ("ada@example.org", "Your Lockstep account is to be deleted"),
        ("ada@example.org", "Your Lockstep account is deleted"),
    ]
    with content.server.database.read() as connection:
        actions = connection.scalars(
            select(tables.audit.c.action).where(tables.audit.c.account_id == ada.account_id)
        ).all()
    assert {"deletion-requested", "account-deleted"} <= set(actions)
