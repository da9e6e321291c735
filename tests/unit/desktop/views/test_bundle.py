"""The support bundle is seen before it is saved."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.session import Session
from desktop.views.settings.bundle import BundleWindow
from sync_engine.control import messages as control
from sync_engine.core.reports import PathProblem
from tests.fakes.daemon import FakeDaemon


@pytest.fixture
def window(qtbot: QtBot, session: Session, daemon: FakeDaemon) -> BundleWindow:
    daemon.answers = {
        control.GetSettings: control.SettingsNow({"proxy": control.Setting("system", "system", "")}),
        control.GetProblems: control.Problems([PathProblem("Secret plan.odt", "locked")]),
    }
    made = BundleWindow(session)
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    qtbot.waitUntil(made.save.isEnabled)
    return made


def choose(window: BundleWindow, name: str) -> str:
    (found,) = window.names.findItems(name, Qt.MatchFlag.MatchExactly)
    window.names.setCurrentItem(found)
    return window.text.toPlainText()


def test_names_are_hidden_unless_the_person_wants_them(qtbot: QtBot, window: BundleWindow) -> None:
    assert "locked" in choose(window, "problems.json")
    assert "Secret" not in window.text.toPlainText()
    window.shows_names.click()
    qtbot.waitUntil(lambda: "Secret plan.odt" in window.text.toPlainText())


def test_what_is_shown_is_saved(qtbot: QtBot, window: BundleWindow, tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"
    shown = choose(window, "problems.json")
    window.save.click()  # waits for nothing
    (dialog,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(window.saved):
        dialog.fileSelected.emit(str(target))
    with zipfile.ZipFile(target) as archive:
        assert archive.read("problems.json").decode().strip() == shown.strip()


def test_a_place_that_cannot_be_written_is_told(qtbot: QtBot, window: BundleWindow, tmp_path: Path) -> None:
    window.write(str(tmp_path / "nowhere/bundle.zip"))
    qtbot.waitUntil(lambda: window.said.text.startswith("It could not be saved:"))
    assert window.isVisible()


def test_it_is_made_without_a_daemon(qtbot: QtBot, session: Session, daemon: FakeDaemon) -> None:
    daemon.close()
    made = BundleWindow(session)
    qtbot.addWidget(made)
    qtbot.waitUntil(made.save.isEnabled)
    assert "versions.txt" in made._files
