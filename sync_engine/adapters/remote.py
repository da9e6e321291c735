"""The server as the engine and the command line see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from msgspec import Struct

from server_api.contract import accounts, messages
from server_api.contract.devices import Device, Devices, RequestWipe, RevokeDevice, SignIn, Wipe, WipeOrder
from server_api.contract.devices import Session as Tokens
from server_api.contract.history import (
    ActivityPage,
    ActivityRequest,
    Entry,
    History,
    HistoryRequest,
    Listing,
    ListRequest,
    VersionEntry,
)
from server_api.contract.messages import ROOT, NamespaceId
from server_api.contract.positions import PositionTold, TellPosition
from server_api.contract.restoring import Restored, RestoreRequest, RewindRequest, Rewound
from server_api.contract.shares import CreateShare, EditShare, Share, Shares
from sync_engine.adapters.session import Session
from sync_engine.core.model import Cursor, DeviceId
from sync_engine.errors import UnknownCursor, Unreadable
from sync_engine.ports import Usage

T = TypeVar("T")

_WAIT_MARGIN_S: Final = 10.0
_MAX_NUMBER: Final = 2**61
"""Half of what the contract and the journal hold: there is always a next one."""


class HttpRemote:
    """``ports.Remote``: one namespace, as this device. Thread: any."""

    def __init__(self, session: Session, namespace_id: NamespaceId) -> None:
        self._session = session
        self._namespace_id = namespace_id
        self._path = f"/v1/namespaces/{UUID(bytes=namespace_id)}"

    def commit(self, request: messages.CommitRequest) -> messages.CommitResponse:
        response = self._session.call("POST", f"{self._path}/commits", messages.CommitResponse, request)
        _expect(len(response.results) == len(request.operations), "as many results as operations")
        return response

    def changes(self, cursor: Cursor) -> messages.Changes:
        query = f"seq={cursor.seq}"
        if cursor.seq:
            query += f"&epoch={cursor.epoch.hex()}&revision={(cursor.revision_id or b'').hex()}"
        page = self._session.call("GET", f"{self._path}/changes?{query}", messages.Changes)
        if cursor.seq and page.epoch != cursor.epoch:
            raise UnknownCursor("the server goes on in another history")
        _expect(max(page.seq, page.commit_number) <= _MAX_NUMBER, "numbers that can be counted on")
        _expect(page.seq > cursor.seq or (page.complete and page.seq == cursor.seq), "a cursor that goes on")
        for change in page.changes:
            _expect(_is_sound(change), "changes that hold together")
        return page

    def wait(self, cursor: Cursor, timeout_s: int) -> bool:
        timeout_s = min(timeout_s, messages.MAX_WAIT_S)
        request = messages.Wait(epoch=cursor.epoch, namespaces={self._namespace_id: cursor.seq}, timeout_s=timeout_s)
        waited = self._session.call(
            "POST", "/v1/wait", messages.Waited, request, read_s=timeout_s + _WAIT_MARGIN_S
        )  # fmt: skip
        return bool(waited.moved)

    def missing(self, chunks: Sequence[bytes]) -> messages.Missing:
        request = messages.MissingChunks(chunks=list(chunks))
        missing = self._session.call("POST", f"{self._path}/chunks/missing", messages.Missing, request)
        _expect(all(0 <= index < len(chunks) for index in missing.indices), "indices into the question")
        return missing

    def register_packs(self, packs: Sequence[messages.DeclaredPack]) -> list[messages.RegisteredPack]:
        request = messages.RegisterPacks(packs=list(packs))
        registered = self._session.call("POST", f"{self._path}/packs", messages.RegisteredPacks, request).packs
        _expect(len(registered) == len(packs), "as many packs as declared")
        return registered

    def seal_packs(self, packs: Sequence[bytes]) -> messages.SealedPacks:
        request = messages.SealPacks(packs=list(packs))
        return self._session.call("POST", f"{self._path}/packs/seal", messages.SealedPacks, request)

    def manifests(self, revisions: Sequence[bytes]) -> messages.FoundManifests:
        request = messages.Manifests(revisions=list(revisions))
        return self._session.call("POST", f"{self._path}/manifests", messages.FoundManifests, request)

    def locate(self, chunks: Sequence[bytes]) -> messages.Located:
        request = messages.LocateChunks(chunks=list(chunks))
        return self._session.call("POST", f"{self._path}/chunks/locate", messages.Located, request)

    def report_damaged(self, chunks: Sequence[bytes]) -> None:
        request = messages.DamagedChunks(chunks=list(chunks[: messages.MAX_DAMAGED_CHUNKS]))
        self._session.call("POST", f"{self._path}/chunks/damaged", messages.Missing, request)

    def usage(self) -> Usage:
        account = self._session.call("GET", "/v1/account", accounts.Account)
        return Usage(account.used_bytes, account.quota_bytes)

    def tell_position(self, position: TellPosition) -> PositionTold:
        return self._session.call("PUT", f"{self._path}/position", PositionTold, position)

    def list_folder(self, request: ListRequest) -> Listing:
        """One page. Raises: Refused (``not-found``)."""
        return self._session.call("POST", f"{self._path}/list", Listing, request)

    def list_all(self, path: str, *, recursive: bool = False, deleted: bool = False) -> list[Entry]:
        """What is below a path, all pages. Raises: Refused (``not-found``)."""

        def page(after: str | None) -> tuple[list[Entry], bool]:
            request = ListRequest(path=path, recursive=recursive, deleted=deleted, after=after)
            listing = self.list_folder(request)
            return listing.entries, listing.complete

        return _all_pages(page, lambda entry: entry.path)

    def history(self, path: str) -> list[VersionEntry]:
        """Every content that ever lay at a path, newest first. Raises: Refused (``not-found``)."""
        request = HistoryRequest(path=path)
        return self._session.call("POST", f"{self._path}/history", History, request).versions

    def activity(self, request: ActivityRequest) -> ActivityPage:
        """One page of what happened, newest first. Raises: Refused (``not-found``)."""
        page = self._session.call("POST", f"{self._path}/activity", ActivityPage, request)
        _expect(page.complete or request.before is None or page.before < request.before, "a page that comes further")
        return page

    def restore(self, path: str, revision_id: bytes | None = None, to: str | None = None) -> Restored:
        """Raises: Refused (``not-found``)."""
        request = RestoreRequest(path=path, revision_id=revision_id, to=to)
        return self._session.call("POST", f"{self._path}/restore", Restored, request)

    def rewind(self, request: RewindRequest) -> Rewound:
        """Make a folder as it was. Raises: Refused, RemoteError."""
        return self._session.call("POST", f"{self._path}/rewind", Rewound, request)

    def request_purge(self, path: str, password: str) -> accounts.Purge:
        """Raises: Refused (``not-found``, ``wrong-credentials``, ``forbidden``)."""
        request = accounts.RequestPurge(path=path, password=password)
        return self._session.call("POST", f"{self._path}/purges", accounts.Purge, request)

    def cancel_purge(self, path: str) -> None:
        """Raises: Refused (``not-found``)."""
        self._session.call("POST", f"{self._path}/purges/cancel", type(None), accounts.CancelPurge(path=path))

    def purges(self) -> list[accounts.Purge]:
        return self._session.call("GET", f"{self._path}/purges", accounts.Purges).purges

    def share(self, request: CreateShare) -> Share:
        """A link that lets others download. Raises: Refused (``not-found``)."""
        return self._session.call("POST", f"{self._path}/shares", Share, request)

    def shares(self) -> list[Share]:
        """The account's links, newest first."""
        return self._session.call("GET", "/v1/shares", Shares).shares

    def edit_share(self, share_id: bytes, request: EditShare) -> Share:
        """Raises: Refused (``not-found``)."""
        return self._session.call("PATCH", f"/v1/shares/{UUID(bytes=share_id)}", Share, request)

    def withdraw_share(self, share_id: bytes) -> None:
        """Raises: Refused (``not-found``)."""
        self._session.call("DELETE", f"/v1/shares/{UUID(bytes=share_id)}", type(None))

    def call(self, method: str, path: str, answer: type[T], body: Struct | None = None) -> T:
        """Any other question, as ``Session.call``."""
        return self._session.call(method, path, answer, body)

    def interrupt(self) -> None:
        self._session.interrupt()


