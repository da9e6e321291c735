"""What is asked about newer versions, and what becomes of the answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.models import updates
from desktop.models.updates import Newest, Updates
from desktop.session import Session
from server_api.contract.version import VERSION
from tests.fakes.web import Reply, Web, serve

NOW_S = 1_790_000_000.0
DAY_S = 24 * 3600


@pytest.fixture
def choices(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "desktop.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        web.answer = lambda _: Reply(body=b'{"version": "99.1.0", "notes_url": "https://example.org/notes"}')
        yield web


def test_nobody_is_asked_as_long_as_no_address_is_set(choices: QSettings) -> None:
    assert updates.address(choices) == ""
    assert not updates.is_due(choices, NOW_S)


@pytest.mark.parametrize("text", ["http://example.org/newest.json", "file:///etc/passwd", "example.org"])
def test_only_https_is_asked(choices: QSettings, text: str) -> None:
    choices.setValue("updates/address", text)
    assert updates.address(choices) == ""


def test_it_is_asked_once_a_day(choices: QSettings) -> None:
    choices.setValue("updates/address", "https://example.org/newest.json")
    assert updates.is_due(choices, NOW_S)
    updates.keep(choices, Newest("99.0"), NOW_S)
    assert not updates.is_due(choices, NOW_S + DAY_S - 1)
    assert updates.is_due(choices, NOW_S + DAY_S)
    assert updates.is_due(choices, NOW_S - 5 * DAY_S)  # the clock was wrong then


def test_it_can_be_switched_off(choices: QSettings) -> None:
    choices.setValue("updates/address", "https://example.org/newest.json")
    updates.choose_wanted(choices, wanted=False)
    assert not updates.is_due(choices, NOW_S)


def test_it_is_off_where_a_package_manager_installed_it(
    choices: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices.setValue("updates/address", "https://example.org/newest.json")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "lockstep"))
    assert updates.is_due(choices, NOW_S)
    (tmp_path / "installed-by-package").touch()
    assert not updates.is_due(choices, NOW_S)
    updates.choose_wanted(choices, wanted=True)
    assert updates.is_due(choices, NOW_S)


@pytest.mark.parametrize(
    ("there", "here", "is_newer"),
    [
        ("0.1.1", "0.1.0", True),
        ("0.10.0", "0.9.5", True),
        ("0.1.0", "0.1.0", False),
        ("0.1", "0.1.0", False),
        ("0.0.9", "0.1.0", False),
        ("1.0", "1.0rc1", False),
    ],
)
def test_versions_are_compared_by_their_numbers(choices: QSettings, there: str, here: str, *, is_newer: bool) -> None:
    updates.keep(choices, Newest(there), NOW_S)
    assert (updates.newer(choices, here) is not None) is is_newer


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"version": 2}', b'{"version": "<b>9"}', b'{"version": ""}'])
def test_what_is_no_such_document_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        updates.read(body)


def test_notes_are_opened_by_https_only() -> None:
    assert updates.read(b'{"version": "2.0", "notes_url": "file:///bin/sh"}') == Newest("2.0")
    assert updates.read(b'{"version": "2.0", "notes_url": "https://example.org"}').notes_url == "https://example.org"


def test_what_answers_is_read(web: Web) -> None:
    assert updates.ask(web.url) == Newest("99.1.0", "https://example.org/notes")


def test_no_redirect_leads_away_from_https(web: Web) -> None:
    web.answer = lambda _: Reply(302, {"Location": web.url})
    with pytest.raises(ValueError, match="not https"):
        updates.ask(web.url)
    assert len(web.seen) == 1


def test_a_newer_one_is_told_until_it_was_told(
    session: Session, qtbot: QtBot, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "address", lambda _: web.url)
    asking = Updates(session)
    with qtbot.waitSignal(asking.found) as told:
        asking.look()
    assert told.args == [Newest("99.1.0", "https://example.org/notes")]
    with qtbot.waitSignal(asking.found):  # nobody showed it: the person wanted quiet
        asking.look()
    updates.remember_told(session.choices, Newest("99.1.0"))
    with qtbot.assertNotEmitted(asking.found):
        asking.look()
    assert len(web.seen) == 1


def test_this_version_is_none_that_is_newer(choices: QSettings) -> None:
    updates.keep(choices, Newest(VERSION), NOW_S)
    assert updates.newer(choices) is None
