"""What every model of Qt's has to do with."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
"""The index of no row: above all rows."""
