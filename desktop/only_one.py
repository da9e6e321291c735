"""One application for each profile: a second one hands over to the first what it was to show."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from server_api.contract.reading import from_plain
from sync_engine.control.address import socket_path

STARTED_WITHIN_S: Final = 20.0
_CONNECTED_MS: Final = 2_000
_LOOK_EVERY_S: Final = 0.05
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
        self._lock = QLockFile(f"{self._name}.lock")
        self._lock.setStaleLockTime(0)  # however old: it ends with its process
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)

    def begin(self, wanted: Wanted) -> bool:
        """Whether this is the one, which hears of others from now on; else another one has taken what is wanted.

        One that has only begun is waited for, as long as a start may take; one that hangs is not, then.
        """
        until = time.monotonic() + STARTED_WITHIN_S
        while not self._lock.tryLock(0):
            if self._hand_over(wanted, until):
                return False
            if time.monotonic() > until:
                if self._lock.removeStaleLockFile():  # nobody holds it: another process has the number of its own
                    continue
                break
            time.sleep(_LOOK_EVERY_S)
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)  # left behind by one that was killed
            self._server.listen(self._name)
        return True

    def close(self) -> None:
        self._server.close()
        self._lock.unlock()

    def _hand_over(self, wanted: Wanted, until: float) -> bool:
        """Whether another one listens and has taken it."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_CONNECTED_MS):
            return False
        socket.write(json.dumps([wanted.path, wanted.versions]).encode() + b"\n")
        socket.waitForBytesWritten(_CONNECTED_MS)
        is_taken = socket.waitForReadyRead(max(0, int((until - time.monotonic()) * 1_000)))
        socket.disconnectFromServer()
        return is_taken

    def _welcome(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(self._read)

    def _read(self) -> None:
        socket = self.sender()  # were it bound to the signal, so were this object, and would go while the socket does
        assert isinstance(socket, QLocalSocket)
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            return
        try:
            wanted = from_plain(json.loads(bytes(socket.readLine().data())), tuple[str | None, bool])
        except (ValueError, RecursionError, msgspec.ValidationError):
            socket.abort()
            return
        socket.write(b"taken\n")
        socket.flush()
        self.asked.emit(Wanted(*wanted))


def _socket_name(home: Path) -> str:
    """One for each profile, where others cannot write: beside the daemon's."""
    return str(socket_path(home.absolute()).with_suffix(".window"))
