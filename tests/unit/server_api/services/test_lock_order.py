"""Whoever meets whom in the middle of a transaction: neither has to be tried again, for none waits in a circle."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Final

import pytest
from sqlalchemy import delete, insert

from server_api.contract.accounts import ChangePassword, UseReset
from server_api.contract.devices import Refresh, Session, SignIn
from server_api.contract.messages import NamespaceId
from server_api.contract.positions import TellPosition
from server_api.contract.shares import CreateShare
from server_api.errors import SessionEndedError
from server_api.services import accounts, mails, positions, recovery, sessions, shares, wipes
from server_api.services.accounts import Origin
from server_api.services.packs import register_packs
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch, write_note
from server_api.storage import tables
from server_api.storage.contention import retried
from tests.fixtures.content import declare, pack_of
from tests.fixtures.libraries import Library
from tests.fixtures.meeting import Doing, Meeting
from tests.fixtures.servers import PASSWORD

pytestmark = pytest.mark.every_database

HERE: Final = Origin(address="127.0.0.1", is_local=True)
EMAIL: Final = "ada@example.org"


class Ada:
    """An account with a desktop, a laptop and a file. Most methods prepare something to do with them."""

    def __init__(self, server: Server) -> None:
        server.store.check()
        self.server = server
        self.account_id = accounts.add_account(server, EMAIL, PASSWORD).account_id
        self.namespace_id = NamespaceId(self.account_id)
        self.desktop = sessions.authenticate(server, self._sign_in("Desktop").access_token)
        self.laptop = self._sign_in("Laptop")
        self._revision_id = Library(server, self.desktop).save("file", b"a content")
        self._numbers = count(1)

    # --- a device -----------------------------------------------------------------------------------------------------

    def sign_in(self) -> Doing:
        return partial(self._sign_in, "Laptop", self.laptop.device_id)

    def refresh(self) -> Doing:
        self._laptop()
        return partial(sessions.refresh, self.server, Refresh(refresh_token=self.laptop.refresh_token), HERE)

    def sign_out(self) -> Doing:
        return partial(sessions.sign_out, self.server, self._laptop())

    def wipe(self) -> Doing:
        self._laptop()
        return partial(wipes.request_wipe, self.server, self.desktop, self.laptop.device_id, PASSWORD)

    def tell_position(self) -> Doing:
        self._tell(self._laptop())  # from then on there is a row that goes with the session
        return partial(self._tell, self._laptop())

    # --- browsers -----------------------------------------------------------------------------------------------------

    def sign_in_browser(self) -> Doing:
        self._leave_browser()
        request = SignIn(email=EMAIL, password=PASSWORD, device_name="Firefox")
        return partial(sessions.sign_in_browser, self.server, request, HERE)

    def use_sign_in_link(self) -> Doing:
        self._leave_browser()
        link = accounts.make_sign_in_link(self.server, EMAIL)
        return partial(sessions.use_sign_in_link, self.server, link, "Firefox", HERE)

    # --- the account --------------------------------------------------------------------------------------------------

    def change_password(self) -> Doing:
        request = ChangePassword(password=PASSWORD, new_password=PASSWORD)
        return partial(accounts.change_password, self.server, self.desktop, request)

    def reset_password(self) -> Doing:
        request = UseReset(code=self._new_code(mails.PASSWORD_RESET), new_password=PASSWORD)
        return partial(recovery.use_reset, self.server, request, HERE)

    def confirm_email(self) -> Doing:
        return partial(recovery.confirm_email, self.server, self._new_code(mails.CONFIRM_ADDRESS), HERE)

    def make_code(self) -> Doing:
        """Which forgets one that has expired."""
        self._new_code(mails.PASSWORD_RESET, lasts_ms=0)
        return partial(self._new_code, mails.PASSWORD_RESET)

    # --- files --------------------------------------------------------------------------------------------------------

    def register_pack(self) -> Doing:
        declared = declare(*pack_of(self.namespace_id, [secrets.token_bytes(20)]))
        return partial(register_packs, self.server, self.desktop, self.namespace_id, [declared])

    def share(self) -> Doing:
        return partial(shares.create_share, self.server, self.desktop, self.namespace_id, CreateShare(path="file"))

    def share_version(self) -> Doing:
        request = CreateShare(path="file", pinned=True)
        return partial(shares.create_share, self.server, self.desktop, self.namespace_id, request)

    # ------------------------------------------------------------------------------------------------------------------

    def _sign_in(self, name: str, device_id: bytes | None = None) -> Session:
        request = SignIn(email=EMAIL, password=PASSWORD, device_name=name, device_id=device_id)
        return sessions.sign_in(self.server, request, HERE)

    def _laptop(self) -> Caller:
        """Signed in again, if need be."""
        with self.server.database.write() as work:
            work.connection.execute(delete(tables.wipe))
        try:
            return sessions.authenticate(self.server, self.laptop.access_token)
        except SessionEndedError:
            self.laptop = self._sign_in("Laptop", self.laptop.device_id)
            return sessions.authenticate(self.server, self.laptop.access_token)

    def _tell(self, laptop: Caller) -> None:
        with self.server.database.read() as connection:
            epoch = read_epoch(connection)
        number = next(self._numbers)
        told = TellPosition(number=number, epoch=epoch, revision_id=self._revision_id, without=[])
        positions._keep(self.server, laptop, self.namespace_id, told)

    def _leave_browser(self) -> None:
        """One whose cookie has expired."""
        values = {"device_id": self.server.ids.new_id(), "account_id": self.account_id, "name": "Old"}
        with self.server.database.write() as work:
            old = insert(tables.device).values(**values, kind="browser", created_at=0, last_seen_at=0)
            work.connection.execute(old)

    @retried
    def _new_code(self, purpose: str, *, lasts_ms: int = 1000) -> str:
        with self.server.database.write() as work:
            return mails._new_code(self.server, work, self.account_id, purpose, EMAIL, lasts_ms)


@pytest.fixture
def ada(server: Server) -> Ada:
    return Ada(server)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Ada.sign_in, Ada.refresh),
        (Ada.sign_in, Ada.sign_out),
        (Ada.refresh, Ada.wipe),
        (Ada.refresh, Ada.change_password),
        (Ada.tell_position, Ada.sign_out),
        (Ada.sign_in_browser, Ada.use_sign_in_link),
        (Ada.reset_password, Ada.reset_password),
        (Ada.reset_password, Ada.confirm_email),
        (Ada.confirm_email, Ada.make_code),
        (Ada.register_pack, Ada.share),
        (Ada.register_pack, Ada.share_version),
    ],
)
def test_none_waits_in_a_circle(
    ada: Ada, meeting: Meeting, first: Callable[[Ada], Doing], second: Callable[[Ada], Doing]
) -> None:
    meeting.try_all(partial(first, ada), partial(second, ada))
    meeting.try_all(partial(second, ada), partial(first, ada))


def test_of_two_who_note_the_same_both_do(server: Server, meeting: Meeting) -> None:
    @retried
    def note() -> None:
        with server.database.write() as work:
            write_note(work.connection, "a job", b"done")

    note()
    meeting.try_all(lambda: note, lambda: note)
