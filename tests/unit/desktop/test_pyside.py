"""What the pin of PySide6 is for: 6.12.0 drops references to None on Python 3.11, until the process dies."""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt

CALLS = 500


class _Nothing(QAbstractListModel):
    def rowCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        return 1

    def data(self, _index: QModelIndex | QPersistentModelIndex, _role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return None


def test_none_outlives_being_returned_to_qt(qapp: object) -> None:
    model = _Nothing()
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    index = proxy.index(0, 0)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        index.data()
    assert sys.getrefcount(None) > before - CALLS // 2
