"""The page of the files: a folder, or what a search found, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.daemon import Failure
from desktop.integration.showing import open_with_its_program, show_in_file_manager
from desktop.models import nothing
from desktop.models.abilities import abilities, summary
from desktop.models.acts import Copying
from desktop.models.carrying import Where
from desktop.models.doing import Doing
from desktop.models.items import COLUMNS, NAME
from desktop.models.listing import Listing, find_item
from desktop.models.nothing import Next, Nothing
from desktop.models.thumbnails import Thumbnails
from desktop.models.trail import folder_of
from desktop.session import Session
from desktop.views import dragging
from desktop.views.chosen import Chosen
from desktop.views.copying_bar import CopyingBar
from desktop.views.file_actions import ON_FOLDER, ON_ITEMS, FileActions
from desktop.views.gallery import Gallery
from desktop.views.items_table import ItemsTable
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace
from desktop.views.question import ask
from desktop.views.taking_in import TakingIn
from desktop.words import show_name, tr, tr_n
from sync_engine.control import messages as control
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
        self.doing = Doing(session, self)
        self.taking_in = TakingIn(session, self.doing, self.listing)
        self.table = ItemsTable(self.listing.model)
        self.gallery = Gallery(self.listing.model, Thumbnails(session, self))
        self.chosen = Chosen(self.listing, self.table, self.gallery)
        self.actions_on_files = FileActions(self, self._acts())
        self._empty = EmptyPlace()
        self._empty.pressed.connect(self._go_on)
        self._copying = CopyingBar()
        self._stack = QStackedWidget()
        for view in (self.table, self.gallery, self._empty):
            self._stack.addWidget(view)
        self._view: QWidget = self.table
        self._folder_here: Path | None = None
        self._next: Next = ""
        self._waits_for_daemon = False
        self._patience = QTimer(self, singleShot=True, interval=LOADING_MS)
        self._patience.timeout.connect(self._tell_waiting)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._stack, 1)
        inside.addWidget(self._copying)
        self.setAcceptDrops(True)
        self._connect()
        self._take_profile()
        self._enable()

    def _acts(self) -> dict[str, Callable[[], object]]:
        return {
            "open": self._open_chosen,
            "show": self._show_in_file_manager,
            "link": self._copy_link,
            "rename": self._rename,
            "cut": lambda: self._give(is_cut=True),
            "copy": lambda: self._give(is_cut=False),
            "paste": self._paste,
            "delete": self._delete,
            "keep-away": lambda: self.doing.keep_away(self._path_chosen()),
            "keep-here": lambda: self.doing.keep_here(self._path_chosen()),
            "rewind": self._rewind,
            "properties": self.wants_panel.emit,
            "new-folder": self._make_folder,
            "add": self._add_files,
            "undo": self.doing.undo,
            "refresh": self.look,
        }

    def _connect(self) -> None:
        for view in (self.table, self.gallery):
            view.activated.connect(lambda index: self.open_item(self.listing.model.item_at(index)))
            view.customContextMenuRequested.connect(self._ask_menu)
            view.dropped.connect(self.taking_in.drop)
            view.dragged_out.connect(self._tell_left_behind)
            view.wants_up.connect(self.go_up)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.listing.came.connect(self._take_rows)
        self.listing.failed.connect(self._fail)
        self.listing.model.renamed.connect(self._renamed)
        self.chosen.changed.connect(self._tell_chosen)
        self.doing.done.connect(self._done)
        self.doing.progressed.connect(self._tell_copying)
        self._copying.wants_stop.connect(self.doing.stop_copying)
        self.session.profile_changed.connect(self._take_profile)
        self.session.state_changed.connect(self._take_state)
        QGuiApplication.clipboard().dataChanged.connect(self._enable)

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
        self._folder_here = None
        path = self.session.disk_path(self.path)

        def then(is_here: bool) -> None:
            if path == self.session.disk_path(self.path):
                self._folder_here = path if is_here else None
                self._enable()
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
        self._tell(nothing.empty(self.listing, can_add=self._folder_here is not None))

    def _tell_waiting(self) -> None:
        if not self.listing.model.items and not self.listing.is_whole:
            self._tell(nothing.waiting(self.listing, is_there=self.session.is_there))

    def _tell(self, told: Nothing) -> None:
        self._patience.stop()
        self._next = told.next
        self._empty.tell(told.picture, told.title, told.text, told.button)
        self._stack.setCurrentWidget(self._empty)

    def _go_on(self) -> None:
        acts: dict[Next, Callable[[], object]] = {"add": self._add_files, "up": self.go_up, "again": self.look}
        if self._next:
            acts[self._next]()

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.listing.sort(COLUMNS[column], is_down=order == Qt.SortOrder.DescendingOrder)

    def _tell_chosen(self) -> None:
        items = self.chosen.items()
        self._enable()
        if items:
            self.told.emit(summary(items))
        else:
            count = len(self.listing.model.items)
            self.told.emit(tr_n("%n item", "%n items", count) if count else "")
        self.chose.emit(*self.chosen_one())

    def chosen_one(self) -> tuple[str, Item | None]:
        """As ``chose`` tells it."""
        items = self.chosen.items()
        return (self.listing.model.path_of(items[0]), items[0]) if len(items) == 1 else ("", None)

    def _enable(self) -> None:
        is_search = bool(self.listing.searched)
        able = set(abilities(self.chosen.items(), is_search=is_search)) | {"refresh"}
        if self._folder_here is not None and not is_search:
            able |= {"new-folder", "add"} | ({"paste"} if self.taking_in.can_paste() else set())
        if not self.chosen.items() and not is_search:
            able.add("rewind")
        if self.doing.can_undo:
            able.add("undo")
        self.actions_on_files.enable(able)

    def _rewind(self) -> None:
        """The folder that is chosen, or that is open."""
        from desktop.views.rewind_dialog import RewindDialog

        path, item = self.chosen_one()
        RewindDialog(self.session, path if item is not None else self.path, self).open()

    # --- acts ---------------------------------------------------------------------------------------------------

    def open_item(self, item: Item) -> None:
        """A folder is gone into, a file opened with its program; from the server, if it is not here."""
        path = self.listing.model.path_of(item)
        if item.kind == "folder":
            self.show_folder(path)
        elif (disk := self.listing.model.disk_path(item)) is not None:
            open_with_its_program(disk)
        else:
            self.session.say(tr("Fetching “{name}”…").format(name=show_name(item.name)))
            self.session.daemon.ask(control.SaveContent(path), self._open_saved, self.session.complain, owner=self)

    def _open_saved(self, answer: object) -> None:
        if isinstance(answer, control.Saved):
            open_with_its_program(Path(answer.path))

    def _open_chosen(self) -> None:
        for item in self.chosen.items():
            self.open_item(item)

    def _show_in_file_manager(self) -> None:
        for item in self.chosen.items():
            if (path := self.listing.model.disk_path(item)) is not None:
                show_in_file_manager(path, self.session.background, self)

    def _copy_link(self) -> None:
        self.session.copy_link(self._path_chosen())

    def _rename(self) -> None:
        item = self.chosen.items()[0]
        for row in self.listing.model.rows_of([item.name]):
            self.chosen.view.edit(self.listing.model.index(row, NAME))

    def _renamed(self, path: str, name: str) -> None:
        if (disk := self.session.disk_path(path)) is not None:
            self.doing.rename(disk, name)

    def _make_folder(self) -> None:
        if (folder := self._folder_here) is not None:
            self.doing.make_folder(folder)

    def _add_files(self) -> None:
        if (folder := self._folder_here) is None:
            return
        dialog = QFileDialog(self, tr("Add files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Add"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.doing.copy([Path(name) for name in names], folder))
        dialog.open()

    def _delete(self) -> None:
        items, where = self.chosen.items(), self.listing.model.where

        def question(count: int, is_trashless: bool, delete: Callable[[], None]) -> None:
            words = tr_n("Delete %n file everywhere", "Delete %n files everywhere", count)
            title = tr_n("Delete %n file everywhere?", "Delete %n files everywhere?", count)
            more = tr("They go into this computer’s trash, and are deleted on the server and on all your devices.")
            if is_trashless:
                title = tr("The trash does not take all of it")
                more = tr("Deleted without it, only what the server has is in “Deleted”, for as long as it is kept.")
                words = tr("Delete without the trash")
            ask(self, title, more, (words, delete), (tr("Keep them"), None), is_danger=True)

        def then(paths: list[Path]) -> None:
            self.doing.delete(paths, question)

        self.session.background.run(lambda: where.disk_paths(items), then, owner=self)

    def _give(self, *, is_cut: bool) -> None:
        self.taking_in.give(self.listing.model.where, self.chosen.items(), is_cut=is_cut)
        self._enable()

    def _paste(self) -> None:
        if self._folder_here is not None:
            self.taking_in.paste(self._folder_here)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Where an empty folder is shown, which has no list."""
        is_empty = self.listing.is_empty and not self.listing.searched
        if dragging.is_welcome(event) and is_empty and self._folder_here is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.taking_in.drop_on(event.mimeData(), self.path, dragging.take(event))

    def _done(self, places: list[Path]) -> None:
        if names := [place.name for place in places if place.parent == self._folder_here]:
            self.chosen.choose(names)
        self.listing.refresh()
        self._enable()

    def _tell_left_behind(self) -> None:
        """What is on the server alone was dragged out as well."""
        items = [item for item in self.chosen.items() if not item.is_here]
        places = [self.session.disk_path(self.listing.model.path_of(item)) for item in items]
        self.doing.tell_away([place for place in places if place is not None])

    def _tell_copying(self, copying: Copying | None) -> None:
        self._copying.tell(copying)

    # --- what is meant ------------------------------------------------------------------------------------------

    def _path_chosen(self) -> str:
        return self.listing.model.path_of(self.chosen.items()[0])

    def _ask_menu(self, at: QPoint) -> None:
        view = self.chosen.view
        is_on_item = bool(self.chosen.items()) and (view.indexAt(at).isValid() or not view.underMouse())
        self.menu(is_on_item=is_on_item).popup(view.viewport().mapToGlobal(at))

    def menu(self, *, is_on_item: bool) -> QMenu:
        return self.actions_on_files.menu(ON_ITEMS if is_on_item else ON_FOLDER)
