"""Signing in and out, and the tokens in between."""

from __future__ import annotations

import threading

import pytest

from server_api.contract import devices
from server_api.contract.messages import ErrorCode, Missing
from sync_engine.adapters.remote import HttpAccount, HttpRemote
from sync_engine.adapters.session import REFRESH_TOKEN, Session
from sync_engine.errors import Refused, SignedOut, Unreachable, WipeRequested
from tests.fakes.device import FakeTime
from tests.fakes.keychain import FakeKeychain
from tests.fakes.web import Reply, Seen, Web
from tests.unit.sync_engine.adapters.remote.server import PATH, FakeServer, problem, told


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
