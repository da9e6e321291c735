"""The page of files that were changed on two devices at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.look.measures import high
from desktop.look.tokens import ROW_PX
from desktop.models.conflicts import (
    DEVICE,
    PLACE,
    Conflicts,
    Side,
    Sides,
    facts,
    facts_tip,
    keep_words,
    told,
    what_happens,
    writer,
)
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.compare import CompareFilesDialog
from desktop.views.eliding import ElidedButton, ElidedLabel
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace, button, label, row, table
from desktop.views.preview_box import PreviewBox
from desktop.words import tr
from sync_engine.control.messages import Conflict, Item
from sync_engine.core.reports import Keep, Resolution

_PREVIEW: Final = 2
"""Its row."""
_LEAST_HEIGHT: Final = 112
"""Of a preview: the buttons below it come first where there is little room."""
_ANY_HEIGHT: Final = 16_777_215
"""QWIDGETSIZE_MAX."""


class ConflictsPage(Page):
    """The list above; below it both contents of the chosen one, side by side."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = Conflicts(session, self)
        self._sides = Sides(session, self)
        self._chosen: Conflict | None = None
        self._list = table(self._model, tr("Conflicts"), (0, 0, 180), (DEVICE, PLACE))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._mine, self._theirs = _SideView(session), _SideView(session)
        self._both_words = label(role="secondary", wraps=True)
        self._both = button(tr("Keep both"), lambda: self._resolve("both"))
        self._compare = button(tr("Compare"), self._open_comparison)
        self._empty = EmptyPlace()
        self._stack = QStackedWidget()
        self._arrange()
        self._connect()
        self._show()

    def look(self) -> None:
        self._model.look()
        if self._chosen is not None:
            self._sides.follow(self._chosen)

    def _arrange(self) -> None:
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 16, 16, 12)
        inside.setSpacing(12)
        inside.addLayout(row(label(tr("Conflicts"), "title"), 1, self._compare))
        both = QWidget()
        below = QVBoxLayout(both)
        below.setContentsMargins(0, 12, 0, 0)
        below.setSpacing(12)
        sides, keeps = QGridLayout(), QGridLayout()
        sides.setVerticalSpacing(8)
        for grid in (sides, keeps):
            grid.setHorizontalSpacing(16)
        for column, side in enumerate((self._mine, self._theirs)):
            for at, part in enumerate(side.parts):
                sides.addWidget(part, at, column)
            keeps.addWidget(side.keep, 0, column, Qt.AlignmentFlag.AlignLeft)
            for grid in (sides, keeps):
                grid.setColumnStretch(column, 1)
        sides.setRowStretch(_PREVIEW, 1)
        below.addLayout(sides, 1)
        acts = row(self._both_words, self._both)
        acts.setStretch(0, 1)
        split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        split.addWidget(self._list)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(both)
        lower = QWidget()
        chosen = QVBoxLayout(lower)
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.setSpacing(12)
        chosen.addWidget(scroll, 1)
        for always_seen in (keeps, acts):
            chosen.addLayout(always_seen)
        split.addWidget(lower)
        split.setSizes([3 * high(ROW_PX) + 16, 448])
        split.setStretchFactor(1, 1)
        self._stack.addWidget(split)
        self._stack.addWidget(self._empty)
        inside.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._model.changed.connect(self._show)
        self._model.modelReset.connect(self._choose_again)
        self._model.resolved.connect(self._tell)
        self._sides.changed.connect(self._show_sides)
        self._list.selectionModel().currentRowChanged.connect(lambda index, _: self._choose(index.row()))
        self._list.activated.connect(lambda _: self._open_comparison())
        self._empty.pressed.connect(self.look)
        self._mine.keep.clicked.connect(lambda _: self._resolve("mine"))
        self._theirs.keep.clicked.connect(lambda _: self._resolve("theirs"))

    # --- choosing ------------------------------------------------------------------------------------------------

    def _choose_again(self) -> None:
        """The same, or the one that took its place."""
        at = self._model.row_of(self._chosen.path) if self._chosen is not None else 0
        if self._model.rowCount():
            self._list.setCurrentIndex(self._model.index(max(at, 0), 0))
        else:
            self._chosen = None

    def _choose(self, at: int) -> None:
        conflict = self._model.conflict(at)
        if conflict is not None and conflict != self._chosen:
            self._chosen = conflict
            self._sides.follow(conflict)

    def _resolve(self, keep: Keep) -> None:
        if self._chosen is not None and not self._model.is_resolving:
            self._list.setFocus()  # the button is disabled now, and Qt would go to whatever comes next in the window
            self._model.resolve(self._chosen, keep)

    def _tell(self, resolution: Resolution, keep: str) -> None:
        if resolution.outcome == "done":
            path = resolution.path
            self.session.say(told(resolution, keep), tr("Show"), lambda: self.wants_path.emit(path))
        else:
            self.session.say(told(resolution, keep))

    def _open_comparison(self) -> None:
        mine, theirs = self._sides.mine, self._sides.theirs
        if mine is not None and theirs is not None:
            paths, writers = (theirs.path, mine.path), (theirs.device, mine.device)
            CompareFilesDialog(self.session, paths, writers, self).open()

    # --- showing -------------------------------------------------------------------------------------------------

    def _own_device(self) -> str:
        return self.session.profile.device_name if self.session.profile is not None else ""

    def _show(self) -> None:
        model = self._model
        self._stack.setCurrentIndex(0 if model.rowCount() else 1)
        if model.failure is not None:
            said = sentence(model.failure.code, model.failure.detail)
            self._empty.tell("attention", tr("Conflicts cannot be shown now"), said, tr("Try again"))
        elif not model.is_known:
            self._empty.tell("conflict", tr("Looking for conflicts…"))
        else:
            said = tr("If a file is changed on two devices at once, both are kept, and you choose here.")
            self._empty.tell("check", tr("No conflicts"), said)
        self._show_sides()

    def _show_sides(self) -> None:
        mine, theirs = self._sides.mine, self._sides.theirs
        of_mine, of_theirs, of_both = what_happens(mine, theirs)
        own, is_free = self._own_device(), not self._model.is_resolving
        self._mine.show_side(mine, writer(mine, own), of_mine, can_keep=is_free and theirs is not None)
        self._theirs.show_side(theirs, writer(theirs, own), of_theirs, can_keep=is_free and theirs is not None)
        self._both_words.setText(of_both)
        self._both.setText(tr("Keep both") if theirs is not None else tr("Keep it as a file of its own"))
        self._both.setEnabled(is_free)
        self._compare.setEnabled(theirs is not None)
        self._compare.setVisible(bool(self._model.rowCount()))


class _SideView:
    """One of the two contents, and the button that keeps it."""

    def __init__(self, session: Session) -> None:
        self._writer, self._facts = ElidedLabel(role="strong"), label(role="secondary")
        self._preview = PreviewBox(session)
        self._preview.setMinimumHeight(_LEAST_HEIGHT)
        self._preview.setMaximumHeight(_ANY_HEIGHT)
        self._words = label(role="secondary", wraps=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.parts = self._writer, self._facts, self._preview, self._words
        self.keep = ElidedButton()
        self._shown: tuple[str, Item | None] = "", None

    def show_side(self, side: Side | None, writer: str, happens: str, *, can_keep: bool) -> None:
        self._writer.show_text(writer)
        self._facts.setText(facts(side) if side is not None else "")
        self._facts.setToolTip(facts_tip(side) if side is not None else "")
        self._words.setText(happens)
        self.keep.show_text(keep_words(side))
        self.keep.setEnabled(can_keep)
        self.keep.setVisible(side is not None)
        shown = (side.path, side.item) if side is not None else ("", None)
        if shown != self._shown:
            self._shown = shown
            self._preview.follow(*shown)
