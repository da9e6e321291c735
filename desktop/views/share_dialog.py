"""Sharing a file or folder by a link."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.daemon import Failure
from desktop.look.icons import IconLabel
from desktop.look.measures import wide
from desktop.look.theme import set_role
from desktop.models import links as told
from desktop.models import versions
from desktop.models.shares import Links
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.link_acts import LinkRow
from desktop.views.link_form import LinkForm
from desktop.views.pieces import PATIENCE_MS, button, clear, label, row, takes_long
from desktop.views.scrolled import Scrolled
from desktop.words import show_name, tr
from server_api.contract.history import VersionEntry
from server_api.contract.shares import Share

_WIDTH: Final = 464


class ShareDialog(QDialog):
    """Says what the link is to allow, makes it and puts it on the clipboard; above are those that there are.

    Args:
        session: of the window.
        path: of what is shared.
        kind: "file" or "folder".
        parent: the window.
        version: the one to share, whatever the file is now or will be.
    """

    def __init__(
        self,
        session: Session,
        path: str,
        kind: str,
        parent: QWidget | None = None,
        *,
        version: VersionEntry | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Share"))
        self._session, self._path = session, path
        self._links = Links.of(session)
        self._links.changed.connect(self._draw)
        session.tree_changed.connect(self._look)
        self._version = version
        self.form = LinkForm(is_folder=kind == "folder", is_of_version=version is not None)
        self.make = button(tr("Create and copy link"), self._create, "primary")
        self.make.setDefault(True)
        self.error = label(role="bad", wraps=True)
        self.error.hide()
        self.url = QLineEdit(readOnly=True)
        self.url.setAccessibleName(tr("The link"))
        self.wishing, self.made = self._wishing(), self._made()
        self.made.hide()
        whole = QVBoxLayout(self)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.setSpacing(16)
        whole.addWidget(ElidedLabel(self._title(), "heading"))
        for page in (self.wishing, self.made):
            whole.addWidget(page)
        self.form.changed.connect(self._fit)
        self._look()
        self._draw()
        self.form.setFocus()

    def _look(self) -> None:
        self._links.look()

    def _title(self) -> str:
        name = show_name(self._path.rpartition("/")[2])
        if self._version is None:
            return tr("Share “{name}”").format(name=name)
        when = versions.moment(self._version.created_at, in_sentence=True)
        return tr("Share “{name}” as it was {when}").format(name=name, when=when)

    # --- before -------------------------------------------------------------------------------------------------

    def _wishing(self) -> QWidget:
        self.existing = Scrolled(above=0, below=0)
        self._rows = self.existing.column
        self._existing_title = label(role="strong")
        self._new_title = label(tr("New link"), "strong")
        self._line = QFrame()
        self._line.setProperty("role", "line")
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        self.banner, self.warning = _banner()
        for part in (self.banner, self._existing_title, self.existing, self._line, self._new_title, self.form):
            whole.addWidget(part)
        whole.addStretch()
        whole.addWidget(self.error)
        whole.addSpacing(8)
        whole.addLayout(row(1, button(tr("Close"), self.reject), self.make))
        return page

    def _draw(self) -> None:
        here = self._links.at(self._path)
        clear(self._rows)
        for share in here:
            self._rows.addWidget(LinkRow(share, self._links, self))
        for part in (self._existing_title, self.existing, self._line, self._new_title):
            part.setVisible(bool(here))
        self._existing_title.setText(tr("Existing links"))
        # Where one link's address reaches, another one's does.
        shares = here or (self._links.shares or [])[:1]
        warning = told.reach_warning(shares[0].reach) if shares else ""
        self.warning.setText(warning)
        self.banner.setVisible(bool(warning))
        self._fit()

    def _fit(self) -> None:
        """As wide as what is chosen from needs; of the links that there are, three are seen at once."""
        width = max(wide(_WIDTH), *(page.minimumSizeHint().width() for page in (self.wishing, self.made)))
        for page in (self.wishing, self.made):
            page.setFixedWidth(width)
        self.existing.setFixedHeight(min(self.existing.height_at(width), 3 * wide(48) + 20))

    def _create(self) -> None:
        wish = self.form.wish()
        if self._version is not None:
            wish.version_id = self._version.revision_id
        if why := wish.why_not():
            self._tell(why)
            return
        self.make.setEnabled(False)
        self.error.hide()
        QTimer.singleShot(PATIENCE_MS, self, self._tell_patience)
        password = wish.password or ""
        self._links.create(
            wish.to_create(self._path), lambda share: self._show(share, password), self._failed, owner=self
        )

    def _failed(self, failure: Failure) -> None:
        self.make.setEnabled(True)
        self._tell(sentence(failure.code, failure.detail))

    def _tell_patience(self) -> None:
        if not self.make.isEnabled() and self.wishing.isVisible():
            self._tell(takes_long(), "secondary")

    def _tell(self, why: str, role: str = "bad") -> None:
        set_role(self.error, role)
        self.error.setText(why)
        self.error.show()

    # --- after --------------------------------------------------------------------------------------------------

    def _made(self) -> QWidget:
        self.copied = label(role="strong")
        self.facts = label(role="secondary", wraps=True)
        self.password = QLineEdit(readOnly=True)
        self.password.setAccessibleName(tr("Password"))
        self._password_words = label(tr("Tell the password by another way than the link:"), wraps=True)
        self.made_banner, self.made_warning = _banner()
        self.copy_password = button(tr("Copy password"), lambda: self._copy(self.password, tr("Password copied.")))
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(row(IconLabel("check", 20, "good"), self.copied, 1))
        whole.addLayout(row(self.url, button(tr("Copy link"), lambda: self._copy(self.url, tr("Link copied.")))))
        whole.addWidget(self.facts)
        whole.addWidget(self._password_words)
        whole.addLayout(row(self.password, self.copy_password))
        whole.addWidget(self.made_banner)
        whole.addStretch()
        self.finish = button(tr("Done"), self.accept, "primary")
        whole.addLayout(row(1, self.finish))
        return page

    def _show(self, share: Share, password: str) -> None:
        QGuiApplication.clipboard().setText(share.url)
        self.copied.setText(tr("The link is made and copied."))
        self.url.setText(share.url)
        self.url.setCursorPosition(0)
        later = [tr("Files added later are shared too.")] if told.is_folder(share) and not share.upload else []
        self.facts.setText("\n".join([told.facts_line(share), *later]))
        for part in (self._password_words, self.password, self.copy_password):
            part.setVisible(bool(password))
        self.password.setText(password)
        warning = told.reach_warning(share.reach)
        self.made_warning.setText(warning)
        self.made_banner.setVisible(bool(warning))
        self.wishing.hide()
        self.made.show()
        self.finish.setFocus()

    def _copy(self, field: QLineEdit, said: str) -> None:
        QGuiApplication.clipboard().setText(field.text())
        self.copied.setText(said)


def _banner() -> tuple[QFrame, QLabel]:
    frame = QFrame()
    frame.setProperty("role", "banner")
    words = label(wraps=True)
    inside = QHBoxLayout(frame)
    inside.setContentsMargins(12, 8, 12, 8)
    inside.setSpacing(8)
    inside.addWidget(IconLabel("warning", 20, "warn"), alignment=Qt.AlignmentFlag.AlignTop)
    inside.addWidget(words, 1)
    return frame, words
