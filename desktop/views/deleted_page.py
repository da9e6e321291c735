"""The page of what was deleted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.daemon import Failure
from desktop.look.measures import wide
from desktop.models.deleted import DEVICE, PLACE, SIZE, WHEN, DeletedModel, Outcome, Restoring
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace, button, label, look_further_at_the_end, row, search_field, table
from desktop.words import plain_label, show_name, tr, tr_n, usual_sizes, usual_times
from server_api.contract.history import DeletedEntry


class DeletedPage(Page):
    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = DeletedModel(session, self)
        self._restoring = Restoring(session, self)
        self._failure: Failure | None = None
        self._search = search_field(tr("Search deleted files"))
        self._search.setMaximumWidth(wide(280))
        usual = {WHEN: usual_times(), SIZE: [*usual_sizes(), tr("Not kept")]}
        self._list = table(self._model, tr("Deleted files"), (0, 0, 130, 150, 100), (DEVICE, SIZE, PLACE), usual)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._empty = EmptyPlace()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty)
        self._chosen = label(role="secondary")
        self._further = label(tr("Looking further back…"), "secondary")
        self._restore = button(tr("Restore"), self._restore_chosen, "primary")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setMaximumWidth(wide(200))
        self._bar.setAccessibleName(tr("Restoring"))
        self._stop = button(tr("Stop restoring"), self._restoring.stop)
        self._arrange()
        self._connect()
        self._show()

    def look(self) -> None:
        self._model.look()

    def _arrange(self) -> None:
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 16, 16, 12)
        inside.setSpacing(12)
        inside.addLayout(row(label(tr("Deleted files"), "title"), 1, self._search))
        inside.addWidget(self._stack, 1)
        inside.addLayout(row(self._chosen, self._further, 1, self._bar, self._stop, self._restore))

    def _connect(self) -> None:
        self._model.changed.connect(self._show)
        self._model.failed.connect(self._tell_failure)
        look_further_at_the_end(self._list, self._model.look_further)
        self._search.textChanged.connect(self._model.find)
        self._search.textChanged.connect(lambda _: self._list.scrollToTop())
        self._list.selectionModel().selectionChanged.connect(self._show)
        self._list.activated.connect(lambda _: self._restore_chosen())
        self._empty.pressed.connect(self._help_on)
        self._restoring.went_on.connect(self._tell_progress)
        self._restoring.restored.connect(self._take_out)
        self._restoring.ended.connect(self._tell_outcome)
        QShortcut(
            QKeySequence.StandardKey.Find, self, self._search.setFocus, Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    # --- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        rows, text = self._model.rowCount(), self._search.text().strip()
        chosen = len(self._chosen_entries())
        if self._model.is_known:
            self._failure = None
        is_running = self._restoring.is_running
        self._stack.setCurrentWidget(self._list if rows else self._empty)
        self._further.setVisible(self._model.is_known and self._model.is_asking)
        self._chosen.setText(tr_n("%n selected", "%n selected", chosen) if chosen else "")
        self._search.setVisible(bool(rows or text))
        self._restore.setVisible(bool(rows))
        self._restore.setEnabled(bool(chosen))
        self._restore.setText(
            tr_n("Restore %n item", "Restore %n items", chosen) if chosen else plain_label(tr("Restore"))
        )
        self._bar.setVisible(is_running)
        self._stop.setVisible(is_running)
        if rows:
            return
        if self._failure is not None:
            said = sentence(self._failure.code, self._failure.detail)
            self._empty.tell("attention", tr("What was deleted cannot be shown now"), said, tr("Try again"))
        elif not self._model.is_known or self._model.is_asking:
            self._empty.tell("refresh", tr("Looking for what was deleted…"))
        elif text:
            shown = show_name(text)
            self._empty.tell(
                "search", tr("Nothing deleted has “{text}” in its name").format(text=shown), "", tr("Show all")
            )
        else:
            said = tr("What is deleted on any device is kept for a time, and can be brought back from here.")
            self._empty.tell("trash", tr("Nothing was deleted"), said)

    def _tell_failure(self, failure: Failure) -> None:
        self._failure = failure
        if self._model.is_known:
            self.session.complain(failure)
        self._show()

    def _help_on(self) -> None:
        if self._failure is not None:
            self.look()
        else:
            self._search.clear()

    # --- restoring -----------------------------------------------------------------------------------------------

    def _chosen_entries(self) -> list[DeletedEntry]:
        ranges = self._list.selectionModel().selection().toList()
        return self._model.kept((each.top(), each.bottom()) for each in ranges)

    def _restore_chosen(self) -> None:
        self._restoring.start(self._chosen_entries())
        self._list.clearSelection()
        self._show()

    def _tell_progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._show()

    def _take_out(self, restored: DeletedEntry, path: str) -> None:
        self._model.forget(lambda entry: entry is restored)

    def _tell_outcome(self, outcome: Outcome) -> None:
        self._show()
        done = len(outcome.paths)
        said = []
        if done == 1:
            said.append(tr("{name} is back.").format(name=show_name(outcome.paths[0].rpartition("/")[2])))
        elif done:
            said.append(tr_n("%n item is back.", "%n items are back.", done))
        if outcome.expired:
            said.append(
                tr_n("%n file in it is not kept any more.", "%n files in it are not kept any more.", outcome.expired)
            )
        if outcome.failures:
            path, failure = outcome.failures[0]
            why = sentence(failure.code, failure.detail)
            many = len(outcome.failures)
            said.append(
                tr("{name} did not come back: {why}").format(name=show_name(path), why=why)
                if many == 1
                else tr_n("%n item did not come back: {why}", "%n items did not come back: {why}", many).format(why=why)
            )
        if outcome.left:
            said.append(tr_n("%n item was left deleted.", "%n items were left deleted.", outcome.left))
        if done:
            path = outcome.paths[0]
            self.session.say(" ".join(said), tr("Show"), lambda: self.wants_path.emit(path))
        elif said:
            self.session.say(" ".join(said))
