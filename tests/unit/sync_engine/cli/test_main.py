"""How the command line ends: one line on standard error, and the contract's code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from server_api.contract.devices import Device
from sync_engine.adapters.keychain import open_keychain
from sync_engine.adapters.session import REFRESH_TOKEN
from sync_engine.cli.commands import lockstep
from sync_engine.cli.device import show_devices
from sync_engine.cli.main import main
from sync_engine.profile import Profile
from tests.unit.sync_engine.cli.linked import link_to

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """A command in this process, on a profile of its own: its code, and what it wrote."""
    monkeypatch.setenv("LOCKSTEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")

    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        code = ended.value.code
        assert isinstance(code, int)
        return code, *capfd.readouterr()

    return call


@pytest.mark.parametrize(
    "words",
    [
        ("nope",),
        ("ls", "--nope"),
        ("ls", "one", "two"),
        ("cat", "thesis.odt"),
        ("devices", "revoke", "first"),
        ("activity", "--limit", "0"),
        ("conflicts", "resolve", "a", "--keep", "all"),
        ("link", "http://127.0.0.1:8700", "--email", "ada@example.org"),
    ],
)
def test_wrong_usage_is_one_line_that_names_the_help(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("lockstep: ")
    assert err.endswith("--help` tells more.\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("config", "set", "bandwidth.sideways", "1M"),
        ("config", "set", "bandwidth.up", "quick"),
        ("config", "get", "nothing"),
        ("up", "--folder", ""),
        ("link", "http://127.0.0.1:8700", "--email", "ada@example.org", "--folder", "", "--password-stdin"),
    ],
)
def test_a_value_that_makes_no_sense_is_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_a_group_without_a_command_shows_what_there_is(run: Run) -> None:
    code, _, err = run("ignore")
    assert code == 2
    assert "add" in err


@pytest.mark.parametrize(
    "words",
    [("sync",), ("status",), ("ls",), ("start",), ("daemon",), ("unlink",), ("devices",), ("ignore", "list")],
)
def test_a_device_that_is_not_linked_is_not_signed_in(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (4, "")
    assert "lockstep link" in err
    assert err.count("\n") == 1


def linked(tmp_path: Path, **others: object) -> None:
    profile = Profile.open(tmp_path / "home")
    settings = profile.settings()
    (tmp_path / "folder").mkdir()
    settings.link = link_to(tmp_path / "folder", **others)
    profile.write_settings(settings)


def test_what_a_person_changes_is_confirmed(run: Run, tmp_path: Path) -> None:
    linked(tmp_path)
    for words, said in (
        (("ignore", "list"), "There are no patterns."),
        (("ignore", "add", "*.iso"), "“*.iso” is ignored from now on. What is synced already goes on being synced."),
        (("ignore", "add", "*.iso"), "“*.iso” is ignored already."),
        (("ignore", "list"), "*.iso"),
        (("ignore", "remove", "*.iso"), "“*.iso” is not ignored any more."),
        (("config", "set", "bandwidth.up", "5M"), "bandwidth.up is 5M now."),
        (("config", "set", "bandwidth.up"), "bandwidth.up is 0 now."),
        (("stop",), "It does not run."),
    ):
        assert run(*words) == (0, f"{said}\n", "")


def test_up_with_another_folder_names_the_way_to_let_the_first_one_go(run: Run, tmp_path: Path) -> None:
    linked(tmp_path, runs_server=True)
    code, out, err = run("up", "--folder", str(tmp_path / "other"))
    assert (code, out) == (1, "")
    assert err.endswith(f"bound to {tmp_path / 'folder'}. `lockstep unlink --keep-files` unlinks it.\n")


@pytest.mark.parametrize(("runs_server", "way"), [(False, "lockstep start"), (True, "lockstep up")])
def test_the_way_to_start_is_named(run: Run, tmp_path: Path, runs_server: bool, way: str) -> None:
    linked(tmp_path, runs_server=runs_server)
    code, _, err = run("pause")
    assert (code, way in err) == (1, True)


def test_a_device_whose_server_goes_with_it_is_not_started_alone(run: Run, tmp_path: Path) -> None:
    linked(tmp_path, runs_server=True)
    code, out, err = run("start")
    assert (code, out) == (3, "")
    assert "`lockstep up`" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("runs_server", "way"), [(False, "Check address and network"), (True, "`lockstep up`")])
def test_whoever_asks_a_server_that_is_away_is_told_what_to_do(
    run: Run, tmp_path: Path, runs_server: bool, way: str
) -> None:
    linked(tmp_path, runs_server=runs_server)
    open_keychain(tmp_path / "home").write(REFRESH_TOKEN, "t" * 20)
    code, out, err = run("devices")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert way in err


def test_devices_are_told_with_when_they_were_there_last() -> None:
    minute = 60_000
    found = [
        Device(device_id=b"1" * 16, name="Laptop", created_at=0, last_seen_at=1_000 * minute, is_current=True),
        Device(device_id=b"2" * 16, name="Phone", created_at=0, last_seen_at=940 * minute, is_current=False),
        Device(device_id=b"3" * 16, name="Old", created_at=0, last_seen_at=0, is_current=False, revoked_at=1),
    ]
    lines = [line[38:] for line in show_devices(found, now_ms=1_001 * minute)]
    assert lines == [
        "Laptop (this one)  seen just now",
        "Phone              seen 1 h 1 min ago",
        "Old                signed out",
    ]


@pytest.mark.parametrize("pattern", ["", "  ", "a\nb", "caf\udce9", "# notes", "!", "\x1b[31m"])
def test_what_would_ignore_nothing_is_no_pattern(run: Run, tmp_path: Path, pattern: str) -> None:
    linked(tmp_path)
    code, out, err = run("ignore", "add", pattern)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert not (tmp_path / "folder/.lockstepignore").exists()


def test_an_ignore_file_that_is_no_text_is_kept_as_it_is(run: Run, tmp_path: Path) -> None:
    linked(tmp_path)
    file = tmp_path / "folder/.lockstepignore"
    file.write_bytes(b"caf\xe9\n")
    assert run("ignore", "add", "!keep.iso")[0] == 0
    assert file.read_bytes() == b"caf\xe9\n!keep.iso\n"


@pytest.mark.parametrize(("given", "said"), [(b"", "No password"), (b"\n", "No password"), (b"caf\xe9\n", "UTF-8")])
def test_a_password_that_is_none_is_wrong_usage(tmp_path: Path, given: bytes, said: str) -> None:
    linked(tmp_path)
    done = process(tmp_path, "account", "second-factor", "off", "--password-stdin", given=given)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_nothing_is_exported_into_a_folder_that_is_kept_in_step(run: Run, tmp_path: Path) -> None:
    linked(tmp_path)
    (tmp_path / "folder/.lockstep").mkdir()
    (tmp_path / "folder/.lockstep/root").touch()
    code, out, err = run("export", str(tmp_path / "folder/everything"))
    assert (code, out) == (1, "")
    assert "keeps in step already" in err


def process(
    tmp_path: Path, *words: str, redirected: str = "", given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, its streams redirected as the shell has it."""
    command = [sys.executable, "-m", "sync_engine.cli.main", "--home", str(tmp_path / "home"), *words]
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirected}', "sh", *command],
        input=given,
        capture_output=True,
        env={**os.environ, "LOCKSTEP_KEYRING": "file"},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirected", [">&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", [("config", "get"), ("config", "get", "--json")], ids=" ".join)
def test_streams_that_are_closed_are_no_trouble(tmp_path: Path, redirected: str, words: tuple[str, ...]) -> None:
    done = process(tmp_path, *words, redirected=redirected)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "words",
    [("config", "get"), ("config", "get", "--json"), ("--help",), ("server", "--data", "DATA", "check")],
    ids=" ".join,
)
def test_a_reader_that_had_enough_is_no_failure(tmp_path: Path, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    given = [str(tmp_path / "server") if word == "DATA" else word for word in words]
    command = [sys.executable, "-m", "sync_engine.cli.main", "--home", str(tmp_path / "home"), *given]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupt_while_it_loads_ends_it_without_a_word(tmp_path: Path) -> None:
    program = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "sync_engine.cli.commands":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.default_int_handler)
from sync_engine.cli.main import main
main(["config", "get"])
"""
    environment = {**os.environ, "LOCKSTEP_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_every_command_has_help_with_an_example() -> None:
    def without(command: click.Command, context: click.Context) -> Iterator[str]:
        if "Example: " not in (command.help or ""):
            yield context.command_path
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                yield from without(below, click.Context(below, context, info_name=name))

    assert list(without(lockstep, click.Context(lockstep, info_name="lockstep"))) == []
