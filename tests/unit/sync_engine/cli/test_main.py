"""How the command line ends: one line on standard error, and the contract's code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync_engine.cli.main import main

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
