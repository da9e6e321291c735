"""Requests and answers that break off, arrive changed, late, twice or not at all: nothing is lost or done twice.

A real server process behind a proxy that does the damage; the devices' waiting costs no time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from email.utils import formatdate
from functools import partial
from pathlib import Path

import pytest
from blake3 import blake3

from server_api.contract.messages import MAX_CHUNK_BYTES, PAGE_CHANGES
from sync_engine.core.model import DeviceId
from tests.fixtures.fault_proxy import Fault, FaultProxy, Kind, Reply, fault_proxy
from tests.fixtures.servers import running_server
from tests.fixtures.wired_device import PASSWORD, SYNC_ADVANCES_S, WiredDevice, wired_devices

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
    pytest.mark.own_server("a proxy reads and breaks what goes over the wire, which it cannot within TLS"),
]
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server.url
        log = server.log.read_text()
    assert "Traceback" not in log, log  # whatever it received in half is no mistake of the server's own
    assert '"status": 500' not in log


@pytest.fixture
def proxy(server_url: str) -> Iterator[FaultProxy]:
    with fault_proxy(server_url) as proxy:
        yield proxy


@pytest.fixture
def devices(proxy: FaultProxy, tmp_path: Path) -> Iterator[list[WiredDevice]]:
    with wired_devices(proxy.url, tmp_path, "A", "B") as made:
        yield made


def content(seed: object, size: int = 300) -> bytes:
    return random.Random(f"{seed}").randbytes(size)


def hashed(data: bytes) -> bytes:
    return blake3(data).digest()


def saved_once(device: WiredDevice, data: bytes, path: str = "f") -> None:
    """It is the newest version, and there is one of it."""
    versions = device.versions(path)
    assert versions[0] == hashed(data)
    assert versions.count(versions[0]) == 1


def test_a_server_that_refuses_connections_is_tried_again(proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    a, _ = devices
    a.sync()
    proxy.go_down()
    a.disk.write("f", content("f"))
    report = a.sync()
    assert (report.state, report.problems[0].reason) == ("offline", "unreachable")
    proxy.come_up()
    a.go_on_until(lambda: a.engine.state().state == "in-step")
    saved_once(a, content("f"))


# --- cut at any byte -------------------------------------------------------------------------------------------------


def cuts(proxy: FaultProxy, kind: Kind, step: int) -> list[tuple[str, int]]:
    """Offsets in the last request of that kind and in its answer, also just before and after each of their parts."""
    seen = proxy.of(kind)[-1]
    head, whole = len(seen.head), len(seen.head) + seen.body_size
    request = {*range(0, whole, step), 1, head - 1, head, head + 1, whole - 1, whole}
    answered = seen.head_down + seen.bytes_down
    answer = {*range(0, answered, step), 1, seen.head_down, answered - 1}
    return [("cut_request_at", at) for at in sorted(request)] + [("cut_answer_at", at) for at in sorted(answer)]


@pytest.mark.scenario("S33")
@pytest.mark.scenario("S121")
@pytest.mark.parametrize(
    ("kind", "step"), [("commit", 113), ("put", 113), ("seal", 307), ("register", 307), ("missing", 307), ("feed", 307)]
)  # fmt: skip
def test_an_upload_cut_at_any_byte_becomes_one_version(
    kind: Kind, step: int, proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    a.disk.write("f", content(0))
    assert a.sync().state == "settled"
    for number, (where, at) in enumerate(cuts(proxy, kind, step), 1):
        data = content(f"{kind} {number}")
        a.disk.write("f", data)
        proxy.order(kind, Fault(**{where: at, "resets": number % 2 == 0}))  # type: ignore[arg-type]
        report = a.sync()
        assert report.state == "settled", (where, at, report)
        assert not proxy.has_orders()
        saved_once(a, data)
    assert b.sync().conflicts == []
    assert b.files() == a.files()
    assert b.sync().operations == a.sync().operations == {}


@pytest.mark.scenario("S125")
@pytest.mark.parametrize(("kind", "step"), [("get", 113), ("locate", 307), ("feed", 307)])
def test_a_download_cut_at_any_byte_arrives_whole(
    kind: Kind, step: int, proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    a.disk.write("f", content(0))
    a.sync()
    b.sync()
    for number, (where, at) in enumerate(cuts(proxy, kind, step), 1):
        data = content(f"{kind} {number}")
        a.disk.write("f", data)
        a.sync()
        proxy.order(kind, Fault(**{where: at, "resets": number % 2 == 0}))  # type: ignore[arg-type]
        report = b.sync()
        assert report.state == "settled", (where, at, report)
        assert not proxy.has_orders()
        assert b.files() == {"f": data}
    assert b.staging() == []


@pytest.mark.scenario("S186")
def test_each_attempt_at_a_put_sends_the_whole_body_from_its_start(
    proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, _ = devices
    data = content("three", 3 * MIB)
    a.disk.write("f", data)
    for at in (10, MIB, 3 * MIB):
        proxy.order("put", Fault(cut_request_at=at, resets=True))
    assert a.sync().state == "settled"
    puts = proxy.of("put")
    assert len(puts) == 4
    sizes = {put.body_size for put in puts}
    assert len(sizes) == 1
    whole = puts[-1].body
    assert sizes == {len(whole)}
    assert all(whole.startswith(put.body) for put in puts)
    saved_once(a, data)


# --- answers that are lost, wrong or come twice -----------------------------------------------------------------------

LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"
LOST = [
    Fault(lost=Reply(502)), Fault(lost=Reply(504, {"Content-Type": "text/html"}, b"<h1>Gateway Timeout</h1>")),
    Fault(cut_answer_at=0), Fault(cut_answer_at=0, resets=True), Fault(empties=True), Fault(length_lie=7),
    Fault(length_lie=-3), Fault(truncate_download=5), Fault(flip_download=3), Fault(is_duplicated=True),
    Fault(date=LONG_AGO), Fault(delay_s=0.05, bytes_a_second=10_000.0),
    Fault(lost=Reply(302, {"Location": "http://127.0.0.1:9/"})), Fault(lost=Reply(200, {}, b"<h1>Sign in</h1>")),
]  # fmt: skip


@pytest.mark.scenario("S121")
@pytest.mark.scenario("S122")
@pytest.mark.parametrize("kind", ["commit", "seal", "register", "missing", "feed", "put"])
def test_a_lost_or_wrong_answer_makes_no_second_version_and_no_second_upload(
    kind: Kind, proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    a.sync()
    for number, fault in enumerate(LOST):
        data = content(number)
        a.disk.write("f", data)
        proxy.forget()
        proxy.order(kind, fault)
        report = a.sync()
        assert report.state == "settled", (fault, report)
        assert not proxy.has_orders()
        saved_once(a, data)
        if kind != "put":
            assert proxy.requests("put") == 1, fault
    b.sync()
    assert b.files() == a.files()


# --- bytes that change on their way -----------------------------------------------------------------------------------


@pytest.mark.scenario("S123")
def test_bytes_that_change_on_their_way_up_are_sent_again(proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    a, b = devices
    faults = [Fault(flip_upload=at) for at in (0, 20, 60, 200, 10**9)]
    faults += [Fault(truncate_upload=at) for at in (0, 1, 50, 300)]
    for number, fault in enumerate(faults):
        data = content(number)
        a.disk.write("f", data)
        proxy.order("put", fault)
        assert a.sync().state == "settled", fault
        assert not proxy.has_orders()
        saved_once(a, data)
        b.sync()
        assert b.files() == {"f": data}


@pytest.mark.scenario("S123")
@pytest.mark.parametrize("kind", ["register", "seal", "missing"])
def test_requests_that_change_on_their_way_do_no_harm(
    kind: Kind, proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    """No TLS in between would let it through, but a broken proxy may."""
    a, b = devices
    for number, at in enumerate((0, 5, 17, 40, 90, 10**9)):
        data = content(number)
        a.disk.write("f", data)
        proxy.order(kind, Fault(flip_upload=at))
        a.sync()
        assert not proxy.has_orders()
        assert a.sync().state == "settled"
        b.sync()
        assert a.files()["f"] == data
        assert a.versions("f")[0] == hashed(data)
        assert b.files() == a.files()


DOWN = [
    {"flip_download": 0}, {"flip_download": 150}, {"flip_download": 10**9}, {"truncate_download": 0},
    {"truncate_download": 100}, {"empties": True}, {"length_lie": 5}, {"length_lie": -5}, {"cut_answer_at": 400},
    {"lost": Reply(206, {"Content-Range": "bytes 0-299/300"}, bytes(300))}, {"lost": Reply(200, {}, bytes(300))},
    {"lost": Reply(404)}, {"lost": Reply(403)}, {"lost": Reply(500)}, {"date": LONG_AGO}, {"bytes_a_second": 10_000.0},
]  # fmt: skip


@pytest.mark.scenario("S124")
def test_wrong_bytes_never_come_into_place_and_are_asked_for_again(
    proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    a.disk.write("f", content("first"))
    a.sync()
    b.sync()
    for number, fault in enumerate(DOWN):
        before = b.files()
        a.disk.write("f", content(number))
        a.sync()
        placed: list[dict[str, bytes]] = []
        look = partial(lambda seen: seen.append(b.files()), placed)
        proxy.order("get", Fault(**fault, meanwhile=look), times=3)  # type: ignore[arg-type]
        assert b.sync().state == "settled", fault
        proxy.clear()
        assert placed, fault
        assert all(files == before for files in placed)
        assert b.files() == {"f": content(number)}
        assert b.staging() == []


@pytest.mark.scenario("S124")
def test_bytes_that_stay_wrong_are_told_by_name_and_come_when_they_are_right(
    proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    a.disk.make("folder")
    a.disk.write("folder/f", content("f"))
    a.sync()
    proxy.order("get", Fault(flip_download=100), times=None)
    report = b.sync()
    assert report.state == "partial"
    assert [(problem.path, problem.reason) for problem in report.problems] == [("folder/f", "corrupt-transfer")]
    assert b.files() == {}
    assert b.staging() == []
    proxy.clear()
    report = b.sync()
    assert (report.state, report.problems) == ("settled", [])
    assert b.files() == {"folder/f": content("f")}


# --- addresses that are no longer good --------------------------------------------------------------------------------


@pytest.mark.scenario("S120")
def test_an_address_that_expired_is_asked_for_again(proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    a, b = devices
    expired = Fault(answer=Reply(403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code></Error>"))
    a.disk.write("f", content("f"))
    proxy.order("put", expired, times=2)
    assert a.sync().state == "settled"
    assert proxy.requests("put") == proxy.requests("register") == 3
    saved_once(a, content("f"))
    proxy.order("get", expired, times=2)
    assert b.sync().state == "settled"
    assert b.files() == {"f": content("f")}


# --- told to wait -----------------------------------------------------------------------------------------------------


def in_http_date(seconds: float) -> str:
    return formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize("kind", ["commit", "feed", "register", "put", "seal", "get", "locate"])
def test_who_is_told_to_wait_waits_as_long_as_that(kind: Kind, proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    a, b = devices
    device, other = (b, a) if kind in {"get", "locate"} else (a, b)
    for number, (status, retry_after) in enumerate([(429, "40"), (503, "40"), (429, "date"), (503, "date")]):
        a.disk.write("f", content(number))
        if device is b:
            a.sync()
        said = in_http_date(40) if retry_after == "date" else retry_after
        proxy.order(kind, Fault(answer=Reply(status, {"Retry-After": said})))
        begun = device.clock.monotonic()
        assert device.sync().state == "settled"
        assert not proxy.has_orders()
        waited = device.clock.monotonic() - begun - SYNC_ADVANCES_S
        assert 10 <= waited <= 50, (status, said)  # a date comes nearer while a busy machine takes its time
        other.sync()
        assert a.files() == b.files() == {"f": content(number)}


@pytest.mark.parametrize("kind", ["feed", "put", "get"])
def test_who_is_told_to_wait_for_long_says_so_instead(
    kind: Kind, proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    """A command that a person waits for ends; a daemon tries again within the hour."""
    a, b = devices
    device = b if kind == "get" else a
    for number, retry_after in enumerate(("3600", "9" * 30, "Sun, 06 Nov 2094 08:49:37 GMT")):
        a.disk.write("f", content(number))
        if device is b:
            a.sync()
        proxy.order(kind, Fault(answer=Reply(429, {"Retry-After": retry_after})), times=None)
        begun = device.clock.monotonic()
        report = device.sync()
        assert device.clock.monotonic() - begun < 120
        assert report.state == "offline"
        assert report.problems[0].reason == "rate-limited"
        assert 3500 < device.loop.connection.wait_s() <= 3600
        proxy.clear()
        assert device.sync().state == "settled"


# --- the server's answers about everything, in part -------------------------------------------------------------------


@pytest.mark.scenario("S85")
def test_a_listing_that_fails_half_way_deletes_nothing(proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    """Each first reading of the feed, of two pages, breaks off or says nonsense somewhere."""
    a, b = devices
    a.disk.make("folder")
    for number in range(PAGE_CHANGES + 100):
        a.disk.write(f"folder/{number}", b"")
    assert a.sync().state == "settled"
    assert b.sync().state == "settled"
    before = b.files()
    assert len(before) == PAGE_CHANGES + 100
    for after, fault in (
        (0, Fault(truncate_download=3_000)),
        (1, Fault(cut_answer_at=2_000)),
        (1, Fault(empties=True)),
    ):
        with b.journal.transaction(durable=True):
            b.journal.start_over()
        b.restart()
        proxy.order("feed", fault, times=20, after=after)
        assert b.sync().state == "offline"
        assert b.files() == before
        proxy.clear()
    report = b.sync()
    assert (report.state, report.operations) == ("settled", {})
    assert b.files() == before


# --- downloads that go on ---------------------------------------------------------------------------------------------


@pytest.mark.scenario("S125")
def test_a_cut_download_goes_on_where_it_was(proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    a, b = devices
    size = 12 * MIB
    a.disk.write("f", content("large", size))
    a.sync()
    proxy.forget()
    for _ in range(3):
        proxy.order("get", Fault(cut_answer_at=5 * MIB))
    assert b.sync().state == "settled"
    assert not proxy.has_orders()
    assert b.files() == {"f": content("large", size)}
    assert proxy.requests("get") > 3
    assert proxy.body_bytes_down("get") < size + 3 * MAX_CHUNK_BYTES
    assert all(b"\r\nrange: bytes=" in get.head.lower() for get in proxy.of("get"))


@pytest.mark.scenario("S125")
def test_a_file_that_changes_while_it_is_downloaded_is_never_a_mix(
    proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    first = content("first", 12 * MIB)
    second = first[: 6 * MIB] + content("second", 6 * MIB)
    a.disk.write("f", first)
    a.sync()
    seen: list[dict[str, bytes]] = []

    def change() -> None:
        seen.append(b.files())
        a.disk.write("f", second)
        a.sync()

    proxy.order("get", Fault(meanwhile=change, cut_answer_at=3 * MIB))
    assert b.sync().state == "settled"
    b.sync()
    assert seen == [{}]
    assert b.files() == {"f": second}
    assert b.sync().conflicts == []


@pytest.mark.scenario("S131")
def test_a_byte_at_the_start_of_a_large_file_costs_two_chunks_at_most(
    proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    data = content("large", 40 * MIB)
    a.disk.write("f", data)
    a.sync()
    b.sync()
    proxy.forget()
    a.disk.write("f", b"x" + data)
    a.sync()
    assert proxy.body_bytes_up("put") <= 2 * MAX_CHUNK_BYTES + 10_000
    proxy.forget()
    b.sync()
    assert b.files() == {"f": b"x" + data}
    assert proxy.body_bytes_down("get") <= 2 * MAX_CHUNK_BYTES + 10_000


@pytest.mark.scenario("S132")
def test_content_that_the_server_has_costs_nothing(proxy: FaultProxy, devices: list[WiredDevice]) -> None:
    a, _ = devices
    a.disk.write("f", content("f", MIB))
    a.sync()
    proxy.forget()
    a.disk.write("copy of f", content("f", MIB))
    assert a.sync().uploaded.files == 1
    assert proxy.requests("put") == 0


# --- signed out, and back ---------------------------------------------------------------------------------------------


@pytest.mark.scenario("S129")
@pytest.mark.parametrize("kind", ["put", "seal", "commit", "get", "locate"])
def test_a_device_that_is_revoked_in_the_middle_keeps_everything(
    kind: Kind, proxy: FaultProxy, devices: list[WiredDevice]
) -> None:
    a, b = devices
    b.disk.write("kept", b"kept")
    b.sync()
    a.sync()
    if kind in {"get", "locate"}:
        a.disk.write("f", content("from A"))
        a.sync()
    else:
        b.disk.write("f", content("from B"))
    mine = next(device.device_id for device in b.account.devices() if device.is_current)
    proxy.order(kind, Fault(meanwhile=lambda: a.account.revoke(DeviceId(mine), PASSWORD)))
    before = b.files()
    report = b.sync()
    assert report.state == "signed-out"
    assert b.engine.state().state == "signed-out"
    assert before.items() <= b.files().items()
    b.account.sign_in(b.email, PASSWORD, "B")
    report = b.sync()
    assert (report.state, report.conflicts) == ("settled", [])
    a.sync()
    assert a.files() == b.files()
    assert set(a.files()) == {"kept", "f"}
