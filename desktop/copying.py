"""A link to a file, made and put on the clipboard by a program of its own: for the menus of file managers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from desktop.languages.install import install
from desktop.models.choices import language
from desktop.session import Session
from desktop.words import show_name, tr
from server_api.contract.shares import Share
from sync_engine.control import messages as control

_TO_SAY_MS: Final = 1_500
"""What it takes to show a notification at most."""


def copy_link(home: Path, path: str) -> int:
    """Make the link, print it and tell people. Gives the exit status, once something else is on the clipboard: that
    is empty without whoever filled it."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print(tr("There is no display, and so no clipboard: `lockstep share` makes links."), file=sys.stderr)
        return 1
    application = QGuiApplication(sys.argv[:1])
    application.setApplicationName("Lockstep")
    session = Session(home)
    install(application, language(session.choices))
    made: list[Share] = []

    def copied(share: Share) -> None:
        made.append(share)
        print(share.url, flush=True)
        QGuiApplication.clipboard().dataChanged.connect(end_if_replaced)
        QTimer.singleShot(_TO_SAY_MS, end_if_replaced)  # with Wayland it takes a window to fill it

    def end_if_replaced() -> None:
        if not QGuiApplication.clipboard().ownsClipboard():
            application.quit()

    def end_unless_made(text: str) -> None:
        if not made:
            print(text, file=sys.stderr)
            QTimer.singleShot(_TO_SAY_MS, lambda: application.exit(1))

    def known(profile: control.ProfileNow) -> None:
        inside = Path(path).absolute()
        if inside.is_relative_to(profile.folder):
            session.copy_link(inside.relative_to(profile.folder).as_posix(), copied)
        else:
            session.say(tr("{path} is not in the synced folder.").format(path=show_name(path)))

    _tell(session)
    session.said.connect(lambda text: QTimer.singleShot(0, session, lambda: end_unless_made(text)))
    session.daemon.ask(control.GetProfile(), known, session.complain, owner=session)
    status = application.exec()
    session.close()
    return status


def _tell(session: Session) -> None:
    """Where there is no window to say it."""
    if sys.platform == "linux":
        from desktop.linux_notifications import LinuxNotifications

        notifications = LinuxNotifications(session.background, session)
        session.said.connect(lambda text: notifications.show("Lockstep", text, []))
