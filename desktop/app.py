"""The application: one for each profile, with its tray, its window, and the daemon that it starts if none is there."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from desktop.languages.install import install
from desktop.look import theme
from desktop.look.icons import icon
from desktop.models import choices
from desktop.models.linked import LinkWatch
from desktop.models.updates import Updates
from desktop.only_one import Wanted
from desktop.session import Session
from desktop.words import tr

_SIGNALS_MS: Final = 200
_WAITED_FOR: Final = {"held": "problems"}
"""Pages on which something else is as well."""
_IN_PREFERENCES: Final = {"account": "account", "devices": "account", "about": "about"}
"""Pages that are sections of the preferences."""


class Parts(Struct, frozen=True):
    """What the application is made of; each is loaded when it is needed."""

    window: Callable[[Session], Any]
    tray: Callable[[Session], Any]
    notifications: Callable[[Session, Any], Any]
    """Gets the tray."""
    first_run: Callable[[Session], QDialog]
    """With the signals ``done`` and ``given_up``."""
    preferences: Callable[[Session, str], Any]
    """Opens them at one of their pages."""
    is_linked: Callable[[], bool]
    start_daemon: Callable[[], str]
    """Waits; gives a sentence if that did not work, else ""."""


class App(QObject):
    """Puts the parts together. Made in the GUI thread; ``start`` it, then run the event loop."""

    def __init__(self, qt: QApplication, home: Path, parts: Parts) -> None:
        super().__init__(qt)
        self._qt = qt
        self._parts = parts
        self.session = Session(home, self)
        self.window: Any = None
        self.tray: Any = None
        self._notifications: Any = None
        self.first_run: QDialog | None = None
        self._is_starting = False
        self._is_quitting = False
        self.is_restarting = False
        """Once it has ended, it is to be started again."""
        self._waiting: Wanted | None = None
        self.session.profile_changed.connect(self._show_waiting)
        self.session.link_changed.connect(self._take_link)
        self.session.wants_restart.connect(self.restart)
        LinkWatch(self.session, parts.is_linked)
        qt.setQuitOnLastWindowClosed(False)
        qt.aboutToQuit.connect(self.close)
        theme.apply(qt, choices.theme(self.session.choices))
        qt.setWindowIcon(icon("lockstep"))
        install(qt, choices.language(self.session.choices))
        qt.primaryScreen().logicalDotsPerInchChanged.connect(self._tell_text_size)

    def start(self, wanted: Wanted | None = None, *, in_tray: bool = False) -> None:
        """What is seen comes first; everything else after it."""
        if not self._parts.is_linked():
            self._greet()
            return
        again = choices.take_again(self.session.choices)
        in_tray = in_tray or (again is not None and not again.page)
        if not in_tray:
            self.show(wanted or Wanted())
        if again is not None:
            self._show_again(again)
        QTimer.singleShot(0, self, lambda: self._start_rest(in_tray=in_tray))

    def show_window(self) -> None:
        self.show(Wanted())

    def show(self, wanted: Wanted) -> None:
        """Before all other windows."""
        if self.first_run is not None:
            self.first_run.raise_()
            self.first_run.activateWindow()
            return
        if not self.session.is_linked:
            self._greet()
            return
        if self.window is None:
            self.window = window = self._parts.window(self.session)
            window.may_close = self._may_close
            window.wants_quit.connect(self._ask_to_quit)
            window.wants_preferences.connect(self._show_preferences)
            window.wants_sign_in.connect(self._greet)
            window.wants_start.connect(self.start_daemon)
            window.hidden.connect(self._hidden)
        if wanted.path is not None:
            self._show_path(wanted.path, versions=wanted.versions)
        self.window.show_up()

    def start_daemon(self) -> None:
        """If none answers, and there is something to keep in step."""
        if not self.session.is_linked:
            self._greet()
            return
        if self._is_starting or self.session.is_there:
            return
        self._is_starting = True

        def start() -> str | None:
            return self._parts.start_daemon() if self._parts.is_linked() else None

        def then(sentence: str | None) -> None:
            self._is_starting = False
            if sentence is None:
                self.session.take_link(is_linked=False)
            elif sentence:
                self.session.say(sentence, tr("Try again"), self.start_daemon)

        self.session.background.run(start, then, lambda error: then(str(error)), owner=self)

    def quit(self) -> None:
        """Unless a window has something that is not saved, and keeps it from closing."""
        self._is_quitting = True
        self._qt.quit()
        QTimer.singleShot(0, self, self._stay)

    def restart(self, section: str = "") -> None:
        """Quit, and be started again where the window is now; unless a window has something that is not saved.
        ``section``: of the preferences, if it is to be open then."""
        self._once_free(tr("Stop it and restart"), partial(self._restart, section))

    def _restart(self, section: str) -> None:
        if self.is_restarting:  # the window is closed by now
            return
        window = self.window if self.window is not None and self.window.isVisible() else None
        page, path = (window.place.page, window.place.path) if window is not None else ("", "")
        choices.keep_again(self.session.choices, choices.Again(page, path, section))
        self.is_restarting = True
        self.quit()

    def _ask_to_quit(self) -> None:
        if self.tray is not None:
            self.tray.ask_to_quit()
        else:
            self._quit_once_free()

    def _quit_once_free(self) -> None:
        self._once_free(tr("Stop it and quit"), self.quit)

    def _once_free(self, words: str, does: Callable[[], None]) -> None:
        """At once, if nothing would be left half done; else if the person says so. ``words``: for that."""
        if not self.session.acts:
            does()
            return
        from desktop.views.question import ask

        ask(
            self._qt.activeWindow() or self.window,
            tr("Files are still being copied, deleted or brought back"),
            tr("What is done by now stays so. The rest of it is left undone."),
            (words, does),
            (tr("Let it finish"), None),
        )

    def _stay(self) -> None:
        self._is_quitting = False
        if self.is_restarting:
            self.is_restarting = False
            choices.take_again(self.session.choices)

    def close(self) -> None:
        for part in (self._notifications, self.tray, self.session):
            if part is not None:
                part.close()

    # --- how it goes on -----------------------------------------------------------------------------------------

    def _start_rest(self, *, in_tray: bool) -> None:
        self.session.start()
        self.session.state_changed.connect(self._start_if_none)
        self.tray = tray = self._parts.tray(self.session)
        tray.wants_window.connect(self.show_window)
        tray.wants_path.connect(lambda path: self.show(Wanted(path)))
        tray.wants_page.connect(self._show_page)
        tray.wants_preferences.connect(self._show_preferences)
        tray.wants_start.connect(self.start_daemon)
        tray.wants_quit.connect(self._quit_once_free)
        tray.show()
        self._notifications = told = self._parts.notifications(self.session, tray)
        told.wants_window.connect(self.show_window)
        told.wants_page.connect(self._show_page)
        told.wants_path.connect(lambda path: self.show(Wanted(path)))
        updates = Updates(self.session)
        updates.found.connect(told.tell_newest)
        updates.look()
        if in_tray and not tray.is_there():
            self.show_window()
        gc.freeze()  # what is loaded now stays: looking through it for garbage would be felt

    def _start_if_none(self, state: object) -> None:
        """The first that is known of a daemon; one that ends later was ended by somebody."""
        self.session.state_changed.disconnect(self._start_if_none)
        if state is None:
            self.start_daemon()

    def _greet(self) -> None:
        """The profile is no device, or not any more."""
        if self.first_run is not None:
            return
        self.first_run = first = self._parts.first_run(self.session)
        first.done.connect(self._greeted)  # type: ignore[attr-defined]
        first.given_up.connect(self._given_up)  # type: ignore[attr-defined]
        first.show()

    def _take_link(self, is_linked: bool) -> None:
        """What the windows show is of no account any more. The first run itself may unlink what it has linked."""
        if is_linked or self.first_run is not None:
            return
        for shown in self._qt.topLevelWidgets():
            shown.hide()
        self._greet()

    def _greeted(self) -> None:
        self._end_greeting()
        self.session.take_link(is_linked=True)
        self.show_window()
        if self.tray is None:
            self._start_rest(in_tray=False)

    def _given_up(self) -> None:
        self._end_greeting()
        has_tray = self.tray is not None and self.tray.is_there()
        if not has_tray and (self.window is None or not self.window.isVisible()):
            self.quit()

    def _end_greeting(self) -> None:
        first, self.first_run = self.first_run, None
        if first is not None:
            first.hide()
            first.deleteLater()

    def _show_path(self, path: str, *, versions: bool) -> None:
        folder = self.session.folder
        if (place := Path(path)).is_absolute():
            if folder is None:  # as long as nobody knows where the folder is, it has to wait
                self._waiting = Wanted(path, versions)
                return
            path = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else ""
        path = "" if path == "." else path
        if versions:
            self.window.show_versions(path)
        else:
            self.window.show_path(path)

    def _show_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.path is not None and self.window is not None:
            self._show_path(waiting.path, versions=waiting.versions)

    def _show_page(self, page: str) -> None:
        if page in _IN_PREFERENCES:
            self._show_preferences(_IN_PREFERENCES[page])
            return
        self.show_window()
        if self.window is not None:
            self.window.show_page(_WAITED_FOR.get(page, page))

    def _show_preferences(self, section: str = "") -> None:
        if not self.session.is_linked:
            self._greet()
            return
        self._parts.preferences(self.session, section)

    def _show_again(self, again: choices.Again) -> None:
        """What was open before a restart."""
        if self.window is not None and again.path:
            self.window.show_path(again.path)
        elif self.window is not None:
            self.window.show_page(again.page)
        if again.section:
            self._show_preferences(again.section)

    def _tell_text_size(self) -> None:
        if theme.is_text_size_old(self._qt):
            text = tr("Text on this computer has another size now. Restart Lockstep to have it here too.")
            self.session.say(text, tr("Restart now"), self.restart)

    def _may_close(self) -> bool:
        """Where no tray stays behind, it is said once what closing the window means."""
        has_tray = self.tray is not None and self.tray.is_there()
        if self._is_quitting or has_tray:
            return True
        if self.session.acts:
            self._quit_once_free()
            return False
        if self.session.choices.value("told/closing", False, bool):
            return True
        from desktop.views.question import ask

        def close() -> None:
            self.session.choices.setValue("told/closing", True)
            self.window.close()

        ask(
            self.window,
            tr("Close the window?"),
            tr("Your files go on being synced in the background. Open Lockstep again to see them here."),
            (tr("Close the window"), close),
            (tr("Keep it open"), None),
        )
        return False

    def _hidden(self) -> None:
        if self.tray is None or not self.tray.is_there():
            self.quit()


def heed_signals(qt: QApplication) -> None:
    """Ctrl-C and an end that the system asks for: Python hears of them only when it is its turn."""

    def end(*_: object) -> None:
        QTimer.singleShot(0, qt, lambda: qt.exit(0))  # whatever a window has to say; also before the event loop runs

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    turns = QTimer(qt, interval=_SIGNALS_MS)
    turns.timeout.connect(lambda: None)
    turns.start()


def end_with_input() -> None:
    """As soon as the other end of standard input is closed, as it is when who holds it ends, in whatever way."""

    def wait() -> None:
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="input", daemon=True).start()
