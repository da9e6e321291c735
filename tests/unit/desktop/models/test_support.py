"""The support bundle."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from desktop.models import support
from desktop.session import Session
from sync_engine.core.reports import EngineState, PathProblem, Transfer
from tests.fakes.daemon import PROFILE


@pytest.fixture
def known(tmp_path: Path) -> support.Known:
    logs = tmp_path / "logs"
    logs.mkdir()
    event = {"logger": "sync_engine.engine.lanes", "event": "Secret plan.odt: locked: by ada@example.org"}
    (logs / "lockstep.log").write_text(json.dumps(event) + "\n")
    (logs / "daemon.out").write_text("syncing\n")
    (logs / "other.txt").write_text("not a log")
    return support.Known(
        str(tmp_path),
        PROFILE,
        EngineState(transfers=[Transfer("Secret plan.odt", "up", 1, 2)]),
        {"proxy": "http://ada:hunter2@proxy:3128", "bandwidth.up": "500k"},
        [PathProblem("Secret plan.odt", "locked", "by 'Secret plan.odt'")],
    )


def test_it_has_what_helps_and_nothing_private(known: support.Known) -> None:
    files = support.make(known, b"key", hides_names=True)
    assert set(files) == {
        "versions.txt", "settings.json", "state.json", "problems.json", "logs/lockstep.log", "logs/daemon.out"
    }  # fmt: skip
    everything = "".join(files.values())
    for private in ("Secret", "plan", "hunter2", "ada@"):
        assert private not in everything
    stand_in = json.loads(files["problems.json"])[0]["path"]
    assert stand_in in files["state.json"]
    assert stand_in in files["logs/lockstep.log"]


def test_names_are_in_it_if_the_person_wants(known: support.Known) -> None:
    files = support.make(known, b"key", hides_names=False)
    assert "Secret plan.odt" in files["logs/lockstep.log"]
    assert "ada@" not in "".join(files.values())


def test_what_is_saved_is_what_was_shown(known: support.Known, tmp_path: Path) -> None:
    files = support.make(known, b"key", hides_names=True)
    target = tmp_path / "bundle.zip"
    support.write(str(target), files)
    with zipfile.ZipFile(target) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == files


def test_nothing_is_left_where_it_could_not_be_saved(known: support.Known, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        support.write(str(tmp_path / "nowhere/bundle.zip"), {"a": "b"})
    assert not list(tmp_path.glob("*.part"))


def test_stand_ins_are_the_same_in_all_bundles_of_a_profile(session: Session) -> None:
    assert support.key_of(session.choices) == support.key_of(session.choices)
