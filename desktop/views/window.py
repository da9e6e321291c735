"""The window: places at the left, one of them shown, all about what is chosen at the right, how things are below."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.look.measures import open_at, wide
from desktop.models.abilities import size_of
from desktop.models.banner import Banner, banner
from desktop.models.status_line import Pace, status_line
from desktop.models.trail import Place, Trail
from desktop.models.troubles import need_person
from desktop.session import Session
from desktop.views.bars import BannerBar, StatusBar, Toast
from desktop.views.files_page import FilesPage
from desktop.views.left_side import LeftSide
from desktop.views.main_menu import ask_menu_of_focus, main_menu
from desktop.views.navigation import Entry
from desktop.views.page import Page
from desktop.views.top_bar import TopBar
from desktop.words import tr
from sync_engine.control.messages import Item
from sync_engine.core.reports import EngineState

FILES: Final = "files"
_LEADS_TO: Final = {"show-held": "problems", "show-problems": "problems", "show-transfers": "transfers"}
_SIZE: Final = QSize(1_120, 720)
_SMALLEST: Final = QSize(640, 420)
_LEFT: Final = 216
_RIGHT: Final = 320
_ROOM_FOR_PANEL: Final = 780


class MainWindow(QMainWindow):
    """Made once; it is hidden and shown again.

    Signals:
        wants_preferences: the name of their section, "" for any.
        wants_quit: the person does.
        wants_start: of the daemon, which is not there.
        wants_sign_in: the person is to sign in again.
        hidden: the person has closed it.
    """

    wants_preferences = Signal(str)
    wants_quit = Signal()
    wants_start = Signal()
    wants_sign_in = Signal()
    hidden = Signal()

    def __init__(
        self,
        session: Session,
        entries: list[Entry],
        panel: Callable[[Session], QWidget] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``entries``: all pages but that of the files. ``panel``: makes what stands at the right,
        with the signals ``closed`` and ``wants_path``, and the methods ``show_item(path, item)`` and ``show_many(count,
        size)``."""
        super().__init__(parent)
        self.session = session
        self.files = FilesPage(session)
        self.may_close: Callable[[], bool] = lambda: True
        """Asked before the person closes it."""
        self._entries = [Entry(FILES, tr("All files"), "folder", lambda _: self.files, takes_drops=True), *entries]
        self._make_panel = panel
        self._panel: Any = None
        self._has_panel = False
        self._is_gallery = False
        self._pages: dict[str, Page] = {FILES: self.files}
        self._trail = Trail(Place(FILES))
        self._is_going = False
        self._pace = Pace()
        self._was_there = False
        self.setWindowTitle("Lockstep")
        self.setMinimumSize(_SMALLEST)
        self._build()
        self._connect()
        self._add_keys()
        self._restore_place()
        self._take_state(session.state)
        self._show_place(self._trail.here)

    # --- how it is built ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._top = TopBar()
        self._left = LeftSide(self.session, self._entries)
        self._banner = BannerBar()
        self._banner_place = QWidget()
        place = QVBoxLayout(self._banner_place)
        place.setContentsMargins(16, 12, 16, 4)
        place.addWidget(self._banner)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.files)
        middle = QWidget()
        _column(middle, self._banner_place, self._stack)
        self._toast = Toast(middle)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._left)
        self._splitter.addWidget(middle)
        self._splitter.setStretchFactor(1, 1)
        self._status = StatusBar()
        whole = QWidget()
        _column(whole, self._top, self._splitter, self._status)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        session, files, top, left = self.session, self.files, self._top, self._left
        session.state_changed.connect(self._take_state)
        session.said.connect(self._toast.say)
        top.went_back.connect(self.go_back)
        top.went_forward.connect(self.go_forward)
        top.searched.connect(self._search)
        top.left_search.connect(files.focus)
        top.chose_gallery.connect(self._show_gallery)
        top.chose_panel.connect(self._choose_panel)
        top.wants_menu.connect(self._open_menu)
        left.navigation.chose.connect(self._choose_page)
        for place in (left.chose_folder, top.trail.chose):
            place.connect(self._show_folder)
        for place in (left.dropped, top.trail.dropped):
            place.connect(files.acting.taking_in.drop_on)
        self._banner.acted.connect(self._act)
        files.moved_to.connect(self._moved_to)
        files.chose.connect(self._show_in_panel)
        files.wants_panel.connect(lambda: self._choose_panel(True))
        files.told.connect(self._tell_chosen)
        self._prepare_page(files)

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+F": self._top.focus_search,
            "Alt+Left": self.go_back,
            "Alt+Right": self.go_forward,
            "Alt+Up": self.files.go_up,
            "F5": self._look_again,
            "F10": self._top.ask_menu,
            "Shift+F10": lambda: ask_menu_of_focus(self),
            "Ctrl+,": lambda: self.wants_preferences.emit(""),
            "Ctrl+Q": self.wants_quit.emit,
            "Ctrl+W": self.close,
            "Ctrl+I": lambda: self._choose_panel(self._panel is None or not self._panel.isVisible()),
        }
        for number, entry in enumerate(self._entries[:9], 1):
            keys[f"Ctrl+{number}"] = lambda page=entry.id: self.show_page(page)  # type: ignore[misc]
        for key, does in keys.items():
            QShortcut(QKeySequence(key), self, activated=does)  # type: ignore[call-overload]

    @property
    def place(self) -> Place:
        """What is shown now."""
        return self._trail.here

    # --- going about --------------------------------------------------------------------------------------------

    def show_path(self, path: str) -> None:
        """A file or folder of the tree."""
        self.show_page(FILES)
        self.files.show_path(path)

    def show_versions(self, path: str) -> None:
        """Of a file of the tree."""
        self.show_path(path)
        self._choose_panel(True)
        if self._panel is not None:
            self._panel.show_versions()

    def show_page(self, page: str) -> None:
        """By its id; one that there is not is left alone."""
        if any(entry.id == page for entry in self._entries):
            self._go(Place(page, self.files.path if page == FILES else ""))

    def show_up(self) -> None:
        """Before all others, from wherever it was."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        if self.focusWidget() is None:
            self.files.focus()
        self.raise_()
        self.activateWindow()

    def go_back(self) -> None:
        self._visit(self._trail.back())

    def go_forward(self) -> None:
        self._visit(self._trail.forward())

    def _look_again(self) -> None:
        self._page(self._trail.here.page).look()

    def _go(self, place: Place) -> None:
        self._trail.go(place)
        self._show_place(place)

    def _visit(self, place: Place) -> None:
        """Where one has been."""
        self._is_going = True
        self._show_place(place)
        if place.page == FILES and place.path != self.files.path:
            self.files.show_folder(place.path)
        self._is_going = False

    def _show_place(self, place: Place) -> None:
        page = self._page(place.page)
        self._stack.setCurrentWidget(page)
        self._left.navigation.show_place(place.page)
        is_files = place.page == FILES
        if is_files:
            self._top.trail.show_path(place.path)
            self._left.show_folder(place.path)
        else:
            self._top.trail.show_title("")  # pages say themselves what they are
            self._left.show_folder("")
        self._top.enable_choices(are_possible=is_files)
        self._top.show_ways(back=self._trail.can_go_back, forward=self._trail.can_go_forward)
        self._fit_panel()
        self._show_banner()
        if not is_files:
            self._status.tell_chosen("")

    def _page(self, page: str) -> Page:
        if page not in self._pages:
            entry = next(entry for entry in self._entries if entry.id == page)
            made = self._pages[page] = entry.factory(self.session)
            self._prepare_page(made)
            self._stack.addWidget(made)
        return self._pages[page]

    def _prepare_page(self, made: Page) -> None:
        made.wants_path.connect(self.show_path)
        made.wants_preferences.connect(self.wants_preferences)
        made.wants_sign_in.connect(self.wants_sign_in)
        made.wants_start.connect(self.wants_start)

    def _moved_to(self, path: str) -> None:
        self._top.forget_search()
        if not self._is_going:
            self._trail.go(Place(FILES, path))
        self._show_place(Place(FILES, path))

    def _choose_page(self, page: str) -> None:
        """All files once more, where one of their folders is shown, leads to the top."""
        if page == FILES and self._trail.here.page == FILES:
            self._show_folder("")
        else:
            self.show_page(page)

    def _show_folder(self, path: str) -> None:
        self.show_page(FILES)
        self.files.show_folder(path)

    def _search(self, text: str) -> None:
        if text.strip():
            self.show_page(FILES)
            self._top.trail.show_title(tr("Found in all files"))
        self.files.search(text)

    # --- what is shown ------------------------------------------------------------------------------------------

    def _take_state(self, state: EngineState | None) -> None:
        if state is not None:
            self._was_there = True
            self._pace.see(time.monotonic(), state.progress.bytes_done)
            self._left.navigation.show_count("conflicts", state.conflicts)
            self._left.navigation.show_count("problems", need_person(state))
        self._show_banner()
        self._status.tell(status_line(state, self._pace))

    def _show_banner(self) -> None:
        """Not where it would lead: there is more about it there."""
        told = banner(self.session.state, was_there=self._was_there)
        is_here = told is not None and _LEADS_TO.get(told.act) == self._trail.here.page
        self._banner.tell(told)
        self._banner_place.setVisible(told is not None and not is_here)

    def _tell_chosen(self, text: str) -> None:
        if self._trail.here.page == FILES:
            self._status.tell_chosen(text)

    def _act(self, banner: Banner) -> None:
        acts: dict[str, Callable[[], object]] = {
            "sign-in": self.wants_sign_in.emit,
            "try-now": self.session.try_now,
            "resume": self.session.resume,
            "start": self.wants_start.emit,
        }
        if (page := _LEADS_TO.get(banner.act)) is not None:
            self.show_page(page)
        elif banner.act:
            acts[banner.act]()

    def _show_gallery(self, is_gallery: bool) -> None:
        self._is_gallery = is_gallery
        self.files.set_view(is_gallery=is_gallery)
        self._top.show_choices(is_gallery=is_gallery, has_panel=self._has_panel)
        self.session.choices.setValue("window/gallery", is_gallery)

    def _choose_panel(self, is_shown: bool) -> None:
        """Who wants it is given the room for it."""
        if is_shown and self.width() < _ROOM_FOR_PANEL:
            self.resize(_ROOM_FOR_PANEL, self.height())
        self._show_panel(is_shown)

    def _show_panel(self, is_shown: bool) -> None:
        self._has_panel = is_shown
        self._top.show_choices(is_gallery=self._is_gallery, has_panel=is_shown)
        self.session.choices.setValue("window/panel", is_shown)
        if is_shown and self._panel is None and self._make_panel is not None:
            panel: Any = self._make_panel(self.session)
            self._panel = panel
            panel.closed.connect(lambda: self._show_panel(False))
            panel.wants_path.connect(self.show_path)
            panel.wants_menu.connect(lambda at: self.files.acting.menu(is_on_item=True).popup(at))
            self._splitter.addWidget(panel)
            left, right = self._at_side(_LEFT, 4), self._at_side(_RIGHT, 3)
            middle = max(self.width() - left - right, _RIGHT)
            self._splitter.setSizes([left, middle, self.width() - left - middle])
        if self._panel is not None:
            self._fit_panel()
        self._show_in_panel(*self.files.chosen_one())

    def _fit_panel(self) -> None:
        """The files come first where there is little room."""
        if self._panel is not None:
            has_room = self.width() >= _ROOM_FOR_PANEL
            self._panel.setVisible(has_room and self._has_panel and self._trail.here.page == FILES)
            self._top.show_choices(is_gallery=self._is_gallery, has_panel=has_room and self._has_panel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panel()

    def _show_in_panel(self, path: str, item: Item | None) -> None:
        if self._panel is None or not self._has_panel:
            return
        items = self.files.chosen.items()
        if len(items) > 1:
            self._panel.show_many(len(items), size_of(items))
        else:
            self._panel.show_item(path, item)

    def _open_menu(self, corner: QPoint) -> None:
        menu = self.menu()
        menu.popup(corner - QPoint(menu.sizeHint().width(), -4))

    def menu(self) -> QMenu:
        return main_menu(self, self.session, self.wants_preferences.emit, self.wants_quit.emit)

    # --- its place on the screen --------------------------------------------------------------------------------

    def _at_side(self, width: int, part: int) -> int:
        """Pixels of a side: it grows with the text, up to a part of the window."""
        return max(width, min(wide(width), self.width() // part))

    def _restore_place(self) -> None:
        choices = self.session.choices
        kept = choices.value("window/geometry")
        if not isinstance(kept, QByteArray) or not self.restoreGeometry(kept):
            open_at(self, _SIZE.width(), _SIZE.height())
        left = self._at_side(_LEFT, 4)
        self._splitter.setSizes([left, self.width() - left])
        self._show_gallery(bool(choices.value("window/gallery", False, bool)))
        if choices.value("window/panel", False, bool):
            QTimer.singleShot(0, self, lambda: self._show_panel(True))  # it takes a while to load

    def closeEvent(self, event: QCloseEvent) -> None:
        self.session.choices.setValue("window/geometry", self.saveGeometry())
        if not self.may_close():
            event.ignore()
            return
        super().closeEvent(event)
        self.hidden.emit()


def _column(place: QWidget, *parts: QWidget) -> None:
    """Below one another without a gap; the second has all the room that is left."""
    inside = QVBoxLayout(place)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.setSpacing(0)
    for part in parts:
        inside.addWidget(part, 1 if part is parts[1] else 0)
