"""Whether windows can be shown here; and if they cannot, what a person can do. Imports nothing of Qt itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

NO_DISPLAY: Final = (
    "There is no display here that windows can be shown on. Run this in a desktop session; "
    "`lockstep status` tells how things are without one."
)
NOT_INSTALLED: Final = "The desktop's part is not installed: in the checkout, `pip install '.[desktop]'`."
_LIBRARIES: Final = (
    "On Debian and Ubuntu: apt install libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 "
    "libgssapi-krb5-2 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 "
    "libxkbcommon-x11-0"
)
LACKS_LIBRARIES: Final = f"The window needs libraries of the system that are missing. {_LIBRARIES}"


def is_installed() -> bool:
    """Whether there is what windows and notifications are made with. It may still lack libraries of the system."""
    needed = ("PySide6", "jeepney") if sys.platform == "linux" else ("PySide6",)
    return all(map(find_spec, needed))


def hindrance() -> str:
    """Why there can be no window, as far as that is known before one is tried; "" if nothing is."""
    shows = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in shows):
        return NO_DISPLAY
    return lack("QtNetwork", "QtSvg", "QtWidgets")


def lack(*parts: str) -> str:
    """Why these parts of Qt cannot be used; "" if they can."""
    if not is_installed():
        return NOT_INSTALLED
    try:
        for part in parts:
            import_module(f"PySide6.{part}")
    except ModuleNotFoundError:
        return NOT_INSTALLED
    except ImportError as error:  # "libEGL.so.1: cannot open shared object file: …"
        return f"The window needs {str(error).partition(':')[0]}, which is missing. {_LIBRARIES}"
    return ""


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Within the block Qt, where it cannot show windows, ends the process with one line and exit code 1. By itself it
    would do so with many lines and a dump of its memory."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    heard: list[str] = []

    def hear(kind: QtMsgType, _: Any, text: str) -> None:
        heard.append(text)
        if kind is QtMsgType.QtFatalMsg:
            has_display = not any(
                "could not connect" in said or "Failed to create wl_display" in said for said in heard
            )
            sys.stderr.write(f"lockstep: {LACKS_LIBRARIES if has_display else NO_DISPLAY}\n")
            sys.stderr.flush()
            os._exit(1)

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
        sys.stderr.writelines(f"{text}\n" for text in heard)
