"""The list of what happened, day by day."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QAbstractItemView, QTableView

from desktop.models.activity import WHO, Happenings
from desktop.views.pieces import look_further_at_the_end, table
from desktop.words import tr


def happenings_table(model: Happenings[Any], widths: tuple[int, int, int, int] = (190, 0, 150, 90)) -> QTableView:
    """More of it comes as one scrolls."""
    view = table(model, tr("What happened"), widths, (WHO,))
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    look_further_at_the_end(view, model.look_further)

    def span() -> None:
        view.clearSpans()
        for at in model.headings():
            view.setSpan(at, 0, 1, model.columnCount())

    for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
        signal.connect(lambda *_: span())
    return view
