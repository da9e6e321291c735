"""Contents on their way into files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.daemon import Failure
from desktop.models.saving import Saving, free_name
from desktop.session import Session
from sync_engine.control import messages as control
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import never


@pytest.fixture
def saving(session: Session) -> Saving:
    return Saving(session, session)


def test_it_tells_how_far_it_is_and_where_it_ends(qtbot: QtBot, daemon: FakeDaemon, saving: Saving) -> None:
    daemon.answers[control.SaveContent] = [control.Saving(5, 10), control.Saved("/view/view/a.txt")]
    told: list[tuple[int, int]] = []
    saved: list[Path] = []
    saving.progressed.connect(lambda done, size: told.append((done, size)))
    with qtbot.waitSignal(saving.ended):
        saving.begin("a.txt", b"1" * 16, saved.append, never)
    qtbot.waitUntil(lambda: saved == [Path("/view/view/a.txt")])
    assert told == [(5, 10)]
    assert daemon.asked == [control.SaveContent("a.txt", b"1" * 16, None)]


def test_nothing_that_is_there_is_replaced(qtbot: QtBot, daemon: FakeDaemon, saving: Saving, tmp_path: Path) -> None:
    taken = tmp_path / "report.txt"
    taken.write_text("mine")
    (tmp_path / "report (2).txt").symlink_to("nowhere")
    daemon.answers[control.SaveContent] = lambda request: control.Saved(request.target)
    saved: list[Path] = []
    saving.save("a.txt", None, taken, saved.append, never)
    qtbot.waitUntil(lambda: saved == [tmp_path / "report (3).txt"])
    assert free_name(tmp_path / "other") == tmp_path / "other"


def test_what_is_stopped_says_nothing_more(qtbot: QtBot, daemon: FakeDaemon, saving: Saving) -> None:
    go_on = threading.Event()

    def answer(_: control.SaveContent) -> list[control.Answer]:
        go_on.wait(10)
        return [control.Saving(1, 2), control.Saved("/view/late")]

    daemon.answers[control.SaveContent] = answer
    saving.begin("a.txt", None, never, never)
    qtbot.waitUntil(lambda: bool(daemon.asked))
    with qtbot.waitSignal(saving.ended):
        saving.stop()
    assert not saving.is_running
    daemon.answers[control.SaveContent] = control.Saved("/view/next")
    saved: list[Path] = []
    saving.begin("b.txt", None, saved.append, never)
    go_on.set()
    qtbot.waitUntil(lambda: saved == [Path("/view/next")])


def test_why_it_failed_is_told(qtbot: QtBot, daemon: FakeDaemon, saving: Saving) -> None:
    daemon.answers[control.SaveContent] = control.Failed("disk-full", "")
    failures: list[Failure] = []
    saving.begin("a.txt", None, never, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].code == "disk-full"
    assert not saving.is_running
