"""What an account may store: what does not fit waits with its reason, the rest goes on, and it heals by itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.fixtures.servers import RunningServer, run_server_command, running_server
from tests.fixtures.wired_device import WiredDevice, wired_devices

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
    pytest.mark.own_server("a proxy counts what goes over the wire, and the database is written to"),
]
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def proxy(server: RunningServer) -> Iterator[FaultProxy]:
    with fault_proxy(server.url) as proxy:
        yield proxy


@pytest.fixture
def devices(proxy: FaultProxy, tmp_path: Path) -> Iterator[list[WiredDevice]]:
    with wired_devices(proxy.url, tmp_path, "A", "B") as made:
        yield made


@pytest.fixture
def allow(server: RunningServer, devices: list[WiredDevice]) -> Callable[[int], None]:
    """Sets the account's quota, as its operator would."""

    def allow(quota_bytes: int) -> None:
        done = run_server_command(server.data, "user", "quota", devices[0].email, str(quota_bytes))
        assert done.returncode == 0, done

    return allow


def content(seed: object, size: int) -> bytes:
    return random.Random(f"{seed}").randbytes(size)


@pytest.mark.scenario("S130")
def test_what_exceeds_the_quota_waits_and_everything_else_goes_on(
    devices: list[WiredDevice], allow: Callable[[int], None]
) -> None:
    a, b = devices
    a.disk.write("here", b"renamed while there is no room")
    a.sync()
    b.sync()
    b.disk.write("there", b"comes all the same")
    b.sync()
    allow(MIB)
    a.disk.write("large", content("large", 2 * MIB))
    a.disk.rename("here", "renamed")
    report = a.sync()
    assert report.state == "partial"
    assert [(problem.path, problem.reason) for problem in report.problems] == [("large", "quota-exceeded")]
    assert a.files()["there"] == b"comes all the same"
    b.sync()
    assert set(b.files()) == {"renamed", "there"}
    assert (a.engine.state().problems, a.engine.state().quota_bytes) == (1, MIB)

    allow(10 * MIB)
    a.go_on_until(lambda: a.engine.state().state == "in-step")
    b.sync()
    assert b.files() == a.files()


def test_status_tells_what_the_account_stores(
    devices: list[WiredDevice], proxy: FaultProxy, allow: Callable[[int], None]
) -> None:
    a, b = devices
    allow(50 * MIB)
    a.disk.write("f", content("f", MIB))
    a.sync()
    used = a.account.account().used_bytes
    assert used > MIB
    for state in (a.engine.state(), a.engine.state_at_rest()):
        assert (state.used_bytes, state.quota_bytes) == (used, 50 * MIB)
    a.restart()
    assert a.engine.state_at_rest().used_bytes == used
    b.sync()
    b.disk.write("g", content("g", MIB))
    b.sync()
    a.sync()
    assert a.engine.state().used_bytes == b.engine.state().used_bytes > 2 * MIB
    proxy.forget()
    a.sync()
    assert proxy.requests() == proxy.requests("feed") == 1


@pytest.mark.scenario("S130")
def test_tries_that_fail_do_not_use_up_the_quota(
    devices: list[WiredDevice], proxy: FaultProxy, allow: Callable[[int], None]
) -> None:
    a, b = devices
    allow(2 * MIB)
    a.disk.write("f", content("f", MIB))
    proxy.order("register", Fault(cut_answer_at=0), times=3)
    proxy.order("put", Fault(flip_upload=1000), times=2)
    assert a.sync().state == "settled"
    assert a.engine.state().used_bytes < MIB + 10_000
    b.sync()
    assert b.files() == a.files()
