"""Files and folders of this device, handed to the programs that people use for them."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from desktop.background import Background

_PATIENCE_S: Final = 5.0


def open_with_its_program(path: Path) -> bool:
    """A file in what shows such files, a folder in the file manager. In the GUI thread."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def open_in_browser(address: str) -> bool:
    """In the GUI thread."""
    return QDesktopServices.openUrl(QUrl(address))


def select_in_file_manager(path: Path) -> bool:
    """Show the folder that it is in, with it selected; whether the file manager took it on. May block for seconds."""
    if sys.platform != "linux":
        return False
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    manager = DBusAddress(
        "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1", "org.freedesktop.FileManager1"
    )
    with contextlib.suppress(Exception), open_dbus_connection("SESSION") as bus:
        call = new_method_call(manager, "ShowItems", "ass", ([path.as_uri()], ""))
        return bus.send_and_get_reply(call, timeout=_PATIENCE_S).header.message_type is MessageType.method_return
    return False


def show_in_file_manager(path: Path, background: Background, owner: QObject) -> None:
    """The same beside the window; where no file manager takes it on, the folder is opened."""

    def then(is_shown: bool) -> None:
        if not is_shown:
            open_with_its_program(path.parent)

    background.run(lambda: select_in_file_manager(path), then, owner=owner)
