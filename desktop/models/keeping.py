"""What of the server's is kept on this device: one file or folder at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.session import Session
from desktop.words import show_name, tr
from sync_engine.control import messages as control


def keep_away(session: Session, path: str, then: Callable[[], None], *, owner: QObject) -> None:
    """Not on this device, for as long as nobody wants it here again. What came of it is said; then ``then`` is called,
    unless ``owner`` is gone."""

    def chosen(answer: control.Chosen) -> None:
        name, choice = _name(path), answer.choice
        match choice.outcome:
            case "done" | "already":
                said = tr("“{name}” is not kept on this device, and stays on the server.").format(name=name)
                session.say(said, tr("Keep it here"), lambda: keep_here(session, path, _nothing, owner=session))
            case "part":
                said = tr("“{name}” is not kept on this device, as all of “{folder}” is not.")
                session.say(said.format(name=name, folder=_name(choice.path)))
            case "not-on-server":
                session.say(tr("“{name}” is not on the server, so it stays on this device.").format(name=name))
            case _:
                session.say(_gone(name))
        then()

    session.daemon.ask(control.Exclude(path), chosen, session.complain, owner=owner)


def keep_here(session: Session, path: str, then: Callable[[], None], *, owner: QObject) -> None:
    """On this device again. As with ``keep_away``."""

    def chosen(answer: control.Chosen) -> None:
        name, choice = _name(path), answer.choice
        match choice.outcome:
            case "done" | "already":
                session.say(tr("“{name}” will be kept on this device.").format(name=name))
            case "part":
                session.say(tr("It goes with “{name}”: choose there.").format(name=_name(choice.path)))
            case _:
                session.say(_gone(name))
        then()

    session.daemon.ask(control.Include(path), chosen, session.complain, owner=owner)


def _name(path: str) -> str:
    return show_name(path.rpartition("/")[2])


def _gone(name: str) -> str:
    return tr("“{name}” is not there any more.").format(name=name)


def _nothing() -> None:
    pass
