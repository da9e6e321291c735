"""The lines of a comparison as a view shows them."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from desktop.look.theme import colour
from desktop.models.comparing import Line
from desktop.models.indexes import NOWHERE, Index
from desktop.words import tr

OLD, NEW, TEXT = range(3)
_SIGNS: Final = {"same": "  ", "gone": "\N{MINUS SIGN} ", "new": "+ ", "left out": ""}
_TONES: Final = {"gone": "bad", "new": "good", "left out": "text-2"}
_MAX_COLUMNS: Final = 2_000
_TAB: Final = "    "
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter


class DiffTable(QAbstractTableModel):
    """Numbers in the old one and in the new one, and the text, with a sign for what is gone or new.

    ``heads``: what stands above the numbers.
    """

    def __init__(self, lines: list[Line], heads: tuple[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._lines = lines
        self._heads = heads

    @property
    def widest(self) -> int:
        """In characters."""
        return max((len(self._text(line)) for line in self._lines), default=0)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        return 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (*self._heads, tr("Text"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (Qt.AlignmentFlag.AlignLeft if section == TEXT else Qt.AlignmentFlag.AlignRight) | _MIDDLE
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (line.old_number, line.new_number, self._text(line))[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column() != TEXT:
                return colour("text-2")
            return colour(_TONES[line.how]) if line.how in _TONES else None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != TEXT:
            return Qt.AlignmentFlag.AlignRight | _MIDDLE
        return None

    def text_of(self, rows: list[int]) -> str:
        """For the clipboard."""
        return "\n".join(self._lines[row].text for row in sorted(rows))

    def _text(self, line: Line) -> str:
        return (_SIGNS[line.how] + line.text.replace("\t", _TAB))[:_MAX_COLUMNS]
