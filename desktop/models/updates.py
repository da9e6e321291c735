"""Whether there is a newer Lockstep: asked once a day at most, of one address, if the person wants that.

It is told, and nothing else: nothing is downloaded or installed. What answers is a JSON document by https, such as
``{"version": "1.2.0", "notes_url": "https://…"}``.
"""

from __future__ import annotations

import re
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from desktop.session import Session
from server_api.contract.reading import from_json
from server_api.contract.version import VERSION

ADDRESS: Final = ""
"""None is published yet: nothing is asked, unless ``updates/address`` in the profile's desktop.ini names one."""
EVERY_S: Final = 24 * 3600
LOOK_MS: Final = 3_600_000
"""How often it is looked whether a day is over: timers stand still while a computer sleeps."""
WITHIN_S: Final = 15.0
_LONGEST_BYTES: Final = 16 * 1024
_MANAGED: Final = "installed-by-package"
_NUMBERS: Final = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}")
_WANTED, _ADDRESS, _ASKED_AT, _NEWEST, _TOLD = (
    f"updates/{name}" for name in ("wanted", "address", "asked-at", "newest", "told")
)


class Newest(Struct, frozen=True):
    """What there is."""

    version: str
    notes_url: str = ""
    """Where it is told what is new; "" if that is nothing to open."""


def is_managed() -> bool:
    """Whether a package manager installed this and looks after its versions."""
    return bool(getattr(sys, "frozen", False)) and Path(sys.executable).with_name(_MANAGED).exists()


def address(choices: QSettings) -> str:
    """Whom to ask; "" if nobody."""
    chosen = str(choices.value(_ADDRESS, ADDRESS))
    return chosen if chosen.startswith("https://") else ""


def is_wanted(choices: QSettings) -> bool:
    """As chosen; else only where nobody else looks after it."""
    return bool(choices.value(_WANTED, not is_managed(), bool))


def choose_wanted(choices: QSettings, *, wanted: bool) -> None:
    choices.setValue(_WANTED, wanted)


def is_due(choices: QSettings, now_s: float) -> bool:
    """Whether to ask now. A clock that was set back makes no year of the day."""
    try:
        asked_at_s = float(str(choices.value(_ASKED_AT, 0.0)))
    except ValueError:
        asked_at_s = 0.0
    return bool(address(choices)) and is_wanted(choices) and not 0 <= now_s - asked_at_s < EVERY_S


def ask(at: str) -> Newest:
    """Waits. Raises: OSError, ValueError."""
    request = urllib.request.Request(at, headers={"Accept": "application/json", "User-Agent": "Lockstep"})  # noqa: S310
    opener = urllib.request.build_opener(_HttpsAlone)
    with opener.open(request, timeout=WITHIN_S) as answer:
        body: bytes = answer.read(_LONGEST_BYTES)
    return read(body)


def read(body: bytes) -> Newest:
    """Raises: ValueError, for what is no such document."""
    found = from_json(body, Newest)
    if not _NUMBERS.fullmatch(found.version):
        raise ValueError("this is no version")
    return found if found.notes_url.startswith("https://") else Newest(found.version)


def keep(choices: QSettings, newest: Newest, now_s: float) -> None:
    """What was answered."""
    choices.setValue(_ASKED_AT, now_s)
    choices.setValue(_NEWEST, msgspec.json.encode(newest).decode())


def newer(choices: QSettings, than: str = VERSION) -> Newest | None:
    """What was found at the last time, if it is newer."""
    try:
        found = read(str(choices.value(_NEWEST, "")).encode())
    except ValueError:
        return None
    return found if _parts(found.version) > _parts(than) else None


def is_told(choices: QSettings, newest: Newest) -> bool:
    return bool(choices.value(_TOLD, "") == newest.version)


def remember_told(choices: QSettings, newest: Newest) -> None:
    choices.setValue(_TOLD, newest.version)


class Updates(QObject):
    """Asks while the application runs. Made in the GUI thread.

    Signals:
        found: a ``Newest`` that is newer, and that nobody was told of.
    """

    found = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Ask, if a day is over; then tell."""
        choices = self._session.choices
        if not is_due(choices, time.time()):
            self._tell()
            return

        def then(newest: Newest) -> None:
            keep(choices, newest, time.time())
            self._tell()

        at = address(choices)
        # Who cannot be reached is asked again in an hour, and nobody needs to hear of it.
        self._session.background.run(lambda: ask(at), then, lambda _: None, owner=self)

    def _tell(self) -> None:
        newest = newer(self._session.choices)
        if newest is not None and is_wanted(self._session.choices) and not is_told(self._session.choices, newest):
            self.found.emit(newest)


class _HttpsAlone(urllib.request.HTTPRedirectHandler):
    """Redirects are followed, but not to where others can listen and change what is said."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not newurl.startswith("https://"):
            raise ValueError("redirected to what is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _parts(version: str) -> tuple[int, ...]:
    """As numbers; what follows them, such as in 1.2.0rc1, does not count."""
    numbers = [int(number) for number in (_NUMBERS.match(version) or ["0"])[0].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
