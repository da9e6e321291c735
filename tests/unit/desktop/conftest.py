"""Windows without a screen, and a daemon for them to ask."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QPA_FONTDIR", "/usr/share/fonts/truetype/dejavu")

from desktop.session import Session
from tests.fakes.daemon import FakeDaemon

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.screen)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """pytest-qt closes the widgets of a test, and fails at those that deleted themselves but wait to be collected."""
    widgets = getattr(item, "qt_widgets", [])
    widgets[:] = [each for each in widgets if (widget := each[0]()) is not None and isValid(widget)]
    return (yield)


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a test leaves of Qt is destroyed here, and in no thread of a later test. The clipboard without a screen is
    destroyed when the process ends, and crashes if what it has was made in Python."""
    gc.freeze()
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()
    gc.collect()
    gc.unfreeze()  # for what was garbage before would stay for good
    gc.enable()


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """What a test leaves of another one is spoken in no later test."""
    before = QLocale()
    yield
    QLocale.setDefault(before)
    if (app := QGuiApplication.instance()) is not None:
        for translator in app.findChildren(QTranslator):
            app.removeTranslator(translator)
            translator.deleteLater()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    made = FakeDaemon(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(qapp: object, daemon: FakeDaemon, tmp_path: Path) -> Iterator[Session]:
    """Of a daemon that it has not begun to watch."""
    made = Session(tmp_path)
    yield made
    made.close()
