"""What admins of a server see and do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from msgspec import UNSET
from sqlalchemy import select

from server_api.contract.admin import PAGE_USERS, ChangeUser
from server_api.contract.messages import DeviceId
from server_api.errors import (
    ForbiddenError,
    InvalidBodyError,
    NotFoundError,
    PasswordNeededError,
    SessionEndedError,
    WrongCredentialsError,
)
from server_api.services import administration, figures, passwords
from server_api.services.accounts import ADMIN, Origin, add_account
from server_api.services.administration import change_user, list_users, read_overview
from server_api.services.collection import collect
from server_api.services.figures import COUNT_EVERY_S, note_figures
from server_api.services.packs import verify_sealed
from server_api.services.scrubbing import scrub
from server_api.services.server import Caller
from server_api.services.sessions import authenticate, sign_in
from server_api.storage.tables import audit
from tests.fixtures.content import Content, open_content
from tests.fixtures.libraries import Library
from tests.fixtures.servers import PASSWORD

DAY_S = 24 * 3600


@pytest.fixture
def content(tmp_path: Path, backend: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Content]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    made = open_content(tmp_path)
    yield made
    made.server.database.close()


@pytest.fixture
def root(content: Content) -> Caller:
    account = add_account(content.server, "root@example.org", PASSWORD, role=ADMIN)
    return Caller(
        account_id=account.account_id,
        device_id=DeviceId(bytes(16)),
        session_id=bytes(16),
        email="root@example.org",
        role=ADMIN,
    )


def count_again(content: Content) -> None:
    content.server.figures_due = 0.0
    assert not note_figures(content.server)


@pytest.mark.every_database
def test_the_overview_says_what_is_stored_where_and_what_happened_each_day(content: Content, root: Caller) -> None:
    server = content.server
    assert read_overview(server, root).measured_at is None
    library = Library(server, content.caller())
    library.save("a", b"content")
    count_again(content)
    content.clock.advance(DAY_S)
    library.save("a", b"other")
    library.save("b", b"more")
    while verify_sealed(server):
        pass
    count_again(content)
    found = read_overview(server, root)
    assert (found.accounts, found.admins, found.disabled) == (2, 1, 0)
    assert (found.chunks, found.measured_at) == (3, content.clock.now_ms())
    (use,) = found.stored
    assert (use.tier, use.packs) == ("standard", 3)
    assert [(state.state, state.packs) for state in found.packs] == [("verified", 3)]
    yesterday, today = found.days
    assert (yesterday.changes, today.changes) == (1, 2)
    assert yesterday.stored < today.stored == use.size
    assert yesterday.day < today.day


def test_a_day_is_counted_again_as_it_goes_on_and_old_ones_are_forgotten(content: Content, root: Caller) -> None:
    library = Library(content.server, content.caller())
    for number in range(95):
        library.save("a", b"%d" % number)
        count_again(content)
        library.save("a", b"again %d" % number)
        count_again(content)
        content.clock.advance(DAY_S)
    days = read_overview(content.server, root).days
    assert len(days) == 90
    assert {day.changes for day in days} == {2}


def test_it_counts_now_and_then(content: Content) -> None:
    note_figures(content.server)
    due = content.server.figures_due
    assert due == content.clock.monotonic() + COUNT_EVERY_S
    note_figures(content.server)
    assert content.server.figures_due == due
    with content.server.database.read() as connection:
        assert figures.read_figures(connection).at == content.clock.now_ms()


def test_the_overview_says_how_the_store_is_looked_after(content: Content, root: Caller) -> None:
    server = content.server
    before = read_overview(server, root)
    assert (before.scrub.ended_at, before.collection.ended_at) == (None, None)
    scrub(server)
    collect(server)
    after = read_overview(server, root)
    assert after.scrub.ended_at is not None
    assert (after.scrub.broken_versions, after.collection.held_until) == (0, None)


@pytest.mark.every_database
def test_accounts_are_told_in_pages_with_what_they_use(
    content: Content, root: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(content.server, content.caller("ada@example.org", quota_bytes=10**6))
    library.save("a", b"content")
    content.caller("zoe@example.org")
    monkeypatch.setattr(administration, "PAGE_USERS", 2)
    first = list_users(content.server, root, None)
    assert [user.email for user in first.users] == ["ada@example.org", "root@example.org"]
    assert (first.users[0].used_bytes > 0, first.users[0].quota_bytes, first.users[1].used_bytes) == (True, 10**6, 0)
    assert not first.complete
    last = list_users(content.server, root, first.users[-1].email)
    assert ([user.email for user in last.users], last.complete) == (["zoe@example.org"], True)
    assert PAGE_USERS == 100
    for wrong in ("x", "a\x00@example.org"):
        with pytest.raises(InvalidBodyError):
            list_users(content.server, root, wrong)


def change(content: Content, root: Caller, account_id: bytes, **fields: object) -> None:
    change_user(content.server, root, account_id, ChangeUser(**({"password": PASSWORD} | fields)))  # type: ignore[arg-type]


def test_an_admin_changes_accounts_and_each_change_is_recorded(content: Content, root: Caller) -> None:
    server = content.server
    ada = add_account(server, "ada@example.org", PASSWORD).account_id
    origin = Origin(address="127.0.0.1", is_local=True)
    from server_api.contract.devices import SignIn

    session = sign_in(server, SignIn(email="ada@example.org", password=PASSWORD, device_name="Laptop"), origin)
    change(content, root, ada, quota_bytes=5, role="admin")
    change(content, root, ada, quota_bytes=None, disabled=True)
    with pytest.raises(SessionEndedError):
        authenticate(server, session.access_token)
    user = list_users(server, root, None).users[0]
    assert (user.email, user.disabled, user.quota_bytes, user.role) == ("ada@example.org", True, None, "admin")
    change(content, root, ada, disabled=False)
    with server.database.read() as connection:
        rows = connection.execute(select(audit.c.action, audit.c.detail).where(audit.c.account_id == ada)).all()
    assert {
        ("quota-set", "5 by root@example.org"),
        ("role-set", "admin by root@example.org"),
        ("account-disabled", "True by root@example.org"),
        ("account-enabled", "False by root@example.org"),
    } <= {(action, detail) for action, detail in rows}


def test_a_session_alone_changes_nothing(content: Content, root: Caller) -> None:
    ada = add_account(content.server, "ada@example.org", PASSWORD).account_id
    for password, refusal in ((None, PasswordNeededError), ("wrong", WrongCredentialsError)):
        with pytest.raises(refusal):
            change(content, root, ada, password=password, role="admin")
    member = Caller(
        account_id=ada, device_id=DeviceId(bytes(16)), session_id=bytes(16), email="ada@example.org", role="member"
    )
    for ask in (lambda: read_overview(content.server, member), lambda: list_users(content.server, member, None)):
        with pytest.raises(ForbiddenError):
            ask()
    with pytest.raises(ForbiddenError):
        change(content, member, ada, role="admin")
    assert [user.role for user in list_users(content.server, root, None).users] == ["member", "admin"]


def test_nobody_locks_itself_out(content: Content, root: Caller) -> None:
    for fields in ({"disabled": True}, {"role": "member"}):
        with pytest.raises(ForbiddenError):
            change(content, root, root.account_id, **fields)
    change(content, root, root.account_id, role="admin", quota_bytes=7, disabled=False)
    with pytest.raises(NotFoundError):
        change(content, root, b"x" * 16, quota_bytes=UNSET)
