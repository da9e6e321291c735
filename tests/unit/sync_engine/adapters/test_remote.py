"""The server's adapter against a real HTTP server that speaks the contract, or does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
import zstandard

from server_api.contract import devices, messages
from server_api.contract.accounts import Account
from server_api.contract.history import Entry, History, Listing, ListRequest, VersionEntry
from server_api.contract.messages import (
    MSGPACK,
    PROBLEM_JSON,
    ErrorCode,
    Missing,
    NamespaceId,
    Problem,
    Waited,
)
from sync_engine.adapters.api import Api
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.remote import HttpAccount, HttpRemote
from sync_engine.adapters.session import REFRESH_TOKEN, Session
from sync_engine.core.model import Cursor, RevisionId
from sync_engine.errors import (
    EngineError,
    RateLimited,
    Refused,
    SetupError,
    SignedOut,
    Superseded,
    UnknownCursor,
    Unreachable,
    Unreadable,
    UpdateNeeded,
    WipeRequested,
)
from tests.fakes.device import FakeTime
from tests.fakes.keychain import FakeKeychain
from tests.fakes.web import Reply, Seen, Web, serve

NAMESPACE = NamespaceId(b"n" * 16)
PATH = "/v1/namespaces/6e6e6e6e-6e6e-6e6e-6e6e-6e6e6e6e6e6e"
EPOCH = b"e" * 16


class FakeServer:
    """Signs in and rotates tokens; everything else is the test's."""

    def __init__(self, web: Web) -> None:
        self.rotations = 0
        self.valid: set[str] = set()
        self.refresh_tokens = {"refresh-token-no-0"}
        self.lose_next_refresh = False
        self.answer: Callable[[Seen], Reply] = lambda _seen: told(Missing(indices=[]))
        self.lock = threading.Lock()
        web.answer = self._answer

    def _answer(self, seen: Seen) -> Reply:
        if seen.path == "/v1/sessions/refresh":
            with self.lock:
                return self._refresh(msgspec.msgpack.decode(plain(seen), type=devices.Refresh).refresh_token)
        if seen.path in {"/v1/server", "/v1/accounts"} or (seen.path, seen.method) == ("/v1/sessions", "POST"):
            return self.answer(seen)
        if seen.headers.get("Authorization", "").removeprefix("Bearer ") not in self.valid:
            return problem(401, ErrorCode.NOT_SIGNED_IN)
        return self.answer(seen)

    def _refresh(self, token: str) -> Reply:
        if token not in self.refresh_tokens:
            return problem(401, ErrorCode.SESSION_ENDED)
        self.rotations += 1
        session = self.session()
        if self.lose_next_refresh:
            self.lose_next_refresh = False
            return Reply(200, {"Content-Type": MSGPACK}, b"x" * 100, cut=10)
        self.refresh_tokens = {token, session.refresh_token}
        return told(session)

    def session(self) -> devices.Session:
        account = Account(
            account_id=b"a" * 16, email="a@b.c", role="member", quota_bytes=None, used_bytes=0,
            personal_namespace=NAMESPACE,
        )  # fmt: skip
        access = f"access-{self.rotations}"
        self.valid.add(access)
        return devices.Session(
            device_id=b"d" * 16, account=account, access_token=access, expires_in_s=600,
            refresh_token=f"refresh-token-no-{self.rotations}", epoch=EPOCH,
        )  # fmt: skip


