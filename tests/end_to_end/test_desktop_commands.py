"""What windows have Lockstep's own programs do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import msgspec
import pytest

from desktop.commands import STOPPED, Commands, Wanted, linked_to
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from tests.end_to_end.devices import PASSWORD, Device
from tests.fixtures.stack import CommonServer

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    monkeypatch.delenv("LOCKSTEP_HOME", raising=False)
    return Commands(tmp_path / "window-home")


def test_a_profile_is_linked_started_and_stopped(device: Make, common_server: CommonServer, commands: Commands) -> None:
    a = device("A")
    (folder := a.folder.with_name("window")).mkdir()
    (folder / "a file").write_text("12345")
    wanted = Wanted(
        server=common_server.url,
        email=a.email,
        password="not the one",
        folder=str(folder),
        ca_file=str(common_server.authority or ""),
    )
    found = commands.look_at(wanted)
    assert (found.code, found.exists, found.files, found.bytes) == ("", True, 1, 5)
    assert commands.link(wanted).code == "wrong-sign-in"
    assert linked_to(commands.home) is None
    ended = Event()
    ended.set()
    assert commands.link(wanted, ended).code == STOPPED
    assert commands.link(msgspec.structs.replace(wanted, password=PASSWORD)).is_done
    known = linked_to(commands.home)
    assert known is not None
    assert (known.server, known.folder, known.runs_server) == (common_server.url, str(folder), False)
    assert commands.start_daemon().is_done
    assert commands.stop_daemon().is_done
    assert ControlClient.connect(commands.home) is None


@pytest.mark.own_server("about the one that this computer brings")
def test_this_computer_keeps_the_files_itself(commands: Commands, tmp_path: Path) -> None:
    assert commands.start_own_server(str(tmp_path / "folder")).is_done
    try:
        known = linked_to(commands.home)
        assert known is not None
        assert known.runs_server
        client = ControlClient.connect(commands.home)
        assert client is not None
        with client:
            assert isinstance(client.ask(control.GetStatus()), control.Status)
        assert commands.choose_password("short").code == "weak-password"
        assert commands.choose_password("a better horse").is_done
        assert str(commands.sign_in_link()).startswith(f"{known.server}/sign-in/")
    finally:
        assert commands.stop_daemon().is_done
    said = "".join(path.read_text() for path in (commands.home / "logs").iterdir())
    assert "--password-stdin" not in said  # what `up` tells people, with the password in it
    assert commands.start_daemon().is_done  # again, as after the next login
    assert commands.stop_daemon().is_done


@pytest.mark.own_server("about the one that this computer cannot bring")
def test_what_hinders_an_own_server_is_told(commands: Commands, tmp_path: Path) -> None:
    (blocked := tmp_path / "file").touch()
    ended = commands.start_own_server(str(blocked / "folder"))
    assert ended.code == "failed"
    assert "file" in ended.detail
