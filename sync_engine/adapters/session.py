"""This device's session: short access tokens in memory, the refresh token in the keychain.

Rotation: whoever rotates holds the profile's lock, reads the refresh token anew (another process may have rotated), and
makes the next one durable before any use of it. A lost answer does no harm: the server takes the old token until its
successor is first used.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final, TypeVar

import msgspec

from server_api.contract import devices
from server_api.contract.messages import ErrorCode
from sync_engine.adapters.api import Api
from sync_engine.adapters.locks import exclusive
from sync_engine.adapters.sockets import READ_S
from sync_engine.errors import Refused, SignedOut
from sync_engine.ports import Clock, Keychain

T = TypeVar("T")

REFRESH_TOKEN: Final = "refresh-token"  # noqa: S105 - its name in the keychain
_EARLY_S: Final = 30.0
"""Renewed so long before it expires, by this device's monotonic clock: a wrong wall clock does no harm."""


class Session:
    """Makes calls as this device. Thread: any."""

    def __init__(self, api: Api, keychain: Keychain, lock_path: str, clock: Clock) -> None:
        """``lock_path``: a file in the profile, which every process of the profile uses."""
        self._api = api
        self._keychain = keychain
        self._lock_path = lock_path
        self._clock = clock
        self._renewing = threading.Lock()
        self._token = ""
        self._expires_at = 0.0

    def call(
        self,
        method: str,
        path: str,
        answer: type[T],
        body: msgspec.Struct | None = None,
        *,
        read_s: float = READ_S,
    ) -> T:
        """As ``Api.call``, signed in. A token that the server does not take is renewed once: another process may have
        signed in again, and who renews is told why a session has ended.

        Raises: SignedOut, WipeRequested, and what ``Api.call`` raises.
        """
        token = self._current_token()
        try:
            return self._api.call(method, path, answer, body, token=token, read_s=read_s)
        except SignedOut:
            self._forget(token)
        except Refused as error:
            if error.problem_code != ErrorCode.NOT_SIGNED_IN:
                raise
        try:
            return self._api.call(method, path, answer, body, token=self._renewed(token), read_s=read_s)
        except Refused as error:
            if error.problem_code == ErrorCode.NOT_SIGNED_IN:
                raise SignedOut(str(error)) from error
            raise

    def anonymous(self) -> Api:
        """For calls that need nobody to be signed in."""
        return self._api

    def begin(self, sign_in: devices.SignIn) -> devices.Session:
        """Sign this device in. Raises: what ``Api.call`` raises."""
        with self._renewing, exclusive(self._lock_path):
            return self._take(self._api.call("POST", "/v1/sessions", devices.Session, sign_in))

    def end(self) -> None:
        """Sign this device out, on the server if that is possible, and here in any case.

        Raises: RemoteError, when the server could not be told.
        """
        try:
            if self._keychain.read(REFRESH_TOKEN) is not None:
                self.call("DELETE", "/v1/sessions/current", type(None))
        except SignedOut:
            pass
        finally:
            self._keychain.delete(REFRESH_TOKEN)
            self._token, self._expires_at = "", 0.0

    def begin_wipe(self) -> devices.WipeOrder:
        """What the server wants removed, with its proof. Raises: SignedOut, if it wants nothing; RemoteError."""
        request = devices.BeginWipe(refresh_token=self._kept())
        return self._api.call("POST", "/v1/wipe/begin", devices.WipeOrder, request)

    def end_wipe(self, *, removed: int, kept: int) -> None:
        """Tell the server that it is done, and forget the tokens. Raises: RemoteError, when it could not be told."""
        with suppress(SignedOut):  # it was told already
            request = devices.EndWipe(refresh_token=self._kept(), removed=removed, kept=kept)
            self._api.call("POST", "/v1/wipe/end", type(None), request)
        self._keychain.delete(REFRESH_TOKEN)

    def _kept(self) -> str:
        """The refresh token. Raises: SignedOut."""
        refresh_token = self._keychain.read(REFRESH_TOKEN)
        if refresh_token is None:
            raise SignedOut("there is no refresh token on this device")
        return refresh_token

    def interrupt(self) -> None:
        self._api.interrupt()

    def _forget(self, token: str) -> None:
        """Its session ended."""
        with self._renewing:
            if self._token == token:
                self._token, self._expires_at = "", 0.0

    def _current_token(self) -> str:
        if self._token and self._clock.monotonic() < self._expires_at:
            return self._token
        return self._renewed(self._token)

    def _renewed(self, refused: str) -> str:
        """A token other than the refused one. Raises: SignedOut; what ``Api.call`` raises."""
        with self._renewing:
            if self._token != refused and self._clock.monotonic() < self._expires_at:
                return self._token  # another thread was quicker
            with exclusive(self._lock_path):
                request = devices.Refresh(refresh_token=self._kept())
                self._take(self._api.call("POST", "/v1/sessions/refresh", devices.Session, request))
                return self._token

    def _take(self, session: devices.Session) -> devices.Session:
        self._keychain.write(REFRESH_TOKEN, session.refresh_token)
        self._token = session.access_token
        self._expires_at = self._clock.monotonic() + session.expires_in_s - _EARLY_S
        return session
