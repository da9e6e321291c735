"""``lockstep up``: server, account and device in one, for one person at home."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.end_to_end.devices import PATIENCE_S, Device, await_that, environment
from tests.fixtures.ports import free_port

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
    pytest.mark.own_server("about the one that `lockstep up` brings"),
]


@contextmanager
def up(device: Device, *options: str, ended_by: int = signal.SIGINT, code: int = 0) -> Iterator[str]:
    """It runs while the block does. Gives the address that it tells of."""
    command = device.command("up", "--no-gui", "--folder", str(device.folder), *options)
    told = device.home.with_name("told")
    with told.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environment()) as process:
        try:
            await_that(lambda: process.poll() is not None or device.daemon_state() is not None, "it is up")
            found = re.search(r"^Server: +(\S+)$", told.read_text(), re.MULTILINE)
            assert found is not None, told.read_text()
            assert re.search(rf"^Sign in: +{re.escape(found[1])}/sign-in/\S+$", told.read_text(), re.MULTILINE)
            yield found[1]
        finally:
            if process.poll() is None:
                process.send_signal(ended_by)
            assert process.wait(PATIENCE_S) == code, told.read_text()


def test_it_finds_everything_again_at_another_port_and_stays_there(tmp_path: Path) -> None:
    device = Device("A", tmp_path / "A-home", tmp_path / "A", url="")
    first, second = free_port(), free_port()
    with up(device, "--port", str(first)) as address:
        assert address == f"http://127.0.0.1:{first}"
        device.write("a.txt", "a")
        device.await_in_step()
        before = device.run("devices", "--json").json
    with up(device, "--port", str(second)) as address:
        assert address == f"http://127.0.0.1:{second}"
        device.await_in_step()
        assert [entry["path"] for entry in device.run("ls", "--json").json] == ["a.txt"]
        assert [entry["id"] for entry in device.run("devices", "--json").json] == [entry["id"] for entry in before]
    with up(device) as address:
        assert address == f"http://127.0.0.1:{second}"
        stopped = device.run("stop")
        assert stopped.code == 0
        assert "`lockstep up` starts both again" in stopped.out
    assert "`lockstep up`" in device.run("status").out
    assert device.run("start").code == 3
    with up(device) as address:  # at once: what `stop` ended has let go of everything
        assert address == f"http://127.0.0.1:{second}"


def test_a_password_is_chosen_for_another_device_and_a_browser_signed_in(tmp_path: Path) -> None:
    device = Device("A", tmp_path / "A-home", tmp_path / "A", url="")
    chosen = "it's a better horse"
    other = Device("B", tmp_path / "B-home", tmp_path / "B", url="")
    with up(device, "--port", str(free_port())) as address:
        changed = device.run("account", "password", "--kept", "--password-stdin", stdin=f"{chosen}\n")
        assert changed.code == 0, changed.err
        other.email = json.loads((device.home / "settings.json").read_text())["link"]["email"]
        assert other.link(url=address, password=chosen).code == 0
        refused = device.run("account", "password", "--kept", "--json", "--password-stdin", stdin="short\n")
        assert (refused.code, refused.json["code"]) == (1, "weak-password")
        found = re.fullmatch(rf"({re.escape(address)}/sign-in/\S+)\n", device.run("account", "sign-in-link").out)
        assert found is not None
        assert requests.get(found[1], timeout=60).ok
        device.write("a.txt", "a")
        device.await_in_step()  # it is still signed in
    with up(device):
        assert shlex.quote(chosen) in device.home.with_name("told").read_text()
    assert other.run("account", "password", "--kept").code == 1
    assert other.run("account", "sign-in-link").code == 1


@pytest.mark.parametrize(("ended_by", "code"), [(signal.SIGHUP, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_its_server_ends_with_it_when_the_terminal_is_closed_or_it_is_killed(
    tmp_path: Path, ended_by: int, code: int
) -> None:
    device = Device("A", tmp_path / "A-home", tmp_path / "A", url="")
    port = free_port()
    was = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` may have switched it off for this run of tests
    try:
        with up(device, "--port", str(port), ended_by=ended_by, code=code):
            device.await_in_step()
    finally:
        signal.signal(signal.SIGHUP, was)
    await_that(lambda: is_free(port), "the server has ended")
    with up(device):
        device.await_in_step()


def test_while_it_does_not_run_its_files_are_verified_against_its_server_all_the_same(tmp_path: Path) -> None:
    device = Device("A", tmp_path / "A-home", tmp_path / "A", url="")
    port = free_port()
    with up(device, "--port", str(port)):
        device.write("a.txt", "a")
        device.await_in_step()
        refused = device.run("verify")
        assert (refused.code, "`lockstep stop`" in refused.err) == (1, True)
    verified = device.run("verify", "--json")
    assert (verified.code, verified.json["files"], verified.json["differences"]) == (0, 1, [])
    assert is_free(port)


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
