"""What the file managers' extension asks and understands; that they show it is shown on a real screen."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from desktop.integration import lockstep_file_manager as extension
from desktop.integration.file_managers import Where, integrate
from sync_engine.control import messages as control
from sync_engine.control.address import socket_path
from tests.fakes.daemon import FakeDaemon, item


@pytest.fixture
def profile(daemon: FakeDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[extension.Profile]:
    for name in ("TIMEOUT_S", "LOOK_AGAIN_S"):
        monkeypatch.setattr(extension, name, 60.0)  # a busy machine may take its time
    daemon.profile = msgspec.structs.replace(daemon.profile, folder="/home/ada/Lockstep")
    daemon.folders = {
        "": [item("a.txt"), item("b.txt", state="uploading"), item("docs", "folder", state="conflict")],
        "docs": [item("c.txt", state="problem")],
    }
    made = extension.Profile(["lockstep"], str(socket_path(tmp_path)))
    yield made
    made.hang_up()


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/home/ada/Lockstep", ""),
        ("/home/ada/Lockstep/docs/c.txt", "docs/c.txt"),
        ("/home/ada/Lockstep-2/c.txt", None),
        ("/home/ada", None),
        ("/home/ada/Lockstep/.lockstep/trash", None),
        ("/home/ada/Lockstep/.lockstepignore", ".lockstepignore"),
    ],
)
def test_only_what_is_in_the_folder_is_ours(profile: extension.Profile, path: str, inside: str | None) -> None:
    assert profile.relative(path) == inside


def test_the_states_of_a_folder_are_asked_for_at_once(profile: extension.Profile, daemon: FakeDaemon) -> None:
    states = [profile.state(path) for path in ("a.txt", "b.txt", "docs", "docs/c.txt", "unknown")]
    assert states == ["in-step", "uploading", "conflict", "problem", ""]
    assert [asked.path for asked in daemon.asked_for(control.ListFolder)] == ["", "docs"]


def test_states_that_may_have_changed_are_asked_for_again(profile: extension.Profile, daemon: FakeDaemon) -> None:
    assert profile.state("b.txt") == "uploading"
    daemon.folders[""] = [item("b.txt")]
    assert profile.state("b.txt") == "uploading"
    profile.forget_states()
    assert profile.state("b.txt") == "in-step"


def test_a_daemon_that_is_not_there_costs_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extension, "LOOK_AGAIN_S", 60.0)
    profile = extension.Profile(["lockstep"], str(tmp_path / "comes.sock"))
    assert profile.relative("/home/ada/Lockstep/a") is None
    with closing(socket.socket(socket.AF_UNIX)) as comes:
        comes.bind(str(tmp_path / "comes.sock"))
        comes.listen()
        assert profile.relative("/home/ada/Lockstep/a") is None
        assert [profile.state(f"{number}/a") for number in range(10)] == [""] * 10
        assert _connections(comes) == 0


def test_a_daemon_that_does_not_answer_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extension, "LOOK_AGAIN_S", 60.0)
    with closing(socket.socket(socket.AF_UNIX)) as mute:
        mute.bind(str(tmp_path / "mute.sock"))
        mute.listen()
        profile = extension.Profile(["lockstep"], str(tmp_path / "mute.sock"))
        started = time.monotonic()
        assert [profile.state(f"{number}/a") for number in range(10)] == [""] * 10
        assert time.monotonic() - started > extension.TIMEOUT_S * 0.9
        assert _connections(mute) == 1


def _connections(listener: socket.socket) -> int:
    """How many have come."""
    listener.setblocking(False)
    come = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            come += 1
    return come


def test_a_daemon_that_was_restarted_is_found_again(
    profile: extension.Profile, daemon: FakeDaemon, tmp_path: Path
) -> None:
    assert profile.state("a.txt") == "in-step"
    daemon.close()
    again = FakeDaemon(tmp_path)
    again.folders = {"": [item("a.txt", state="pending")]}
    profile.forget_states()
    assert profile.state("a.txt") == "pending"
    again.close()


def test_the_profiles_are_those_that_were_integrated(
    daemon: FakeDaemon, profile: extension.Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Where(tmp_path / "data", tmp_path / "config")
    monkeypatch.setenv("XDG_DATA_HOME", str(where.data))
    profiles = extension.Profiles()
    assert profiles.of("/home/ada/Lockstep/a.txt") is None
    integrate(["nemo"], ["lockstep", "--home", "x"], socket_path(tmp_path), where)
    found = profiles.of("/home/ada/Lockstep/a.txt")
    assert found is not None
    assert (found[0].command, found[1]) == (["lockstep", "--home", "x"], "a.txt")
    assert profiles.words["versions"] == "Versions"
    profiles.hang_up()


def test_of_a_daemon_that_has_not_answered_yet_everything_is_looked_at_again(
    daemon: FakeDaemon, profile: extension.Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Where(tmp_path / "data", tmp_path / "config")
    monkeypatch.setenv("XDG_DATA_HOME", str(where.data))
    profiles = extension.Profiles()
    assert not profiles.may_be_of("/home/ada/elsewhere")
    integrate(["nemo"], ["lockstep"], tmp_path / "later.sock", where)
    assert profiles.may_be_of("/home/ada/elsewhere")
    integrate(["nemo"], ["lockstep"], socket_path(tmp_path), where)
    assert profiles.may_be_of("/home/ada/Lockstep/a.txt")
    profiles.hang_up()


def test_every_state_that_a_file_here_can_have_has_an_emblem() -> None:
    emblems = {path.stem for path in (Path(extension.__file__).parent / "emblems").glob("*.svg")}
    assert set(extension._EMBLEMS.values()) == emblems
    assert set(extension._EMBLEMS) == set(get_args(control.ItemState)) - {"excluded"}


def _frame(body: bytes) -> bytes:
    return len(body).to_bytes(4, "little") + body


_DONE = _frame(b'{"type": "Done"}')


@pytest.mark.parametrize(
    ("said", "is_endless"),
    [
        (_frame(b'{"type": "ProfileNow"}') + _DONE, False),
        (_frame(b'{"type": "ProfileNow", "folder": 5}') + _DONE, False),
        (_frame(b'{"type": "Items", "items": [["a"], 5, null]}') + _DONE, False),
        (_frame(b"[1]"), False),
        (_frame(b"[" * 60_000), False),
        (b"\xff\xff\xff\xff", False),
        (_frame(b'{"type": "Items", "items": []}') * 100, True),
    ],
)
def test_what_is_no_answer_is_none_and_takes_no_time(tmp_path: Path, said: bytes, is_endless: bool) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "odd.sock"))
    listener.listen()

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.sendall(_DONE + said)
                    while is_endless:
                        connection.sendall(said)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    profile = extension.Profile(["lockstep"], str(tmp_path / "odd.sock"))
    started = time.monotonic()
    assert profile.relative("/home/ada/a") is None
    assert profile.state("a") == ""
    assert time.monotonic() - started < 5
    profile.hang_up()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)
