"""What a person has chosen about the windows themselves; kept beside the profile's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct
from PySide6.QtCore import QSettings

from desktop.words import tr
from server_api.contract.reading import from_json

Theme: TypeAlias = Literal["system", "light", "dark"]

THEMES: Final[dict[Theme, Callable[[], str]]] = {
    "system": lambda: tr("Same as the system"),
    "light": lambda: tr("Light"),
    "dark": lambda: tr("Dark"),
}
LANGUAGES: Final[dict[str, str]] = {"en": "English", "de": "Deutsch"}
"""Each in its own words."""
SYSTEM: Final = "system"


def theme(choices: QSettings) -> Theme:
    """As chosen, or that of the system."""
    chosen = str(choices.value("theme", SYSTEM))
    return next((known for known in THEMES if known == chosen), "system")


def choose_theme(choices: QSettings, chosen: Theme) -> None:
    choices.setValue("theme", chosen)


def language(choices: QSettings) -> str:
    """``system``, or one of ``LANGUAGES``."""
    chosen = str(choices.value("language", SYSTEM))
    return chosen if chosen in LANGUAGES else SYSTEM


def choose_language(choices: QSettings, chosen: str) -> None:
    if chosen == SYSTEM:
        choices.remove("language")
    else:
        choices.setValue("language", chosen)


class Again(Struct, frozen=True):
    """What was open when the application was restarted. ``page``: "" if the window was not."""

    page: str
    path: str = ""
    section: str = ""
    """Of the preferences, "" if they were not."""


def keep_again(choices: QSettings, again: Again) -> None:
    choices.setValue("again", msgspec.json.encode(again).decode())


def take_again(choices: QSettings) -> Again | None:
    """Once; ``None`` if this is no restart."""
    kept = str(choices.value("again", ""))
    choices.remove("again")
    try:
        return from_json(kept, Again)
    except msgspec.MsgspecError:
        return None


def is_told(choices: QSettings, kind: str) -> bool:
    """Whether the person wants a notification of such things."""
    return bool(choices.value(f"notifications/{kind}", True, bool))


def choose_told(choices: QSettings, kind: str, *, wanted: bool) -> None:
    choices.setValue(f"notifications/{kind}", wanted)
