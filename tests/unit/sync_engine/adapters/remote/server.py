"""A server as the remote adapter meets it: real HTTP, and answers that a test makes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import msgspec
import zstandard

from server_api.contract import devices
from server_api.contract.accounts import Account
from server_api.contract.messages import MSGPACK, PROBLEM_JSON, ErrorCode, Missing, NamespaceId, Problem
from tests.fakes.web import Reply, Seen, Web

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