class HttpAccount:
    """The server before and beside a namespace: accounts, devices, signing in and out. Thread: any."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def server(self) -> messages.ServerInfo:
        """Raises: Unreachable, also if something else than a Lockstep server is there."""
        return self._session.anonymous().call("GET", "/v1/server", messages.ServerInfo)

    def register(self, email: str, password: str, invite: str | None = None) -> accounts.Account:
        """Raises: Refused (``registration-closed``, ``invitation-needed``, ``account-exists``, ``weak-password``)."""
        request = accounts.Register(email=email, password=password, invite=invite)
        return self._session.anonymous().call("POST", "/v1/accounts", accounts.Account, request)

    def sign_in(
        self,
        email: str,
        password: str,
        device_name: str,
        device_id: DeviceId | None = None,
        totp: str | None = None,
    ) -> Tokens:
        """The tokens are in the keychain when this returns. Raises: Refused (``wrong-credentials``), RateLimited."""
        return self._session.begin(
            SignIn(email=email, password=password, device_name=device_name, device_id=device_id, totp=totp)
        )

    def begin_wipe(self) -> WipeOrder:
        """Raises: SignedOut, if the server wants nothing removed (any more); RemoteError."""
        return self._session.begin_wipe()

    def end_wipe(self, *, removed: int, kept: int) -> None:
        """The tokens are forgotten when this returns. Raises: RemoteError, when the server could not be told."""
        self._session.end_wipe(removed=removed, kept=kept)

    def sign_out(self) -> None:
        """Here in any case. Raises: RemoteError, when the server could not be told."""
        self._session.end()

    def account(self) -> accounts.Account:
        return self._session.call("GET", "/v1/account", accounts.Account)

    def namespaces(self) -> messages.Namespaces:
        return self._session.call("GET", "/v1/namespaces", messages.Namespaces)

    def devices(self) -> list[Device]:
        return self._session.call("GET", "/v1/devices", Devices).devices

    def revoke(self, device_id: DeviceId, password: str | None = None) -> None:
        """Raises: Refused (``password-needed``, ``wrong-credentials``, ``not-found``)."""
        path = f"/v1/devices/{UUID(bytes=device_id)}/revoke"
        self._session.call("POST", path, type(None), RevokeDevice(password=password))

    def request_wipe(self, device_id: DeviceId, password: str) -> Wipe:
        """Raises: Refused (``wrong-credentials``, ``not-found``; ``forbidden`` for this device itself)."""
        path = f"/v1/devices/{UUID(bytes=device_id)}/wipe"
        return self._session.call("POST", path, Wipe, RequestWipe(password=password))

    def cancel_wipe(self, device_id: DeviceId, password: str) -> None:
        """Raises: Refused (``wrong-credentials``, ``not-found``; ``wipe-under-way`` once the device has begun)."""
        path = f"/v1/devices/{UUID(bytes=device_id)}/wipe/cancel"
        self._session.call("POST", path, type(None), RequestWipe(password=password))

    def change_password(self, password: str, new_password: str) -> None:
        """All other devices are signed out. Raises: Refused (``wrong-credentials``, ``weak-password``)."""
        request = accounts.ChangePassword(password=password, new_password=new_password)
        self._session.call("POST", "/v1/account/password", type(None), request)

    def second_factor(self) -> accounts.SecondFactor:
        return self._session.call("GET", "/v1/account/second-factor", accounts.SecondFactor)

    def enrol_second_factor(self, password: str) -> accounts.EnrolledFactor:
        """Raises: Refused (``wrong-credentials``, ``forbidden``)."""
        path = "/v1/account/second-factor/enrol"
        return self._session.call("POST", path, accounts.EnrolledFactor, accounts.PasswordAgain(password=password))

    def confirm_second_factor(self, code: str) -> list[str]:
        """The recovery codes. Raises: Refused (``wrong-second-factor``)."""
        path = "/v1/account/second-factor/confirm"
        return self._session.call("POST", path, accounts.RecoveryCodes, accounts.ConfirmFactor(code=code)).codes

    def renew_recovery_codes(self, password: str) -> list[str]:
        """Raises: Refused (``wrong-credentials``, ``forbidden``)."""
        path = "/v1/account/second-factor/recovery-codes"
        again = accounts.PasswordAgain(password=password)
        return self._session.call("POST", path, accounts.RecoveryCodes, again).codes

    def audit(self, before: int | None = None) -> accounts.AuditPage:
        """What was recorded of the account, newest first."""
        query = "" if before is None else f"?before={before}"
        return self._session.call("GET", f"/v1/account/audit{query}", accounts.AuditPage)

    def request_deletion(self, password: str) -> accounts.AccountDeletion:
        """Raises: Refused (``wrong-credentials``)."""
        again = accounts.PasswordAgain(password=password)
        return self._session.call("POST", "/v1/account/deletion", accounts.AccountDeletion, again)

    def cancel_deletion(self) -> None:
        """Raises: Refused (``not-found``)."""
        self._session.call("POST", "/v1/account/deletion/cancel", type(None))

    def turn_second_factor_off(self, password: str) -> None:
        """Raises: Refused (``wrong-credentials``)."""
        again = accounts.PasswordAgain(password=password)
        self._session.call("POST", "/v1/account/second-factor/off", type(None), again)


def _all_pages(page: Callable[[str | None], tuple[list[T], bool]], key: Callable[[T], str]) -> list[T]:
    found, is_complete = page(None)
    while not is_complete:
        _expect(bool(found), "entries, or an end of them")
        after = key(found[-1])
        more, is_complete = page(after)
        _expect(is_complete or (bool(more) and key(more[-1]) != after), "entries that go on, or an end of them")
        found += more
    return found


def _is_sound(change: messages.Change) -> bool:
    return change.node_id != ROOT and (change.deleted or _is_whole(change))


def _is_whole(change: messages.Change) -> bool:
    """It says all that is needed to make the node."""
    if change.kind is messages.Kind.FILE:
        return change.content_hash is not None and change.size >= 0
    return change.kind is not messages.Kind.SYMLINK or bool(change.link_target)


def _expect(is_so: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
    """A server that answers something else is no better than none. Raises: Unreadable."""
    if not is_so:
        raise Unreadable(f"the server's answer lacks {what}")
