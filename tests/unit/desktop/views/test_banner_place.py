"""The banner leads to where more is told, and is not needed there."""

from __future__ import annotations

import msgspec
from pytestqt.qtbot import QtBot

from desktop.main import parts
from desktop.session import Session
from desktop.views.bars import BannerBar
from tests.fakes.daemon import FakeDaemon


def test_the_problems_page_has_no_banner_that_leads_to_it(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    daemon.set_state(msgspec.structs.replace(daemon.state, state="attention", held=412))
    window = parts(session.home).window(session)
    qtbot.addWidget(window)
    window.show()
    session.start()
    banner = window.findChild(BannerBar)
    qtbot.waitUntil(banner.isVisible)
    window.show_page("problems")
    assert not banner.isVisible()
    window.show_page("deleted")
    assert banner.isVisible()
