"""Selective sync: what is on this device."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from desktop.daemon import Failure
from desktop.models.choice_tree import ChoiceTree
from desktop.session import Session
from desktop.views.choice_view import ChoiceView
from desktop.views.pieces import row
from desktop.views.settings.section import Section
from desktop.words import show_size, tr, tr_n


class SelectiveSection(Section):
    scrolls_itself = True

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, tr("On this device"), tr("What is not ticked is on the server and on other devices only.")
        )
        self.tree = ChoiceTree(session, self)
        self.view = ChoiceView(self.tree)
        self.do = QPushButton()
        self.do.setProperty("role", "primary")
        self.undo = QPushButton(tr("Leave it as it was"))
        self.do.clicked.connect(self._apply)
        self.undo.clicked.connect(self.tree.undo)
        self.tree.choice_changed.connect(self._changed)
        self.tree.applied.connect(self._applied)
        self.tree.failed.connect(self.fail)
        self.tree.loaded.connect(self._loaded)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.said)
        self.column.addLayout(row(self.do, self.undo, 1))
        self._show_buttons()

    def look(self) -> None:
        if not self.unsaved():
            self.tree.load()

    def unsaved(self) -> bool:
        return bool(self.tree.leaving or self.tree.coming)

    def _loaded(self) -> None:
        if self.tree.is_empty():
            self.said.say("plain", tr("There are no folders on the server yet."))

    def _changed(self) -> None:
        leaving, coming = self.tree.leaving, self.tree.coming
        said = []
        if leaving:
            size = self.tree.size_of(leaving)
            text = tr_n("%n folder goes off this device.", "%n folders go off this device.", len(leaving))
            said += [text, tr("It stays on the server.") if len(leaving) == 1 else tr("They stay on the server.")]
            said += [tr("{size} more room here.").format(size=show_size(size))] if size is not None else []
        if coming:
            said.append(tr_n("%n folder comes to this device.", "%n folders come to this device.", len(coming)))
        self.said.say("plain", " ".join(said))
        self._show_buttons()

    def _show_buttons(self) -> None:
        leaving, coming = len(self.tree.leaving), len(self.tree.coming)
        self.do.setVisible(bool(leaving or coming))
        self.undo.setVisible(bool(leaving or coming))
        self.do.setEnabled(True)
        if leaving and not coming:
            self.do.setText(tr_n("Take %n folder off this device", "Take %n folders off this device", leaving))
        elif coming and not leaving:
            self.do.setText(tr_n("Bring %n folder here", "Bring %n folders here", coming))
        else:
            self.do.setText(tr("Take off and bring these folders"))

    def _apply(self) -> None:
        self.do.setEnabled(False)
        self.tree.apply()

    def _applied(self, failure: Failure | None) -> None:
        if failure is None:
            done = tr("Done. It shows in the folder once it is in step.")
            self.tree.load(lambda: self.said.say("good", done))
        else:
            self.fail(failure)
            self._show_buttons()
