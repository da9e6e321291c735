"""Where a picture is made: one daemon, one session, one application in a process."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from PySide6.QtCore import QEventLoop, QPoint, QSize, Qt, qInstallMessageHandler
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop.languages.install import install
from desktop.look import theme
from desktop.main import parts
from desktop.session import Session
from desktop.views.window import MainWindow
from sync_engine.core.reports import EngineState
from tests.fakes.daemon import FakeDaemon
from tests.screenshots import answers, world
from tests.screenshots.frozen import MONOTONIC

W = TypeVar("W", bound=QWidget)
PATIENCE_S: Final = 20.0
QUIET_S: Final = 0.35
"""So long nothing has to come in any more before a picture is taken."""
CALM: Final = EngineState(
    state="in-step", files=12_408, used_bytes=84_200_000_000, quota_bytes=100_000_000_000, changes=1
)


class Stage:
    """Attributes:
    daemon, session: of a person who has all that ``world`` tells of.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "Lockstep"
        self.daemon = FakeDaemon(home, CALM)
        self.daemon.profile = msgspec.structs.replace(
            self.daemon.profile,
            server="https://files.example.org",
            folder=str(self.folder),
            device_name=world.LAPTOP,
            runs_server=False,
        )
        world.fill(self.daemon, self.folder)
        answers.answer(self.daemon, self.folder)
        self.session = Session(home)
        self._shown: list[QWidget] = []

    def close(self) -> None:
        for widget in self._shown:
            widget.hide()
            widget.deleteLater()
        self.settle()
        self.session.close()
        self.daemon.close()
        self.session.deleteLater()
        self.settle()

    def tell(self, **fields: Any) -> None:
        """How the daemon is from now on."""
        self.daemon.set_state(msgspec.structs.replace(CALM, changes=self.daemon.state.changes + 1, **fields))

    def start(self) -> None:
        self.session.start()
        self.until(lambda: self.session.profile is not None)

    def window(self, path: str = "", *, page: str = "files", **choices: bool) -> MainWindow:
        """The main window, as the application makes it."""
        self.start()
        for name, chosen in choices.items():
            self.session.choices.setValue(f"window/{name}", chosen)
        made: MainWindow = parts(self.home).window(self.session)
        self.show(made, 1_120, 700)
        if path:
            made.files.show_folder(path)
        if page != "files":
            made.show_page(page)
        self.settle()
        return made

    def show(self, widget: W, width: int = 0, height: int = 0) -> W:
        """As large as it wants to be, unless it is told."""
        if width:
            widget.resize(width, height)
        self._shown.append(widget)
        widget.show()
        self.settle()
        return widget

    def until(self, is_so: Callable[[], object]) -> None:
        """Raises: TimeoutError."""
        end = time.perf_counter() + PATIENCE_S
        while not is_so():
            if time.perf_counter() > end:
                raise TimeoutError
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    def settle(self) -> None:
        """Until nothing new has come for a while."""
        end = time.perf_counter() + QUIET_S
        asked = len(self.daemon.asked)
        while time.perf_counter() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            QApplication.sendPostedEvents(None, 52)  # DeferredDelete, which no event loop of ours does
            time.sleep(0.005)
            if len(self.daemon.asked) != asked:
                asked, end = len(self.daemon.asked), time.perf_counter() + QUIET_S


def take(widget: QWidget, *above: tuple[QWidget, QPoint]) -> QPixmap:
    """What is seen of it, with others above it, and an edge around: no window manager draws one."""
    picture = widget.grab()
    painter = QPainter(picture)
    for other, at in above:
        painter.drawPixmap(at, _edged(other.grab()))
    painter.end()
    return _edged(picture)


def take_dialog(window: QWidget, dialog: QWidget) -> QPixmap:
    """In the middle of its window, which is dimmed."""
    picture = window.grab()
    painter = QPainter(picture)
    painter.fillRect(window.rect(), QColor(0, 0, 0, 70))
    at = window.rect().center() - dialog.rect().center()
    painter.drawPixmap(at, _edged(dialog.grab()))
    painter.end()
    return _edged(picture)


def take_beside(menu: QMenu, opened: QMenu) -> QPixmap:
    """A menu, and what opens from one of its entries at the right of it."""
    first, second = take_menu(menu), take_menu(opened)
    at = menu.actionGeometry(opened.menuAction()).topRight() + QPoint(1, -4)
    wide, high = menu.width() + opened.width() + 8, max(menu.height(), at.y() + opened.height()) + 1
    picture = QPixmap(QSize(wide, high) * first.devicePixelRatio())
    picture.setDevicePixelRatio(first.devicePixelRatio())
    picture.fill(theme.colour("surface-2"))
    painter = QPainter(picture)
    painter.drawPixmap(0, 0, first)
    painter.drawPixmap(at, second)
    painter.end()
    return picture


def take_menu(menu: QMenu) -> QPixmap:
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    return take(menu)


def _edged(picture: QPixmap) -> QPixmap:
    painter = QPainter(picture)
    painter.setPen(theme.colour("line").darker(112))
    width, height = picture.deviceIndependentSize().toTuple()
    painter.drawRect(0, 0, int(width) - 1, int(height) - 1)
    painter.end()
    return picture


@contextmanager
def stage(place: Path) -> Iterator[Stage]:
    """``place``: a short path, since it has a socket in it."""
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as home:
        made = Stage(Path(home))
        yield made
        made.close()


def dressed(look: theme.Choice, language: str, text: float = 1.0) -> QApplication:
    """The application, as a person chose it. ``text``: so many times as large as usual."""
    qInstallMessageHandler(lambda _kind, _where, _text: None)  # offscreen, it complains of each window
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    app.setApplicationName("Lockstep")
    app.setEffectEnabled(Qt.UIEffect.UI_AnimateMenu, False)
    theme.BODY_PX = round(theme.BODY_PX * text)  # type: ignore[attr-defined]
    theme.apply(app, look)
    install(app, language)
    return app


def go_on(seconds: float) -> None:
    """Time passes."""
    MONOTONIC.now_s += seconds
