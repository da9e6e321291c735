"""Beside the files: what the one that is chosen looks like, its versions, its links, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from desktop.look.icons import IconLabel
from desktop.look.measures import wide
from desktop.models import versions
from desktop.models.item_words import kind_icon
from desktop.session import Session
from desktop.views.compare import CompareDialog
from desktop.views.details_tab import DetailsTab
from desktop.views.eliding import ElidedLabel
from desktop.views.pieces import label, tool
from desktop.views.preview_box import PreviewBox
from desktop.views.saving_bar import SavingBar
from desktop.views.share_dialog import ShareDialog
from desktop.views.sharing_tab import SharingTab
from desktop.views.versions_tab import VersionsTab
from desktop.words import show_name, show_size, tr, tr_n
from server_api.contract.history import VersionEntry
from sync_engine.control.messages import Item

REST_MS: Final = 120
"""So long a choice stands before anything is asked about it: a held arrow key asks nothing."""
_NARROWEST: Final = 260
_EDGE: Final = 16
_SAVED_IN: Final = "panel/saved-in"


class Panel(QFrame):
    """Follows the choice; only the tab that is seen asks anything.

    Signals:
        closed: the person does not want it.
        wants_menu: of what can be done with what is chosen; at this point of the screen.
        wants_path: a page is to show this path.
    """

    closed = Signal()
    wants_menu = Signal(QPoint)
    wants_path = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.path = ""
        self.item: Item | None = None
        self.setProperty("role", "side")
        self.setAccessibleName(tr("About what is chosen"))
        self._icon, self.name = IconLabel("info"), ElidedLabel(role="heading")
        self.close_panel = tool("close", tr("Close the side panel"), self.closed.emit)
        self.more = tool("more", tr("More for what is chosen"), self._ask_menu)
        self.said = label(role="secondary", wraps=True)
        self.preview = PreviewBox(session)
        self.versions, self.sharing, self.details = VersionsTab(session), SharingTab(session), DetailsTab(session)
        self.tabs = QTabWidget()
        self.saving = SavingBar(session)
        self._lay_out()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look)
        self.tabs.currentChanged.connect(lambda _: self._look_at_tab())
        self.versions.wants_open.connect(self._open)
        self.versions.wants_save.connect(self._ask_where)
        self.versions.wants_compare.connect(self._compare)
        self.versions.wants_share.connect(self._share_version)
        self.sharing.wants_dialog.connect(self.share)
        self.details.wants_path.connect(self.wants_path)
        self.show_item("", None)

    # --- what is chosen -----------------------------------------------------------------------------------------

    def show_item(self, path: str, item: Item | None) -> None:
        """``None``: nothing is chosen. Called again when something about it has changed."""
        was, is_other = self.item, path != self.path
        self.path, self.item = path, item
        if item is None:
            self._show_none(tr("Nothing chosen"), tr("Choose a file or folder to see its versions, links and details."))
            self.more.hide()
            return
        self._icon.show_icon(kind_icon(item))
        self.name.show_text(show_name(item.name))
        self.said.hide()
        self.more.show()
        self.preview.setVisible(item.kind == "file")
        self.tabs.setTabVisible(self.tabs.indexOf(self.versions), item.kind == "file")
        self.tabs.setTabVisible(self.tabs.indexOf(self.sharing), item.kind != "symlink")
        self.tabs.show()
        if is_other or was is None:
            self.preview.follow("", None)
            self.versions.forget()
            self.sharing.forget()
            self._rest.start()
        elif was != item:
            self._rest.start()

    def show_many(self, count: int, size: int) -> None:
        """Several are chosen, whose files have so many bytes."""
        self.path, self.item = "", None
        self._show_none(tr_n("%n item", "%n items", count), show_size(size) if size else "")
        self.more.show()

    def share(self) -> None:
        """Ask how to share what is chosen."""
        if self.item is not None:
            ShareDialog(self.session, self.path, self.item.kind, self).open()

    def show_versions(self) -> None:
        """Have the versions to the front."""
        self.tabs.setCurrentWidget(self.versions)

    def _show_none(self, title: str, said: str) -> None:
        self._rest.stop()
        self._icon.show_icon("info")
        self.name.show_text(title)
        self.said.setText(said)
        self.said.show()
        self.preview.follow("", None)
        self.preview.hide()
        self.tabs.hide()

    def _look(self) -> None:
        if self.item is None:
            return
        self.preview.follow(self.path, self.item)
        self._look_at_tab()

    def _look_at_tab(self) -> None:
        if self.item is None or self._rest.isActive():
            return
        match self.tabs.currentWidget():
            case self.versions:
                self.versions.follow(self.path, is_on_server=self.item.is_on_server)
            case self.sharing:
                self.sharing.follow(self.path, is_on_server=self.item.is_on_server)
            case _:
                self.details.follow(self.path, self.item)

    # --- what is done -------------------------------------------------------------------------------------------

    def _ask_menu(self) -> None:
        self.wants_menu.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _open(self, entry: VersionEntry) -> None:
        self.saving.open_version(self.path, entry.revision_id)

    def _compare(self, entry: VersionEntry) -> None:
        if self.item is not None:
            CompareDialog(self.session, self.path, self.item, entry, self).open()

    def _share_version(self, entry: VersionEntry) -> None:
        ShareDialog(self.session, self.path, "file", self, version=entry).open()

    def _ask_where(self, entry: VersionEntry) -> None:
        path, choices = self.path, self.session.choices
        downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        folder = str(choices.value(_SAVED_IN, downloads))
        dialog = QFileDialog(self, tr("Save this version"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Nothing is ever replaced: a name that is taken is numbered.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(versions.file_name(path, entry))

        def chosen(target: str) -> None:
            choices.setValue(_SAVED_IN, str(Path(target).parent))
            self.saving.save_version(path, entry.revision_id, Path(target))

        dialog.fileSelected.connect(chosen)
        dialog.open()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self.name, 1)
        head.addWidget(self.more)
        head.addWidget(self.close_panel)
        self.tabs.addTab(self.versions, tr("Versions"))
        self.tabs.addTab(self.sharing, tr("Sharing"))
        self.tabs.addTab(self.details, tr("Details"))
        self.setMinimumWidth(max(wide(_NARROWEST), self.tabs.tabBar().sizeHint().width() + 2 * _EDGE))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_EDGE, 12, _EDGE, 12)
        whole.setSpacing(12)
        whole.addLayout(head)
        whole.addWidget(self.said)
        whole.addWidget(self.preview)
        whole.addWidget(self.tabs, 1)
        whole.addStretch()
        whole.addWidget(self.saving)
