"""Networks that stall, throttle or stand behind a proxy; daemons that are paused, ended and killed in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.devices import EMAIL, PASSWORD, PATIENCE_S, Device, await_that, devices_of, environment
from tests.fixtures.fault_proxy import Fault, FaultProxy, Kind, fault_proxy
from tests.fixtures.forward_proxy import forward_proxy
from tests.fixtures.servers import RunningServer, run_server_command

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(600),
    pytest.mark.own_server("a proxy reads and breaks what goes over the wire, which it cannot within TLS"),
]
Make = Callable[[str], Device]
MIB = 1024 * 1024
AT_ONCE_S = 30.0
"""On a busy machine, which takes some seconds to start a command; a call that is waited for takes a minute and more."""


@pytest.fixture
def proxy(server: RunningServer) -> Iterator[FaultProxy]:
    with fault_proxy(server.url) as proxy:
        yield proxy


@pytest.fixture
def device(proxy: FaultProxy, tmp_path: Path) -> Iterator[Make]:
    """Devices behind the proxy."""
    with devices_of(proxy.url, tmp_path) as make:
        yield make


def content(seed: object, size: int) -> bytes:
    return random.Random(f"{seed}").randbytes(size)


# --- ended in between ------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S115")
@pytest.mark.scenario("S116")
def test_a_killed_upload_goes_on_without_sending_again_what_was_sent(device: Make, proxy: FaultProxy) -> None:
    a, b = device("A"), device("B")
    size = 50 * MIB
    a.write("large", content("large", size))
    proxy.order("put", Fault(stall_request_at=100_000), times=None, after=2)
    daemon = a.start_daemon()
    await_that(lambda: proxy.requests("seal") >= 1 and proxy.requests("put") >= 3, "two packs are up, another stalls")
    await_that(lambda: sum(seen.status == 200 for seen in proxy.of("seal")) >= 2, "both are sealed")
    daemon.kill()
    daemon.wait()
    a.daemons.clear()
    proxy.clear()
    sent = proxy.body_bytes_up("put")
    proxy.forget()
    a.sync()
    again = proxy.body_bytes_up("put")
    assert sent >= 2 * 15 * MIB
    assert again < size - 2 * 15 * MIB
    b.sync()
    assert b.tree() == a.tree()


@pytest.mark.scenario("S160")
@pytest.mark.parametrize("kind", ["put", "get"])
def test_a_daemon_whose_transfer_stalls_stops_within_five_seconds(kind: Kind, device: Make, proxy: FaultProxy) -> None:
    a, b = device("A"), device("B")
    a.write("f", content("f", 300_000))
    stuck, other = (b, a) if kind == "get" else (a, b)
    if kind == "get":
        a.sync()
    proxy.order(kind, Fault(stall_answer_at=500) if kind == "get" else Fault(stall_request_at=5000), times=None)
    assert stuck.run("start").code == 0
    await_that(lambda: proxy.requests(kind) > 0, "it stalls")
    begun = time.monotonic()
    assert stuck.run("stop").code == 0
    assert time.monotonic() - begun < AT_ONCE_S
    proxy.clear()
    stuck.sync()
    other.sync()
    assert a.tree() == b.tree()
    assert set(b.tree()) == {"f"}


@pytest.mark.scenario("S160")
@pytest.mark.parametrize("kind", ["commit", "feed", "seal"])
def test_a_sync_whose_call_stalls_ends_at_once_by_ctrl_c(kind: Kind, device: Make, proxy: FaultProxy) -> None:
    a = device("A")
    a.write("f", content("f", 300_000))
    proxy.order(kind, Fault(stall_answer_at=0), times=None)
    process = subprocess.Popen(a.command("sync", "--json"), env=environment(), stdout=subprocess.DEVNULL)
    await_that(lambda: proxy.requests(kind) > 0, "it stalls")
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 130
    assert time.monotonic() - begun < AT_ONCE_S
    proxy.clear()
    a.sync()
    assert len(a.run("versions", "f", "--json").json) == 1


# --- paused ----------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S159")
def test_while_paused_nothing_moves_and_afterwards_both_sides_merge(device: Make, proxy: FaultProxy) -> None:
    a, b = device("A"), device("B")
    a.write("both", "before")
    a.write("theirs", "before")
    a.start_daemon()
    a.await_in_step()
    b.sync()
    proxy.order("put", Fault(stall_request_at=1000), times=None)
    a.write("large", content("large", 3 * MIB))
    await_that(lambda: proxy.requests("put") > 1, "an upload is under way")
    assert a.run("pause").code == 0
    proxy.clear()
    assert a.run("status", "--json").json["state"] == "paused"
    proxy.forget()
    a.write("both", "changed here")
    a.write("mine", "made here")
    (a.folder / "large").rename(a.folder / "renamed")
    begun = time.monotonic()
    b.write("both", "changed there")
    b.write("theirs", "changed there")
    assert proxy.requests() == 0
    b.sync()
    others = proxy.requests()
    await_that(lambda: time.monotonic() - begun > 4, "longer than any quiet time")
    assert proxy.requests() == others
    assert (a.folder / "theirs").read_text() == "before"
    assert a.run("resume").code == 0
    a.await_in_step()
    b.sync()
    await_that(lambda: a.tree() == b.tree(), "both sides are the same")
    files = {path.name: path.read_bytes() for path in b.folder.iterdir() if path.is_file()}
    assert files["theirs"] == b"changed there"
    assert files["mine"] == b"made here"
    assert files["renamed"] == content("large", 3 * MIB)
    assert files["both"] == b"changed there"
    (copy,) = [name for name in files if "conflicted copy" in name]
    assert files[copy] == b"changed here"


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S127")
def test_a_bandwidth_limit_holds_for_contents_and_not_for_calls(device: Make, proxy: FaultProxy) -> None:
    a = device("A")
    a.start_daemon()
    assert a.run("config", "set", "bandwidth.up", "100k").code == 0
    a.write("f", content("f", 500_000))
    proxy.forget()
    await_that(lambda: proxy.requests("commit") > 0, "it is sent")
    a.end_daemons()
    (put,) = proxy.of("put")
    assert put.ended_at is not None
    assert len(put.body) > 500_000
    assert len(put.body) <= 110_000 * (put.ended_at - put.begun_at)

    assert a.run("config", "set", "bandwidth.up", "10k").code == 0
    for number in range(600):
        a.write(f"folder/{number:03} {content(number, 110).hex()}", "")
    proxy.forget()
    a.sync()
    commit = max(proxy.of("commit"), key=lambda seen: seen.body_size)
    assert commit.ended_at is not None
    assert commit.body_size > 70_000  # seven seconds, if it were limited
    assert commit.ended_at - commit.begun_at < commit.body_size / 11_000


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S128")
def test_a_device_behind_a_proxy_with_a_password(server: RunningServer, tmp_path: Path) -> None:
    added = run_server_command(server.data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    with forward_proxy(server.url, "ada", "p@ss: word/") as proxy:
        a = Device("A", tmp_path / "A-home", tmp_path / "A", "http://lockstep.example:8700")
        address = f"http://ada:p%40ss%3A%20word%2F@127.0.0.1:{proxy.port}"
        assert a.run("config", "set", "proxy", address).code == 0
        linked = a.link("--insecure-http")
        assert linked.code == 0, linked
        a.write("f", "through the proxy")
        assert a.sync()["uploaded"]["files"] == 1
        assert all("http://lockstep.example:8700/" in line for line in proxy.asked)

        daemon = a.start_daemon()
        a.await_in_step()
        assert a.run("config", "set", "proxy", "http://127.0.0.1:9").code == 0
        a.await_state("offline")
        assert a.run("config", "set", "proxy", address).code == 0
        a.await_in_step()
        proxy.switch_off()
        a.write("f", "while it was off")
        a.await_state("offline")
        assert daemon.poll() is None
        proxy.switch_on()
        a.await_in_step()
        a.end_daemons()

        assert a.run("config", "set", "proxy", f"http://ada:wrong@127.0.0.1:{proxy.port}").code == 0
        a.write("f", "with a wrong password")
        refused = a.run("sync", "--json")
        assert refused.code == 3
        assert refused.json["problems"][0]["reason"] == "proxy-refused"
        assert proxy.refused > 0
        assert (a.folder / "f").read_text() == "with a wrong password"


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.scenario("S120")
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_wrong_makes_no_difference(
    hours: int, device: Make, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_WRONG_CLOCK)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("WRONG_BY_S", "0")
    a, b = device("A"), device("B")
    monkeypatch.setenv("WRONG_BY_S", str(hours * 3600))
    a.write("f", content("f", 300_000))
    assert a.sync()["uploaded"]["files"] == 1
    b.start_daemon()
    await_that((b.folder / "f").exists, "it arrives")
    b.write("f", "changed")
    b.sync()
    assert a.sync()["downloaded"]["files"] == 1
    assert a.tree() == b.tree()
    assert not any(seen.status in {401, 403} for seen in proxy.seen)


_WRONG_CLOCK = """
import os, time
wrong_by_s = int(os.environ["WRONG_BY_S"])
right, right_ns = time.time, time.time_ns
time.time = lambda: right() + wrong_by_s
time.time_ns = lambda: right_ns() + wrong_by_s * 10**9
"""
