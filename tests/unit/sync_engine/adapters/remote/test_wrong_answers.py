"""Answers that are refusals, or none of a Lockstep server."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Literal

import msgspec
import pytest
import zstandard

from server_api.contract import messages
from server_api.contract.history import Entry, History, Listing, VersionEntry
from server_api.contract.messages import MSGPACK, PROBLEM_JSON, ErrorCode
from sync_engine.adapters.remote import HttpAccount, HttpRemote
from sync_engine.adapters.session import Session
from sync_engine.core.model import Cursor, RevisionId
from sync_engine.errors import (
    EngineError,
    RateLimited,
    Refused,
    SignedOut,
    Superseded,
    UnknownCursor,
    Unreachable,
    Unreadable,
    UpdateNeeded,
)
from tests.fakes.web import Reply
from tests.unit.sync_engine.adapters.remote.server import EPOCH, FakeServer, problem, told


def test_a_page_of_another_history_is_not_gone_on_with(remote: HttpRemote, server: FakeServer) -> None:
    page = messages.Changes(epoch=b"f" * 16, seq=9, revision_id=b"r" * 16, complete=True, changes=[], commit_number=3)
    server.answer = lambda _seen: told(page)
    with pytest.raises(UnknownCursor):
        remote.changes(Cursor(EPOCH, 7, RevisionId(b"q" * 16)))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (problem(401, ErrorCode.SESSION_ENDED), SignedOut),
        (problem(409, ErrorCode.UNKNOWN_CURSOR), UnknownCursor),
        (problem(409, ErrorCode.SUPERSEDED), Superseded),
        (problem(426, ErrorCode.UPDATE_NEEDED), UpdateNeeded),
        (problem(429, ErrorCode.RATE_LIMITED, retry_after_s=9), RateLimited),
        (problem(503, ErrorCode.UNAVAILABLE), Unreachable),
        (problem(507, ErrorCode.QUOTA_EXCEEDED), Refused),
        (problem(403, "a-code-of-tomorrow"), Refused),
        (problem(500, ErrorCode.INTERNAL), Refused),
        (Reply(502, {"Content-Type": "text/html"}, b"<h1>Bad gateway</h1>"), Unreachable),
        (Reply(302, {"Location": "https://login.example.org"}), Unreadable),
        (Reply(200, {"Content-Type": "text/html"}, b"<h1>Sign in to this hotel</h1>"), Unreadable),
        (Reply(200, {"Content-Type": MSGPACK}, b"\xc1 no msgpack"), Unreadable),
        (Reply(200, {"Content-Type": MSGPACK}, msgspec.msgpack.encode({"indices": "no"})), Unreadable),
        (Reply(200, {"Content-Type": MSGPACK}, msgspec.msgpack.encode({"indices": [7]})), Unreadable),
        (Reply(200, {"Content-Type": MSGPACK, "Content-Encoding": "br"}, b"x"), Unreadable),
        (Reply(200, {"Content-Type": MSGPACK, "Content-Encoding": "zstd"}, b"no zstd"), Unreadable),
        (Reply(200, {"Content-Type": MSGPACK}, b"x" * 100, cut=20), Unreachable),
        (Reply(400, {"Content-Type": PROBLEM_JSON}, b"{not json"), Unreadable),
        (
            Reply(400, {"Content-Type": PROBLEM_JSON}, b'{"status":1,"code":"","title":"","x":' + b"[" * 60_000),
            Unreadable,
        ),
        (Reply(200, {"Content-Type": MSGPACK}, b"\x82\xa7indices\x90\xa1x" + b"\x91" * 60_000), Unreadable),
        (
            Reply(200, {"Content-Type": MSGPACK, "Transfer-Encoding": "chunked"}, b"-5\r\nx", omits_length=True),
            Unreachable,
        ),
        (Reply(200, {"Content-Type": MSGPACK}, b"\x81\xa7indices\xdd\x00\x7a\x12\x00" + bytes(8_000_000)), Unreadable),
    ],
)
def test_every_other_answer_is_translated(
    remote: HttpRemote, server: FakeServer, reply: Reply, error: type[EngineError]
) -> None:
    server.answer = lambda _seen: reply
    with pytest.raises(error) as raised:
        remote.missing([b"a" * 32])
    assert type(raised.value) is error
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after_s == 9


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (503, {"Retry-After": "30"}, 30),
        (503, {}, 0),
        (502, {"Retry-After": "30"}, 30),
        (429, {"Retry-After": " 7 "}, 7),
        (429, {"Retry-After": "soon"}, 0),
        (429, {"Retry-After": "-5"}, 0),
        (429, {"Retry-After": "9" * 40}, 3600),
        (429, {"Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT"}, 30),
        (429, {"Retry-After": "Sun, 06 Nov 1994 08:40:00 GMT"}, 0),
        (429, {"Retry-After": "Sun, 06 Nov 2094 08:40:00 GMT"}, 3600),
        (429, {"Retry-After": "Sun, 99 Nov 1994"}, 0),
    ],
)
def test_how_long_a_server_asks_to_wait_is_read_in_both_forms(
    remote: HttpRemote, server: FakeServer, status: int, headers: dict[str, str], wait_s: float
) -> None:
    """Dates are read against the server's own clock: this device's may be wrong."""
    server.answer = lambda _seen: Reply(status, {"Date": "Sun, 06 Nov 1994 08:49:37 GMT", **headers}, b"no problem")
    with pytest.raises(RateLimited if status == 429 else Unreachable) as raised:
        remote.missing([b"a" * 32])
    assert raised.value.retry_after_s == wait_s


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_trickles_for_ever_ends(
    remote: HttpRemote, server: FakeServer, monkeypatch: pytest.MonkeyPatch, part: Literal["head", "body"]
) -> None:
    remote.missing([])
    monkeypatch.setattr("sync_engine.adapters.api.ANSWER_S", 0.5)
    server.answer = lambda _seen: Reply(
        200, {"Content-Type": MSGPACK, "Content-Length": "1000000"}, omits_length=True, trickles=part
    )
    with pytest.raises(Unreachable):
        remote.missing([])


def test_an_answer_cannot_make_this_device_allocate_much(remote: HttpRemote, server: FakeServer) -> None:
    bomb = zstandard.compress(bytes(200_000_000))
    server.answer = lambda _seen: Reply(200, {"Content-Type": MSGPACK, "Content-Encoding": "zstd"}, bomb)
    with pytest.raises(Unreachable, match="too large"):
        remote.missing([])
    server.answer = lambda _seen: Reply(200, {"Content-Type": MSGPACK}, bytes(33 * 1024 * 1024))
    with pytest.raises(Unreachable, match="too large"):
        remote.missing([])


@pytest.mark.parametrize(
    ("wrong", "is_taken"),
    [
        ({}, True),
        ({"node_id": b"short"}, False),
        ({"node_id": bytes(16)}, False),
        ({"parent_id": b"longer than sixteen bytes"}, False),
        ({"name": "n" * 300}, True),
        ({"name": "n" * 2_000}, False),
        ({"kind": messages.Kind.SYMLINK, "link_target": "l" * 5_000}, False),
        ({"seq": 2**64 - 1}, False),
        ({"content_hash": None}, False),
        ({"content_hash": None, "deleted": True}, True),
        ({"size": -1}, False),
        ({"kind": messages.Kind.SYMLINK, "link_target": ""}, False),
        ({"kind": messages.Kind.SYMLINK, "link_target": "a"}, True),
    ],
)
def test_a_change_that_no_node_can_be_made_of_is_refused(
    wrong: dict[str, Any], *, is_taken: bool, remote: HttpRemote, server: FakeServer
) -> None:
    change = messages.Change(
        node_id=b"n" * 16, seq=1, revision_id=b"r" * 16, kind=messages.Kind.FILE, parent_id=bytes(16), name="a",
        committed_at=0, content_hash=bytes(32),
    )  # fmt: skip
    change = msgspec.structs.replace(change, **wrong)
    page = messages.Changes(epoch=EPOCH, seq=1, revision_id=b"r" * 16, complete=True, changes=[change], commit_number=0)
    server.answer = lambda _seen: told(page)
    with nullcontext() if is_taken else pytest.raises(Unreachable):
        assert remote.changes(Cursor(bytes(16))) == page


@pytest.mark.parametrize(
    "wrong",
    [{"seq": 2**64 - 1}, {"commit_number": 2**62}, {"commit_number": -1}, {"revision_id": bytes(17)}, {"epoch": b""}],
)
def test_numbers_that_nothing_can_follow_are_refused(
    wrong: dict[str, Any], remote: HttpRemote, server: FakeServer
) -> None:
    page = messages.Changes(epoch=EPOCH, seq=1, revision_id=b"r" * 16, complete=True, changes=[], commit_number=0)
    server.answer = lambda _seen: told(msgspec.structs.replace(page, **wrong))
    with pytest.raises(Unreachable):
        remote.changes(Cursor(bytes(16)))


def test_a_time_that_no_calendar_knows_is_an_answer_of_no_server(remote: HttpRemote, server: FakeServer) -> None:
    entry = VersionEntry(
        revision_id=bytes(16), node_id=bytes(16), content_hash=bytes(32), size=0, mtime_ns=0, device="d",
        created_at=9_404_000_000_000_000, seq=1, is_current=True,
    )  # fmt: skip
    server.answer = lambda _seen: told(History(versions=[entry]))
    with pytest.raises(Unreachable):
        remote.history("a")


def test_text_that_is_none_is_an_answer_of_no_server(remote: HttpRemote, server: FakeServer) -> None:
    entry = VersionEntry(
        revision_id=bytes(16), node_id=bytes(16), content_hash=bytes(32), size=0, mtime_ns=0, device="NAME",
        created_at=0, seq=1, is_current=True,
    )  # fmt: skip
    reply = told(History(versions=[entry]))
    reply.body = reply.body.replace(b"NAME", b"N\xed\xa0\x80")
    server.answer = lambda _seen: reply
    with pytest.raises(Unreachable):
        remote.history("a")


@pytest.mark.parametrize("result", [messages.Applied(2**64 - 1, bytes(16)), messages.Applied(1, b"short")])
def test_a_commit_is_not_taken_for_applied_as_what_nothing_can_follow(
    result: messages.Applied, remote: HttpRemote, server: FakeServer
) -> None:
    deletion = messages.DeleteNode(operation_id=bytes(16), node_id=b"n" * 16, base=bytes(16), seen_seq=0)
    server.answer = lambda _seen: told(messages.CommitResponse(results=[result], previous_seq=0, seq=1))
    with pytest.raises(Unreachable):
        remote.commit(messages.CommitRequest(epoch=EPOCH, number=1, operations=[deletion]))


@pytest.mark.parametrize("token", ["a\r\nHost: elsewhere", "\u20ac", "nul\0"])
def test_a_token_that_no_header_holds_is_an_answer_of_no_server(
    token: str, remote: HttpRemote, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = msgspec.structs.replace(server.session(), access_token=token)
    monkeypatch.setattr(server, "session", lambda: session)
    with pytest.raises((Unreachable, SignedOut)):
        remote.missing([])


@pytest.mark.parametrize("wrong", ["device_id", "epoch", "account"])
def test_nobody_signs_in_as_what_no_device_can_be(wrong: str, session: Session, server: FakeServer) -> None:
    answer = server.session()
    account = msgspec.structs.replace(answer.account, personal_namespace=b"short")
    broken = msgspec.structs.replace(answer, **{wrong: account if wrong == "account" else b"short"})
    server.answer = lambda _seen: told(broken)
    with pytest.raises(Unreachable):
        HttpAccount(session).sign_in("a@b.c", "password", "device")


def test_a_listing_that_does_not_go_on_ends(remote: HttpRemote, server: FakeServer) -> None:
    entry = Entry(node_id=bytes(16), revision_id=bytes(16), path="a", kind=messages.Kind.FILE, seq=1, committed_at=0)
    for entries in ([], [entry]):
        server.answer = lambda _seen, entries=entries: told(Listing(entries=entries, complete=False))  # type: ignore[misc]
        with pytest.raises(Unreachable):
            remote.list_all("")
