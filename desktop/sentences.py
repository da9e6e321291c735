"""What people read for each code: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from desktop.words import show_name, tr

_SENTENCES: Final[dict[str, Callable[[], str]]] = {
    "no-daemon": lambda: tr("Lockstep is not running in the background. Start it again from the tray or the menu."),
    "internal": lambda: tr("Something went wrong inside Lockstep. Nothing was lost; try again."),
    "unreachable": lambda: tr("The server cannot be reached. Changes wait here until it answers."),
}


def sentence(code: str, detail: str = "") -> str:
    """An unknown code, from a newer daemon or server, is told by its detail."""
    made = _SENTENCES.get(code)
    return made() if made is not None else show_name(detail) or _SENTENCES["internal"]()
