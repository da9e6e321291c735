"""What every model of Qt's has to do with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
"""The index of no row: above all rows."""


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Of ascending numbers those that follow one another: first and last."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = number
        elif number != last + 1:
            yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last
