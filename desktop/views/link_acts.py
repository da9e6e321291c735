"""What can be done with a link, wherever one is listed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QMessageBox, QToolButton, QVBoxLayout, QWidget

from desktop.look.icons import icon
from desktop.models import links as told
from desktop.models.shares import Links
from desktop.views.edit_share_dialog import EditShareDialog
from desktop.views.eliding import ElidedLabel
from desktop.views.pieces import label, tool
from desktop.views.question import ask
from desktop.words import exact_time, plain_tip, tr
from server_api.contract.shares import Share


def edit(share: Share, links: Links, parent: QWidget) -> None:
    EditShareDialog(links.session, share, parent).open()


def ask_to_withdraw(share: Share, links: Links, parent: QWidget) -> QMessageBox:
    """It cannot be undone, so it is asked."""
    return ask(
        parent,
        tr("Withdraw the link to “{name}”?").format(name=told.name_of(share)),
        tr("Whoever has it finds nothing any more. It cannot be brought back; the file stays."),
        (tr("Withdraw link"), lambda: links.withdraw(share)),
        (tr("Keep link"), None),
        is_danger=True,
    )


def fill_menu(menu: QMenu, share: Share, links: Links, parent: QWidget) -> None:
    if share.state == "active":
        menu.addAction(icon("copy"), tr("&Copy link"), lambda: links.session.put_link(share))
    if share.state != "gone":
        menu.addAction(icon("rename"), tr("&Edit link…"), lambda: edit(share, links, parent))
    if share.state == "active":
        menu.addAction(icon("pause"), tr("&Pause link"), lambda: links.pause(share, is_paused=True))
    if share.state == "paused":
        menu.addAction(icon("resume"), tr("&Resume link"), lambda: links.pause(share, is_paused=False))
    menu.addSeparator()
    menu.addAction(icon("close"), tr("&Withdraw link…"), lambda: ask_to_withdraw(share, links, parent))


class LinkRow(QFrame):
    """One link: its facts, its address, and what can be done."""

    def __init__(self, share: Share, links: Links, parent: QWidget) -> None:
        super().__init__(parent)
        self.share = share
        facts = label(told.facts_line(share), "secondary" if told.is_over(share) else "", wraps=True)
        if share.expires_at is not None:
            facts.setToolTip(plain_tip(exact_time(share.expires_at)))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(facts)
        words.addWidget(ElidedLabel(share.url, "secondary"))
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 4, 0, 4)
        inside.setSpacing(4)
        inside.addLayout(words, 1)
        if share.state == "active":
            inside.addWidget(tool("copy", tr("Copy this link"), lambda: links.session.put_link(share)))
        more = tool("more", tr("More for this link"), lambda: None)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        fill_menu(menu, share, links, self)
        more.setMenu(menu)
        inside.addWidget(more)
