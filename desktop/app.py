"""The application: one for each profile, with its tray, its window, and the daemon that it starts if none is there."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QLocale, QObject, QTimer, QTranslator, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QDialog

from desktop.look import theme
from desktop.session import Session
from desktop.words import tr

LANGUAGES: Final = Path(__file__).parent / "languages"
_HANDED_OVER_MS: Final = 2_000
_SIGNALS_MS: Final = 200
_LONGEST: Final = 64 * 1024
_WINDOW: Final = "window"
_PATH: Final = "path:"


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


class OnlyOne(QObject):
    """Sees to it that a profile has one application.

    Signals:
        asked: what another one was asked for when it found this one: a path to show, or "" for the window.
    """

    asked = Signal(str)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _socket_name(home)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)

    def hand_over(self, path: str | None) -> bool:
        """Whether another one is there and has taken it. Waits for it, two seconds at most."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_HANDED_OVER_MS):
            return False
        socket.write((_WINDOW if path is None else _PATH + path).encode("utf-8", "surrogateescape") + b"\n")
        socket.waitForBytesWritten(_HANDED_OVER_MS)
        is_taken = socket.waitForReadyRead(_HANDED_OVER_MS)
        socket.disconnectFromServer()
        return is_taken

    def listen(self) -> bool:
        """A socket that somebody has left behind is taken over."""
        if self._server.listen(self._name):
            return True
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        self._server.close()

    def _welcome(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is None:
            return
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(lambda: self._read(socket))

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            return
        line = bytes(socket.readLine().data()).decode("utf-8", "surrogateescape").rstrip("\n")
        socket.write(b"taken\n")
        socket.flush()
        self.asked.emit(line.removeprefix(_PATH) if line.startswith(_PATH) else "")


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
        qt.setQuitOnLastWindowClosed(False)
        qt.aboutToQuit.connect(self.close)
        theme.apply(qt, _theme(self.session))
        _translate(qt, str(self.session.choices.value("language", "")))

    def start(self, *, show: str | None = None, in_tray: bool = False) -> None:
        """What is seen comes first; everything else after it."""
        if not self._parts.is_linked():
            self._greet()
            return
        if not in_tray:
            self.show_window(show)
        QTimer.singleShot(0, self, lambda: self._start_rest(in_tray=in_tray))

    def show_window(self, path: str | None = None) -> None:
        """``path``: of the tree, or on the disk below the folder."""
        if self.first_run is not None:
            self.first_run.raise_()
            self.first_run.activateWindow()
            return
        if self.window is None:
            self.window = window = self._parts.window(self.session)
            window.may_close = self._may_close
            window.wants_quit.connect(self.quit)
            window.wants_preferences.connect(lambda: self._parts.preferences(self.session, ""))
            window.wants_about.connect(lambda: self._parts.preferences(self.session, "about"))
            window.wants_sign_in.connect(self._greet)
            window.wants_start.connect(self.start_daemon)
            window.hidden.connect(self._hidden)
        if path:
            self._show_path(path)
        self.window.show_up()

    def start_daemon(self) -> None:
        """If none answers."""
        if self._is_starting or self.session.is_there:
            return
        self._is_starting = True

        def then(sentence: str) -> None:
            self._is_starting = False
            if sentence:
                self.session.say(sentence, tr("Try again"), self.start_daemon)

        self.session.background.run(self._parts.start_daemon, then, lambda error: then(str(error)), owner=self)

    def quit(self) -> None:
        self._qt.quit()

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
        tray.wants_path.connect(self.show_window)
        tray.wants_page.connect(self._show_page)
        tray.wants_preferences.connect(lambda: self._parts.preferences(self.session, ""))
        tray.wants_start.connect(self.start_daemon)
        tray.wants_quit.connect(self.quit)
        tray.show()
        self._notifications = told = self._parts.notifications(self.session, tray)
        told.wants_window.connect(self.show_window)
        told.wants_page.connect(self._show_page)
        told.wants_path.connect(self.show_window)
        if in_tray and not tray.is_there():
            self.show_window()

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

    def _greeted(self) -> None:
        self._end_greeting()
        self.show_window()
        if self.tray is None:
            self._start_rest(in_tray=False)

    def _given_up(self) -> None:
        self._end_greeting()
        if self.window is None:
            self.quit()

    def _end_greeting(self) -> None:
        first, self.first_run = self.first_run, None
        if first is not None:
            first.hide()
            first.deleteLater()

    def _show_path(self, path: str) -> None:
        folder = self.session.folder
        if os.path.isabs(path):
            if folder is None:  # as long as nobody knows where the folder is, it has to wait
                self.session.profile_changed.connect(lambda _: self._show_path(path))
                return
            place = Path(path)
            path = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else ""
        self.window.show_path("" if path == "." else path)

    def _show_page(self, page: str) -> None:
        self.show_window()
        self.window.show_page(page)

    def _may_close(self) -> bool:
        """Where no tray stays behind, it is said once what closing the window means."""
        if (self.tray is not None and self.tray.is_there()) or self.session.choices.value("told/closing", False, bool):
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
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: qt.quit())
    turns = QTimer(qt, interval=_SIGNALS_MS)
    turns.timeout.connect(lambda: None)
    turns.start()


def _socket_name(home: Path) -> str:
    """One for each profile; of this user, in a place that others cannot write to."""
    name = f"lockstep-desktop-{hashlib.sha256(os.fsencode(home.absolute())).hexdigest()[:24]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return os.path.join(runtime, name) if runtime and os.path.isdir(runtime) else name


def _theme(session: Session) -> theme.Choice:
    chosen = session.choices.value("theme", "system")
    return chosen if chosen in {"light", "dark"} else "system"  # type: ignore[return-value]


def _translate(qt: QApplication, language: str) -> None:
    """``language``: "" is the system's."""
    locale = QLocale(language) if language else QLocale()
    if language:
        QLocale.setDefault(locale)
    translator = QTranslator(qt)
    if translator.load(locale, "lockstep", "_", str(LANGUAGES)):
        qt.installTranslator(translator)
