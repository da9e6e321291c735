"""What a face may ask the server through the daemon: each question, what it takes and what comes back.

The daemon asks as this device; no answer here holds a token, and none of these needs more than being signed in.
"""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from server_api.contract import accounts, devices, history, messages, restoring, shares
from server_api.contract.reading import from_msgpack
from sync_engine.control.messages import Answered, AskServer

Q = TypeVar("Q", bound=Struct | None)
A = TypeVar("A")


class Question(Generic[Q, A]):
    """One endpoint of the API.

    Attributes:
        path: with ``{namespace}`` where this device's namespace goes, and ``{subject}`` where the id.
        request: type of the body; ``type(None)`` for none.
        answer: type of what comes back; ``type(None)`` for nothing.
    """

    def __init__(self, name: str, method: str, path: str, request: type[Q], answer: type[A]) -> None:
        self.name = name
        self.method = method
        self.path = path
        self.request = request
        self.answer = answer

    def about(self, request: Q, subject: bytes | None = None) -> AskServer:
        """The control protocol's request."""
        body = None if request is None else msgspec.msgpack.encode(request)
        return AskServer(self.name, subject, body)

    def read(self, answered: Answered) -> A:
        """Raises: msgspec.MsgspecError."""
        if self.answer is type(None):
            return None
        return from_msgpack(answered.body, self.answer)

    def path_for(self, namespace_id: bytes, subject: bytes | None) -> str:
        """Raises: ValueError, for a subject that is no id, or is missing."""
        words: dict[str, Any] = {"namespace": UUID(bytes=namespace_id)}
        if "{subject}" in self.path:
            words["subject"] = UUID(bytes=subject or b"")
        return self.path.format(**words)


_IN: Final = "/v1/namespaces/{namespace}/"
_NOTHING: Final = type(None)

ACCOUNT: Final = Question("account", "GET", "/v1/account", _NOTHING, accounts.Account)
SERVER: Final = Question("server", "GET", "/v1/server", _NOTHING, messages.ServerInfo)
DEVICES: Final = Question("devices", "GET", "/v1/devices", _NOTHING, devices.Devices)
REVOKE_DEVICE: Final = Question("revoke-device", "POST", "/v1/devices/{subject}/revoke", devices.RevokeDevice, _NOTHING)
VERSIONS: Final = Question("versions", "POST", _IN + "history", history.HistoryRequest, history.History)
RESTORE: Final = Question("restore", "POST", _IN + "restore", restoring.RestoreRequest, restoring.Restored)
REWIND: Final = Question("rewind", "POST", _IN + "rewind", restoring.RewindRequest, restoring.Rewound)
ACTIVITY: Final = Question("activity", "POST", _IN + "activity", history.ActivityRequest, history.ActivityPage)
DELETED: Final = Question("deleted", "POST", _IN + "deleted", history.DeletedRequest, history.DeletedPage)
DETAILS: Final = Question("details", "POST", _IN + "details", history.DetailsRequest, history.Details)
SHARE: Final = Question("share", "POST", _IN + "shares", shares.CreateShare, shares.Share)
SHARES: Final = Question("shares", "GET", "/v1/shares", _NOTHING, shares.Shares)
EDIT_SHARE: Final = Question("edit-share", "PATCH", "/v1/shares/{subject}", shares.EditShare, shares.Share)
WITHDRAW_SHARE: Final = Question("withdraw-share", "DELETE", "/v1/shares/{subject}", _NOTHING, _NOTHING)
CHANGE_PASSWORD: Final = Question("change-password", "POST", "/v1/account/password", accounts.ChangePassword, _NOTHING)

QUESTIONS: Final[dict[str, Question[Any, Any]]] = {
    question.name: question
    for question in (
        ACCOUNT,
        SERVER,
        DEVICES,
        REVOKE_DEVICE,
        VERSIONS,
        RESTORE,
        REWIND,
        ACTIVITY,
        DELETED,
        DETAILS,
        SHARE,
        SHARES,
        EDIT_SHARE,
        WITHDRAW_SHARE,
        CHANGE_PASSWORD,
    )
}
