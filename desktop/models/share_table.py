"""All links of the account as a table: sorted and filtered here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from desktop.look.icons import icon
from desktop.look.theme import colour
from desktop.models import links
from desktop.models.indexes import NOWHERE, Index
from desktop.models.item_words import icon_for
from desktop.words import capital, exact_time, plain_tip, show_name, show_time, tr
from server_api.contract.shares import Share

NAME, STATE, UNTIL, USED, MADE = range(5)
_NEVER: Final = 2**62
_STATES: Final = ["active", "paused", "used-up", "expired", "suspended", "gone"]
_KEYS: Final[dict[int, Callable[[Share], Any]]] = {
    NAME: lambda share: _folded(links.name_of(share)),
    STATE: lambda share: _STATES.index(share.state) if share.state in _STATES else len(_STATES),
    UNTIL: lambda share: _NEVER if share.expires_at is None else share.expires_at,
    USED: lambda share: share.downloads,
    MADE: lambda share: share.created_at,
}


class ShareTable(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: list[Share] = []
        self._shown: list[Share] = []
        self._text = ""
        self._column, self._order = MADE, Qt.SortOrder.DescendingOrder

    def show_shares(self, shares: list[Share]) -> None:
        self._all = shares
        self._arrange()

    def filter(self, text: str) -> None:
        """Those that have it in their path, title, note or address."""
        self._text = _folded(text.strip())
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._order = column, order
        self._arrange()

    def share_at(self, row: int) -> Share | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, share_id: bytes) -> int | None:
        return next((row for row, share in enumerate(self._shown) if share.share_id == share_id), None)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        return 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("State"), tr("Expires"), tr("Used"), tr("Created"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        share = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(share, index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            return icon(icon_for(share.path or "", "folder" if links.is_folder(share) else "file"))
        if role == Qt.ItemDataRole.ForegroundRole and links.is_over(share):
            return colour("text-2")
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(_tip(share, index.column()))
        return None

    def _arrange(self) -> None:
        self.beginResetModel()
        text = self._text
        found = [share for share in self._all if text in _searched(share)] if text else list(self._all)
        is_down = self._order == Qt.SortOrder.DescendingOrder
        self._shown = sorted(found, key=_KEYS.get(self._column, _KEYS[MADE]), reverse=is_down)
        self.endResetModel()


def _text(share: Share, column: int) -> str:
    if column == NAME:
        return links.name_of(share)
    if column == STATE:
        return capital(links.state_in_words(share))
    if column == UNTIL:
        return capital(show_time(share.expires_at)) or tr("Never")
    return links.count_in_words(share) if column == USED else capital(show_time(share.created_at))


def _tip(share: Share, column: int) -> str:
    if column == UNTIL and share.expires_at is not None:
        return exact_time(share.expires_at)
    if column == MADE:
        return exact_time(share.created_at)
    return "\n".join([show_name(share.path or share.title), *links.facts(share)])


def _searched(share: Share) -> str:
    return _folded("\n".join([share.path or "", share.title, share.note, share.url]))


def _folded(text: str) -> str:
    """Neither case nor accents count."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
