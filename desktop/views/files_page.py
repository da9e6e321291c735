"""The page of the files: a folder, or what a search found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.daemon import Failure
from desktop.models import nothing
from desktop.models.abilities import summary
from desktop.models.carrying import Where
from desktop.models.items import COLUMNS
from desktop.models.listing import Listing, find_item
from desktop.models.nothing import Next, Nothing
from desktop.models.thumbnails import Thumbnails
from desktop.models.trail import folder_of
from desktop.session import Session
from desktop.views import dragging
from desktop.views.acting import Acting
from desktop.views.chosen import Chosen
from desktop.views.doing_bar import DoingBar
from desktop.views.gallery import Gallery
from desktop.views.items_table import ItemsTable
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace
from desktop.words import tr, tr_n
from sync_engine.control.messages import Item
from sync_engine.core.reports import EngineState

LOADING_MS: Final = 300
"""So long nothing is said of a folder that has not come."""


class FilesPage(Page):
    """What is in the folder stays while it changes; what a search found is listed with its folders.

    Signals:
        moved_to: another folder is shown; its path.
        chose: what is chosen is one thing: its path, and its ``Item``; or not: "" and ``None``.
        wants_panel: the person wants to see all about what is chosen.
        told: a line about what is shown or chosen.
    """

    moved_to = Signal(object)
    chose = Signal(object, object)
    wants_panel = Signal()
    told = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.listing = Listing(session, self)
        self.table = ItemsTable(self.listing.model)
        self.gallery = Gallery(self.listing.model, Thumbnails(session, self))
        self.chosen = Chosen(self.listing, self.table, self.gallery)
        self.acting = Acting(session, self.listing, self.chosen, self)
        self._empty = EmptyPlace()
        self._empty.pressed.connect(self._go_on)
        self._doing_bar = DoingBar()
        self._stack = QStackedWidget()
        for view in (self.table, self.gallery, self._empty):
            self._stack.addWidget(view)
        self._view: QWidget = self.table
        self._next: Next = ""
        self._waits_for_daemon = False
        self._patience = QTimer(self, singleShot=True, interval=LOADING_MS)
        self._patience.timeout.connect(self._tell_waiting)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._stack, 1)
        inside.addWidget(self._doing_bar)
        self.setAcceptDrops(True)
        self._connect()
        self._take_profile()

    def _connect(self) -> None:
        acting = self.acting
        acting.went_into.connect(self.show_folder)
        acting.wants_panel.connect(self.wants_panel)
        acting.wants_look.connect(self.look)
        for view in (self.table, self.gallery):
            view.activated.connect(lambda index: acting.open_item(self.listing.model.item_at(index)))
            view.customContextMenuRequested.connect(self._ask_menu)
            view.dropped.connect(acting.taking_in.drop)
            view.dragged_out.connect(acting.tell_left_behind)
            view.dragged_early.connect(acting.tell_early)
            view.wants_up.connect(self.go_up)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.listing.came.connect(self._take_rows)
        self.listing.failed.connect(self._fail)
        self.chosen.changed.connect(self._tell_chosen)
        acting.doing.done.connect(self._done)
        acting.doing.progressed.connect(self._doing_bar.tell)
        self._doing_bar.wants_stop.connect(acting.doing.stop)
        self.session.profile_changed.connect(self._take_profile)
        self.session.state_changed.connect(self._take_state)

    # --- places -------------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """Of the folder that is shown."""
        return self.listing.path

    def look(self) -> None:
        self.listing.refresh()
        if not self.listing.is_whole:
            self._patience.start()

    def show_folder(self, path: str, choose: str = "") -> None:
        """``choose``: a name in it."""
        self.chosen.forget()
        self.table.show_folders(False)
        self._stack.setCurrentWidget(self._view)
        self._patience.start()
        self.listing.show_folder(path)
        self.chosen.choose([choose] if choose else [])
        self._find_on_disk()
        self.moved_to.emit(path)
        self._tell_chosen()

    def show_path(self, path: str) -> None:
        """A folder, or the file in its folder; which it is, its folder tells."""
        if not path:
            self.show_folder("")
            return

        def then(item: Item | None) -> None:
            if item is not None and item.kind == "folder":
                self.show_folder(path)

        find_item(self.session, path, then, owner=self)
        self.show_folder(folder_of(path), path.rpartition("/")[2])

    def search(self, text: str) -> None:
        """Anywhere; "" is back in the folder."""
        text = text.strip()
        if text == self.listing.searched:
            return
        if not text:
            self.show_folder(self.path)
            return
        self.chosen.forget()
        self.table.show_folders(True)
        self._stack.setCurrentWidget(self._view)
        self._patience.start()
        self.listing.find(text)

    def go_up(self) -> None:
        if self.listing.searched:
            self.search("")
        elif self.path:
            folder, _, name = self.path.rpartition("/")
            self.show_folder(folder, name)

    def set_view(self, *, is_gallery: bool) -> None:
        self._view = self.gallery if is_gallery else self.table
        self.chosen.mark_rows()
        if self._stack.currentWidget() is not self._empty:
            self._stack.setCurrentWidget(self._view)
            self._view.setFocus()

    def focus(self) -> None:
        self._view.setFocus()

    def _find_on_disk(self) -> None:
        """Whether the folder is on this device, where something can be added to it."""
        self.acting.folder_here = None
        path = self.session.disk_path(self.path)

        def then(is_here: bool) -> None:
            if path == self.session.disk_path(self.path):
                self.acting.folder_here = path if is_here else None
                self.acting.enable()
                if self.listing.is_empty:
                    self._tell_empty()

        if path is not None:
            self.session.background.run(path.is_dir, then, owner=self)

    # --- what comes ---------------------------------------------------------------------------------------------

    def _take_profile(self, _profile: object = None) -> None:
        model = self.listing.model
        model.where = Where(model.where.base, self.session.folder)
        self._find_on_disk()

    def _take_state(self, state: EngineState | None) -> None:
        moving = state.transfers if state is not None else []
        self.listing.model.set_percents(
            {each.path: 100 * each.done_bytes // each.size_bytes if each.size_bytes else 0 for each in moving}
        )
        if state is not None and self._waits_for_daemon:
            self._waits_for_daemon = False
            self.look()

    def _take_rows(self) -> None:
        if self.listing.is_empty:
            self._tell_empty()
        elif self.listing.model.items:
            self._patience.stop()
            if self._stack.currentWidget() is self._empty:
                self._stack.setCurrentWidget(self._view)

    def _fail(self, failure: Failure) -> None:
        if failure.code == "no-daemon":
            self._waits_for_daemon = True
            self._tell_waiting()
        elif failure.code == "not-found" or not self.listing.model.items:
            self._tell(nothing.failed(failure))

    def _tell_empty(self) -> None:
        self._tell(nothing.empty(self.listing, can_add=self.acting.folder_here is not None))

    def _tell_waiting(self) -> None:
        if not self.listing.model.items and not self.listing.is_whole:
            self._tell(nothing.waiting(self.listing, is_there=self.session.is_there))

    def _tell(self, told: Nothing) -> None:
        self._patience.stop()
        self._next = told.next
        self._empty.tell(told.picture, told.title, told.text, told.button)
        self._stack.setCurrentWidget(self._empty)

    def _go_on(self) -> None:
        acts: dict[Next, Callable[[], object]] = {"add": self.acting.add_files, "up": self.go_up, "again": self.look}
        if self._next:
            acts[self._next]()

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.listing.sort(COLUMNS[column], is_down=order == Qt.SortOrder.DescendingOrder)

    def _tell_chosen(self) -> None:
        items = self.chosen.items()
        self.acting.enable()
        if items:
            said = summary(items)
            self.told.emit(tr("{chosen}, more are coming").format(chosen=said) if self.chosen.is_part else said)
        else:
            count = len(self.listing.model.items)
            said = tr_n("%n item", "%n items", count)
            if self.listing.is_cut:
                said = tr_n("The first %n found, there are more", "The first %n found, there are more", count)
            self.told.emit(said if count else "")
        self.chose.emit(*self.chosen_one())

    def chosen_one(self) -> tuple[str, Item | None]:
        """As ``chose`` tells it."""
        items = self.chosen.items()
        is_one = len(items) == 1 and not self.chosen.is_part
        return (self.listing.model.path_of(items[0]), items[0]) if is_one else ("", None)

    def _done(self, places: list[Path]) -> None:
        if names := [place.name for place in places if place.parent == self.acting.folder_here]:
            self.chosen.choose(names)
        self.listing.refresh()
        self.acting.enable()

    # --- the pointer --------------------------------------------------------------------------------------------

    def _ask_menu(self, at: QPoint) -> None:
        view = self.chosen.view
        is_on_item = bool(self.chosen.items()) and (view.indexAt(at).isValid() or not view.underMouse())
        self.acting.menu(is_on_item=is_on_item).popup(view.viewport().mapToGlobal(at))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Where an empty folder is shown, which has no list."""
        is_empty = self.listing.is_empty and not self.listing.searched
        if dragging.is_welcome(event) and is_empty and self.acting.folder_here is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.acting.taking_in.drop_on(event.mimeData(), self.path, dragging.take(event))
