"""Tells people what waits for them, when no window of ours does: each thing once, and not while they want quiet."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from desktop.daemon import Failure
from desktop.models import choices
from desktop.models.events import Act, Event, Memory, Seen, events_of, gathered, is_settled
from desktop.models.updates import Newest, is_told, remember_told
from desktop.session import Session
from desktop.words import tr
from sync_engine.control import messages as control
from sync_engine.control.questions import DEVICES, SHARES
from sync_engine.core.reports import EngineState

LOOK_AGAIN_MS: Final = 10 * 60_000
"""How often the server is asked for what it tells nobody of its own."""
QUIET_MS: Final = 60_000
"""How often it is looked whether people want to be told again."""
KEEP_MS: Final = 3_600_000
_TOLD: Final = "notifications/told"


class Shows(Protocol):
    """What shows a notification, on this system."""

    acted: SignalInstance

    def show(self, title: str, text: str, acts: list[Act]) -> None: ...

    def ask_whether_quiet(self, then: Callable[[bool], None]) -> None: ...

    def close(self) -> None: ...


class Notifications(QObject):
    """Made once, in the GUI thread.

    Signals:
        wants_window: the person wants to see it.
        wants_page: the window is to show this page: ``conflicts``, ``held``, ``problems``, ``account``, ``devices``,
            ``about``.
        wants_path: the window is to show this path of the tree.
    """

    wants_window = Signal()
    wants_page = Signal(str)
    wants_path = Signal(object)

    def __init__(self, session: Session, icon: QSystemTrayIcon | None = None, shows: Any = None) -> None:
        super().__init__(session)
        self._session = session
        self._shows: Shows = shows or _shows_of_system(session, icon)
        self._memory = Memory(_read(session.choices.value(_TOLD)))
        self._seen: Seen | None = None
        self._asked: tuple[Any, ...] = ()
        self._kept_at_ms = 0
        self._open_questions = 0
        self._is_asking_quiet = False
        self._shows.acted.connect(self._act)
        self._later = QTimer(self, interval=LOOK_AGAIN_MS)
        self._later.timeout.connect(self._ask_server)
        self._after_quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._after_quiet.timeout.connect(self._look)
        session.state_changed.connect(self._take_state)
        session.said.connect(self._say)
        self._later.start()
        self._take_state(session.state)

    def close(self) -> None:
        self._shows.close()

    def tell_newest(self, newest: Newest) -> None:
        """There is a newer version: said once, and later if the person wants quiet now."""

        def tell(is_quiet: bool) -> None:
            if is_quiet or is_told(self._session.choices, newest):
                return
            remember_told(self._session.choices, newest)
            title = tr("Lockstep {version} is out").format(version=newest.version)
            text = tr("It does not install itself. You can switch these messages off.")
            self._shows.show(title, text, [Act("page:about", tr("What is new"))])

        self._shows.ask_whether_quiet(tell)

    # --- what there is ------------------------------------------------------------------------------------------

    def _take_state(self, state: EngineState | None) -> None:
        """Lists are asked for when their counts are others."""
        if state is None:
            return
        is_first = self._seen is None
        self._seen = msgspec.structs.replace(self._seen or Seen(state), state=state)
        counts = (state.conflicts, state.held, state.problems, is_settled(state))
        if counts != self._asked:
            self._asked = counts
            self._ask(control.GetConflicts(), lambda answer: {"conflicts": answer.conflicts})
            self._ask(control.GetHeld(), lambda answer: {"held": answer.held})
            self._ask(control.GetProblems(), lambda answer: {"problems": answer.problems})
        if is_first:
            self._ask_server()
        self._look()

    def _ask(self, request: control.Request, read: Callable[[Any], dict[str, Any]]) -> None:
        def otherwise(_: Failure) -> None:
            self._asked = ()
            self._take({})

        self._open_questions += 1
        self._session.daemon.ask(request, lambda answer: self._take(read(answer)), otherwise, owner=self)

    def _ask_server(self) -> None:
        if not self._session.is_there:
            return
        self._open_questions += 2
        ask = self._session.daemon.ask_server

        def lost(_: Failure) -> None:
            self._take({})

        ask(SHARES, None, lambda answer: self._take({"shares": answer.shares}), lost, owner=self)
        ask(DEVICES, None, lambda answer: self._take({"devices": answer.devices}), lost, owner=self)

    def _take(self, found: dict[str, Any]) -> None:
        self._open_questions -= 1
        if self._seen is not None:
            self._seen = msgspec.structs.replace(self._seen, **found)
        self._look()

    # --- what is told -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._seen is None or self._open_questions or self._is_asking_quiet:
            return
        events = events_of(self._seen, _now_ms())
        unwanted = [
            event for event in self._memory.new(events) if not choices.is_told(self._session.choices, event.kind)
        ]
        self._keep(unwanted, events)
        if self._memory.new(events):
            self._is_asking_quiet = True
            self._shows.ask_whether_quiet(self._tell)

    def _tell(self, is_quiet: bool) -> None:
        self._is_asking_quiet = False
        if self._seen is None:
            return
        if is_quiet:
            self._after_quiet.start()
            return
        events = events_of(self._seen, _now_ms())
        new = [event for event in self._memory.new(events) if choices.is_told(self._session.choices, event.kind)]
        self._keep(new, events)
        for event in gathered(new):
            self._shows.show(event.title, event.text, event.acts)

    def _keep(self, told: list[Event], events: list[Event]) -> None:
        assert self._seen is not None
        was, now_ms = set(self._memory.told), _now_ms()
        knows_all = bool(self._asked) and is_settled(self._seen.state)
        self._memory.keep(told, events, now_ms, is_settled=knows_all)
        if set(self._memory.told) != was or now_ms - self._kept_at_ms > KEEP_MS:
            self._kept_at_ms = now_ms
            self._session.choices.setValue(_TOLD, json.dumps(self._memory.told))
            self._session.choices.sync()

    def _say(self, text: str, button: str, does: Any) -> None:
        """What a window would say in passing, when there is none to say it."""
        if not any(map(_is_seen, QApplication.topLevelWidgets())):
            self._shows.show("Lockstep", text, [])

    # --- what is clicked ----------------------------------------------------------------------------------------

    def _act(self, does: str) -> None:
        verb, _, what = does.partition(":")
        match verb:
            case "page":
                self.wants_page.emit(what)
            case "path":
                self.wants_path.emit(what)
            case "restore":
                self._session.daemon.ask(control.RestoreHeld(), lambda _: None, self._session.complain, owner=self)
            case _:
                self.wants_window.emit()


class _TrayMessages(QObject):
    """Notifications where they come from the tray: without buttons, a click does what the first would."""

    acted = Signal(str)

    def __init__(self, icon: QSystemTrayIcon | None, parent: QObject) -> None:
        super().__init__(parent)
        self._icon = icon
        self._does = ""
        if icon is not None:
            icon.messageClicked.connect(lambda: self.acted.emit(self._does))

    def show(self, title: str, text: str, acts: list[Act]) -> None:
        if self._icon is not None and self._icon.isVisible():
            self._does = acts[0].does if acts else "window"
            self._icon.showMessage(title, text, self._icon.icon())

    def ask_whether_quiet(self, then: Callable[[bool], None]) -> None:
        """The system keeps quiet by itself."""
        then(False)

    def close(self) -> None:
        pass


def _shows_of_system(session: Session, icon: QSystemTrayIcon | None) -> Any:
    if sys.platform != "linux":
        return _TrayMessages(icon, session)
    from desktop.linux_notifications import LinuxNotifications

    return LinuxNotifications(session.background, session)


def _is_seen(window: QWidget) -> bool:
    """As a window: neither a menu nor the icon in the tray, which can be windows too."""
    is_one = window.windowType() in {Qt.WindowType.Window, Qt.WindowType.Dialog}
    return window.isVisible() and is_one and not window.windowFlags() & Qt.WindowType.BypassWindowManagerHint


def _read(kept: Any) -> dict[str, int]:
    try:
        read = json.loads(kept)
    except (TypeError, ValueError):
        return {}
    return {key: at for key, at in read.items() if isinstance(at, int)} if isinstance(read, dict) else {}


def _now_ms() -> int:
    return int(time.time() * 1000)
