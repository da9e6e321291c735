"""The page of what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QScrollArea, QVBoxLayout, QWidget

from desktop.integration.showing import open_with_its_program, show_in_file_manager
from desktop.look.icons import IconLabel
from desktop.look.measures import wide
from desktop.models.doing import Doing
from desktop.models.remedies import AGAIN, Remedy, words
from desktop.models.troubles import Trouble, Troubles
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.held_card import HeldCard
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace, button, card, label, row
from desktop.words import show_name, tr, tr_n

STEP: Final = 25
"""So many more are shown at a time."""
_ICONS: Final = {"bad": ("attention", "bad"), "warn": ("attention", "warn"), "info": ("info", "")}


class ProblemsPage(Page):
    """What stops everything comes first, then each file with its reason and what helps."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = Troubles(session, self)
        self._doing = Doing(session, self)
        self._most = STEP
        self._shown: dict[Trouble, QFrame] = {}
        self._held = HeldCard(
            lambda: self._model.decide(goes_through=True), lambda: self._model.decide(goes_through=False)
        )
        self._more = button("", self._show_more, "plain")
        self._empty = EmptyPlace()
        self._try = button(tr("Try all again"), self._model.try_all)
        self._cards = QVBoxLayout()
        self._arrange()
        self._model.changed.connect(self._show)
        self._doing.done.connect(lambda _: self.look())
        self._empty.pressed.connect(self.look)
        self._show()

    def look(self) -> None:
        self._model.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _arrange(self) -> None:
        place = QWidget()
        inside = QVBoxLayout(place)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self._held)
        self._cards.setSpacing(8)
        inside.addLayout(self._cards)
        inside.addLayout(row(self._more, 1))
        inside.addWidget(self._empty, 1)
        inside.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(place)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 12)
        whole.setSpacing(12)
        whole.addLayout(row(label(tr("Problems"), "title"), 1, self._try))
        whole.addWidget(scroll, 1)

    # --- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        model = self._model
        self._held.show_held(model.held, is_deciding=model.is_deciding)
        found = model.first(self._most)
        self._show_cards(found)
        self._try.setVisible(any(AGAIN & set(trouble.remedies) for trouble in found))
        self._empty.setVisible(not found and model.held is None)
        if model.failure is not None:
            said = sentence(model.failure.code, model.failure.detail)
            self._empty.tell("attention", tr("Whether something is wrong cannot be told now"), said, tr("Try again"))
        elif not model.is_known:
            self._empty.tell("shield", tr("Looking whether something is wrong…"))
        else:
            said = tr("What cannot be synced is shown here, with the reason and what helps.")
            self._empty.tell("check", tr("No problems"), said)

    def _show_cards(self, found: list[Trouble]) -> None:
        """What is the same stays where it is: so does the keyboard."""
        shown = list(dict.fromkeys(found))
        others = self._model.count - self._most
        self._more.setText(tr_n("Show %n more", "Show %n more", min(others, STEP)))
        self._more.setVisible(others > 0)
        for gone in self._shown.keys() - set(shown):
            frame = self._shown.pop(gone)
            frame.hide()
            frame.deleteLater()
        for at, trouble in enumerate(shown):
            if trouble not in self._shown:
                self._shown[trouble] = self._card(trouble)
                self._cards.insertWidget(at, self._shown[trouble])

    def _card(self, trouble: Trouble) -> QFrame:
        made, inside = card()
        icon, tone = _ICONS[trouble.weight]
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(IconLabel(icon, 20, tone))
        top.addWidget(ElidedLabel(trouble.title, "strong"), 1)
        inside.addLayout(top)
        below = QVBoxLayout()
        below.setContentsMargins(wide(20) + 12, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(label(trouble.said, wraps=True))
        if trouble.remedies:
            acts = [self._button(trouble, remedy) for remedy in trouble.remedies]
            below.addLayout(row(*acts, 1))
        inside.addLayout(below)
        return made

    def _button(self, trouble: Trouble, remedy: Remedy) -> QWidget:
        made = button(words(remedy), lambda: self._help(trouble, remedy))
        made.setAccessibleDescription(trouble.title)
        return made

    def _show_more(self) -> None:
        self._most += STEP
        self._show()

    # --- helping -------------------------------------------------------------------------------------------------

    def _help(self, trouble: Trouble, remedy: Remedy) -> None:
        match remedy:
            case Remedy.SHOW:
                self._show_on_disk(trouble.path)
            case Remedy.RENAME:
                self._rename(trouble.path)
            case Remedy.TRY_NOW | Remedy.RETRY:
                self.session.try_now(trouble.path or None)
            case Remedy.RESUME:
                self.session.resume()
            case Remedy.SIGN_IN:
                self.wants_sign_in.emit()
            case Remedy.START:
                self.wants_start.emit()
            case Remedy.LOG:
                open_with_its_program(self.session.home / "logs")
            case Remedy.PREFERENCES:
                self.wants_preferences.emit("")
            case Remedy.IGNORED | Remedy.FOLDER | Remedy.KEEP_HERE:
                self.wants_preferences.emit(remedy.value)

    def _show_on_disk(self, path: str) -> None:
        if (on_disk := self.session.disk_path(path)) is not None:
            show_in_file_manager(on_disk, self.session.background, self)

    def _rename(self, path: str) -> None:
        on_disk = self.session.disk_path(path)
        if on_disk is None:
            return
        name = path.rpartition("/")[2]
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Rename"))
        dialog.setLabelText(tr("Another name for this file or folder:"))
        dialog.setTextValue(show_name(name))
        dialog.setOkButtonText(tr("Rename"))
        dialog.setCancelButtonText(tr("Keep the name"))
        dialog.textValueSelected.connect(lambda text: self._rename_to(on_disk, name, text))
        dialog.open()

    def _rename_to(self, on_disk: Path, name: str, text: str) -> None:
        if text and text != show_name(name):
            self._doing.rename(on_disk, text)
