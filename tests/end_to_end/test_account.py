"""What a person does with the account, by the command line."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable

import pyotp
import pytest

from sync_engine.cli.linking import link_device
from sync_engine.profile import Profile
from tests.end_to_end.devices import PASSWORD, Device, environment
from tests.fixtures.stack import CommonServer

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def turn_second_factor_on(device: Device) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    process = subprocess.Popen(
        device.command("account", "second-factor", "on", "--password-stdin"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(PASSWORD + "\n")
        process.stdin.flush()
        process.stdout.readline()
        secret = process.stdout.readline().strip()
        process.stdin.write(pyotp.TOTP(secret).at(time.time()) + "\n")
        process.stdin.close()
        lines = process.stdout.read().splitlines()
    assert process.returncode == 0
    return secret, [line.strip() for line in lines[-10:]]


def test_a_device_is_linked_with_a_second_factor(device: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    a = device("A")
    secret, codes = turn_second_factor_on(a)
    b = a.another("B")
    run = b.link()
    assert run.code == 4
    assert "--totp" in run.err
    run = b.link("--totp", "000000x")
    assert run.code == 4
    assert "wrong or was used" in run.err
    assert b.link("--totp", pyotp.TOTP(secret).at(time.time() + 30)).code == 0
    assert b.sync()["state"] == "settled"
    assert a.run("account", "second-factor", "--json").json == {"on": True, "recovery_codes_left": 10}
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    profile = Profile.open(a.home.with_name("C-home"))
    folder = str(a.folder.with_name("C"))
    authority = str(a.authority) if a.authority else None
    made = link_device(profile, a.url, a.email, PASSWORD, folder=folder, ca_file=authority, ask_totp=lambda: codes[0])
    assert made.folder == folder
    assert a.run("account", "second-factor", "--json").json == {"on": True, "recovery_codes_left": 9}
    again = a.run("account", "second-factor", "off", "--password-stdin", stdin=PASSWORD + "\n")
    assert again.code == 0
    assert b.link().code == 0


def test_a_changed_password_signs_the_other_devices_out(device: Make) -> None:
    a, b = device("A"), device("B")
    assert a.run("account", "password", "--password-stdin", stdin=f"{PASSWORD}\nanother one 1\n").code == 0
    assert b.run("sync").code == 4
    assert a.sync()["state"] == "settled"
    assert b.link(password="another one 1").code == 0
    recorded = [entry["action"] for entry in a.run("account", "audit", "--json").json]
    # The server sends its mails when it comes to it, before or after the next sign-in.
    assert [action for action in recorded if action != "mail-sent"][:2] == ["signed-in", "password-changed"]
    assert "password-changed" in a.run("account", "audit").out


def test_what_is_to_go_for_good_is_told_and_taken_back(device: Make, common_server: CommonServer) -> None:
    a = device("A")
    a.write("old/letter.txt", "dear")
    a.sync()
    (a.folder / "old/letter.txt").write_text("dear all")
    a.sync()
    asked = a.run("purge", str(a.folder / "old"), "--password-stdin", "--json", stdin=PASSWORD + "\n").json
    assert (asked["path"], asked["files"], asked["versions"], asked["size"]) == ("old", 1, 2, 12)
    assert asked["due_at"] - asked["requested_at"] == 24 * 3600 * 1000
    assert [each["path"] for each in a.run("purge", "--json").json] == ["old"]
    assert a.run("purge", "old", "--password-stdin", stdin="wrong\n").code == 4
    assert a.run("purge", "--cancel", "old").code == 0
    assert a.run("purge", "--cancel", "old").code == 1
    assert "Nothing waits" in a.run("purge").out

    gone = a.run("account", "delete", "--password-stdin", stdin=PASSWORD + "\n")
    assert "2 files and folders and all history" in gone.out
    listed = json.loads(common_server.operate("user", "list", "--json").stdout)
    assert [account["delete_at"] is None for account in listed if account["email"] == a.email] == [False]
    assert common_server.operate("user", "delete", a.email, "--cancel").returncode == 0
    again = a.run("account", "delete", "--cancel")
    assert (again.code, "not to be deleted" in again.err) == (1, True)
    told = common_server.operate("user", "purge", a.email, "old/letter.txt")
    assert "1 files in 2 versions" in told.stdout
    assert a.sync()["state"] == "settled"
