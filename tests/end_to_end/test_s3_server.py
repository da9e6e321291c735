"""With a bucket: content goes straight to it, and a new server comes back from it alone."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.devices import EMAIL, PASSWORD, Device, await_that, devices_of
from tests.fakes.lax_s3 import lax_s3
from tests.fixtures.ports import free_port
from tests.fixtures.s3 import S3Server
from tests.fixtures.servers import run_server_command, running_server

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.s3,
    pytest.mark.timeout(900),
    pytest.mark.own_server("about servers that are set up with a bucket in one way or another, one of them lost"),
]
MIB = 1024 * 1024
SIGNED = {"if-none-match", "content-md5", "x-amz-checksum-crc32c"}


class Bucket:
    """One test's bucket, and the option that makes a server use it."""

    def __init__(self, server: S3Server) -> None:
        self._client: Any = server.client()
        self._name = server.new_bucket()
        self.option = ("--store", server.store_url(self._name, "lockstep"))

    def sizes(self, prefix: str) -> dict[str, int]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=f"lockstep/{prefix}")
        return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", ())}

    def newest_snapshot_ms(self) -> int:
        return max((int(key.rpartition("/")[2]) for key in self.sizes("meta/snapshots/")), default=0)


@pytest.fixture
def bucket(s3_server: S3Server, s3_credentials: None) -> Bucket:
    return Bucket(s3_server)


def _fill(device: Device) -> None:
    chance = random.Random(20_261_128)
    device.write("large.bin", chance.randbytes(40 * MIB))
    for number in range(300):
        device.write(f"notes/{number % 10}/{number}.txt", chance.randbytes(chance.randrange(1, 9_000)))
    device.write("empty", b"")
    device.write("Übung/naïve – 日本.txt", "text that compresses " * 500)


@pytest.mark.scenario("S1")
@pytest.mark.scenario("S132")
def test_two_devices_keep_in_step_through_a_bucket(bucket: Bucket, tmp_path: Path) -> None:
    with running_server(tmp_path / "server", *bucket.option) as server, devices_of(server.url, tmp_path) as device:
        a, b = device("A"), device("B")
        _fill(a)
        report = a.sync()
        packs = bucket.sizes("packs/")
        assert report["uploaded"] == {"files": 303, "bytes": sum(packs.values()), "requests": len(packs)}
        assert len(packs) <= 6
        assert not list((tmp_path / "server").rglob("*.pack"))
        assert sum(path.stat().st_size for path in (tmp_path / "server").rglob("*") if path.is_file()) < 8 * MIB
        report = b.sync()
        assert b.tree() == a.tree()
        assert report["downloaded"]["requests"] <= 8

        a.write("copy of large.bin", (a.folder / "large.bin").read_bytes())
        assert a.sync()["uploaded"]["bytes"] == 0
        a.write("notes/0/0.txt", "from A")
        b.write("notes/0/0.txt", "from B")
        a.sync()
        (copy,) = b.sync()["conflicts"]
        a.sync()
        assert a.tree() == b.tree()
        assert {(b.folder / name).read_text() for name in (copy, "notes/0/0.txt")} == {"from A", "from B"}
        for each in (a, b):
            report = each.sync()
            assert (report["operations"], report["uploaded"]["bytes"], report["downloaded"]["bytes"]) == ({}, 0, 0)


def test_no_process_of_a_server_speaks_on_the_connection_of_another(bucket: Bucket, tmp_path: Path) -> None:
    """Each would take the answers to the other's questions for its own."""
    with running_server(tmp_path / "server", *bucket.option) as server:
        await_that(lambda: len(server.children) == 2, "all processes are there")
        held = [_connections(pid) for pid in (server.pid, *server.children)]
        for one, other in combinations(held, 2):
            assert not one & other


def _connections(pid: int) -> set[str]:
    """Those of TCP that a process holds, as its files call them."""
    rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    established = {f"socket:[{row[9]}]" for row in rows if row[3] == "01"}
    held = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(file.readlink()))
    return held & established


@pytest.mark.parametrize("ignored", ["", "once body size"], ids=["direct", "incoming"])
def test_an_upload_address_that_is_used_again_changes_nothing(
    s3_server: S3Server, s3_credentials: None, tmp_path: Path, ignored: str
) -> None:
    """With other bytes of the same size, before the commit and after it; on a service that would take them, too."""
    chance = random.Random(5)
    with lax_s3(s3_server) as service:
        service.ignores = set(ignored.split())
        option = ("--store", service.store_url(service.new_bucket(), "lockstep"))
        with running_server(tmp_path / "server", *option) as server, devices_of(server.url, tmp_path) as device:
            a, b = device("A"), device("B")
            service.seen.clear()
            for number in range(3):
                a.write(f"{number}.bin", chance.randbytes(MIB))
            report = a.sync()
            sent = [each for each in service.seen if each.operation == "PutObject" and "X-Amz-Signature" in each.url]
            area = "lockstep/incoming/" if ignored else "lockstep/packs/"
            assert {each.key.startswith(area) for each in sent} == {True}
            assert sum(each.size for each in sent) == report["uploaded"]["bytes"], "straight from the device"
            for each in sent:
                headers = {name: value for name, value in each.headers.items() if name in SIGNED}
                answer = requests.put(each.url, data=chance.randbytes(each.size), headers=headers, timeout=60)
                assert answer.ok == bool(ignored)
            b.sync()
            assert b.tree() == a.tree()
            assert a.sync("--full")["uploaded"]["bytes"] == 0


def test_a_server_is_rebuilt_from_its_bucket_alone(bucket: Bucket, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with running_server(first, *bucket.option, port=free_port()) as server, devices_of(server.url, tmp_path) as device:
        a, b = device("A"), device("B")
        _fill(a)
        for draft in ("draft 1", "draft 2"):
            a.write("thesis.txt", draft)
            a.sync()
        b.sync()
        before = a.tree()
        synced_at_ms = time.time_ns() // 1_000_000
        await_that(lambda: bucket.newest_snapshot_ms() > synced_at_ms, "a snapshot of what is there now")
        assert server.end() == 0

        rebuilt = run_server_command(second, "rebuild", *bucket.option)
        assert rebuilt.returncode == 0, rebuilt
        words = ("user", "password", EMAIL, "--password-stdin", *bucket.option)
        assert run_server_command(second, *words, text_in=PASSWORD + "\n").returncode == 0
        with running_server(second, *bucket.option, port=int(server.url.rpartition(":")[2])):
            for each in (a, b):
                assert each.link().code == 0
                report = each.sync()
                assert report["uploaded"]["bytes"] == report["downloaded"]["bytes"] == 0
            assert a.tree() == b.tree() == before
            versions = a.run("versions", "thesis.txt", "--json").json
            drafts = [a.run("cat", "thesis.txt", "--version", each["version"]).out for each in versions]
            assert drafts == ["draft 2", "draft 1"]
