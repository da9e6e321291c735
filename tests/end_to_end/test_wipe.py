"""A lost device: what it synced is removed from it, what it never sent is not, and the server loses nothing."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from sync_engine.profile import Profile
from tests.end_to_end.devices import PASSWORD, PATIENCE_S, Device, await_that, environment
from tests.fixtures.forked import Ended

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def id_of(device: Device) -> str:
    found: str = next(each["id"] for each in device.run("devices", "--json").json if each["current"])
    return found


def wipe(owner: Device, device_id: str, *options: str) -> Ended:
    return owner.run("devices", "wipe", device_id, "--password-stdin", *options, stdin=PASSWORD + "\n")


def shown(owner: Device, device_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(d for d in owner.run("devices", "--json").json if d["id"] == device_id)
    return found


def test_a_lost_device_removes_what_it_synced_and_the_server_loses_nothing(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(3):
        a.write(f"thesis/{number}.txt", f"chapter {number}")
    a.write("photo.jpg", b"\xff" * 300_000)
    a.sync()
    b.start_daemon()
    await_that((b.folder / "thesis/2.txt").exists, "B has the thesis")
    b.await_in_step()
    lost = id_of(b)
    b.end_daemons()
    b.write("thesis/1.txt", "an edit that was never sent")
    b.write("notes/idea.txt", "never sent")
    before = a.tree()

    assert wipe(a, lost).code == 0
    assert shown(a, lost)["wipe"]["state"] == "requested"
    assert "to be wiped" in a.run("devices").out
    with (b.home / "daemon.out").open("wb") as output:
        daemon = subprocess.Popen(b.command("daemon"), stdout=output, stderr=subprocess.STDOUT, env=environment())
    assert daemon.wait(PATIENCE_S) == 4
    assert "had this device wiped" in (b.home / "daemon.out").read_text()
    assert sorted(b.tree()) == ["notes", "notes/idea.txt", "thesis", "thesis/1.txt"]
    assert (b.folder / "thesis/1.txt").read_text() == "an edit that was never sent"
    assert not (b.folder / ".lockstep").exists()
    done = shown(a, lost)["wipe"]
    assert (done["state"], done["removed"], done["kept"]) == ("done", 3, 2)
    assert "3 files removed, 2 files stay there" in a.run("devices").out
    assert not list(b.home.glob("journal*"))
    assert json.loads((b.home / "tokens.json").read_text()) == {}
    again = b.run("sync")
    assert (again.code, "2 files are still here" in again.err) == (4, True)
    assert wipe(a, lost, "--cancel").code == 4

    assert a.sync()["operations"] == {}
    assert a.tree() == before
    recorded = [entry["action"] for entry in a.run("account", "audit", "--json").json]
    assert {"wipe-requested", "wipe-begun", "wipe-ended"} <= set(recorded)

    # Found again, it is a device as any other, and what it had not sent is merged.
    assert b.link().code == 0
    b.sync()
    a.sync()
    assert a.tree().keys() >= before.keys() | {"notes/idea.txt"}
    assert a.tree() == b.tree()
    assert id_of(b) != lost


def test_a_wipe_that_was_killed_goes_on_and_one_that_was_taken_back_does_not_begin(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(20):
        a.write(f"{number}.txt", f"text {number}")
    a.sync()
    b.sync()
    lost = id_of(b)
    before = a.tree()
    assert wipe(a, lost).code == 0
    assert wipe(a, lost, "--cancel").code == 0
    assert shown(a, lost)["wipe"] is None
    signed_out = b.run("sync")
    assert (signed_out.code, "signed out" in signed_out.err) == (4, True)
    assert b.tree() == before

    assert wipe(a, lost).code == 0
    refused = b.link()
    assert (refused.code, "to be wiped" in refused.err) == (4, True)
    process = subprocess.Popen(b.command("sync"), stderr=subprocess.PIPE, env=environment())
    await_that(lambda: Profile(b.home).is_wiping, "the wipe has begun")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    late = wipe(a, lost, "--cancel")
    assert (late.code, "has begun" in late.err) == (4, True)
    assert b.link().code == 4
    assert b.run("sync").code == 4
    assert not b.folder.exists()
    assert shown(a, lost)["wipe"]["state"] == "done"
    assert a.sync()["operations"] == {}
    assert a.tree() == before
