"""Does what is wanted with the files that are chosen, and with the folder that is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget
from shiboken6 import isValid

from desktop.integration.showing import open_with_its_program, show_in_file_manager
from desktop.models.abilities import abilities
from desktop.models.doing import Doing
from desktop.models.items import NAME
from desktop.models.listing import Listing
from desktop.session import Session
from desktop.views.chosen import Chosen
from desktop.views.file_actions import ON_FOLDER, ON_ITEMS, FileActions
from desktop.views.question import ask
from desktop.views.taking_in import TakingIn
from desktop.words import show_name, tr, tr_n
from sync_engine.control import messages as control
from sync_engine.control.messages import Item


class Acting(QObject):
    """``page``: shows what is asked, and has the keys.

    Signals:
        went_into: a folder that was opened; its path.
        wants_panel: the person wants to see all about what is chosen.
        wants_look: the person wants all of it to be read again.

    Attributes:
        folder_here: where the folder that is shown is on this device, if it is: something can be added to it. Call
            ``enable`` when it is another one.
    """

    went_into = Signal(object)
    wants_panel = Signal()
    wants_look = Signal()

    def __init__(self, session: Session, listing: Listing, chosen: Chosen, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._listing = listing
        self._chosen = chosen
        self._page = page
        self.folder_here: Path | None = None
        self._asks: QMessageBox | None = None
        self.doing = Doing(session, self)
        self.taking_in = TakingIn(session, self.doing, listing)
        self.actions = FileActions(page, self._acts())
        listing.model.renamed.connect(self._renamed)
        chosen.gave_up.connect(self._tell_given_up)
        QGuiApplication.clipboard().dataChanged.connect(self.enable)
        self.enable()

    def _acts(self) -> dict[str, Callable[[], object]]:
        return {
            "open": self._open_chosen,
            "show": self._show_in_file_manager,
            "link": lambda: self._session.copy_link(self._path_chosen()),
            "rename": self._rename,
            "cut": lambda: self._do_with_all("cut", lambda: self._give(is_cut=True)),
            "copy": lambda: self._do_with_all("copy", lambda: self._give(is_cut=False)),
            "paste": self._paste,
            "delete": lambda: self._do_with_all("delete", self._delete),
            "keep-away": lambda: self.doing.keep_away(self._path_chosen()),
            "keep-here": lambda: self.doing.keep_here(self._path_chosen()),
            "rewind": self._rewind,
            "properties": self.wants_panel.emit,
            "new-folder": self._make_folder,
            "add": self.add_files,
            "undo": self.doing.undo,
            "refresh": self.wants_look.emit,
        }

    def enable(self) -> None:
        """What can be done now."""
        is_search = bool(self._listing.searched)
        able = set(abilities(self._chosen.items(), is_search=is_search, is_part=self._chosen.is_part)) | {"refresh"}
        if self.folder_here is not None and not is_search:
            able |= {"new-folder", "add"} | ({"paste"} if self.taking_in.can_paste() else set())
        if not self._chosen.items() and not is_search:
            able.add("rewind")
        if self.doing.can_undo:
            able.add("undo")
        self.actions.enable(able)

    def menu(self, *, is_on_item: bool) -> QMenu:
        return self.actions.menu(ON_ITEMS if is_on_item else ON_FOLDER)

    def _do_with_all(self, name: str, act: Callable[[], None]) -> None:
        """That is chosen, also if most of it has yet to come."""

        def do() -> None:
            if self.actions.by_name[name].isEnabled():
                act()
            else:
                self.tell_left_behind()

        if not self._chosen.once_whole(do):
            self._session.say(tr("Waiting for the rest of the folder…"))

    def _tell_given_up(self) -> None:
        self._session.say(tr("Nothing was done: not everything in the folder had been loaded."))

    # --- with what is chosen ------------------------------------------------------------------------------------

    def open_item(self, item: Item) -> None:
        """A folder is gone into, a file opened with its program; from the server, if it is not here."""
        path = self._listing.model.path_of(item)
        if item.kind == "folder":
            self.went_into.emit(path)
        elif (disk := self._listing.model.disk_path(item)) is not None:
            open_with_its_program(disk)
        else:
            self._session.say(tr("Fetching “{name}”…").format(name=show_name(item.name)))
            self._session.daemon.ask(control.SaveContent(path), self._open_saved, self._session.complain, owner=self)

    def _open_saved(self, answer: object) -> None:
        if isinstance(answer, control.Saved):
            open_with_its_program(Path(answer.path))

    def _open_chosen(self) -> None:
        for item in self._chosen.items():
            self.open_item(item)

    def _show_in_file_manager(self) -> None:
        for item in self._chosen.items():
            if (path := self._listing.model.disk_path(item)) is not None:
                show_in_file_manager(path, self._session.background, self)

    def _rename(self) -> None:
        item = self._chosen.items()[0]
        for row in self._listing.model.rows_of([item.name]):
            self._chosen.view.edit(self._listing.model.index(row, NAME))

    def _renamed(self, path: str, name: str) -> None:
        if (disk := self._session.disk_path(path)) is not None:
            self.doing.rename(disk, name)

    def _give(self, *, is_cut: bool) -> None:
        self.taking_in.give(self._listing.model.where, self._chosen.items(), is_cut=is_cut)
        self.enable()

    def _delete(self) -> None:
        items, where = self._chosen.items(), self._listing.model.where

        def question(count: int, is_trashless: bool, delete: Callable[[], None]) -> None:
            if not is_trashless and self._asks is not None and isValid(self._asks) and self._asks.isVisible():
                return  # the key was pressed again before it was asked
            words = tr_n("Delete %n file everywhere", "Delete %n files everywhere", count)
            title = tr_n("Delete %n file everywhere?", "Delete %n files everywhere?", count)
            more = tr("They go into this computer’s trash, and are deleted on the server and on all your devices.")
            if is_trashless:
                title = tr("The trash does not take all of it")
                more = tr("Deleted without it, only what the server has is in “Deleted”, for as long as it is kept.")
                words = tr("Delete without the trash")
            self._asks = ask(self._page, title, more, (words, delete), (tr("Keep them"), None), is_danger=True)

        def then(paths: list[Path]) -> None:
            self.doing.delete(paths, question)

        self._session.background.run(lambda: where.disk_paths(items), then, owner=self)

    def tell_left_behind(self) -> None:
        """What is on the server alone was dragged out as well."""
        items = [item for item in self._chosen.items() if not item.is_here]
        places = [self._session.disk_path(self._listing.model.path_of(item)) for item in items]
        self.doing.tell_away([place for place in places if place is not None])

    def tell_early(self) -> None:
        """All was dragged while most of it had yet to come."""
        self._session.say(tr("This folder is still being loaded. Drag all of it once it is there."))

    def _path_chosen(self) -> str:
        return self._listing.model.path_of(self._chosen.items()[0])

    # --- with the folder ----------------------------------------------------------------------------------------

    def add_files(self) -> None:
        if (folder := self.folder_here) is None:
            return
        dialog = QFileDialog(self._page, tr("Add files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Add"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.doing.copy([Path(name) for name in names], folder))
        dialog.open()

    def _make_folder(self) -> None:
        if (folder := self.folder_here) is not None:
            self.doing.make_folder(folder)

    def _paste(self) -> None:
        if self.folder_here is not None:
            self.taking_in.paste(self.folder_here)

    def _rewind(self) -> None:
        """The folder that is chosen, or that is open."""
        from desktop.views.rewind_dialog import RewindDialog

        path = self._path_chosen() if len(self._chosen.items()) == 1 else self._listing.path
        RewindDialog(self._session, path, self._page).open()
