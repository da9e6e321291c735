"""A version beside what the file is now: text line by line, pictures side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QGridLayout,
    QHeaderView,
    QProgressBar,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop.look.measures import fixed_font, open_at, wide
from desktop.models import comparing, versions
from desktop.models.comparing import Line
from desktop.models.comparison import Comparison, Lines, Pictures
from desktop.models.diff_table import NEW, OLD, TEXT, DiffTable
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.picture import Picture
from desktop.views.pieces import advance, button, label, row
from desktop.words import show_name, show_size, tr
from server_api.contract.history import VersionEntry
from sync_engine.control.messages import Item


class Comparing(QDialog):
    """What one content and another have in common, and what not.

    Args:
        session: that of the window.
        title: names both.
        names: what stands above each of two pictures.
        heads: what stands above the numbers of lines: a short word each.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        names: tuple[str, str],
        heads: tuple[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Compare"))
        open_at(self, 960, 640)
        self.model = Comparison(session, self)
        self.model.changed.connect(self._draw)
        self.model.saving.progressed.connect(self._advance)
        self._names, self._heads = names, heads
        self.said = label(role="secondary", wraps=True)
        self.table = QTreeView(rootIsDecorated=False, uniformRowHeights=True)
        self.progress = QProgressBar(textVisible=False)
        self.pages = QStackedWidget()
        self._build(title)

    def _build(self, title: str) -> None:
        self.table.setProperty("role", "lines")
        self.table.setFont(fixed_font())
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setAccessibleName(tr("What differs"))
        self.table.setTextElideMode(Qt.TextElideMode.ElideNone)
        QShortcut(QKeySequence.StandardKey.Copy, self.table, self._copy, context=Qt.ShortcutContext.WidgetShortcut)
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setRange(0, 0)
        waiting = QWidget()
        inside = QVBoxLayout(waiting)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.progress)
        inside.addStretch()
        for page in (waiting, self.table, self._pictures()):
            self.pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.setSpacing(12)
        whole.addWidget(ElidedLabel(title, "heading"))
        whole.addWidget(self.said)
        whole.addWidget(self.pages, 1)
        whole.addLayout(row(1, button(tr("Close"), self.reject)))
        self.said.setText(tr("Getting both versions…"))

    def _pictures(self) -> QWidget:
        self.old, self.new = Picture(is_at_top=True), Picture(is_at_top=True)
        self.old.setAccessibleName(self._names[0])
        self.new.setAccessibleName(self._names[1])
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(ElidedLabel(self._names[0], "strong"), 0, 0)
        grid.addWidget(ElidedLabel(self._names[1], "strong"), 0, 1)
        for column, picture in enumerate((self.old, self.new)):
            grid.addWidget(picture, 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        return page

    def _draw(self) -> None:
        result = self.model.result
        self.progress.setVisible(self.model.is_asking)
        if isinstance(result, Lines):
            self.said.setText(self._summary(result.lines))
            self._show_lines(result)
        elif isinstance(result, Pictures):
            self.said.hide()
            self.old.show_image(result.old)
            self.new.show_image(result.new)
            self.pages.setCurrentIndex(2)
        else:
            self.said.setText(self.model.why_not)

    def _summary(self, lines: list[Line]) -> str:
        return comparing.summary(lines)

    def _show_lines(self, result: Lines) -> None:
        table = DiffTable(result.lines, self._heads, self)
        self.table.setModel(table)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        width = self.table.fontMetrics().horizontalAdvance("0")
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for column in (OLD, NEW):
            header.resizeSection(column, max(8 * width, min(header.sectionSizeHint(column), wide(160))))
        numbers = header.sectionSize(OLD) + header.sectionSize(NEW)
        room = self.pages.width() - numbers - self.table.verticalScrollBar().sizeHint().width()
        header.resizeSection(TEXT, max(room, width * (table.widest + 4)))
        if result.lines:
            self.pages.setCurrentIndex(1)
            self.table.setFocus()

    def _copy(self) -> None:
        table = self.table.model()
        if isinstance(table, DiffTable):
            rows = [index.row() for index in self.table.selectionModel().selectedRows()]
            QGuiApplication.clipboard().setText(table.text_of(rows))

    def _advance(self, done: int, size: int) -> None:
        advance(self.progress, done, size)

    def done(self, result: int) -> None:
        self.model.saving.stop()
        super().done(result)


class CompareDialog(Comparing):
    """A version, and what the file is now."""

    def __init__(
        self, session: Session, path: str, item: Item, entry: VersionEntry, parent: QWidget | None = None
    ) -> None:
        when = versions.moment(entry.created_at, in_sentence=True)
        title = tr("“{name}”: {when} and now").format(name=show_name(item.name), when=when)
        then = f"{versions.moment(entry.created_at)} · {versions.about(entry)}"
        now = f"{tr('Now')} · {show_size(item.size)}"
        super().__init__(session, title, (then, now), (tr("Then"), tr("Now")), parent)
        self.model.follow(path, item, entry.revision_id)


class CompareFilesDialog(Comparing):
    """Two files, by their paths in the folder; ``writers`` are the devices that wrote them, "" if nobody knows."""

    def __init__(
        self, session: Session, paths: tuple[str, str], writers: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        name = show_name(paths[0].rpartition("/")[2])
        old, new = show_name(writers[0]) or tr("First"), show_name(writers[1]) or tr("Second")
        title = tr("“{name}”: {old} and {new}").format(name=name, old=old, new=new)
        if not all(writers):
            title = tr("“{name}” and its copy").format(name=name)
        super().__init__(session, title, (old, new), (old, new), parent)
        self.model.follow_both(*paths)

    def _summary(self, lines: list[Line]) -> str:
        return comparing.summary_of_two(lines, self._heads)
