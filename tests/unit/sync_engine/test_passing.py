"""What goes to the server by way of the daemon, and what does not."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import msgspec
import pytest
from msgspec import Struct

from server_api.contract import accounts
from server_api.contract.devices import Session, WipeOrder
from server_api.contract.history import History, HistoryRequest
from server_api.contract.shares import Shares
from sync_engine.control.messages import AskServer
from sync_engine.control.questions import ACCOUNT, CHANGE_PASSWORD, EDIT_SHARE, QUESTIONS, SHARES, VERSIONS
from sync_engine.errors import Refused, WrongUsage
from sync_engine.passing import ask_server

NAMESPACE = bytes(range(16))


class Remote:
    """Remembers what it was called with."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    def call(self, *call: Any) -> Any:
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def ask(remote: Remote, asked: AskServer) -> bytes:
    return ask_server(cast("Any", remote), NAMESPACE, asked).body


def test_a_question_goes_to_its_place_and_its_answer_comes_back() -> None:
    history = History(versions=[])
    remote = Remote(history)
    request = HistoryRequest(path="ü/a.txt", of_file=True)
    body = ask(remote, VERSIONS.about(request))
    assert remote.calls == [("POST", f"/v1/namespaces/{UUID(bytes=NAMESPACE)}/history", History, request)]
    assert msgspec.msgpack.decode(body, type=History) == history


def test_one_without_a_request_and_one_without_an_answer() -> None:
    remote = Remote(Shares(shares=[]))
    ask(remote, SHARES.about(None))
    assert remote.calls == [("GET", "/v1/shares", Shares, None)]
    remote = Remote()
    change = accounts.ChangePassword(password="correct horse", new_password="battery staple")
    assert ask(remote, CHANGE_PASSWORD.about(change)) == b""


@pytest.mark.parametrize(
    "asked",
    [
        AskServer("sessions"),
        AskServer(""),
        AskServer("x" * 100_000),
        AskServer(VERSIONS.name),
        AskServer(VERSIONS.name, None, b""),
        AskServer(VERSIONS.name, None, b"\xc1"),
        AskServer(VERSIONS.name, None, msgspec.msgpack.encode({"path": 7})),
        AskServer(VERSIONS.name, None, msgspec.msgpack.encode({"path": "a", "more": 1})),
        AskServer(VERSIONS.name, None, b"\x91" * 100_000),
        AskServer(ACCOUNT.name, None, msgspec.msgpack.encode({"a": 1})),
        AskServer(EDIT_SHARE.name, None, b"\x80"),
        AskServer(EDIT_SHARE.name, b"short", b"\x80"),
    ],
)
def test_what_is_no_such_question_goes_nowhere(asked: AskServer) -> None:
    remote = Remote()
    with pytest.raises(WrongUsage) as refused:
        ask(remote, asked)
    assert remote.calls == []
    assert len(str(refused.value)) < 500


def test_a_refusal_is_the_servers() -> None:
    with pytest.raises(Refused) as refused:
        ask(Remote(Refused("no", "not-found", 404)), VERSIONS.about(HistoryRequest(path="a")))
    assert refused.value.problem_code == "not-found"


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_answer_holds_a_token(name: str) -> None:
    """Nor anything that a password is."""
    seen: set[Any] = set()
    waiting: list[Any] = [QUESTIONS[name].answer]
    while waiting:
        struct = waiting.pop()
        for part in _structs_in(msgspec.inspect.type_info(struct)):
            if part in seen:
                continue
            seen.add(part)
            assert part not in {Session, WipeOrder, accounts.RecoveryCodes, accounts.EnrolledFactor}
            for field in msgspec.structs.fields(part):
                assert not {"token", "secret", "codes"} & set(field.encode_name.split("_")), (part, field.name)
                waiting.append(field.type)
    assert bool(seen) is (QUESTIONS[name].answer is not type(None))


def _structs_in(kind: Any) -> list[type[Struct]]:
    """The struct that a type is, or those that it has as its parts."""
    if isinstance(kind, msgspec.inspect.StructType):
        return [kind.cls]
    parts = [getattr(kind, name) for name in ("item_type", "key_type", "value_type", "type") if hasattr(kind, name)]
    parts += [*getattr(kind, "types", ()), *getattr(kind, "item_types", ())]
    return [found for part in parts for found in _structs_in(part)]
