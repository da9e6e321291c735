"""The server where it is this computer's own; and the web application, which every server has."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from PySide6.QtCore import QObject

from desktop.commands import Commands, Ended
from desktop.integration.showing import open_in_browser
from desktop.sentences import sentence
from desktop.session import Session
from desktop.words import tr


def open_web(session: Session) -> None:
    """In the browser; signed in by a link that is good for once, if the server is this computer's own."""
    profile = session.profile
    if profile is None:
        return
    if not profile.runs_server:
        open_in_browser(profile.server)
        return

    def then(found: str | Ended) -> None:
        if isinstance(found, str):
            open_in_browser(found)
        else:
            session.say(sentence(found.code, found.detail), tr("Try again"), lambda: open_web(session))

    commands = Commands(session.home)
    session.background.run(commands.sign_in_link, then, owner=session)


def choose_password(session: Session, new: str, then: Callable[[Ended], None], *, owner: QObject) -> None:
    """For the account of this computer's own server, whose password nobody knows. ``then`` gets how that ended."""
    commands = Commands(session.home)

    def failed(error: Exception) -> None:
        then(Ended("internal", str(error)))

    session.background.run(lambda: commands.choose_password(new), then, failed, owner=owner)


def tunnel(server: str) -> str:
    """The command by which a computer that reaches this one by ssh has the server at the same address."""
    port = urlsplit(server).port or 80
    return f"ssh -f -N -L {port}:127.0.0.1:{port} {getpass.getuser()}@{socket.gethostname()}"
