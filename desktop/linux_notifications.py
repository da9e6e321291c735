"""Notifications with buttons by ``org.freedesktop.Notifications``, which Qt cannot show."""

from __future__ import annotations

import contextlib
import html
import logging
import os
import subprocess
from collections.abc import Callable
from typing import Any, Final

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject, QSocketNotifier, Signal

from desktop.background import Background
from desktop.models.events import Act

_SERVER: Final = DBusAddress(
    "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
)
_PATIENCE_S: Final = 5.0
_AT_ONCE: Final = 0.0
_CLICKED: Final = "default"
_ICON: Final = "lockstep"
_log = logging.getLogger(__name__)


class LinuxNotifications(QObject):
    """Shows notifications, where there is a server for them, else nothing. Made and used in the GUI thread.

    Everything goes over one connection, for a server may tell its sender alone what was clicked. It is opened beside
    the GUI thread, which is also where the server is asked things; what comes of its own is read when it is there.

    Signals:
        acted: what the clicked button ``does``.
    """

    acted = Signal(str)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._bus: DBusConnection | None = None
        self._reads: QSocketNotifier | None = None
        self._waiting: list[Callable[[DBusConnection], None]] | None = None
        self._abilities: set[str] = set()
        self._awaited: dict[int, list[Act]] = {}
        self._shown: dict[int, list[Act]] = {}
        self._serial = 1_000

    def show(self, title: str, text: str, acts: list[Act]) -> None:
        """Neither text is markup."""
        self._with_bus(lambda bus: self._notify(bus, title, text, acts))

    def ask_whether_quiet(self, then: Callable[[bool], None]) -> None:
        """Whether the person wants to see none now."""
        self._background.run(is_quiet, then, lambda _: then(False), owner=self)

    def close(self) -> None:
        if self._reads is not None:
            self._reads.setEnabled(False)
            self._reads.deleteLater()
            self._reads = None
        if self._bus is not None:
            self._bus.close()
            self._bus = None
        self._awaited.clear()
        self._shown.clear()

    # --- the connection -----------------------------------------------------------------------------------------

    def _with_bus(self, call: Callable[[DBusConnection], None]) -> None:
        if self._bus is not None:
            call(self._bus)
        elif self._waiting is not None:
            self._waiting.append(call)
        else:
            self._waiting = [call]
            self._background.run(_open, self._opened, self._not_opened, owner=self)

    def _opened(self, opened: tuple[DBusConnection, set[str]]) -> None:
        self._bus, self._abilities = opened
        self._reads = QSocketNotifier(self._bus.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._reads.activated.connect(self._read)
        waiting, self._waiting = self._waiting or [], None
        for call in waiting:
            if self._bus is not None:
                call(self._bus)

    def _not_opened(self, error: Exception) -> None:
        self._waiting = None
        _log.debug("no notifications: %s", error)

    def _notify(self, bus: DBusConnection, title: str, text: str, acts: list[Act]) -> None:
        body = body_of(text, self._abilities)
        words: list[str] = []
        if acts and "actions" in self._abilities:
            words = [_CLICKED, acts[0].words]
            for number, act in enumerate(acts):
                words += [str(number), act.words]
        hints = {"desktop-entry": ("s", _ICON), "urgency": ("y", 1)}
        call = new_method_call(
            _SERVER, "Notify", "susssasa{sv}i", ("Lockstep", 0, _ICON, title, body, words, hints, -1)
        )
        self._serial += 1
        self._awaited[self._serial] = acts
        try:
            bus.send(call, serial=self._serial)
        except OSError as error:
            _log.debug("no notifications: %s", error)
            self.close()

    def _read(self) -> None:
        """All that has come."""
        try:
            while self._bus is not None:
                self._take(self._bus.receive(timeout=_AT_ONCE))
        except TimeoutError:
            return
        except Exception as error:  # noqa: BLE001 - the bus went away, or says what nobody understands
            _log.debug("notifications: %s", error)
            self.close()

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        acts = self._awaited.pop(fields.get(HeaderFields.reply_serial, 0), None)
        if acts is not None:
            if message.header.message_type is MessageType.method_return and acts:
                self._shown[message.body[0]] = acts
            return
        match fields.get(HeaderFields.member), message.body:
            case "ActionInvoked", (int(number), str(word)):
                shown = self._shown.get(number, [])
                place = 0 if word == _CLICKED else int(word) if word.isdecimal() else len(shown)
                if place < len(shown):
                    self.acted.emit(shown[place].does)
            case "NotificationClosed", (int(number), _):
                self._shown.pop(number, None)


def body_of(text: str, abilities: set[str]) -> str:
    """A text that says what it says, whatever it holds. Some servers read markup without saying so: with those that
    do not say it, an ``&`` cannot be told, so only what begins a tag is taken away."""
    return html.escape(text, quote=False) if "body-markup" in abilities else text.replace("<", "\u2039")


def _open() -> tuple[DBusConnection, set[str]]:
    """Raises: Exception, where there is no bus or nothing that shows notifications."""
    bus = open_dbus_connection("SESSION")
    try:
        found = _answer(bus, new_method_call(_SERVER, "GetCapabilities"))
        for signal in ("ActionInvoked", "NotificationClosed"):
            _answer(bus, message_bus.AddMatch(MatchRule(type="signal", interface=_SERVER.interface, member=signal)))
    except BaseException:
        bus.close()
        raise
    return bus, set(found[0])


def is_quiet() -> bool:
    """Whether the person wants no notifications now. Waits for the answer. Raises: OSError or others, without a bus."""
    with open_dbus_connection("SESSION") as bus, contextlib.suppress(LookupError):
        asked = Properties(_SERVER).get("Inhibited")
        reply = bus.send_and_get_reply(asked, timeout=_PATIENCE_S)
        if reply.header.message_type is MessageType.method_return:
            return bool(reply.body[0][1])
    return _hides_banners()


def _hides_banners() -> bool:
    """GNOME's do-not-disturb, which it does not tell over the bus."""
    if "GNOME" not in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"):
        return False
    command = ["gsettings", "get", "org.gnome.desktop.notifications", "show-banners"]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
        return said.stdout.strip() == "false"
    return False


def _answer(bus: DBusConnection, call: Message) -> Any:
    reply = bus.send_and_get_reply(call, timeout=_PATIENCE_S)
    if reply.header.message_type is not MessageType.method_return:
        raise OSError(str(reply.body))
    return reply.body
