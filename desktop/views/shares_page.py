"""All links that lead into the account."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QMenu, QSizePolicy, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from desktop.look.icons import icon
from desktop.look.measures import wide
from desktop.models import links as told
from desktop.models.share_table import MADE, NAME, STATE, UNTIL, USED, ShareTable
from desktop.models.shares import Links
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views import link_acts
from desktop.views.eliding import ElidedLabel
from desktop.views.flow import Flow
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace, WholeRows, button, card, column_width, keep_room, label, row, search_field
from desktop.words import tr, tr_n, usual_times
from server_api.contract.shares import Share


class SharesPage(Page):
    """A table of them; below, the one that is chosen, and what can be done with it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._links = Links.of(session)
        self._links.changed.connect(self._draw)
        self.table = ShareTable(self)
        self._chosen: Share | None = None
        self.view = QTreeView(rootIsDecorated=False, uniformRowHeights=True, sortingEnabled=True)
        self.search = search_field(tr("Search links"))
        self.count = label(role="secondary")
        self.empty = EmptyPlace()
        self.pages = QStackedWidget()
        self._build_view()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 12)
        whole.setSpacing(12)
        whole.addLayout(row(label(tr("Shared"), "title"), self.count, 1, self.search))
        whole.addWidget(self.pages, 1)
        self.setFocusProxy(self.view)
        self.empty.pressed.connect(self._press)
        self._draw()

    def look(self) -> None:
        self._links.look()

    def chosen(self) -> Share | None:
        return self.table.share_at(self.view.currentIndex().row())

    def _build_view(self) -> None:
        self.search.setMaximumWidth(wide(240))
        self.search.textChanged.connect(self.table.filter)
        self.view.setModel(self.table)
        self.view.setItemDelegate(WholeRows(self.view))
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setAccessibleName(tr("Links"))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.sortByColumn(MADE, Qt.SortOrder.DescendingOrder)
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        widths = [0] * self.table.columnCount()
        usual = {USED: told.usual_counts(), UNTIL: [*usual_times(), tr("Never")], MADE: usual_times()}
        for column, width in ((STATE, 160), (UNTIL, 120), (USED, 140), (MADE, 100)):
            widths[column] = column_width(header, column, width, usual.get(column, ()))
            header.resizeSection(column, widths[column])
        keep_room(self.view, widths, (USED, MADE, UNTIL))
        self.view.selectionModel().currentChanged.connect(self._draw_chosen)
        self.view.activated.connect(lambda _: self._show_file())
        context = Qt.ShortcutContext.WidgetShortcut
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self._copy, context=context)
        QShortcut(QKeySequence.StandardKey.Delete, self.view, self._withdraw, context=context)
        listed = QWidget()
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self.view, 1)
        inside.addWidget(self._build_chosen())
        self.table.modelAboutToBeReset.connect(self._remember)
        self.table.modelReset.connect(self._choose_again)
        self.pages.addWidget(listed)
        self.pages.addWidget(self.empty)

    def _build_chosen(self) -> QWidget:
        self.about, inside = card()
        self.about.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)  # its buttons may wrap
        self.url, self.facts = ElidedLabel(role="strong"), label(role="secondary", wraps=True)
        self.warning = label(role="warn", wraps=True)
        self.copy = button(tr("Copy link"), self._copy, "primary")
        self.edit = button(tr("Edit link…"), self._edit)
        self.pause = button("", self._pause)
        self.withdraw = button(tr("Withdraw link…"), self._withdraw)
        self.show_file = button(tr("Show in files"), self._show_file, "plain")
        for part in (self.url, self.facts, self.warning):
            inside.addWidget(part)
        inside.addLayout(Flow(self.copy, self.edit, self.pause, self.withdraw, self.show_file))
        return self.about

    # --- what is shown ------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        shares = self._links.shares
        if shares is None:
            self._draw_none()
            return
        self.table.show_shares(shares)
        self.count.setText(tr_n("%n link", "%n links", len(shares)) if shares else "")
        self.search.setVisible(bool(shares))
        if not shares:
            said = tr("Choose a file or folder and share it: whoever has the link can open it, without an account.")
            self.empty.tell("share", tr("Nothing is shared"), said, tr("Go to all files"))
        self.pages.setCurrentIndex(0 if shares else 1)
        self._draw_chosen()

    def _draw_none(self) -> None:
        self.search.hide()
        failure = self._links.failure
        if failure is None:
            self.empty.tell("share", tr("Looking for links…"))
        else:
            said = sentence(failure.code, failure.detail)
            self.empty.tell("offline", tr("The links cannot be shown now"), said, tr("Try again"))
        self.pages.setCurrentIndex(1)

    def _remember(self) -> None:
        self._chosen = self.chosen()

    def _choose_again(self) -> None:
        at = self.table.row_of(self._chosen.share_id) if self._chosen is not None else None
        if at is not None:
            self.view.setCurrentIndex(self.table.index(at, 0))
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        share = self.chosen()
        self.about.setVisible(share is not None)
        if share is None:
            return
        self.url.show_text(share.url)
        self.facts.setText(told.facts_line(share))
        warning = told.reach_warning(share.reach)
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning))
        self.copy.setVisible(share.state == "active")
        self.edit.setVisible(share.state != "gone")
        self.pause.setVisible(share.state in {"active", "paused"})
        self.pause.setText(tr("Resume link") if share.state == "paused" else tr("Pause link"))
        self.show_file.setVisible(share.path is not None)

    # --- what is done -------------------------------------------------------------------------------------------

    def _press(self) -> None:
        if self._links.shares is None:
            self._links.look(is_forced=True)
        else:
            self.wants_path.emit("")

    def _copy(self) -> None:
        share = self.chosen()
        if share is not None and share.state == "active":
            self.session.put_link(share)

    def _edit(self) -> None:
        if (share := self.chosen()) is not None:
            link_acts.edit(share, self._links, self)

    def _pause(self) -> None:
        if (share := self.chosen()) is not None:
            self._links.pause(share, is_paused=share.state == "active")

    def _withdraw(self) -> None:
        if (share := self.chosen()) is not None:
            link_acts.ask_to_withdraw(share, self._links, self)

    def _show_file(self) -> None:
        share = self.chosen()
        if share is not None and share.path is not None:
            self.wants_path.emit(share.path)

    def _menu(self, at: QPoint) -> None:
        share = self.table.share_at(self.view.indexAt(at).row())
        if share is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        link_acts.fill_menu(menu, share, self._links, self)
        if share.path is not None:
            menu.addAction(icon("folder"), tr("Show in &files"), self._show_file)
        menu.popup(self.view.viewport().mapToGlobal(at))
