"""What `lockstep sync` says at its end."""

from __future__ import annotations

import pytest

from sync_engine.cli.sync import tell
from sync_engine.core.reports import Moved, Outcome, PathProblem, SyncReport


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("offline", "unreachable", "The server cannot be reached"),
        ("offline", "proxy-refused", "The proxy wants"),
        ("partial", "root-missing", "The synced folder is not there"),
        ("partial", "standstill", "Some changes wait for others"),
    ],
)
def test_what_stopped_everything_is_said_once(
    state: Outcome, reason: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(SyncReport(state=state, problems=[PathProblem("", reason)]))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"lockstep: {said}")
    assert err.count("\n") == 1


def test_a_device_that_is_signed_out_is_told_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    tell(SyncReport(state="signed-out"))
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "lockstep link" in err


def test_a_device_that_is_too_old_is_told_in_the_servers_words(capsys: pytest.CaptureFixture[str]) -> None:
    told = "Update Lockstep on this device: it speaks version 1 \x1b[31m"
    tell(SyncReport(state="signed-out", problems=[PathProblem("", "update-needed", told)]))
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "Update Lockstep on this device: it speaks version 1" in err
    assert "\x1b" not in err


def test_what_was_moved_before_is_told_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    tell(SyncReport(state="offline", problems=[PathProblem("", "unreachable")], uploaded=Moved(2, 1_000), seconds=3))
    out, err = capsys.readouterr()
    assert out.startswith("2 files")
    assert err.count("\n") == 1


def test_problems_of_single_files_come_before_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    tell(SyncReport(state="partial", problems=[PathProblem("a.txt", "locked")]))
    out, err = capsys.readouterr()
    assert err.startswith("a.txt: Another program holds")
    assert out == "Some things could not be synced.\n"


def test_where_the_server_runs_with_the_device_that_way_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    tell(SyncReport(state="offline", problems=[PathProblem("", "unreachable")]), runs_server=True)
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "`lockstep up` starts it" in err


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (SyncReport(), "In step.\n"),
        (
            SyncReport(uploaded=Moved(1, 1_200), seconds=0.2),
            "In step. 1 file up (1.2 kB sent) in less than a second.\n",
        ),
        (SyncReport(uploaded=Moved(2, 0), seconds=3), "In step. 2 files up (nothing had to be sent) in 3 s.\n"),
        (
            SyncReport(uploaded=Moved(0, 5), downloaded=Moved(3, 70), seconds=61),
            "In step. 5 B sent, 3 files down (70 B received) in 1 min 1 s.\n",
        ),
    ],
)
def test_bytes_are_those_that_were_sent_and_received(
    report: SyncReport, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(report)
    assert capsys.readouterr() == (said, "")
