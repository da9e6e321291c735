"""Tray and notifications without a window, for one profile: a program that says each thing that it was told to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.notifications import Notifications
from desktop.session import Session
from desktop.tray import Tray


def main(home: Path) -> int:
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Lockstep")
    application.setQuitOnLastWindowClosed(False)
    session = Session(home)
    tray = Tray(session)
    notifications = Notifications(session, tray.icon)
    for name in ("wants_window", "wants_preferences", "wants_quit", "wants_page", "wants_path"):
        for source in (tray, notifications):
            if hasattr(source, name):
                getattr(source, name).connect(lambda *what, name=name: _say(name, *what))
    tray.wants_quit.connect(application.quit)
    tray.show()
    session.start()
    _say("is_there", tray.is_there())
    status = application.exec()
    session.close()
    return status


def _say(*what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
