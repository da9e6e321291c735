"""One application for each profile: a second one hands over to the first what it was to show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from sync_engine.control.address import socket_path

_HANDED_OVER_MS: Final = 2_000
_LONGEST: Final = 64 * 1024


class Wanted(Struct, frozen=True):
    """What the window is to show: itself, a file or folder, the versions of a file."""

    path: str | None = None
    """Of the tree, or absolute on the disk."""
    versions: bool = False


class OnlyOne(QObject):
    """Sees to it that a profile has one application.

    Signals:
        asked: the ``Wanted`` of another one, which found this one.
    """

    asked = Signal(object)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _socket_name(home)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)

    def hand_over(self, wanted: Wanted) -> bool:
        """Whether another one is there and has taken it. Waits for it, two seconds at most."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_HANDED_OVER_MS):
            return False
        socket.write(json.dumps([wanted.path, wanted.versions]).encode() + b"\n")
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
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(lambda: self._read(socket))

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            return
        try:
            wanted = msgspec.convert(json.loads(bytes(socket.readLine().data())), tuple[str | None, bool])
        except (ValueError, RecursionError, msgspec.ValidationError):
            socket.abort()
            return
        socket.write(b"taken\n")
        socket.flush()
        self.asked.emit(Wanted(*wanted))


def _socket_name(home: Path) -> str:
    """One for each profile, where others cannot write: beside the daemon's."""
    return str(socket_path(home.absolute()).with_suffix(".window"))
