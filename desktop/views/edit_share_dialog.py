"""Changing what a link allows and says."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QLayout, QVBoxLayout, QWidget

from desktop.daemon import Failure
from desktop.look.measures import wide
from desktop.look.theme import set_role
from desktop.models import links
from desktop.models.shares import Links
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.link_form import LinkForm
from desktop.views.pieces import PATIENCE_MS, button, label, row, takes_long
from desktop.words import tr
from server_api.contract.shares import Share


class EditShareDialog(QDialog):
    """Closes when the link has changed; stays, and says why, when it has not."""

    def __init__(self, session: Session, share: Share, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Edit link"))
        self._session, self._share = session, share
        self.form = LinkForm(is_folder=links.is_folder(share), share=share)
        self.error = label(role="bad", wraps=True)
        self.error.hide()
        self.change = button(tr("Change link"), self._change, "primary")
        self.change.setDefault(True)
        whole = QVBoxLayout(self)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.setSpacing(16)
        whole.addWidget(ElidedLabel(tr("Link to “{name}”").format(name=links.name_of(share)), "heading"))
        self.form.setMinimumWidth(wide(400))
        whole.addWidget(self.form)
        whole.addWidget(self.error)
        whole.addLayout(row(1, button(tr("Leave as it is"), self.reject), self.change))

    def _change(self) -> None:
        wish = self.form.wish()
        edit = wish.to_edit(self._share)
        if why := wish.why_not():
            self._tell(why)
        elif links.changes_nothing(edit):
            self.accept()
        else:
            self.change.setEnabled(False)
            self.error.hide()
            QTimer.singleShot(PATIENCE_MS, self, self._tell_patience)
            Links.of(self._session).edit(self._share, edit, self._done, self._failed, owner=self)

    def _done(self, _: Share) -> None:
        self._session.say(tr("The link has changed."))
        self.accept()

    def _failed(self, failure: Failure) -> None:
        self.change.setEnabled(True)
        self._tell(sentence(failure.code, failure.detail))

    def _tell_patience(self) -> None:
        if not self.change.isEnabled():
            self._tell(takes_long(), "secondary")

    def _tell(self, why: str, role: str = "bad") -> None:
        set_role(self.error, role)
        self.error.setText(why)
        self.error.show()