def told(answer: msgspec.Struct, status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": MSGPACK}, msgspec.msgpack.encode(answer))


def problem(status: int, code: str, **more: Any) -> Reply:
    document = Problem(status=status, code=str(getattr(code, "value", code)), title="No.", **more)
    return Reply(status, {"Content-Type": PROBLEM_JSON}, msgspec.json.encode(document))


def plain(seen: Seen) -> bytes:
    if seen.headers.get("Content-Encoding") == "zstd":
        return zstandard.ZstdDecompressor().decompress(seen.body)
    return seen.body


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def server(web: Web) -> FakeServer:
    return FakeServer(web)


@pytest.fixture
def keychain() -> FakeKeychain:
    return FakeKeychain(**{REFRESH_TOKEN: "refresh-token-no-0"})


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime(0.0)  # a wrong wall clock makes no difference


@pytest.fixture
def session(web: Web, keychain: FakeKeychain, clock: FakeTime, tmp_path: Path) -> Iterator[Session]:
    client = HttpClient()
    yield Session(Api(client, web.url), keychain, str(tmp_path / "session.lock"), clock)
    client.close()


@pytest.fixture
def remote(session: Session) -> HttpRemote:
    return HttpRemote(session, NAMESPACE)


def test_a_call_speaks_msgpack_as_this_device(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    server.answer = lambda _seen: told(Missing(indices=[1]))
    assert remote.missing([b"a" * 32, b"b" * 32]).indices == [1]
    seen = web.seen[-1]
    assert (seen.method, seen.path) == ("POST", f"{PATH}/chunks/missing")
    assert seen.headers["Authorization"] == "Bearer access-1"
    assert seen.headers["Lockstep-Protocol"] == "1"
    assert seen.headers["Content-Type"] == MSGPACK
    assert msgspec.msgpack.decode(seen.body, type=messages.MissingChunks).chunks == [b"a" * 32, b"b" * 32]


def test_one_connection_and_one_token_serve_many_calls(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    for _ in range(5):
        remote.missing([])
    assert web.connections == 1
    assert server.rotations == 1


def test_large_bodies_are_compressed_both_ways(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    def answer(_seen: Seen) -> Reply:
        reply = told(Missing(indices=list(range(5000))))
        reply.headers["Content-Encoding"] = "zstd"
        reply.body = zstandard.compress(reply.body)
        return reply

    server.answer = answer
    assert len(remote.missing([b"a" * 32] * 5000).indices) == 5000
    assert web.seen[-1].headers["Content-Encoding"] == "zstd"
    assert len(web.seen[-1].body) < 5000
    assert "zstd" in web.seen[-1].headers["Accept-Encoding"]


def test_the_cursor_goes_into_the_address(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    page = messages.Changes(epoch=EPOCH, seq=9, revision_id=b"r" * 16, complete=True, changes=[], commit_number=3)
    server.answer = lambda _seen: told(page)
    assert remote.changes(Cursor(EPOCH, 7, RevisionId(b"q" * 16))) == page
    assert web.seen[-1].path == f"{PATH}/changes?seq=7&epoch={EPOCH.hex()}&revision={(b'q' * 16).hex()}"
    assert remote.changes(Cursor(bytes(16))) == page
    assert web.seen[-1].path == f"{PATH}/changes?seq=0"


def test_a_page_of_another_history_is_not_gone_on_with(remote: HttpRemote, server: FakeServer) -> None:
    page = messages.Changes(epoch=b"f" * 16, seq=9, revision_id=b"r" * 16, complete=True, changes=[], commit_number=3)
    server.answer = lambda _seen: told(page)
    with pytest.raises(UnknownCursor):
        remote.changes(Cursor(EPOCH, 7, RevisionId(b"q" * 16)))


def test_waiting_tells_whether_anything_moved(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    server.answer = lambda _seen: told(Waited(moved={NAMESPACE: 8}))
    assert remote.wait(Cursor(EPOCH, 7), 50)
    server.answer = lambda _seen: told(Waited(moved={}))
    assert not remote.wait(Cursor(EPOCH, 7), 500)
    request = msgspec.msgpack.decode(web.seen[-1].body, type=messages.Wait)
    assert request.namespaces == {NAMESPACE: 7}
    assert request.timeout_s == messages.MAX_WAIT_S


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


def test_a_token_is_renewed_before_it_expires(remote: HttpRemote, server: FakeServer, clock: FakeTime) -> None:
    remote.missing([])
    clock.advance(560)
    remote.missing([])
    assert server.rotations == 1
    clock.advance(20)
    remote.missing([])
    assert server.rotations == 2


def test_a_token_that_is_refused_is_renewed_once(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    remote.missing([])
    server.valid.clear()
    remote.missing([])
    assert server.rotations == 2

    server.answer = lambda _seen: problem(401, ErrorCode.NOT_SIGNED_IN)
    web.seen.clear()
    with pytest.raises(SignedOut):
        remote.missing([])
    assert [seen.path for seen in web.seen] == [f"{PATH}/chunks/missing", "/v1/sessions/refresh", web.seen[0].path]


def test_a_new_refresh_token_is_durable_before_it_is_used(
    remote: HttpRemote, server: FakeServer, keychain: FakeKeychain
) -> None:
    kept_then: list[str | None] = []

    def answer(_seen: Seen) -> Reply:
        kept_then.append(keychain.read(REFRESH_TOKEN))
        return told(Missing(indices=[]))

    server.answer = answer
    remote.missing([])
    assert kept_then == ["refresh-token-no-1"]


def test_a_lost_answer_to_a_rotation_does_not_sign_out(remote: HttpRemote, server: FakeServer) -> None:
    server.lose_next_refresh = True
    with pytest.raises(Unreachable):
        remote.missing([])
    remote.missing([])


def test_what_another_process_rotated_is_taken(
    remote: HttpRemote, server: FakeServer, keychain: FakeKeychain, clock: FakeTime
) -> None:
    remote.missing([])
    server.refresh_tokens = {"from-another-process"}
    keychain.secrets[REFRESH_TOKEN] = "from-another-process"
    clock.advance(1000)
    remote.missing([])
    assert server.rotations == 2


@pytest.mark.parametrize("has_noticed", [True, False])
def test_a_session_that_another_process_began_is_taken_at_once_after_this_one_ended(
    has_noticed: bool, remote: HttpRemote, server: FakeServer, keychain: FakeKeychain
) -> None:
    remote.missing([])
    server.answer = lambda seen: (
        problem(401, ErrorCode.SESSION_ENDED)
        if seen.headers["Authorization"] == "Bearer access-1"
        else told(Missing(indices=[]))
    )
    server.refresh_tokens = set()
    if has_noticed:
        with pytest.raises(SignedOut):
            remote.missing([])
    server.refresh_tokens = {"from-another-process"}
    keychain.secrets[REFRESH_TOKEN] = "from-another-process"
    remote.missing([])
    assert server.rotations == 2


def test_who_was_signed_out_is_told_why_when_it_renews(
    remote: HttpRemote, server: FakeServer, web: Web, keychain: FakeKeychain
) -> None:
    remote.missing([])
    answer = web.answer

    def refuse(seen: Seen) -> Reply:
        is_renewal = seen.path == "/v1/sessions/refresh"
        return problem(401, ErrorCode.WIPE_REQUESTED if is_renewal else ErrorCode.SESSION_ENDED)

    web.answer = refuse
    for _ in range(2):
        with pytest.raises(WipeRequested):
            remote.missing([])
    assert keychain.read(REFRESH_TOKEN) == "refresh-token-no-1", "it is what the device shows that it is by"
    web.answer = answer
    remote.missing([])


def test_threads_that_need_a_token_rotate_once(remote: HttpRemote, server: FakeServer) -> None:
    threads = [threading.Thread(target=remote.missing, args=([],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.rotations == 1


def test_without_a_refresh_token_this_device_is_signed_out(remote: HttpRemote, keychain: FakeKeychain) -> None:
    keychain.delete(REFRESH_TOKEN)
    with pytest.raises(SignedOut):
        remote.missing([])


def test_signing_in_and_out(session: Session, server: FakeServer, keychain: FakeKeychain, web: Web) -> None:
    account = HttpAccount(session)
    server.answer = lambda _seen: told(server.session(), 201)
    assert account.sign_in("a@b.c", "secret", "laptop").device_id == b"d" * 16
    assert keychain.read(REFRESH_TOKEN) == "refresh-token-no-0"
    server.answer = lambda _seen: told(devices.Devices(devices=[]))
    assert account.devices() == []
    assert server.rotations == 0
    server.answer = lambda _seen: Reply(204)
    account.sign_out()
    assert (web.seen[-1].method, web.seen[-1].path) == ("DELETE", "/v1/sessions/current")
    assert keychain.read(REFRESH_TOKEN) is None
    with pytest.raises(SignedOut):
        account.devices()


def test_signing_out_forgets_the_tokens_even_if_the_server_is_gone(
    session: Session, server: FakeServer, keychain: FakeKeychain
) -> None:
    server.answer = lambda _seen: Reply(503)
    with pytest.raises(Unreachable):
        HttpAccount(session).sign_out()
    assert keychain.read(REFRESH_TOKEN) is None


def test_a_wrong_password_is_told(session: Session, server: FakeServer) -> None:
    server.answer = lambda _seen: problem(401, ErrorCode.WRONG_CREDENTIALS)
    with pytest.raises(Refused) as raised:
        HttpAccount(session).sign_in("a@b.c", "wrong", "laptop")
    assert raised.value.problem_code == "wrong-credentials"


def test_a_listing_is_read_page_by_page(remote: HttpRemote, server: FakeServer) -> None:
    def entry(path: str) -> Entry:
        return Entry(
            node_id=b"n" * 16, revision_id=b"r" * 16, path=path, kind=messages.Kind.FILE, seq=1, committed_at=0
        )

    def answer(seen: Seen) -> Reply:
        after = msgspec.msgpack.decode(seen.body, type=ListRequest).after
        if after is None:
            return told(Listing(entries=[entry("a"), entry("b")], complete=False))
        assert after == "b"
        return told(Listing(entries=[entry("c")], complete=True))

    server.answer = answer
    assert [found.path for found in remote.list_all("", recursive=True)] == ["a", "b", "c"]


def test_an_interruption_ends_a_waiting_call(remote: HttpRemote, server: FakeServer, web: Web) -> None:
    arrived = threading.Event()

    def hang(_seen: Seen) -> Reply:
        arrived.set()
        web.release.wait(60)
        return Reply()

    server.answer = hang
    errors: list[Exception] = []

    def wait() -> None:
        try:
            remote.wait(Cursor(EPOCH, 7), 50)
        except Unreachable as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert arrived.wait(60)
    remote.interrupt()
    thread.join(40)
    assert not thread.is_alive(), "it waits for the answer"
    assert len(errors) == 1


def test_an_address_beyond_this_machine_needs_encryption() -> None:
    with pytest.raises(SetupError):
        Api(HttpClient(), "http://files.example.org")


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        HttpClient(ca_file=str(tmp_path / "absent.pem"))
