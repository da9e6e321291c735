"""The dialog that makes a folder as it was."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QDateTimeEdit, QDialog, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.daemon import Failure
from desktop.look.measures import open_at
from desktop.models.activity import Everywhere
from desktop.models.rewinding import (
    ChangesModel,
    Rewinding,
    at_time,
    before,
    changes_in_order,
    counts,
    folder_name,
    is_nothing,
    usual_words,
)
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.flow import Flow
from desktop.views.happenings import happenings_table
from desktop.views.pieces import EmptyPlace, button, label, row, table, with_calendar
from desktop.words import capital, plain_label, tr
from server_api.contract.restoring import RewindChange, Rewound


class RewindDialog(QDialog):
    """On the left the moments of a folder, on the right what going back to the chosen one would change."""

    def __init__(self, session: Session, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._path = session, path
        self._name = folder_name(path)
        self._model = Rewinding(session, path)
        self._moments = Everywhere(session, self)
        self._changes = ChangesModel(self)
        self._shown: Rewound | None = None
        self._list = happenings_table(self._moments, (130, 0, 110, 92))
        self._no_list = EmptyPlace()
        self._time = with_calendar(QDateTimeEdit(QDateTime.currentDateTime()))
        self._time.setAccessibleName(tr("Time to go back to"))
        self._heading, self._counts = label(role="heading", wraps=True), label(wraps=True)
        self._table = table(self._changes, tr("What would change"), (0, 200), usual={1: usual_words()})
        self._nothing = EmptyPlace()
        self._left, self._right = QStackedWidget(), QStackedWidget()
        self._rewind = button("", self._model.rewind, "primary")
        self._undo = button(tr("Undo the rewind"), self._model.undo)
        self._close = button(tr("Close"), self.reject)
        self.setWindowTitle(tr("Rewind {name}").format(name=self._name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        open_at(self, 1_040, 600)
        self._arrange()
        self._connect()
        self._moments.ask_for(path)
        if not self._moments.is_asking:
            self._moments.look()
        self._show()

    def done(self, result: int) -> None:
        if not self._model.is_asking:  # else it is still to be told
            self._model.deleteLater()
        super().done(result)

    def _arrange(self) -> None:
        self._left.addWidget(self._list)
        self._left.addWidget(self._no_list)
        result = QWidget()
        inside = QVBoxLayout(result)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        for part in (self._heading, self._counts):
            inside.addWidget(part)
        inside.addWidget(self._table, 1)
        inside.addStretch()
        self._right.addWidget(self._nothing)
        self._right.addWidget(result)
        left = QWidget()
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 16, 0)
        inside.setSpacing(8)
        inside.addWidget(label(tr("Go back to just before"), "heading"))
        inside.addWidget(self._left, 1)
        look = button(tr("See what would change"), self._choose_time)
        inside.addLayout(Flow(label(tr("Or as it was at")), self._time, look))
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([560, 460])
        self._right.setContentsMargins(16, 0, 0, 0)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(24, 24, 24, 16)
        inside.setSpacing(16)
        inside.addWidget(ElidedLabel(self.windowTitle(), "title"))
        inside.addWidget(split, 1)
        inside.addLayout(row(1, self._undo, self._close, self._rewind))

    def _connect(self) -> None:
        self._model.changed.connect(self._show)
        self._moments.changed.connect(self._show)
        self._moments.failed.connect(self._tell_failure)
        self._list.selectionModel().currentRowChanged.connect(lambda index, _: self._choose_row(index.row()))
        self._session.tree_changed.connect(self._moments.look)
        self._nothing.pressed.connect(self._again)
        self._no_list.pressed.connect(self._moments.look)

    # --- choosing ------------------------------------------------------------------------------------------------

    def _choose_row(self, at: int) -> None:
        if at >= 0 and (entry := self._moments.entry(at)) is not None:
            self._model.choose(before(entry))

    def _choose_time(self) -> None:
        self._list.clearSelection()
        self._model.choose(at_time(self._time.dateTime().toMSecsSinceEpoch()))

    def _again(self) -> None:
        if self._model.moment is not None:
            self._model.choose(self._model.moment)

    # --- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._show_moments()
        model = self._model
        told = model.done or model.preview
        is_previewed = model.preview is not None and model.done is None and not is_nothing(model.preview)
        if model.moment is not None:
            text = tr("Rewind {name} to {moment}").format(name=self._name, moment=model.moment.words)
            self._rewind.setText(plain_label(text))
        self._rewind.setVisible(is_previewed)
        self._rewind.setEnabled(is_previewed and not model.is_asking)
        self._undo.setVisible(model.done is not None and not model.is_undone)
        self._undo.setEnabled(not model.is_asking)
        is_told = told is not None and not model.is_asking and model.failure is None and not is_nothing(told)
        self._right.setCurrentIndex(int(is_told))
        if is_told and told is not None:
            self._tell(told)
        else:
            self._tell_nothing()

    def _show_moments(self) -> None:
        self._left.setCurrentIndex(0 if self._moments.rowCount() else 1)
        if self._moments.is_known:
            self._no_list.tell("activity", tr("Nothing has happened here yet"))
        elif self._moments.is_asking:
            self._no_list.tell("activity", tr("Looking for what happened…"))

    def _tell_failure(self, failure: Failure) -> None:
        said = sentence(failure.code, failure.detail)
        self._no_list.tell("attention", tr("What happened cannot be shown now"), said, tr("Try again"))

    def _tell(self, told: Rewound) -> None:
        model = self._model
        assert model.moment is not None
        words = {"name": self._name, "moment": model.moment.words}
        if model.is_undone:
            text = tr("{name} is as before again").format(**words)
        elif model.done is not None:
            text = tr("{name} is as it was {moment}").format(**words)
        else:
            text = tr("This would change")
        self._heading.setText(capital(text))
        self._counts.setText("" if model.is_undone else "\n".join(counts(told)))
        self._counts.setVisible(not model.is_undone)
        self._table.setVisible(not model.is_undone)
        if model.done is None and told is not self._shown:
            self._shown = told
            self._changes.show_changes(())
            self._session.background.run(
                lambda: (told, changes_in_order(told)), lambda given: self._take_changes(*given), owner=self
            )

    def _take_changes(self, told: Rewound, changes: list[RewindChange]) -> None:
        if told is self._shown:
            self._changes.show_changes(changes)

    def _tell_nothing(self) -> None:
        model = self._model
        if model.failure is not None:
            said = sentence(model.failure.code, model.failure.detail)
            if model.failure.code == "not-found":
                said = tr("{name} was not there at that time, or is not there any more. Choose a later moment.")
                said = capital(said.format(name=self._name))
            self._nothing.tell("attention", tr("That could not be done"), said, tr("Try again"))
        elif model.is_asking:
            is_looking = model.preview is None
            self._nothing.tell("rewind", tr("Looking what would change…") if is_looking else tr("Rewinding…"))
        elif model.preview is not None:
            self._nothing.tell("check", capital(tr("{name} is as it was then").format(name=self._name)))
        else:
            said = tr("What would change is shown here first. It can be undone afterwards.")
            self._nothing.tell("rewind", tr("Choose a moment"), said)
