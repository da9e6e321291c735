"""A server comes back from a backup of yesterday: devices merge, and nothing that any of them has is lost."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.devices import Device, devices_of
from tests.fixtures import backends
from tests.fixtures.backends import Backend
from tests.fixtures.ports import free_port
from tests.fixtures.servers import run_server_command, running_server

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(400), pytest.mark.own_server("it is replaced by its backup")]


def contents(device: Device) -> set[str]:
    return {entry[1] for entry in device.tree().values() if entry[0] == "file"}


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def work_before(a: Device, b: Device) -> None:
    for n in range(20):
        a.write(f"folder/{n}", f"content {n}")
    a.write("edited", "the first text")
    a.write("deleted", "deleted later")
    a.write("moved", "moved later")
    b.write("of b", "b was here")
    in_step(a, b)


def work_after(a: Device, b: Device) -> set[str]:
    """What must be there in the end, whatever it is called."""
    a.write("edited", "the second text, which is longer")
    (a.folder / "deleted").unlink()
    (a.folder / "moved").rename(a.folder / "folder" / "moved")
    a.write("late of a", "after the backup")
    b.write("new folder/late of b", "after the backup, too")
    b.write("of b", "b was here again")
    in_step(a, b)
    a.write("not synced yet", "only here")
    return contents(a) | contents(b)


def in_step(*devices: Device) -> None:
    for _ in range(2):
        for device in devices:
            device.sync()


def signed_in_again(device: Device) -> Any:
    assert device.run("sync", "--json").code == 4, "its session is over"
    linked = device.link()
    assert linked.code == 0, linked
    return device.sync()


def test_devices_of_a_server_that_was_restored_lose_nothing(tmp_path: Path, backend: Backend) -> None:
    port, file = free_port(), tmp_path / "yesterday.backup"
    old, new = tmp_path / "server", tmp_path / "restored"
    _, store = backends.current().place(old)
    with devices_of(f"http://127.0.0.1:{port}", tmp_path) as device:
        with running_server(old, port=port):
            a, b = device("a"), device("b")
            work_before(a, b)
            written = run_server_command(old, "backup", str(file))
            assert written.returncode == 0, written.stderr
            c = device("c")  # the backup does not know it
            c.sync()
            kept = work_after(a, b)
            c.sync()
        restored = run_server_command(new, "restore", str(file), "--store", store)
        assert restored.returncode == 0, restored.stderr
        assert "nothing is collected until" in restored.stdout
        with running_server(new, "--store", store, port=port):
            reports = [signed_in_again(each) for each in (a, b, c)]
            in_step(a, b, c)
            assert [report["operations"].get("delete", 0) for report in reports] == [0, 0, 0]
            assert a.tree() == b.tree() == c.tree()
            assert kept <= contents(a)
            assert hash_of("deleted later") in contents(a), "no deletion is applied: it is there again"
            sent = sum(report["uploaded"]["bytes"] for report in reports)
            assert sent < 1_000, "what came to the store since the backup is taken in, and not sent again"
            assert run_server_command(new, "scrub", "--store", store).returncode == 0
            assert {"edited", "late of a", "new folder/late of b", "of b"} <= a.tree().keys()
